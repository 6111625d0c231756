import { cell, clamp, colour, factor, fill, fitCell, frame, line, lookup, pretty, smallIn, text, wrapped } from "./parts.js";
import { stepInGrid } from "./direct.js";
import { gridOf } from "./numbers.js";
import { defineFigure } from "./base.js";

const LAYER = ["stride", "padding", "kernel", "size"];
const NAMES = 34; // pixels for the rows' names

// Everything that both the drawing and the sums need, or null where the kernel does not fit.
function situation(state, data) {
  const found = lookup(data.geometry, LAYER, state, data);
  if (!found) return null;
  const [out, left] = found;
  const [dx, dw, db] = lookup(data.gradients, LAYER, state, data);
  const before = state.kernel - 1 - state.padding;
  return { ...state, out, left, dx, dw, db, before, after: before + left, dout: data.dout.slice(0, out),
    x: data.x.slice(0, state.size), w: data.w.slice(0, state.kernel), end: (out - 1) * state.stride };
}

// [dx, dw, db] for a reader's own numbers: every product of the layer, sent to both of its factors.
function sendBack({ x, w, dout }, chosen, [out]) {
  const dx = Array(chosen.size).fill(0), dw = Array(chosen.kernel).fill(0);
  for (let i = 0; i < out; i++) {
    for (let k = 0; k < chosen.kernel; k++) {
      const j = i * chosen.stride + k - chosen.padding;
      if (j < 0 || j >= chosen.size) continue;
      dx[j] += dout[i] * w[k];
      dw[k] += dout[i] * x[j];
    }
  }
  return [dx, dw, dout.slice(0, out).reduce((sum, value) => sum + value, 0)];
}

function follow(data) {
  return { gradients: gridOf(data, LAYER, (chosen) => {
    const found = lookup(data.geometry, LAYER, chosen, data);
    return found && sendBack(data, chosen, found);
  }) };
}

// The terms of the chosen entry: [dout's index, the other factor's name, its index, its value].
function termsOf(s) {
  if (s.gradient === "db") return s.dout.map((_, i) => [i, null]);
  const terms = [];
  for (let i = 0; i < s.out; i++) {
    if (s.gradient === "dx") {
      const k = s.position + s.padding - i * s.stride;
      if (k >= 0 && k < s.kernel) terms.push([i, "w", k, s.w[k]]);
    } else {
      const j = i * s.stride + s.position - s.padding;
      if (j >= 0 && j < s.size) terms.push([i, "x", j, s.x[j]]);
    }
  }
  return terms;
}

function spelledOut(s, between) {
  const rule = {
    dx: "each output that read this sample sends its gradient back through the tap that read it. All of dx: " +
      `dout${between}, padded, correlated at stride 1 with the flipped kernel`,
    dw: `each output used this tap once, on one sample. All of dw: ${s.padding ? "the padded x" : "x"}, correlated at stride 1 with dout${between}`,
    db: "the bias was added to every output as it is, so it collects the gradients of all outputs as they are",
  }[s.gradient];
  const terms = termsOf(s);
  const name = s.gradient === "db" ? "db" : `${s.gradient}[${s.position}]`;
  const value = s.gradient === "db" ? s.db : s[s.gradient][s.position];
  const role = s.gradient === "dx" ? "dx" : "dw";
  const letters = terms.map(([i, other, at]) => `${other ? `${colour(`${other}[${at}]`, other)}·` : ""}${colour(`dout[${i}]`, "dout")}`);
  const numbers = terms.map(([i, other, , v]) => (other ? `${factor(v)}·` : "") + factor(s.dout[i]));
  const sum = terms.length ? `${letters.join(" + ")} = ${numbers.join(" + ")}` : "no output read it";
  return `<span class="conv-rule">${name}: ${rule}.</span><br>${colour(name, role)} = ${sum} = <strong>${pretty(value)}</strong>`;
}

// The row that the window slides over, as [column, value, index, what]: dout with zeros for dx, x for dw.
function longRow(s) {
  const row = [];
  if (s.gradient === "dw") {
    for (let q = 0; q < s.size + 2 * s.padding; q++) {
      const j = q - s.padding;
      const inside = j >= 0 && j < s.size;
      const what = q >= s.size + 2 * s.padding - s.left ? "left" : inside ? "x" : "pad";
      row.push([q, inside ? s.x[j] : 0, inside ? j : "", what, inside ? "x" : "pad"]);
    }
    return row;
  }
  const [from, to] = [-s.before, s.padding + s.size - 1];
  for (let t = Math.min(0, from); t <= Math.max(s.end, to); t++) {
    const real = t >= 0 && t <= s.end && t % s.stride === 0;
    const cropped = t < from || t > to;
    const extra = s.left > 0 && !cropped && t > Math.max(s.end, to - s.left);
    const what = cropped ? "crop" : real ? "dout" : t > 0 && t < s.end ? "gap" : extra ? "left" : "pad";
    row.push([t, real ? s.dout[t / s.stride] : 0, real ? t / s.stride : "", what, real ? "dout" : "pad"]);
  }
  return row;
}

