// All that a page loads of its questions before the reader comes near one, and what shows how far the reader is.
(() => {
  const home = new URL(".", document.currentScript.src);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const boxes = all(".course-question");
  const place = `${new URL("../../../", home).pathname}question `;

  // the kept answers of an exercise
  function kept(exercise) {
    try {
      const mine = Object.keys(localStorage).filter((key) => key.startsWith(`${place}${exercise}/`));
      return mine.map((key) => JSON.parse(localStorage.getItem(key)));
    } catch {
      return [];
    }
  }

  function showProgress() {
    for (const span of all(".course-progress")) {
      const { exercise, of, questions, short } = span.dataset;
      const answers = kept(exercise);
      const points = Math.round(100 * answers.reduce((sum, one) => sum + (one.best ?? 0), 0)) / 100;
      const done = answers.filter((one) => one.verdict?.state === "done").length;
      const hints = answers.reduce((sum, one) => sum + (one.rungs ?? 0), 0);
      const asked = hints ? `, ${hints} hint${hints === 1 ? "" : "s"}` : "";
      const own = answers.map((one) => one.own).filter((one) => one?.of);
      const sum = (name) => own.reduce((all, one) => all + one[name], 0);
      const counted = own.length ? `, ${sum("right")} of ${sum("of")} on your own code` : "";
      const text = `${points} of ${of} points, ${done} of ${questions} questions done${asked}${counted}`;
      span.textContent = !answers.length ? "" : short === undefined ? ` · ${text}` : text;
      span.style.setProperty("--done", Math.min(1, points / of)); // the home page draws it
    }
  }
  showProgress();
  for (const event of ["storage", "course-kept", "course-loaded"]) window.addEventListener(event, showProgress);

  const work = () => import(new URL("work.js", home));
  const tell = (near, text) => (near.parentElement.querySelector("[role=status]").textContent = text);
  const act = (button, run) => button.addEventListener("click", async () => tell(button, await work().then(run, (error) => `That did not work: ${error.message}.`)));
  all("button[data-work=save]").forEach((button) => act(button, ({ save }) => save()));
  all("button[data-work=hand-in]").forEach((button) => act(button, ({ handIn }) => handIn(button.dataset.exercise)));
  for (const input of all("input[data-work=load]")) {
    input.addEventListener("change", async () => {
      if (input.files[0]) tell(input.parentElement, await (await work()).load(input.files[0]));
      input.value = "";
    });
  }

  if (!boxes.length) return;
  const LINGERS = 400; // ms near the window, so that whoever scrolls past loads nothing

  function explain(box) {
    const status = box.querySelector(".course-question-status");
    status.textContent = "A page opened from a folder cannot run Python. In the course's folder, python3 course.py serve opens the book so that you can answer here.";
    box.querySelectorAll("button").forEach((button) => (button.disabled = true));
    box.querySelectorAll(".course-slide").forEach((slide) => (slide.hidden = true));
  }
  if (location.protocol === "file:") {
    boxes.forEach(explain);
    all("[data-work]").forEach((one) => (one.disabled = true));
    return;
  }

  let loading;
  const load = () => (loading ??= import(new URL("question.js", home)).catch((error) => {
    loading = undefined;
    throw error;
  }));

  async function bring(box, touched) {
    try {
      const { open } = await load();
      await open(box, touched);
    } catch (error) {
      box.querySelector(".course-question-status").textContent = `The editor could not be loaded (${error.message}). The notebook of the exercise works without it.`;
    }
  }

  const timers = new Map();
  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(timers.get(target));
      if (!isIntersecting) continue;
      timers.set(target, setTimeout(() => {
        near.unobserve(target);
        bring(target, false);
      }, LINGERS));
    }
  }, { rootMargin: "50% 0px" });

  // a page's first load stays light, also where a question stands on its first screen
  const moves = ["scroll", "pointerdown", "pointermove", "keydown", "touchstart"];
  function begin() {
    for (const move of moves) removeEventListener(move, begin);
    for (const box of boxes) near.observe(box);
  }
  for (const move of moves) addEventListener(move, begin, { passive: true });

  for (const box of boxes) {
    // whoever touches the stub wants to write
    box.querySelector(".course-stub").addEventListener("click", () => bring(box, true), { once: true });
    for (const button of box.querySelectorAll("button")) {
      button.addEventListener("click", async () => {
        if (box.dataset.open) return;
        await bring(box, true);
        if (box.dataset.open) button.click();
      });
    }
  }
})();
