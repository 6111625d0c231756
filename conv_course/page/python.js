// The page's one Python: starts when it is asked for, says how far it is, answers one request after another.

import { read, write } from "./store.js";

const site = new URL("../../../", import.meta.url);
const lite = new URL("lite/", site).href;
const GUESS = 9; // seconds that a start takes, as long as this browser has not measured one
const AGAIN = 2000; // ms between two looks whether a local server has made the files ready
const TOOK = "start";

export class Stopped extends Error {}

class Python {
  state = "off"; // off, waiting (for files that are being made), starting, ready, busy, failed
  listeners = new Set();
  waiting = []; // requests, the first of which may be running

  say(state, text = "") {
    Object.assign(this, { state, text });
    this.listeners.forEach((hear) => hear(state, text));
  }

  listen(hear) {
    this.listeners.add(hear);
    hear(this.state, this.text);
  }

  // the files that this site has, or null: what the page may say about them comes with it
  async files() {
    const answer = await fetch(new URL("_static/python.json", site), { cache: "no-cache" });
    if (!answer.ok) throw new Error(`the site answers ${answer.status}`);
    return answer.json();
  }

  async start() {
    if (!["off", "failed"].includes(this.state)) return;
    this.say("starting", "Python starts");
    try {
      for (;;) {
        const files = await this.files();
        if (files.ready) break;
        if (!files.doing) throw new Error(files.why ?? "this copy of the book came without Python in the browser");
        this.say("waiting", files.doing);
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
      this.open();
    } catch (error) {
      this.fail(error.message);
    }
  }

  open() {
    this.since = performance.now();
    this.worker = new Worker(new URL("./worker.js", import.meta.url));
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => this.fail(event.message || "a file could not be loaded");
    this.worker.postMessage({ kind: "start", lite, book: site.href });
    const expected = read(TOOK) ?? GUESS;
    const tick = () => {
      const seconds = Math.floor((performance.now() - this.since) / 1000);
      this.say("starting", `Python starts: ${seconds} of ${Math.max(expected, seconds + 1)} s`);
    };
    tick();
    this.ticking = setInterval(tick, 1000);
  }

  hear({ kind, id, value, text }) {
    if (kind === "ready") {
      clearInterval(this.ticking);
      write(TOOK, Math.ceil((performance.now() - this.since) / 1000));
      this.say("ready", "Python is ready");
      this.next();
      return;
    }
    if (kind === "dead" && !this.waiting.length) return this.fail(text);
    const request = this.waiting.shift();
    if (kind === "answer") request.resolve(value);
    else request.reject(new Error(text));
    if (kind === "dead") return this.renew();
    this.say("ready", "");
    this.next();
  }

  fail(why) {
    this.close();
    this.say("failed", `Python could not start: ${why}.`);
    this.refuse(new Error(this.text));
  }

  refuse(error) {
    this.waiting.splice(0).forEach(({ reject }) => reject(error));
  }

  next() {
    if (this.state !== "ready" || !this.waiting.length) return;
    const { call, request } = this.waiting[0];
    this.say("busy", "");
    this.worker.postMessage({ kind: "run", id: 0, call, request });
  }

  // what `conv_course.page.run` has to say: `call` is one of its functions
  ask(call, request) {
    const answer = new Promise((resolve, reject) => this.waiting.push({ call, request, resolve, reject }));
    if (["off", "failed"].includes(this.state)) this.start();
    this.next();
    return answer;
  }

  close() {
    clearInterval(this.ticking);
    this.worker?.terminate();
    this.worker = null;
  }

  renew() {
    this.close();
    this.open();
  }

  // ends what runs, at once, and starts the next Python
  stop() {
    this.refuse(new Stopped("stopped"));
    this.renew();
  }
}

export const python = new Python();
