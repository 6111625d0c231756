import { clamp, escapeText, fill, pretty, rect, text, wide } from "./parts.js";
import { defineFigure } from "./base.js";

const HIGH = 26, GAP = 12, TOP = 32;

function draw(state, data, width) {
  const name = state.layer, times = data.times[name][state.images], ways = Object.entries(data.ways), called = data.text.ways;
  const across = clamp(width - 4, 280, 640);
  const left = 10 + Math.max(...ways.map(([way]) => wide(called[way])));
  const room = across - left - 12 - wide("000.000 ms", "conv-label conv-start");
  const most = Math.max(...ways.map(([way]) => times[way]));
  const bars = ways.flatMap(([way, role], n) => {
    const top = TOP + n * (HIGH + GAP), long = Math.max(2, (room * times[way]) / most);
    return [
      text(left - 8, top + HIGH / 2 + 4, called[way], "conv-label conv-end"),
      `<g class="conv-cell ${role}">${rect(left, top, long, HIGH, "conv-box", 'rx="3"')}</g>`,
      text(left + long + 8, top + HIGH / 2 + 4, `${pretty(times[way])} ms`, "conv-label conv-start conv-strong"),
    ];
  });
  return {
    width: across,
    height: TOP + ways.length * (HIGH + GAP),
    picture: [text(left, 18, name, "conv-label conv-start conv-strong"), ...bars],
    line: fill(data.text.line, { name, images: state.images, times: ways.map(([way]) => `${called[way]}: ${times[way]} ms`).join(", ") }),
    note: escapeText(data.text.note),
    tables: [["ms", "milliseconds, in this order", ways.map(([way]) => times[way])]],
  };
}

export default defineFigure({ name: "speeds", draw });
