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
      localStorage.setItem(place + name, value);
    } catch {
      // it is asked again at the next visit
    }
  }

  const near = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));

  // what is said of a number
  function ofNumber(form, value) {
    if (near(Number(value), Number(form.dataset.answer))) return "Right.";
    const wrong = [...form.querySelectorAll("[data-wrong]")].find((one) => near(Number(value), Number(one.dataset.wrong)));
    return `${value} is not it. ${wrong?.textContent ?? ""}`.trim();
  }

  function ofChoice(form, value) {
    const chosen = form.querySelector(`input[value="${CSS.escape(value)}"]`);
    if (!chosen) return "";
    return chosen.dataset.right === undefined ? `Not this one. ${chosen.dataset.reason}` : "Right.";
  }

  for (const box of document.querySelectorAll(".course-predict-box")) {
    const form = box.querySelector(".course-predict-form");
    const number = box.dataset.kind === "number";
    const inputs = [...form.querySelectorAll("input")];
    const given = () => (number ? inputs[0].value : inputs.find((one) => one.checked)?.value ?? "");

    const show = (value) => {
      box.dataset.committed = "";
      box.querySelector("[role=status]").textContent = number ? ofNumber(form, value) : ofChoice(form, value);
      [...inputs, form.querySelector("button")].forEach((one) => (one.disabled = true));
      if (number) inputs[0].value = value;
      else inputs.find((one) => one.value === value)?.setAttribute("checked", "");
    };

    form.querySelector("button").addEventListener("click", () => {
      const value = given();
      if (value === "") {
        box.querySelector("[role=status]").textContent = number ? "Write a number first: a guess will do." : "Choose one first: a guess will do.";
        return;
      }
      keep(box.id, value);
      show(value);
      box.querySelector("details").open = true;
    });
    const before = read(box.id);
    if (before !== null) show(before);
  }
})();
