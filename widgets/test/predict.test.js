import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, test } from "node:test";
import { amount, compare } from "../src/amount.js";
import * as predict from "../src/predict.js";
import * as reveal from "../src/reveal.js";
import { rich } from "../src/rich.js";
import { choose, fire, model, open, show as render, submit, text } from "./page.js";

const OPTIONS = [
  { value: "left", html: "left" },
  { value: "*right*", html: "<em>right</em>" },
];
const base = { key: "e", options: [], low: 0, high: 1, log: false, unit: "", guess: null };
const asks = (more) => model({ ...base, kind: "predict", question: "How big?", ...more });
const shows = (more) => model({ ...base, kind: "reveal", measured: 0.21, text: "Since <code>h</code> is small.", ...more });
const views = [];
const show = (module, made) => {
  views.push(render(module, made));
  return views.at(-1);
};
const openIt = (view) => {
  view.el.querySelector(".ck-closed button").click();
  return view;
};
const isOpen = ({ el }) => el.querySelector(".ck-closed").hidden;
const result = ({ el }) => text(el.querySelector(".ck-result"));
const type = (view, value) => {
  const field = view.el.querySelector("input[type=number]");
  field.value = value;
  fire(field, "input");
  return field;
};
const keepIt = (view) => submit(view.el.querySelector("form"));

beforeEach(() => {
  open();
  const page = globalThis[Symbol.for("coursekit.guesses")];
  page.kept.clear();
});
afterEach(() => views.splice(0).forEach((view) => view.end()));

test("numbers and comparisons read as in Python", async () => {
  const cases = JSON.parse(await readFile(new URL("comparisons.json", import.meta.url), "utf8"));
  for (const [value, unit, words] of cases.amounts) assert.equal(amount(value, unit), words);
  for (const [guess, measured, log, unit, words] of cases.comparisons) assert.equal(compare(guess, measured, log, unit), words);
});

test("a kept number reaches the model and the reveal on the same page", () => {
  const [question, answer] = [show(predict, asks()), show(reveal, shows())];
  assert.ok(!isOpen(answer));
  assert.doesNotMatch(text(answer.el), /0\.21/);
  type(question, "0.3");
  assert.equal(question.model.get("guess"), null);
  keepIt(question);
  assert.equal(question.model.get("guess"), 0.3);
  assert.equal(text(question.el.querySelector("[role=status]")), "Kept: 0.3. You can still change it.");
  assert.equal(result(answer), "You guessed 0.3; measured 0.21: off by 43%.");
  assert.equal(answer.el.querySelectorAll(".ck-guessed").length, 1);
  type(question, "0.2");
  keepIt(question);
  assert.equal(result(answer), "You guessed 0.2; measured 0.21: off by 5%.");
});

test("the slider and the number field move each other, also on a log scale", () => {
  const view = show(predict, asks({ low: 1e-12, high: 1, log: true }));
  const [range, field] = [view.el.querySelector("input[type=range]"), view.el.querySelector("input[type=number]")];
  assert.equal(field.value, "");
  assert.equal(range.getAttribute("aria-valuetext"), "nothing yet");
  keepIt(view);
  assert.equal(view.model.get("guess"), null);
  assert.equal(text(view.el.querySelector("[role=status]")), "Move the slider, or type a number, first.");
  range.value = "250";
  fire(range, "input");
  assert.equal(Number(field.value), 1e-9);
  assert.equal(range.getAttribute("aria-valuetext"), "10⁻⁹");
  type(view, "1e-3");
  assert.equal(range.value, "750");
});

test("a number out of range is refused with its limits and keeps nothing", () => {
  const view = show(predict, asks({ unit: "m" }));
  const field = type(view, "7");
  keepIt(view);
  assert.equal(view.model.get("guess"), null);
  assert.equal(text(view.el.querySelector("[role=status]")), "Give a number from 0 m to 1 m.");
  assert.equal(field.getAttribute("aria-invalid"), "true");
  assert.equal(field.getAttribute("aria-describedby"), view.el.querySelector("[role=status]").id);
  type(view, "0.7");
  assert.equal(field.hasAttribute("aria-invalid"), false);
});

