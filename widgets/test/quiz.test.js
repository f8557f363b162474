import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as quiz from "../src/quiz.js";
import { choose, model, open, show, submit, text } from "./page.js";

const QUESTIONS = [
  {
    question: "What does the <em>slope</em> say?",
    several: false,
    options: [
      { text: "How high", right: false, why: "That is <code>f(x)</code>." },
      { text: "How fast", right: true, why: "To first order." },
    ],
  },
  {
    question: "Which grow?",
    several: true,
    options: [
      { text: "Truncation", right: false, why: "It shrinks." },
      { text: "Round-off", right: true, why: "It is divided by h." },
      { text: "Cancellation", right: true, why: "Digits go." },
    ],
  },
];
const fresh = (more = {}) => model({ kind: "quiz", key: "1.1", questions: QUESTIONS, answers: [[], []], score: 0, ...more });
const parts = ({ el }, i) => {
  const form = el.querySelectorAll("form")[i];
  return { form, inputs: [...form.querySelectorAll("input")], whys: [...form.querySelectorAll(".ck-why")], mark: form.querySelector(".ck-mark") };
};
const score = ({ el }) => text(el.querySelector(".ck-score"));

beforeEach(() => open());

test("every input has a label, every question a legend, and buttons tell their question", () => {
  const view = show(quiz, fresh());
  for (const input of view.el.querySelectorAll("input")) assert.ok(text(input.closest("label")));
  assert.deepEqual([...view.el.querySelectorAll("legend")].map(text), ["1. What does the slope say?", "2. Which grow? Choose all that are right."]);
  assert.equal(text(parts(view, 1).form.querySelector("button")), "Check question 2");
  assert.equal(view.el.querySelectorAll("[role=status]").length, 1);
});

test("a wrong choice shows its own why and no other", () => {
  const view = show(quiz, fresh());
  const { form, inputs, whys, mark } = parts(view, 0);
  choose(inputs[0]);
  submit(form);
  assert.equal(text(whys[0]), "✗ Wrong. That is f(x).");
  assert.equal(whys[0].hidden, false);
  assert.equal(whys[1].hidden, true);
  assert.equal(text(whys[1]), "");
  assert.equal(text(mark), "✗ Not right yet");
  assert.equal(inputs[0].getAttribute("aria-describedby"), whys[0].id);
  assert.match(text(view.el.querySelector("[role=status]")), /^Not right yet\. Wrong\. That is f\(x\)\. 0 of 2 right\.$/);
});

test("changing the choice takes the verdict back; right shows every why", () => {
  const view = show(quiz, fresh());
  const { form, inputs, whys, mark } = parts(view, 0);
  choose(inputs[0]);
  submit(form);
  choose(inputs[1]);
  assert.equal(text(mark), "");
  assert.ok(whys.every((why) => why.hidden));
  submit(form);
  assert.equal(text(mark), "✓ Right");
  assert.deepEqual(whys.map(text), ["That is f(x).", "✓ Right. To first order."]);
  assert.equal(score(view), "1 of 2 right");
  assert.deepEqual(view.model.get("answers"), [[1], []]);
  assert.equal(view.model.get("score"), 1);
  assert.ok(view.model.saved > 0);
});

test("several: a part of the right options is not complete, a wrong one not right, all are right", () => {
  const view = show(quiz, fresh());
  const { form, inputs, mark, whys } = parts(view, 1);
  choose(inputs[1]);
  submit(form);
  assert.equal(text(mark), "✗ Not complete yet");
  assert.equal(whys[2].hidden, true);
  choose(inputs[0]);
  submit(form);
  assert.equal(text(mark), "✗ Not right yet");
  choose(inputs[0], false);
  choose(inputs[2]);
  submit(form);
  assert.equal(text(mark), "✓ Right");
  assert.deepEqual(view.model.get("answers")[1], [1, 2]);
});

test("nothing chosen: it says so and counts nothing", () => {
  const view = show(quiz, fresh());
  submit(parts(view, 0).form);
  assert.equal(text(parts(view, 0).mark), "Choose an answer first.");
  assert.deepEqual(view.model.get("answers"), [[], []]);
});

test("answers are remembered, and forgotten by Start over or when the questions change", () => {
  const first = show(quiz, fresh());
  choose(parts(first, 0).inputs[1]);
  submit(parts(first, 0).form);
  first.end();

  const second = show(quiz, fresh());
  assert.deepEqual(second.model.get("answers"), [[1], []]);
  assert.equal(score(second), "1 of 2 right");
  assert.equal(parts(second, 0).inputs[1].checked, true);

  const changed = structuredClone(QUESTIONS);
  changed[0].question = "Another?";
  assert.equal(score(show(quiz, fresh({ questions: changed, key: "1.1" }))), "0 of 2 right");

  second.el.querySelector("button.ck-plain").click();
  assert.deepEqual(second.model.get("answers"), [[], []]);
  assert.equal(parts(second, 0).inputs[1].checked, false);
  assert.equal(score(show(quiz, fresh())), "0 of 2 right");
});

test("it works where storage is blocked", () => {
  open({ storage: "blocked" });
  const view = show(quiz, fresh());
  choose(parts(view, 0).inputs[1]);
  submit(parts(view, 0).form);
  assert.equal(score(view), "1 of 2 right");
});

test("answers set from Python move the picture; a choice not checked yet elsewhere stays", () => {
  const view = show(quiz, fresh());
  choose(parts(view, 0).inputs[0]);
  view.model.set("answers", [[], [1, 2]]);
  view.model.set("score", 1);
  assert.equal(text(parts(view, 1).mark), "✓ Right");
  assert.equal(parts(view, 0).inputs[0].checked, true);
  assert.equal(score(view), "1 of 2 right");
});

test("two views of one quiz don't share radio groups, and the end undoes all listening", () => {
  const made = fresh();
  const [a, b] = [show(quiz, made), show(quiz, made)];
  assert.notEqual(parts(a, 0).inputs[0].name, parts(b, 0).inputs[0].name);
  a.end();
  b.end();
  assert.equal(made.listening(), 0);
});
