import { clamp, colour, escapeText, fill, line, rect, text, toCome } from "./parts.js";
import { defineFigure } from "./base.js";

const LOWEST = -17; // power of ten at the bottom; an error of 0 is drawn there
const LEFT = 62, RIGHT = 26, TOP = 26, BOTTOM = 44;
// neither is a quantity of the layer, so neither has such a colour: full and hollow marks tell them apart
const CURVES = [["central_error", "central"], ["one_error", "one"]];

const power = (error) => Math.max(LOWEST, Math.log10(Number(error)));

function mark([across, down], role, on) {
  const size = on ? 7 : 4;
  return role === "central" ? `<circle class="conv-mark central" cx="${across}" cy="${down}" r="${size}"/>`
    : `<rect class="conv-mark one" x="${across - size}" y="${down - size}" width="${2 * size}" height="${2 * size}"/>`;
}

function draw(state, data, width) {
  const all = data.facts[state.precision], last = all.length - 1;
  const wide = clamp(width - 4, 280, 640), high = wide < 480 ? 250 : 300;
  const across = (step) => LEFT + ((wide - LEFT - RIGHT) * step) / last;
  const down = (exponent) => TOP + ((high - TOP - BOTTOM) * -exponent) / -LOWEST;
  const points = ([key]) => all.slice(0, state.step + 1).map((one, n) => [across(n), down(power(one[key]))]);
  const picture = [];
  for (let exponent = 0; exponent >= LOWEST; exponent -= 4) {
    picture.push(line(LEFT, down(exponent), wide - RIGHT, down(exponent), "conv-rule-line"),
      text(LEFT - 6, down(exponent) + 4, `1e${exponent}`.replace("-", "−"), "conv-index conv-end"));
  }
  for (let step = 0; step <= last; step += wide < 480 ? 8 : 4) {
    picture.push(text(across(step), high - BOTTOM + 16, all[step].h.replace("-", "−"), "conv-index"));
  }
  picture.push(text(1, 12, data.text.up, "conv-label"), text((LEFT + wide) / 2, high - 6, data.text.across, "conv-label conv-middle"),
    line(across(state.step), TOP, across(state.step), high - BOTTOM, "conv-rule-line on"));
  picture.push(...toCome(across(state.step) + 10, TOP, wide - RIGHT, high - BOTTOM, data.text.drag));
  // the hollow marks below the full ones, so that both are seen where they meet
  for (const curve of [...CURVES].reverse()) {
    picture.push(`<polyline class="conv-curve ${curve[1]}" points="${points(curve).map((place) => place.join(",")).join(" ")}"/>`);
    points(curve).forEach((place, n) => picture.push(mark(place, curve[1], n === state.step)));
  }
  const half = (wide - LEFT - RIGHT) / last / 2;
  for (let step = 0; step <= last; step++) {
    picture.push(rect(across(step) - half, TOP, 2 * half, high - TOP - BOTTOM, "conv-catch", `data-pick="step:${step}"`));
  }
  const now = all[state.step];
  return {
    width: wide,
    height: high,
    picture,
    terms: `<b>h = ${now.h}</b>. Central: ${colour(now.central, "central")}, relative error ${colour(now.central_error, "central")}. ` +
      `One-sided: ${colour(now.one, "one")}, relative error ${colour(now.one_error, "one")}. True: <strong>12</strong>.`,
    line: fill(data.text.line, { ...now, precision: state.precision }),
    note: escapeText(data.text.note),
    tables: [["h", "step h"], ["central_error", "error, central"], ["one_error", "error, one-sided"]]
      .map(([key, caption]) => [key, caption, all.slice(0, state.step + 1).map((one) => one[key])]),
  };
}

export default defineFigure({
  name: "steps",
  draw,
  limits: (state, data) => ({ step: [0, data.facts.float64.length - 1] }),
  move: (state, data, across) => ({ step: clamp(state.step + across, 0, data.facts.float64.length - 1) }),
  play: "step",
  said: (state, data) => ({ step: data.facts[state.precision][state.step].h }),
  legend: [["central", "central difference"], ["one", "one-sided difference"]],
});
