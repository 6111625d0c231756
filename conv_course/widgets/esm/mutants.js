import { clamp, escapeText, fill, rect, text, wide } from "./parts.js";
import { defineFigure } from "./base.js";

const HIGH = 18, GAP = 10, TOP = 20;

const numbered = (name, n) => `${n + 1} ${name}`;

// A cell of the matrix, by its shape too: a cross is killed, a ring survives, an empty one was not run.
function verdict(x, y, size, survived) {
  const [a, b] = [x + size / 2, y + HIGH / 2], r = Math.min(size, HIGH) / 2 - 3;
  if (survived === undefined) return "";
  return survived ? `<circle class="conv-ring" cx="${a}" cy="${b}" r="${r}"/>`
    : `<path class="conv-cross" d="M${a - r} ${b - r}L${a + r} ${b + r}M${a - r} ${b + r}L${a + r} ${b - r}"/>`;
}

// Where column n stands: the wrong forward passes, a gap, the wrong backward passes.
function placed(data, width) {
  const forward = data.text.names.filter((name) => name.startsWith("forward")).length, count = data.text.names.length;
  const labels = Math.max(...data.tests.map((name, n) => wide(numbered(name, n), "conv-label conv-strong"))), beside = width >= 600;
  const left = beside ? labels + 10 : 1;
  const broad = width - left - 2;
  // on a phone the wrong backward passes stand below the forward ones
  const size = beside ? (broad - GAP) / count : broad / Math.max(forward, count - forward);
  const at = (n, test) => [left + (beside ? n * size + (n < forward ? 0 : GAP) : (n < forward ? n : n - forward) * size),
    TOP + (beside ? test * (HIGH + 5) : test * (2 * HIGH + 27) + (n < forward ? 16 : HIGH + 18))];
  return { beside, left, size, at, forward };
}

function matrix(state, data, place) {
  const { beside, left, size, at, forward } = place, parts = [];
  data.tests.forEach((name, test) => {
    const [, y] = at(0, test), run = test < state.tests;
    parts.push(text(beside ? left - 8 : 1, beside ? y + 13 : y - 8, numbered(name, test), `conv-label ${beside ? "conv-end" : "conv-start"}${run ? " conv-strong" : ""}`));
    data.text.names.forEach((_, n) => {
      const [x, top] = at(n, test), survived = run ? data.survives[n][test] : undefined;
      parts.push(`<g class="conv-verdict${run ? (survived ? " alive" : " killed") : ""}" data-pick="mutant:${n}">` +
        rect(x + 0.5, top + 0.5, size - 1, HIGH - 1, "conv-box") + verdict(x, top, size, survived) + "</g>");
    });
  });
  const [x, y] = at(state.mutant, 0), end = at(state.mutant, data.tests.length - 1)[1] + HIGH;
  if (beside) {
    parts.push(text(at(0, 0)[0], 13, data.text.forward, "conv-label conv-start"), text(at(forward, 0)[0], 13, data.text.backward, "conv-label conv-start"),
      rect(x - 1, y - 2, size + 2, end - y + 4, "conv-frame w"));
  } else {
    data.tests.forEach((_, test) => parts.push(rect(x - 1, at(state.mutant, test)[1] - 1, size + 2, HIGH + 2, "conv-frame w")));
  }
  return [parts, end];
}

function draw(state, data, width) {
  const across = clamp(width - 4, 280, 760), [picture, end] = matrix(state, data, placed(data, across));
  const results = data.survives[state.mutant].slice(0, state.tests);
  const killers = results.flatMap((survived, test) => (survived ? [] : [test + 1]));
  const counts = data.tests.slice(0, state.tests).map((_, test) => data.survives.reduce((sum, row) => sum + row[test], 0));
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