function drawPass(s, data, width) {
  const isDx = s.gradient === "dx";
  const row = longRow(s);
  const shift = -row[0][0];
  const given = [data.x, data.w, data.dout];
  const size = fitCell(width - 2 - NAMES, row.length, given, { low: 20, clear: 4 }), wider = fitCell(size, 1, data.gradients);
  const small = smallIn(size, given, { clear: 4 }), smallest = smallIn(wider, data.gradients);
  const at = (column) => 1 + NAMES + (column + shift) * size;
  const named = (left, middle, name) => text(left - 6, middle + 4, name, "conv-label conv-end");
  const window = isDx ? s.kernel : s.end + 1;
  const first = isDx ? s.position + s.padding - s.kernel + 1 : s.position;
  const crops = row.filter((entry) => entry[3] === "crop").length;
  const lefts = row.filter((entry) => entry[3] === "left").length;
  const even = s.stride === 1 && s.before === s.after && s.before > 0;
  const said = [isDx && even ? `dout, ${s.before} zero${s.before > 1 ? "s" : ""} on each side` : isDx ? `dout${s.stride > 1 ? `, ${s.stride - 1} zero${s.stride > 2 ? "s" : ""} between,` : ""} padded (${pretty(s.before)}, ${pretty(s.after)})`
    : s.padding ? "x, padded as forward" : "x",
  lefts ? (isDx ? `${lefts} of them for the leftover` : `left over, dropped: ${lefts}`) : "", crops ? `cropped: ${crops}` : ""].filter(Boolean).join("; ");
  const heads = wrapped(said, width - 2).map((words, n) => text(1, 12 + 15 * n, words, "conv-label"));
  const y1 = 25 + 15 * heads.length, y2 = y1 + size + 40, y3 = y2 + size + 54;
  const terms = termsOf(s);
  const indices = [];
  const parts = [...heads, named(at(row[0][0]), y1 + size / 2, isDx ? "dout" : "x")];
  const results = isDx ? s.dx : s.dw;

  for (const [column, value, index, what, role] of row) {
    const lit = isDx ? role === "dout" && terms.some(([i]) => i === index) : role === "x" && terms.some(([, , j]) => j === index);
    const aim = isDx ? Math.round(column - s.padding + (s.kernel - 1) / 2) : Math.round(column - s.end / 2);
    parts.push(text(at(column) + size / 2, y1 - 10, index, "conv-index"));
    parts.push(cell(at(column), y1, size, value, { role, on: lit, small, pick: `position:${clamp(aim, 0, results.length - 1)}`, edit: role === "pad" ? "" : `${role}${index}`,
      mark: what === "crop" ? "crop" : what === "left" ? "left" : role === "pad" ? "pad" : "" }));
    if (what === "crop") parts.push(line(at(column) + 3, y1 + size - 3, at(column) + size - 3, y1 + 3, "conv-strike"));
  }
  parts.push(frame(at(first) - 0.5, y2 - 3, window * size + 1, size + 6, isDx ? "w" : "dout"));
  parts.push(named(at(first), y2 + size / 2, isDx ? "w" : "dout"));
  for (let place = 0; place < window; place++) {
    const column = first + place;
    const index = isDx ? s.kernel - 1 - place : place / s.stride;
    const real = isDx || place % s.stride === 0;
    const used = real && terms.some(([i, , k]) => (isDx ? k === index : i === index));
    parts.push(cell(at(column), y2, size, real ? (isDx ? s.w[index] : s.dout[index]) : 0,
      { role: real ? (isDx ? "w" : "dout") : "pad", on: used, small, mark: real ? "" : "pad", pick: `position:${s.position}`,
        edit: real ? `${isDx ? "w" : "dout"}${index}` : "", glide: `tap ${place}` }));
    if (real) indices.push(text(at(column) + size / 2, y2 + size + 14, index, "conv-index"));
    if (used) parts.push(line(at(column) + size / 2, y1 + size, at(column) + size / 2, y2, `conv-wire ${isDx ? "w" : "dout"}`));
  }
  const role = isDx ? "dx" : "dw";
  const middle = at((results.length - 1) / 2 + (isDx ? s.padding - (s.kernel - 1) / 2 : s.end / 2)) + size / 2;
  const place = (n) => middle + (n - results.length / 2) * wider;
  parts.push(named(place(0), y3 + wider / 2, role));
  parts.push(line(at(first), y2 + size + 20, place(s.position) + 1, y3 + 1, `conv-wire ${role}`));
  parts.push(line(at(first + window), y2 + size + 20, place(s.position) + wider - 1, y3 + 1, `conv-wire ${role}`), ...indices);
  results.forEach((value, n) => {
    parts.push(cell(place(n), y3, wider, value, { role, on: n === s.position, small: smallest, pick: `position:${n}` }));
    parts.push(text(place(n) + wider / 2, y3 + wider + 13, n, "conv-index"));
  });
  const travels = terms.map(([i, , k, value]) => [at(isDx ? i * s.stride : s.position + i * s.stride) + size / 2, y2 + size / 2,
    pretty(value * s.dout[i]), place(s.position) + wider / 2, y3 + wider / 2]);
  return { width: row.length * size + 2 + NAMES, height: y3 + wider + 20, picture: parts, travels };
}

