// A page without a browser and a model without a kernel, for the tests of quizzes and predictions.
import { JSDOM } from "jsdom";

/** Opens an empty page; `storage: "blocked"` makes every use of localStorage throw, as some browsers do. */
export function open({ storage } = {}) {
  const { window } = new JSDOM("<!doctype html><body></body>", { url: "https://course.test/" });
  globalThis.document = window.document;
  const local = storage === "blocked" ? { get: () => { throw new Error("SecurityError"); } } : { value: window.localStorage };
  Object.defineProperty(globalThis, "localStorage", { ...local, configurable: true });
  return window;
}

/** What anywidget gives to render(). */
export function model(state) {
  const listeners = {};
  const values = structuredClone(state);
  return {
    saved: 0,
    get: (name) => values[name],
    set(name, value) {
      if (Object.is(values[name], value)) return;
      values[name] = value;
      for (const f of [...(listeners[`change:${name}`] ?? [])]) f();
    },
    save_changes() {
      this.saved += 1;
    },
    on(names, f) {
      for (const name of names.split(" ")) (listeners[name] ??= new Set()).add(f);
    },
    off(names, f) {
      for (const name of names.split(" ")) listeners[name]?.delete(f);
    },
    listening: () => Object.values(listeners).reduce((sum, set) => sum + set.size, 0),
  };
}

/** Renders a module into a new element on the page. */
export function show(module, made) {
  const el = document.createElement("div");
  el.className = "ck";
  document.body.append(el);
  return { el, model: made, end: module.render({ model: made, el }) };
}

export const text = (node) => node.textContent.replace(/\s+/g, " ").trim();

/** Fires an event of the page's own kind; those of guesses.js are Node's. */
export const fire = (node, type) => node.dispatchEvent(new document.defaultView.Event(type, { bubbles: true, cancelable: true }));
export const choose = (input, value = true) => {
  input.checked = value;
  fire(input, "change");
};
export const submit = (form) => fire(form, "submit");
