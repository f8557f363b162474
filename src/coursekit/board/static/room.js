// The room as the server last told it, and what follows from it. No page in here.

export const RIGHT = "right";
export const AGAIN = "look again";
/** Who was seen within this time is here, in ms. */
const HERE = 60 * 60_000;
/** The chapter of the class is where most were who did something within this time, in ms. */
const LATELY = 10 * 60_000;

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** The key of a cell of the matrix; the column is an exercise's id, or a quiz's column (see `quizColumn`). */
export const key = (learner, column) => `${learner} ${column}`;
export const quizColumn = (number) => `quiz ${number}`;
const chapterOf = (exercise) => exercise.slice(0, exercise.lastIndexOf("."));
const same = (a, b) => a !== undefined && Object.keys(b).every((name) => a[name] === b[name]);

export class Room {
  constructor() {
    this.clear([]);
    this.join = null;
    this.seq = -1;
  }

  clear(chapters) {
    this.chapters = chapters;
    this.chapterOfPrediction = new Map(chapters.flatMap((c) => c.predictions.map((p) => [p.id, c.number])));
    this.learners = new Map();
    this.cells = new Map(); // also the quizzes, under their columns
    this.guesses = new Map(); // prediction -> learner -> guess
    this.places = new Map(); // learner -> where and when they were last
    this.numbers ??= new Map(); // what a learner is called while names are hidden, for as long as the page is open
  }

  /** Takes a snapshot. Returns what changed, as `apply` does; `all` if something is gone or the course is another. */
  load(snapshot) {
    const { chapters, learners, cells, quizzes, guesses } = snapshot;
    const now = new Set([
      ...learners.map((l) => l.id),
      ...cells.map((c) => key(c.learner, c.exercise)),
      ...quizzes.map((q) => key(q.learner, quizColumn(q.quiz))),
      ...guesses.map((g) => key(g.learner, g.prediction)),
    ]);
    const before = [...this.learners.keys(), ...this.cells.keys()];
    for (const [prediction, byLearner] of this.guesses) for (const id of byLearner.keys()) before.push(key(id, prediction));
    const all = JSON.stringify(chapters) !== JSON.stringify(this.chapters) || before.some((name) => !now.has(name));
    if (all) this.clear(chapters);
    this.join = snapshot.join;
    return { ...this.apply(snapshot), all };
  }

