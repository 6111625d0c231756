// The room that a figure keeps free, so that nothing below its drawing or its sums moves with the state.

export const LARGEST_SCALE = 1.5;
export const LONG = "conv-long"; // texts that do not fit into their room in the usual size have a smaller one
const ENOUGH = 420; // the opening drawing is not made larger than its cells ask for to be higher than this

const TRIED = { states: 90, texts: 24 }; // at first; and measured: those with the most lines
const LETTER = 7.2; // pixels, about
const SPARE = 1.25; // texts so much longer than the opening state's still have the usual size
const FRACTION = 3; // pixels that it adds to its line's height

function valuesOf(one) {
  return one.type === "range" ? Array.from({ length: one.high - one.low + 1 }, (_, n) => one.low + n) : one.options.map(([value]) => value);
}

function howMany(lists) {
  return lists.reduce((all, values) => all * values.length, 1);
}

// All states if they are few, and else a bounded number of those at the ends and in the middle of every control.
function firstStates(inputs, start) {
  let lists = inputs.map(valuesOf);
  if (howMany(lists) > TRIED.states) {
    lists = lists.map((values, n) => (inputs[n].type === "range" ? [values[0], values.at(-1), values[Math.floor((values.length - 1) / 2)]] : values));
  }
  const count = howMany(lists);
  let step = Math.max(1, Math.ceil(count / TRIED.states));
  while (step > 1 && (step % 2 === 0 || step % 3 === 0)) step++; // so that every control takes turns
  const states = [start];
  for (let number = 0; number < count; number += step) {
    let rest = number;
    const state = { ...start };
    inputs.forEach(({ name }, n) => {
      state[name] = lists[n][rest % lists[n].length];
      rest = Math.floor(rest / lists[n].length);
    });
    states.push(state);
  }
  return states;
}

// From each of the `best` drawn states upwards: one control after another takes each of its values (or some, of many),
// and the one with the most of `size` stays, until no control has a better one.
function climb(drawn, inputs, look, size, best) {
  const tops = [...drawn].sort((a, b) => size(b) - size(a)).slice(0, best);
  for (let top of tops) {
    for (let from = null; from !== top;) {
      from = top;
      for (const one of inputs) {
        const values = valuesOf(one);
        const stride = Math.max(1, Math.floor(values.length / 12));
        for (let n = 0; n < values.length; n += stride) {
          const tried = look({ ...top.state, [one.name]: values[n] });
          if (size(tried) > size(top)) top = tried;
        }
      }
    }
  }
}

// The greatest heights over a figure's states: of the drawing, and of the text below it, where a text that is much
// longer than that of the opening state has a smaller size. `said` is that text's element.
export function roomFor(controls, start, limits, draw, said, write, width) {
  const inputs = controls.filter((one) => one.type !== "button");
  const known = new Map();
  const look = (asked) => {
    const state = limits(asked);
    const key = JSON.stringify(state);
    if (!known.has(key)) {
      const { width: across, height, terms = "", line = "", note = "" } = draw(state);
      const lines = [...terms.split("<br>"), line, note].map((one) => one.replace(/<[^>]*>/g, "").length);
      const long = lines.reduce((sum, length) => sum + Math.ceil((length * LETTER) / said.clientWidth) + length / 1000, 0);
      known.set(key, { state, view: { terms, line, note }, long, height, across });
    }
    return known.get(key);
  };
  const drawn = firstStates(inputs, start).map(look);
  climb(drawn, inputs, look, (one) => one.height, 1);
  climb(drawn, inputs, look, (one) => one.long, 2);
  const all = [...known.values()];
  // all at once, so that the page is laid out once and not for each text
  const opening = look(start), longest = all.sort((a, b) => b.long - a.long).slice(0, TRIED.texts);
  const probes = [opening, ...longest, ...longest].map(({ view }, n) => {
    const probe = said.cloneNode(true);
    probe.classList.toggle(LONG, n > longest.length);
    probe.removeAttribute("role");
    probe.removeAttribute("aria-live");
    probe.style.cssText = `position: absolute; visibility: hidden; width: ${said.clientWidth}px; min-height: 0`;
    write(probe, view);
    return probe;
  });
  said.after(...probes);
  const [first, ...texts] = probes.map((probe) => probe.offsetHeight);
  for (const probe of probes) probe.remove();
  const usual = Math.max(...texts.slice(0, longest.length)), small = Math.max(...texts.slice(longest.length));
  const grown = Math.min(LARGEST_SCALE, width / opening.across) * opening.height;
  return { drawing: Math.max(...all.map((one) => one.height), Math.min(grown, ENOUGH)),
    text: Math.max(small, Math.min(usual, first * SPARE)) + FRACTION };
}
