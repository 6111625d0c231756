// What the course adds to JupyterLite's page: says when Python is ready, hands out the learner's notebook,
// restarts Python, and tells of a newer version of an exercise without touching the learner's copy.
(function () {
  "use strict";
  const SLOW_START = "Python is starting: up to 20 seconds the first time. You can read on meanwhile.";

  // the kernel counts this cell though it is silent: the learner's first one is number 1
  const WARM_UP = "import conv_lib.grading.notebook, conv_lib.widgets.sliders\nget_ipython().execution_count -= 1";

  const element = (tag, attributes, text) => {
    const made = Object.assign(document.createElement(tag), attributes);
    if (text) made.textContent = text;
    return made;
  };

  const until = async (find) => {
    for (;;) {
      const found = find();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  function bar() {
    const made = element("div", { className: "course-bar" });
    made.setAttribute("role", "region");
    made.setAttribute("aria-label", "Course");
    const status = element("p", {}, SLOW_START);
    status.setAttribute("role", "status");
    made.append(status);
    document.body.append(made);
    return { made, status };
  }

  function download(panel) {
    const text = JSON.stringify(panel.context.model.toJSON(), null, 1) + "\n";
    const link = element("a", {
      href: URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" })),
      download: panel.context.path.split("/").pop(),
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function sayStarting(status) {
    status.textContent = SLOW_START;
    document.body.dataset.coursePython = "starting";
  }

  // the kernel calls itself idle long before Python runs: only an answer shows that it does
  async function awaitPython(panel, status) {
    sayStarting(status);
    await panel.sessionContext.ready;
    const kernel = await until(() => panel.sessionContext.session?.kernel);
    const reply = await kernel.requestExecute({ code: WARM_UP, silent: true, store_history: false }).done;
    const works = reply.content.status === "ok";
    status.textContent = works
      ? "Python is ready. A cell that never ends? Press Restart Python: what you wrote stays."
      : "Python is running, but conv_lib did not load: reload this page.";
    document.body.dataset.coursePython = works ? "ready" : "broken";
  }

  async function restart(panel, status) {
    sayStarting(status);
    await panel.sessionContext.session.kernel.restart();
    await awaitPython(panel, status);
  }

  function copyName(path, version) {
    return path.replace(/\.ipynb$/, `_my_work_version_${version || "unknown"}.ipynb`);
  }

  async function freeName(contents, path) {
    const folder = path.split("/").slice(0, -1).join("/");
    const taken = new Set((await contents.get(folder, { content: true })).content.map((item) => item.path));
    let name = path;
    for (let n = 2; taken.has(name); n += 1) name = path.replace(/\.ipynb$/, `_${n}.ipynb`);
    return name;
  }

  async function takeNewVersion(app, panel, fresh) {
    const contents = app.serviceManager.contents;
    const path = panel.context.path;
    const mine = panel.context.model.toJSON();
    const kept = await freeName(contents, copyName(path, mine.metadata.conv_course?.version));
    await contents.save(kept, { type: "notebook", format: "json", content: mine });
    await contents.save(path, { type: "notebook", format: "json", content: fresh });
    sessionStorage.setItem("course-kept", kept);
    panel.context.model.dirty = false; // or the browser asks whether to leave, and "no" would bring the old one back
    location.reload();
  }

  async function tellOfNewVersion(app, panel, parts) {
    const path = panel.context.path;
    const versions = await (await fetch("../course/versions.json", { cache: "no-cache" })).json();
    const mine = panel.context.model.toJSON().metadata.conv_course?.version;
    if (!(path in versions) || String(mine) === versions[path]) return;
    const fresh = await (await fetch("../files/" + path, { cache: "no-cache" })).json();
    const news = element("p", { className: "course-news" }, `A newer version of this notebook is out (${versions[path]}; yours is ${mine || "unknown"}). `);
    const take = element("button", { type: "button" }, "Take the new version and keep mine beside it");
    take.addEventListener("click", () => takeNewVersion(app, panel, fresh));
    news.append(take);
    parts.made.prepend(news);
  }

  // after the page was loaded again with the new version: where the learner's own work is
  function tellWhereWorkIs(parts) {
    const kept = sessionStorage.getItem("course-kept");
    if (!kept) return;
    sessionStorage.removeItem("course-kept");
    parts.made.prepend(element("p", { className: "course-news" }, `This is the new version now. Your work is safe in ${kept}.`));
  }

  function buttons(panel, parts) {
    const save = element("button", { type: "button", className: "course-download" }, "Download my notebook");
    save.addEventListener("click", () => download(panel));
    const again = element("button", { type: "button" }, "Restart Python");
    again.addEventListener("click", () => restart(panel, parts.status));
    const stem = panel.context.path.split("/").pop().replace(/\.ipynb$/, "").replace(/_my_work_version.*$/, "");
    const chapter = element("a", { href: `../../${stem}.html`, className: "course-wide" }, "Back to the chapter");
    parts.made.append(save, again, chapter);
  }

  async function start() {
    const parts = bar();
    const app = await until(() => window.jupyterapp);
    await app.restored;
    const panel = await until(() => {
      const widget = app.shell.currentWidget;
      return widget?.context?.model?.toJSON && widget.sessionContext ? widget : null;
    });
    await panel.context.ready;
    window.dispatchEvent(new Event("resize"));
    buttons(panel, parts);
    tellWhereWorkIs(parts);
    await Promise.all([awaitPython(panel, parts.status), tellOfNewVersion(app, panel, parts)]);
  }

  // JupyterLab takes the arrow keys for itself wherever a cell has the focus; a slider in its output needs them.
  // Lumino lets alone whoever has this attribute.
  function leaveKeysToOutputs() {
    const mark = ({ target }) => {
      if (target.closest?.(".jp-OutputArea-output")) target.setAttribute("data-lm-suppress-shortcuts", "true");
    };
    window.addEventListener("keydown", mark, true);
  }

  leaveKeysToOutputs();
  window.addEventListener("load", start);
})();
