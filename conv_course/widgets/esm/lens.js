import { clamp, colour, escapeText, factor, fill, pretty, rect, text, wide } from "./parts.js";
import { defineFigure, roomOf } from "./base.js";
import { offerOwn } from "./own.js";
import { canvasIn, NINE, Painting, pictureOf, pictures, put, sum, sweep, windowAt } from "./painting.js";

const TOP = 22, GAP = 20, NOTE = 17;
const BELOW = 12, PIXEL = 26; // under a narrow photograph: the magnified window, and a side of its cells
const HIGH_ENOUGH = 190; // pixels of a broad photograph that has room for the magnified window above the lens or below it

const isBroad = (picture) => picture.width >= 240;
const weightsOf = (state) => NINE.map((n) => state[`w${n}`]);

// Where the two pictures stand in the drawing.
function placed(data, width) {
  const { height: rows, width: columns } = pictureOf(data);
  const scale = clamp(Math.floor((8 * (width - GAP - 4)) / 2 / columns) / 8, 1.25, 3);
  const x = { left: 1, top: TOP, width: columns * scale, height: rows * scale };
  const y = { left: x.left + x.width + GAP + scale, top: TOP, width: (columns - 2) * scale, height: (rows - 2) * scale };
  return { scale, x, y, width: Math.ceil(x.left + 2 * x.width + GAP) + 1, height: Math.ceil(TOP + x.height + (isBroad(x) ? 0 : BELOW + 3 * PIXEL)) + 2 };
}

// A box of this size above the place if there is room, else below it; both inside the picture.
function beside(area, middle, top, bottom, width, height, apart = 14) {
  const left = clamp(middle - width / 2, area.left + 3, area.left + area.width - width - 3);
  const above = top - height - apart;
  return [left, above >= area.top + 3 ? above : bottom + apart];
}

function pixel(x, y, size, value) {
  return `<g class="conv-cell conv-pixel">${rect(x, y, size, size, "conv-box", `style="fill:rgb(${value},${value},${value})"`)}` +
    text(x + size / 2, y + size / 2, value, size < 30 ? "conv-number conv-small" : "conv-number", `style="fill:${value > 118 ? "#000" : "#fff"}"`) + "</g>";
}

const wiresTo = (edge, at, whole, left, side) => [[at, left], [at + whole, left + side]].map(([a, b]) =>
  `<line class="conv-wire x" x1="${a}" y1="${edge[0]}" x2="${b}" y2="${edge[1]}"/>`);
const cellsOf = (window, at, from, size) => window.map((value, n) => pixel(at + size * (n % 3), from + size * Math.floor(n / 3), size, value));

// A narrow photograph has no room for its magnified part, which stands under it.
function under({ x, scale }, window, left, top, words) {
  const side = 3 * scale, whole = 3 * PIXEL, from = x.top + x.height + BELOW;
  const at = clamp(left + (side - whole) / 2, x.left, x.left + x.width - whole);
  // a small cell's number leaves no room for a thick frame
  return [...wiresTo([from, top + side], at, whole, left, side), ...cellsOf(window, at, from, PIXEL),
    rect(at - 1, from - 1, whole + 2, whole + 2, "conv-frame x"), text(at + whole + 8, from + whole / 2 + 4, words, "conv-label conv-start")];
}

// The lens magnifies what it lies on: above it or below it, so that it hides neither itself nor its frame.
function magnified({ x, scale }, window, left, top, words) {
  const side = 3 * scale, size = 32, whole = 3 * size;
  const [at, from] = beside(x, left + side / 2, top, top + side, whole, whole);
  const edge = from < top ? [from + whole, top] : [from, top + side];
  const across = wide(words, "conv-index") + 8, note = from < top ? from - NOTE : from + whole + 1;
  const fits = note >= x.top + 3 && note + NOTE <= x.top + x.height - 3; // where it does not, the lens has been moved
  const first = clamp(at + (whole - across) / 2, x.left + 1, x.left + x.width - across - 1);
  const label = [rect(first, note, across, NOTE - 1, "conv-lens-note", 'rx="3"'), text(first + across / 2, note + 11.5, words, "conv-index")];
  return [...wiresTo(edge, at, whole, left, side), ...(fits ? label : []), ...cellsOf(window, at, from, size), rect(at, from, whole, whole, "conv-frame x conv-thick")];
}

