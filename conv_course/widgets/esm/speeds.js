import { clamp, escapeText, fill, line, pretty, rect, text, wide } from "./parts.js";
import { defineFigure } from "./base.js";

const HIGH = 30, GAP = 14, TOP = 32;

function draw(state, data, width) {
  const name = state.layer, called = data.text.ways, ways = Object.keys(called), speeds = data.speeds[name][state.images];
  const across = clamp(width - 4, 280, 640);
  const left = 10 + Math.max(...ways.map((way) => wide(called[way], "conv-label conv-strong")));
  const room = across - left - 24 - wide("0.00", "conv-label conv-strong"); // of the longest line, before its number
  const most = Math.max(...ways.map((way) => speeds[way][2]));
  const long = (speed) => Math.max(2, (room * speed) / most);
  const bars = ways.flatMap((way, n) => {
    const top = TOP + n * (HIGH + GAP), middle = top + HIGH / 2, [speed, low, high] = speeds[way];
    return [
      text(left - 8, middle + 4, called[way], way === "fast" ? "conv-label conv-end conv-strong" : "conv-label conv-end"),
      `<g class="conv-cell pad${way === "fast" ? " on" : ""}">${rect(left, top, long(speed), HIGH, "conv-box", 'rx="3"')}</g>`,
      low < high ? line(left + long(low), middle, left + long(high), middle, "conv-whisker") : "",
      ...(low < high ? [low, high] : []).map((end) => line(left + long(end), middle - 5, left + long(end), middle + 5, "conv-whisker")),
      text(left + long(high) + 8, middle + 4, pretty(speed), "conv-label conv-start conv-strong"),
    ];
  });
  return {
    width: across,
    height: TOP + ways.length * (HIGH + GAP),
    picture: [text(left, 18, name, "conv-label conv-start conv-strong"), ...bars],
    line: fill(data.text.line, { name, images: state.images, speeds: ways.map((way) => `${called[way]}: ${speeds[way][0]}`).join(", ") }),
    note: escapeText(data.text.note),
    tables: [["speeds", "median, lowest, highest, in this order", ways.map((way) => speeds[way])]],
  };
}

export default defineFigure({ name: "speeds", draw });
