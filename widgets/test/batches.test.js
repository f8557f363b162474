// batches on a page without a browser: each control moves the pictures and the sentence.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import * as batches from "../src/batches.js";
import { fire, model, open, show, text } from "./page.js";

const soon = () => new Promise((done) => setTimeout(done, 5));
const run = (reach, more) => ({ path: [900, 900, 600, 500, 510, 490], cloud: [480, 490, 530, 510], excess: [[-5, -90, -190], [0, -80, -180], [5, -70, -170]], radius: 0.25, late: 0.015, variance: 0.9, reach, ...more });
const state = () => ({
  kind: "batches", challenges: ["First."], batch_size: 4, lr: 0.1, work: "examples", width: 4, goal: 0.1,
  data: {
    sizes: [1, 4, 64], lrs: [0.1, 0.2], n: 64, steps: 100, seeds: 20, names: ["w₁", "w₂"], overhead: 2,
    hessian: [1, 0.4, 1], minimum: [0, 0], start: [2, 2], domain: [[-2.5, 2.5], [-2.5, 2.5]], goals: [0.1, 0.01], at: [1, 10, 100], floor: -4,
    runs: [run([30, null]), run([20, null], { late: 0.05, path: [900, 900, 400, 450] }), run([25, 40], { variance: 0.2, radius: 0.1 }), run([11, 30]), run([24, 38], { cloud: [], radius: 0, variance: 0, late: 0 }), run([10, 20], { late: null, radius: null })],
  },
});

let opened;
beforeEach(() => {
  globalThis.MutationObserver = open().MutationObserver;
  opened = [];
});
afterEach(() => opened.forEach(({ end }) => end()));
function render(given = state()) {
  const made = show(batches, model(given));
  opened.push(made);
  const find = (selector) => made.el.querySelector(selector);
  const control = (name) => {
    const label = [...made.el.querySelectorAll("label")].find((l) => text(l) === name);
    return made.el.ownerDocument.getElementById(label.htmlFor) ?? label.querySelector("input");
  };
  const set = (name, value) => {
    const input = control(name);
    if (input.type === "radio") input.checked = true;
    else input.value = value;
    fire(input, input.type === "range" ? "input" : "change");
  };
  return { ...made, find, control, set, says: () => text(find(".ck-sentence")) };
}

test("the sentence names noise, radius, steps, examples, and who is first", () => {
  const b = render();
  assert.equal(b.says(), "Batches of 4, learning rate 0.1: the gradient has variance 0.200, and late positions lie 0.100 from the minimum (root mean square). Half of the runs are down to 10% of the excess loss after 25 steps, 100 examples. Measured in examples, batch size 1 is the first, after 30.");
  assert.equal(text(b.find("[role=status]")), b.says());
});

test("every control changes model, pictures and sentence", async () => {
  const b = render();
  const pictures = () => b.find(".ck-pictures").innerHTML;
  const steps = [
    [() => b.set("batch size", "2"), { batch_size: 64 }, /^All 64 examples in each step.*no noise, and late positions are at the minimum\. .*first, after 30/],
    [() => b.set("batch size", "0"), { batch_size: 1 }, /^Batches of one example.*no batch size is faster/],
    [() => b.set("goal", "0.01"), { goal: 0.01 }, /never down to 1% of the excess loss; late, it is 1.5% on average\. .*batch size 4 is the first, after 160/],
    [() => b.set("learning rate", "1"), { lr: 0.2 }, /late, it is 5.0%/],
    [() => b.set("time"), { work: "time" }, /Measured in time, with 4 at once, batch size 4 is the first, after 90/],
    [() => b.set("examples at once", "10"), { width: 1024, work: "time" }, /with 1024 at once, the whole data set is the first, after 60/],
    [() => b.set("steps"), { work: "steps" }, /Measured in steps, the whole data set is the first, after 20/],
    [() => b.set("examples at once", "1"), { width: 2, work: "time" }, /with 2 at once/],
    [() => b.set("batch size", "2"), { batch_size: 64 }, /run away from the minimum/],
  ];
  for (const [act, expected, words] of steps) {
    const [before, saved] = [pictures(), b.model.saved];
    act();
    await soon();
    for (const name in expected) assert.equal(b.model.get(name), expected[name]);
    assert.match(b.says(), words);
    assert.notEqual(pictures(), before);
    assert.equal(b.model.saved, saved + 1);
  }
  assert.doesNotMatch(b.el.innerHTML, /NaN|undefined|Infinity/);
});

test("the work of a step: one step, its examples, or overhead and rounds", () => {
  const machine = { width: 16, overhead: 4 };
  assert.equal(batches.worked(10, 64, "steps", machine), 10);
  assert.equal(batches.worked(10, 64, "examples", machine), 640);
  assert.equal(batches.worked(10, 64, "time", machine), 80);
  assert.equal(batches.worked(10, 65, "time", machine), 90);
  assert.equal(batches.worked(10, 1, "time", machine), 50);
});

test("the cloud is drawn where the study has it, and the whole data set has none", async () => {
  const b = render();
  const d = () => b.find(".ck-cloud").getAttribute("d");
  assert.equal(d().match(/M/g).length, 2);
  b.model.set("batch_size", 64);
  await soon();
  assert.equal(d(), "");
  assert.equal(b.find(".ck-ball").getAttribute("display"), "none");
});

test("a change from outside is shown, every control has a label, and in the end nothing listens", async () => {
  const b = render();
  for (const input of b.el.querySelectorAll("input, select")) assert.equal(input.labels.length, 1);
  for (const svg of b.el.querySelectorAll("svg")) assert.ok(svg.getAttribute("aria-label"));
  b.model.set("lr", 0.2);
  b.model.set("width", 64);
  await soon();
  assert.equal(b.control("learning rate").value, "1");
  assert.equal(b.control("examples at once").value, "6");
  assert.match(b.says(), /learning rate 0\.2/);
  b.end();
  assert.equal(b.model.listening(), 0);
});
