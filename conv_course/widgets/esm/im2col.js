import { cell, clamp, colour, fill, fitCell, frame, lookup, pretty, smallIn, text, wide } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { gridOf } from "./numbers.js";
import { defineFigure } from "./base.js";

const LAYER = ["stride", "padding"];
const [D, H, W, KH, KW] = [2, 3, 5, 2, 3]; // the kernel is not square: u and v cannot be mixed up
const ROWS = D * KH * KW;

function situation(state, data) {
  const [rows, across] = lookup(data.geometry, LAYER, state, data);
  const find = (name) => lookup(data[name], LAYER, state, data);
  const s = { ...state, rows, columns: across, count: rows * across, entries: D * KH * KW * rows * across,
    matrix: find("columns"), sources: find("sources"), back: find("back") };
  const d = Math.floor(s.entry / (KH * KW)), u = Math.floor((s.entry % (KH * KW)) / KW), v = s.entry % KW;
  return { ...s, d, u, v, i: Math.floor(s.position / across), j: s.position % across, source: s.sources[s.entry][s.position] };
}

// The matrix of a reader's own pixels, and what comes back of it: each pixel once for each of its copies.
function follow(data) {
  const pixels = data.x.flat(2), sourcesOf = (chosen) => lookup(data.sources, LAYER, chosen, data);
  const columns = gridOf(data, LAYER, (chosen) => sourcesOf(chosen).map((row) => row.map((source) => (source < 0 ? 0 : pixels[source]))));
  const back = gridOf(data, LAYER, (chosen) => {
    const copies = sourcesOf(chosen).flat();
    return data.x.map((channel, d) => channel.map((row, h) => row.map((value, w) =>
      value * copies.filter((source) => source === (d * H + h) * W + w).length)));
  });
  return { columns, back };
}

const pixelName = (source) => `x[0, ${Math.floor(source / (H * W))}, ${Math.floor((source % (H * W)) / W)}, ${source % W}]`;

function spelledOut(s, data) {
  const { d, u, v, i, j } = s;
  const value = s.matrix[s.entry][s.position];
  const rule = `row (d·kH + u)·kW + v = (${d}·${KH} + ${u})·${KW} + ${v} = ${s.entry}, column i·W′ + j = ${i}·${s.columns} + ${j} = ${s.position}`;
  const what = s.source < 0 ? colour("padding", "pad") : colour(pixelName(s.source), "x");
  const first = `<span class="conv-rule">${rule}</span><br>C[${s.entry}, ${s.position}] = ${what} = <strong>${pretty(value)}</strong>`;
  if (s.way === "im2col") return first;
  if (s.source < 0) return `${first}<br>Padding is cropped on the way back: this entry goes nowhere.`;
  const copies = s.sources.flat().filter((source) => source === s.source).length;
  const pixel = data.x.flat(2)[s.source];
  return `${first}<br>${colour("back", "y")} at ${pixelName(s.source)} = ${copies} cop${copies > 1 ? "ies" : "y"} · ${pretty(pixel)} = ` +
    `<strong>${pretty(s.back.flat(2)[s.source])}</strong>`;
}

// A ring that lies in a cell, round its number.
const ring = (x, y, size) => frame(x + 1, y + 1, size - 2, size - 2, "w conv-thick");
const clear = 7;

// The channels below each other, or side by side where the drawing is flat.
function picture(s, tensor, size, small, from, y, role, flat) {
  const parts = [];
  const pad = role === "x" ? s.padding : 0;
  const [high, wide] = [H + 2 * pad, W + 2 * pad];
  tensor.forEach((channel, d) => {
    const top = y + (flat ? 0 : d * (high * size + 22)), x = from + (flat ? d * (wide * size + 14) : 0);
    parts.push(text(x, top - 4, `d = ${d}`, "conv-index conv-start"));
    for (let r = 0; r < high; r++) {
      for (let c = 0; c < wide; c++) {
        const [h, w] = [r - pad, c - pad];
        const inside = h >= 0 && h < H && w >= 0 && w < W;
        const source = inside ? (d * H + h) * W + w : -1;
        const inWindow = r + (s.padding - pad) >= s.i * s.stride && r + (s.padding - pad) < s.i * s.stride + KH &&
          c + (s.padding - pad) >= s.j * s.stride && c + (s.padding - pad) < s.j * s.stride + KW;
        const i = clamp(Math.floor((r + s.padding - pad) / s.stride), 0, s.rows - 1), j = clamp(Math.floor((c + s.padding - pad) / s.stride), 0, s.columns - 1);
        const [u, v] = [clamp(r + s.padding - pad - i * s.stride, 0, KH - 1), clamp(c + s.padding - pad - j * s.stride, 0, KW - 1)];
        parts.push(cell(x + c * size, top + r * size, size, inside ? channel[h][w] : 0, {
          role: `${inside ? role : "pad"} conv-plain`, mark: inside ? "" : "pad", on: role === "x" ? inWindow : source === s.source && source >= 0,
          small, edit: role === "x" && inside ? `x${source}` : "", pick: `position:${i * s.columns + j},entry:${(d * KH + u) * KW + v}`,
        }));
      }
    }
    if (role === "x") parts.push(frame(x + s.j * s.stride * size, top + s.i * s.stride * size, KW * size, KH * size, "w conv-thick"));
    if (role === "x" && d === s.d) {
      const [r, c] = [s.i * s.stride + s.u, s.j * s.stride + s.v];
      parts.push(ring(x + c * size, top + r * size, size));
    }
  });
  return { picture: parts, width: flat ? D * wide * size + 14 * (D - 1) : wide * size, height: flat ? high * size : D * high * size + 22 * (D - 1) };
}