  /** Takes a change. Returns {joined, renamed: [learner ids], cells: Set of keys, guesses: Set of predictions, answers}. */
  apply({ seq, now, learners, cells, quizzes, guesses }) {
    const changes = { all: false, joined: [], renamed: [], cells: new Set(), guesses: new Set(), answers: [] };
    this.seq = seq;
    this.ahead = Date.parse(now) - Date.now();
    for (const learner of [...learners].sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))) {
      const before = this.learners.get(learner.id);
      if (!before) changes.joined.push(learner.id);
      else if (before.alias !== learner.alias) changes.renamed.push(learner.id);
      this.learners.set(learner.id, learner);
      if (!this.numbers.has(learner.id)) this.numbers.set(learner.id, this.numbers.size + 1);
    }
    const note = (learner, column, value, chapter) => {
      const name = key(learner, column);
      if (same(this.cells.get(name), value)) return;
      this.cells.set(name, value);
      changes.cells.add(name);
      this.#visit(learner, chapter, value.time);
      changes.answers.push(value);
    };
    for (const cell of cells) note(cell.learner, cell.exercise, cell, chapterOf(cell.exercise));
    for (const quiz of quizzes) note(quiz.learner, quizColumn(quiz.quiz), quiz, quiz.quiz);
    for (const guess of guesses) {
      if (!this.guesses.has(guess.prediction)) this.guesses.set(guess.prediction, new Map());
      const byLearner = this.guesses.get(guess.prediction);
      if (same(byLearner.get(guess.learner), guess)) continue;
      byLearner.set(guess.learner, guess);
      changes.guesses.add(guess.prediction);
      changes.answers.push(guess);
      this.#visit(guess.learner, this.chapterOfPrediction.get(guess.prediction), guess.time);
    }
    return changes;
  }

  #visit(learner, chapter, text) {
    const time = Date.parse(text);
    if (!(this.places.get(learner)?.time > time)) this.places.set(learner, { chapter, time });
  }

  /** How a learner is called on the page. */
  name(id, shown) {
    return shown ? this.learners.get(id).alias : `Learner ${this.numbers.get(id)}`;
  }

  isHere(id) {
    return Date.parse(this.learners.get(id).seen) > Date.now() + this.ahead - HERE;
  }

  /** The number of the chapter the class is at: where most of those were who did something lately. */
  current() {
    const places = [...this.places.values()];
    const newest = Math.max(...places.map((place) => place.time));
    const counted = new Map();
    for (const { chapter, time } of places) {
      if (time < newest - LATELY) continue;
      const entry = counted.get(chapter) ?? { chapter, n: 0, time: 0 };
      counted.set(chapter, { chapter, n: entry.n + 1, time: Math.max(entry.time, time) });
    }
    const [first] = [...counted.values()].sort((a, b) => b.n - a.n || b.time - a.time);
    return first?.chapter ?? this.chapters[0]?.number;
  }

  chapter(number) {
    return this.chapters.find((chapter) => chapter.number === number);
  }

  /** How many learners stand where with an exercise: {right, again, begun, none}. */
  standing(exercise) {
    const sums = { right: 0, again: 0, begun: 0, none: 0 };
    for (const id of this.learners.keys()) sums[kindOf(this.cells.get(key(id, exercise)))]++;
    return sums;
  }

  /** The mistakes of those whose latest answer is wrong, the most frequent first: [{id, exercise, mistake, message, learners}]. */
  mistakes(chapter) {
    const found = new Map();
    for (const exercise of chapter.exercises) {
      for (const learner of this.learners.keys()) {
        const cell = this.cells.get(key(learner, exercise.id));
        if (cell?.status !== AGAIN) continue;
        const id = key(exercise.id, cell.mistake ?? "");
        if (!found.has(id)) {
          const message = cell.mistake === null ? null : exercise.mistakes[cell.mistake];
          found.set(id, { id, exercise, mistake: cell.mistake, message, learners: [] });
        }
        found.get(id).learners.push(learner);
      }
    }
    return [...found.values()].sort(
      (a, b) => b.learners.length - a.learners.length || collator.compare(a.id, b.id),
    );
  }

  /** When a learner last got something right; null if nothing is right yet. */
  lastRight(learner) {
    let latest = null;
    for (const chapter of this.chapters) {
      for (const exercise of chapter.exercises) {
        const cell = this.cells.get(key(learner, exercise.id));
        if (cell?.status === RIGHT && !(Date.parse(latest) > Date.parse(cell.time))) latest = cell.time;
      }
    }
    return latest;
  }

  /**
   * The learners in order: by name, or by who may need help. Those who have an answer to look at again, then
   * those who are not done with the chapter, those who are, those who are gone; the longest without progress first.
   */
  order(how, chapter, shown) {
    const byName = (a, b) =>
      shown
        ? collator.compare(this.learners.get(a).alias, this.learners.get(b).alias)
        : this.numbers.get(a) - this.numbers.get(b);
    const ids = [...this.learners.keys()].sort(byName);
    if (how === "name") return ids;
    const need = new Map(
      ids.map((id) => {
        const states = chapter.exercises.map((e) => kindOf(this.cells.get(key(id, e.id))));
        const done = states.every((state) => state === "right");
        const rank = !this.isHere(id) ? 3 : done ? 2 : states.includes("again") ? 0 : 1;
        return [id, { rank, since: Date.parse(this.lastRight(id) ?? this.learners.get(id).since) }];
      }),
    );
    return ids.sort((a, b) => need.get(a).rank - need.get(b).rank || need.get(a).since - need.get(b).since);
  }
}

/** What a cell is, in one word: right, again, begun, none. */
export function kindOf(cell) {
  if (!cell) return "none";
  return cell.status === RIGHT ? "right" : cell.status === AGAIN ? "again" : "begun";
}
