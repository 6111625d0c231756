// The page embed.html?figure=NAME&theme=dark&stride=2 shows one figure in a state.
(() => {
  const { figure: name = "", theme, ...state } = Object.fromEntries(new URLSearchParams(location.search));
  const home = new URL("_static/figures/", location.href);
  if (["dark", "light"].includes(theme)) document.documentElement.dataset.theme = theme;
  if (!convFigures.names.includes(name)) {
    document.querySelector("main").textContent = `There is no figure named "${name}"; there are ${convFigures.names.join(", ")}.`;
    return;
  }
  const script = document.createElement("script");
  script.src = new URL(`${name}.data.js`, home);
  script.onload = () => {
    const { data, state: start } = convFigures.given;
    const given = document.createElement("script");
    given.type = "application/json";
    given.textContent = JSON.stringify(data);
    const el = document.createElement("div");
    el.className = "conv-figure";
    el.dataset.figure = name;
    el.dataset.state = JSON.stringify(start);
    el.append(given);
    document.querySelector("main").replaceChildren(el);
    if (!location.hash && Object.keys(state).length) history.replaceState(null, "", `#fig-${name}?${new URLSearchParams(state)}`);
    convFigures.mountAll();
  };
  document.head.append(script);
})();
