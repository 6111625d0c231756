import { cell, clamp, colour, factor, fill, fitCell, frame, pretty, smallIn, text, t } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { defineFigure } from "./base.js";

const [H, W, KH, KW, ROWS, COLUMNS] = [4, 7, 2, 4, 3, 4]; // of an image, a kernel and an output
const OUT = ROWS * COLUMNS;
const HEAD = 17, CARD = 4, NODE = 9; // pixels: over a grid for its name, by which a grid stands out behind another, a node's radius
const each = (count, make) => [...Array(count).keys()].map(make);

function situation(state, data) {
  const part = Math.floor(state.position / OUT);
  const s = {
    ...state,
    n: Math.floor(part / state.filters), f: part % state.filters,
    i: Math.floor((state.position % OUT) / COLUMNS), j: state.position % COLUMNS,
    x: data.x.slice(0, state.images).map((image) => image.slice(0, state.channels)),
    w: data.w.slice(0, state.filters).map((filter) => filter.slice(0, state.channels)),
    b: data.b.slice(0, state.filters),
    y: data.y[state.channels - 1].slice(0, state.images).map((image) => image.slice(0, state.filters)),
    dout: data.dout.slice(0, state.images).map((image) => image.slice(0, state.filters)),
    parameters: data.parameters[state.filters - 1][state.channels - 1],
  };
  if (state.way !== "backward") return s;
  const gradient = s.dout[s.n][s.f][s.i][s.j];
  return { ...s, ...arrived(s), gradient, copies: s.w[s.f].map((slice) => slice.map((row) => row.map((weight) => weight * gradient))) };
}

// What each channel adds to each output, for a reader's own numbers, and the outputs of the first 1, 2, 3 channels.
function follow({ x, w, b }) {
  const slices = x[0].map((_, d) => x.map((image) => w.map((filter) => each(ROWS, (i) => each(COLUMNS, (j) =>
    filter[d].flatMap((row, u) => row.map((value, v) => value * image[d][i + u][j + v])).reduce((sum, value) => sum + value, 0))))));
  const y = slices.map((_, last) => x.map((_, n) => b.map((bias, f) => each(ROWS, (i) => each(COLUMNS, (j) =>
    slices.slice(0, last + 1).reduce((sum, part) => sum + part[n][f][i][j], bias))))));
  return { slices, y };
}

// dx, dw, db of the outputs up to the chosen one: each brings its gradient to what it was made from.
function arrived({ x, w, b, dout, filters, position }) {
  const zeros = (list) => list.map((inner) => (Array.isArray(inner) ? zeros(inner) : 0));
  const [dx, dw, db] = [x, w, b].map(zeros);
  for (let at = 0; at <= position; at++) {
    const part = Math.floor(at / OUT), n = Math.floor(part / filters), f = part % filters;
    const i = Math.floor((at % OUT) / COLUMNS), j = at % COLUMNS, gradient = dout[n][f][i][j];
    db[f] += gradient;
    w[f].forEach((slice, d) => slice.forEach((row, u) => row.forEach((weight, v) => {
      dx[n][d][i + u][j + v] += weight * gradient;
      dw[f][d][u][v] += x[n][d][i + u][j + v] * gradient;
    })));
  }
  return { dx, dw, db };
}

const windowOf = ({ x, n, i, j }, d) => x[n][d].slice(i, i + KH).map((row) => row.slice(j, j + KW));

function spelledForward(s, data) {
  const { n, f, i, j } = s;
  const lines = s.w[f].map((slice, d) => {
    const pixels = windowOf(s, d).flat();
    const products = slice.flat().map((weight, k) => `${factor(weight)}·${factor(pixels[k])}`);
    return `${colour(`channel ${d}`, "x")}: ${products.join(" + ")} = ${pretty(data.slices[d][n][f][i][j])}`;
  });
  const sums = s.w[f].map((_, d) => factor(data.slices[d][n][f][i][j]));
  return `${lines.join("<br>")}<br>${colour(`y[${n}, ${f}, ${i}, ${j}]`, "y")} = ${colour(`b[${f}]`, "w")} + ${t("the sums of all channels")} = ` +
    `${[factor(s.b[f]), ...sums].join(" + ")} = <strong>${pretty(s.y[n][f][i][j])}</strong>`;
}

