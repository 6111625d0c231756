import { answers, cell, colour, factor, fill, fitCell, frame, lookup, pretty, rounded, smallIn, text } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { eachProduct, gridOf, zeros } from "./numbers.js";
import { defineFigure } from "./base.js";

const DIGITS = 1;
const LAYER = ["kernel", "stride", "padding", "dilation"];

function situation(state, data) {
  const [whole, divisor] = lookup(data.weights, ["filter", "kernel"], state, data);
  const weights = whole.map((row) => row.map((v) => v / divisor));
  const span = state.dilation * (state.kernel - 1) + 1;
  const s = { ...state, whole, divisor, weights, span, h: data.x.length, w: data.x[0].length, high: data.x.length + 2 * state.padding };
  const found = lookup(data.geometry, LAYER, state, data);
  if (!found) return s;
  const [rows, columns, leftRows, leftColumns] = found;
  const full = lookup(data.full, ["filter", "kernel", "dilation"], state, data);
  const at = (i) => i * state.stride + data.most - state.padding;
  const y = Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => full[at(i)][at(j)]));
  return { ...s, y, rows, columns, leftRows, leftColumns, i: Math.floor(state.position / columns), j: state.position % columns };
}

// The filters with what the reader added to them, and the outputs at stride 1 with the most padding.
function follow(data) {
  const { x, w, most } = data;
  const weights = gridOf(data, ["filter", "kernel"], (chosen) => {
    const [whole, divisor] = lookup(data.weights, ["filter", "kernel"], chosen, data);
    return [whole.map((row, u) => row.map((value, v) => value + w[u][v])), divisor];
  });
  const full = gridOf(data, ["filter", "kernel", "dilation"], (chosen) => {
    const [whole, divisor] = lookup(weights, ["filter", "kernel"], chosen, data);
    const span = chosen.dilation * (chosen.kernel - 1);
    const y = zeros(x.length + 2 * most - span, x[0].length + 2 * most - span);
    eachProduct([y.length, y[0].length], chosen.kernel, { stride: 1, padding: most, dilation: chosen.dilation },
      (i, j, u, v, r, c) => { y[i][j] += (whole[u][v] * (x[r]?.[c] ?? 0)) / divisor; });
    return y;
  });
  return { weights, full };
}

function spelledOut(s, data) {
  const terms = [];
  s.whole.forEach((row, u) => row.forEach((weight, v) => {
    const value = data.x[s.i * s.stride + u * s.dilation - s.padding]?.[s.j * s.stride + v * s.dilation - s.padding] ?? 0;
    if (weight !== 0) terms.push(`${factor(weight)}·${factor(value)}`);
  }));
  const sum = s.divisor === 1 ? terms.join(" + ") : `(${terms.join(" + ")})/${s.divisor}`;
  const skipped = s.kernel ** 2 - terms.length;
  return `${colour(`y[${s.i}, ${s.j}]`, "y")} = Σ ${colour("w", "w")}·${colour("x", "x")} = ${sum} = <strong>${pretty(s.y[s.i][s.j])}</strong>` +
    (skipped ? ` <span class="conv-rule">(${skipped} weight${skipped > 1 ? "s are" : " is"} zero)</span>` : "");
}

// Grey levels make it a picture; the ink on top is whichever of black and white reads better.
function shade(value, low, high) {
  const share = high > low ? Math.max(0, Math.min(1, (value - low) / (high - low))) : 0.5;
  const level = Math.round(40 + 215 * share);
  return [`rgb(${level},${level},${level})`, level > 118 ? "#000" : "#fff"];
}

// Sums of both signs have the colours of signed numbers, no fuller than the number on top can be read.
function tint(value, most) {
  const sign = value < 0 ? "conv-minus" : value > 0 ? "conv-plus" : "";
  return [`var(--conv-${value < 0 ? "minus" : "plus"}); fill-opacity: ${(0.55 * Math.abs(value) / most).toFixed(2)}`, "var(--conv-text)", sign];
}

