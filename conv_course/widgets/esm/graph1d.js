import { clamp, escapeText, factor, pretty, text, wide } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { defineFigure } from "./base.js";

const GRADIENT_ROLE = { x: "dx", w: "dw", b: "dw", y: "dout", product: "dout" };
const ROLE = { x: "x", w: "w", b: "pad", y: "y", product: "pad" };

// "w1x3" -> "w1·x3"
const shownName = (name) => name.replace(/(\d)x/, "$1·x");
const gradientName = (name) => (name.startsWith("w") && name.includes("x") ? `d(${shownName(name)})` : `d${name}`);
// names as the text sets them: "d(w1·x3)" with letters in italics and indices set low
const set = (words) => words.replace(/([a-z]+)(\d+(?:,\d+)?)?/g, (_, letters, index) => `<i>${letters}</i>${index ? `<sub>${index}</sub>` : ""}`);
const inRole = (words, role) => `<b class="conv-ink ${role}">${set(words)}</b>`;

// A graph's numbers for a reader's own inputs, in the order of conv_lib's engine: forwards through the nodes, back
// through the recorded steps. A product passes its gradient times the other factor, a sum the gradient itself.
function rerun(graph, data) {
  const numberOf = (key) => {
    const [, name, place] = /^([a-z]+)(\d+)$/.exec(key);
    return data[name].flat()[place];
  };
  const parents = (at) => graph.edges.filter(([, child]) => child === at).map(([parent]) => parent);
  const value = [], grad = graph.nodes.map(() => 0);
  graph.nodes.forEach(([, role, , , , key], at) => {
    const read = parents(at).map((parent) => value[parent]);
    value[at] = role === "product" ? read.reduce((a, b) => a * b) : role === "y" ? read.reduce((a, b) => a + b) : numberOf(key);
  });
  graph.outputs.forEach((at) => { grad[at] = numberOf(graph.nodes[at][5]); });
  const back = graph.back.map(([child, group]) => [child, group.map(([parent]) => {
    const other = parents(child).find((one) => one !== parent);
    const amount = grad[child] * (graph.nodes[child][1] === "product" ? value[other] : 1);
    grad[parent] += amount;
    return [parent, amount];
  })]);
  const byName = Object.fromEntries(graph.nodes.map(([name], at) => [name, at]));
  return { ...graph, back,
    nodes: graph.nodes.map(([name, role, , ...rest], at) => [name, role, value[at], ...rest]),
    terms: graph.terms.map((own) => own.map(([number, through, local, source]) =>
      [number, through, through ? value[byName[through]] : local, source, grad[byName[source]]])) };
}

// Where a run stands after `step` steps: inputs first, then one output a step, dout, one node passed back a step.
function progress(state, data) {
  const graph = data.graphs[state.graph];
  const outputs = graph.outputs.length;
  const done = Math.max(0, state.step - outputs - 1);
  const known = graph.nodes.map(([, role]) => !["product", "y"].includes(role));
  graph.outputs.slice(0, state.step).forEach((y) => {
    known[y] = true;
    graph.edges.forEach(([parent, child]) => { if (child === y) known[parent] = true; });
  });
  const grads = graph.nodes.map(() => null);
  if (state.step > outputs) graph.outputs.forEach((y, i) => { grads[y] = data.dout[i]; });
  graph.back.slice(0, done).forEach(([, group]) => group.forEach(([parent, amount]) => { grads[parent] = (grads[parent] ?? 0) + amount; }));
  const active = done > 0 ? graph.back[done - 1][0] : null;
  return { graph, outputs, done, known, grads, active, last: 1 + outputs + graph.back.length };
}

function saidStep({ graph, outputs, active, last }, { step }) {
  const head = `Step ${step} of ${last}. `;
  if (step === 0) return `${head}The inputs are known. Steps 1 to ${outputs} compute the outputs. Step ${outputs + 1} brings their gradients, and the other ${graph.back.length} hand them back, one box at a time.`;
  if (step <= outputs) return `${head}Forwards: products and bias are added up to ${set(`y${step - 1}`)}.`;
  if (active === null) return `${head}Backwards: each output gets its gradient from the next layer.`;
  const [name, role] = graph.nodes[active];
  return role === "y"
    ? `${head}Backwards: a sum passes its gradient on unchanged, so ${set(name)} hands ${set(`d${name}`)} to each of its terms.`
    : `${head}Backwards: in the product ${set(shownName(name))} each factor gets the gradient times the other factor.`;
}

