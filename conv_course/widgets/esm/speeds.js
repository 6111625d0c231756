import { clamp, escapeText, fill, pretty, rect, text, wide } from "./parts.js";
import { defineFigure } from "./base.js";

const HIGH = 26, GAP = 12, TOP = 8;

function draw(state, data, width) {
  const times = data.times[state.layer][state.images], ways = Object.entries(data.ways);
  const across = clamp(width - 4, 280, 640);
  const left = 10 + Math.max(...ways.map(([, [name]]) => wide(name)));
  const room = across - left - 12 - wide("000.000 ms", "conv-label conv-start");
  const most = Math.max(...ways.map(([way]) => times[way]));
  const picture = ways.flatMap(([way, [name, role]], n) => {
    const top = TOP + n * (HIGH + GAP), long = Math.max(2, (room * times[way]) / most);
    return [
      text(left - 8, top + HIGH / 2 + 4, name, "conv-label conv-end"),
      `<g class="conv-cell ${role}">${rect(left, top, long, HIGH, "conv-box", 'rx="3"')}</g>`,
      text(left + long + 8, top + HIGH / 2 + 4, `${pretty(times[way])} ms`, "conv-label conv-start conv-strong"),
    ];
  });
  return {
    width: across,
    height: TOP + ways.length * (HIGH + GAP),
    picture,
    line: fill(data.text.line, { ...state, times: ways.map(([way, [name]]) => `${name} ${times[way]} ms`).join(", ") }),
    note: escapeText(data.text.note),
    tables: [["ms", "milliseconds, in this order", ways.map(([way]) => times[way])]],
  };
}

export default defineFigure({ name: "speeds", draw });
