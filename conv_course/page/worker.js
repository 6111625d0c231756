// The worker in which the page's Python runs. It is told where JupyterLite's files are and then, one at a time, what
// to run; it answers with what `conv_course.page.run` says. Whoever wants to stop it ends the worker.
const say = (kind, more = {}) => self.postMessage({ kind, ...more });
let run, slide;

async function start(lite, book) {
  importScripts(`${lite}static/pyodide/pyodide.js`);
  const python = await self.loadPyodide({ indexURL: `${lite}static/pyodide/`, env: { CONV_BOOK_URL: book, HOME: "/home/pyodide" } });
  await python.loadPackage(["numpy", "convolution-layer"], { messageCallback: () => {} });
  run = python.pyimport("conv_course.page.run");
  slide = python.pyimport("conv_course.page.slide");
  say("ready");
}

self.onmessage = async ({ data }) => {
  try {
    if (data.kind === "start") await start(data.lite, data.book);
    else say("answer", { id: data.id, value: JSON.parse((data.call === "slide" ? slide : run)[data.call](JSON.stringify(data.request))) });
  } catch (error) {
    // an error of Python's own is one of the page; anything else has left Python unusable
    const text = String(error?.message ?? error).trim().split("\n").at(-1);
    say(error?.name === "PythonError" ? "failed" : "dead", { id: data.id, text });
  }
};