function drawBias(s, data, width) {
  const size = fitCell(width - 2, s.out, data.dout, { low: 20 }), wider = fitCell(size, 1, data.gradients);
  const top = 40, bottom = top + size + 100, middle = 1 + (s.out * size) / 2;
  const parts = [text(1, 12, "dout", "conv-label")];
  s.dout.forEach((value, i) => {
    parts.push(text(1 + (i + 0.5) * size, 30, i, "conv-index"));
    parts.push(cell(1 + i * size, top, size, value, { role: "dout", on: true, edit: `dout${i}` }));
    parts.push(line(1 + (i + 0.5) * size, top + size, middle, bottom, "conv-wire dw"));
  });
  parts.push(cell(middle - wider / 2, bottom, wider, s.db, { role: "dw", on: true }));
  return { width: Math.max(s.out * size + 2, size * 3), height: bottom + wider + 10, picture: parts };
}

function draw(state, data, width) {
  const s = situation(state, data);
  const tables = [["x", "x, the signal", data.x.slice(0, state.size)], ["w", "w, the kernel", data.w.slice(0, state.kernel)],
    ["dout", "dout, from the next layer", s?.dout ?? []], ["dx", "dx", s?.dx ?? []], ["dw", "dw", s?.dw ?? []], ["db", "db", s?.db ?? []]];
  if (!s) {
    return { width: 300, height: 60, tables, picture: [text(1, 30, "The kernel does not fit.", "conv-label conv-strong")],
      line: fill(data.text.error, { ...state, padded: state.size + 2 * state.padding }) };
  }
  const view = s.gradient === "db" ? drawBias(s, data, width) : drawPass(s, data, width);
  const notes = [];
  if (s.gradient === "dx" && s.before < 0) {
    notes.push(`The padding is wider than k − 1 = ${s.kernel - 1}, and negative padding crops: those outputs read only zeros.`);
  }
  if (s.left > 0) {
    notes.push(`Left over forward: (${s.size} + 2·${s.padding} − ${s.kernel}) mod ${s.stride} = ${s.left}` +
      (s.gradient === "dx" ? ": as many more zeros at the end of dout." : s.gradient === "dw" ? ", so the end of x is dropped." : "."));
  }
  const note = notes.join(" "), between = data.text.between[s.stride - 1];
  return { ...view, tables, terms: spelledOut(s, between), line: fill(data.text[s.stride === 1 && !s.padding && s.gradient !== "db" ? `${s.gradient} plain` : s.gradient], { ...s, between, before: factor(s.before), after: factor(s.after) }), note };
}

function limits(state, data) {
  const entries = { dx: state.size, dw: state.kernel, db: 1 }[state.gradient];
  return { position: [0, situation(state, data) ? entries - 1 : -1] };
}

export default defineFigure({
  name: "backward1d",
  draw,
  limits,
  play: "position",
  inputs: ["x", "w", "dout"],
  follow,
  move: (state, data, across) => ({ position: stepInGrid(state.position, 1, Math.max(1, limits(state, data).position[1] + 1), across, 0) }),
  legend: [["dout", "dout"], ["w", "kernel"], ["x", "signal"], ["pad", "zero (dashed)"],
    ["left", "leftover (hatched)"], ["crop", "cropped (struck out)"], ["dx", "dx"], ["dw", "dw, db"]],
});
