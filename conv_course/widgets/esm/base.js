// The life of a figure: build native controls, redraw on each change, keep tables, live line and link.
import { clamp, escapeText, pretty, typeset } from "./parts.js";
import { buildControl, element, flatten, offer, pythonCall, repaint, showAll, writeTables } from "./form.js";
import { changedData } from "./numbers.js";
import { letTravel, wantsCalm, watchPlaces } from "./motion.js";
import { makeShare } from "./share.js";
import { makeDirect } from "./direct.js";
import { LONG, roomFor } from "./room.js";

let made = 0;

const SPEEDS = [["1", "normal"], ["0.5", "slow"], ["2", "fast"]];
const DRAWN = { left: ".conv-mark-left", crop: ".conv-mark-crop", pad: ".pad" }; // what a word of the legend stands for
const STEP = 900; // milliseconds of a step of Play
const STROKE = 2; // pixels of the stage's padding on each side, into which the strokes at a drawing's edge reach

export function roomOf(stage) {
  return Math.max(0, stage.clientWidth - 2 * STROKE);
}

function write(said, view) {
  const [terms, line, note] = said.children;
  terms.innerHTML = view.terms ?? "";
  if (line.plain !== view.line) line.innerHTML = typeset(line.plain = view.line);
  note.innerHTML = view.note ?? "";
}

