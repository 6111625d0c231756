// One question: its editor, its buttons, and what Python says of the answer.

import { createEditor } from "../../vendor/codemirror/editor.js";
import { Answer } from "./answer.js";
import { Own } from "./own.js";
import { python, Stopped } from "./python.js";
import { answers } from "./store.js";

const opened = new WeakMap();
const SLOW = 10; // seconds after which a run is worth a word
const MEGABYTES = 14; // what Python is to download

const savesData = () => Boolean(navigator.connection?.saveData);

export function element(tag, attributes = {}, text = "") {
  const made = Object.assign(document.createElement(tag), attributes);
  if (text) made.textContent = text;
  return made;
}

// bring a question to life; whoever touched it writes there
export function open(box, touched) {
  if (!opened.has(box)) opened.set(box, new Question(box));
  if (touched) opened.get(box).touch();
}

class Question {
  constructor(box) {
    Object.assign(this, { box, ...box.dataset });
    const stub = box.querySelector(".course-stub");
    this.stub = stub.querySelector("pre").textContent.trimEnd();
    this.given = [...box.querySelectorAll(".course-given pre")].map((one) => one.textContent);
    this.status = box.querySelector(".course-question-status");
    this.result = box.querySelector(".course-question-result");
    this.buttons = Object.fromEntries([...box.querySelectorAll("button")].map((one) => [one.dataset.act, one]));
    this.answer = new Answer(this, this.stub);
    this.own = new Own(this);
    this.place(stub);
    const slides = box.querySelector(".course-slide");
    slides?.addEventListener("toggle", () => slides.open && this.slide(slides));
    if (slides?.open) this.slide(slides);
    for (const act of ["check", "stop", "reset", "hint"]) {
      this.buttons[act]?.addEventListener("click", () => this[act]());
    }
    python.listen((state, text) => this.hear(state, text));
    this.answer.show();
    this.own.show();
    box.dataset.open = "yes";
    if (savesData() && python.state === "off") this.say(`Check downloads Python first: ${MEGABYTES} MB, once.`);
    else python.start();
  }

  place(stub) {
    const parent = element("div", { className: "course-editor" });
    parent.style.minHeight = `${stub.offsetHeight}px`;
    stub.after(parent);
    this.editor = createEditor({
      parent,
      text: this.answer.text,
      label: `Answer to question ${this.box.dataset.number}. Press Escape, then Tab, to leave the editor.`,
      changed: (text) => this.answer.changed(text),
      check: () => this.check(),
    });
    const focused = stub.contains(document.activeElement);
    stub.hidden = true;
    if (focused) this.editor.focus();  // or the reader's next Tab would begin at the top of the page
  }

  touch() {
    this.editor.focus();
    if (!savesData()) python.start();
  }

  say(text, alert = false) {
    this.status.textContent = text;
    this.status.classList.toggle("course-alert", alert);
  }

  hear(state, text) {
    this.buttons.stop.disabled = !this.running;
    if (state === "failed") {
      if (!this.asked) this.say("");  // the reader has not come to this question yet
      else this.say(`${text} Press Check to try once more, or answer in the exercise's notebook.`, true);
    } else if (["starting", "waiting"].includes(state) || (state === "ready" && text)) this.say(text);
  }

  // what a notebook would have run above this question
  get before() {
    const number = (name) => Number(name.split("q").at(-1));
    const mine = Object.entries(answers()).filter(([name]) => name.startsWith(`${this.exercise}/`));
    const earlier = mine.filter(([name]) => number(name) < number(this.question)).sort((a, b) => number(a[0]) - number(b[0]));
    return [...this.given, ...earlier.map(([, kept]) => kept.text)];
  }

  // the verdicts on the exercise's other questions
  get known() {
    const mine = Object.entries(answers()).filter(([name, kept]) => name.startsWith(`${this.exercise}/`) && kept.verdict);
    return Object.fromEntries(mine.map(([name, { verdict: { state, points } }]) => [name.split("/")[1], { state, points }]));
  }

  get request() {
    const { exercise, question, before, known } = this;
    return { exercise, question, before, known, source: this.editor.text() };
  }

  check() {
    this.answer.keep();
    return this.ask("answer");
  }

  hint() {
    return this.ask("hint");
  }

  ask(call) {
    return this.run(call, {}, (said) => {
      this.show(said);
      this.answer.judged(said);
      this.own.show();
    });
  }

  // run what Python is asked for, once at a time, and show it
  async run(call, more, show) {
    if (this.running) return;
    this.asked = true;
    this.begin();
    try {
      show(await python.ask(call, { ...this.request, ...more }));
    } catch (error) {
      this.explain(error);
    } finally {
      this.end();
    }
  }

  // what is to be done when nothing runs any more
  then(act) {
    this.after = act;
  }

  async slide(box) {
    this.sliders ??= import("./slide.js").then(({ Sliders }) => new Sliders(this, box));
    await this.sliders;
  }

  begin() {
    this.running = true;
    this.buttons.check.setAttribute("aria-disabled", "true");
    this.buttons.stop.disabled = false;
    this.box.setAttribute("aria-busy", "true");
    this.seconds = 0;
    this.ticking = setInterval(() => {
      if (python.state !== "busy") return;
      this.seconds += 1;
      const long = this.seconds >= SLOW ? " Is it a loop without an end? Stop ends it." : "";
      this.say(`Your answer runs: ${this.seconds} s.${long}`);
    }, 1000);
  }

  end() {
    this.running = false;
    clearInterval(this.ticking);
    this.buttons.check.removeAttribute("aria-disabled");
    this.buttons.stop.disabled = true;
    this.box.removeAttribute("aria-busy");
    if (python.state === "ready") this.say("");
    const after = this.after;
    this.after = null;
    after?.();
  }

  explain(error) {
    if (error instanceof Stopped || python.state === "failed") return;
    const text = `Python itself stopped (${error.message}) and was started anew. Does the answer take very much memory, or call itself without an end?`;
    this.result.replaceChildren(element("p", { className: "course-alert" }, text));
  }

  show({ printed, error, card }) {
    const parts = [];
    if (printed) parts.push(this.listing("Printed", "course-printed", printed));
    if (error) parts.push(this.listing("It stopped", "course-error", error));
    if (card) parts.push(element("div", { innerHTML: card.html }));
    this.result.replaceChildren(...parts);
  }

  listing(label, className, text) {
    const box = element("div", { className });
    const shown = element("pre", {}, text);
    shown.tabIndex = 0;
    shown.setAttribute("aria-label", label);
    shown.setAttribute("role", "region");
    box.append(element("p", {}, label), shown);
    return box;
  }

  stop() {
    if (!this.running) return;
    python.stop();
    this.result.replaceChildren(element("p", {}, "Stopped. A new Python starts; your text is untouched."));
  }

  reset() {
    this.answer.reset();
  }
}
