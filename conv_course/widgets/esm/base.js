// The life of a figure: build native controls, redraw on each change, keep tables, live line and link.
import { clamp, escapeText, plainNumber } from "./parts.js";

let made = 0;

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function buildControl(control, uid) {
  const id = `${uid}-${control.name}`;
  if (control.type === "button") {
    return { wrap: element("button", { type: "button", name: control.name, class: "conv-button" }, control.label) };
  }
  const label = element("label", { for: id }, control.label);
  const input = element(control.type === "range" ? "input" : "select", { id, name: control.name });
  if (control.type === "choice") {
    for (const [value, shown] of control.options) input.append(element("option", { value }, shown));
    return { wrap: element("div", { class: "conv-control" }, label, input), input };
  }
  for (const [key, value] of [["type", "range"], ["min", control.low], ["max", control.high], ["step", 1]]) {
    input.setAttribute(key, value);
  }
  const output = element("output", { for: id });
  return { wrap: element("div", { class: "conv-control" }, label, input, output), input, output };
}

// Bring the picture up to date: `parts` are elements as text, and where few changed only those are made again,
// so that a step costs what it changes. Making all at once is quicker than making many one by one.
function repaint(group, parts, shown) {
  const changed = parts.reduce((count, part, i) => count + (part !== shown.parts[i]), 0);
  if (changed > parts.length / 3 || parts.length < shown.parts.length) {
    group.innerHTML = parts.join("");
    shown.nodes = [...group.children];
  } else if (changed) {
    const scratch = group.cloneNode(false);
    parts.forEach((part, i) => {
      if (part === shown.parts[i]) return;
      scratch.innerHTML = part;
      const node = scratch.firstElementChild;
      if (shown.nodes[i]) shown.nodes[i].replaceWith(node);
      else group.append(node);
      shown.nodes[i] = node;
    });
  }
  shown.parts = parts;
}

// The figure says how large its cells make the drawing; a text that is longer than they are widens the view.
// Returns the view's width.
function showAll(svg, picture, { width, height }) {
  const drawn = picture.getBBox();
  const [left, top] = [Math.min(0, Math.floor(drawn.x)), Math.min(0, Math.floor(drawn.y))];
  const across = Math.max(width, Math.ceil(drawn.x + drawn.width)) - left;
  const down = Math.max(height, Math.ceil(drawn.y + drawn.height)) - top;
  const box = `${left} ${top} ${across} ${down}`;
  if (svg.getAttribute("viewBox") !== box) {
    svg.setAttribute("viewBox", box);
    svg.setAttribute("width", across);
    svg.setAttribute("height", down);
  }
  return across;
}

// A list whose options depend on other controls; a choice that is gone falls back to the first.
function offer(select, options, state, name) {
  const key = options.map(([value]) => value).join(" ");
  if (select.dataset.offered !== key) {
    select.dataset.offered = key;
    select.replaceChildren(...options.map(([value, shown]) => element("option", { value }, shown)));
  }
  if (!options.some(([value]) => value === state[name])) state[name] = options[0][0];
}

// Tables are rebuilt only when a shape changes; a slider step then rewrites the text of the cells.
function writeTables(holder, tables) {
  const shape = JSON.stringify(tables.map(([key, caption, rows]) => [key, caption, rows.map((row) => row[1].length)]));
  if (holder.dataset.shape !== shape) {
    holder.dataset.shape = shape;
    holder.innerHTML = tables.map(([key, caption, rows]) => {
      const head = (rows[0]?.[1] ?? []).map((_, j) => `<th scope="col">${j}</th>`).join("");
      const body = rows.map(([, row]) => `<tr><th scope="row"></th>${"<td></td>".repeat(row.length)}</tr>`).join("");
      return `<table data-values="${escapeText(key)}"><caption>${escapeText(caption)}</caption>` +
        `<thead><tr><td></td>${head}</tr></thead><tbody>${body}</tbody></table>`;
    }).join("");
  }
  tables.forEach(([, , rows], t) => {
    const lines = holder.children[t].tBodies[0].rows;
    rows.forEach(([name, row], i) => {
      const cells = lines[i].cells;
      if (cells[0].textContent !== name) cells[0].textContent = name;
      row.forEach((value, j) => {
        const shown = plainNumber(value);
        if (cells[j + 1].textContent !== shown) cells[j + 1].textContent = shown;
      });
    });
  });
}