function spelledOut(state, p) {
  const at = p.graph.nodes.findIndex(([name]) => name === state.node);
  const [name, role, value] = p.graph.nodes[at];
  const lines = [`<span class="conv-rule">${saidStep(p, state)}</span>`];
  const parents = p.graph.edges.filter(([, child]) => child === at).map(([parent]) => p.graph.nodes[parent]);
  if (role === "y" || role === "product") {
    const join = role === "y" ? " + " : "·";
    const letters = parents.map(([n]) => set(shownName(n))).join(join);
    const numbers = parents.map(([, , v]) => factor(v)).join(join);
    lines.push(`${inRole(shownName(name), ROLE[role])} = ${letters}` + (p.known[at] ? ` = ${numbers} = <strong>${pretty(value)}</strong>` : ""));
  } else {
    lines.push(`${inRole(name, ROLE[role])} = <strong>${pretty(value)}</strong>`);
  }
  const terms = p.graph.terms[at];
  const here = terms.filter(([number]) => number < p.done);
  const own = inRole(gradientName(name), GRADIENT_ROLE[role]);
  if (role === "y") {
    lines.push(p.grads[at] === null ? `${own} will come from the next layer` : `From the next layer: ${own} = <strong>${pretty(p.grads[at])}</strong>`);
  } else {
    const letters = terms.map(([, through, , source]) => set(`${through ? `${through}·` : ""}d${source}`)).join(" + ");
    const numbers = here.map(([, through, local, , grad]) => `${through ? `${factor(local)}·` : ""}${factor(grad)}`).join(" + ");
    const missing = terms.length - here.length;
    const so_far = here.length ? ` = ${numbers}${missing ? " + … " : ""} = <strong>${pretty(p.grads[at])}</strong>${missing ? " so far" : ""}` : ", nothing has come back yet";
    lines.push(terms.length ? `${own} = ${letters}${so_far}` : `${own} = 0: no output reads it`);
  }
  return lines.join("<br>");
}

// A curve and its head: two parts. It leaves a box and arrives at another one level, as in the drawn graphs.
function arrow(x1, y1, x2, y2, looks) {
  const bend = (x2 - x1) * 0.4, neck = x2 - 6;
  return [`<path class="conv-wire conv-edge${looks}" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${neck} ${y2}"/>`,
    `<path class="conv-wire conv-edge conv-head${looks}" d="M${neck - 1} ${y2 - 3.5}L${x2} ${y2}L${neck - 1} ${y2 + 3.5}Z"/>`];
}

// Where an arrow arrives at its box: the arrows of one box are spread along its side, so that no two heads meet.
function arrival(edges, parent, child, heights, tall) {
  const arriving = edges.filter(([, to]) => to === child).map(([from]) => from).sort((a, b) => heights[a] - heights[b]);
  const apart = Math.min(9, (tall - 10) / arriving.length);
  return heights[child] + (arriving.indexOf(parent) - (arriving.length - 1) / 2) * apart;
}

// "w1x3 = -2" with its indices set low
function named(x, y, name, rest) {
  const letters = shownName(name).replace(/([a-z])([\d,]+)/g, '<tspan class="conv-letter">$1</tspan><tspan class="conv-low" dy="3">$2</tspan><tspan dy="-3">\u200b</tspan>')
    .replace(/^[a-z]$/, '<tspan class="conv-letter">$&</tspan>');
  return `<text class="conv-number conv-small" x="${x}" y="${y}">${letters}${escapeText(rest)}</text>`;
}

// Where the columns stand and how wide their boxes are: each gap is wide enough for its lines to be told apart.
function columnsOf(kind, room) {
  const box = Math.min(92, room / 4 - 3);
  const wides = kind === "dense" && room < 480 ? [56, 60, box + 5, 56] : Array(4).fill(box);
  if (kind !== "dense") return { wides, middles: [0, 0, 0.55, 1].map((share) => box / 2 + 1 + share * (room - box)) };
  const gap = (room - wides.reduce((a, b) => a + b)) / 3;
  let left = 1;
  const middles = wides.map((wide) => (left += wide + gap) - gap - wide / 2);
  return { wides, middles };
}

