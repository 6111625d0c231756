import { cell, clamp, colour, escapeText, factor, fill, fitCell, frame, line, lookup, pretty, smallIn, text, wrapped } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { gridOf } from "./numbers.js";
import { defineFigure } from "./base.js";

const LAYER = ["stride", "padding", "kernel", "dilation"];
const NAMES = 18; // pixels for the rows' names

function outputs(state, data) {
  return lookup(data.y, ["mode", ...LAYER], state, data);
}

// The kernel in the order in which it lies on the signal: [tap's index, its value].
function taps(state, data) {
  const ordered = data.w.slice(0, state.kernel).map((value, k) => [k, value]);
  return state.mode === "convolution" ? ordered.reverse() : ordered;
}

// y for a reader's own numbers, or null where the kernel does not fit.
function slide({ x, w }, { mode, stride, padding, kernel, dilation }) {
  const span = dilation * (kernel - 1) + 1;
  const count = Math.floor((x.length + 2 * padding - span) / stride) + 1;
  if (x.length + 2 * padding < span) return null;
  const order = taps({ mode, kernel }, { w });
  return Array.from({ length: count }, (_, i) =>
    order.reduce((sum, [, value], k) => sum + value * (x[i * stride + k * dilation - padding] ?? 0), 0));
}

function spelledOut(state, data, y) {
  const { stride, padding, dilation, position } = state;
  const flip = state.mode === "convolution";
  const start = position * stride - padding;
  const parts = taps(state, data).map(([k, value], place) => {
    const at = start + place * dilation;
    const inside = at >= 0 && at < data.x.length;
    return [`${colour(`w[${k}]`, "w")}·${inside ? colour(`x[${at}]`, "x") : colour("0", "pad")}`,
      `${factor(value)}·${factor(inside ? data.x[at] : 0)}`];
  });
  const index = (by, name) => `${by === 1 ? "" : `${by}·`}<i>${name}</i>`;
  const rule = `${flip ? "convolution" : "correlation"}: <i>y<sub>i</sub></i> = Σ<sub><i>k</i></sub> <i>w</i><sub>${flip ? `${state.kernel - 1} − ` : ""}<i>k</i></sub>` +
    ` <i>x</i><sub>${index(stride, "i")} + ${index(dilation, "k")}${padding ? ` − ${padding}` : ""}</sub>`;
  return `<span class="conv-rule">${rule}</span><br>${colour(`y[${position}]`, "y")} = ${parts.map((p) => p[0]).join(" + ")} ` +
    `<span class="conv-sum">= ${parts.map((p) => p[1]).join(" + ")} <span class="conv-whole">= <strong>${pretty(y[position])}</strong></span></span>`;
}

