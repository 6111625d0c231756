import { cell, clamp, colour, factor, fill, fitCell, frame, lookup, pretty, rounded, smallIn, text, t } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { gridOf, zeros } from "./numbers.js";
import { defineFigure } from "./base.js";

const LAYER = ["kernel", "stride", "padding"];
const fits = { digits: 2, clear: 6 };

function situation(state, data) {
  const [rows, columns, leftRows, leftColumns] = lookup(data.geometry, LAYER, state, data);
  const s = { ...state, rows, columns, leftRows, leftColumns, h: data.x.length, w: data.x[0].length, x: data.x,
    y: lookup(data.y, ["kind", ...LAYER], state, data), dx: lookup(data.dx, ["kind", ...LAYER], state, data),
    winners: lookup(data.winners, LAYER, state, data), dout: data.dout.slice(0, rows).map((row) => row.slice(0, columns)),
    i: Math.floor(state.position / columns), j: state.position % columns };
  s.winner = s.winners[s.i][s.j];
  return s;
}

// The pixels of output (i, j)'s window that lie in the picture, as row * width + column.
function windowOf(s, i, j) {
  const pixels = [];
  for (let u = 0; u < s.kernel; u++) {
    for (let v = 0; v < s.kernel; v++) {
      const [r, c] = [i * s.stride + u - s.padding, j * s.stride + v - s.padding];
      if (r >= 0 && r < s.h && c >= 0 && c < s.w) pixels.push(r * s.w + c);
    }
  }
  return pixels;
}

// y, dx and the winners for a reader's own numbers; of equal maxima the first in row order wins.
function pool({ x, dout }, { kernel, stride, padding }, [rows, columns]) {
  const s = { kernel, stride, padding, h: x.length, w: x[0].length };
  const made = { y: [zeros(rows, columns), zeros(rows, columns)], dx: [zeros(s.h, s.w), zeros(s.h, s.w)], winners: zeros(rows, columns) };
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const pixels = windowOf(s, i, j), at = (p) => x[Math.floor(p / s.w)][p % s.w];
      const winner = pixels.reduce((best, p) => (at(p) > at(best) ? p : best));
      made.winners[i][j] = winner;
      made.y[0][i][j] = at(winner);
      made.y[1][i][j] = pixels.reduce((sum, p) => sum + at(p), 0) / kernel ** 2;
      made.dx[0][Math.floor(winner / s.w)][winner % s.w] += dout[i][j];
      pixels.forEach((p) => { made.dx[1][Math.floor(p / s.w)][p % s.w] += dout[i][j] / kernel ** 2; });
    }
  }
  return made;
}

function follow(data) {
  const made = gridOf(data, LAYER, (chosen) => pool(data, chosen, lookup(data.geometry, LAYER, chosen, data)));
  const find = (chosen) => lookup(made, LAYER, chosen, data);
  const both = (name) => gridOf(data, ["kind", ...LAYER], (chosen) => find(chosen)[name][Number(chosen.kind === "average")]);
  return { y: both("y"), dx: both("dx"), winners: gridOf(data, LAYER, (chosen) => find(chosen).winners) };
}

function spelledOut(s) {
  const pixels = windowOf(s, s.i, s.j);
  const values = pixels.map((p) => s.x[Math.floor(p / s.w)][p % s.w]);
  const padded = s.kernel ** 2 - pixels.length;
  const name = colour(`y[${s.i}, ${s.j}]`, "y"), value = `<strong>${pretty(s.y[s.i][s.j])}</strong>`;
  const at = (p) => `${Math.floor(p / s.w)}, ${p % s.w}`;
  if (s.kind === "average") {
    const zeros = padded ? [`${padded} zeros of the padding`] : [];
    return `${name} = (${[...values.map(factor), ...zeros].join(" + ")})/${s.kernel ** 2} = ${value}<br>` +
      `Back: dout[${s.i}, ${s.j}] = ${pretty(s.dout[s.i][s.j])} is shared: ${pretty(s.dout[s.i][s.j])}/${s.kernel ** 2} to each pixel.`;
  }
  const ties = values.filter((v) => v === s.y[s.i][s.j]).length;
  return `${name} = max(${[...values.map(pretty), ...(padded ? [`${padded} of −∞`] : [])].join(", ")}) = ${value}<br>` +
    `Back: dout[${s.i}, ${s.j}] = ${pretty(s.dout[s.i][s.j])} goes to ${colour(`x[${at(s.winner)}]`, "x")} ${t("alone")}` +
    (ties > 1 ? `: ${ties} pixels tie, and the first in row order gets all of it.` : ".");
}

