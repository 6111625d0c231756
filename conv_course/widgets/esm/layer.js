import { cell, colour, factor, fill, fitCell, pretty, smallIn, text, wide, t } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { defineFigure } from "./base.js";

const [KH, KW, ROWS, COLUMNS] = [3, 2, 2, 4]; // of a kernel, and of an output
const OUT = ROWS * COLUMNS;

function situation(state, data) {
  const part = Math.floor(state.position / OUT);
  return {
    ...state,
    n: Math.floor(part / state.filters), f: part % state.filters,
    i: Math.floor((state.position % OUT) / COLUMNS), j: state.position % COLUMNS,
    x: data.x.slice(0, state.images).map((image) => image.slice(0, state.channels)),
    w: data.w.slice(0, state.filters).map((filter) => filter.slice(0, state.channels)),
    b: data.b.slice(0, state.filters),
    y: data.y[state.channels - 1].slice(0, state.images).map((image) => image.slice(0, state.filters)),
    parameters: data.parameters[state.filters - 1][state.channels - 1],
  };
}

// What each channel adds to each output, for a reader's own numbers, and the outputs of the first 1, 2, 3 channels.
function follow({ x, w, b }) {
  const rows = [...Array(ROWS).keys()], columns = [...Array(COLUMNS).keys()];
  const slices = x[0].map((_, d) => x.map((image) => w.map((filter) => rows.map((i) => columns.map((j) =>
    filter[d].flatMap((row, u) => row.map((value, v) => value * image[d][i + u][j + v])).reduce((sum, value) => sum + value, 0))))));
  const y = slices.map((_, last) => x.map((_, n) => b.map((bias, f) => rows.map((i) => columns.map((j) =>
    slices.slice(0, last + 1).reduce((sum, part) => sum + part[n][f][i][j], bias))))));
  return { slices, y };
}

function spelledOut(s, data) {
  const { n, f, i, j } = s;
  const lines = s.w[f].map((slice, d) => {
    const products = slice.flatMap((row, u) => row.map((v, k) => `${factor(v)}·${factor(s.x[n][d][i + u][j + k])}`));
    return `${colour(`channel ${d}`, "x")}: ${products.join(" + ")} = ${pretty(data.slices[d][n][f][i][j])}`;
  });
  const sums = s.w[f].map((_, d) => factor(data.slices[d][n][f][i][j]));
  return `${lines.join("<br>")}<br>${colour(`y[${n}, ${f}, ${i}, ${j}]`, "y")} = ${colour(`b[${f}]`, "w")} + ${t("the sums of all channels")} = ` +
    `${[factor(s.b[f]), ...sums].join(" + ")} = <strong>${pretty(s.y[n][f][i][j])}</strong>`;
}

// Grids side by side and below each other: tensor[row][column] is a matrix.
function grids(x, y, size, tensor, names, options) {
  const gap = 10, head = 15;
  const rows = tensor[0][0].length, step = Math.max(tensor[0][0][0].length * size, wide(NAME, "conv-index")) + gap;
  const parts = [];
  tensor.forEach((line, a) => line.forEach((matrix, c) => {
    const [left, top] = [x + c * step, y + head + a * (rows * size + gap + head)];
    parts.push(text(left, top - 4, names(a, c), "conv-index conv-start"));
    matrix.forEach((row, i) => row.forEach((v, j) => parts.push(cell(left + j * size, top + i * size, size, v, options(a, c, i, j)))));
  }));
  return { picture: parts, width: tensor[0].length * step - gap,
    height: tensor.length * (rows * size + gap + head) - gap };
}

const NAME = "n = 0, d = 0", OF_X = "x, images by channels";

// The cells of three grids of so many columns in a row: they hold their widest number, and a grid holds its name.
function side(room, columns, values) {
  return fitCell((room - 20) / 3, columns, values, { low: Math.ceil((wide(NAME, "conv-index") - 3) / columns), high: 26 });
}

const across = (columns, size) => 3 * Math.max(columns * size, wide(NAME, "conv-index")) + 20;

