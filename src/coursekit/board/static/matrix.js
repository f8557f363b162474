// The matrix: a row for each learner, a column for each exercise and quiz. A changed cell is changed alone.
import { clock, count, h, place, prose, say } from "./dom.js";
import { key, kindOf, quizColumn } from "./room.js";

const SIGNS = { right: "✓", again: "✗", begun: "…", none: "·" };
const WORDS = { right: "right", again: "look again", begun: "not yet", none: "not begun" };
/** Room is kept for the next few learners, so that one who joins moves nothing below. */
const RESERVE = 5;

export class Matrix {
  constructor(region, room) {
    this.region = region;
    this.room = room;
    this.rows = new Map();
    this.cells = new Map();
  }

  /** Builds the table for these chapters. */
  show(chapters, { shown, order, chapter }) {
    this.columns = chapters.flatMap((c) => [
      ...c.exercises.map((e, i) => ({ id: e.id, first: i === 0 })),
      ...(c.quiz ? [{ id: quizColumn(c.number), quiz: true }] : []),
    ]);
    this.pattern = h("tr", {}, h("th", { scope: "row" }, h("div", { class: "who" }, h("bdi"), h("span", { class: "last" }))));
    this.pattern.append(
      ...this.columns.map(({ quiz, first }) =>
        h(
          "td",
          { class: "none", "data-first": first },
          // A box whose size does not depend on what is in it: what changes inside, no other cell is laid out for.
          h("div", {}, h("span", { "aria-hidden": "true" }, SIGNS.none), h("span", { class: "vh" }, quiz ? "not answered" : WORDS.none)),
        ),
      ),
    );
    this.rows = new Map();
    this.cells = new Map();
    const wide = chapters.length === 1;
    const top = h("tr", {}, h("th", { scope: "col", rowspan: 2, class: "corner" }, h("div", { class: "who" }, "Learner ", h("span", { class: "last" }, "last right"))));
    const below = h("tr", {});
    for (const c of chapters) {
      const n = c.exercises.length + (c.quiz ? 1 : 0);
      top.append(h("th", { scope: "colgroup", colspan: n, class: "group" }, h("span", {}, `${c.number} ${c.title}`)));
      c.exercises.forEach((e, i) =>
        below.append(h("th", { scope: "col", abbr: e.id, "data-first": i === 0 }, h("b", {}, e.id), wide && h("span", { class: "title" }, prose(e.title)))),
      );
      if (c.quiz) below.append(h("th", { scope: "col", abbr: `quiz ${c.number}` }, h("b", {}, "quiz"), wide && h("span", { class: "title" }, `${c.quiz} questions`)));
    }
    this.body = h("tbody");
    const widths = h("colgroup", {}, h("col", { class: "who" }), this.columns.map(() => h("col")));
    const table = h("table", { class: wide ? "wide" : "narrow" }, widths, h("thead", {}, top, below), this.body);
    this.region.style.setProperty("--columns", this.columns.length);
    this.#add([...this.room.learners.keys()], shown);
    this.arrange(order, chapter, shown);
    this.region.replaceChildren(table);
  }

  #add(learners, shown) {
    for (const id of learners) {
      const row = this.pattern.cloneNode(true);
      row.dataset.learner = id;
      this.rows.set(id, row);
      this.columns.forEach((column, i) => {
        const name = key(id, column.id);
        this.cells.set(name, row.children[i + 1]);
        if (this.room.cells.has(name)) paint(row.children[i + 1], this.room.cells.get(name));
      });
      this.#head(id, shown);
    }
    // A table's height can't be less than its rows'; this is the room below them.
    const rows = Math.ceil(Math.max(1, this.rows.size) / RESERVE) * RESERVE;
    this.region.style.setProperty("--rows", rows);
  }

  #head(id, shown) {
    const head = this.rows.get(id).firstElementChild;
    const [name, last] = head.firstElementChild.children;
    say(name, this.room.name(id, shown));
    head.title = name.textContent;
    const time = this.room.lastRight(id);
    say(last, time ? clock(time) : "–");
  }

  /** Takes what changed in the room: {joined, renamed, cells}. */
  update({ joined, renamed, cells }, shown) {
    if (joined.length) this.#add(joined, shown);
    const heads = new Set(renamed);
    for (const name of cells) {
      const value = this.room.cells.get(name);
      if (this.cells.has(name)) paint(this.cells.get(name), value);
      heads.add(value.learner);
    }
    for (const id of heads) this.#head(id, shown);
  }

  /** Writes all names anew. */
  rename(shown) {
    for (const id of this.rows.keys()) this.#head(id, shown);
  }

  /** Puts the rows in order. */
  arrange(order, chapter, shown) {
    place(this.body, this.room.order(order, chapter, shown).map((id) => this.rows.get(id)));
  }

  /** Whether someone is reading in it with the pointer or the keyboard, so that rows had better stay. */
  get inUse() {
    return this.region.matches(":hover, :focus, :focus-within");
  }
}

function paint(td, value) {
  const [seen, heard] = td.firstElementChild.children;
  if (value.quiz) {
    const all = value.right === value.of;
    td.className = all ? "right" : "begun";
    say(seen, `${value.right}/${value.of}`);
    say(heard, `${value.right} of ${value.of} right`);
    return;
  }
  const kind = kindOf(value);
  td.className = kind;
  // What could not be judged counts as no try.
  say(seen, value.tries ? `${SIGNS[kind]} ${value.tries}` : SIGNS[kind]);
  const tries = value.tries ? `, ${count(value.tries, "try", "tries")}` : "";
  say(heard, `${WORDS[kind]}${tries}${value.mistake ? `: ${value.mistake}` : ""}`);
  if (value.mistake) td.title = value.mistake;
  else td.removeAttribute("title");
}
