// Copies of a notebook under a name of their own: nothing that a learner wrote is ever written over.

export const notebookPage = (path) =>
  new URL(`../notebooks/index.html?path=${encodeURIComponent(path)}`, import.meta.url).href;

export async function exists(contents, path) {
  return contents.get(path, { content: false }).then(
    () => true,
    () => false,
  );
}

export async function keepBeside(contents, path, notebook, suffix) {
  const stem = path.replace(/\.ipynb$/, "") + suffix;
  let name = `${stem}.ipynb`;
  for (let n = 2; await exists(contents, name); n += 1) name = `${stem}_${n}.ipynb`;
  await contents.save(name, { type: "notebook", format: "json", content: notebook });
  return name;
}

// JupyterLite's storage writes over a file of the new name without a word; JupyterLab asks when it hears a 409
export function refuseTakenNames(contents, beforehand) {
  const rename = contents.rename.bind(contents);
  contents.rename = async (from, to) => {
    if (await exists(contents, to)) {
      throw Object.assign(new Error(`There is a file ${to} already.`), { response: { status: 409 } });
    }
    await beforehand(from);
    return rename(from, to);
  };
}

// JupyterLab opens no notebook whose first checkpoint finds no room; a checkpoint is not worth that
export function doWithoutCheckpoints(contents) {
  const create = contents.createCheckpoint.bind(contents);
  contents.createCheckpoint = (path) =>
    create(path).catch(() => ({ id: "0", last_modified: new Date().toISOString() }));
}