function draw(state, data, width) {
  const s = situation(state, data);
  const results = [data.w, data.b, data.y];
  // Beside x, w and y take no more than they must; below it, all there is.
  const [least, leastResult] = [side(0, 5, data.x), side(0, COLUMNS, results)];
  const room = width - (30 + Math.max(across(KW, leastResult) + 18 + leastResult, across(COLUMNS, leastResult)) + 4);
  const beside = room >= across(5, least);
  const size = side(beside ? room : width - 4, 5, data.x);
  const result = beside ? leastResult : side(width - 4, COLUMNS, results);
  const label = (x, y, words) => text(x, y, words, "conv-label");
  const xs = grids(1, 18, size, s.x, (n, d) => `n = ${n}, d = ${d}`, (n, d, i, j) => {
    const inside = i >= s.i && i < s.i + KH && j >= s.j && j < s.j + KW;
    // Touching a pixel of image n brings the window there, for the filter that is shown.
    const pick = `position:${((n * s.filters + s.f) * ROWS + Math.min(i, ROWS - 1)) * COLUMNS + Math.min(j, COLUMNS - 1)}`;
    const edit = `x${((n * data.x[0].length + d) * 4 + i) * 5 + j}`;
    return { role: "x", on: n === s.n && inside, pick, edit, small: smallIn(size, data.x) };
  });
  const right = beside ? 1 + Math.max(xs.width, wide(OF_X)) + 30 : 1;
  const wTop = beside ? 18 : 18 + xs.height + 22;
  const small = smallIn(result, results);
  const ws = grids(right, wTop, result, s.w, (f, d) => `f = ${f}, d = ${d}`, (f, d, u, v) =>
    ({ role: "w", edit: `w${((f * data.w[0].length + d) * KH + u) * KW + v}`, on: f === s.f, pick: `position:${((s.n * s.filters + f) * ROWS + s.i) * COLUMNS + s.j}`, small }));
  const bLeft = right + ws.width + 18;
  const biasTop = (f) => wTop + 15 + f * (KH * result + 25);
  const bias = s.b.flatMap((v, f) => [cell(bLeft, biasTop(f), result, v, { role: "w", on: f === s.f, small, edit: `b${f}` }),
    text(bLeft, biasTop(f) - 4, `b[${f}]`, "conv-index conv-start")]);
  const yTop = wTop + ws.height + 24;
  const ys = grids(right, yTop, result, s.y, (n, f) => `n = ${n}, f = ${f}`, (n, f, i, j) =>
    ({ role: "y", on: n === s.n && f === s.f && i === s.i && j === s.j, pick: `position:${((n * s.filters + f) * ROWS + i) * COLUMNS + j}`, small }));
  const slices = s.channels === 1 ? "1 slice" : `all ${s.channels} slices`;
  return {
    width: Math.max(1 + xs.width, bLeft + result, right + ys.width) + 2,
    height: Math.max(18 + xs.height, yTop + ys.height) + 4,
    picture: [label(1, 12, OF_X), ...xs.picture, label(right, wTop - 6, "w, filters by channels"), ...ws.picture, ...bias,
      label(right, yTop - 6, "y, images by filters"), ...ys.picture],
    line: fill(data.text.size, s),
    terms: spelledOut(s, data),
    note: `One output reads ${slices} of one image and ${slices} of one filter; the bias is added once.`,
    tables: [["x", "x, rows n,d,h", s.x], ["w", "w, rows f,d,u", s.w], ["b", "b, one per filter", s.b], ["y", "y, rows n,f,h", s.y]],
  };
}

export default defineFigure({
  name: "layer",
  draw,
  limits: (state) => ({ position: [0, state.images * state.filters * OUT - 1] }),
  play: "position",
  inputs: ["x", "w", "b"],
  follow,
  move: (state, data, across, down) => ({ position: Math.floor(state.position / OUT) * OUT + stepInGrid(state.position % OUT, ROWS, COLUMNS, across, down) }),
  legend: [["x", "images"], ["w", "filters, biases"], ["y", "outputs"]],
});
