// The sliders of a question: they run the learner's own function in the page's Python and draw what it returns, as the
// book's figures do, beside what is asked for.

import { draw as drawSignal } from "./esm/conv1d.js";
import { cell, fitCell, frame, pretty, smallIn, text } from "./esm/parts.js";
import { element } from "./question.js";

const CELLS = { low: 30, high: 34, clear: 8 }; // pixels of a cell, and what its number leaves free
const ROLES = { x: "x", w: "w", y: "y", dout: "dout", dx: "dx", dw: "dw", image: "x" };
const role = (name) => ROLES[name.split(" ")[0]] ?? "";
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const nest = (value, deep) => (deep ? [nest(value, deep - 1)] : value);
const isRow = (value) => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "number");
const isGrid = (value) => Array.isArray(value) && value.length > 0 && value.every(isRow);
const gridIn = (value) => (isGrid(value) ? value : [value]);

// the places of an output, as one says them: "2" or "1, 2"
const placesOf = (y) => y.flatMap((row, i) => (Array.isArray(row) ? row.map((_, j) => `${i}, ${j}`) : [`${i}`]));

// The rows and columns that a window of this row's array has: those of the filter beside it, or written out, "2 x 3".
function windowOf(name, named) {
  if (role(name) !== "x" || !isGrid(named[name]) || !isGrid(named.y)) return null;
  const filter = named[`w${name.slice(1)}`], told = /^(\d+) x (\d+)$/.exec(named.window ?? "");
  if (told) return { rows: Number(told[1]), columns: Number(told[2]), zero: "" };
  return isGrid(filter) ? { rows: filter.length, columns: filter[0].length, zero: 0 } : null;
}

// as base.js has them, with names of this question's own
const patterns = (id) => `<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>
  <pattern id="${id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="conv-hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs></svg>`;

export class Sliders {
  constructor(question, box) {
    Object.assign(this, { question, box, wish: 0, values: {} });
    this.cell = box.dataset.cell;
    this.controls = JSON.parse(box.dataset.controls);
    const form = element("div", { className: "course-slide-controls" });
    for (const [name, options] of Object.entries(this.controls)) form.append(this.control(name, options));
    form.append(this.chooser());
    this.picture = element("div", { className: "course-slide-picture conv-figure" });
    this.picture.dataset.mounted = "";
    this.picture.style.setProperty("--conv-hatch", `url(#${question.box.id}-hatch)`);
    this.status = element("p", { className: "course-slide-said" });
    this.status.setAttribute("role", "status");
    this.box.append(form, this.picture, this.status);
    this.draw();
  }

  control(name, options) {
    [this.values[name]] = options;
    const label = element("label", {}, `${name.replaceAll("_", " ")} `);
    const input = element("input", { type: "range", name, min: 0, max: options.length - 1, value: 0 });
    const shown = element("output", {}, String(options[0]));
    input.addEventListener("input", () => {
      this.values[name] = options[input.value];
      shown.textContent = String(options[input.value]);
      input.setAttribute("aria-valuetext", shown.textContent);
      this.draw();
    });
    label.append(input, shown);
    return label;
  }

  // which output the window is drawn for: nothing has to run for that
  chooser() {
    const label = element("label", { hidden: true }, "output ");
    this.choose = element("input", { type: "range", name: "output", min: 0, value: 0 });
    this.choose.addEventListener("input", () => this.look(Number(this.choose.value)));
    label.append(this.choose, element("output"));
    return label;
  }

  // the wish outlives a state with fewer outputs
  look(position) {
    this.wish = position;
    this.show(...this.last);
  }

  setChooser(places) {
    const label = this.choose.parentElement;
    label.hidden = !this.picture.querySelector("[data-pick]");
    Object.assign(this.choose, { max: Math.max(0, places.length - 1), value: this.position });
    label.lastChild.textContent = places[this.position] ?? "";
    this.choose.setAttribute("aria-valuetext", `y[${places[this.position]}]`);
  }

  // of many moves while Python runs, the last one is drawn
  async draw() {
    this.waiting = true;
    if (this.question.running) return this.question.then(() => this.waiting && this.draw());
    this.waiting = false;
    const values = { ...this.values };
    await this.question.run("slide", { cell: this.cell, values }, (said) => this.show(said, values));
  }