// A figure's module gives: name, draw(state, data, width, uid), and where it needs them limits(state, data),
// options(state, data) for lists that change, press(button, state, data), play (the control that a play button steps),
// said(state, data) for sliders that stand for other values than their own,
// legend ([[role, words], ...]), move(state, data, across, down) for the arrow keys (without it the pointer is the figure's own affair), and for numbers that the reader may
// change: inputs (the names of arrays in data) and follow(data), the tables that follow from them (numbers.js).
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
      let glimpse = null; // what the pointer is over, as a patch of the state
      let shown = data; // the data with the reader's numbers
      const kept = { drawing: 0, text: 0 };
      const painted = { parts: [], nodes: [] };

      el.classList.add("conv-figure");
      el.dataset.mounted = "";
      el.setAttribute("role", "group");
      el.setAttribute("aria-labelledby", `${uid}-title`);
      if (data.only) el.dataset.only = data.only;
      const only = el.dataset.only?.split(" ");
      const controls = data.controls.map((control) => ({ ...control, ...buildControl(control, uid) }));
      const free = controls.filter(({ name }) => !only || only.includes(name)); // what the reader can change
      for (const one of controls) one.wrap.hidden = !free.includes(one);
      const bar = element("div", { class: "conv-controls" }, ...controls.filter((c) => c.input).map((c) => c.wrap));
      const play = element("button", { type: "button", name: "play", class: "conv-button" }, "▶ Play");
      const before = element("button", { type: "button", name: "before", class: "conv-button" }, "◀ Step back");
      const speed = element("select", { name: "speed", id: `${uid}-speed` }, ...SPEEDS.map(([value, words]) => element("option", { value }, words)));
      const buttons = element("div", { class: "conv-foot" }, ...controls.filter((c) => !c.input).map((c) => c.wrap));
      if (spec.play && !controls.some((c) => c.name === "back")) buttons.append(before);
      if (spec.play) buttons.append(play, element("span", { class: "conv-speed" }, element("label", { for: speed.id }, "Speed"), speed));
      if (buttons.firstChild) bar.append(buttons);
      const stage = element("div", { class: "conv-stage", role: "group", "aria-label": `${data.title}: drawing. Arrow keys move what is looked at.` });
      if (spec.move) stage.setAttribute("tabindex", "0");
      stage.innerHTML =
        `<svg role="img" aria-label="${escapeText(data.title)}: drawing. The numbers are in the table below it."><defs>` +
        `<pattern id="${uid}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
        `<line class="conv-hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs><g></g></svg>`;
      const svg = stage.firstElementChild;
      const picture = svg.lastElementChild;
      stage.style.setProperty("--conv-hatch", `url(#${uid}-hatch)`);
      const terms = element("p", { class: "conv-terms" });
      const live = element("p", { class: "conv-line" });
      const note = element("p", { class: "conv-note" });
      const legend = element("p", { class: "conv-legend", "aria-live": "off" });
      const said = element("div", { class: "conv-said", role: "status", "aria-live": "polite" }, terms, live, note, legend);
      legend.innerHTML = (spec.legend ?? []).map(([role, words]) =>
        `<span><i class="conv-swatch ${role}" aria-hidden="true"></i>${escapeText(words)}</span>`).join(" ");
      const tables = element("div", { class: "conv-tables", tabindex: "0", role: "group", "aria-label": "Tables" });
      const details = element("details", { class: "conv-numbers" }, element("summary", {}, "The numbers in tables"), tables);
      const link = element("button", { type: "button", name: "link", class: "conv-button" },
        host ? "Copy link to this state" : "Copy as Python");
      const reset = element("button", { type: "button", name: "reset", class: "conv-button" }, "Reset");
      const copied = element("span", { class: "conv-copied", role: "status" });
      const foot = element("div", { class: "conv-foot" }, reset, link, copied);
      const share = makeShare(spec.move ? svg : null, el, () => [`${data.title}. ${live.textContent}`, `figure-${spec.name}`], give, host && (() => host.frame(state)));
      const title = element("p", { class: "conv-title", id: `${uid}-title` }, data.title);
      const direct = makeDirect({ spec, data, svg, picture, stage, now: () => state, shownData: () => shown, change, preview, pause, settle });
      el.replaceChildren(title, stage, bar, ...(spec.move ? [direct.bar] : []), said, details, foot, share);

      // a drawing that is wider than its stage fades out where more of it follows
      function fade() {
        stage.classList.toggle("conv-more", beyond - stage.scrollLeft > 1);
      }

      function within(asked) {
        const bounded = { ...asked };
        const limits = spec.limits?.(bounded, shown) ?? {};
        for (const { name, type, low, high } of controls) {
          const [from, to] = limits[name] ?? [low, high];
          if (type === "range") bounded[name] = clamp(bounded[name], from, Math.max(from, to));
          const offered = spec.options?.(bounded, shown)[name];
          if (offered && !offered.some(([value]) => value === bounded[name])) bounded[name] = offered[0][0];
        }
        return bounded;
      }

      function setControls() {
        const limits = spec.limits?.(state, shown) ?? {};
        for (const { name, type, input, output, low, high } of controls) {
          if (!input) continue;
          if (type === "range") {
            const [from, to] = limits[name] ?? [low, high];
            input.min = from;
            input.max = Math.max(from, to);
            input.disabled = to < from;
            state[name] = clamp(state[name], from, Math.max(from, to));
            const value = spec.said?.(state, shown)[name]; // where the number itself is only a place in a list
            output.textContent = to < from ? "–" : value ?? pretty(state[name]);
            if (value) input.setAttribute("aria-valuetext", value);
          }
          const offered = spec.options?.(state, shown)[name];
          if (offered) offer(input, offered, state, name);
          if (input.value !== String(state[name])) input.value = state[name];
        }
      }

      // Keep the room of the largest state, so that what stands below stays where it is.
      function keepRoom() {
        said.style.minHeight = "";
        for (const one of legend.children) one.hidden = false;
        Object.assign(kept, roomFor(free, start, within, (one) => spec.draw(one, data, width, uid), said, write, width));
      }

      function redraw(moving = false, stepped = false) {
        shown = changedData(data, state.cells, spec);
        setControls();
        const view = spec.draw(glimpse ? within({ ...state, ...glimpse }) : state, shown, width || 640, uid);
        const settleDown = moving ? watchPlaces(picture) : null;
        repaint(picture, view.picture, painted);
        settleDown?.();
        letTravel(svg, stepped ? view.travels : null);
        write(said, view);
        [...legend.children].forEach((one, n) => { one.hidden = !picture.querySelector(DRAWN[spec.legend[n][0]] ?? `.${spec.legend[n][0]}`); });
        writeTables(tables, view.tables.map(flatten));
        direct.refresh();
        el.dataset.state = JSON.stringify(state);
        const [across, down] = width > 0 ? showAll(svg, picture, view, { width, height: kept.drawing }) : [0, 0];
        beyond = across - width;
        kept.drawing = Math.max(kept.drawing, down);
        said.classList.remove(LONG);
        said.classList.toggle(LONG, said.scrollHeight > kept.text);
        kept.text = Math.max(kept.text, said.scrollHeight);
        stage.style.minHeight = `${kept.drawing}px`;
        said.style.minHeight = `${kept.text}px`;
        stage.toggleAttribute("tabindex", Boolean(spec.move) || beyond > 1);
        if (stage.hasAttribute("tabindex")) stage.setAttribute("tabindex", "0");
        fade();
      }

      // What the pointer is over, drawn but not chosen.
      function preview(patch) {
        if (playing || JSON.stringify(patch) === JSON.stringify(glimpse)) return;
        glimpse = patch;
        redraw();
      }

      function settle() {
        host?.changed(state, start);
      }

      function change(patch, settled = true) {
        const before = JSON.stringify(state);
        const moving = Object.keys(patch).every((name) => [spec.play, "at"].includes(name));
        const stepped = patch[spec.play] !== undefined && patch[spec.play] !== state[spec.play];
        glimpse = null;
        state = { ...state, ...patch };
        redraw(moving, moving && stepped);
        if (JSON.stringify(state) === before) return;
        model.set("state", { ...state });
        model.save_changes();
        if (settled) settle();
      }

      function pause() {
        clearInterval(playing);
        playing = 0;
        play.textContent = "▶ Play";
      }

      function step(by) {
        const [from, to] = spec.limits(state, shown)[spec.play];
        if (to < from) return pause();
        const next = state[spec.play] + by;
        change({ at: undefined, [spec.play]: next > to ? from : next < from ? to : next }, false);
      }

      function walkOn() {
        clearInterval(playing);
        play.textContent = "❚❚ Pause";
        playing = setInterval(() => (el.isConnected ? step(1) : pause()), (wantsCalm() ? 2 : 1) * STEP / Number(speed.value));
      }

      for (const { name, type, input, wrap } of controls) {
        if (type === "button") {
          wrap.addEventListener("click", () => { pause(); change(spec.press(name, state, data) ?? {}); });
          continue;
        }
        const read = () => ({ at: undefined, [name]: type === "range" ? Number(input.value) : input.value });
        input.addEventListener("input", () => { pause(); change(read(), false); });
        input.addEventListener("change", () => { change(read()); settle(); });
      }
      play.addEventListener("click", () => {
        if (playing) return pause();
        step(1);
        walkOn();
      });
      before.addEventListener("click", () => { pause(); step(-1); settle(); });
      speed.addEventListener("change", () => { if (playing) walkOn(); });
      reset.addEventListener("click", () => { pause(); change({ cells: undefined, at: undefined, ...start }); });
      link.addEventListener("click", () => give(host ? host.link(state, start) : pythonCall(spec.name, state)));
      async function give(words) {
        try {
          await navigator.clipboard.writeText(words);
          copied.textContent = "Copied.";
        } catch {
          // No clipboard here (an insecure address, or it was refused): show the text to copy by hand.
          const field = element("input", { type: "text", readonly: "", "aria-label": "Text to copy" });
          field.value = words;
          copied.replaceChildren(field);
          field.select();
        }
      }

      stage.addEventListener("scroll", fade, { passive: true });

      const follow = () => {
        const told = { ...state, cells: undefined, at: undefined, ...model.get("state") };
        if (JSON.stringify(told) === JSON.stringify(state)) return;
        state = told;
        redraw();
      };
      model.on("change:state", follow);
      const observer = new ResizeObserver(() => {
        const now = roomOf(stage);
        if (Math.abs(now - width) <= 1) return;
        width = now;
        keepRoom();
        redraw();
      });
      width = roomOf(stage);
      if (width > 0) keepRoom();
      redraw();
      observer.observe(stage);
      return () => { pause(); observer.disconnect(); model.off("change:state", follow); };
    },
  };
}
