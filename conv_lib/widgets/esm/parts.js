// Small SVG parts as strings, one element each: a figure lists them and base.js puts them on the page.
// Roles (x, w, y, dout, dx, dw, pad, left) are class names; figures.css gives each its colour and pattern.

export function escapeText(value) {
  return String(value).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}

// A number as the tables write it: at most four decimals, an ASCII minus that can be copied into code.
export function plainNumber(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  const rounded = Math.round(value * 1e4) / 1e4;
  return String(rounded === 0 ? 0 : rounded);
}

// The same number as prose and drawings write it.
export function pretty(value) {
  return plainNumber(value).replace("-inf", "−∞").replace("-", "−");
}

// Factors in a sum: a negative one stands in brackets.
export function factor(value) {
  return value < 0 ? `(${pretty(value)})` : pretty(value);
}

export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

// The entry of nested lists that Python's `grid` made: one level a control, in the order of `names`.
export function lookup(nested, names, state, data) {
  let found = nested;
  for (const name of names) {
    const control = data.controls.find((c) => c.name === name);
    const at = control.type === "range"
      ? state[name] - control.low
      : control.options.findIndex(([value]) => value === state[name]);
    found = found[at];
  }
  return found;
}

export function rect(x, y, width, height, classes, extra = "") {
  return `<rect class="${classes}" x="${x}" y="${y}" width="${width}" height="${height}" ${extra}/>`;
}

export function text(x, y, value, classes = "", extra = "") {
  return `<text class="${classes}" x="${x}" y="${y}" ${extra}>${escapeText(value)}</text>`;
}

export function line(x1, y1, x2, y2, classes = "") {
  return `<line class="${classes}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

// One square with a number in it. `pick` ("position:3") makes it answer to mouse and touch.
export function cell(x, y, size, value, { role = "", on = false, pick = "", height = size, mark = "", small = false } = {}) {
  const shown = typeof value === "number" || value === null ? pretty(value) : value;
  const body =
    rect(x + 1, y + 1, size - 2, height - 2, "conv-box", 'rx="3"') +
    (mark ? rect(x + 1, y + 1, size - 2, height - 2, `conv-mark-${mark}`, 'rx="3"') : "") +
    (shown === "" ? "" : text(x + size / 2, y + height / 2, shown, `conv-number${small || shown.length * 9 > size ? " conv-small" : ""}`));
  return `<g class="conv-cell ${role}${on ? " on" : ""}"${pick ? ` data-pick="${pick}"` : ""}>${body}</g>`;
}

export function frame(x, y, width, height, role) {
  return rect(x, y, width, height, `conv-frame ${role}`, 'rx="5"');
}

export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

// The largest cell that lets `count` of them stand side by side in `width`.
export function fitCell(width, count, low = 22, high = 44) {
  return clamp(Math.floor(width / count), low, high);
}

export function colour(word, role) {
  return `<b class="conv-ink ${role}">${escapeText(word)}</b>`;
}
