import { clamp, escapeText, fill, rect, t, text, wide } from "./parts.js";
import { defineFigure } from "./base.js";

const HIGH = 20, THUMB = 24, CELL = 24, LEAST = 15, GAP = 24, PITCH = 18, HEAD = 44;

// A test by its number and name and, once it has run, by how many wrong layers survived it.
const numbered = (name, n, count) => `${n + 1} ${name}${count === undefined ? "" : `: ${count}`}`;
const survivors = (data, test) => data.survives.reduce((sum, row) => sum + row[test], 0);
const short = (name) => t(name).replace(/^[^:]+: /, "");  // its block says which pass it is

// A cell of the matrix, by its shape too: a cross is killed, a ring survives, an empty one was not run.
function verdict(x, y, size, high, survived) {
  const [a, b] = [x + size / 2, y + high / 2], r = Math.min(size, high) / 2 - 4;
  if (survived === undefined) return "";
  return survived ? `<circle class="conv-ring" cx="${a}" cy="${b}" r="${r}"/>`
    : `<path class="conv-cross" d="M${a - r} ${b - r}L${a + r} ${b + r}M${a - r} ${b + r}L${a + r} ${b - r}"/>`;
}

// Where the row of layer n stands: the wrong forward passes and beside them the backward ones; a phone has room for one block.
function placed(state, data, width) {
  const { names } = data.text, tests = data.tests.length;
  const forward = names.filter((name) => name.startsWith("forward")).length, most = Math.max(forward, names.length - forward);
  const beside = width >= 600, across = beside ? (width - GAP) / 2 : width, high = beside ? HIGH : THUMB;
  const longest = Math.max(...names.map((name) => wide(short(name), "conv-label conv-strong"))) + 8;
  const label = Math.min(longest, across - tests * LEAST - 2), size = Math.min(CELL, (across - label - 2) / tests);
  const top = Math.ceil(tests / (beside ? 3 : 1)) * PITCH + HEAD;
  const block = (n) => (n < forward ? 0 : 1), chosen = block(state.mutant);
  return {
    beside, across, label, size, high, top, forward, block, chosen, end: top + most * high,
    shown: (n) => beside || block(n) === chosen,
    left: (n) => (beside ? block(n) * (across + GAP) : 0) + 1,
    y: (n) => top + (n - block(n) * forward) * high,
  };
}

// The tests by number and name; the last is the page's answer, and has no name before it has run.
function legend(state, data, { beside }, width) {
  const columns = beside ? 3 : 1, down = Math.ceil(data.tests.length / columns);
  return data.tests.map((name, test) => {
    const run = test < state.tests;
    const label = numbered(run || test < data.tests.length - 1 ? name : t(data.text.unnamed), test, run ? survivors(data, test) : undefined);
    return text(1 + Math.floor(test / down) * (width / columns), 13 + (test % down) * PITCH, label, `conv-label conv-start${run ? " conv-strong" : ""}`);
  });
}

// Above each block what is wrong in it, and the tests' numbers above their columns. On a phone a tap on the other one shows it.
function heads(state, data, place) {
  const { beside, across, label, size, top, forward, left, block, chosen, shown } = place;
  return [[0, data.text.forward], [forward, data.text.backward]].flatMap(([n, way]) => {
    const at = beside ? left(n) : 1 + block(n) * (label / 2), strong = block(n) === chosen;
    const name = `<g data-pick="mutant:${n}">${rect(at, top - 36, beside ? label : label / 2 - 4, THUMB, `conv-tab${strong ? " on" : ""}`, 'rx="3"')}` +
      `${text(at + 6, top - 20, way, `conv-label conv-start${strong ? " conv-strong" : ""}`)}</g>`;
    const numbers = shown(n) ? data.tests.map((_, test) => text(left(n) + label + (test + 0.5) * size, top - 18, test + 1, "conv-index")) : [];
    return [name, ...numbers];
  });
}

// A layer's name, set closer where a reader's own font is too wide.
function named(name, x, y, room, strong) {
  const classes = `conv-label conv-start${strong ? " conv-strong" : ""}`;
  return text(x, y, name, classes, wide(name, classes) > room ? `textLength="${room}" lengthAdjust="spacingAndGlyphs"` : "");
}

function matrix(state, data, width) {
  const place = placed(state, data, width), { label, size, high, shown, left, y } = place;
  const parts = [...legend(state, data, place, width), ...heads(state, data, place)];
  data.text.names.forEach((name, n) => {
    if (!shown(n)) return;
    const cells = data.tests.map((_, test) => {
      const survived = test < state.tests ? data.survives[n][test] : undefined, x = left(n) + label + test * size;
      return `<g class="conv-verdict${survived === undefined ? "" : survived ? " alive" : " killed"}">` +
        rect(x + 0.5, y(n) + 0.5, size - 1, high - 1, "conv-box") + verdict(x, y(n), size, high, survived) + "</g>";
    });
    parts.push(`<g class="conv-layer" data-pick="mutant:${n}"><title>${escapeText(name)}</title>` +
      rect(left(n), y(n), label, high, "conv-tab") + named(short(name), left(n) + 3, y(n) + high / 2 + 4.5, label - 6, n === state.mutant) +
      cells.join("") + "</g>");
  });
  parts.push(rect(left(state.mutant), y(state.mutant) - 1, label + data.tests.length * size + 1, high + 2, "conv-frame w"));
  return [parts, place.end];
}

function draw(state, data, width) {
  const across = clamp(width - 4, 280, 760), [picture, end] = matrix(state, data, across);
  const results = data.survives[state.mutant].slice(0, state.tests);
  const killers = results.flatMap((survived, test) => (survived ? [] : [test + 1]));
  const counts = data.tests.slice(0, state.tests).map((_, test) => survivors(data, test));
  const name = data.text.names[state.mutant];
  const said = data.text[killers.length === 1 ? "killed_by_one" : killers.length ? "killed" : "alive"];
  const told = fill(said, { tests: killers.join(", ") });
  return {
    width: across,
    height: end + 6,
    picture,
    terms: `<span class="conv-edit">${data.edits[state.mutant].map((one) => `<code>${escapeText(one)}</code>`).join("")}</span>`,
    line: fill(counts.length ? data.text.line : data.text.idle, { name, verdict: told, survivors: counts.at(-1) ?? "", all: data.text.names.length }),
    note: escapeText(data.text.note),
    tables: [["survives", "whether this layer survives each test run", results], ["survivors", "survivors of each test run", counts]],
  };
}

export default defineFigure({
  name: "mutants",
  draw,
  limits: (state, data) => ({ tests: [0, data.tests.length] }),
  move: (state, data, across, down) => ({ mutant: clamp(state.mutant + down, 0, data.text.names.length - 1), tests: clamp(state.tests + across, 0, data.tests.length) }),
  play: "tests",
  hint: ["Click a row for its edit; arrow keys: up and down for the wrong layer, right and left to run one more test or one less.",
    "Tap a row for its edit."],
});