test("options: the kept one, the measured one, and both at once", () => {
  const question = show(predict, asks({ options: OPTIONS, low: null, high: null }));
  const answer = show(reveal, shows({ options: OPTIONS, low: null, high: null, measured: "left" }));
  keepIt(question);
  assert.equal(text(question.el.querySelector("[role=status]")), "Choose one first.");
  const inputs = question.el.querySelectorAll("input");
  choose(inputs[1]);
  keepIt(question);
  assert.equal(result(answer), "You guessed: right. Measured: left.");
  assert.deepEqual([...answer.el.querySelectorAll("li")].map(text), ["✓left – measured", "✗right – your guess"]);
  choose(inputs[0]);
  keepIt(question);
  assert.equal(result(answer), "You guessed right: left.");
  assert.deepEqual([...answer.el.querySelectorAll("li")].map(text), ["✓left – measured, your guess", "·right"]);
});

test("a guess is remembered on the next visit, but not where it no longer fits", () => {
  const view = show(predict, asks());
  type(view, "0.3");
  keepIt(view);
  view.end();
  globalThis[Symbol.for("coursekit.guesses")].kept.clear();
  assert.equal(result(show(reveal, shows())), "You guessed 0.3; measured 0.21: off by 43%.");
  assert.equal(show(predict, asks()).model.get("guess"), 0.3);
  assert.equal(show(predict, asks({ low: 10, high: 20 })).model.get("guess"), null);
  assert.equal(result(openIt(show(reveal, shows({ low: 10, high: 20, measured: 12 })))), "You kept no guess. Measured: 12.");
});

test("without a guess the measurement shows when the reader asks for it", () => {
  const answer = openIt(show(reveal, shows()));
  assert.equal(result(answer), "You kept no guess. Measured: 0.21.");
  assert.equal(answer.el.querySelectorAll(".ck-guessed").length, 0);
  assert.ok(isOpen(answer));
});

test("it works where storage is blocked", () => {
  open({ storage: "blocked" });
  const [question, answer] = [show(predict, asks()), show(reveal, shows())];
  type(question, "0.3");
  keepIt(question);
  assert.match(result(answer), /^You guessed 0\.3;/);
});

test("two copies of the bundle on one page share the guesses, as in JupyterLab", async () => {
  open({ storage: "blocked" });
  const copy = await import("../src/guesses.js?copy");
  const view = show(predict, asks());
  type(view, "0.4");
  keepIt(view);
  assert.equal(copy.kept("e"), 0.4);
});

test("traits set from Python move the picture", () => {
  const [question, answer] = [show(predict, asks()), show(reveal, shows())];
  question.model.set("guess", 0.5);
  assert.equal(question.el.querySelector("input[type=number]").value, "0.5");
  assert.match(result(answer), /^You guessed 0\.5;/);
  answer.model.set("measured", 0.5);
  assert.match(result(answer), /the same to three digits/);
  question.model.set("guess", null);
  assert.ok(!isOpen(answer));
  assert.match(result(openIt(answer)), /^You kept no guess/);
});

test("without the question on the page the reveal uses the kernel's guess", () => {
  const answer = show(reveal, shows({ guess: 0.25 }));
  assert.match(result(answer), /^You guessed 0\.25;/);
});

test("the number line names itself and leaves room for the measured label", () => {
  const { el } = openIt(show(reveal, shows({ log: true, low: 1e-12, high: 1, measured: 1e-6 })));
  assert.match(el.querySelector("svg").getAttribute("aria-label"), /^Number line\. You kept no guess\./);
  const ticks = [...el.querySelectorAll(".ck-axis text")].map(text);
  assert.ok(ticks.includes("10⁻¹²") && !ticks.includes("10⁻⁶"), ticks.join());
});

test("a measurement outside of the asked range still has its place on the line", () => {
  const { el } = openIt(show(reveal, shows({ measured: 3 })));
  const [x] = [Number(el.querySelector(".ck-measured").getAttribute("cx"))];
  assert.ok(x > 0 && x <= 600);
});

test("the end undoes all listening", () => {
  const [question, answer] = [show(predict, asks()), show(reveal, shows())];
  answer.end();
  type(question, "0.3");
  keepIt(question);
  assert.ok(!isOpen(answer));
  question.end();
  assert.equal(question.model.listening() + answer.model.listening(), 0);
});

test("rich() keeps code and emphasis and makes anything else plain text", () => {
  const box = document.createElement("p");
  box.append(rich('a <code onclick="x()">b &lt; c</code> <em>d</em> <img src=x onerror=y> <b>e</b>'));
  assert.equal(box.innerHTML, "a <code>b &lt; c</code> <em>d</em>  e");
});
