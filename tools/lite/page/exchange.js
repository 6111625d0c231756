// The same work on the book's pages and in the exercise's notebook: what was written there is put into cells that are
// untouched here, and what is written here is kept there, too. Nothing is replaced unasked, and what is replaced
// stays beside.

import { button } from "./bar.js";
import { keepBeside } from "./copies.js";

const BOOK = new URL("../../", import.meta.url);
const PLACE = `${BOOK.pathname}question `;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(PLACE + name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(PLACE + name, JSON.stringify(value));
  } catch {
    // the notebook has it, and the page says itself when it can keep nothing
  }
}

// as tools/sphinx_questions.py computes it
async function versionOf(stub) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(stub));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 6);
}

const questionOf = (metadata) => /^answer-(q\d+)$/.exec(metadata?.nbgrader?.grade_id ?? "")?.[1];
const textOf = (source) => (Array.isArray(source) ? source.join("") : source).trimEnd();

export class Exchange {
  constructor(keeper, bar, stem, fresh) {
    Object.assign(this, { keeper, bar, stem, opened: Date.now(), last: {}, stubs: {}, versions: {}, brought: new Set() });
    for (const { metadata, source } of fresh.cells) {
      const question = questionOf(metadata);
      if (question) this.stubs[question] = textOf(source);
    }
  }

  // [question, cell] of each answer in the notebook
  get cells() {
    const cells = [...this.keeper.model.cells];
    return cells.map((cell) => [questionOf(cell.toJSON().metadata), cell]).filter(([question]) => question in this.stubs);
  }

  async begin() {
    for (const [question, stub] of Object.entries(this.stubs)) this.versions[question] = await versionOf(stub);
    const differ = [];
    for (const [question, cell] of this.cells) {
      const here = textOf(cell.sharedModel.getSource());
      const there = this.there(question);
      this.last[question] = here;
      // written before the exchange began, or in a notebook that came from elsewhere
      if (here !== this.stubs[question] && read(`${this.stem}/${question}`) === null) this.keep(question, here);
      if (there === null || there === here) continue;
      if (here === this.stubs[question]) this.put(question, cell, there);
      else differ.push(question);
    }
    if (differ.length) this.askFor(differ);
    this.keeper.onStored = () => this.bring();
  }

  // what the page has written for this version of the question, or null
  there(question) {
    const kept = read(`${this.stem}/${question}`);
    const text = kept?.version === this.versions[question] ? textOf(kept.text) : null;
    return text === this.stubs[question] ? null : text;
  }

  put(question, cell, text) {
    this.last[question] = text;
    cell.sharedModel.setSource(text);
  }

  askFor(questions) {
    const which = questions.map((name) => name.slice(1)).join(", ");
    const text = `On the book's page you answered ${questions.length === 1 ? "question" : "questions"} ${which} differently. `;
    const take = button("Take the page's answers and keep this notebook beside it", async () => {
      take.disabled = true;
      const { contents, context, model } = this.keeper;
      const name = await keepBeside(contents, context.path, model.toJSON(), "_before_the_page");
      for (const [question, cell] of this.cells) {
        const there = this.there(question);
        if (questions.includes(question) && there !== null) this.put(question, cell, there);
      }
      hide();
      const gone = this.bar.notice("page", `The notebook as it was is kept as ${name}. `, button("OK", () => gone()));
    });
    const hide = this.bar.notice("page", text, take, button("Leave both as they are", () => hide()));
  }

  // after a save: what has changed in this notebook is kept for the page
  bring() {
    for (const [question, cell] of this.cells) {
      const here = textOf(cell.sharedModel.getSource());
      if (here === this.last[question]) continue;
      this.keep(question, here);
      this.last[question] = here;
    }
  }

  keep(question, here) {
    const name = `${this.stem}/${question}`;
    const kept = read(name) ?? {};
    const there = kept.text === undefined ? null : textOf(kept.text);
    const others = (kept.others ?? []).filter((one) => textOf(one.text) !== here);
    const ours = this.brought.has(question) && there === this.last[question];
    const strange = there !== null && !ours && ![here, this.stubs[question]].includes(there);
    if (strange && kept.time > this.opened) {
      // the page has gone on meanwhile: its text stays, this one goes beside it
      write(name, { ...kept, others: [...others.filter((one) => one.why !== "notebook"), { text: here, why: "notebook" }] });
      return;
    }
    if (strange) others.push({ text: kept.text, why: "notebook" });
    this.brought.add(question);
    const version = this.versions[question];
    write(name, { ...kept, text: here, version, verdict: null, time: Date.now(), others });
  }
}

export async function startExchange(keeper, bar, { stem, exercise }, path) {
  if (!exercise || path !== `exercises/${stem}.ipynb`) return;
  const answer = await fetch(`../files/${path}`, { cache: "no-cache" });
  if (!answer.ok) return;
  const fresh = await answer.json();
  const mine = keeper.model.toJSON().metadata.conv_course?.version;
  // an older notebook has other questions; the bar offers the new one
  if (String(mine) !== String(fresh.metadata.conv_course?.version)) return;
  const exchange = new Exchange(keeper, bar, stem, fresh);
  await exchange.begin();
}
