// What the browser holds beside the notebooks, in localStorage: small, and written before the next line runs.
// A browser may refuse it.

const SITE = new URL("..", import.meta.url).pathname;

export function read(name) {
  try {
    return JSON.parse(localStorage.getItem(SITE + name));
  } catch {
    return null;
  }
}

// false if it could not be written
export function write(name, value) {
  try {
    localStorage.setItem(SITE + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function drop(name) {
  try {
    localStorage.removeItem(SITE + name);
  } catch {
    // nothing can be in it
  }
}

// whether what JupyterLite stores outlives this page: where a browser refuses, JupyterLite takes the page's memory
export async function lasts() {
  try {
    await new Promise((resolve, reject) => {
      const request = indexedDB.open("course-probe");
      Object.assign(request, { onsuccess: resolve, onerror: reject });
    });
    return true;
  } catch {
    return write("probe", 1);
  }
}
