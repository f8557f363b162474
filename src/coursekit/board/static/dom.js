// Elements, and changing only what differs. Text is always a text node: what a learner typed is never parsed.

/** h("p", {class: "a", onclick: f}, "text", node): an HTML element; null and false are left out. */
export function h(tag, attrs, ...children) {
  return fill(document.createElement(tag), attrs, children);
}

/** The same for SVG. */
export function s(tag, attrs, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attrs, children);
}

function fill(node, attrs, children) {
  for (const [name, value] of Object.entries(attrs ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** The element of the page with an id. */
export const at = (id) => document.getElementById(id);

/** Sets an element's text, if it differs. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute, if it differs; null and false take it away. */
export function put(node, name, value) {
  if (value === null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value === true ? "" : value);
}

/** Makes `wanted` the children of `parent`, in this order; what stands right is not touched. */
export function place(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  let here = parent.firstElementChild;
  for (const node of wanted) {
    // One that went further down is taken out, so that all between its old and its new place stay.
    if (here !== node && here?.nextElementSibling === node) {
      here.remove();
      here = node;
    }
    if (here === node) here = here.nextElementSibling;
    else parent.insertBefore(node, here);
  }
}

/** Text with the course's backticks as nodes: what stands in them is code. */
export function prose(text) {
  return text.split(/`([^`\n]+)`/).map((part, i) => (i % 2 ? h("code", {}, part) : part));
}

/** An alias or several, each kept apart from the direction of the text around it. */
export function names(list) {
  return list.flatMap((name, i) => (i ? [", ", h("bdi", {}, name)] : [h("bdi", {}, name)]));
}

/** A time of day, with the day if it is not today. */
export function clock(time, now = new Date()) {
  const date = new Date(time);
  const hour = date.toLocaleTimeString("en-US", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  if (date.toDateString() === now.toDateString()) return hour;
  return `${date.toLocaleDateString("en-US", { month: "short", day: "numeric" })}, ${hour}`;
}

/** "1 learner", "2 learners", "1,200 events". */
export const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;
