// What the lens paints: a photograph and its output, as pixels on two canvases.
import { clamp } from "./parts.js";
import { wantsCalm } from "./motion.js";

const BRUSH = 4; // pixels round the lens that its move paints
const ROWS = 2; // rows that a frame of the sweep paints

export const NINE = [...Array(9).keys()];
export const sum = (values) => values.reduce((total, value) => total + value, 0);

// The photograph's greys, row by row, and its size: the book's, decoded once, or the reader's own.
export const pictures = new WeakMap();
const books = new WeakMap();
function bookPicture(data) {
  const [height, width] = data.size;
  if (!books.has(data)) books.set(data, { greys: Uint8Array.from(atob(data.greys), (letter) => letter.charCodeAt(0)), height, width });
  return books.get(data);
}
export const pictureOf = (data) => pictures.get(data) ?? bookPicture(data);

export function windowAt({ greys, width }, row, column) {
  return NINE.map((n) => greys[(row + Math.floor(n / 3)) * width + column + (n % 3)]);
}

// y for the whole photograph: every place of the lens.
function outputs(picture, weights) {
  const [height, width] = [picture.height - 2, picture.width - 2];
  const y = new Int32Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      let total = 0;
      for (let n = 0; n < 9; n++) total += weights[n] * picture.greys[(i + Math.floor(n / 3)) * picture.width + j + (n % 3)];
      y[i * width + j] = total;
    }
  }
  return y;
}

export function canvasIn(holder, name, { width, height }) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { className: `conv-lens-${name}`, width, height });
  canvas.setAttribute("aria-hidden", "true");
  canvas.getContext("2d", { willReadFrequently: true }); // small, and painted again at each move
  holder.append(canvas);
  return canvas;
}

export function put(canvas, colourAt) {
  const image = new ImageData(canvas.width, canvas.height);
  for (let n = 0; n < canvas.width * canvas.height; n++) {
    const found = colourAt(n);
    if (found) image.data.set([...found, 255], 4 * n);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// The three channels of a colour of the style sheet.
function channels(el, property) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = getComputedStyle(el).getPropertyValue(property).trim();
  pen.fillRect(0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

// How a value of y is shown: in greys if the weights add up to more than nothing, else by its sign.
function shadeOf(el, y, weights) {
  const total = sum(weights);
  if (total > 0) return (value) => Array(3).fill(clamp(Math.round(value / total), 0, 255));
  const [zero, minus, plus] = ["--conv-bg", "--conv-minus", "--conv-plus"].map((name) => channels(el, name));
  const most = 0.7 * y.reduce((far, value) => Math.max(far, Math.abs(value)), 1);
  return (value) => {
    const share = Math.min(1, Math.abs(value) / most) ** 0.8;
    return zero.map((from, c) => from + share * ((value < 0 ? minus : plus)[c] - from));
  };
}

// y as far as the lens has been.
export class Painting {
  constructor(el, canvas, picture, { row, column }) {
    Object.assign(this, { el, canvas, picture, high: canvas.height, wide: canvas.width, key: "" });
    this.painted = new Uint8Array(this.high * this.wide);
    // when the page opens it has been half way, or, in a cell with the tag `painted`, everywhere
    this.rows(0, el.closest(".tag_painted") ? this.high : row - BRUSH);
    for (let at = 0; at <= column; at += BRUSH) this.touch(row, at);
  }

  rows(from, to) {
    this.painted.fill(1, Math.max(0, from) * this.wide, Math.max(0, to) * this.wide);
    this.last = undefined;
  }

  touch(row, column) {
    for (let i = Math.max(0, row - BRUSH); i <= Math.min(this.high - 1, row + BRUSH); i++) {
      this.painted.fill(1, i * this.wide + Math.max(0, column - BRUSH), i * this.wide + Math.min(this.wide, column + BRUSH + 1));
    }
  }

  // from where the lens was to where it is
  follow({ row, column }) {
    const from = this.last ?? { row, column };
    const steps = Math.max(1, Math.abs(row - from.row), Math.abs(column - from.column));
    for (let n = 0; n <= steps; n++) {
      this.touch(Math.round(from.row + (n / steps) * (row - from.row)), Math.round(from.column + (n / steps) * (column - from.column)));
    }
    this.last = { row, column };
  }

  show(weights) {
    const key = `${weights} ${getComputedStyle(this.el).getPropertyValue("--conv-bg")}`;
    if (key !== this.key) {
      this.key = key;
      this.y = outputs(this.picture, weights);
      this.shade = shadeOf(this.el, this.y, weights);
    }
    put(this.canvas, (n) => this.painted[n] && this.shade(this.y[n]));
  }
}

// The lens goes over every place, row by row; returns how to stop it.
export function sweep(painting, go, done) {
  let row = 0, next = 0;
  const frame = () => {
    painting.rows(row, row + ROWS);
    row = Math.min(painting.high, row + ROWS);
    go(row - 1);
    if (row < painting.high && painting.el.isConnected) next = requestAnimationFrame(frame);
    else done();
  };
  if (wantsCalm()) row = painting.rows(0, painting.high) ?? painting.high;
  frame();
  return () => cancelAnimationFrame(next);
}
