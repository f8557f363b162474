// What the search page shows of Sphinx's hits: a page once, with what it is about and which of its sections
// fit; a definition first, then chapters, then all else. Sphinx scores a word in any heading alike, so pages
// that have more of the words in their title or description come first, then those with its higher score.
(() => {
  "use strict";
  const pages = JSON.parse(document.querySelector('main script[type="application/json"]').textContent);
  const names = Object.keys(pages);
  const status = document.querySelector(".search-status");
  const results = document.getElementById("search-results");

  function element(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  /** Hits as Sphinx has them, [page, title, anchor, description, score, …], collected by page, best first. */
  function collected(hits, terms) {
    const holds = (text) => [...terms].filter((term) => text.toLowerCase().includes(term)).length;
    const fit = ({ name }) => 2 * holds(pages[name].title) + holds(pages[name].about);
    const found = new Map();
    for (const [name, title, anchor, , score] of hits) {
      if (!pages[name]) continue;
      if (!found.has(name)) found.set(name, { name, score: 0, places: new Map() });
      const page = found.get(name);
      page.score = Math.max(page.score, score);
      // A section has its page's title before its own; a term only its address.
      const own = title.split(" > ")[1] ?? anchor.replace(/^#(term-)?/, "").replaceAll("-", " ");
      if (anchor) page.places.set(anchor, own);
    }
    const rank = ({ name, places }) => (name === "glossary" && places.size ? 0 : pages[name].chapter ? 1 : 2);
    const place = ({ name }) => names.indexOf(name);
    const order = (a, b) => rank(a) - rank(b) || fit(b) - fit(a) || b.score - a.score || place(a) - place(b);
    return [...found.values()].sort(order);
  }

  function entry({ name, places }) {
    const { title, about } = pages[name];
    const item = element("li", {}, element("a", { href: `${name}.html` }, title), element("p", {}, about));
    const links = [...places].map(([anchor, words]) => element("li", {}, element("a", { href: `${name}.html${anchor}` }, words)));
    if (links.length) item.append(element("ul", { class: "search-places" }, ...links));
    return item;
  }

  /** Stands in for Sphinx's own list. */
  Search.query = (query) => {
    Search.stopPulse();
    const parsed = Search._parseQuery(query); // [query, stems of its words, …]
    const found = collected(Search._performSearch(...parsed), parsed[1]);
    const words = `“${query.trim()}”`;
    document.title = document.title.replace(/^Search/, `${words}: search`);
    results.replaceChildren();
    if (found.length) {
      status.textContent = found.length === 1 ? `One page fits ${words}.` : `${found.length} pages fit ${words}.`;
      results.append(element("ul", { class: "hits" }, ...found.map(entry)));
      return;
    }
    status.textContent = `No page fits ${words}.`;
    const glossary = element("a", { href: "glossary.html" }, "glossary");
    results.append(element("p", {}, "A page must hold all of the words: try fewer, or one of another kind. The terms of the course stand in the ", glossary, "."));
  };
})();