// What arrives at the pixel that the reader points at, or that the chosen output looks at: one term for each window
// that sends something.
function arriving(s) {
  const pixel = s.at < s.h * s.w ? s.at : s.kind === "max" ? s.winner : windowOf(s, s.i, s.j)[0];
  const terms = [];
  for (let i = 0; i < s.rows; i++) {
    for (let j = 0; j < s.columns; j++) {
      const sends = s.kind === "max" ? s.winners[i][j] === pixel : windowOf(s, i, j).includes(pixel);
      if (sends) terms.push(factor(s.dout[i][j]));
    }
  }
  const [r, c] = [Math.floor(pixel / s.w), pixel % s.w];
  if (!terms.length) return `${colour(`dx[${r}, ${c}]`, "dx")} = <strong>0</strong>: no window sends anything here.`;
  const sum = s.kind === "max" ? terms.join(" + ") : `(${terms.join(" + ")})/${s.kernel ** 2}`;
  return `${colour(`dx[${r}, ${c}]`, "dx")} = ${sum} = <strong>${pretty(s.dx[r][c])}</strong>`;
}

// How wide the cells of each array are: x's as dx's, which stand below them, and y's as dout's.
function besideEachOther({ x, dx, y, dout }, room, columns, outputs, side) {
  const least = side(room, columns + outputs, [x, dx]);
  const out = side(room - columns * least, outputs, [y, dout]), field = side(room - outputs * out, columns, [x, dx]);
  return { x: field, dx: field, y: out, dout: out };
}

function belowEachOther({ x, dx, y, dout }, width, columns, side) {
  const field = side(width - 2, 8, [x, dx]), outputs = side((width - 18) / 2, columns, [y, dout]);
  return { x: field, dx: field, y: outputs, dout: outputs };
}

