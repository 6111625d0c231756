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
  return template.replace(/\{(\w+)\}/g, (_, key) => (typeof values[key] === "number" ? pretty(values[key]) : values[key]));
}

// A formula as the page sets it, as typeset() in _figure.py: "_W_′ = ⌊(7 − 3)/2⌋" has an italic letter and a fraction.
// The name before it and the rest of the sum behind it stay on its line. What a fraction's bar says to the eye stays in the text for those who hear or copy it.
const UNSEEN = (sign) => `<span class="conv-unseen">${sign}</span>`;

export function typeset(words) {
  return escapeText(words).replace(/_(\w+?)_/g, "<i>$1</i>").replace(/((?:<i>\w<\/i>′ = )?)⌊\((.*?)\)\/(\d+)⌋((?: \+ 1 = \d+)?)/g, (_, name, above, below, rest) =>
    `<span class="conv-floor">${name}${UNSEEN("⌊")}<span class="conv-brackets"><span class="conv-fraction"><span>${UNSEEN("(")}${above}${UNSEEN(")/")}</span>` +
    `<span>${below}</span></span></span>${UNSEEN("⌋")}${rest}</span>`).replaceAll("</i>′", '</i><span class="conv-prime">′</span>');
}

// An entry of an array, "y[0, 3]", with its indices set low.
export function entry(words) {
  return escapeText(words).replace(/^([a-z]+)\[(.*)\]$/, (_, name, at) => `<i>${name}</i><sub>${UNSEEN("[")}${at}${UNSEEN("]")}</sub>`)
    .replace(/^(?:x|y|w|b|dx|dw|db|dout)$/, "<i>$&</i>");
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

// In the reader's language: a site in another one than English brings courseSay along (page/words.js).
export function t(words) {
  return globalThis.courseSay ? globalThis.courseSay(words) : words;
}

export function text(x, y, value, classes = "", extra = "") {
  return `<text class="${classes}" x="${x}" y="${y}" ${extra}>${escapeText(t(value))}</text>`;
}

export function line(x1, y1, x2, y2, classes = "") {
  return `<line class="${classes}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

// What makes a part answer to the hand: `pick` ("position:3") is the state that pointing at it shows, `edit` ("x3") the
// number that it is of an input; `glide` names a part that moves from place to place.
export function answers({ pick = "", edit = "", glide = "" }) {
  return Object.entries({ pick, edit, glide }).map(([name, value]) => (value === "" ? "" : ` data-${name}="${value}"`)).join("");
}

// One square with a number in it, in the smaller font where the larger does not fit.
export function cell(x, y, size, value, { role = "", on = false, height = size, mark = "", small, ...rest } = {}) {
  const shown = typeof value === "number" || value === null ? pretty(value) : value;
  small ??= smallIn(size, [shown]);
  const body =
    rect(x + 1, y + 1, size - 2, height - 2, "conv-box", 'rx="3"') +
    (mark ? rect(x + 1, y + 1, size - 2, height - 2, `conv-mark-${mark}`, 'rx="3"') : "") +
    (shown === "" ? "" : text(x + size / 2, y + height / 2, shown, small ? SMALL : NUMBER));
  return `<g class="conv-cell ${role}${on ? " on" : ""}"${answers(rest)}>${body}</g>`;
}

// A number from -1 to 1 as a colour: the further from 0, the fuller. The colours are the style sheet's.
export function signed(x, y, width, height, share) {
  return rect(x, y, width, height, `conv-signed conv-${share < 0 ? "minus" : "plus"}`, `fill-opacity="${Math.min(1, Math.abs(share)).toFixed(2)}"`);
}

export function frame(x, y, width, height, role) {
  return rect(x, y, width, height, `conv-frame ${role}`, 'rx="5"');
}

// The part of a plot that a slider has not come to yet: it says that more follows, and not where.
export function toCome(left, top, right, bottom, words) {
  if (right <= left) return [];
  const area = rect(left, top, right - left, bottom - top, "conv-to-come");
  return wide(words) + 16 > right - left ? [area] : [area, text((left + right) / 2, (top + bottom) / 2, words, "conv-label conv-middle")];
}

export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

// A number with fewer decimals, as a number.
export function rounded(value, digits) {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

const NUMBER = "conv-number", SMALL = "conv-number conv-small";
const CLEAR = 5; // pixels of a cell that its number leaves free, for the border and a frame round it
const fonts = {}, known = new Map(), widths = new WeakMap();
let pen;

// figures.css has the fonts: a text that is styled as in a drawing tells them. A number may be bold, in a chosen cell.
function fontOf(classes) {
  if (!fonts[classes]) {
    const probe = document.createElement("div");
    probe.className = "conv-figure";
    probe.innerHTML = `<div class="conv-stage"><svg><g class="${classes.includes(NUMBER) ? "conv-cell on x" : ""}">` +
      `${text(0, 0, "0", classes)}</g></svg></div>`;
    document.body.append(probe);
    const style = getComputedStyle(probe.querySelector("text"));
    fonts[classes] = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    probe.remove();
  }
  return fonts[classes];
}

// How many pixels a text takes. Digits are drawn equally wide, and zero stands for each of them.
export function wide(words, classes = "conv-label") {
  const shown = classes.includes(NUMBER) ? words.replace(/\d/g, "0") : t(words);
  const key = `${classes}|${shown}`;
  if (!known.has(key)) {
    pen ??= document.createElement("canvas").getContext("2d");
    pen.font = fontOf(classes);
    known.set(key, pen.measureText(shown).width);
  }
  return known.get(key);
}

// The same of the widest number in nested lists, written with so many decimals.
function widest(values, classes, digits) {
  if (!Array.isArray(values)) return wide(typeof values === "number" ? pretty(rounded(values, digits)) : values ?? "", classes);
  const key = `${classes}|${digits}`;
  if (!widths.has(values)) widths.set(values, {});
  return (widths.get(values)[key] ??= Math.max(0, ...values.map((inner) => widest(inner, classes, digits))));
}

// The side of a cell, so that `count` of them stand side by side in `room` and the widest of `values` fits. To hold
// still while the reader moves a slider, give the values of all the states that a slider leads to.
export function fitCell(room, count, values, { low = 22, high = 44, digits = 4, clear = CLEAR } = {}) {
  const least = Math.max(low, Math.ceil(widest(values, SMALL, digits) + clear));
  return clamp(Math.floor(room / count), least, Math.max(least, high));
}

// Whether the numbers of a grid take the smaller font in cells of this size: all of them do, or none.
export function smallIn(size, values, { digits = 4, clear = CLEAR } = {}) {
  return widest(values, NUMBER, digits) + clear > size;
}

// The words of a label in as few lines as its room allows.
export function wrapped(words, room, classes = "conv-label") {
  const lines = [""];
  for (const word of t(words).split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (wide(longer, classes) <= room || lines.at(-1) === "") lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

export function colour(word, role) {
  return `<b class="conv-ink ${role}">${entry(word)}</b>`;
}
