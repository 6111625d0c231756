// The drawing under the hand: pointing previews a state, a click or a drag chooses it, arrow keys move the window,
// and a number of an input that is held goes up and down.
import { element } from "./form.js";
import { changedData, indicesOf, withChange } from "./numbers.js";
import { clamp, pretty } from "./parts.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// Words for a pointer with keys, and for a finger.
const HINT = ["Point at a cell to see its sum, click to choose it, drag or use the arrow keys to move the window.",
  "Tap a cell to see its sum, or draw a finger across the cells."];
const CHANGE = [" Click a number of an input, then + or −, to change it.", " Tap a number of an input, then + or −, to change it."];
const LARGEST = 9; // a reader's number, unless the book's own are larger

const byFinger = () => matchMedia("(hover: none)").matches;

// One step of a window that visits a grid in row order.
export function stepInGrid(position, rows, columns, across, down) {
  const row = clamp(Math.floor(position / columns) + down, 0, rows - 1);
  return row * columns + clamp((position % columns) + across, 0, columns - 1);
}

// "position:3,at:7" as a patch of the state
function patchOf(pick, state) {
  const pairs = pick.split(",").map((pair) => pair.split(":"));
  return { at: undefined, ...Object.fromEntries(pairs.map(([name, value]) => [name, typeof state[name] === "string" ? value : Number(value)])) };
}

function splitHeld(held) {
  const [, name, place] = /^([a-z]+)(\d+)$/.exec(held);
  return [name, Number(place)];
}

// `figure` has: spec, data, svg, picture, stage, now() the state, change(patch, settled), preview(patch or null), pause(), settle().
export function makeDirect(figure) {
  const { spec, data, svg, picture, stage } = figure;
  const editable = spec.inputs?.length > 0;
  let held = "";
  const hint = element("span", { class: "conv-hint" }, (spec.hint ?? HINT)[Number(byFinger())] + (editable && !spec.hint ? CHANGE[Number(byFinger())] : ""));
  const said = element("output", { class: "conv-held-name" });
  const button = (name, label, shown) => element("button", { type: "button", name, class: "conv-button", "aria-label": label }, shown);
  const buttons = [button("less", "One less", "−"), button("more", "One more", "+"), button("former", "The number before", "‹"), button("latter", "The next number", "›")];
  const editor = element("span", { class: "conv-editor" }, buttons[2], said, buttons[0], buttons[1], buttons[3]);
  editor.hidden = true;
  const bar = element("div", { class: "conv-direct" }, hint, editor);

  // An input's number as it is shown.
  function value(name, place) {
    const values = changedData(data, figure.now().cells, spec)[name];
    return indicesOf(values, place).reduce((part, index) => part[index], values) + (spec.shift?.(name, place, figure.now(), data) ?? 0);
  }

  function refresh() {
    picture.querySelectorAll(".conv-held").forEach((one) => one.classList.remove("conv-held"));
    if (held && !picture.querySelector(`[data-edit="${held}"]`)) held = "";
    editor.hidden = !held;
    hint.hidden = Boolean(held);
    if (!held) return;
    const [name, place] = splitHeld(held);
    const cells = picture.querySelectorAll(`[data-edit="${held}"]`);
    cells.forEach((one) => one.classList.add("conv-held"));
    said.textContent = `${name}[${indicesOf(data[name], place).join(", ")}] = ${pretty(value(name, place))}`;
  }

  function hold(name) {
    held = name;
    refresh();
  }

  // `by` more in the held number; with none held, the first that the window reads is held first.
  function add(by) {
    if (!held) hold((picture.querySelector(".on[data-edit]") ?? picture.querySelector("[data-edit]"))?.dataset.edit ?? "");
    if (!held) return;
    const [name, place] = splitHeld(held);
    const flat = data[name].flat(Infinity), shown = value(name, place);
    if (shown + by < Math.min(-LARGEST, ...flat) || shown + by > Math.max(LARGEST, ...flat)) return;
    figure.pause();
    figure.change({ cells: withChange(figure.now().cells, name, place, by) });
  }

  function walk(by) {
    const names = [...new Set([...picture.querySelectorAll("[data-edit]")].map((one) => one.dataset.edit))];
    hold(names.at((names.indexOf(held) + by) % names.length));
  }

  [["less", () => add(-1)], ["more", () => add(1)], ["former", () => walk(-1)], ["latter", () => walk(1)]].forEach(([name, act]) =>
    buttons.find((one) => one.name === name).addEventListener("click", act));

  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") add(1);
    else if (event.key === "-" || event.key === "−") add(-1);
    else if (event.key === "Escape" && held) hold("");
    else if (MOVES[event.key]) {
      figure.pause();
      figure.change({ at: undefined, ...spec.move(figure.now(), figure.shownData(), ...MOVES[event.key]) });
    } else return;
    event.preventDefault();
  });

  const under = (event, kind) => {
    const hit = document.elementFromPoint(event.clientX, event.clientY)?.closest(`[data-${kind}]`);
    return hit && svg.contains(hit) ? hit.dataset[kind] : null;
  };
  function pickAt(event) {
    const pick = under(event, "pick");
    if (!pick) return false;
    figure.pause();
    figure.change(patchOf(pick, figure.now()), false);
    return true;
  }
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (editable) hold(under(event, "edit") ?? "");
    if (pickAt(event)) svg.setPointerCapture(event.pointerId);
    stage.focus({ preventScroll: true });
  });
  svg.addEventListener("pointermove", (event) => {
    if (svg.hasPointerCapture(event.pointerId)) return pickAt(event);
    if (event.pointerType !== "mouse" || event.buttons) return;
    const pick = under(event, "pick");
    figure.preview(pick ? patchOf(pick, figure.now()) : null);
  });
  svg.addEventListener("pointerleave", () => figure.preview(null));
  svg.addEventListener("pointerup", () => figure.settle());
  return { bar, refresh };
}