function draw(state, data, width) {
  const place = placed(data, width), { scale, x, y } = place;
  const window = windowAt(pictureOf(data), state.row, state.column), weights = weightsOf(state);
  const value = sum(window.map((grey, n) => grey * weights[n])), total = sum(weights);
  const sign = total > 0 || value === 0 ? "" : value < 0 ? " conv-minus" : " conv-plus"; // as the picture beside it has it
  const terms = window.map((grey, n) => [grey, weights[n]]);
  const [left, top] = [x.left + state.column * scale, x.top + state.row * scale];
  const [down, across] = [y.top + state.row * scale, y.left + state.column * scale];
  const size = [isBroad(x) ? 66 : 58, 24];
  const chip = beside(y, across + scale / 2, down, down + scale, ...size);
  return {
    width: place.width,
    height: place.height,
    picture: [
      text(x.left, 14, data.text.x, "conv-label x"), text(y.left, 14, data.text.y, "conv-label y"),
      rect(x.left - 1, x.top - 1, x.width + 2, x.height + 2, "conv-frame x"),
      rect(y.left - 1, y.top - 1, y.width + 2, y.height + 2, "conv-frame y"),
      rect(left - 1, top - 1, 3 * scale + 2, 3 * scale + 2, "conv-frame x conv-thick"),
      ...(!isBroad(x) ? under : x.height >= HIGH_ENOUGH ? magnified : () => [])(place, window, left, top, data.text.lens),
      rect(across - 1, down - 1, scale + 2, scale + 2, "conv-frame y"),
      `<g class="conv-cell y on${sign}">${rect(...chip, ...size, "conv-box", 'rx="3"')}${text(chip[0] + size[0] / 2, chip[1] + size[1] / 2, pretty(value), "conv-number")}</g>`,
    ],
    terms: data.text.sum + terms.map(([a, b]) => `${colour(a, "x")}·${colour(factor(b), "w")}`).join(" + ") + ` <span class="conv-whole">= ${colour(pretty(value), "y")}</span>`,
    line: fill(data.text.line, { row: state.row, column: state.column, value: pretty(value), sum: terms.map(([a, b]) => `${a}·${factor(b)}`).join(" + ") }),
    note: total > 0 ? fill(data.text.grey, { total })
      : ["minus", "plus", "zero"].map((sign) => `<span>${sign === "zero" ? "" : swatch(sign)}${escapeText(data.text[sign])}</span>`).join(" · "),
    tables: [["x", "x under the lens", rowsOf(window)], ["w", "w, the nine numbers", rowsOf(weights)], ["y", "y at this place", [value]]],
  };
}

const rowsOf = (nine) => [0, 3, 6].map((from) => nine.slice(from, from + 3));
const swatch = (sign) => `<i class="conv-swatch conv-${sign}" aria-hidden="true"></i>`;

// Lay a node over this part of a drawing, in shares of what the drawing shows.
function stretch(node, { left, top, width, height }, view) {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(node.style, { left: share(left - view.x, view.width), top: share(top - view.y, view.height),
    width: share(width, view.width), height: share(height, view.height) });
}

// The weights' cells are tinted by sign and size, and the button whose kernel they are is pressed.
function tint(el, data, weights) {
  weights.forEach((weight, n) => {
    const box = el.querySelector(`[name=w${n}]`).parentElement;
    box.style.setProperty("--strength", `${Math.abs(weight) * 7}%`);
    box.classList.toggle("conv-minus", weight < 0);
  });
  for (const [name, nine] of Object.entries(data.kernels)) {
    el.querySelector(`[name=${name}]`).setAttribute("aria-pressed", String(nine) === String(weights));
  }
}

// A weight can be typed: a digit sets it, a minus turns its sign.
function type({ key, target }) {
  const negative = target.value < 0 || target.dataset.minus;
  const value = /^\d$/.test(key) ? (negative ? -key : Number(key)) : key === "-" ? -target.value : null;
  if (value === null) return;
  target.dataset.minus = key === "-" && value === 0 ? "1" : "";
  target.value = value;
  for (const event of ["input", "change"]) target.dispatchEvent(new Event(event, { bubbles: true }));
}

// The figure's parts in their places: the pictures under the drawing, and over the photograph what follows the pointer.
function furnish(el, data) {
  const stage = el.querySelector(".conv-stage"), svg = stage.querySelector("svg"), bar = el.querySelector(".conv-controls");
  const [holder, body, pad] = ["holder", "body", "pad"].map((name) => {
    const made = document.createElement("div");
    made.className = `conv-lens-${name}`;
    return made;
  });
  stage.before(body);
  body.append(stage, bar);
  const label = document.createElement("p");
  Object.assign(label, { className: "conv-lens-w", textContent: data.text.w });
  bar.prepend(label);
  svg.replaceWith(holder);
  const [photo, made] = ["x", "y"].map((name) => canvasIn(holder, name, { width: 1, height: 1 }));
  for (const [key, value] of [["tabindex", "0"], ["role", "application"], ["aria-label", data.text.pad]]) pad.setAttribute(key, value);
  holder.append(svg, pad);
  return { stage, holder, photo, made, pad };
}

