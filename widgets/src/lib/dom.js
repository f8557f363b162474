// Elements, native controls with real labels, and the sentence under a picture.

const CONTROLS = new Set(["a", "button", "input", "select", "summary", "textarea"]);
const SVG = "http://www.w3.org/2000/svg";

/** A new id, unique on the page: all scripts of the page share the count. */
export const uid = (prefix = "ck") => `${prefix}-${(globalThis.ckIds = (globalThis.ckIds ?? 0) + 1)}`;

function fill(node, attrs, children) {
  for (const [name, value] of Object.entries(attrs ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2).toLowerCase(), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** h("p", {class: "a", onclick: f}, "text", node): an HTML element. False and null attributes and children are left out. */
export function h(tag, attrs, ...children) {
  const node = fill(document.createElement(tag), attrs, children);
  // In JupyterLab a key pressed in a control is the control's, not a command: without this an arrow key
  // leaves the slider, and "x" cuts the cell. Lab looks at the focused element only.
  if (CONTROLS.has(tag) || attrs?.tabindex !== undefined) node.setAttribute("data-lm-suppress-shortcuts", "true");
  return node;
}

/** The same for SVG. */
export const s = (tag, attrs, ...children) => fill(document.createElementNS(SVG, tag), attrs, children);

/** Sets attributes of an existing element. */
export function put(node, attrs) {
  for (const name in attrs) node.setAttribute(name, attrs[name]);
  return node;
}

/** Shows or hides an element, HTML or SVG. */
export const show = (node, visible) => (visible ? node.removeAttribute("display") : node.setAttribute("display", "none"));

/**
 * A range input with its label and its value in words.
 * `to` turns a value into a position of the slider, `from` a position into a value (for a log scale).
 * Returns {root, input, set(value), range(min, max, step)}; the positions are in the slider's own units.
 */
export function slider({ label, min, max, step, value, format = String, to = (v) => v, from = (p) => p, onInput }) {
  const id = uid("ck-slider");
  const shown = h("span", { class: "ck-value", "aria-hidden": "true" });
  const input = h("input", { id, type: "range", min, max, step, oninput: () => onInput(from(Number(input.value))) });
  const root = h("div", { class: "ck-control" }, h("div", { class: "ck-name" }, h("label", { for: id }, label), shown), input);
  const set = (v) => {
    const text = format(v);
    input.value = to(v);
    shown.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  /** Shows that nothing has been chosen yet, until the next `set`. */
  const blank = () => {
    shown.textContent = "–";
    input.setAttribute("aria-valuetext", "nothing yet");
  };
  const range = (low, high, by) => put(input, { min: low, max: high, step: by });
  if (value !== undefined) set(value);
  return { root, input, set, blank, range };
}

/** A select with its label; options are [{value, label}] or strings. Returns {root, input, set(value)}. */
export function select({ label, options, value, onChange }) {
  const id = uid("ck-select");
  const input = h("select", { id, onchange: () => onChange(input.value) });
  const set = (v) => (input.value = v);
  const offer = (list) => {
    input.replaceChildren(...list.map(asOption).map((o) => h("option", { value: o.value }, o.label)));
  };
  offer(options);
  if (value !== undefined) set(value);
  const root = h("div", { class: "ck-control" }, h("div", { class: "ck-name" }, h("label", { for: id }, label)), input);
  return { root, input, set, offer };
}

/** A group of radio buttons with a legend. Returns {root, inputs, set(value)}. */
export function radios({ legend, options, value, onChange }) {
  const name = uid("ck-radio");
  const inputs = [];
  const choices = options.map(asOption).map((o) => {
    const input = h("input", { type: "radio", name, value: o.value, onchange: () => onChange(o.value) });
    inputs.push(input);
    return h("label", { class: "ck-choice" }, input, " ", o.label);
  });
  const set = (v) => inputs.forEach((input) => (input.checked = input.value === v));
  if (value !== undefined) set(value);
  const root = h("fieldset", { class: "ck-control" }, h("legend", { class: "ck-name" }, legend), h("div", { class: "ck-choices" }, choices));
  return { root, inputs, set };
}

const asOption = (o) => (typeof o === "object" ? o : { value: o, label: o });

/**
 * The sentence that says what the picture shows. Sighted readers see it change at once; a screen reader
 * hears it when it has been still for `delay` ms. `say` takes a string, or a list of strings and
 * [text, tone] pairs (tone: loss, gradient, path, minimum, estimate: the word takes that color).
 */
export function statusLine({ delay = 250 } = {}) {
  const seen = h("p", { class: "ck-sentence", "aria-hidden": "true" });
  const heard = h("p", { class: "ck-hidden", role: "status", "aria-live": "polite" });
  const root = h("div", { class: "ck-status" }, seen, heard);
  let timer;
  let said = "";
  const say = (words) => {
    const parts = typeof words === "string" ? [words] : words;
    const text = parts.map((part) => (typeof part === "string" ? part : part[0])).join("");
    if (text === said) return;
    const first = said === "";
    said = text;
    seen.replaceChildren(...parts.map((part) => (typeof part === "string" ? part : h("span", { class: `ck-tone-${part[1]}` }, part[0]))));
    clearTimeout(timer);
    if (first) heard.textContent = text;
    else timer = setTimeout(() => (heard.textContent = text), delay);
  };
  return { root, say, end: () => clearTimeout(timer) };
}

/** The numbered challenges of a widget; follows the model's `challenges`. */
export function challenges(model, life) {
  const root = h("div", { class: "ck-challenges" });
  const draw = () => {
    const list = model.get("challenges") ?? [];
    root.replaceChildren(...(list.length ? [h("p", { class: "ck-heading" }, "Try this"), h("ol", {}, list.map((text) => h("li", {}, text)))] : []));
  };
  life.on(model, "change:challenges", draw);
  draw();
  return root;
}