function pixel(x, y, size, value, [fillColour, ink, sign = ""], { mark = "", small = false, ...rest } = {}) {
  const shown = pretty(rounded(value, DIGITS));
  return `<g class="conv-cell conv-pixel ${sign}"${answers(rest)}>` +
    `<rect x="${x}" y="${y}" width="${size}" height="${size}" style="fill:${fillColour}" class="conv-box"/>` +
    (mark ? `<rect x="${x}" y="${y}" width="${size}" height="${size}" class="conv-mark-${mark}"/>` : "") +
    `<text class="conv-number${small ? " conv-small" : ""}" style="fill:${ink}" x="${x + size / 2}" y="${y + size / 2}">${shown}</text></g>`;
}

function draw(state, data, width) {
  const s = situation(state, data);
  const tables = [["x", "x, the picture", data.x], ["w", "w, the filter", s.weights], ["y", "y, the output", s.y ?? []]];
  const beside = width >= 520;
  // The cells of y hold the widest sum of this kernel size, whatever the other controls say.
  const sums = data.full.map((kernels) => kernels[state.kernel - data.controls.find((c) => c.name === "kernel").low]);
  const padded = { rows: s.h + 2 * s.padding, columns: s.w + 2 * s.padding };
  // The fewer rows there are, the larger are the cells: x, the filter and y have a height each.
  const [tall, filterTall, outTall] = beside ? [320, 130, 320] : [250, 104, 220];
  const least = fitCell(0, 1, data.x, { low: 20 }), columns = s.columns ?? 1;
  const tap = fitCell(Math.min(36, filterTall / s.kernel), 1, s.whole, { clear: 3 });
  const outWide = width - (beside ? 30 + least * padded.columns : 2);
  const room = fitCell(Math.min(outWide / columns, outTall / (s.rows ?? 1)), 1, sums, { high: 44, digits: DIGITS });
  const size = fitCell(Math.min((beside ? width - 30 - columns * room : width - 2) / padded.columns, tall / padded.rows), 1, data.x, { low: 20 });
  const small = { x: smallIn(size, data.x), y: smallIn(room, s.y ?? [], { digits: DIGITS }) };
  const parts = [text(1, 12, "x, the picture", "conv-label")];
  const clampTo = (v, n) => Math.max(0, Math.min(n - 1, v));
  for (let r = 0; r < padded.rows; r++) {
    for (let c = 0; c < padded.columns; c++) {
      const value = data.x[r - s.padding]?.[c - s.padding];
      const inside = value !== undefined;
      const left = s.y && (r >= padded.rows - s.leftRows || c >= padded.columns - s.leftColumns);
      const i = s.y ? clampTo(Math.round((r - (s.span - 1) / 2) / s.stride), s.rows) : 0;
      const j = s.y ? clampTo(Math.round((c - (s.span - 1) / 2) / s.stride), s.columns) : 0;
      const options = { small: small.x, mark: left ? "left" : inside ? "" : "pad", pick: s.y ? `position:${i * s.columns + j}` : "",
        edit: inside ? `x${(r - s.padding) * s.w + c - s.padding}` : "" };
      parts.push(inside
        ? pixel(1 + c * size, 20 + r * size, size, value, shade(value, 0, 9), options)
        : cell(1 + c * size, 20 + r * size, size, 0, { role: "pad", ...options }));
    }
  }
  const imageBottom = 20 + padded.rows * size;
  // The window: a frame, and a ring round each pixel that a tap reads.
  if (s.y) {
    const [top, left] = [20 + s.i * s.stride * size, 1 + s.j * s.stride * size];
    parts.push(frame(left, top, s.span * size, s.span * size, "w conv-thick"));
    if (s.dilation > 1) {
      s.whole.forEach((row, u) => row.forEach((_, v) => parts.push(
        frame(left + v * s.dilation * size + 2, top + u * s.dilation * size + 2, size - 4, size - 4, "w"))));
    }
  }
  const originX = beside ? 1 + padded.columns * size + 26 : 1;
  const [kernelLeft, kernelTop] = [1, imageBottom + 36];
  const weights = s.divisor === 1 ? "w, the filter" : `w, times 1/${s.divisor}`;
  parts.push(text(kernelLeft, kernelTop - 8, weights, "conv-label"));
  s.whole.forEach((row, u) => row.forEach((v, k) => parts.push(cell(kernelLeft + k * tap, kernelTop + u * tap, tap, v,
    { role: "w", edit: `w${u * data.w[0].length + k}` }))));

  const originY = beside ? 20 : kernelTop + s.kernel * tap + 26;
  if (s.y) {
    const all = s.y.flat();
    const [low, high] = [Math.min(...all), Math.max(...all)];
    parts.push(text(originX, originY - 8, "y, the output", "conv-label"));
    s.y.forEach((row, i) => row.forEach((value, j) => parts.push(pixel(originX + j * room, originY + i * room, room, value,
      low < 0 ? tint(value, Math.max(high, -low)) : shade(value, low, high), { small: small.y, pick: `position:${i * s.columns + j}` }))));
    parts.push(frame(originX + s.j * room, originY + s.i * room, room, room, "y conv-thick"));
  } else {
    parts.push(text(originX, originY + 12, "no output", "conv-label conv-strong"));
  }
  const centre = (n, cell_size) => (n + 0.5) * cell_size;
  const travels = s.y && s.whole.flatMap((row, u) => row.flatMap((weight, v) => {
    const [r, c] = [s.i * s.stride + u * s.dilation, s.j * s.stride + v * s.dilation];
    const product = (weight * (data.x[r - s.padding]?.[c - s.padding] ?? 0)) / s.divisor;
    return product === 0 ? [] : [[1 + centre(c, size), 20 + centre(r, size), pretty(rounded(product, DIGITS)),
      originX + centre(s.j, room), originY + centre(s.i, room)]];
  }));
  const view = {
    travels,
    width: Math.max(originX + (s.columns ?? 4) * room, 1 + padded.columns * size) + 2,
    height: Math.max(kernelTop + s.kernel * tap, originY + (s.rows ?? 1) * room) + 6,
    picture: parts,
    tables,
  };
  if (!s.y) return { ...view, line: fill(data.text.error, s) };
  const left = s.leftRows || s.leftColumns
    ? `Left over (hatched): ${s.leftRows} row${s.leftRows === 1 ? "" : "s"} at the bottom, ${s.leftColumns} column${s.leftColumns === 1 ? "" : "s"} at the right.` : "";
  return { ...view, line: fill(data.text.size + (s.dilation > 1 ? data.text.span : ""), s), terms: spelledOut(s, data), note: left };
}

function limits(state, data) {
  const found = lookup(data.geometry, LAYER, state, data);
  return { position: [0, found ? found[0] * found[1] - 1 : -1] };
}

export default defineFigure({
  name: "conv2d",
  draw,
  limits,
  play: "position",
  inputs: ["x", "w"],
  follow,
  // what a number of the filter is before the reader adds to it
  shift: (name, place, state, data) => (name === "x" ? 0
    : lookup(data.weights, ["filter", "kernel"], state, data)[0][Math.floor(place / data.w[0].length)]?.[place % data.w[0].length] ?? 0),
  move(state, data, across, down) {
    const [rows, columns] = lookup(data.geometry, LAYER, state, data) ?? [1, 1];
    return { position: stepInGrid(state.position, rows, columns, across, down) };
  },
  legend: [["w", "window and filter"], ["y", "output looked at"], ["conv-minus", "y below 0"], ["conv-plus", "y above 0"], ["pad", "padding (dashed)"], ["left", "left over (hatched)"]],
});