function draw(state, data, width) {
  const p = progress(state, data);
  const room = Math.min(width - 2, 640);
  const rows = 1 + Math.max(...p.graph.nodes.map(([, , , , row]) => row));
  const step = clamp(Math.floor(648 / rows), 36, 62);
  const { wides, middles } = columnsOf(state.graph, room);
  const tall = step - 5;
  const at = ([, , , column, row]) => [middles[column], 24 + tall / 2 + row * step];
  const chosen = p.graph.nodes.findIndex(([name]) => name === state.node);
  const parts = [["inputs", 0], ["products", 2], ["outputs", 3]].map(([words, column]) =>
    text(at(["", "", 0, column, 0])[0], 11, words, "conv-label conv-middle"));

  // A node's own arrows stand out, and so do those that the step just used.
  const heights = p.graph.nodes.map((node) => at(node)[1]);
  const strong = [];
  for (const [parent, child] of p.graph.edges) {
    const [x1, y1] = at(p.graph.nodes[parent]), [x2] = at(p.graph.nodes[child]);
    const half = (at) => wides[p.graph.nodes[at][3]] / 2;
    const y2 = arrival(p.graph.edges, parent, child, heights, tall);
    const used = child === p.active || (p.done === 0 && state.step > 0 && state.step <= p.outputs && child === p.graph.outputs[state.step - 1]);
    const own = parent === chosen || child === chosen;
    (own || used ? strong : parts).push(...arrow(x1 + half(parent), y1, x2 - half(child), y2, ` ${ROLE[p.graph.nodes[parent][1]]}${own ? " own" : ""}${used ? " used" : ""}`));
  }
  parts.push(...strong);
  const word = wides[0] < 64 ? "" : "grad "; // in a narrow box its colour says what it is
  p.graph.nodes.forEach((node, n) => {
    const [name, role, value] = node;
    const [x, y] = at(node), across = wides[node[3]];
    const grad = p.grads[n];
    const top = grad === null ? y : y - tall * 0.23;
    const said = ` = ${p.known[n] ? pretty(value) : "?"}`;
    const edit = node[5] && (role !== "y" || grad !== null) ? ` data-edit="${node[5]}"` : "";
    const fits = wide(shownName(name) + said, "conv-number conv-small") + 4 <= across;
    parts.push(`<g class="conv-cell conv-node ${ROLE[role]}${n === p.active ? " active" : ""}" data-pick="node:${name}"${edit}>` +
      `<rect class="conv-box${n === chosen ? " chosen" : ""}" x="${x - across / 2}" y="${y - tall / 2}" width="${across}" height="${tall}" rx="7"/>` +
      named(x, top, name, fits ? said : said.replaceAll(" ", "")) +
      (grad === null ? "" : text(x, y + tall * 0.21, `${word}${pretty(grad)}`, `conv-number conv-small ${GRADIENT_ROLE[role]}`)) + "</g>");
  });

  const collect = (role, value) => p.graph.nodes.map((node, n) => [node, n]).filter(([node]) => node[1] === role)
    .sort(([a], [b]) => a[0].localeCompare(b[0], "en", { numeric: true })).map(([node, n]) => value(node, n));
  const shaped = (list) => (state.graph === "dense" ? [0, 1, 2].map((i) => list.slice(5 * i, 5 * i + 5)) : list);
  const values = (role) => collect(role, (node) => node[2]);
  const grads = (role) => collect(role, (_, n) => p.grads[n] ?? 0);
  return {
    width: room + 2,
    height: 24 + rows * step,
    picture: parts,
    terms: spelledOut(state, p),
    line: data.text[state.graph],
    tables: [["x", "x", values("x")], ["w", "w", shaped(values("w"))], ["b", "b", values("b")],
      ["y", "y", collect("y", (node, n) => (p.known[n] ? node[2] : null))],
      ["dout", "dout", collect("y", (_, n) => p.grads[n])],
      ["dx", "dx so far", grads("x")], ["dw", "dw so far", shaped(grads("w"))], ["db", "db so far", grads("b")]],
  };
}

export default defineFigure({
  name: "graph1d",
  draw,
  limits: (state, data) => ({ step: [0, 1 + data.graphs[state.graph].outputs.length + data.graphs[state.graph].back.length] }),
  options: (state, data) => ({ node: data.graphs[state.graph].nodes.map(([name]) => [name, shownName(name)]) }),
  press: (button, state) => ({ step: state.step + (button === "next" ? 1 : -1) }),
  play: "step",
  inputs: ["x", "w", "b", "dense", "biases", "dout"],
  follow: (data) => ({ graphs: Object.fromEntries(Object.entries(data.graphs).map(([kind, graph]) => [kind, rerun(graph, data)])) }),
  hint: ["Point at a node to see its sum and its gradient; click to choose it. Left and right make a step, up and down go through the nodes. " +
    "Click an input, or an output when dout is there, then + or −, to change its number.",
  "Tap a node to see its sum and its gradient. Tap an input, or an output when dout is there, then + or −, to change its number."],
  move(state, data, across, down) {
    const { nodes, outputs, back } = data.graphs[state.graph];
    const at = nodes.findIndex(([name]) => name === state.node);
    return { node: nodes[stepInGrid(at, 1, nodes.length, down, 0)][0], step: stepInGrid(state.step, 1, 2 + outputs.length + back.length, across, 0) };
  },
  legend: [["x", "samples"], ["w", "weights"], ["y", "outputs"], ["dx", "gradient of a sample"], ["dw", "gradient of a weight"],
    ["dout", "gradient on the way"]],
});
