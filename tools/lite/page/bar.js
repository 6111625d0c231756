// The bar at the foot of JupyterLite's pages: what Python does, when the work was saved, and the way back.

export const element = (tag, attributes, text) => {
  const made = Object.assign(document.createElement(tag), attributes);
  if (text) made.textContent = text;
  return made;
};

export async function until(find) {
  for (;;) {
    const found = find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function button(text, act, attributes) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

export class Bar {
  constructor() {
    this.node = element("div", { className: "course-bar" });
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", "Course");
    this.status = element("p", { className: "course-status" });
    this.status.setAttribute("role", "status");
    this.progress = element("progress", { max: 1, hidden: true });
    this.progress.setAttribute("aria-hidden", "true");
    this.saved = element("p", { className: "course-saved" });
    this.ways = element("div", { className: "course-ways" });
    this.node.append(this.progress, this.status, this.saved, this.ways);
    document.body.append(this.node);
    new ResizeObserver(() => this.makeRoom()).observe(this.node);
  }

  // nothing of the page lies below the bar, however many lines it has
  makeRoom() {
    document.documentElement.style.setProperty("--course-bar", `${this.node.offsetHeight}px`);
    window.dispatchEvent(new Event("resize"));
  }

  say(text) {
    clearInterval(this.ticking);
    this.progress.hidden = true;
    this.status.textContent = text;
  }

  // how far it is shows to the eye alone: a screen reader hears the text once
  sayStarting(text, seconds) {
    this.say(text);
    const since = performance.now();
    const tick = () => {
      this.progress.value = Math.min(0.97, (performance.now() - since) / 1000 / seconds);
    };
    tick();
    this.progress.hidden = false;
    this.ticking = setInterval(tick, 500);
  }

  // `state` is fresh, unsaved, saved or failed; a failure is spoken at once
  saySaved(state, text) {
    if (state === "failed") this.saved.setAttribute("role", "alert");
    else this.saved.removeAttribute("role");
    this.saved.dataset.state = state;
    this.saved.textContent = text;
  }

  // one notice at a time of each kind; returns what takes it away
  notice(kind, text, ...buttons) {
    this.node.querySelector(`[data-notice=${kind}]`)?.remove();
    const made = element("div", { className: "course-news" });
    made.dataset.notice = kind;
    made.setAttribute("role", "alert");
    made.append(element("span", {}, text), ...buttons);
    this.node.prepend(made);
    return () => made.remove();
  }
}
