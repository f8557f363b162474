// What the browser remembers between visits. Where storage is blocked, full or missing (a file:// page, a
// private window), nothing is remembered and everything else works.

const prefix = "coursekit:";

function storage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null; // the browser forbids even to ask
  }
}

/** The remembered value, or null. */
export function recall(key) {
  try {
    return JSON.parse(storage()?.getItem(prefix + key) ?? "null");
  } catch {
    return null; // not written by us, or blocked
  }
}

/** Remembers a value; null forgets it. */
export function remember(key, value) {
  try {
    if (value === null) storage()?.removeItem(prefix + key);
    else storage()?.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // full or blocked: it holds for this visit only
  }
}
