// What a screen reader hears of the changes: one sentence at a time, with quiet between.
import { count } from "./dom.js";
import { AGAIN, RIGHT } from "./room.js";

const QUIET = 8000;

/** Collects changes; says their sum in `node`, at most once in eight seconds. */
export class Announcer {
  constructor(node) {
    this.node = node;
    this.sums = empty();
    this.timer = null;
  }

  /** Takes what a change brought: {joined, answers}. */
  add({ joined, answers }) {
    this.sums.joined += joined.length;
    for (const answer of answers) {
      if ("guess" in answer) this.sums.guesses++;
      else if ("quiz" in answer) this.sums.quizzes++;
      else if (answer.status === RIGHT) this.sums.right++;
      else if (answer.status === AGAIN) this.sums.wrong++;
    }
    if (sentence(this.sums) && !this.timer) this.timer = setTimeout(() => this.#tell(), 1000);
  }

  #tell() {
    this.node.textContent = sentence(this.sums);
    this.sums = empty();
    this.timer = setTimeout(() => {
      this.timer = null;
      this.add({ joined: [], answers: [] });
    }, QUIET);
  }
}

const empty = () => ({ joined: 0, right: 0, wrong: 0, quizzes: 0, guesses: 0 });

function sentence({ joined, right, wrong, quizzes, guesses }) {
  const parts = [];
  if (joined) parts.push(`${count(joined, "learner")} joined`);
  if (right) parts.push(`${count(right, "answer")} right`);
  if (wrong) parts.push(`${count(wrong, "answer")} wrong`);
  if (quizzes) parts.push(`${count(quizzes, "quiz", "quizzes")} answered`);
  if (guesses) parts.push(count(guesses, "prediction"));
  return parts.length ? `${parts.join(", ")}.` : "";
}
