// What happens before JupyterLab opens the notebook: this tab takes its turn, and a draft comes before the stored text.

import { keepBeside } from "./copies.js";
import { read, write, drop } from "./store.js";

// what the page changes without the learner: not a reason to make a copy of an exercise nobody touched
const PASSING = new Set(["execution_count", "execution", "trusted", "kernelspec", "language_info", "widgets"]);

// where a notebook comes from: { stem, exercise, startId }, all empty for one that the learner made
export function origin(notebook, path) {
  const course = notebook.metadata.conv_course;
  if (!course) return {};
  const source = course.source ?? path.replace(/_my_work_version.*$/, "");
  const stem = source.split("/").pop().replace(/\.\w+$/, "");
  const exercise = source.startsWith("solutions/");
  return { stem, exercise, startId: exercise ? `${stem}-01` : undefined };
}

// two notebooks with the same essence hold the same work
export function essence(notebook, startId) {
  const cells = notebook.cells.map((cell) => (cell.id === startId ? { ...cell, outputs: [] } : cell));
  return JSON.stringify({ ...notebook, cells }, (key, value) => (PASSING.has(key) ? undefined : value));
}

// A draft is what a page leaves that has no time to save; only the tab whose turn it is writes or reads it.
const draftName = (path) => `draft of ${path}`;
export const writeDraft = (path, base, notebook) => write(draftName(path), { base, notebook });
export const dropDraft = (path) => drop(draftName(path));

// JupyterLab gets the draft in the place of the stored notebook; `stored` is what it stands for, `kept` where the
// draft went if the notebook has been saved since
export function openDraft(contents, path, turn) {
  const get = contents.get.bind(contents);
  const opening = { stored: undefined, kept: undefined };
  let draft;
  const looked = turn.then((mine) => (draft = mine ? read(draftName(path)) : null));
  contents.get = async (asked, options) => {
    await looked;
    const found = await get(asked, options);
    if (!draft || asked !== path || !options?.content) return found;
    const { base, notebook } = draft;
    draft = null;
    if (essence(notebook) === essence(found.content)) return found;
    if (base !== found.last_modified) {
      opening.kept = await keepBeside(contents, path, notebook, "_unsaved");
      return found;
    }
    opening.stored = found.content;
    return { ...found, content: notebook };
  };
  return opening;
}
