// In a page of the book: find the figures, load the scripts of those in use, keep their state in the address.
const home = new URL(".", document.currentScript.src);
const loading = {};

function load(name) {
  loading[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(`${name}.js?v=${versions[name]}`, home);
    script.onload = () => resolve(convFigures.made[name]);
    script.onerror = () => reject(new Error(`the figure ${name} could not be loaded`));
    document.head.append(script);
  });
  return loading[name];
}

// The part of anywidget's model that the figures use, over a plain object.
function pageModel(values) {
  const heard = {};
  return {
    get: (key) => values[key],
    set: (key, value) => { values[key] = value; },
    save_changes() {},
    on: (event, hear) => { (heard[event] ??= new Set()).add(hear); },
    off: (event, hear) => { heard[event]?.delete(hear); },
    put(key, value) { values[key] = value; heard[`change:${key}`]?.forEach((hear) => hear()); },
  };
}

// "#fig-conv1d?stride=2" -> ["fig-conv1d", {stride: "2"}]
function address() {
  const [id, query = ""] = location.hash.slice(1).split("?");
  return [decodeURIComponent(id), Object.fromEntries(new URLSearchParams(query))];
}

function hashOf(id, state, start) {
  const query = new URLSearchParams(Object.entries(state).filter(([key, value]) => value !== start[key]));
  return `#${id}${query.size ? `?${query}` : ""}`;
}

// Keep what the figure can show; whatever else an address says is left out.
function understood(asked, controls) {
  const kept = {};
  for (const control of controls) {
    const value = asked[control.name];
    if (value === undefined) continue;
    if (control.type === "range" && /^-?\d+$/.test(value)) {
      kept[control.name] = Math.max(control.low, Math.min(control.high, Number(value)));
    }
    if (control.type === "choice" && control.options.some(([known]) => known === value)) kept[control.name] = value;
  }
  if (/^[a-z]+\d+_-?\d+(\.[a-z]+\d+_-?\d+)*$/.test(asked.cells)) kept.cells = asked.cells;
  if (/^\d{1,4}$/.test(asked.at)) kept.at = Number(asked.at);
  return kept;
}

function nameAnchor(el) {
  const wanted = `fig-${el.dataset.figure}`;
  let id = wanted;
  for (let n = 2; document.getElementById(id); n++) id = `${wanted}-${n}`;
  el.id = id;
}

async function mount(el) {
  const data = JSON.parse(el.querySelector("script[type='application/json']").textContent);
  const start = JSON.parse(el.dataset.state);
  const model = pageModel({ data, state: start });
  const module = await load(el.dataset.figure);
  el.convHost = {
    link: (state) => location.href.split("#")[0] + hashOf(el.id, state, start),
    frame: (state) => new URL(`../../embed.html?${new URLSearchParams({ figure: el.dataset.figure, ...state })}`, home).href,
    changed: (state) => history.replaceState(history.state, "", hashOf(el.id, state, start)),
  };
  module.render({ model, el });
  const reopen = () => {
    const [id, asked] = address();
    if (id !== el.id) return;
    const kept = understood(asked, data.controls);
    if (Object.keys(kept).length) model.put("state", { ...start, ...kept });
    el.scrollIntoView({ block: "nearest" });
  };
  reopen();
  addEventListener("hashchange", reopen);
}

function mountAll() {
  const figures = [...document.querySelectorAll("div.conv-figure[data-figure]:not([data-mounted])")];
  figures.forEach(nameAnchor);
  figures.forEach((el) => mount(el).catch((problem) => console.error(problem)));
}

convFigures.mountAll = mountAll;
convFigures.names = Object.keys(versions);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mountAll);
else mountAll();