function spelledBackward(s) {
  const { n, f, i, j, gradient } = s, times = `${factor(gradient)}·`;
  const adds = (name, at, what) => `<span class="conv-whole">${colour(`${name}[${at}]`, name)} += ${times}${what}</span>`;
  const lines = s.w[f].map((_, d) => {
    const window = `${n}, ${d}, ${i}:${i + KH}, ${j}:${j + KW}`;
    return `${adds("dx", window, colour(`w[${f}, ${d}]`, "w"))}, ${adds("dw", `${f}, ${d}`, colour(`x[${window}]`, "x"))}`;
  });
  return `${colour(`dout[${n}, ${f}, ${i}, ${j}]`, "dout")} = <strong>${pretty(gradient)}</strong><br>${lines.join("<br>")}<br>` +
    `${colour(`db[${f}]`, "dw")} += ${factor(gradient)} → <strong>${pretty(s.db[f])}</strong>`;
}

// A grid with its name; behind it stand as many others as there are more of its kind.
function grid(left, top, size, matrix, name, more, options) {
  const [wide, high] = [matrix[0].length * size, matrix.length * size];
  return [
    ...each(Math.min(more, 3), (k) => `<rect class="conv-card ${options(0, 0).role}" x="${left + CARD * (k + 1)}" y="${top + CARD * (k + 1)}" width="${wide}" height="${high}" rx="4"/>`).reverse(),
    text(left, top - 5, name, "conv-index conv-start"),
    ...matrix.flatMap((row, r) => row.map((v, c) => cell(left + c * size, top + r * size, size, v, options(r, c)))),
  ];
}

