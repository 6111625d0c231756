// The page embed.html?figure=NAME&theme=dark&stride=2 shows one figure in a state.
(() => {
  const { figure: name = "", theme, ...state } = Object.fromEntries(new URLSearchParams(location.search));
  const home = new URL("_static/figures/", location.href);
  if (["dark", "light"].includes(theme)) document.documentElement.dataset.theme = theme;
  if (!convFigures.names.includes(name)) {
    const said = document.createElement("p"), list = document.createElement("ul");
    said.textContent = name ? `There is no figure named "${name}"; there are ` : "One moving figure of the course on the convolution layer, for a frame in slides. There are ";
    for (const one of convFigures.names) {
      const link = document.createElement("a");
      link.href = `?${new URLSearchParams({ figure: one, ...(theme && { theme }) })}`;
      link.textContent = one;
      list.appendChild(document.createElement("li")).append(link);
    }
    document.querySelector("main").replaceChildren(said, list);
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
