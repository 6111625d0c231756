// What gives an answer away is covered, and is seen when all who ask for it are answered, or the reader wants it.
(() => {
  const place = `${new URL("../../../", document.currentScript.src).pathname}question `;
  const asking = [...document.querySelectorAll("[data-covers]")];

  function answered({ dataset: { committed, exercise, question } }) {
    if (!question) return committed !== undefined;
    try {
      return JSON.parse(localStorage.getItem(`${place}${exercise}/${question}`)).verdict.state === "done";
    } catch {
      return false; // nothing is kept of it
    }
  }

  function cover(id) {
    const mine = asking.filter((one) => one.dataset.covers.split(" ").includes(id));
    const covered = document.getElementById(id);
    const cover = Object.assign(document.createElement("div"), { className: "course-cover" });
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Show it now" });
    cover.append("This gives the answer away: try first. ", button);
    const open = () => {
      cover.remove();
      covered.classList.remove("course-covered");
    };
    const look = () => (mine.every(answered) || location.hash === `#${id}`) && open(); // a link to it shows it
    button.addEventListener("click", () => {
      open();
      Object.assign(covered, { tabIndex: -1 }).focus();
    });
    covered.classList.add("course-covered");
    covered.prepend(cover);
    look();
    for (const event of ["course-committed", "course-kept", "storage", "hashchange"]) window.addEventListener(event, look);
  }

  new Set(asking.flatMap((one) => one.dataset.covers.split(" "))).forEach(cover);
})();
