import { cell, colour, factor, fill, fitCell, frame, lookup, pretty, smallIn, text, t } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { eachProduct, gridOf, zeros } from "./numbers.js";
import { defineFigure } from "./base.js";

const LAYER = ["kernel", "stride", "padding", "output_padding"];

function situation(state, data) {
  const s = { ...state, x: data.x, w: data.w.slice(0, state.kernel).map((row) => row.slice(0, state.kernel)),
    h: data.x.length, wide: data.x[0].length };
  const found = lookup(data.geometry, LAYER, state, data);
  Object.assign(s, { i: Math.floor(s.position / s.wide), j: s.position % s.wide });
  if (!found) return s;
  return { ...s, rows: found[0], columns: found[1], y: lookup(data.y, LAYER, state, data), count: lookup(data.count, LAYER, state, data) };
}

function follow(data) {
  return { y: gridOf(data, LAYER, (chosen) => {
    const found = lookup(data.geometry, LAYER, chosen, data);
    if (!found || !lookup(data.count, LAYER, chosen, data)) return null;
    const y = zeros(...found);
    eachProduct([data.x.length, data.x[0].length], chosen.kernel, chosen, (i, j, u, v, r, c) => {
      if (y[r]?.[c] !== undefined) y[r][c] += data.x[i][j] * data.w[u][v];
    });
    return y;
  }) };
}

// The stamps that reach an output pixel: [input row, input column, kernel row, kernel column].
function stampsAt(s, r, c) {
  const stamps = [];
  for (let i = 0; i < s.h; i++) {
    for (let j = 0; j < s.wide; j++) {
      const [u, v] = [r + s.padding - i * s.stride, c + s.padding - j * s.stride];
      if (u >= 0 && u < s.kernel && v >= 0 && v < s.kernel) stamps.push([i, j, u, v]);
    }
  }
  return stamps;
}

// The output pixel to spell out: the one that the reader points at, or of the chosen stamp's pixels one where most
// stamps meet.
function busiest(s) {
  let best = null;
  if (s.at !== undefined && s.at < s.rows * s.columns) return [Math.floor(s.at / s.columns), s.at % s.columns];
  for (let u = 0; u < s.kernel; u++) {
    for (let v = 0; v < s.kernel; v++) {
      const [r, c] = [s.i * s.stride + u - s.padding, s.j * s.stride + v - s.padding];
      const meets = s.count[r]?.[c] ?? -1;
      if (meets >= 0 && (!best || meets > best[2])) best = [r, c, meets];
    }
  }
  return best;
}

function spelledOut(s) {
  const first = `${colour(`x[${s.i}, ${s.j}]`, "x")} = ${pretty(s.x[s.i][s.j])} stamps ${factor(s.x[s.i][s.j])}·${colour("w", "w")} ${t("with its corner at row")} ` +
    `${s.i}·${s.stride} − ${s.padding} = ${pretty(s.i * s.stride - s.padding)}, column ${s.j}·${s.stride} − ${s.padding} = ${pretty(s.j * s.stride - s.padding)}.`;
  const found = busiest(s);
  if (!found) return `${first}<br>All of this stamp is cropped by the padding.`;
  const [r, c] = found;
  const stamps = stampsAt(s, r, c);
  const letters = stamps.map(([i, j, u, v]) => `${colour(`x[${i},${j}]`, "x")}·${colour(`w[${u},${v}]`, "w")}`);
  const numbers = stamps.map(([i, j, u, v]) => `${factor(s.x[i][j])}·${factor(s.w[u][v])}`);
  if (!stamps.length) return `${first}<br>${colour(`y[${r}, ${c}]`, "y")} = <strong>0</strong>: no stamp reaches it.`;
  return `${first}<br>${colour(`y[${r}, ${c}]`, "y")} = ${letters.join(" + ")} = ${numbers.join(" + ")} = <strong>${pretty(s.y[r][c])}</strong>`;
}

