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
    all(".citation-list > .citation", (citation) => citation.setAttribute("role", "listitem"));
  }

  document.addEventListener("DOMContentLoaded", () => {
    nameControls();
    new MutationObserver(nameControls).observe(document.documentElement, { attributes: true, attributeFilter: ["data-mode"] });
  });
})();