export function draw(state, data, width) {
  const { stride, padding, kernel, dilation, position } = state;
  const y = outputs(state, data);
  const columns = data.x.length + 2 * padding;
  const span = lookup(data.span, ["kernel", "dilation"], state, data);
  const left = lookup(data.left, LAYER, state, data);
  const size = fitCell(width - 2 - NAMES, Math.max(columns, span), [data.x, data.w, data.y]);
  const small = { x: smallIn(size, data.x), w: smallIn(size, data.w), y: smallIn(size, data.y) };
  const at = (column) => 1 + NAMES + column * size;
  const named = (left, top, name) => text(left - 6, top + size / 2 + 4, name, "conv-label conv-end");
  const rows = { x: 22, w: 22 + size + 30, y: 22 + 2 * size + 90 };
  const parts = [named(at(0), rows.x, "x")];
  const first = position * stride;

  for (let column = 0; column < columns; column++) {
    const j = column - padding;
    const inside = j >= 0 && j < data.x.length;
    const unread = y !== null && column >= columns - left;
    const offset = column - first;
    const touched = y !== null && offset >= 0 && offset < span && offset % dilation === 0;
    // Taking hold of a sample brings the window's middle to it.
    const pick = y === null ? "" : clamp(Math.round((column - (span - 1) / 2) / stride), 0, y.length - 1);
    parts.push(text(at(column) + size / 2, 12, pretty(j), "conv-index"));
    parts.push(cell(at(column), rows.x, size, inside ? data.x[j] : 0, {
      role: inside ? "x" : "pad", on: touched, mark: unread ? "left" : inside ? "" : "pad",
      pick: y === null ? "" : `position:${pick}`, small: small.x, edit: inside ? `x${j}` : "",
    }));
  }
  if (y !== null && left > 0) {
    // no window reaches these columns, and so no wire does
    wrapped("left over", left * size, "conv-index").forEach((words, n) => parts.push(
      text(at(columns - left / 2), rows.x + size + 13 + 12 * n, words, "conv-index")));
  }
  const kernelFirst = y === null ? 0 : first, indices = [];
  parts.push(frame(at(kernelFirst) - 0.5, rows.w - 3, span * size + 1, size + 6, "w"), named(at(kernelFirst), rows.w, "w"));
  taps(state, data).forEach(([k, value], place) => {
    const column = kernelFirst + place * dilation;
    if (y !== null) parts.push(line(at(column) + size / 2, rows.x + size, at(column) + size / 2, rows.w, "conv-wire w"));
    parts.push(cell(at(column), rows.w, size, value, { role: "w", on: true, small: small.w, edit: `w${k}`, glide: `tap ${place}`,
      pick: y === null ? "" : `position:${position}` }));
    indices.push(text(at(column) + size / 2, rows.w + size + 14, k, "conv-index"));
  });
  const travels = y && taps(state, data).map(([, value], place) => [at(first + place * dilation) + size / 2, rows.w + size / 2,
    pretty(value * (data.x[first + place * dilation - padding] ?? 0)), at(first + (span - 1) / 2) + size / 2, rows.y + size / 2]);
  const middle = (i) => at(i * stride + (span - 1) / 2);
  if (y !== null) {
    const [from, to] = [rows.w + size + 20, rows.y + 1]; // below the indices, to the cell
    parts.push(named(middle(0), rows.y, "y"));
    parts.push(line(at(first), from, middle(position) + 1, to, "conv-wire y"));
    parts.push(line(at(first + span), from, middle(position) + size - 1, to, "conv-wire y"));
    y.forEach((value, i) => {
      parts.push(cell(middle(i), rows.y, size, value, { role: "y", on: i === position, small: small.y, pick: `position:${i}` }));
      parts.push(text(middle(i) + size / 2, rows.y + size + 13, i, "conv-index"));
    });
  } else {
    parts.push(text(1, rows.y + size / 2, "The kernel does not fit: there is no output.", "conv-label conv-strong"));
  }
  parts.push(...indices);

  const values = { ...state, span, size: data.x.length, padded: columns, out: y?.length };
  const size_line = y === null
    ? fill(data.text.error, values)
    : fill(data.text.size + (dilation > 1 ? data.text.span : ""), values);
  const note = left === 0 ? "" : escapeText(`Left over at the end: ${left} of the ${columns} padded samples, ` +
    `(${data.x.length} + 2·${padding} − ${span}) mod ${stride} = ${left}. No window reaches ${left > 1 ? "them" : "it"}.`);
  return {
    width: Math.max(columns, span) * size + 2 + NAMES,
    height: rows.y + size + 20,
    picture: parts,
    travels,
    line: size_line,
    terms: y === null ? "" : spelledOut(state, data, y),
    note,
    tables: [["x", "x, the signal", data.x], ["w", "w, the kernel", data.w.slice(0, kernel)], ["y", "y, the output", y ?? []]],
  };
}

export default defineFigure({
  name: "conv1d",
  draw,
  limits: (state, data) => ({ position: [0, (outputs(state, data)?.length ?? 0) - 1] }),
  play: "position",
  inputs: ["x", "w"],
  follow: (data) => ({ y: gridOf(data, ["mode", ...LAYER], (chosen) => slide(data, chosen)) }),
  move: (state, data, across) => ({ position: stepInGrid(state.position, 1, outputs(state, data)?.length ?? 1, across, 0) }),
  legend: [["x", "signal"], ["pad", "padding (dashed)"], ["left", "left over (hatched)"], ["w", "kernel"], ["y", "output"]],
});
