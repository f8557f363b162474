// What the browser remembers between visits. Where storage is blocked, full or missing (a file:// page, a
// private window: even to ask for it may throw), nothing is remembered and everything else works.

const prefix = "coursekit:";

/** The remembered value, or null. */
export function recall(key) {
  try {
    return JSON.parse(globalThis.localStorage.getItem(prefix + key));
  } catch {
    return null; // no storage, or not written by us
  }
}

/** Remembers a value; null forgets it. Says whether it could. */
export function remember(key, value) {
  try {
    if (value === null) globalThis.localStorage.removeItem(prefix + key);
    else globalThis.localStorage.setItem(prefix + key, JSON.stringify(value));
    return true;
  } catch {
    return false; // it holds for this visit only
  }
}