// [key, caption, array of any depth] -> [key, caption, [[row name, numbers], ...]], as Python's table().
function flatten([key, caption, values]) {
  if (!Array.isArray(values)) return [key, caption, [[key, [values]]]];
  if (!Array.isArray(values[0])) return [key, caption, [[key, values]]];
  const rows = [];
  const walk = (part, index) => {
    if (Array.isArray(part[0])) part.forEach((inner, i) => walk(inner, [...index, i]));
    else rows.push([index.join(","), part]);
  };
  walk(values, []);
  return [key, caption, rows];
}

function pythonCall(name, state) {
  const chosen = Object.entries(state).map(([k, v]) => `, ${k}=${JSON.stringify(v)}`).join("");
  return `figure("${name}"${chosen})`;
}

// A figure's module gives: name, draw(state, data, width, uid), and where it needs them limits(state, data),
// options(state, data) for lists that change, press(button, state, data), play (the control that a play button steps), legend ([[role, words], ...]).
export function defineFigure(spec) {
  return {
    render({ model, el }) {
      const data = model.get("data");
      const host = el.convHost;
      const uid = `conv-${spec.name}-${++made}`;
      const start = { ...model.get("state") };
      let state = { ...start };
      let width = 0;
      let beyond = 0; // pixels of the drawing that its stage does not show
      let playing = 0;
      const painted = { parts: [], nodes: [] };

      el.classList.add("conv-figure");
      el.dataset.mounted = "";
      el.setAttribute("role", "group");
      el.setAttribute("aria-labelledby", `${uid}-title`);
      const controls = data.controls.map((control) => ({ ...control, ...buildControl(control, uid) }));
      const bar = element("div", { class: "conv-controls" }, ...controls.filter((c) => c.input).map((c) => c.wrap));
      const play = element("button", { type: "button", name: "play", class: "conv-button" }, "▶ Play");
      const buttons = element("div", { class: "conv-foot" }, ...controls.filter((c) => !c.input).map((c) => c.wrap));
      if (spec.play) buttons.append(play);
      if (buttons.firstChild) bar.append(buttons);
      const stage = element("div", { class: "conv-stage" });
      stage.innerHTML =
        `<svg role="img" aria-label="${escapeText(data.title)}: drawing. The numbers are in the table below it."><defs>` +
        `<pattern id="${uid}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
        `<line class="conv-hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>` +
        `<pattern id="${uid}-cross" width="7" height="7" patternUnits="userSpaceOnUse">` +
        `<path class="conv-hatch" d="M0 0L7 7M7 0L0 7"/></pattern></defs><g></g></svg>`;
      const svg = stage.firstElementChild;
      const picture = svg.lastElementChild;
      stage.style.setProperty("--conv-hatch", `url(#${uid}-hatch)`);
      stage.style.setProperty("--conv-cross", `url(#${uid}-cross)`);
      const terms = element("p", { class: "conv-terms" });
      const live = element("p", { class: "conv-line" });
      const note = element("p", { class: "conv-note" });
      const said = element("div", { class: "conv-said", role: "status", "aria-live": "polite" }, terms, live, note);
      const legend = element("p", { class: "conv-legend" });
      legend.innerHTML = (spec.legend ?? []).map(([role, words]) =>
        `<span><i class="conv-swatch ${role}" aria-hidden="true"></i>${escapeText(words)}</span>`).join(" ");
      const tables = element("div", { class: "conv-tables", tabindex: "0", role: "group", "aria-label": "Tables" });
      const details = element("details", { class: "conv-numbers" }, element("summary", {}, "The numbers in tables"), tables);
      const link = element("button", { type: "button", name: "link", class: "conv-button" },
        host ? "Copy link to this state" : "Copy as Python");
      const reset = element("button", { type: "button", name: "reset", class: "conv-button" }, "Reset");
      const copied = element("span", { class: "conv-copied", role: "status" });
      const foot = element("div", { class: "conv-foot" }, reset, link, copied);
      const title = element("p", { class: "conv-title", id: `${uid}-title` }, data.title);
      el.replaceChildren(title, bar, stage, said, legend, details, foot);

      // a drawing that is wider than its stage fades out where more of it follows
      function fade() {
        stage.classList.toggle("conv-more", beyond - stage.scrollLeft > 1);
      }

      function redraw() {
        const limits = spec.limits?.(state, data) ?? {};
        for (const { name, type, input, output, low, high } of controls) {
          if (!input) continue;
          if (type === "range") {
            const [from, to] = limits[name] ?? [low, high];
            input.min = from;
            input.max = Math.max(from, to);
            input.disabled = to < from;
            state[name] = clamp(state[name], from, Math.max(from, to));
            output.textContent = to < from ? "–" : state[name];
          }
          const offered = spec.options?.(state, data)[name];
          if (offered) offer(input, offered, state, name);
          if (input.value !== String(state[name])) input.value = state[name];
        }
        const view = spec.draw(state, data, width || 640, uid);
        repaint(picture, view.picture, painted);
        terms.innerHTML = view.terms ?? "";
        if (live.textContent !== view.line) live.textContent = view.line;
        note.innerHTML = view.note ?? "";
        writeTables(tables, view.tables.map(flatten));
        el.dataset.state = JSON.stringify(state);
        beyond = width > 0 ? showAll(svg, picture, view) - width : 0;
        if (beyond > 1) stage.setAttribute("tabindex", "0");
        else stage.removeAttribute("tabindex");
        fade();
      }

      function change(patch, settled = true) {
        const before = JSON.stringify(state);
        state = { ...state, ...patch };
        redraw();
        if (JSON.stringify(state) === before) return;
        model.set("state", { ...state });
        model.save_changes();
        if (settled) host?.changed(state, start);
      }

      function pause() {
        clearInterval(playing);
        playing = 0;
        play.textContent = "▶ Play";
      }

      for (const { name, type, input, wrap } of controls) {
        if (type === "button") {
          wrap.addEventListener("click", () => { pause(); change(spec.press(name, state, data) ?? {}); });
          continue;
        }
        const read = () => ({ [name]: type === "range" ? Number(input.value) : input.value });
        input.addEventListener("input", () => { pause(); change(read(), false); });
        input.addEventListener("change", () => { change(read()); host?.changed(state, start); });
      }
      play.addEventListener("click", () => {
        if (playing) return pause();
        play.textContent = "❚❚ Pause";
        const step = () => {
          const [from, to] = spec.limits(state, data)[spec.play];
          if (to < from) return pause();
          change({ [spec.play]: state[spec.play] >= to ? from : state[spec.play] + 1 }, false);
        };
        step();
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
        playing = setInterval(() => (el.isConnected ? step() : pause()), calm ? 1500 : 700);
      });
      reset.addEventListener("click", () => { pause(); change(start); });
      link.addEventListener("click", async () => {
        const address = host ? host.link(state, start) : pythonCall(spec.name, state);
        try {
          await navigator.clipboard.writeText(address);
          copied.textContent = "Copied.";
        } catch {
          // No clipboard here (an insecure address, or it was refused): show the text to copy by hand.
          const field = element("input", { type: "text", readonly: "", "aria-label": "Text to copy" });
          field.value = address;
          copied.replaceChildren(field);
          field.select();
        }
      });

      stage.addEventListener("scroll", fade, { passive: true });

      // Mouse, pen and touch: whatever carries data-pick sets controls, and a drag goes on setting them.
      const pickAt = (event) => {
        const hit = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-pick]");
        if (!hit || !svg.contains(hit)) return false;
        pause();
        change(Object.fromEntries(hit.dataset.pick.split(",").map((pair) => {
          const [name, value] = pair.split(":");
          return [name, typeof state[name] === "number" ? Number(value) : value];
        })), false);
        return true;
      };
      svg.addEventListener("pointerdown", (event) => {
        if (event.button === 0 && pickAt(event)) svg.setPointerCapture(event.pointerId);
      });
      svg.addEventListener("pointermove", (event) => {
        if (svg.hasPointerCapture(event.pointerId)) pickAt(event);
      });
      svg.addEventListener("pointerup", () => host?.changed(state, start));

      const follow = () => {
        const told = { ...state, ...model.get("state") };
        if (JSON.stringify(told) === JSON.stringify(state)) return;
        state = told;
        redraw();
      };
      model.on("change:state", follow);
      const observer = new ResizeObserver(() => {
        const now = stage.clientWidth;
        if (Math.abs(now - width) > 1) { width = now; redraw(); }
      });
      width = stage.clientWidth;
      redraw();
      observer.observe(stage);
      return () => { pause(); observer.disconnect(); model.off("change:state", follow); };
    },
  };
}
