// Every transition of the figures: what moved glides, numbers travel into their sum. Off where the reader asks for calm.
import { text } from "./parts.js";

const GLIDE = { duration: 240, easing: "cubic-bezier(.2, .8, .2, 1)" };
const TRAVEL = 300;

export function wantsCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function gliding(picture) {
  const found = new Map();
  picture.querySelectorAll(".conv-frame, [data-glide]").forEach((node) => {
    const name = node.dataset.glide ?? node.getAttribute("class");
    let key = name;
    for (let n = 2; found.has(key); n++) key = `${name} ${n}`;
    const box = node.matches("rect") ? node : node.querySelector("rect");
    found.set(key, [node, ...["x", "y", "width"].map((side) => Number(box.getAttribute(side)))]);
  });
  return found;
}

// Call it before the picture changes; what it returns, called after, lets the frames and kernels glide to their places.
export function watchPlaces(picture) {
  if (wantsCalm()) return () => {};
  const before = gliding(picture);
  return () => gliding(picture).forEach(([node, x, y, width], key) => {
    const [, fromX, fromY, was] = before.get(key) ?? [];
    if (was !== width || (fromX === x && fromY === y)) return;
    node.animate([{ transform: `translate(${fromX - x}px, ${fromY - y}px)` }, { transform: "none" }], GLIDE);
  });
}

// Numbers that travel: [x, y, what, to x, to y] each.
export function letTravel(svg, travels) {
  svg.querySelector(".conv-travel")?.remove();
  if (!travels?.length || wantsCalm()) return;
  const layer = document.createElementNS("http://www.w3.org/2000/svg", "g");
  layer.setAttribute("class", "conv-travel");
  layer.innerHTML = travels.map(([x, y, what]) => text(x, y, what, "conv-number")).join("");
  svg.append(layer);
  travels.forEach(([x, y, , toX, toY], n) => layer.children[n].animate(
    [{ opacity: 1 }, { opacity: 1, transform: `translate(${toX - x}px, ${toY - y}px)` }], { ...GLIDE, duration: TRAVEL, fill: "both" }));
  setTimeout(() => layer.remove(), TRAVEL);
}
