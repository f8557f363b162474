// The guesses kept on this page. They hang on the page itself, not on this module: JupyterLab loads the
// bundle once for each widget, and a question and its answer are two widgets.
import { recall, remember } from "./memory.js";

const page = (globalThis[Symbol.for("coursekit.guesses")] ??= { kept: new Map(), changes: new EventTarget() });

/** The guess kept under an id, in this visit or an earlier one; null if there is none. */
export const kept = (id) => (page.kept.has(id) ? page.kept.get(id) : recall(`guess:${id}`));

/** Keeps a guess, or forgets it (null), and tells who listens. */
export function keep(id, guess) {
  if (Object.is(kept(id), guess)) return;
  page.kept.set(id, guess);
  remember(`guess:${id}`, guess);
  page.changes.dispatchEvent(new Event(id));
}

/** Calls `f` whenever the guess under an id changes, until `life` ends. */
export const onGuess = (id, f, life) => life.listen(page.changes, id, f);

/** Whether a guess (perhaps one from an earlier visit) answers the question as it is asked now. */
export function fits(model, guess) {
  const options = model.get("options");
  if (options.length) return options.some((option) => option.value === guess);
  return typeof guess === "number" && guess >= model.get("low") && guess <= model.get("high");
}
