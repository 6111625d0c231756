// All that a page loads of its questions before the reader comes near one.
(() => {
  const boxes = [...document.querySelectorAll(".course-question")];
  if (!boxes.length) return;
  const home = new URL(".", document.currentScript.src);
  const LINGERS = 400; // ms near the window, so that whoever scrolls past loads nothing

  function explain(box) {
    const status = box.querySelector(".course-question-status");
    status.textContent = "A page opened from a folder cannot run Python. In the course's folder, python3 course.py serve opens the book so that you can answer here.";
    box.querySelectorAll("button").forEach((button) => (button.disabled = true));
  }
  if (location.protocol === "file:") {
    boxes.forEach(explain);
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

  for (const box of boxes) {
    near.observe(box);
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