// A line from left to right, level as far as `bent` and at its end.
function wire(x1, y1, x2, y2, role, bent = x1) {
  const bend = (x2 - bent) * 0.5;
  return `<path class="conv-wire conv-flow ${role}" d="M${x1} ${y1}H${bent}C${bent + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

// Where everything stands, in cells of one size: window, slice and sum of a channel in a row, and the outputs beside them, or below
// them those of one filter. Backward the copy that goes to dx stands over the slice.
function placed(s, data, width) {
  const values = [-9, 99, data.x, data.w, data.b, data.dout, s.y, ...(s.dx ? [s.dx, s.dw, s.db, s.copies] : [])];
  const [first, second, third] = [26 + CARD, 16 + 3 * CARD, 52];
  const right = s.images * COLUMNS, close = 12 * (s.images - 1);
  const broad = width - first - second - third - close - 6;
  const least = fitCell(0, 1, values, { low: 20, clear: 5 });
  const beside = broad / (W + KW + 1 + right) >= least;
  const gap = beside ? first : 10 + CARD, rail = 3 * CARD + 4, node = rail + NODE + 1; // behind the slices, and what stands on the rail
  const size = fitCell(beside ? broad / (W + KW + 1 + right) : Math.min((width - gap - node - 2) / (W + KW), (width - close - 6) / right), 1, values, { low: 20, high: 32 });
  const sliceLeft = 1 + W * size + gap, end = sliceLeft + KW * size;
  const sumLeft = beside ? end + second : end - size;  // without room beside it the sum stands below its slice
  const step = (s.dx ? 2 * KH * size + HEAD : H * size) + HEAD + 8 + CARD;
  const inputs = 20 + s.channels * step, outputs = ROWS * size + HEAD + 6;
  const yLeft = beside ? sumLeft + size + third : 1;
  // below the inputs the second image's outputs end where the rail comes down
  const between = beside || s.images === 1 ? close : end + rail - 12 - right * size;
  const sumsHigh = 20 + s.channels * step + size + HEAD;
  const yTop = beside ? 20 : sumsHigh + 30;
  return {
    size, beside, sliceLeft, sumLeft, small: smallIn(size, values), step,
    top: (d) => 20 + HEAD + d * step, biasTop: inputs + HEAD,
    rail: end + rail - 1, sumTop: (d) => 20 + HEAD + d * step + (beside ? size / 2 : (H - 1) * size), yLeft, yTop,
    yAt: (n, f) => [yLeft + n * (COLUMNS * size + between), yTop + HEAD + (beside ? f * outputs : 0)],
    width: Math.max(beside ? 0 : end + node, yLeft + right * size + between) + 2,
    height: Math.max(sumsHigh + 4, yTop + (beside ? s.filters : 1) * outputs) + 4,
  };
}

function draw(state, data, width) {
  const s = situation(state, data), back = s.way === "backward";
  const place = placed(s, data, width), { size, small, top } = place;
  const names = back ? { x: "dx", w: "dw", y: "dout" } : { x: "x", w: "w", y: "y" };
  const shown = { x: back ? s.dx : s.x, w: back ? s.dw : s.w, b: back ? s.db : s.b, y: back ? s.dout : s.y };
  const at = (n, f, i, j) => `position:${((n * s.filters + f) * ROWS + i) * COLUMNS + j}`;
  const parts = [text(1, 12, back ? "dx so far" : "x, one image", "conv-label"),
    text(place.sliceLeft, 12, back ? "dout·w, dw so far" : "w, one filter", "conv-label"),
    text(place.yLeft, place.yTop - 8, `${names.y}, ${place.beside ? "images by filters" : "one filter"}`, "conv-label")];
  const [yLeft, yTop] = place.yAt(s.n, s.f);
  const [goalX, goalY] = [yLeft + (s.j + 0.5) * size, yTop + s.i * size]; // the middle of its upper edge, along the gap between two rows of cells
  const sumY = place.beside ? clamp(goalY, top(0) + size, place.biasTop) : 0;
  const gather = place.beside ? [place.sumLeft + size + 26, sumY] : [place.rail, place.biasTop + size + 13];
  const wires = [], role = back ? "dout" : "y";
  each(s.channels, (d) => {
    parts.push(...grid(1, top(d), size, shown.x[s.n][d], `n = ${s.n}, d = ${d}`, s.images - 1, (r, c) => ({
      role: names.x, small, on: r >= s.i && r < s.i + KH && c >= s.j && c < s.j + KW,
      // touching a pixel brings the window there
      pick: at(s.n, s.f, Math.min(r, ROWS - 1), Math.min(c, COLUMNS - 1)), edit: back ? "" : `x${((s.n * data.x[0].length + d) * H + r) * W + c}` })),
    frame(1 + s.j * size, top(d) + s.i * size, KW * size, KH * size, names.x));
    const middle = top(d) + size;
    if (back) parts.push(...grid(place.sliceLeft, top(d), size, s.copies[d], `${pretty(s.gradient)}·w[${s.f}, ${d}]`, 0, () => ({ role: "w", small, on: true, pick: at(s.n, s.f, s.i, s.j) })));
    parts.push(...grid(place.sliceLeft, top(d) + (back ? KH * size + HEAD : 0), size, shown.w[s.f][d], `f = ${s.f}, d = ${d}`, s.filters - 1, (u, v) => ({
      role: names.w, small, on: true, pick: at(s.n, s.f, s.i, s.j), edit: back ? "" : `w${((s.f * data.w[0].length + d) * KH + u) * KW + v}` })));
    wires.push(wire(1 + (s.j + KW) * size, top(d) + (s.i + 1) * size, place.sliceLeft, middle, role, 1 + W * size)); // along the gap between two rows of cells
    const end = place.sliceLeft + KW * size, sumMiddle = place.sumTop(d) + size / 2;
    if (!back) {
      if (place.beside) wires.push(wire(end, middle, place.sumLeft, middle, role));
      parts.push(place.beside ? text(place.sumLeft + size / 2, place.sumTop(d) - 5, "Σ", "conv-index") : text(place.sumLeft - 6, sumMiddle + 4, "Σ", "conv-index conv-end"),
        cell(place.sumLeft, place.sumTop(d), size, data.slices[d][s.n][s.f][s.i][s.j], { role: "y", small }));
    }
    if (place.beside) wires.push(wire(back ? end : place.sumLeft + size, middle, gather[0] - NODE, gather[1], role, place.sumLeft + size + 1));
    else wires.push(`<path class="conv-wire conv-flow ${role}" d="M${end} ${back ? middle : sumMiddle}H${place.rail}"/>`);
  });
  parts.push(text(place.sumLeft - 6, place.biasTop + size / 2 + 4, `${back ? "db" : "b"}[${s.f}]`, "conv-index conv-end"),
    cell(place.sumLeft, place.biasTop, size, shown.b[s.f], { role: names.w, on: true, small, edit: back ? "" : `b${s.f}` }));
  if (place.beside) wires.push(wire(place.sumLeft + size, place.biasTop + size / 2, gather[0] - NODE, gather[1], role), `<path class="conv-wire conv-flow ${role}" d="M${gather[0] + NODE} ${gather[1]}H${place.yLeft - 7}V${goalY}H${goalX}"/>`);
  else {
    // below each other: one line gathers the sums and the bias, and goes down to the output
    const bias = place.biasTop + size / 2, lane = yLeft + COLUMNS * size + 6;
    const down = lane < gather[0] - NODE ? `M${gather[0] - NODE} ${gather[1]}H${lane}` : `M${gather[0]} ${gather[1] + NODE}`;
    wires.push(`<path class="conv-wire conv-flow ${role}" d="M${place.rail} ${back ? top(0) + size : place.sumTop(0) + size / 2}V${bias}M${place.sumLeft + size} ${bias}H${gather[0]}V${gather[1] - NODE}"/>`,
      `<path class="conv-wire conv-flow ${role}" d="${down}V${goalY}H${goalX}"/>`);
  }
  parts.push(...wires, `<circle class="conv-node-sum ${role}" cx="${gather[0]}" cy="${gather[1]}" r="${NODE}"/>`, ...(back ? [] : [text(gather[0], gather[1] + 4.5, "+", "conv-index conv-middle")]));
  each(s.images, (n) => each(s.filters, (f) => (place.beside || f === s.f) && parts.push(...grid(...place.yAt(n, f), size, shown.y[n][f], `n = ${n}, f = ${f}`, 0, (i, j) => ({
    role: names.y, small, on: n === s.n && f === s.f && i === s.i && j === s.j, pick: at(n, f, i, j),
    edit: back ? `dout${((n * data.dout[0].length + f) * ROWS + i) * COLUMNS + j}` : "" })))));
  parts.push(`<circle class="conv-wire-end ${role}" cx="${goalX}" cy="${goalY}" r="3.5"/>`);
  const slices = s.channels === 1 ? "1 slice" : `all ${s.channels} slices`;
  return {
    width: place.width,
    height: place.height,
    picture: parts,
    line: fill(data.text[s.way], s),
    terms: back ? spelledBackward(s) : spelledForward(s, data),
    note: back ? "dx, dw and db are sums over all outputs up to the chosen one; that one adds to the filled cells, to dx the copy dout·w."
      : `One output reads ${slices} of one image and ${slices} of one filter; the bias is added once.`,
    tables: back ? [["dout", "dout, rows n,f,h", s.dout], ["dx", "dx so far, rows n,d,h", s.dx], ["dw", "dw so far, rows f,d,u", s.dw], ["db", "db so far", s.db]]
      : [["x", "x, rows n,d,h", s.x], ["w", "w, rows f,d,u", s.w], ["b", "b, one per filter", s.b], ["y", "y, rows n,f,h", s.y]],
  };
}

export default defineFigure({
  name: "layer",
  draw,
  limits: (state) => ({ position: [0, state.images * state.filters * OUT - 1] }),
  play: "position",
  inputs: ["x", "w", "b", "dout"],
  follow,
  move: (state, data, across, down) => ({ position: Math.floor(state.position / OUT) * OUT + stepInGrid(state.position % OUT, ROWS, COLUMNS, across, down) }),
  legend: [["x", "images"], ["w", "filters, biases"], ["y", "outputs"], ["dx", "gradient of an image"], ["dw", "gradient of a filter, of a bias"], ["dout", "gradient of the outputs"]],
});
