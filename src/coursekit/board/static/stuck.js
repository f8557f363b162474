// Where people are stuck: how each exercise of the chapter stands, and which mistakes are common right now.
import { count, h, names, place, prose, put, s, say } from "./dom.js";

/** The kinds in the order of the bar: its sign, and what it is called. */
const KINDS = [
  ["right", "✓", "right"],
  ["again", "✗", "look again"],
  ["begun", "…", "not yet"],
  ["none", "·", "not begun"],
];

export class Stuck {
  /** @param parts The elements: {standing, mistakes, none}. */
  constructor(parts, room) {
    this.parts = parts;
    this.room = room;
    this.rows = new Map();
    this.items = new Map();
  }

  show(chapter) {
    this.chapter = chapter;
    this.rows = new Map(chapter.exercises.map((exercise) => [exercise.id, bar(exercise)]));
    place(this.parts.standing, [...this.rows.values()].map((row) => row.root));
    this.items = new Map();
  }

  /** Brings both lists to what the room is now. */
  update(shown) {
    for (const [id, row] of this.rows) row.draw(this.room.standing(id), this.room.learners.size);
    const mistakes = this.room.mistakes(this.chapter);
    const kept = new Map(mistakes.map(({ id }) => [id, this.items.get(id)]));
    for (const mistake of mistakes) {
      if (!kept.get(mistake.id)) kept.set(mistake.id, item(mistake));
      kept.get(mistake.id).draw(mistake.learners.map((learner) => this.room.name(learner, shown)), shown);
    }
    this.items = kept;
    place(this.parts.mistakes, [...kept.values()].map((each) => each.root));
    put(this.parts.none, "hidden", mistakes.length > 0);
    const any = this.chapter.exercises.some(({ id }) => this.room.standing(id).right > 0);
    say(this.parts.none, any ? "Nobody’s latest answer is wrong." : "No answer to this chapter’s exercises is wrong so far.");
  }
}

function bar(exercise) {
  const parts = KINDS.map(([kind, sign, words]) => {
    const number = h("b", {});
    return {
      kind,
      number,
      rect: s("rect", { class: kind, height: "100%" }),
      label: h("span", { class: kind }, h("span", { class: "sign", "aria-hidden": "true" }, sign), " ", number, ` ${words}`),
    };
  });
  const root = h(
    "li",
    { "data-exercise": exercise.id },
    h("p", { class: "exercise" }, h("b", {}, exercise.id), " ", prose(exercise.title)),
    s("svg", { class: "bar", "aria-hidden": "true" }, parts.map((part) => part.rect)),
    h("p", { class: "sums" }, parts.map((part) => part.label)),
  );
  function draw(standing, of) {
    let x = 0;
    for (const { kind, number, rect } of parts) {
      const width = of ? (100 * standing[kind]) / of : 0;
      put(rect, "x", `${x}%`);
      put(rect, "width", `${width}%`);
      say(number, String(standing[kind]));
      x += width;
    }
  }
  return { root, draw };
}

function item({ exercise, mistake, message }) {
  const sum = h("span", { class: "count" });
  const who = h("p", { class: "who" });
  const text = message === null ? ["No mistake the course knows: look at what they wrote."] : prose(message);
  const root = h(
    "li",
    { "data-exercise": exercise.id, "data-mistake": mistake },
    sum,
    h(
      "div",
      {},
      h("p", { class: "what" }, h("b", {}, mistake === null ? "something else" : mistake), " ", h("span", { class: "small" }, `${exercise.id} `, prose(exercise.title))),
      h("p", {}, text),
      who,
    ),
  );
  let drawn = "";
  function draw(learners, shown) {
    const now = JSON.stringify([learners, shown]);
    if (now === drawn) return;
    drawn = now;
    sum.replaceChildren(h("b", {}, String(learners.length)), h("span", { class: "vh" }, learners.length === 1 ? " learner: " : " learners: "));
    who.replaceChildren(...(shown ? names(learners) : [count(learners.length, "learner")]));
  }
  return { root, draw };
}
