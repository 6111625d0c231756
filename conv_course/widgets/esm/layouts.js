import { cell, colour, fill, fitCell, pretty, smallIn, text, t } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { defineFigure } from "./base.js";

const NAMES = { NDHW: "N × D × H × W", NHWD: "N × H × W × D", HWDN: "H × W × D × N" };
const AXES = ["n", "d", "h", "w"];

// Where the values of a layout lie: value -> place in memory.
const places = (memory) => new Map(memory.map((value, place) => [value, place]));

// How far apart two neighbours along each axis lie in memory.
function jumps(data, where) {
  const first = where.get(data.x[0][0][0][0]);
  const next = { n: data.x[1][0][0][0], d: data.x[0][1][0][0], h: data.x[0][0][1][0], w: data.x[0][0][0][1] };
  return AXES.map((axis) => [axis, where.get(next[axis]) - first]);
}

function draw(state, data, width) {
  const { n, d, h, w } = state;
  const memory = data.memory[state.layout];
  const base = state.layout === "HWDN" ? 1 : 0;
  const chosen = data.x[n][d][h][w];
  const size = fitCell(width - 30, 12, data.x, { high: 58 }), tall = Math.min(size, 30);
  const parts = [text(1, 12, "x: images n by channels d", "conv-label")];
  const element = new Map();
  data.x.forEach((image, a) => image.forEach((channel, b) => {
    const [left, top] = [1 + b * (4 * size + 12), 34 + a * (2 * tall + 24)];
    parts.push(text(left, top - 4, `n = ${a}, d = ${b}`, "conv-index conv-start"));
    channel.forEach((row, i) => row.forEach((value, j) => {
      const pick = `n:${a},d:${b},h:${i},w:${j}`;
      element.set(value, pick);
      parts.push(cell(left + j * size, top + i * tall, size, value, { role: "x", on: value === chosen, pick, height: tall, small: smallIn(size, data.x) }));
    }));
  }));
  const top = 34 + 2 * (2 * tall + 24) + 8;
  const across = 12; // a multiple of the fastest axis in every order, so that the pattern lines up
  const box = fitCell(width - 2, across, memory, { high: 60 });
  parts.push(text(1, top, `memory, ${NAMES[state.layout]}; addresses from ${base} below`, "conv-label"));
  memory.forEach((value, place) => {
    const [left, y] = [1 + (place % across) * box, top + 8 + Math.floor(place / across) * (box > 30 ? 52 : box + 18)];
    const height = box > 30 ? 34 : box;
    parts.push(cell(left, y, box, value, { role: "x", on: value === chosen, pick: element.get(value), height, small: smallIn(box, memory) }));
    parts.push(text(left + box / 2, y + height + 11, place + base, "conv-index"));
  });
  const rows = Math.ceil(memory.length / across);
  const where = places(memory);
  const element_name = `x[${AXES.map((axis) => state[axis]).join(", ")}]`;
  const others = Object.keys(NAMES).map((layout) => {
    const start = layout === "HWDN" ? 1 : 0;
    const text = `${NAMES[layout]}: ${places(data.memory[layout]).get(chosen) + start}`;
    const from = `${t("counted from")} ${start}`;
    return `${layout === state.layout ? `<strong>${text}</strong>` : text} (${from})`;
  });
  return {
    width: Math.max(12 * size + 26, across * box + 2),
    height: top + 8 + rows * (box > 30 ? 52 : box + 18) + 4,
    picture: parts,
    terms: `${colour(element_name, "x")} = <strong>${pretty(chosen)}</strong>, ${t("linear index in")}<br>${others.join("<br>")}`,
    line: fill(data.text[state.layout], { ...state, index: where.get(chosen) + base }),
    note: `One step along an axis moves this far in memory: ${jumps(data, where).map(([axis, far]) => `${axis} ${far}`).join(", ")}.`,
    tables: [["x", "x, rows n,d,h", data.x], ["memory", "memory, in this order", memory]],
  };
}

// Arrow keys go through one channel.
function move({ h, w }, data, across, down) {
  const [rows, columns] = [data.x[0][0].length, data.x[0][0][0].length];
  const to = stepInGrid(h * columns + w, rows, columns, across, down);
  return { h: Math.floor(to / columns), w: to % columns };
}

const hint = ["Point at a number to see where it lies; click, drag or use the arrow keys to choose it.", "Tap a number to see where it lies."];

export default defineFigure({ name: "layouts", draw, move, hint, legend: [["x", "x, by its indices and in memory"]] });
