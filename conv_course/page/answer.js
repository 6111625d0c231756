// The text of one answer, kept in the browser with the version of the question that it answers. Nothing that a learner
// wrote is written over: an older version, another tab's text and what a reset takes away stay beside it.

import { element } from "./question.js";
import { listen, read, why, write } from "./store.js";

const PAUSE = 300; // ms without a change, after which the text is kept
const TAB = Math.random().toString(36).slice(2);
const REASONS = {
  version: "written for an earlier version of this question",
  tab: "written in another tab",
  reset: "from before a reset",
  taken: "from before another text was taken",
  file: "from a file, or from before it was loaded",
  notebook: "from the exercise's notebook, or from before its text came here",
};

export class Answer {
  constructor(question, stub) {
    Object.assign(this, { question, stub, name: `${question.exercise}/${question.question}` });
    const kept = read(this.name);
    this.text = this.seen = kept?.text ?? stub;
    if (kept && kept.version !== question.version) this.setBeside(kept);
    listen((name, value) => name === this.name && value && this.hear(value));
    window.addEventListener("pagehide", () => this.keep());
    window.addEventListener("pageshow", ({ persisted }) => {
      const now = persisted && read(this.name);
      if (now) this.hear(now);
    });
    document.addEventListener("visibilitychange", () => document.hidden && this.keep());
  }

  // the question has another stub now, which the old text may not fit
  setBeside(kept) {
    this.text = this.seen = this.stub;
    const others = [...(kept.others ?? []), { text: kept.text, why: "version" }];
    write(this.name, { ...kept, text: this.stub, version: this.question.version, verdict: null, others });
  }

  get untouched() {
    return this.text === this.stub;
  }

  changed(text) {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE);
  }

  keep() {
    clearTimeout(this.timer);
    if (this.text === this.seen) return;
    const kept = read(this.name) ?? {};
    const others = kept.others ?? [];
    if (kept.text !== undefined && kept.text !== this.seen && kept.text !== this.text && kept.text !== this.stub) {
      this.put(others, { text: kept.text, why: "tab", tab: kept.tab });
    }
    this.store({ ...kept, text: this.text, others });
  }

  // one text of each tab, the last one
  put(others, other) {
    const same = others.findIndex((one) => one.text === other.text || (other.tab && one.tab === other.tab));
    if (same >= 0) others.splice(same, 1);
    others.push(other);
  }

  store(kept) {
    const stored = write(this.name, { ...kept, version: this.question.version, tab: TAB, time: Date.now() });
    if (stored) {
      this.seen = kept.text;
      window.dispatchEvent(new Event("course-kept"));
    }
    if (!stored) this.question.say(`Your answer is not kept: ${why()}. Copy it, or hand in, before you leave.`, true);
    this.show();
  }

  // after a check or a hint
  judged({ card, rungs, offers_own: offers }) {
    const kept = read(this.name) ?? { text: this.text };
    const verdict = card?.kind === "card" ? { state: card.state, points: card.points, of: card.of } : kept.verdict;
    if (!verdict && !rungs) return;
    const best = Math.max(kept.best ?? 0, verdict?.points ?? 0);
    const own = kept.own ?? (offers ? {} : undefined);
    this.store({ ...kept, verdict, best, own, rungs: Math.max(kept.rungs ?? 0, rungs) });
  }

  // what another tab has kept is shown here too, unless something else was written here meanwhile
  hear(kept) {
    if (this.text === this.seen && kept.text !== this.text) {
      this.text = this.seen = kept.text;
      this.question.editor.replace(kept.text);
    }
    this.show();
  }

  replaceBy(text, reason) {
    this.keep();
    const kept = read(this.name) ?? {};
    const others = (kept.others ?? []).filter((one) => one.text !== text);
    if (!this.untouched) this.put(others, { text: this.text, why: reason });
    this.text = text;
    this.store({ ...kept, text, others });
    this.question.editor.replace(text);
    this.show();
  }

  reset() {
    if (!this.untouched) this.replaceBy(this.stub, "reset");
    this.question.editor.focus();
  }

  drop(text) {
    const kept = read(this.name);
    this.store({ ...kept, others: kept.others.filter((one) => one.text !== text) });
  }

  // the list of texts beside the answer, if there are any
  show() {
    const others = read(this.name)?.others ?? [];
    const { box } = this.question;
    let list = box.querySelector(".course-beside");
    if (!others.length) return list?.remove();
    if (!list) {
      list = element("details", { className: "course-beside" });
      box.querySelector(".course-own").after(list);
    }
    const many = others.length === 1 ? "1 other text of yours" : `${others.length} other texts of yours`;
    list.replaceChildren(element("summary", {}, many), ...others.map((one) => this.other(one)));
  }

  other({ text, why: reason }) {
    const made = element("div");
    const take = element("button", { type: "button" }, "Put it in the editor");
    take.addEventListener("click", () => this.replaceBy(text, "taken"));
    const drop = element("button", { type: "button" }, "Delete it");
    drop.addEventListener("click", () => this.drop(text));
    made.append(element("p", {}, `Kept: ${REASONS[reason]}`), element("pre", {}, text), take, drop);
    return made;
  }
}
