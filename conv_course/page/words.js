// What scripts show, in another language. The build puts `const table = {said, patterns, parts, items}` before
// this text, made from the catalogue of translations (conv_course/words_script.py). Nothing in a script is marked:
// what is about to be drawn or has just appeared is looked up, as a whole or by the pattern it was made from.
(() => {
  const patterns = table.patterns.map(([from, to]) => [new RegExp(`^(?:${from})$`, "s"), to]);
  const [parts, items] = [new RegExp(table.parts), new RegExp(table.items)];
  const known = new Map(), DEEP = 6;

  // A text by the pattern that it was made from. With `strict` no value may reach from one sentence into the next.
  function made(text, deep, strict) {
    for (const [from, to] of patterns) {
      const values = from.exec(text)?.groups;
      if (!values || (strict && Object.values(values).some((value) => parts.test(value)))) continue;
      const told = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, say(value, deep + 1)]));
      // a value of several words that nobody knows: the text is another one that has the same words in it
      if (Object.keys(told).some((key) => told[key] === values[key] && /[A-Za-z]{2}.* .*[A-Za-z]{2}/s.test(told[key]))) continue;
      return to.replace(/\{(\w+)\}/g, (all, key) => told[`v${key}`] ?? all);
    }
    return text;
  }

  function pieces(text, deep) {
    for (const between of [items, parts]) {
      const found = text.split(between);
      if (found.length > 1) return found.map((one) => say(one, deep + 1)).join("");
    }
    // the stop may have been put behind a sentence
    return /[^.]\.$/.test(text) ? `${say(text.slice(0, -1), deep + 1)}.` : text;
  }

  function look(text, deep) {
    if (Object.hasOwn(table.said, text)) return table.said[text];
    if (deep > DEEP) return text;
    for (const way of [(one) => made(one, deep, true), (one) => pieces(one, deep), (one) => made(one, deep, false)]) {
      const said = way(text);
      if (said !== text) return said;
    }
    return text;
  }

  function say(text, deep = 0) {
    const key = `${deep} ${text}`;
    if (!known.has(key)) known.set(key, look(text, deep));
    return known.get(key);
  }

  // spaces around a text, and the mark that joins it to the next one, are no part of the sentence
  function spoken(text) {
    const [, before, inner, after] = /^(\s*)(.*?)(\s*)$/s.exec(String(text));
    if (!/[A-Za-z]{2}/.test(inner)) return text;
    if (Object.hasOwn(table.said, inner)) return before + table.said[inner] + after;
    const bare = inner.replace(/[:;,]$/, ""), said = say(bare);
    return before + (said === bare ? say(inner) : said + inner.slice(bare.length)) + after;
  }

  globalThis.courseSay = spoken;
  if (typeof document === "undefined") return;

  const WHERE = ".conv-figure, .course-question, .course-predict-box, .course-cover, .course-progress, .course-work, .course-note, "
    + ".search-summary, .theme-switch-button, .search-button, .search-button__button, .sidebar-primary-item";
  const NOT = "code, pre, script, style, textarea, .cm-editor, mjx-container, .math, th[scope=row]";
  const ours = new WeakMap(); // node -> what we have put there

  function words(node) {
    const parent = node.parentElement;
    if (!parent?.closest(WHERE) || parent.closest(NOT) || ours.get(node) === node.data) return;
    const said = spoken(node.data);
    ours.set(node, said);
    if (said !== node.data) node.data = said;
  }

  function attributes(node) {
    for (const name of ["aria-label", "title", "placeholder"]) {
      const old = node.getAttribute(name);
      const said = old && node.closest(WHERE) ? spoken(old) : old;
      if (said !== old) node.setAttribute(name, said);
    }
  }

  function all(root) {
    if (root.nodeType === Node.TEXT_NODE) return words(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return undefined;
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walk.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) words(node);
      else attributes(node);
    }
    return undefined;
  }

  const watch = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(all);
      else if (type === "characterData") words(target);
      else attributes(target);
    }
  });
  const begin = () => {
    all(document.body);
    watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-label", "title", "placeholder"] });
  };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
