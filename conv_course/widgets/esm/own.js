// A photograph of the reader's own: chosen or dropped, scaled down on the reader's device, and never sent anywhere.
import { element } from "./form.js";
import { fill } from "./parts.js";

const LONGEST = 120; // pixels of the longer side, as the book's photograph has
const FLATTEST = 3; // a longer strip loses its ends
const FINER = 4; // pixels, each way, whose mean is one pixel
const MOST_BYTES = 60e6, MOST_PIXELS = 120e6; // what a phone decodes without running out of memory
const BRIGHTNESS = [0.299, 0.587, 0.114];

export class Refused extends Error {}

// What is read of a picture so large: {left, top, across, down}, and the {width, height} it becomes.
export function cropped(wide, high) {
  const [across, down] = [Math.min(wide, FLATTEST * high), Math.min(high, FLATTEST * wide)];
  const scale = LONGEST / Math.max(across, down);
  const [width, height] = [across, down].map((side) => Math.round(side * scale));
  return { left: (wide - across) / 2, top: (high - down) / 2, across, down, width, height };
}

// The means of squares of FINER x FINER pixels, as brightness: whole numbers from 0 to 255.
function greysOf({ data, width }, across, down) {
  const greys = new Uint8Array(across * down);
  for (let n = 0; n < greys.length; n++) {
    const [row, column] = [FINER * Math.floor(n / across), FINER * (n % across)];
    let total = 0;
    for (let k = 0; k < FINER * FINER; k++) {
      const at = 4 * ((row + Math.floor(k / FINER)) * width + column + (k % FINER));
      BRIGHTNESS.forEach((weight, c) => { total += weight * data[at + c]; });
    }
    greys[n] = Math.round(total / (FINER * FINER));
  }
  return greys;
}

function scaled(image) {
  const { left, top, across, down, width, height } = cropped(image.naturalWidth, image.naturalHeight);
  const canvas = element("canvas");
  Object.assign(canvas, { width: FINER * width, height: FINER * height });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff"; // behind a picture that is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, left, top, across, down, 0, 0, canvas.width, canvas.height);
  return { greys: greysOf(pen.getImageData(0, 0, canvas.width, canvas.height), width, height), width, height };
}

// The picture in a file, {greys, width, height}, or Refused with the words for the reader.
async function pictureIn(file, words) {
  const refuse = (why, more = {}) => { throw new Refused(fill(words[why], { name: file.name, ...more })); };
  if (file.size > MOST_BYTES) refuse("heavy", { size: Math.round(file.size / 1e6) });
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await new Promise((done, failed) => Object.assign(image, { onload: done, onerror: failed })).catch(() => refuse("unreadable"));
    const pixels = image.naturalWidth * image.naturalHeight;
    if (!pixels) refuse("unreadable");
    if (pixels > MOST_PIXELS) refuse("large", { size: Math.round(pixels / 1e6) });
    await image.decode().catch(() => refuse("unreadable"));
    return scaled(image);
  } finally {
    URL.revokeObjectURL(address);
  }
}

// The button of a figure, its line of words, and its place for dropped files: `take` gets each picture.
export function offerOwn(el, foot, words, take) {
  const button = element("button", { type: "button", name: "own", class: "conv-button" }, words.own);
  const input = element("input", { type: "file", accept: "image/*", hidden: "", "aria-label": words.own });
  const said = element("p", { class: "conv-own", role: "status" });
  foot.append(button, input);
  foot.after(said);
  let latest = 0;

  async function read(file) {
    const mine = ++latest;
    said.textContent = words.reading;
    try {
      const picture = await pictureIn(file, words);
      if (mine !== latest) return; // another was chosen meanwhile
      take(picture);
      said.textContent = fill(words.taken, { height: String(picture.height), width: String(picture.width) });
    } catch (problem) {
      if (mine === latest) said.textContent = problem instanceof Refused ? problem.message : fill(words.unreadable, { name: file.name });
    }
  }

  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files[0]) read(input.files[0]);
    input.value = ""; // the same file may be chosen again
  });
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  el.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    el.classList.add("conv-drop");
  });
  for (const over of ["dragleave", "drop"]) el.addEventListener(over, () => el.classList.remove("conv-drop"));
  el.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    if (event.dataTransfer.files[0]) read(event.dataTransfer.files[0]);
  });
  return { forget: () => { latest++; said.textContent = ""; } };
}
