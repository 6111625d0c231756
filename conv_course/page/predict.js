// Predictions: the reader commits to an answer, then sees the right one and why another one is wrong.
(() => {
  const place = `${new URL("../../../", document.currentScript.src).pathname}predict `;

  function read(name) {
    try {
      return localStorage.getItem(place + name);
    } catch {
      return null;
    }
  }

  function keep(name, value) {
    try {
      if (value === null) localStorage.removeItem(place + name);
      else localStorage.setItem(place + name, value);
    } catch {
      // it is asked again at the next visit
    }
  }

  const near = (a, b, within) => Math.abs(a - b) <= Math.max(within, 1e-6 * Math.max(1, Math.abs(b)));

  // each kind: what is given, how it is put back, and [what is said of it, which item's reason is shown]
  const kinds = {
    number: (form) => {
      const input = form.querySelector("input");
      return {
        ask: "Write a number first: a guess will do.",
        given: () => input.value,
        put: (value) => (input.value = value),
        said: (value, keys) => {
          const { answer, within } = form.dataset;
          const is = (key, much) => near(Number(value), Number(key), Math.max(within, much));
          if (is(answer, 0)) return ["Right."];
          // a fraction may be rounded
          return [`${value} is not it.`, keys.find((key) => is(key, Number.isInteger(Number(key)) ? 0 : 0.005 * Math.abs(key)))];
        },
      };
    },
    choice: (form) => {
      const inputs = [...form.querySelectorAll("input")];
      const chosen = (value) => inputs.find((one) => one.value === value);
      return {
        ask: "Choose one first: a guess will do.",
        given: () => inputs.find((one) => one.checked)?.value ?? "",
        put: (value) => inputs.forEach((one) => (one.checked = one.value === value)),
        known: (value) => Boolean(chosen(value)),
        said: (value) => (chosen(value).dataset.right === undefined ? ["Not this one.", value] : ["Right."]),
      };
    },
    order: (form) => {
      const list = form.querySelector("ol");
      const items = () => [...list.children];
      const first = items();
      const given = () => items().map((one) => one.dataset.mark).join(" ");
      list.addEventListener("click", ({ target }) => {
        const act = target.closest("button")?.dataset.act;
        const item = target.closest("li");
        if (act === "up") item.previousElementSibling?.before(item);
        if (act === "down") item.nextElementSibling?.after(item);
        if (act) target.closest("button").focus();
      });
      const at = (mark) => first.find((one) => one.dataset.mark === mark);
      return {
        given,
        put: (value) => list.append(...(value ? value.split(" ").map(at) : first)),
        known: (value) => value.split(" ").length === first.length && value.split(" ").every(at),
        said: () => {
          const now = items();
          const wrong = now.findIndex((one, place) => Number(one.dataset.place) !== place);
          if (wrong < 0) return ["Right."];
          const belongs = now.find((one) => Number(one.dataset.place) === wrong);
          const text = belongs.querySelector("span").textContent.trim();
          return [`Not this order. Place ${wrong + 1} belongs to “${text}”.`, belongs.dataset.mark];
        },
      };
    },
  };

  function wake(box) {
    const form = box.querySelector(".course-predict-form");
    const status = box.querySelector("[role=status]");
    const answer = box.querySelector("details");
    const kind = kinds[box.dataset.kind](form);
    const reasons = [...box.querySelectorAll("[data-for]")];
    const hidden = reasons[0]?.parentElement;
    const again = Object.assign(document.createElement("button"), { type: "button", textContent: "Ask me again", hidden: true });
    again.className = "course-predict-again";
    answer.after(again);
    const able = (yes) => form.querySelectorAll("input, button").forEach((one) => (one.disabled = !yes));

    const show = (value) => {
      const [text, key] = kind.said(value, reasons.map((one) => one.dataset.for));
      box.dataset.committed = text === "Right." ? "right" : "wrong";
      status.replaceChildren(text, " ");
      const reason = key && reasons.find((one) => one.dataset.for === key);
      if (reason) status.append(reason);
      able(false);
      again.hidden = false;
      window.dispatchEvent(new Event("course-committed"));
    };

    form.querySelector('[data-act="commit"]').addEventListener("click", () => {
      const value = kind.given();
      if (value === "") {
        status.textContent = kind.ask;
        return;
      }
      keep(box.id, value);
      show(value);
      answer.open = true;
    });
    again.addEventListener("click", () => {
      keep(box.id, null);
      hidden?.append(...reasons);
      delete box.dataset.committed;
      status.replaceChildren();
      answer.open = false;
      again.hidden = true;
      able(true);
      kind.put("");
      form.querySelector("input, button").focus();
    });
    const before = read(box.id);
    if (before === null || (kind.known && !kind.known(before))) return;
    kind.put(before);
    show(before);
  }

  document.querySelectorAll(".course-predict-box").forEach(wake);
})();
