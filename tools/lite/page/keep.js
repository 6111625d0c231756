// Saves the learner's notebook without being asked, and says when.
//
// A save takes several turns of the browser's storage, and a page that is left may not get them. So whoever
// leaves with something unsaved leaves a draft too, which is written before the page is gone.

import { keepBeside } from "./copies.js";
import { dropDraft, essence, writeDraft } from "./opening.js";

const PAUSE = 1000; // ms without a change, after which it is saved
const LONGEST = 5000; // ms that a cell which prints without a pause can put this off

export class Keeper {
  // `stored` is what the storage holds, where the page shows a draft instead
  constructor(contents, panel, bar, { startId, lasting, mine, stored }) {
    Object.assign(this, { contents, panel, bar, startId, lasting, mine, failed: false, queue: Promise.resolve() });
    this.context = panel.context;
    this.model = panel.context.model;
    this.kept = stored ? essence(stored, startId) : this.now;
    this.store = this.context.save.bind(this.context);
    this.context.save = () => this.saveOrThrow();
    this.quieten();
    this.watch();
    if (mine) this.say(lasting ? "fresh" : "failed");
    this.check();
  }

  get now() {
    return essence(this.model.toJSON(), this.startId);
  }

  get unsaved() {
    return this.mine && this.now !== this.kept;
  }

  // JupyterLab answers a failed save and a changed file with a box that takes the whole page; the bar says it
  quieten() {
    const showError = this.context._handleError.bind(this.context);
    this.context._handleError = async (error, title) => (this.storing ? undefined : showError(error, title));
    this.context._raiseConflict = async () => {
      throw Object.assign(new Error("another tab has saved this notebook"), { name: "CourseConflict" });
    };
  }

  watch() {
    this.model.contentChanged.connect(() => this.changed());
    this.panel.sessionContext.statusChanged.connect((_, status) => status === "idle" && this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("beforeunload", (event) => this.mayLeave(event));
  }

  changed() {
    this.checking ??= setTimeout(() => this.check(), PAUSE / 10);
  }

  check() {
    this.checking = undefined;
    if (!this.unsaved) return;
    if (!this.failed) this.say("unsaved");
    this.since ??= performance.now();
    clearTimeout(this.timer);
    const left = this.since + LONGEST - performance.now();
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(PAUSE, left)));
  }

  // one after another; true when all that is on the page is stored
  save() {
    this.queue = this.queue.then(() => this.write());
    return this.queue;
  }

  async write() {
    clearTimeout(this.timer);
    this.since = undefined;
    if (!this.mine) return false;
    const now = this.now;
    if (now === this.kept) {
      this.model.dirty = false;
      return true;
    }
    try {
      this.storing = true;
      if (!this.lasting) throw new Error("nothing lasts here");
      await this.store();
    } catch (error) {
      await this.couldNot(error);
      return false;
    } finally {
      this.storing = false;
    }
    this.kept = now;
    this.failed = false;
    dropDraft(this.context.path);
    this.say("saved");
    this.onStored?.();
    this.check();
    return true;
  }

  // for JupyterLab's own commands and timer, to whom this name says that the learner has been told
  async saveOrThrow() {
    if (await this.save()) return;
    throw Object.assign(new Error("not saved; the bar says why"), { name: "ModalCancelError" });
  }

  async couldNot(error) {
    if (error.name === "CourseConflict") return this.setAside();
    this.failed = true;
    this.say("failed", error);
  }

  say(state, error) {
    const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    const full = /quota|full/i.test(`${error?.name} ${error?.message}`);
    const why = full ? "this browser's storage is full" : "this browser lets the page store nothing";
    const texts = {
      fresh: "What you change is saved by itself.",
      unsaved: "Not saved yet …",
      saved: `Saved ${time}`,
      failed: `Nothing is saved: ${why}. Press Download before you leave.`,
    };
    this.bar.saySaved(state, texts[state]);
  }

  writeDraft() {
    return writeDraft(this.context.path, this.context.contentsModel.last_modified, this.model.toJSON());
  }

  leave() {
    if (!this.unsaved) return;
    this.writeDraft();
    this.save();
  }

  // instead of JupyterLab's own question, which comes whenever a cell has run, saved or not
  mayLeave(event) {
    if (!this.unsaved) return;
    this.save();
    if (this.writeDraft() && !this.failed) return;
    event.preventDefault();
    event.returnValue = true;
  }

  // the stored notebook is another tab's work: what is here goes beside it
  async setAside() {
    this.mine = false;
    try {
      this.onSetAside(await keepBeside(this.contents, this.context.path, this.model.toJSON(), "_other_tab"));
    } catch (error) {
      this.say("failed", error);
    }
  }
}
