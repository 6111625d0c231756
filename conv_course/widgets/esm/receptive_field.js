import { colour, fill, pretty, rect, text, wide } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { defineFigure } from "./base.js";

const NAMES = ["layer1", "layer2", "layer3", "layer4"];

function follow(stack, data) {
  const all = Object.keys(data.layers);
  const at = stack.reduce((sum, name) => sum * all.length + all.indexOf(name), 0);
  return data.fields[stack.length][at];
}

// The layers that fit, what each stage shows, and the layer that does not fit, if there is one.
function situation(state, data) {
  const chosen = NAMES.map((name) => state[name]).filter((name) => name !== "none");
  let fits = chosen.length;
  while (!follow(chosen.slice(0, fits), data)) fits--;
  const names = chosen.slice(0, fits);
  const steps = Array.from({ length: fits + 1 }, (_, n) => follow(names.slice(0, n), data));
  return { names, steps, refused: chosen[fits], last: steps[fits] };
}

// The units of each stage, input first, that the chosen output of the last stage reads. Padding may be among
// them; it is made of zeros, so it reads nothing of the stage below.
function seen({ names, steps }, data, output) {
  const stages = [new Set([output])];
  for (let n = names.length - 1; n >= 0; n--) {
    const [kernel, stride, padding, dilation] = data.layers[names[n]];
    const below = new Set();
    for (const unit of stages[0]) {
      if (unit < 0 || unit >= steps[n + 1][3]) continue;
      for (let k = 0; k < kernel; k++) below.add(unit * stride + k * dilation - padding);
    }
    stages.unshift(below);
  }
  return stages;
}

function saidLine({ names, steps, refused, last }, data) {
  const [field, jump, , out] = last;
  const terms = names.map((name, n) => `(${data.spans[name]} − 1)·${steps[n][1]}`);
  let line = "";
  if (refused) {
    const [, , padding] = data.layers[refused];
    line = fill(data.text.error, { number: names.length + 1, span: data.spans[refused], size: out, padding, padded: out + 2 * padding });
  }
  line += fill(data.text.field, { sum: ["1", ...terms].join(" + "), field, jump, out });
  if (!names.length) return line;
  const name = names[names.length - 1];
  const [, stride, padding] = data.layers[name];
  return line + fill(data.text.size, { size: steps[names.length - 1][3], padding, span: data.spans[name], stride, out });
}

function draw(state, data, width) {
  const s = situation(state, data);
  const stages = seen(s, data, state.position);
  const words = Object.fromEntries(data.controls[0].options);
  // What a row is stands beside it, where no wire comes; on a phone the lists above say which layers they are.
  const INDEX = "conv-index conv-start";
  const broad = width >= 520;
  const gutter = 8 + wide(broad ? "3 wide, dilation 2" : "31 outputs", INDEX);
  // Stage n's unit i stands over the middle of what it sees of the input, which for padding is beyond its ends.
  const pixel = (n, i) => s.steps[n][2] + i * s.steps[n][1] + (s.steps[n][0] - 1) / 2;
  const ends = [0, s.last[3] - 1].flatMap((output) => seen(s, data, output).flatMap((units, n) => [...units].map((i) => pixel(n, i))));
  const margin = Math.ceil(Math.max(0, -Math.min(...ends), Math.max(...ends) - data.size + 1));
  const unit = Math.min(20, (width - gutter - 4) / (data.size + 2 * margin));
  const height = Math.max(18, unit);
  const rise = height + (broad ? 48 : 40);
  const top = (n) => (broad ? 24 : 16) + (s.names.length - n) * rise;
  const middle = (n, i) => 2 + gutter + (margin + pixel(n, i) + 0.5) * unit;
  const parts = [], labels = [];
  s.steps.forEach(([field, jump, , out], n) => {
    const role = n === 0 ? "x" : "y";
    const wide = Math.max(4, Math.min(unit, n === 0 ? unit : unit * Math.min(jump, 2.2)) - 1.5);
    const said = n === 0 ? ["input", `${out} pixels`]
      : [`layer ${n}`, ...(broad ? [words[s.names[n - 1]]] : []), `${out} output${out > 1 ? "s" : ""}`, `each sees ${field}`];
    said.forEach((part, row) => labels.push(text(2, top(n) + height / 2 + 4 + 13 * (row - (said.length - 1) / 2), part, row ? INDEX : `${INDEX} conv-first`)));
    if (n > 0) {
      const [kernel, stride, padding, dilation] = data.layers[s.names[n - 1]];
      stages[n].forEach((i) => {
        if (i < 0 || i >= out) return;
        for (let k = 0; k < kernel; k++) {
          parts.push(`<line class="conv-wire w" x1="${middle(n, i)}" y1="${top(n) + height}" x2="${middle(n - 1, i * stride + k * dilation - padding)}" y2="${top(n - 1)}"/>`);
        }
      });
    }
    const pads = [...stages[n]].filter((i) => i < 0 || i >= out);
    for (const i of [...Array(out).keys(), ...pads]) {
      const inside = i >= 0 && i < out;
      const lit = stages[n].has(i);
      const pick = n === s.names.length && inside ? ` data-pick="position:${i}"` : "";
      parts.push(`<g class="conv-cell ${inside ? role : "pad"}${lit && inside ? " on" : ""}"${pick}>` +
        rect(middle(n, i) - wide / 2, top(n), wide, height, "conv-box", 'rx="2"') +
        (inside ? "" : rect(middle(n, i) - wide / 2, top(n), wide, height, "conv-mark-pad")) + "</g>");
    }
  });
  const [field, jump, start] = s.last;
  const from = start + state.position * jump;
  const to = from + field - 1;
  const read = [...stages[0]].filter((i) => i >= 0 && i < data.size).length;
  const within = Math.min(to, data.size - 1) - Math.max(from, 0) + 1;
  const holes = read < within ? ` It reads ${read} of them: the others fall between taps, or a layer's padding stands in for them.` : "";
  const outside = from < 0 || to > data.size - 1 ? " Part of it lies in the padding (dashed)." : "";
  return {
    width: Math.round(gutter + (data.size + 2 * margin) * unit) + 4,
    height: top(0) + height + 20,
    picture: [...parts, ...labels],
    line: saidLine(s, data),
    terms: `Output ${colour(state.position, "y")} starts at ${state.position}·${jump} ${start < 0 ? "−" : "+"} ${Math.abs(start)} = ${pretty(from)}: ` +
      `it sees the input pixels ${colour(`${pretty(from)} to ${to}`, "x")}, <strong>${field}</strong> in a row.${holes}${outside}`,
    note: "Each layer adds (span − 1) times the jump so far; its stride multiplies the jump.",
    tables: [["outputs", "pixels, from the input up", s.steps.map((step) => step[3])],
      ["field", "receptive field, from the input up", s.steps.map((step) => step[0])],
      ["jump", "jump, from the input up", s.steps.map((step) => step[1])],
      ["start", "first pixel that output 0 sees", s.steps.map((step) => step[2])]],
  };
}

export default defineFigure({
  name: "receptive_field",
  draw,
  limits: (state, data) => ({ position: [0, situation(state, data).last[3] - 1] }),
  play: "position",
  hint: ["Point at an output of the last layer to see what it sees; click, drag or use the arrow keys to choose it.",
    "Tap an output of the last layer to see what it sees."],
  move: (state, data, across) => ({ position: stepInGrid(state.position, 1, situation(state, data).last[3], across, 0) }),
  legend: [["x", "input (strong: seen)"], ["y", "outputs of the layers"], ["pad", "padding (dashed)"]],
});
