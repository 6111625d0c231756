// The notebook is light or dark as the book is: before anything is painted, and when a theme is chosen in its menu.

(() => {
  const root = document.documentElement;
  const DARK = "(prefers-color-scheme: dark)";
  const asked = (() => {
    try {
      return localStorage.getItem("mode"); // the book's switch
    } catch {
      return null; // a browser that keeps nothing
    }
  })();
  // JupyterLab follows the system unless its menu says otherwise; where the book's switch was turned, that is the system
  if (["light", "dark"].includes(asked)) {
    const ask = window.matchMedia.bind(window);
    window.matchMedia = (query) => ask(query !== DARK ? query : asked === "dark" ? "all" : "not all");
  }
  root.dataset.theme = window.matchMedia(DARK).matches ? "dark" : "light";

  document.addEventListener("DOMContentLoaded", () => {
    const follow = () => (root.dataset.theme = document.body.dataset.jpThemeLight === "false" ? "dark" : "light");
    new MutationObserver(follow).observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  });
})();
