import { clamp, colour, escapeText, fill, line, rect, rounded, t, text } from "./parts.js";
import { defineFigure } from "./base.js";

const TOP = 24, LEFT = 40, RIGHT = 30, BOTTOM = 40;
const LOSSES = [0, 50, 100, 150, 200], TAPS = [-4, -2, 0, 2, 4, 6]; // the ticks, from the lower end of an axis to its upper

// A number as told() in descent.py has it.
function told(value) {
  const words = Math.abs(value) >= 1e5 ? value.toExponential(2).replace("+", "") : String(rounded(value, 2));
  return words.replace("-", "−");
}

// What lies between top and bottom of a line from place to place.
function inside(places, top, bottom) {
  let path = "";
  for (let n = 1; n < places.length; n++) {
    const [[x1, y1], [x2, y2]] = [places[n - 1], places[n]];
    const ends = y1 === y2 ? [y1 < top || y1 > bottom ? 1 : 0, 1] : [(top - y1) / (y2 - y1), (bottom - y1) / (y2 - y1)];
    const from = Math.max(0, Math.min(...ends)), to = Math.min(1, Math.max(...ends));
    const at = (share) => `${(x1 + share * (x2 - x1)).toFixed(1)} ${(y1 + share * (y2 - y1)).toFixed(1)}`;
    if (from < to) path += `M${at(from)}L${at(to)}`;
  }
  return path;
}

// The secret taps: a dashed line for each, and its name behind it.
function secrets({ left, right, down }, secret) {
  return secret.flatMap((tap, k) => [line(left, down(tap), right, down(tap), "conv-guess"),
    `<text class="conv-number conv-small" x="${right + 17}" y="${down(tap)}"><tspan class="conv-letter">w</tspan><tspan class="conv-low" dy="3">${k}</tspan></text>`]);
}

// A panel: its axes, and the curves as far as the step has come.
function panel(box, words, ticks, curves, role, state, last, apart) {
  const { left, right, top, bottom, across, down } = box;
  const parts = [text(left, top - 10, words, "conv-label conv-start")];
  for (const tick of ticks) {
    parts.push(line(left, down(tick), right, down(tick), "conv-rule-line"), text(left - 6, down(tick) + 4, String(tick).replace("-", "−"), "conv-index conv-end"));
  }
  for (let step = 0; step <= last; step += 5) parts.push(text(across(step), bottom + 16, String(step), "conv-index"));
  parts.push(...apart, line(across(state.step), top, across(state.step), bottom, "conv-rule-line on"));
  for (const curve of curves) {
    const places = curve.slice(0, state.step + 1).map((value, n) => [across(n), down(value)]), [x, y] = places.at(-1);
    parts.push(`<path class="conv-curve ${role}" d="${inside(places, top, bottom)}"/>`);
    if (y >= top && y <= bottom) parts.push(`<circle class="conv-mark ${role}" cx="${x}" cy="${y}" r="5"/>`);
  }
  const half = (right - left) / last / 2;
  for (let step = 0; step <= last; step++) parts.push(rect(across(step) - half, top, 2 * half, bottom - top, "conv-catch", `data-pick="step:${step}"`));
  return parts;
}

function boxOf(left, right, top, high, [low, most], last) {
  return { left, right, top, bottom: top + high, across: (step) => left + ((right - left) * step) / last,
    down: (value) => top + high * (1 - (value - low) / (most - low)) };
}

function draw(state, data, width) {
  const losses = data.loss[state.rate - 1], kernels = data.w[state.rate - 1], last = losses.length - 1;
  const wide = clamp(width - 4, 280, 680), beside = wide >= 560, high = beside ? 180 : 130;
  const across = beside ? (wide - 2 * LEFT - RIGHT - 24) / 2 : wide - LEFT - RIGHT;
  const second = beside ? [LEFT + across + 24 + LEFT, TOP] : [LEFT, TOP + high + BOTTOM + 22];
  const ends = (ticks) => [ticks[0], ticks.at(-1)];
  const first = boxOf(LEFT, LEFT + across, TOP, high, ends(LOSSES), last);
  const other = boxOf(second[0], second[0] + across, second[1], high, ends(TAPS), last);
  const steps = ({ left, right, bottom }) => text((left + right) / 2, bottom + 34, `${t(data.text.steps)} →`, "conv-label conv-middle");
  const taps = Object.fromEntries(kernels[state.step].map((tap, k) => [`w${k}`, told(tap)]));
  return {
    width: wide,
    height: other.bottom + BOTTOM,
    picture: [...panel(first, data.text.loss, LOSSES, [losses], "central", state, last, []), steps(first),
      ...panel(other, data.text.taps, TAPS, [0, 1, 2].map((k) => kernels.map((taps) => taps[k])), "w", state, last, secrets(other, data.secret)), steps(other)],
    terms: `${t(data.text.loss)} ${colour(told(losses[state.step]), "central")}, ${Object.entries(taps).map(([name, tap]) => `${colour(`w[${name[1]}]`, "w")} = ${tap}`).join(", ")}`,
    line: fill(data.text.line, { rate: told(state.rate / 100), step: state.step, loss: told(losses[state.step]), ...taps }),
    note: escapeText(data.text.note),
    tables: [["loss", "loss before each step so far", losses.slice(0, state.step + 1)], ["w", "w, the taps", kernels[state.step]]],
  };
}

export default defineFigure({
  name: "descent",
  draw,
  limits: (state, data) => ({ step: [0, data.loss[0].length - 1] }),
  said: (state) => ({ rate: told(state.rate / 100) }),
  move: (state, data, across, down) => ({ step: clamp(state.step + across, 0, data.loss[0].length - 1), rate: clamp(state.rate - down, 1, data.loss.length) }),
  play: "step",
  legend: [["central", "loss"], ["w", "taps"]],
  hint: ["Drag over a curve, or use the arrow keys: left and right for the step, up and down for the rate.", "Draw a finger over a curve for the step."],
});
