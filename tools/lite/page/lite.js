// What the course adds to JupyterLite's pages: a bar that says what Python does and when the work was saved, hands
// out the notebook, leads back, and tells of a newer version of an exercise without touching the learner's copy.

import { Bar, button, element, until } from "./bar.js";
import { doWithoutCheckpoints, keepBeside, notebookPage, refuseTakenNames } from "./copies.js";
import { startExchange } from "./exchange.js";
import { Keeper } from "./keep.js";
import { dropDraft, openDraft, origin } from "./opening.js";
import { Python } from "./python.js";
import { lasts } from "./store.js";
import { Turn } from "./turns.js";

const BOOK = new URL("../../", import.meta.url).href;

function download(panel) {
  const text = JSON.stringify(panel.context.model.toJSON(), null, 1) + "\n";
  const link = element("a", {
    href: URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" })),
    download: panel.context.path.split("/").pop(),
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// the way back waits until the work is stored; if that fails the bar says so, and a second press leaves
function wayBack(keeper, { stem }) {
  const link = element("a", { href: `${BOOK}${stem ?? "index"}.html` }, stem ? "Back to the chapter" : "Back to the book");
  link.addEventListener("click", async (event) => {
    if (!keeper || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (!keeper.mine || (await keeper.save()) || link.dataset.pressed) location.assign(link.href);
    link.dataset.pressed = "once";
  });
  return link;
}

async function takeNewVersion(keeper, fresh) {
  const { path } = keeper.context;
  const mine = keeper.model.toJSON();
  keeper.mine = false;
  const version = mine.metadata.conv_course?.version || "unknown";
  const kept = await keepBeside(keeper.contents, path, mine, `_my_work_version_${version}`);
  await keeper.contents.save(path, { type: "notebook", format: "json", content: fresh });
  dropDraft(path);
  sessionStorage.setItem("course-kept", kept);
  location.reload();
}

async function tellOfNewVersion(keeper, bar) {
  const { path } = keeper.context;
  const versions = await (await fetch("../course/versions.json", { cache: "no-cache" })).json();
  const mine = keeper.model.toJSON().metadata.conv_course?.version;
  if (!(path in versions) || String(mine) === versions[path]) return;
  const fresh = await (await fetch("../files/" + path, { cache: "no-cache" })).json();
  const text = `A newer version of this notebook is out (${versions[path]}; yours is ${mine || "unknown"}). `;
  const take = button("Take the new version and keep mine beside it", () => takeNewVersion(keeper, fresh));
  bar.notice("version", text, take);
}

// after the page was loaded again with the new version: where the learner's own work is
function tellWhereWorkIs(bar) {
  const kept = sessionStorage.getItem("course-kept");
  if (!kept) return;
  sessionStorage.removeItem("course-kept");
  const open = element("a", { href: notebookPage(kept) }, "Open it");
  bar.notice("version", `This is the new version now. Your work is safe in ${kept}. `, open);
}

// where another tab has the turn, the page says so and cannot be written on
function stop(keeper, bar, text, ...buttons) {
  keeper.mine = false;
  document.getElementById("main").inert = true;
  bar.saySaved("fresh", "");
  bar.notice("tab", text, ...buttons);
}

function stopForOther(keeper, bar, turn) {
  const text = "This notebook is open in another tab, and only one tab can save it. ";
  const take = button("Go on in this tab", async () => {
    take.disabled = true;
    await turn.take();
  });
  stop(keeper, bar, text, take);
}

function tellOfCopy(keeper, bar, name) {
  const text = `Another tab has saved this notebook too. What is on this page was kept as ${name}. `;
  const open = element("a", { href: notebookPage(name) }, "Open mine");
  stop(keeper, bar, text, open, button("Show the other one", () => location.reload()));
}

// the tab's turn goes with the notebook's name
function takeTurn(path, bar, keeper) {
  const give = async () => {
    const saved = await (await keeper).save();
    if (saved) stopForOther(await keeper, bar, turn);
    return saved;
  };
  const lost = async () => {
    const { unsaved } = await keeper;
    return unsaved ? (await keeper).setAside() : stopForOther(await keeper, bar, turn);
  };
  const turn = new Turn(path, { give, lost });
  return turn;
}

function refuseTakenName(panel, bar) {
  const rename = panel.context.rename.bind(panel.context);
  panel.context.rename = (name) =>
    rename(name).catch((error) => {
      if (error.response?.status !== 409) throw error;
      const hide = bar.notice("name", `${error.message} Nothing was renamed. `, button("OK", () => hide()));
    });
}

// the notebook application writes a renamed notebook into its address in a form that no host serves
function keepAddress(panel) {
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    if (/\/notebooks\/[^?]*\.ipynb$/.test(String(url))) history.replaceState(state, title, notebookPage(panel.context.path));
    else push(state, title, url);
  };
}

async function startNotebook(app, bar, path) {
  const { contents } = app.serviceManager;
  const home = wayBack(null, {});
  bar.ways.append(home);
  let made;
  const keeping = new Promise((resolve) => (made = resolve));
  let turn = takeTurn(path, bar, keeping);
  const first = turn.first();
  const opening = openDraft(contents, path, first);
  const panel = await until(() => {
    const widget = app.shell.currentWidget;
    return widget?.context?.model?.toJSON && widget.sessionContext ? widget : null;
  });
  const origins = panel.context.ready.then(() => origin(panel.context.model.toJSON(), panel.context.path));
  const python = new Python(panel, bar, origins);
  const from = await origins;
  const mine = await first;
  const { stored, kept } = opening;
  const keeper = new Keeper(contents, panel, bar, { startId: from.startId, lasting: await lasts(), mine, stored });
  keeper.onSetAside = (name) => tellOfCopy(keeper, bar, name);
  made(keeper);
  if (!mine) stopForOther(keeper, bar, turn);
  if (kept) bar.notice("draft", `What you wrote last time was kept as ${kept}. `, element("a", { href: notebookPage(kept) }, "Open it"));
  panel.context.pathChanged.connect((_, renamed) => {
    turn.end();
    turn = takeTurn(renamed, bar, keeping);
    turn.first();
  });
  refuseTakenNames(contents, async (renamed) => renamed === panel.context.path && keeper.save());
  refuseTakenName(panel, bar);
  keepAddress(panel);
  const save = button("Download", () => download(panel), { className: "course-download" });
  save.append(element("span", { className: "course-wide" }, " my notebook"));
  const again = button("Restart Python", () => python.restart(), { title: "Ends whatever runs. Your text stays, names are forgotten." });
  home.remove();
  bar.ways.append(save, again, wayBack(keeper, from));
  tellWhereWorkIs(bar);
  if (mine) await tellOfNewVersion(keeper, bar);
  if (mine) await startExchange(keeper, bar, from, path);
}

async function start() {
  const bar = new Bar();
  bar.say("The notebook is opening.");
  const app = await until(() => window.jupyterapp);
  doWithoutCheckpoints(app.serviceManager.contents);
  const path = new URLSearchParams(location.search).get("path");
  if (location.pathname.includes("/notebooks/")) return path ? startNotebook(app, bar, path) : location.replace("../tree/");
  refuseTakenNames(app.serviceManager.contents, async () => {});
  const kept = (await lasts()) ? "What you change in them is kept in this browser." : "This browser keeps no changes.";
  bar.say(location.pathname.includes("/tree/") ? `The notebooks of the course, and your own. ${kept}` : "");
  bar.ways.append(wayBack(null, {}));
  document.body.dataset.coursePython = "none";
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
start();
