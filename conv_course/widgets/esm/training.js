import { clamp, colour, escapeText, fill, line, pretty, rect, signed, t, text } from "./parts.js";
import { defineFigure } from "./base.js";

const TOP = 24, LEFT = 40, BOTTOM = 40, GAP = 8;
const HIGHEST = 3; // loss at the upper end of the axis
// Three guesses of how the loss may fall over the share u of the steps, and where their letters stand.
const GUESSES = [["A", (u) => 0.2 + 2.5 * Math.exp(-6 * u), 0.2], ["B", (u) => 2.7 - 2.5 * u, 0.5], ["C", (u) => 2.7 - 2.5 * u ** 5, 0.8]];
const MOST = 100; // a weight of 1, in hundredths, has the full colour

// The filters in hundredths before every step.
const trained = new WeakMap();
function filtersOf(data) {
  if (!trained.has(data)) {
    const steps = [data.start.flat()];
    for (const move of data.moves) steps.push(steps.at(-1).map((value, n) => value + move[n]));
    trained.set(data, steps);
  }
  return trained.get(data);
}

// The curve of the losses so far, in the box between these corners.
function curve(state, data, right, bottom) {
  const last = data.loss.length - 1;
  const across = (step) => LEFT + ((right - LEFT) * step) / last;
  const down = (loss) => TOP + (bottom - TOP) * (1 - clamp(loss, 0, HIGHEST) / HIGHEST);
  const parts = [text(LEFT, 14, data.text.loss, "conv-label conv-start")];
  for (let loss = 0; loss <= HIGHEST; loss++) {
    parts.push(line(LEFT, down(loss), right, down(loss), "conv-rule-line"), text(LEFT - 6, down(loss) + 4, String(loss), "conv-index conv-end"));
  }
  for (let step = 0; step <= last; step += 20) parts.push(text(across(step), bottom + 16, String(step), "conv-index"));
  parts.push(text((LEFT + right) / 2, bottom + 34, `${t(data.text.steps)} →`, "conv-label conv-middle"));
  for (const [letter, guess, u] of GUESSES) {
    const places = Array.from({ length: last + 1 }, (_, n) => `${across(n).toFixed(1)},${down(guess(n / last)).toFixed(1)}`);
    parts.push(`<polyline class="conv-guess" points="${places.join(" ")}"/>`, text(across(u * last) + 8, down(guess(u)) - 5, letter, "conv-label conv-start"));
  }
  const seen = data.loss.slice(0, state.step + 1).map((loss, n) => [across(n), down(loss)]);
  parts.push(line(across(state.step), TOP, across(state.step), bottom, "conv-rule-line on"),
    `<polyline class="conv-curve x" points="${seen.map((place) => place.join(",")).join(" ")}"/>`,
    `<circle class="conv-mark x" cx="${seen.at(-1)[0]}" cy="${seen.at(-1)[1]}" r="6"/>`);
  const half = (right - LEFT) / last / 2;
  for (let step = 0; step <= last; step++) {
    parts.push(rect(across(step) - half, TOP, 2 * half, bottom - TOP, "conv-catch", `data-pick="step:${step}"`));
  }
  return parts;
}

// A weight in its sign's colour, as in the drawing and the legend.
const bySign = (value) => colour(pretty(value), value < 0 ? "conv-minus" : "conv-plus");

// All filters side by side, `columns` in a row; the chosen one has a frame.
function filters(state, data, left, top, columns, size) {
  const now = filtersOf(data)[state.step], side = 3 * size + GAP;
  const at = (n) => [left + side * (n % columns), top + side * Math.floor(n / columns)];
  const all = Array.from({ length: now.length / 9 }, (_, n) => {
    const [x, y] = at(n);
    const cells = now.slice(9 * n, 9 * n + 9).map((value, k) => signed(x + size * (k % 3), y + size * Math.floor(k / 3), size, size, value / MOST));
    return `<g data-pick="filter:${n}">${rect(x, y, 3 * size, 3 * size, "conv-catch")}${cells.join("")}</g>`;
  });
  const [x, y] = at(state.filter);
  return [...all, rect(x - 2, y - 2, 3 * size + 4, 3 * size + 4, "conv-frame w")];
}

function draw(state, data, width) {
  const wide = clamp(width - 4, 280, 680), beside = wide >= 560;
  const size = beside ? 15 : Math.floor((wide - 7 * GAP - 4) / 24);
  const panel = (beside ? 4 : 8) * (3 * size + GAP) - GAP;
  const right = beside ? wide - panel - 28 : wide - 12;
  const bottom = beside ? TOP + panel : 176;
  const [left, top] = beside ? [wide - panel - 2, TOP] : [2, bottom + BOTTOM + 24];
  const nine = filtersOf(data)[state.step].slice(9 * state.filter, 9 * state.filter + 9).map((value) => value / 100);
  const facts = { step: state.step, loss: data.loss[state.step], read: data.read[state.step], all: data.all };
  const rows = [0, 3, 6].map((from) => nine.slice(from, from + 3));
  return {
    width: wide,
    height: beside ? bottom + BOTTOM : top + 2 * (3 * size + GAP),
    picture: [...curve(state, data, right, bottom), text(left, top - 10, data.text.filters, "conv-label conv-start"),
      ...filters(state, data, left, top, beside ? 4 : 8, size)],
    terms: `${fill(data.text.filter, state)} ${rows.map((row) => row.map(bySign).join("  ")).join(" / ")}`,
    line: fill(data.text.line, facts),
    note: escapeText(data.text.note),
    tables: [["loss", "loss of each batch so far", data.loss.slice(0, state.step + 1)], ["w", "w, the chosen filter", rows]],
  };
}

export default defineFigure({
  name: "training",
  draw,
  limits: (state, data) => ({ step: [0, data.loss.length - 1] }),
  move: (state, data, across, down) => ({ step: clamp(state.step + across, 0, data.loss.length - 1), filter: clamp(state.filter + down, 0, data.start.length - 1) }),
  play: "step",
  legend: [["conv-minus", "negative weight"], ["conv-plus", "positive weight"]],
  hint: ["Drag over the curve, or use the arrow keys: left and right for the step, up and down for the filter.",
    "Draw a finger over the curve for the step; tap a filter to choose it."],
});
