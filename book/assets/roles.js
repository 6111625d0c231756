// Every x of a formula or of a checker's card has the colour of x, and so have w, y and the gradients: identity.css says
// which colours these are. MathJax asks for this after it read a formula and before it draws it: no formula names a colour.
// And a formula is broken as a phone needs it only on a phone.
(function () {
  "use strict";
  const ROLES = { x: "x", X: "x", w: "w", y: "y", Y: "y" };
  const GRADIENTS = { x: "dx", X: "dx", w: "dw", W: "dw", y: "dout", Y: "dout" };

  // The letters and signs of a formula from left to right: [text, node].
  function signs(root) {
    const found = [];
    root.walkTree((node) => { if (node.isToken) found.push([node.getText?.() ?? "", node]); });
    return found.filter(([text]) => text && text !== "\u2061" && text !== "\u2062");
  }

  // In k_w or p_w the w is the width, not a weight.
  function isWidth(node) {
    let at = node;
    while (at.parent?.isKind("TeXAtom") || at.parent?.isKind("mrow")) at = at.parent;
    return node.getText() === "w" && at.parent?.isKind("msub") && at.parent.childNodes[1] === at;
  }

  // The index or limit that a letter is in: the d of \sum_d x is none of a gradient dx.
  function scriptOf(node) {
    for (let at = node; at.parent; at = at.parent) {
      if (/^m(sub|sup|under|over)/.test(at.parent.kind) && at.parent.childNodes[0] !== at) return at;
    }
    return null;
  }

  // [role, node] of each letter that has one. In (n, d, h, w) the w is a column, not a weight, and so in the whole formula.
  function rolesOf(letters) {
    const line = letters.map(([text]) => text).join(" ");
    const column = / h , w /.test(` ${line} `);
    const found = [];
    for (let at = 0; at < letters.length; at += 1) {
      const [[text, node], [next, after] = []] = [letters[at], letters[at + 1]];
      if (text === "d" && after?.isKind("mi") && next in GRADIENTS && scriptOf(node) === scriptOf(after)) {
        found.push([GRADIENTS[next], node], [GRADIENTS[next], after]);
        at += 1;
      } else if (node.isKind("mi") && text in ROLES && !(column && text === "w") && !isWidth(node)) {
        found.push([ROLES[text], node]);
      }
    }
    return found;
  }

  // An index of an index is as small as MathJax lets it be: on a phone 0.62 of 18 px are 11 px, which can be read.
  const SMALLEST = "0.62em";

  function colour(formula) {
    formula.root.attributes.getAllGlobals().scriptminsize = SMALLEST; // one object for all formulas
    for (const [role, node] of rolesOf(signs(formula.root))) {
      node.attributes.set("class", `role-${role}`);
    }
  }

  // In a checker's card the names in code have their colours too: "w0*x1" in what an answer adds up.
  const NAMED = /(?<![\w.])(dout|dx|dw|x|w|y)\d*(?!\w)/g;
  const CARDS = ".course-question-result";
  function colourCards() {
    for (const role of ["x", "w", "y", "dout", "dx", "dw"]) CSS.highlights.set(`role-${role}`, new Highlight());
    for (const code of document.querySelectorAll(`${CARDS} :is(code, pre)`)) {
      const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        for (const found of text.data.matchAll(NAMED)) {
          const range = new StaticRange({ startContainer: text, startOffset: found.index, endContainer: text, endOffset: found.index + found[0].length });
          CSS.highlights.get(`role-${found[1]}`).add(range);
        }
      }
    }
  }
  if (window.Highlight) {
    let asked = 0;
    const later = () => { asked ||= requestAnimationFrame(() => { asked = 0; colourCards(); }); };
    const changed = new MutationObserver((changes) => {
      if (changes.some(({ target }) => target.closest?.(CARDS))) later();
    });
    document.addEventListener("DOMContentLoaded", () => {
      const article = document.querySelector("article");
      if (article) changed.observe(article, { childList: true, subtree: true });
    });
  }

  // "\\ % phone" breaks a line where a phone has no room; what aligns and indents the next line goes with it.
  const PHONE_BREAK = /\\\\\s*% phone\s*\n\s*(?:\{\})?&\s*(?:\\qquad|\\quad)?/g;
  const WIDE = window.matchMedia("(min-width: 600px)").matches;

  const settings = (window.MathJax ??= {});
  settings.options ??= {};
  settings.options.renderActions = {
    breaks: [15, (page) => { for (const one of page.math) if (WIDE) one.math = one.math.replace(PHONE_BREAK, " "); }, ""],
    roles: [21, (page) => { for (const formula of page.math) colour(formula); }, colour],
    ...settings.options.renderActions,
  };
})();
