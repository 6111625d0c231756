// What is wrong with the labels and numbers of a figure's drawing, as a list of words; see test_figure_labels.py.
(() => {
  const pen = document.createElement("canvas").getContext("2d");
  const known = new Map(), curves = new Map();
  const GAP = 6; // two labels on one line that stand closer than this read as one

  function measure(words, style) {
    const font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const key = `${font}|${words}`;
    if (!known.has(key)) {
      pen.font = font;
      known.set(key, pen.measureText(words));
    }
    return known.get(key);
  }

  // The box of a text's letters: as wide as its line, as high as its ink.
  function ink(text) {
    const size = measure(text.firstChild.data, getComputedStyle(text));
    const { x, y, width, height } = text.getBBox();
    const above = size.fontBoundingBoxAscent / (size.fontBoundingBoxAscent + size.fontBoundingBoxDescent);
    const base = y + height * above;
    return { l: x, r: x + width, t: base - size.actualBoundingBoxAscent, b: base + size.actualBoundingBoxDescent };
  }

  function edges(rect) {
    const [x, y, w, h] = ["x", "y", "width", "height"].map((key) => Number(rect.getAttribute(key)));
    return { l: x, r: x + w, t: y, b: y + h };
  }

  const grown = (box, by, up = by) => ({ l: box.l - by, r: box.r + by, t: box.t - up, b: box.b + up });
  const meet = (a, b) => a.l < b.r && b.l < a.r && a.t < b.b && b.t < a.b;
  const within = (a, b) => a.l >= b.l && a.r <= b.r && a.t >= b.t && a.b <= b.b;
  const half = (drawn) => parseFloat(getComputedStyle(drawn).strokeWidth) / 2;
  const behind = (wire, cell) => cell && wire.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_FOLLOWING;

  // Whether a part of a segment lies in a box: clip it at each side in turn.
  function crosses([[x1, y1], [x2, y2]], box) {
    let [from, to] = [0, 1];
    const sides = [[x1 - x2, x1 - box.l], [x2 - x1, box.r - x1], [y1 - y2, y1 - box.t], [y2 - y1, box.b - y1]];
    for (const [step, room] of sides) {
      if (step === 0 && room < 0) return false;
      if (step < 0) from = Math.max(from, room / step);
      if (step > 0) to = Math.min(to, room / step);
    }
    return from <= to;
  }

  // A line is one segment; a curve is as good as its chords of 4 pixels. Most curves are the same in many states.
  function segments(wire) {
    const path = wire.getAttribute("d");
    if (path && curves.has(path)) return curves.get(path);
    const long = wire.getTotalLength(), count = wire.tagName === "line" ? 1 : Math.ceil(long / 4);
    const points = Array.from({ length: count + 1 }, (_, i) => wire.getPointAtLength((long * i) / count));
    const parts = points.slice(1).map((point, i) => [[points[i].x, points[i].y], [point.x, point.y]]);
    if (path) curves.set(path, parts);
    return parts;
  }

  function drawingFaults(svg) {
    const faults = [];
    const { x, y, width, height } = svg.viewBox.baseVal;
    const view = { l: x, r: x + width, t: y, b: y + height };
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim()).map((text) => {
      const cell = text.closest(".conv-cell"), own = cell?.querySelector(".conv-box");
      return { words: text.firstChild.data, cell, own: own && edges(own), box: ink(text) };
    });
    const cells = [...svg.querySelectorAll(".conv-box")].map(edges);
    const frames = [...svg.querySelectorAll(".conv-frame")].map((one) => ({ stroke: half(one), box: edges(one) }));
    const wires = [...svg.querySelectorAll(".conv-wire")].map((wire) =>
      ({ wire, stroke: half(wire), parts: segments(wire) }));

    if (!texts.length) faults.push("no label");
    if (![...cells, ...frames.map(({ box }) => box)].every((box) => within(box, grown(view, 0.5)))) {
      faults.push("a cell is cut");
    }
    texts.forEach(({ words, cell, own, box }, n) => {
      const say = (fault) => faults.push(`${fault}: ${words}`);
      if (!within(box, view)) say("cut");
      if (own && !within(box, grown(own, -1))) say("wider than its cell");
      if (!own && cells.some((other) => meet(box, other))) say("over a cell");
      for (const other of texts.slice(n + 1)) {
        const gap = own || other.own ? 0 : GAP;
        if (meet(grown(box, gap, 0), other.box)) say(`runs into "${other.words}"`);
      }
      for (const { wire, stroke, parts } of wires) {
        if (!behind(wire, cell) && parts.some((part) => crosses(part, grown(box, stroke)))) say("a wire goes through");
      }
      for (const { stroke, box: frame } of frames) {
        if (meet(box, grown(frame, stroke)) && !within(box, grown(frame, -stroke))) say("a frame goes through");
      }
    });
    return faults;
  }

  // An option is cut in a list that leaves less than its arrow's room beside it.
  function listFaults(select) {
    const style = getComputedStyle(select), room = select.clientWidth - 22;
    return [...select.options].filter(({ text }) => measure(text, style).width > room).map(({ text }) => `cut in its list: ${text}`);
  }

  return (el) => [...new Set([...drawingFaults(el.querySelector(".conv-stage svg")),
    ...[...el.querySelectorAll("select")].flatMap(listFaults)])];
})()
