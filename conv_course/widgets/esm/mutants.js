import { clamp, escapeText, fill, rect, t, text, wide } from "./parts.js";
import { defineFigure } from "./base.js";

const HIGH = 18, BAND = HIGH + 5, TOP = 20, THUMB = 24, FIRST = 22;

// A test by its number and name and, once it has run, by how many wrong layers survived it.
const numbered = (name, n, count) => `${n + 1} ${name}${count === undefined ? "" : `: ${count}`}`;
const survivors = (data, test) => data.survives.reduce((sum, row) => sum + row[test], 0);

// A cell of the matrix, by its shape too: a cross is killed, a ring survives, an empty one was not run.
function verdict(x, y, size, high, survived) {
  const [a, b] = [x + size / 2, y + high / 2], r = Math.min(size, high) / 2 - 3;
  if (survived === undefined) return "";
  return survived ? `<circle class="conv-ring" cx="${a}" cy="${b}" r="${r}"/>`
    : `<path class="conv-cross" d="M${a - r} ${b - r}L${a + r} ${b + r}M${a - r} ${b + r}L${a + r} ${b - r}"/>`;
}

// Where column n stands: the wrong forward passes, and below them the wrong backward passes; on a phone so for each test.
function placed(data, width) {
  const forward = data.text.names.filter((name) => name.startsWith("forward")).length, count = data.text.names.length;
  const labels = Math.max(...data.tests.map((name, n) => wide(numbered(name, n, count), "conv-label conv-strong"))), beside = width >= 600;
  const left = beside ? labels + 10 : 1, high = beside ? HIGH : THUMB;
  const size = (width - left - 2) / Math.max(forward, count - forward);
  const at = (n, test) => [left + (n < forward ? n : n - forward) * size,
    TOP + (beside ? test * BAND + (n < forward ? 0 : data.tests.length * BAND + 22) : test * (2 * high + 27) + (n < forward ? FIRST : high + FIRST + 2))];
  return { beside, left, size, high, at, forward };
}

function matrix(state, data, place) {
  const { beside, left, size, high, at, forward } = place, parts = [];
  data.tests.forEach((name, test) => {
    const run = test < state.tests;  // the last test is the page's answer, and has no name before it has run
    const label = numbered(run || test < data.tests.length - 1 ? name : t(data.text.unnamed), test, run ? survivors(data, test) : undefined);
    (beside ? [0, forward] : [0]).forEach((n) => parts.push(text(beside ? left - 8 : 1, at(n, test)[1] + (beside ? 13 : -8), label,
      `conv-label ${beside ? "conv-end" : "conv-start"}${run ? " conv-strong" : ""}`)));
    data.text.names.forEach((_, n) => {
      const [x, top] = at(n, test), survived = run ? data.survives[n][test] : undefined;
      parts.push(`<g class="conv-verdict${run ? (survived ? " alive" : " killed") : ""}" data-pick="mutant:${n}"><title>${escapeText(data.text.names[n])}</title>` +
        rect(x + 0.5, top + 0.5, size - 1, high - 1, "conv-box") + verdict(x, top, size, high, survived) + "</g>");
    });
  });
  const last = data.tests.length - 1, [x, y] = at(state.mutant, 0);
  if (beside) {
    [[0, data.text.forward], [forward, data.text.backward]].forEach(([n, way]) => {
      const chosen = (state.mutant < forward) === (n < forward);  // the band of the chosen column has its name
      parts.push(text(left, at(n, 0)[1] - 7, chosen ? data.text.names[state.mutant] : way, `conv-label conv-start${chosen ? " conv-strong" : ""}`));
    });
    parts.push(rect(x - 1, y - 2, size + 2, last * BAND + high + 4, "conv-frame w"));
  } else {
    parts.push(text(1, 13, data.text.bands, "conv-label conv-start"));
    data.tests.forEach((_, test) => parts.push(rect(x - 1, at(state.mutant, test)[1] - 1, size + 2, high + 2, "conv-frame w")));
  }
  return [parts, at(forward, last)[1] + high];
}

function draw(state, data, width) {
  const across = clamp(width - 4, 280, 760), [picture, end] = matrix(state, data, placed(data, across));
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
  move: (state, data, across, down) => ({ mutant: clamp(state.mutant + across, 0, data.text.names.length - 1), tests: clamp(state.tests + down, 0, data.tests.length) }),
  play: "tests",
  hint: ["Click a column for its edit; arrow keys: left and right for the wrong layer, down and up to run one more test or one less.",
    "Tap a column for its edit."],
});
