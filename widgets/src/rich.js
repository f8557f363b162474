// The small markup of the course's texts, as coursekit.cards.prose makes it: text, <code>, <em>, nothing else.

/** Turns such HTML into nodes; any other element becomes its text. */
export function rich(html) {
  const root = document.createElement("template");
  root.innerHTML = html;
  for (const node of [...root.content.querySelectorAll("*")]) {
    if (!["CODE", "EM"].includes(node.tagName)) node.replaceWith(node.textContent);
    else for (const { name } of [...node.attributes]) node.removeAttribute(name);
  }
  return root.content;
}
