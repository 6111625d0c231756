// A figure taken elsewhere: its drawing as SVG or PNG with caption and licence, and the words that embed it.
import { element } from "./form.js";
import { escapeText, wrapped } from "./parts.js";

const LICENCE = "From the course The convolution layer. CC BY 4.0, https://creativecommons.org/licenses/by/4.0/";
const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size", "font-weight",
  "font-variant-numeric", "text-anchor", "dominant-baseline", "paint-order"];
const LINE = 18, EDGE = 12;

// The drawing as the text of a file that needs nothing else: every element has its own style.
export function drawingOf(svg, caption) {
  const copy = svg.cloneNode(true);
  copy.querySelectorAll(".conv-travel").forEach((one) => one.remove());
  const kept = [...svg.querySelectorAll("*")].filter((one) => !one.closest(".conv-travel"));
  copy.querySelectorAll("*").forEach((one, n) => {
    const style = getComputedStyle(kept[n]);
    one.setAttribute("style", LOOK.map((name) => `${name}: ${style.getPropertyValue(name).replaceAll('"', "'")}`).join("; "));
    ["data-pick", "data-edit", "data-glide", "class"].forEach((name) => one.removeAttribute(name));
  });
  const { x, y, width, height } = svg.viewBox.baseVal;
  const across = Math.max(width, 420);
  const lines = [...wrapped(caption, across), ...wrapped(LICENCE, across)];
  const [left, top, whole, high] = [x - EDGE, y - EDGE, across + 2 * EDGE, height + 2 * EDGE + 8 + LINE * lines.length];
  const { color, backgroundColor } = getComputedStyle(svg.closest(".conv-figure"));
  const words = lines.map((one, n) => `<text x="${x}" y="${y + height + 8 + LINE * (n + 1)}" fill="${color}" ` +
    `font-family="system-ui, sans-serif" font-size="12.5px">${escapeText(one)}</text>`).join("");
  const size = `viewBox="${left} ${top} ${whole} ${high}" width="${whole}" height="${high}"`;
  const back = `<rect x="${left}" y="${top}" width="${whole}" height="${high}" fill="${backgroundColor}"/>`;
  const inside = [...copy.childNodes].map((one) => new XMLSerializer().serializeToString(one)).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><title>${escapeText(caption)}</title>${back}${inside}${words}</svg>`;
}

function offerFile(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function asPicture(text, scale) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = element("canvas", { width: Math.ceil(image.width * scale), height: Math.ceil(image.height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

// The buttons; `words` gives [caption, name of the file], `give` shows a text to copy, `address` that of the embedded figure.
// A figure whose picture is not all in its svg gives none, and has no files.
export function makeShare(svg, el, words, give, address) {
  const button = (name, label, act) => {
    const made = element("button", { type: "button", name, class: "conv-button" }, label);
    made.addEventListener("click", act);
    return made;
  };
  const blob = (text) => new Blob([text], { type: "image/svg+xml" });
  const buttons = svg ? [
    button("svg", "SVG", () => { const [caption, name] = words(); offerFile(blob(drawingOf(svg, caption)), `${name}.svg`); }),
    button("png", "PNG", async () => { const [caption, name] = words(); offerFile(await asPicture(drawingOf(svg, caption), 2), `${name}.png`); }),
  ] : [];
  if (address) {
    buttons.push(button("embed", "Copy as a frame for slides", () => give(`<iframe src="${escapeText(address())}" title="${escapeText(words()[0])}" ` +
      `width="760" height="${Math.ceil(el.offsetHeight) + 8}" style="border: 0"></iframe>`)));
  }
  return element("details", { class: "conv-share" }, element("summary", {}, "Save or embed"), element("div", { class: "conv-foot" }, ...buttons));
}
