// The search page: sections of the book that hold the words asked for, the best first, each with its hit in sight.
// sections.js holds all of them (see tools/sphinx_search.py), so this works from a folder too.
(function () {
  "use strict";
  const WORD = /[\p{L}\p{N}_]+'*/gu;
  const SHOWN = 30, BEFORE = 70, AFTER = 170;

  // "flipped", "flips" and "flip" are one word, and so are "dilation", "dilated" and "dilate".
  function stem(word) {
    const low = word.toLowerCase();
    if (low.length < 5 || /[_'\d]/.test(low)) return low === "pads" ? "pad" : low;
    const cut = low.replace(/(?:at(?:ed?|es|ings?|ions?)|ions?|ings?|ed|es|e|s)$/, "");
    return cut.length < 3 ? low : cut.replace(/([bdfgmnprt])\1$/, "$1");
  }
  // "same_padding" is found by its parts as well.
  const parts = (word) => (word.includes("_") ? [word, ...word.split("_")] : [word]).filter(Boolean);
  const stems = (text) => (text.match(WORD) ?? []).flatMap(parts).map(stem);

  const SMALL = new Set(["a", "an", "and", "at", "by", "do", "does", "for", "from", "if", "in", "is", "it", "not", "of", "on", "or", "so", "that", "the", "to", "what", "when", "which", "with"]);
  const nameOf = (text) => {
    const all = stems(text), main = all.filter((word) => !SMALL.has(word));
    return main.length ? main : all;
  };

  const { entries, also } = window.courseSections;
  const index = entries.map(([page, anchor, name, title, text]) => ({
    page, anchor, name, title, text, names: nameOf(name), titles: stems(title), words: stems(text),
  }));
  // A section explains, and the earlier one first; a term of the glossary or a function of the reference says it in a line.
  function worth({ page }) {
    if (/^\d/.test(page)) return 1.5 - parseInt(page, 10) / 50;
    if (page === "symbols") return 1.6;
    return ["glossary", "api", "plan"].includes(page) ? 0.6 : 1;
  }

  // How often the words stand one after the other.
  function runs(words, wanted) {
    let count = 0;
    for (let at = words.indexOf(wanted[0]); at >= 0; at = words.indexOf(wanted[0], at + 1)) {
      if (wanted.every((word, k) => words[at + k] === word)) count += 1;
    }
    return count;
  }

  const rare = new Map();
  function rarity(word) {
    if (!rare.has(word)) {
      const holds = index.filter((one) => one.names.includes(word) || one.words.includes(word)).length;
      rare.set(word, Math.log(1 + index.length / (1 + holds)));
    }
    return rare.get(word);
  }

  // 0 if a word is missing; a word in the name counts most, then a phrase, then how much of the text is about it.
  function score(one, wanted) {
    let total = 0;
    for (const word of wanted) {
      const named = one.names.includes(word), titled = one.titles.includes(word);
      const often = one.words.reduce((count, each) => count + (each === word), 0);
      if (!named && !titled && !often) return 0;
      total += rarity(word) * (8 * named / one.names.length ** 0.2 + 2 * titled + often / (often + 2));
    }
    if (wanted.includes(one.names[0])) total += 3;
    if (wanted.length > 1) {
      const often = runs(one.words, wanted);
      total += 12 * (runs(one.names, wanted) > 0) + 16 * often / (often + 1.5);
    }
    return total * worth(one);
  }

  function find(query) {
    const low = query.trim().toLowerCase();
    const ways = [stems(query)];
    if (Object.hasOwn(also, low)) ways.push(stems(also[low]));
    return index
      .map((one) => ways.map((way) => ({ one, way, points: way.length ? score(one, way) : 0 })).reduce((a, b) => (b.points > a.points ? b : a)))
      .filter(({ points }) => points > 0)
      .sort((a, b) => b.points - a.points);
  }

  // The piece of the text with most of the words, and the words in it marked.
  function snippet(text, wanted) {
    const hits = [...text.matchAll(WORD)].filter(([word]) => parts(word).some((part) => wanted.includes(stem(part))));
    const shown = document.createElement("p");
    if (!text) return shown;
    const near = (hit) => {
      const close = hits.filter(({ index: at }) => at >= hit.index && at < hit.index + AFTER - 20);
      return new Set(close.flatMap(([word]) => parts(word).map(stem)).filter((word) => wanted.includes(word))).size * 100 - (close[1] ? Math.min(99, close[1].index - hit.index) : 99);
    };
    const best = hits.reduce((a, b) => (near(b) > near(a) ? b : a), hits[0]);
    const at = best?.index ?? 0;
    const from = at < BEFORE ? 0 : text.indexOf(" ", at - BEFORE) + 1;
    const to = from + BEFORE + AFTER >= text.length ? text.length : text.lastIndexOf(" ", from + BEFORE + AFTER);
    if (from > 0) shown.append("… ");
    let done = from;
    for (const hit of hits.filter(({ index: place }) => place >= from && place < to)) {
      const mark = document.createElement("mark");
      mark.textContent = hit[0];
      shown.append(text.slice(done, hit.index), mark);
      done = hit.index + hit[0].length;
    }
    shown.append(text.slice(done, to), to < text.length ? " …" : "");
    return shown;
  }

  function item({ one, way }) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${one.page}.html${one.anchor ? `#${one.anchor}` : ""}`;
    link.textContent = one.anchor ? one.name : one.title;
    entry.append(link);
    if (one.anchor) {
      const where = document.createElement("span");
      where.className = "course-found-in";
      where.textContent = one.title;
      entry.append(" ", where);
    }
    entry.append(snippet(one.text, way));
    return entry;
  }

  function show(query) {
    const place = document.getElementById("search-results");
    const found = find(query);
    const summary = document.createElement("p");
    summary.className = "search-summary";
    summary.setAttribute("role", "status");
    const more = found.length > SHOWN ? `, here are the first ${SHOWN}` : "";
    const places = found.length === 1 ? "1 place" : `${found.length} places`;
    summary.textContent = found.length
      ? `“${query}” is in ${places}${more}.`
      : `“${query}” did not match anything. Try another word for it, or look it up in the glossary or among the symbols.`;
    const list = document.createElement("ul");
    list.className = "search";
    list.append(...found.slice(0, SHOWN).map(item));
    place.replaceChildren(summary, list);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const query = new URLSearchParams(location.search).get("q") ?? "";
    for (const field of document.querySelectorAll("input[name=q]")) field.value = query;
    if (query.trim()) show(query);
  });
})();
