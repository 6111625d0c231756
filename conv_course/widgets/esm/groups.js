import { cell, colour, factor, fill, lookup, pretty, text, t } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { defineFigure } from "./base.js";

const SETTING = ["groups", "filters", "kernel"];
const D = 4;

function named(groups, filters) {
  if (groups === 1) return "Dense: every output channel reads every input channel.";
  if (groups === D && filters === D) return "Depthwise: each channel has a filter of its own, and channels never mix.";
  if (groups === D) return `Depthwise with ${filters / D} filters a channel: channels never mix.`;
  return `${groups} groups: two smaller layers side by side, each with half of the channels.`;
}

function draw(state, data, width) {
  const [groups, filters] = [Number(state.groups), Number(state.filters)];
  const parts = lookup(data.wiring, SETTING, state, data);
  const y = lookup(data.y, SETTING, state, data);
  const weights = lookup(data.weights, SETTING, state, data);
  const f = state.position;
  const wired = parts[f].map((part, d) => [part, d]).filter(([part]) => part !== null);
  const box = 34, gap = filters === 8 ? 40 : 46;
  const high = filters * gap;
  const wide = width - 2;
  const beside = wide >= 520;
  const right = beside ? Math.round(wide * 0.36) : Math.min(wide, 600) - box - 40;
  const inAt = (d) => 36 + (high * (d + 0.5)) / D;
  const outAt = (n) => 36 + gap * (n + 0.5);
  const drawn = [text(1, 14, "channels of x", "conv-label"), text(right + box, 14, "channels of y", "conv-label conv-end")];
  for (const front of [false, true]) {
    parts.forEach((row, n) => row.forEach((part, d) => {
      if (part === null || (n === f) !== front) return;
      drawn.push(`<line class="conv-wire conv-edge ${front ? "own" : ""}" x1="${1 + box}" y1="${inAt(d)}" x2="${right}" y2="${outAt(n)}"/>`);
    }));
  }
  for (let d = 0; d < D; d++) {
    drawn.push(cell(1, inAt(d) - box / 2, box, `x${d}`, { role: "x", on: parts[f][d] !== null }));
  }
  y.forEach((value, n) => {
    drawn.push(cell(right, outAt(n) - box / 2, box, value, { role: "y", on: n === f, pick: `position:${n}` }));
    drawn.push(text(right + box + 4, outAt(n) + 4, `y${n}`, "conv-index conv-start"));
  });
  // The same wires as a table: a number where a slice of a filter exists, nothing where there is none.
  // Beside the wires, its rows stand at the height of their boxes, and share their names.
  const left = beside ? right + box + 34 : 1;
  const first = beside ? left : left + 26;
  const pitch = beside ? gap : 30, tall = beside ? box : pitch;
  const top = beside ? outAt(0) - tall / 2 : 36 + high + 42;
  const side = beside ? Math.min(72, (wide - first) / D) : Math.min(56, (wide - 30) / D);
  drawn.push(text(left, beside ? 14 : top - 32, `what each slice of w adds, ${state.kernel} × ${state.kernel} weights`, "conv-label"));
  for (let d = 0; d < D; d++) drawn.push(text(first + (d + 0.5) * side, top - (beside ? 4 : 8), `x${d}`, "conv-index"));
  parts.forEach((row, n) => {
    if (!beside) drawn.push(text(left + 20, top + (n + 0.5) * tall + 4, `y${n}`, "conv-index conv-end"));
    row.forEach((part, d) => drawn.push(cell(first + d * side, top + n * pitch, side, part ?? "", {
      height: tall, role: part === null ? "pad" : "w", on: part !== null && n === f, mark: part === null ? "pad" : "", pick: `position:${n}` })));
  });
  const terms = `${colour(`y${f}`, "y")} = ${wired.map(([, d]) => `<span class="conv-whole">${colour(`x${d}`, "x")} <span class="conv-star">⋆</span> ${colour(`w[${f}, ${d - wired[0][1]}]`, "w")}</span>`).join(" + ")} = ` +
    `${wired.map(([part]) => factor(part)).join(" + ")} = <strong>${pretty(y[f])}</strong>`;
  const dense = D * filters * state.kernel ** 2;
  const separable = D * state.kernel ** 2 + D * filters;
  const note = `${named(groups, filters)} ${t(`${weights} weights`)}, and as many multiplications for one pixel in all output channels` +
    (groups > 1 ? `, against ${dense} for the dense layer: 1/${groups}.` : ".") +
    (groups === D ? ` Depthwise and then 1 × 1 to mix the channels: ${D}·${state.kernel ** 2} + ${D}·${filters} = ${separable}.` : "");
  return {
    width: Math.max(right + box + 40, first + D * side) + 2,
    height: Math.max(36 + high, top + filters * pitch) + 6,
    picture: drawn,
    line: fill(data.text.size, { ...state, each: D / groups, weights }),
    terms,
    note,
    tables: [["parts", "what channel d adds to output f, rows f", parts], ["y", "y, one pixel an output channel", y], ["weights", "number of weights", weights]],
  };
}

export default defineFigure({
  name: "groups",
  draw,
  limits: (state) => ({ position: [0, Number(state.filters) - 1] }),
  play: "position",
  hint: ["Point at an output or a slice to see its sum, click to choose it; arrow keys move from one to the next.",
    "Tap an output or a slice to see its sum."],
  move: (state, data, across, down) => ({ position: stepInGrid(state.position, 1, Number(state.filters), across || down, 0) }),
  legend: [["x", "input channels"], ["w", "a slice of a filter: what it adds"], ["pad", "no slice, no wire (dashed)"], ["y", "output channels"]],
});
