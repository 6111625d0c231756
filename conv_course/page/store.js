// What the browser keeps, in localStorage: small, and written before the next line runs. A browser may refuse it.

const PLACE = `${new URL("../../../", import.meta.url).pathname}question `;
let refused = ""; // why the last write failed

export function read(name) {
  try {
    return JSON.parse(localStorage.getItem(PLACE + name));
  } catch {
    return null;
  }
}

// false if it could not be written: `why` says what the browser says
export function write(name, value) {
  try {
    localStorage.setItem(PLACE + name, JSON.stringify(value));
    refused = "";
    return true;
  } catch (error) {
    const full = /quota|full/i.test(`${error?.name} ${error?.message}`);
    refused = full ? "this browser's storage is full" : "this browser lets the page store nothing";
    return false;
  }
}

export const why = () => refused;

// {name: value} of all that is kept of answers
export function answers() {
  const found = {};
  try {
    for (const key of Object.keys(localStorage)) {
      const name = key.startsWith(PLACE) ? key.slice(PLACE.length) : "";
      if (/^\d\d_\w+\/q\d+$/.test(name)) found[name] = read(name);
    }
  } catch {
    // a browser that refuses keeps nothing
  }
  return found;
}

// hear of what another tab writes: act(name, value)
export function listen(act) {
  window.addEventListener("storage", ({ key }) => {
    if (key?.startsWith(PLACE)) act(key.slice(PLACE.length), read(key.slice(PLACE.length)));
  });
}