function draw(state, data, width) {
  const s = situation(state, data);
  const padded = { rows: s.h + 2 * s.padding, columns: s.w + 2 * s.padding };
  // Maxima are whole numbers, means have decimals: their cells are as wide as they must be, and no higher.
  const kind = Number(s.kind === "average");
  const numbers = { x: data.x, y: data.y[kind], dout: data.dout, dx: data.dx[kind] };
  const beside = width >= 520;
  const side = (room, count, values) => fitCell(room, count, values, { ...fits, high: beside ? 60 : 44 });
  const across = beside ? besideEachOther(numbers, width - 27, padded.columns, s.columns, side) : belowEachOther(numbers, width, s.columns, side);
  const below = !beside && 2 * s.columns * across.y + 18 > width;
  // The fewer rows there are, the higher they are.
  const rows = beside ? 2 * Math.max(padded.rows, s.rows) : 2 * padded.rows + s.rows * (below ? 2 : 1);
  const most = clamp(Math.floor((beside ? 400 : 500) / rows), beside ? 23 : 20, 40);
  const high = Object.fromEntries(Object.entries(across).map(([name, one]) => [name, Math.min(one, most)]));
  const small = Object.fromEntries(Object.entries(across).map(([name, one]) => [name, smallIn(one, numbers[name], fits)]));
  const pixels = new Set(windowOf(s, s.i, s.j));
  const parts = [];
  const field = (values, left, top, role, filler, lit) => {
    const [size, tall] = [across[role], high[role]];
    for (let r = 0; r < padded.rows; r++) {
      for (let c = 0; c < padded.columns; c++) {
        const [h, w] = [r - s.padding, c - s.padding];
        const inside = h >= 0 && h < s.h && w >= 0 && w < s.w;
        const unread = r >= padded.rows - s.leftRows || c >= padded.columns - s.leftColumns;
        const [i, j] = [clamp(Math.floor(r / s.stride), 0, s.rows - 1), clamp(Math.floor(c / s.stride), 0, s.columns - 1)];
        parts.push(cell(left + c * size, top + r * tall, size, inside ? rounded(values[h][w], fits.digits) : filler, {
          role: inside ? role : "pad", on: inside && lit(h * s.w + w), small: small[role], height: tall,
          mark: unread ? "left" : inside ? "" : "pad", edit: role === "x" && inside ? `x${h * s.w + w}` : "",
          pick: `position:${i * s.columns + j}${role === "dx" && inside ? `,at:${h * s.w + w}` : ""}` }));
      }
    }
    parts.push(frame(left + s.j * s.stride * size, top + s.i * s.stride * tall, s.kernel * size, s.kernel * tall, "w conv-thick"));
  };
  const outputs = (values, left, top, role) => values.forEach((row, i) => row.forEach((value, j) => parts.push(
    cell(left + j * across[role], top + i * high[role], across[role], rounded(value, fits.digits), { role, on: i === s.i && j === s.j, small: small[role], height: high[role],
      edit: role === "dout" ? `dout${i * data.dout[0].length + j}` : "", pick: `position:${i * s.columns + j}` }))));

  const wide = { x: padded.columns * across.x, dx: padded.columns * across.dx, y: s.columns * across.y, dout: s.columns * across.dout };
  const tall = { x: padded.rows * high.x, dx: padded.rows * high.dx, y: s.rows * high.y, dout: s.rows * high.dout };
  const right = beside ? wide.x + clamp(width - 4 - wide.x - wide.y, 25, 90) : 1;
  const yTop = beside ? 20 : 20 + tall.x + 26;
  const dxTop = beside ? 20 + Math.max(tall.x, tall.y) + 30 : yTop + (tall.y + 28) * (below ? 2 : 1);
  const doutLeft = beside ? right : below ? 1 : 1 + wide.y + 16;
  const doutTop = beside ? dxTop : below ? yTop + tall.y + 28 : yTop;
  parts.push(text(1, 13, "x", "conv-label"), text(right, yTop - 7, "y", "conv-label"),
    text(doutLeft, doutTop - 7, "dout, from the next layer", "conv-label"), text(1, dxTop - 7, "dx, sums of what comes back", "conv-label"));
  field(s.x, 1, 20, "x", s.kind === "max" ? "−∞" : 0, (p) => (s.kind === "max" ? p === s.winner : pixels.has(p)));
  outputs(s.y, right, yTop, "y");
  outputs(s.dout, doutLeft, doutTop, "dout");
  field(s.dx, 1, dxTop, "dx", "", (p) => (s.at !== undefined ? p === s.at : s.kind === "max" ? p === s.winner : pixels.has(p)));
  const centreOf = (p, top, name) => [1 + (s.padding + (p % s.w) + 0.5) * across[name], top + (s.padding + Math.floor(p / s.w) + 0.5) * high[name]];
  const yCell = [right + (s.j + 0.5) * across.y, yTop + (s.i + 0.5) * high.y];
  const doutCell = [doutLeft + (s.j + 0.5) * across.dout, doutTop + (s.i + 0.5) * high.dout];
  const looked = s.kind === "max" ? [s.winner] : [...pixels], share = s.kind === "max" ? 1 : s.kernel ** 2;
  const travels = looked.flatMap((p) => [[...centreOf(p, 20, "x"), pretty(s.x[Math.floor(p / s.w)][p % s.w]), ...yCell],
    [...doutCell, pretty(rounded(s.dout[s.i][s.j] / share, fits.digits)), ...centreOf(p, dxTop, "dx")]]);
  const tight = s.stride < s.kernel ? "Windows overlap: a pixel can be in several, and their gradients add up."
    : s.stride > s.kernel ? "The stride is wider than the window: pixels between windows are never read." : "";
  const left = s.leftRows || s.leftColumns ? ` Left over (hatched): ${s.leftRows} at the bottom, ${s.leftColumns} at the right; their gradient is 0.` : "";
  return {
    width: Math.max(wide.x, right + wide.y, doutLeft + wide.dout) + 3,
    height: Math.max(dxTop + tall.dx, doutTop + tall.dout) + 6,
    picture: parts,
    travels,
    line: fill(data.text.size, s),
    terms: `${spelledOut(s)}<br>${arriving(s)}`,
    note: tight + left,
    tables: [["x", "x", s.x], ["y", "y", s.y], ["dout", "dout, from the next layer", s.dout], ["dx", "dx", s.dx]],
  };
}

export default defineFigure({
  name: "pooling",
  draw,
  limits: (state, data) => { const [rows, columns] = lookup(data.geometry, LAYER, state, data); return { position: [0, rows * columns - 1] }; },
  play: "position",
  inputs: ["x", "dout"],
  follow,
  move(state, data, across, down) {
    const [rows, columns] = lookup(data.geometry, LAYER, state, data);
    return { position: stepInGrid(state.position, rows, columns, across, down) };
  },
  legend: [["x", "input"], ["y", "output"], ["dout", "gradient from the next layer"], ["dx", "gradient of the input"], ["w", "window"],
    ["pad", "padding (dashed)"], ["left", "left over (hatched)"]],
});