  show(said, values) {
    this.last = [said, values];
    const { yours, asked, error } = said;
    const places = placesOf([yours, asked].map((rows) => Object.fromEntries(rows).y).find(Array.isArray) ?? []);
    this.position = Math.max(0, Math.min(this.wish, places.length - 1));
    const right = !error && same(yours, asked);
    const text = error || (right ? "Yours is what is asked for." : "Yours differs from what is asked for.");
    if (this.status.textContent !== text) this.status.textContent = text;
    this.box.dataset.right = right ? "yes" : "no";
    const parts = [];
    if (!error) parts.push(this.part(right ? "Your function" : "Yours", yours, values));
    if (!right) parts.push(this.part("Asked for", asked, values));
    this.picture.replaceChildren(...parts);
    for (const stage of this.picture.querySelectorAll(".conv-stage")) {
      if (stage.scrollWidth > stage.clientWidth + 1) stage.tabIndex = 0; // keys scroll it too
    }
    this.setChooser(places);
    this.picture.insertAdjacentHTML("beforeend", patterns(this.question.box.id));
  }

  part(title, rows, values) {
    const made = element("section");
    made.append(element("p", { className: "course-slide-title" }, title));
    const named = Object.fromEntries(rows);
    const window = isRow(named.x) && isRow(named.w) && isRow(named.y) && "stride" in values;
    if (window) made.append(this.svg(title, named, this.signal(named, values)));
    for (const [name, value] of rows) {
      if (window && "xwy".includes(name)) continue;
      if (isRow(value) || isGrid(value)) made.append(this.svg(name, { [name]: value }, this.grid(name, value, named, values)));
      else made.append(element("p", {}, `${name}: ${value === null ? "None (your function returned nothing)" : typeof value === "number" ? pretty(value) : value}`));
    }
    return made;
  }

  // the figure of chapter 2, with the learner's numbers
  signal({ x, w, y }, { stride, padding = 0, dilation = 1 }) {
    const span = dilation * (w.length - 1) + 1;
    const left = Math.max(0, x.length + 2 * padding - span - (y.length - 1) * stride);
    const state = { mode: "correlation", stride, padding, kernel: w.length, dilation, position: Math.min(this.position, y.length - 1) };
    const controls = Object.keys(state).map((name) => ({ name, type: "choice", options: [[state[name], ""]] }));
    const data = { x, w, y: nest(y, 5), span: nest(span, 2), left: nest(left < stride ? left : 0, 4), controls, text: { size: "", span: "", error: "" } };
    const drawn = drawSignal(state, data, Math.max(280, this.box.clientWidth - 8));
    const last = (y.length - 1) * stride + span; // a window too many hangs over the end
    return { ...drawn, width: Math.max(drawn.width, (drawn.width / (x.length + 2 * padding)) * last) };
  }

  // the cells of all arrays are equally large, whatever the padding is
  size(named) {
    const grids = Object.values(named).filter((value) => isRow(value) || isGrid(value)).map(gridIn);
    const columns = Math.max(...grids.map((one) => one[0].length)) + 2 * Math.max(0, ...(this.controls.padding ?? []));
    return fitCell(this.box.clientWidth - 8, columns, grids, CELLS);
  }

  grid(name, value, named, { stride, stride_right: right = stride, padding = 0 }) {
    const table = gridIn(value), size = this.size(named), small = smallIn(size, table, CELLS);
    const window = windowOf(name, named);
    const edge = window ? padding : 0;
    const columns = table[0].length + 2 * edge;
    const parts = [text(1, 12, name, "conv-label")];
    const windows = Object.keys(named).some((one) => windowOf(one, named));
    for (let r = -edge; r < table.length + edge; r++) {
      for (let c = -edge; c < table[0].length + edge; c++) {
        const inside = table[r]?.[c] !== undefined;
        const number = r * columns + c;
        const chosen = windows && name === "y";
        parts.push(cell(1 + (c + edge) * size, 20 + (r + edge) * size, size, inside ? table[r][c] : window.zero, {
          role: inside ? role(name) : "pad", mark: inside ? "" : "pad", small, on: chosen && number === this.position, pick: chosen ? `position:${number}` : "" }));
      }
    }
    let [across, down] = [columns, table.length + 2 * edge];
    if (window) {
      const [i, j] = [Math.floor(this.position / named.y[0].length), this.position % named.y[0].length];
      const [top, left] = [i * stride, j * right];
      parts.push(frame(1 + left * size, 20 + top * size, window.columns * size, window.rows * size, "w conv-thick"));
      [across, down] = [Math.max(across, left + window.columns), Math.max(down, top + window.rows)]; // a window too many hangs over
    }
    return { width: across * size + 3, height: 24 + down * size, picture: parts };
  }

  svg(title, named, { width, height, picture }) {
    const holder = element("div", { className: "conv-stage", role: "group", ariaLabel: title });
    const said = Object.entries(named).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join("; ");
    holder.innerHTML = `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">${picture.join("")}</svg>`;
    holder.firstChild.setAttribute("aria-label", `${title}. ${said}`);
    holder.addEventListener("click", ({ target }) => {
      const pick = target.closest("[data-pick]")?.dataset.pick;
      if (!pick) return;
      this.look(Number(pick.split(":")[1]));
    });
    return holder;
  }
}
