// The widest empty band between two visible things of a figure: [pixels, what is above, what is below].
(el) => {
  const boxes = [];
  const add = ({ top, bottom, width, height }, what) => { if (width && height) boxes.push({ top, bottom, what }); };
  const all = (parts) => [...el.querySelectorAll(parts)].filter((one) => one.checkVisibility());
  for (const one of all(".conv-stage svg :not(defs, defs *, g), canvas, button, select, input, output, .conv-swatch")) {
    add(one.getBoundingClientRect(), one.name || one.textContent.trim() || one.tagName);
  }
  const walk = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
  for (let one; (one = walk.nextNode());) {
    const holder = one.parentElement;
    if (!one.data.trim() || holder.closest("svg, script, select, .conv-unseen") || !holder.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(one);
    for (const box of range.getClientRects()) add(box, one.data.trim());
  }
  boxes.sort((a, b) => a.top - b.top);
  let [widest, last] = [[0, "", ""], boxes[0]];
  for (const box of boxes) {
    if (box.top - last.bottom > widest[0]) widest = [box.top - last.bottom, last.what, box.what];
    if (box.bottom > last.bottom) last = box;
  }
  return widest;
}
