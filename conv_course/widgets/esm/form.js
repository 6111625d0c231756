// What stands round and in a drawing: native controls, the painted parts, lists and tables.
import { escapeText, plainNumber } from "./parts.js";
import { LARGEST_SCALE } from "./room.js";

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export function buildControl(control, uid) {
  const id = `${uid}-${control.name}`;
  if (control.type === "button") {
    return { wrap: element("button", { type: "button", name: control.name, class: "conv-button" }, control.label) };
  }
  const label = element("label", { for: id }, control.label);
  const input = element(control.type === "range" ? "input" : "select", { id, name: control.name });
  if (control.type === "choice") {
    for (const [value, shown] of control.options) input.append(element("option", { value }, shown));
    return { wrap: element("div", { class: "conv-control" }, label, input), input };
  }
  for (const [key, value] of [["type", "range"], ["min", control.low], ["max", control.high], ["step", 1]]) {
    input.setAttribute(key, value);
  }
  const output = element("output", { for: id });
  return { wrap: element("div", { class: "conv-control" }, label, input, output), input, output };
}

// Bring the picture up to date: each of `parts` is one element as text, and where few changed only those are made again,
// so that a step costs what it changes. Making all at once is quicker than making many one by one.
export function repaint(group, parts, shown) {
  const changed = parts.reduce((count, part, i) => count + (part !== shown.parts[i]), 0);
  if (changed > parts.length / 3 || parts.length < shown.parts.length || shown.nodes.length !== shown.parts.length) {
    group.innerHTML = parts.join("");
    shown.nodes = [...group.children];
  } else if (changed) {
    const scratch = group.cloneNode(false);
    parts.forEach((part, i) => {
      if (part === shown.parts[i]) return;
      scratch.innerHTML = part;
      const node = scratch.firstElementChild;
      if (shown.nodes[i]) shown.nodes[i].replaceWith(node);
      else group.append(node);
      shown.nodes[i] = node;
    });
  }
  shown.parts = parts;
}

// The figure says how large its cells make the drawing; a text that is longer than they are widens the view. Where
// `room` is left, the drawing fills it. Returns the width and height of the view before that.
export function showAll(svg, picture, { width, height }, room) {
  const drawn = picture.getBBox();
  const [left, top] = [Math.min(0, Math.floor(drawn.x)), Math.min(0, Math.floor(drawn.y))];
  const across = Math.max(width, Math.ceil(drawn.x + drawn.width) + 1) - left;
  const down = Math.max(height, Math.ceil(drawn.y + drawn.height)) - top;
  const scale = Math.max(1, Math.min(room.width / across, room.height / down, LARGEST_SCALE));
  for (const [name, value] of Object.entries({ viewBox: `${left} ${top} ${across} ${down}`, width: across * scale, height: down * scale })) {
    if (svg.getAttribute(name) !== String(value)) svg.setAttribute(name, value);
  }
  return [across, down];
}

// A list whose options depend on other controls; a choice that is gone falls back to the first.
export function offer(select, options, state, name) {
  const key = options.map(([value]) => value).join(" ");
  if (select.dataset.offered !== key) {
    select.dataset.offered = key;
    select.replaceChildren(...options.map(([value, shown]) => element("option", { value }, shown)));
  }
  if (!options.some(([value]) => value === state[name])) state[name] = options[0][0];
}

// Tables are rebuilt only when a shape changes; a slider step then rewrites the text of the cells.
export function writeTables(holder, tables) {
  const shape = JSON.stringify(tables.map(([key, caption, rows]) => [key, caption, rows.map((row) => row[1].length)]));
  if (holder.dataset.shape !== shape) {
    holder.dataset.shape = shape;
    holder.innerHTML = tables.map(([key, caption, rows]) => {
      const head = (rows[0]?.[1] ?? []).map((_, j) => `<th scope="col">${j}</th>`).join("");
      const body = rows.map(([, row]) => `<tr><th scope="row"></th>${"<td></td>".repeat(row.length)}</tr>`).join("");
      return `<table data-values="${escapeText(key)}"><caption>${escapeText(caption)}</caption>` +
        `<thead><tr><td></td>${head}</tr></thead><tbody>${body}</tbody></table>`;
    }).join("");
  }
  tables.forEach(([, , rows], t) => {
    const lines = holder.children[t].tBodies[0].rows;
    rows.forEach(([name, row], i) => {
      const cells = lines[i].cells;
      if (cells[0].textContent !== name) cells[0].textContent = name;
      row.forEach((value, j) => {
        const shown = plainNumber(value);
        if (cells[j + 1].textContent !== shown) cells[j + 1].textContent = shown;
      });
    });
  });
}

// [key, caption, array of any depth] -> [key, caption, [[row name, numbers], ...]], as Python's table().
export function flatten([key, caption, values]) {
  if (!Array.isArray(values)) return [key, caption, [[key, [values]]]];
  if (!Array.isArray(values[0])) return [key, caption, [[key, values]]];
  const rows = [];
  const walk = (part, index) => {
    if (Array.isArray(part[0])) part.forEach((inner, i) => walk(inner, [...index, i]));
    else rows.push([index.join(","), part]);
  };
  walk(values, []);
  return [key, caption, rows];
}

export function pythonCall(name, state) {
  const chosen = Object.entries(state).map(([k, v]) => `, ${k}=${JSON.stringify(v)}`).join("");
  return `figure("${name}"${chosen})`;
}
