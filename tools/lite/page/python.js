// Starts Python, runs the exercise's first cell in it, and lets the learner's own cells come behind that.

import { until } from "./bar.js";
import { read, write } from "./store.js";

const CANNOT_INTERRUPT = "A cell cannot be interrupted here: Restart Python ends it. Your text stays, names are forgotten.";
const SHUT_DOWN = "Python was shut down. Restart Python starts it again.";

// the kernel counts this cell though it is silent: the learner's first one is number 1
const WARM_UP = "import conv_course.checker.notebook, conv_course.widgets.sliders\nget_ipython().execution_count -= 1";

const TOOK = "seconds that Python took to start";
const USUAL = 30;

// a restart in between makes a reply fail
const answersOk = (reply) =>
  reply.then(
    (message) => message?.content.status === "ok",
    () => false,
  );

function afterStart(outcome, again, exercise) {
  if (outcome === "broken") return "Python is running, but the course's checker did not load: reload this page.";
  if (outcome === "first cell failed") return "Python is ready, but the first cell did not run: it says why.";
  if (again) return "Python has started again: your text is here, names are forgotten. Run your cells from the top.";
  if (!exercise) return "Python is ready. Run the cells from the top: Run, then Run All Cells.";
  return "Python is ready. A cell never ends? Press Restart Python: your text stays, names are forgotten.";
}

export class Python {
  // `origins` tells, once the notebook is there, where it comes from
  constructor(panel, bar, origins) {
    Object.assign(this, { panel, bar, origins, turn: 0 });
    this.session = panel.sessionContext;
    this.close();
    this.held = this.holdCells();
    this.session.statusChanged.connect((_, status) => /restarting$/.test(status) && this.close());
    this.session.kernelChanged.connect((_, { newValue }) => (newValue ? this.begin(newValue) : this.ended()));
    this.session.ready.then(() => !this.turn && this.session.session?.kernel && this.begin(this.session.session.kernel));
  }

  // JupyterLab drops a cell that is run while there is no kernel yet: here it waits for its turn
  async holdCells() {
    const none = () => this.session.kernelDisplayName === this.session.noKernelName;
    Object.defineProperty(this.session, "hasNoKernel", { get: () => !this.closed && none() });
    await this.panel.context.ready;
    const cell = await until(() => this.panel.content.widgets.length && (this.cells[0] ?? "none"));
    if (cell === "none") return;
    const kind = cell.constructor;
    this.execute = kind.execute;
    kind.execute = async (cell, ...rest) => {
      if (this.closed) cell.model.executionState = "running";
      await this.gate;
      return this.execute(cell, ...rest);
    };
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    this.since = performance.now();
    const last = read(TOOK);
    const about = last ? `last time it took ${last} s` : "this takes about half a minute";
    this.bar.sayStarting(`Python is starting: ${about}. You can read and write meanwhile.`, last ?? USUAL);
    document.body.dataset.coursePython = "starting";
    this.gate = new Promise((resolve) => (this.open = resolve)).then(() => (this.closed = false));
  }

  get cells() {
    return this.panel.content.widgets.filter((cell) => cell.model.type === "code");
  }

  async begin(kernel) {
    const turn = (this.turn += 1);
    this.close();
    kernel.interrupt = async () => this.bar.say(CANNOT_INTERRUPT);
    const { startId, exercise } = await this.origins;
    await this.held;
    if (turn !== this.turn) return;
    // a number says that this Python has run the cell
    for (const cell of this.cells) cell.model.executionCount = null;
    const warm = kernel.requestExecute({ code: WARM_UP, silent: true, store_history: false }).done;
    const first = this.runFirst(startId);
    this.open();
    const outcome = (await answersOk(warm)) ? await first : "broken";
    if (turn !== this.turn) return;
    write(TOOK, Math.round((performance.now() - this.since) / 1000));
    this.bar.say(afterStart(outcome, turn > 1, exercise));
    document.body.dataset.coursePython = outcome === "broken" ? "broken" : "ready";
  }

  // through JupyterLab's own way, so that the learner sees it run
  async runFirst(startId) {
    const cell = this.cells.find((one) => one.model.id === startId);
    if (!cell) return "ready";
    return (await answersOk(this.execute(cell, this.session, {}))) ? "ready" : "first cell failed";
  }

  // there is none before the first, either
  ended() {
    if (this.turn && !this.closed) this.bar.say(SHUT_DOWN);
  }

  restart() {
    return this.session.session?.kernel ? this.session.restartKernel() : this.session.startKernel();
  }
}
