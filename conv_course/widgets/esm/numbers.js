// Numbers that the reader changed: "x3_2.w0_-1" adds 2 to entry 3 of x and takes 1 from entry 0 of w.
import { clamp } from "./parts.js";

// [[array, place, amount], ...] of what a state says; what is not understood is left out.
export function changesIn(cells) {
  return (cells ?? "").split(".").map((one) => /^([a-z]+)(\d+)_(-?\d+)$/.exec(one)).filter(Boolean)
    .map(([, name, place, amount]) => [name, Number(place), Number(amount)]);
}

// The same as text, with `amount` more in one place; undefined where nothing is changed.
export function withChange(cells, name, place, amount) {
  const all = new Map(changesIn(cells).map(([n, p, a]) => [n + p, a]));
  all.set(name + place, (all.get(name + place) ?? 0) + amount);
  return [...all].filter(([, a]) => a !== 0).map(([key, a]) => `${key}_${a}`).join(".") || undefined;
}

function shapeOf(values) {
  return Array.isArray(values) ? [values.length, ...shapeOf(values[0])] : [];
}

// Entry `place`, counted row by row, as indices: 7 in a 2 x 5 array is [1, 2].
export function indicesOf(values, place) {
  const indices = [];
  for (const length of shapeOf(values).reverse()) {
    indices.unshift(place % length);
    place = Math.floor(place / length);
  }
  return place === 0 ? indices : null;
}

// The data with the changes in place and with everything that follows from them: `follow` gives the tables that
// Python computed for the unchanged numbers, computed anew.
export function changedData(data, cells, { inputs = [], follow }) {
  const changes = changesIn(cells).filter(([name, place]) => inputs.includes(name) && indicesOf(data[name], place));
  if (!changes.length) return data;
  const changed = { ...data };
  for (const [name, place, amount] of changes) {
    if (changed[name] === data[name]) changed[name] = structuredClone(data[name]);
    const indices = indicesOf(data[name], place), last = indices.pop();
    const row = indices.reduce((part, index) => part[index], changed[name]);
    row[last] += clamp(amount, -99, 99);
  }
  return { ...changed, ...follow(changed) };
}

// Nested lists of compute(values) over every combination of the named controls' values, as Python's `grid`.
export function gridOf(data, names, compute, chosen = {}) {
  if (!names.length) return compute(chosen);
  const [name, ...rest] = names;
  const control = data.controls.find((one) => one.name === name);
  const values = control.type === "range"
    ? Array.from({ length: control.high - control.low + 1 }, (_, n) => control.low + n)
    : control.options.map(([value]) => value);
  return values.map((value) => gridOf(data, rest, compute, { ...chosen, [name]: value }));
}

// Where tap (u, v) of output (i, j) reads, for every output and tap of a 2-D layer; the caller adds up.
export function eachProduct([rows, columns], kernel, { stride, padding = 0, dilation = 1 }, visit) {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let u = 0; u < kernel; u++) {
        for (let v = 0; v < kernel; v++) visit(i, j, u, v, i * stride + u * dilation - padding, j * stride + v * dilation - padding);
      }
    }
  }
}

export function zeros(rows, columns) {
  return Array.from({ length: rows }, () => Array(columns).fill(0));
}
