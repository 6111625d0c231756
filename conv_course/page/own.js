// Questions on a reader's own code, once it has full marks. Python makes them from runs of that code; they are answered
// here. The first answers to a text are the ones that count, apart from the points.

import { element } from "./question.js";
import { read } from "./store.js";

const LETTERS = "abcd";
const spoken = (text) => globalThis.courseSay?.(text) ?? text;
const score = ({ right, of }) => `${right} of ${of} on your own code, counted apart from the points.`;

export class Own {
  constructor(question) {
    this.question = question;
    this.box = element("div", { className: "course-own" });
    question.result.after(this.box);
  }

  get kept() {
    return read(this.question.answer.name);
  }

  // the button, and what the first answers got; nothing as long as the answer is not right
  show() {
    const kept = this.kept;
    if (!kept?.own || kept.verdict?.state !== "done") return this.box.replaceChildren();
    const button = element("button", { type: "button" }, "Three questions on your code");
    button.addEventListener("click", () => this.ask());
    this.box.replaceChildren(button);
    if (kept.own.of) this.box.append(element("p", {}, score(kept.own)));
  }

  ask() {
    return this.question.run("own", {}, (said) => {
      this.question.answer.judged(said);
      if (said.own) return this.place(said.own);
      this.question.show(said); // the text is not the one that was right
      this.show();
    });
  }

  place({ lines, asked, missing, html }) {
    const shown = html ? element("div", { innerHTML: html }) : this.form(lines, asked, missing);
    this.box.replaceChildren(shown);
    const first = shown.querySelector(".course-own-title") ?? shown;
    first.tabIndex = -1; // so that who does not see the page is led to what has come
    first.focus();
  }

  form(lines, asked, missing) {
    const form = element("form");
    const sets = asked.map((one, number) => this.set(one, number));
    const status = element("p", { className: "course-own-said" });
    status.setAttribute("role", "status");
    form.append(
      element("p", { className: "course-own-title" }, "Questions on your own code, counted apart from the points"),
      this.question.listing("Your code, with line numbers", "course-own-code", numbered(lines)),
      ...sets,
      ...missing.map((reason) => element("p", {}, reason)),
      element("button", { type: "submit" }, "Answer"),
      status,
    );
    const text = lines.join("\n");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.answered(form, sets, asked, text, status);
    });
    const before = this.kept?.own;
    if (before?.of === asked.length && before.lines === text) {
      for (const [number, letter] of [...before.given].entries()) sets[number].querySelector(`[value=${letter}]`).checked = true;
      this.answered(form, sets, asked, text, status);
    }
    return form;
  }

  set({ text, options }, number) {
    const set = element("fieldset");
    const legend = element("legend", {}, `${number + 1}.`);
    for (const [isCode, line] of text) legend.append(" ", element(isCode ? "code" : "span", {}, line));
    set.append(legend);
    for (const [place, option] of options.entries()) {
      const label = element("label");
      label.append(element("input", { type: "radio", name: String(number), value: LETTERS[place] }), " ", element("code", {}, spoken(option)));
      set.append(label);
    }
    set.append(element("p", { className: "course-own-mark" }));
    return set;
  }

  answered(form, sets, asked, text, status) {
    const chosen = new FormData(form);
    const given = asked.map((_, number) => chosen.get(String(number)) ?? "");
    const open = given.indexOf("");
    if (open >= 0) {
      status.textContent = "Choose an answer to each question first: a guess will do.";
      sets[open].querySelector("input").focus();
      return;
    }
    for (const [number, set] of sets.entries()) {
      const right = LETTERS[asked[number].right] === given[number];
      set.dataset.right = right ? "yes" : "no";
      set.lastChild.textContent = right ? "✓ Right." : "✗ Not this one. Run your code and see.";
    }
    const own = this.first(text, given.join(""), asked);
    const again = own.given === given.join("") ? "" : " The answers that you gave first are the ones that count.";
    status.textContent = score(own) + spoken(again);
  }

  // the first answers to this text, which are kept
  first(lines, given, asked) {
    const kept = this.kept ?? {};
    if (kept.own?.of === asked.length && kept.own.lines === lines) return kept.own;
    const right = asked.filter((one, number) => LETTERS[one.right] === given[number]).length;
    const own = { lines, given, right, of: asked.length };
    this.question.answer.store({ ...kept, own });
    return own;
  }
}

function numbered(lines) {
  return lines.map((line, number) => `${String(number + 1).padStart(3)}  ${line}`).join("\n");
}
