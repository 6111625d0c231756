// The room that a figure keeps free, so that nothing below its drawing or its sums moves with the state.

export const LARGEST_SCALE = 1.35;
const ENOUGH = 420; // no drawing is made larger than its cells ask for to be higher than this

// States at the ends and in the middle of every control, a bounded number of them.
export function extremeStates(controls, start, limits, most = 90) {
  const inputs = controls.filter((one) => one.type !== "button");
  const ends = inputs.map((one) => (one.type === "range" ? [one.low, one.high, Math.floor((one.low + one.high) / 2)] : one.options.map(([value]) => value)));
  const count = ends.reduce((all, values) => all * values.length, 1);
  let step = Math.max(1, Math.ceil(count / most));
  while (step > 1 && (step % 2 === 0 || step % 3 === 0)) step++; // so that every control takes turns
  const states = [start];
  for (let number = 0; number < count; number += step) {
    let rest = number;
    const state = { ...start };
    inputs.forEach(({ name }, n) => {
      state[name] = ends[n][rest % ends[n].length];
      rest = Math.floor(rest / ends[n].length);
    });
    states.push(state);
  }
  return states.map((state) => limits(state));
}

// The greatest heights over these states: of the drawing and of the text below it. `said` is that text's element.
export function roomFor(states, draw, said, write, width) {
  const probe = said.cloneNode(true);
  probe.removeAttribute("role");
  probe.removeAttribute("aria-live");
  probe.style.cssText = `position: absolute; visibility: hidden; width: ${said.clientWidth}px; min-height: 0`;
  said.after(probe);
  const room = { drawing: 0, text: 0 };
  for (const state of states) {
    const view = draw(state);
    write(probe, view);
    const grown = Math.min(LARGEST_SCALE, width / view.width) * view.height;
    room.drawing = Math.max(room.drawing, view.height, Math.min(grown, ENOUGH));
    room.text = Math.max(room.text, probe.offsetHeight);
  }
  probe.remove();
  return room;
}
