import { cell, clamp, colour, factor, fill, fitCell, frame, line, lookup, pretty, rect, smallIn, text } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { gridOf } from "./numbers.js";
import { defineFigure } from "./base.js";

const LAYER = ["stride", "padding", "kernel", "size"];
const APART = 14; // pixels between the column of dout and the board

function situation(state, data) {
  const out = lookup(data.out, LAYER, state, data);
  const copies = Math.min(state.copies, out);
  const newest = copies - 1, first = newest * state.stride - state.padding;
  const at = state.at ?? clamp(first + Math.floor(state.kernel / 2), 0, state.size - 1);
  return { ...state, out, copies, newest, first, at: Math.min(at, state.size - 1), dx: lookup(data.dx, LAYER, state, data)[copies],
    w: data.w.slice(0, state.kernel), dout: data.dout.slice(0, out) };
}

// dx after none of the copies, after the first, and so on, for a reader's own numbers.
function follow({ w, dout, ...data }) {
  return { dx: gridOf(data, LAYER, (chosen) => {
    const dx = Array(chosen.size).fill(0);
    const steps = [[...dx]];
    for (let i = 0; i < lookup(data.out, LAYER, chosen, data); i++) {
      for (let k = 0; k < chosen.kernel; k++) {
        const j = i * chosen.stride + k - chosen.padding;
        if (j >= 0 && j < chosen.size) dx[j] += dout[i] * w[k];
      }
      steps.push([...dx]);
    }
    return steps;
  }) };
}

function spelledOut(s) {
  const name = colour(`dx[${s.at}]`, "dx");
  if (s.copies === 0) return `No copy lies there yet.<br>${name} = <strong>0</strong>`;
  const copy = `${colour(`dout[${s.newest}]`, "dout")}·${colour("w", "w")} = ${factor(s.dout[s.newest])}·(${s.w.map(pretty).join(", ")}) = ` +
    `(${s.w.map((value) => pretty(value * s.dout[s.newest])).join(", ")}), laid down from place ${s.stride > 1 || s.padding ? `${s.newest}·${s.stride} − ${s.padding} = ` : ""}${pretty(s.first)}`;
  const terms = [];
  for (let i = 0; i < s.copies; i++) {
    const k = s.at + s.padding - i * s.stride;
    if (k >= 0 && k < s.kernel) terms.push([i, k]);
  }
  const letters = terms.map(([i, k]) => `${colour(`dout[${i}]`, "dout")}·${colour(`w[${k}]`, "w")}`).join(" + ");
  const numbers = terms.map(([i, k]) => `${factor(s.dout[i])}·${factor(s.w[k])}`).join(" + ");
  const so_far = s.copies < s.out ? " so far" : "";
  return `${copy}.<br>${name} = ${terms.length ? `${letters} = ${numbers} = ` : ""}<strong>${pretty(s.dx[s.at])}</strong>${so_far}`;
}

function draw(state, data, width) {
  const s = situation(state, data);
  const columns = s.size + 2 * s.padding;
  const most = data.controls.find((one) => one.name === "size").high + 2; // x padded
  const products = [data.w, data.dout, data.dx, data.w.map((a) => data.dout.map((b) => a * b))];
  const size = fitCell(width - 2 - APART, 1 + most, products, { low: 28, high: 48 }); // dout's column before the board's
  const small = smallIn(size, products);
  const tall = Math.min(size, 34), left = (column) => 1 + size + APART + column * size;
  const top = 20, field = top + tall + 34;
  const parts = [text(left(0), top - 8, "w, the kernel", "conv-label"), text(1, field - 8, "dout", "conv-label")];
  s.w.forEach((value, k) => parts.push(cell(left(k), top, size, value, { role: "w", height: tall, small, edit: `w${k}` })));
  parts.push(text(left(0), field - 8, s.copies ? `${s.copies} of ${s.out} copies, dout times w` : "no copy yet", "conv-label"));
  const row = (i) => field + i * (tall + 3);
  s.dout.forEach((value, i) => parts.push(cell(1, row(i), size, value, { role: "dout", on: i === s.newest, height: tall, small,
    pick: `copies:${i + 1}`, edit: `dout${i}` })));
  // the board that the copies are laid on
  for (let i = 0; i < s.out; i++) {
    for (let column = 0; column < columns; column++) parts.push(rect(left(column) + 1, row(i) + 1, size - 2, tall - 2, "conv-slot", 'rx="3"'));
  }
  const travels = [];
  for (let i = 0; i < s.copies; i++) {
    s.w.forEach((value, k) => {
      const column = i * s.stride + k, j = column - s.padding;
      const inside = j >= 0 && j < s.size;
      parts.push(cell(left(column), row(i), size, value * s.dout[i], { role: inside ? "w" : "pad", on: inside && j === s.at, height: tall, small,
        mark: inside ? "" : "crop", pick: inside ? `at:${j}` : "" }));
      if (!inside) parts.push(line(left(column) + 4, row(i) + tall - 4, left(column) + size - 4, row(i) + 4, "conv-strike"));
      if (i === s.newest) travels.push([left(k) + size / 2, top + tall / 2, pretty(value * s.dout[i]), left(column) + size / 2, row(i) + tall / 2]);
    });
  }
  if (s.copies) parts.push(frame(left(s.newest * s.stride) - 1, row(s.newest) - 2, s.kernel * size + 2, tall + 4, "w"));
  const bottom = row(s.out) + 26;
  parts.push(text(left(0), bottom - 8, "dx, the sums of the columns", "conv-label"));
  s.dx.forEach((value, j) => {
    parts.push(cell(left(j + s.padding), bottom, size, value, { role: "dx", on: j === s.at, height: tall, small, pick: `at:${j}` }));
    parts.push(text(left(j + s.padding) + size / 2, bottom + tall + 14, j, "conv-index"));
  });
  return {
    width: left(Math.max(columns, s.kernel)) + 1,
    height: bottom + tall + 20,
    picture: parts,
    travels,
    line: fill(data.text.size, s),
    terms: spelledOut(s),
    note: s.padding && s.copies ? "What lies on the padding is cropped (struck out)." : "",
    tables: [["w", "w, the kernel", s.w], ["dout", "dout, from the next layer", s.dout], ["dx", "dx, of the copies so far", s.dx]],
  };
}

export default defineFigure({
  name: "scatter1d",
  draw,
  limits: (state, data) => ({ copies: [0, lookup(data.out, LAYER, state, data)] }),
  play: "copies",
  hint: ["Play lays the copies down one by one. Point at an entry of dx to see its sum; click a number of dout or w, then + or −, to change it. " +
    "Arrow keys: left and right along dx, up and down through the copies.",
  "Play lays the copies down one by one. Tap an entry of dx to see its sum; tap a number of dout or w, then + or −, to change it."],
  inputs: ["w", "dout"],
  follow,
  move(state, data, across, down) {
    const s = situation(state, data);
    return { at: clamp(s.at + across, 0, s.size - 1), copies: stepInGrid(s.copies, 1, s.out + 1, down, 0) };
  },
  legend: [["dout", "dout"], ["w", "kernel, and its copies"], ["crop", "cropped (struck out)"], ["dx", "dx"]],
});
