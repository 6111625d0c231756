// Names that the theme's own controls lack (axe-core), and the exercise buttons where JupyterLite is not there.
(function () {
  "use strict";
  const all = (selector, act) => document.querySelectorAll(selector).forEach(act);

  function nameControls() {
    // a visible text must be part of the accessible name
    all(".search-button__button, .search-button, details.hide > summary[aria-label]", (control) => {
      control.removeAttribute("aria-label");
      if (!control.textContent.trim()) control.setAttribute("aria-label", control.dataset.bsTitle || control.title || "Search");
    });
    all(".search-button-field", (field) => field.setAttribute("aria-label", field.innerText.replace(/\s+/g, " ").trim()));
    all(".theme-switch-button", (control) => {
      const name = "Colour mode: " + (control.textContent.trim() || document.documentElement.dataset.mode || "auto");
      if (control.getAttribute("aria-label") !== name) control.setAttribute("aria-label", name);
    });
    all(".sidebar-primary-item > .navbar-brand", (brand) => {
      brand.parentElement.setAttribute("role", "navigation");
      brand.parentElement.setAttribute("aria-label", "Book title");
    });
    // the corner of a table is no header of anything
    all("th", (corner) => {
      if (corner.textContent.trim() || corner.children.length > 1) return;
      corner.replaceWith(document.createElement("td"));
    });
    all(".citation-list > .citation", (citation) => citation.setAttribute("role", "listitem"));
  }

  const ADVICE = ["In the course's own folder, ", "python3 course.py serve", " serves the book with it, and then this button works."];

  // Python's files may not lie beside this copy of the book, or not yet, and it never works from a file: why not, or "".
  // A page that is told why is served by the command already, so it does not advise it.
  async function lacksPython(link) {
    if (location.protocol === "file:") return ["A page opened from a folder cannot run Python.", ADVICE];
    const note = new URL("../../_static/python.json", new URL(link.href).href.replace(/[^/]*\?.*/, ""));
    const { ready, doing, why } = await (await fetch(note, { cache: "no-cache" })).json();
    if (ready) return [""];
    if (doing) return [`Not yet: ${doing}. Try again in a minute.`];
    return why ? [`That cannot work now: ${why}`] : ["This copy of the book came without Python in the browser.", ADVICE];
  }

  function explain(link, why, advice) {
    const card = link.closest(".lesson-card, .course-question");
    card.querySelector(".course-note")?.remove();
    const note = document.createElement("p");
    note.className = "course-note";
    note.setAttribute("role", "status");
    note.append(why);
    if (advice) {
      const command = document.createElement("code");
      command.textContent = advice[1];
      note.append(` ${advice[0]}`, command, advice[2]);
    }
    card.append(note);
  }

  function guardButtons() {
    all("a.course-button[data-notebook]", (link) => {
      link.addEventListener("click", async (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        const [why, advice] = await lacksPython(link).catch((error) => [`That did not work: ${error.message}.`, ADVICE]);
        if (why) explain(link, why, advice);
        else location.assign(link.href);
      });
    });
  }

  // A box that scrolls sideways fades where more of it follows, and is a stop of the Tab key, so that the arrow keys
  // can scroll it. (MathJax makes every formula a stop.)
  const WIDE = "article :is(pre, div.math > mjx-container, .pst-scrollable-table-container)";
  function markWideBoxes(boxes) {
    // all are measured before one changes: else the page is laid out again for each
    const measured = boxes.map((box) => [box, box.scrollWidth - box.clientWidth, box.scrollLeft]);
    for (const [box, beyond, scrolled] of measured) {
      box.classList.toggle("course-more", beyond - scrolled > 1);
      if (box.localName === "mjx-container") continue;
      if (beyond > 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  // On a phone a formula that is too wide is set smaller, down to a size that can still be read. A box in a closed
  // fold has no width, and a phone may be turned: so it is done again when the box's own width changes.
  const SMALLEST = 11; // px
  const fitted = new WeakMap(); // box: its width and MathJax's size of it
  const per = (value) => `${value}%`;
  function fitFormulas(boxes) {
    const changed = boxes.filter((box) => box.localName === "mjx-container" && box.clientWidth && box.clientWidth !== fitted.get(box)?.room);
    for (const box of changed) {
      const size = fitted.get(box)?.size ?? Number.parseFloat(box.style.fontSize || "100");
      fitted.set(box, { size, room: box.clientWidth });
      box.style.fontSize = per(size);
    }
    if (!matchMedia("(max-width: 600px)").matches) return;
    const shares = changed.map((box) => [box, (box.clientWidth - 1) / box.scrollWidth, Number.parseFloat(getComputedStyle(box).fontSize)]);
    for (const [box, share, pixels] of shares) {
      if (share < 1 && share * pixels >= SMALLEST) box.style.fontSize = per(fitted.get(box).size * share);
    }
  }

  // sizes change with the window, when a fold opens, and when a formula's fonts or a picture are there
  const sizes = new ResizeObserver((entries) => {
    const boxes = [...new Set(entries.map(({ target }) => target.closest(WIDE)))].filter(Boolean); // what a box held may be gone from it
    requestAnimationFrame(() => [fitFormulas(boxes), markWideBoxes(boxes)]); // not at once: they change what is observed
  });
  function watchWideBoxes() {
    all(WIDE, (box) => [box, box.firstElementChild].forEach((one) => one && sizes.observe(one)));
  }

  // closing the contents of the book or of the page leaves the focus where it was: on the button that opened them
  function returnFocus() {
    for (const which of ["primary", "secondary"]) {
      document.getElementById(`pst-${which}-sidebar-modal`)?.addEventListener("close", () => {
        setTimeout(() => document.querySelector(`.${which}-toggle`)?.focus());
      });
    }
  }

  // a link that leads into a fold opens it
  function unfold() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = target?.closest?.(".toggle-hidden");
    if (!fold) return;
    fold.scrollTop = 0; // the browser has scrolled what it hides
    fold.querySelector(".admonition-title")?.click();
    target.scrollIntoView();
  }
  addEventListener("load", unfold);
  addEventListener("hashchange", unfold);

  document.addEventListener("DOMContentLoaded", () => {
    nameControls();
    returnFocus();
    guardButtons();
    watchWideBoxes();
    Promise.resolve(window.MathJax?.startup?.promise).then(() => {
      fitFormulas([...document.querySelectorAll("article div.math > mjx-container")]); // before they are painted
      watchWideBoxes();
    });
    document.addEventListener("scroll", ({ target }) => {
      if (target !== document && target.matches(WIDE)) markWideBoxes([target]);
    }, { capture: true, passive: true });
    new MutationObserver(nameControls).observe(document.documentElement, { attributes: true, attributeFilter: ["data-mode"] });
  });
})();