function draw(state, data, width) {
  const s = situation(state, data);
  const tables = [["x", "x, the input", s.x], ["w", "w, the kernel", s.w], ["y", "y, the output", s.y ?? []],
    ["count", "stamps that overlap", s.count ?? []]];
  const beside = width >= 520;
  const parts = [text(1, 13, "x, the input", "conv-label")];
  const box = fitCell(30, 1, [data.x, data.w]);
  s.x.forEach((row, i) => row.forEach((value, j) => parts.push(cell(1 + j * box, 20 + i * box, box, value,
    { role: "x", on: i === s.i && j === s.j, pick: `position:${i * s.wide + j}`, edit: `x${i * s.wide + j}` }))));
  const kernelLeft = beside ? 1 : 3 * box + 30, kernelTop = beside ? 20 + 2 * box + 28 : 20;
  parts.push(text(kernelLeft, kernelTop - 7, "w, the kernel", "conv-label"));
  s.w.forEach((row, u) => row.forEach((value, v) => parts.push(cell(kernelLeft + v * box, kernelTop + u * box, box, value,
    { role: "w", edit: `w${u * data.w[0].length + v}` }))));
  if (!s.y) {
    return { width: 320, height: kernelTop + s.kernel * box + 10, picture: parts, tables, line: fill(data.text[s.output_padding >= s.stride ? "error" : "cropped"],
        { ...s, full: s.stride + s.kernel + s.output_padding }) };
  }
  // Everything before cropping: the padding takes P from each side, output padding adds at the end.
  const full = { rows: s.rows + 2 * s.padding, columns: s.columns + 2 * s.padding };
  const left = beside ? 160 : 1, top = beside ? 20 : 20 + Math.max(s.h, s.kernel) * box + 30;
  const size = fitCell(width - left - 4, full.columns, data.y, { low: 20, high: 32 });
  const most = Math.max(...s.count.flat());
  parts.push(text(left, top - 7, state.show === "y" ? "y, where stamps add up" : "how many stamps meet", "conv-label"));
  const chosen = busiest(s);
  for (let a = 0; a < full.rows; a++) {
    for (let b = 0; b < full.columns; b++) {
      const [r, c] = [a - s.padding, b - s.padding];
      const inside = r >= 0 && r < s.rows && c >= 0 && c < s.columns;
      const meets = inside ? s.count[r][c] : 0;
      const value = inside ? (state.show === "y" ? s.y : s.count)[r][c] : "";
      const stamps = stampsAt(s, r, c);
      // The chosen stamp stays the chosen one where it reaches this pixel.
      const [si, sj] = stamps.find(([i, j]) => i === s.i && j === s.j) ?? stamps[0] ?? [s.i, s.j];
      const pick = `position:${si * s.wide + sj}${inside ? `,at:${r * s.columns + c}` : ""}`;
      const shade = inside ? ` conv-meets-${Math.min(4, meets)}` : "";
      const added = inside && (r >= s.rows - s.output_padding || c >= s.columns - s.output_padding);
      parts.push(`<g class="${shade}">${cell(left + b * size, top + a * size, size, value, { role: inside ? "y" : "pad",
        on: inside && chosen && r === chosen[0] && c === chosen[1], small: smallIn(size, data.y), pick, mark: inside ? (added ? "left" : "") : "pad" })}</g>`);
    }
  }
  const [wTop, wLeft] = [top + s.i * s.stride * size, left + s.j * s.stride * size];
  parts.push(frame(wLeft, wTop, s.kernel * size, s.kernel * size, "w conv-thick"));
  const least = Math.min(...s.count.flat().filter((n) => n > 0));
  const pattern = s.kernel < s.stride
    ? `The kernel ${s.kernel} is smaller than the stride ${s.stride}: the stamps leave gaps of zeros.`
    : s.kernel % s.stride
      ? `The kernel ${s.kernel} is not a multiple of the stride ${s.stride}: ${least} to ${most} stamps meet, in a checkerboard.`
      : `The kernel ${s.kernel} is a multiple of the stride ${s.stride}: away from the border the same number of stamps meets everywhere.`;
  return {
    width: Math.max(left + full.columns * size, kernelLeft + s.kernel * box) + 3,
    height: Math.max(top + full.rows * size, kernelTop + s.kernel * box) + 6,
    picture: parts,
    tables,
    travels: s.w.flatMap((row, u) => row.map((value, v) => [kernelLeft + (v + 0.5) * box, kernelTop + (u + 0.5) * box,
      pretty(value * s.x[s.i][s.j]), wLeft + (v + 0.5) * size, wTop + (u + 0.5) * size])),
    line: fill(data.text.size, s),
    terms: spelledOut(s),
    note: pattern +
      (s.output_padding ? ` Output padding adds ${s.output_padding} at the bottom and the right (hatched).` : "") +
      (s.padding ? ` Padding crops ${s.padding} from each side.` : ""),
  };
}

export default defineFigure({
  name: "transposed",
  draw,
  limits: (state, data) => ({ position: [0, lookup(data.geometry, LAYER, state, data) ? 5 : -1] }),
  play: "position",
  inputs: ["x", "w"],
  follow,
  move: (state, data, across, down) => ({ position: stepInGrid(state.position, data.x.length, data.x[0].length, across, down) }),
  legend: [["x", "input"], ["w", "kernel, the chosen stamp"], ["y", "output: stronger where more stamps meet"], ["left", "output padding (hatched)"],
    ["pad", "cropped by the padding"]],
});