function draw(state, data, width) {
  const s = situation(state, data);
  const broad = width >= 520, beside = broad && s.count <= 12, flat = broad && !beside;
  const pixels = [data.x, data.back], comesBack = "col2im: sums of copies";
  const size = fitCell(broad ? (s.way === "im2col" && beside ? 30 : 24) : (width - 24) / (2 * W + 2 * s.padding), 1, pixels, { high: 30, clear });
  const drawn = (tensor, role, from, small) => picture(s, tensor, size, small, from, 36, role, flat);
  const backLeft = drawn(data.x, "x", 1).width + 22;
  const measured = s.way === "col2im" ? drawn(s.back, "y", backLeft) : null;
  const left = beside ? (measured ? backLeft + Math.max(measured.width, wide(comesBack)) : backLeft - 22) + 30 : 1;
  const box = fitCell(width - left - 16, s.count, data.columns, { high: 24, clear });
  // the numbers of x, of C and of what comes back have one size
  const small = smallIn(box, data.columns, { clear }) || smallIn(size, s.way === "col2im" ? pixels : data.x, { clear });
  const image = drawn(data.x, "x", 1, small), back = measured && drawn(s.back, "y", backLeft, small);
  const top = beside ? 36 : 36 + image.height + 46;
  const parts = [text(1, 14, s.padding ? "x, padded" : "x", "conv-label"), ...image.picture];
  if (back) parts.push(text(backLeft, 14, comesBack, "conv-label"), ...back.picture);
  parts.push(text(left, top - 22, "C: one column per window", "conv-label"));
  s.matrix.forEach((row, r) => {
    row.forEach((value, c) => {
      if (r === 0) parts.push(text(left + 14 + (c + 0.5) * box, top - 5, c, "conv-index"));
      const source = s.sources[r][c];
      const same = source >= 0 && source === s.source;
      parts.push(cell(left + 14 + c * box, top + r * box, box, value, { role: `${source < 0 ? "pad" : same ? "y" : "x"} conv-plain`, small,
        mark: source < 0 ? "pad" : "", on: c === s.position || (s.way === "col2im" && same), pick: `position:${c},entry:${r}` }));
    });
    parts.push(text(left + 10, top + (r + 0.5) * box + 4, r, "conv-index conv-end"));
  });
  parts.push(frame(left + 14 + s.position * box, top, box, ROWS * box, "w"));
  parts.push(ring(left + 14 + s.position * box, top + s.entry * box, box));
  return {
    width: Math.max(left + 14 + s.count * box, backLeft + (back ? back.width : -22), image.width) + 2,
    height: Math.max(top + ROWS * box, 36 + image.height) + 6,
    picture: parts,
    line: fill(data.text[s.way], s),
    terms: spelledOut(s, data),
    note: s.way === "col2im" ? "col2im is the transpose of im2col, not its inverse: a pixel in k windows comes back k times as large."
      : "Green cells are copies of the chosen pixel.",
    tables: [["x", "x, rows d,h", data.x], ["columns", "the column matrix", s.matrix], ["back", "col2im of the matrix, rows d,h", s.back]],
  };
}

export default defineFigure({
  name: "im2col",
  draw,
  limits: (state, data) => { const [rows, across] = lookup(data.geometry, LAYER, state, data); return { position: [0, rows * across - 1] }; },
  play: "position",
  inputs: ["x"],
  follow,
  move(state, data, across, down) {
    const [rows, columns] = lookup(data.geometry, LAYER, state, data);
    return { position: stepInGrid(state.position, rows, columns, across, down) };
  },
  legend: [["x", "pixels (full: in the window)"], ["w", "window and its column"], ["y", "copies of the chosen pixel"], ["pad", "padding (dashed)"]],
});
