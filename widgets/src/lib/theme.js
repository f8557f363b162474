// What a canvas needs of the style sheet: colors as they are now, and word when they change.

/** The value of a --ck- color as the browser computes it at `element`. */
export const color = (element, name) => getComputedStyle(element).getPropertyValue(`--ck-${name}`).trim();

/** Calls `redraw` when the page turns dark or light. */
export function onTheme(redraw, life) {
  const watcher = new MutationObserver(redraw);
  const options = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light", "class"] };
  watcher.observe(document.documentElement, options);
  watcher.observe(document.body, options);
  life.add(() => watcher.disconnect());
}