// Both canvases for a picture, and y painted as far as the lens has been.
function begin({ photo, made }, el, picture, state) {
  const { greys, width, height } = picture;
  Object.assign(photo, { width, height });
  Object.assign(made, { width: width - 2, height: height - 2 });
  put(photo, (n) => Array(3).fill(greys[n]));
  return new Painting(el, made, picture, state);
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// The lens follows pointer, finger and arrow keys: `move` is told where to.
function steer(pad, { wide, here, move, settled }) {
  function point(event) {
    const box = pad.getBoundingClientRect();
    const scale = box.width / wide();
    move({ column: Math.round((event.clientX - box.left) / scale - 1.5), row: Math.round((event.clientY - box.top) / scale - 1.5) });
  }
  pad.addEventListener("pointermove", point);
  pad.addEventListener("pointerdown", (event) => { pad.setPointerCapture(event.pointerId); point(event); });
  pad.addEventListener("pointerup", settled);
  pad.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { row, column } = here(), step = event.shiftKey ? 8 : 2;
    move({ row: row + step * way[0], column: column + step * way[1] });
  });
  pad.addEventListener("keyup", settled);
}

function bring(el, model, data) {
  const parts = furnish(el, data), { stage, holder, photo, made, pad } = parts;
  const here = () => model.get("state"), start = { ...here() };
  let painting = begin(parts, el, pictureOf(data), here());
  const settled = () => el.convHost?.changed(here());
  let stop = () => {};

  function follow() {
    const state = here(), place = placed(data, roomOf(stage) || 640), weights = weightsOf(state);
    const svg = holder.querySelector("svg");
    holder.style.width = `${svg.getAttribute("width")}px`;
    [[photo, place.x], [pad, place.x], [made, place.y]].forEach((pair) => stretch(...pair, svg.viewBox.baseVal));
    tint(el, data, weights);
    painting.follow(state);
    painting.show(weights);
  }

  function go({ row, column }) {
    const next = { ...here(), row: clamp(row, 0, painting.high - 1), column: clamp(column, 0, painting.wide - 1) };
    if (model.put) return model.put("state", next); // in a page
    model.set("state", next);
    model.save_changes();
  }

  // to a place of another picture, which is drawn even if its numbers are those of the old place
  function jump({ row, column }) {
    go({ row: 0, column: 0 });
    go({ row, column });
    settled();
  }

  // the whole of y is painted at once: whoever brings a photograph wants to see it filtered
  function take(picture) {
    stop();
    pictures.set(data, picture);
    painting = begin(parts, el, picture, here());
    painting.rows(0, painting.high);
    jump({ row: Math.floor(painting.high / 2), column: Math.floor(painting.wide / 2) });
  }

  const reset = el.querySelector("[name=reset]");
  const own = offerOwn(el, reset.parentElement, data.text, take);
  reset.addEventListener("click", () => {
    own.forget();
    if (!pictures.delete(data)) return;
    stop();
    painting = begin(parts, el, pictureOf(data), start);
    jump(start);
  });
  steer(pad, { wide: () => painting.picture.width, here, settled, move: (place) => { stop(); go(place); } });
  el.querySelector("[name=sweep]").addEventListener("click", () => {
    stop();
    stop = sweep(painting, (row) => go({ row, column: here().column }), settled);
  });
  for (const n of NINE) el.querySelector(`[name=w${n}]`).addEventListener("keydown", type);
  // the figure writes its state at each redraw
  const watch = new MutationObserver(follow);
  watch.observe(el, { attributes: true, attributeFilter: ["data-state"] });
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  follow();
  return () => { stop(); watch.disconnect(); };
}

export default {
  render({ model, el }) {
    const data = model.get("data");
    el.classList.add("conv-lens");
    const leave = defineFigure({
      name: "lens",
      draw,
      limits: () => {
        const { height, width } = pictureOf(data);
        return { row: [0, height - 3], column: [0, width - 3] };
      },
      press: (button) => data.kernels[button] && Object.fromEntries(data.kernels[button].map((weight, n) => [`w${n}`, weight])),
    }).render({ model, el });
    const rest = bring(el, model, data);
    return () => { rest(); leave(); };
  },
};
