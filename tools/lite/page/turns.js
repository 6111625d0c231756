// One tab keeps a notebook: a second one that saved it too would write over the first.
//
// Where a browser has no locks (a page over plain http from another machine) every tab may write; the stored
// time then shows that another one did.

const ANSWER = 3000; // ms: a tab that the system has put to sleep does not answer
const RELOADED = 1000; // ms that the page which this one replaces may take to let go
const TAKES = "course-takes-turn"; // in sessionStorage: this tab was told to take its turn

export class Turn {
  // `give` saves before another tab goes on, and says whether that worked; `lost` comes if that tab did not wait
  constructor(path, { give, lost }) {
    Object.assign(this, { name: new URL(`../notebooks/${path}`, import.meta.url).pathname, give, lost });
  }

  // true if this tab may write
  async first() {
    if (!navigator.locks) return true;
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = ({ data }) => this.hear(data);
    const steal = sessionStorage.getItem(TAKES) === this.name;
    sessionStorage.removeItem(TAKES);
    return this.request(steal ? { steal } : { signal: AbortSignal.timeout(RELOADED) });
  }

  request(options) {
    return new Promise((resolve) => {
      const hold = () => {
        this.has = true;
        resolve(true);
        return new Promise((release) => (this.release = release));
      };
      navigator.locks.request(this.name, options, hold).catch(() => {
        if (this.has) this.lost();
        this.has = false;
        resolve(false);
      });
    });
  }

  async hear(said) {
    if (said === "given") this.answered?.();
    if (said !== "my turn, please" || !this.has || !(await this.give())) return;
    this.end();
    this.channel.postMessage("given");
  }

  // the learner wants to go on in this tab: it is loaded again, with what the other one has saved
  async take() {
    const answer = new Promise((resolve) => (this.answered = resolve));
    this.channel.postMessage("my turn, please");
    await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, ANSWER))]);
    sessionStorage.setItem(TAKES, this.name);
    location.reload();
  }

  end() {
    this.has = false;
    this.release?.();
  }
}
