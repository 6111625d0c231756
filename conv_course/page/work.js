// All of a learner's work: saved to one file, loaded from one, and handed in as the exercise's own notebook.

import { answers, read, why, write } from "./store.js";

const KIND = "convolution-layer work";
const NAME = /^\d\d_\w+\/q\d+$/;
const LONGEST = 200_000; // characters of one text

function download(name, text, type) {
  const link = document.createElement("a");
  Object.assign(link, { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const count = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;

export function save() {
  const kept = answers();
  const many = Object.keys(kept).length;
  if (!many) return "There is nothing to save yet: no answer was written in this browser.";
  const day = new Date().toISOString().slice(0, 10);
  download(`convolution-layer-${day}.json`, JSON.stringify({ kind: KIND, answers: kept }, null, 1), "application/json");
  return `Saved ${count(many, "answer")} to a file.`;
}

function known(text) {
  try {
    const file = JSON.parse(text);
    return file.kind === KIND && typeof file.answers === "object" ? Object.entries(file.answers) : null;
  } catch {
    return null;
  }
}

const isText = (value) => typeof value === "string" && value.length <= LONGEST;

// only what an answer has, and of the kinds that it has
function clean({ text, version, time, best, rungs, verdict, own, others }) {
  const made = { text, version: String(version ?? ""), time: Number(time) || 0, best: Number(best) || 0, rungs: Number(rungs) || 0 };
  if (verdict && typeof verdict.state === "string") {
    made.verdict = { state: verdict.state, points: Number(verdict.points) || 0, of: Number(verdict.of) || 0 };
  }
  if (isText(own?.lines) && /^[a-d]{1,3}$/.test(own.given)) {
    made.own = { lines: own.lines, given: own.given, right: Number(own.right) || 0, of: own.given.length };
  }
  made.others = (Array.isArray(others) ? others : []).filter((one) => isText(one?.text)).map((one) => ({ text: one.text, why: String(one.why) }));
  return made;
}

// the later text is the answer, the other one stays beside it
function merged(mine, theirs) {
  const [later, earlier] = theirs.time > mine.time ? [theirs, mine] : [mine, theirs];
  const others = [...(mine.others ?? [])];
  for (const one of [...theirs.others, ...(earlier.text === later.text ? [] : [{ text: earlier.text, why: "file" }])]) {
    if (!others.some((other) => other.text === one.text)) others.push(one);
  }
  const most = (name) => Math.max(mine[name] ?? 0, theirs[name] ?? 0);
  const own = later.own?.of ? later.own : (earlier.own ?? later.own);
  return { ...later, own, best: most("best"), rungs: most("rungs"), others };
}

export async function load(file) {
  const found = known(await file.text());
  const good = found?.filter(([name, one]) => NAME.test(name) && isText(one?.text));
  if (!good?.length) return `${file.name} holds no work of this course, so nothing was changed.`;
  for (const [name, one] of good) {
    const mine = read(name);
    if (!write(name, mine ? merged(mine, clean(one)) : clean(one))) return `Not all could be loaded: ${why()}.`;
  }
  const left = found.length - good.length;
  window.dispatchEvent(new Event("course-loaded"));
  return `Loaded ${count(good.length, "answer")}. What was here and differs is kept beside it.${left ? ` ${count(left, "entry").replace("entrys", "entries")} could not be read.` : ""}`;
}

// the exercise's notebook with the answers in their cells, as the class grader takes it
export async function handIn(exercise) {
  const answer = await fetch(new URL(`../exercises/${exercise}.ipynb`, import.meta.url), { cache: "no-cache" });
  if (!answer.ok) return `The notebook could not be fetched (${answer.status}); nothing was downloaded.`;
  const notebook = await answer.json();
  const filled = fill(notebook, exercise);
  download(`${exercise}.ipynb`, JSON.stringify(notebook, null, 1) + "\n", "application/x-ipynb+json");
  return `Downloaded ${exercise}.ipynb with ${count(filled, "answer")}: this is the file to hand in.`;
}

function fill(notebook, exercise) {
  let filled = 0;
  for (const cell of notebook.cells) {
    const question = /^answer-(q\d+)$/.exec(cell.metadata?.nbgrader?.grade_id ?? "")?.[1];
    const kept = question && read(`${exercise}/${question}`);
    if (!kept) continue;
    cell.source = kept.text.trimEnd();
    filled += 1;
  }
  return filled;
}
