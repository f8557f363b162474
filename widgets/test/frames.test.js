// frames on a page without a browser: each kind of result and of control, with and without a kernel.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import * as frames from "../src/frames.js";
import { line, lineEnd, plain, scale, spread } from "../src/lib/chart.js";
import { fire, model, open, show, text } from "./page.js";

const soon = () => new Promise((done) => setTimeout(done, 5));
const numbers = (name, values, more) => ({ name, label: name, kind: "numbers", values, log: false, ...more });
const state = (more) => ({
  kind: "frames", challenges: [], controls: [numbers("lr", [0.1, 0.5])], values: { lr: 0.1 },
  axes: { x: "step", y: "loss", log: "", colors: ["loss", "estimate"], lines: [1, 2] }, pool: ["one", "two"], grid: [{ words: 0, text: 0 }, { words: 1, text: 1 }], fresh: {}, ...more,
});
const lines = () => state({
  axes: { ...state().axes, log: "y", xlim: [0, 2], ylim: [0.01, 1], names: ["sgd", "adam"] },
  pool: ["Slow.", "sgd", [0, 1, 2], [1, 0.5, 0.25], "adam", [1, null, 0.01], "Fast.", [1, 0.1, 0.01]],
  grid: [{ words: 0, lines: [[1, 2, 3], [4, 2, 5]] }, { words: 6, lines: [[1, 2, 7], [4, 2, 5]] }],
});

let opened;
beforeEach(() => {
  open();
  opened = [];
});
afterEach(() => opened.forEach(({ end }) => end()));
function render(given, send) {
  const made = model(given);
  if (send) made.send = send;
  const shown = show(frames, made);
  opened.push(shown);
  const find = (selector) => shown.el.querySelector(selector);
  return { ...shown, find, says: () => text(find(".ck-sentence")) };
}

test("a slider of numbers moves from frame to frame", async () => {
  const w = render(lines());
  const d = () => w.find(".ck-curve").getAttribute("d");
  const [slider, before] = [w.find("input"), d()];
  assert.equal(w.says(), "Slow.");
  assert.deepEqual([...w.el.querySelectorAll("label")].map(text), ["lr"]);
  slider.value = "1";
  fire(slider, "input");
  await soon();
  assert.deepEqual(w.model.get("values"), { lr: 0.5 });
  assert.equal(w.says(), "Fast.");
  assert.notEqual(d(), before);
  assert.equal(slider.getAttribute("aria-valuetext"), "0.5");
  assert.equal(w.find("svg").getAttribute("aria-label"), "Fast.");
});

test("lines have gaps, a dash and a color of their own, and names at their ends", () => {
  const w = render(lines());
  const [sgd, adam] = w.el.querySelectorAll(".ck-curve");
  assert.equal(adam.getAttribute("d").match(/M/g).length, 2);
  assert.notEqual(sgd.getAttribute("stroke-dasharray"), adam.getAttribute("stroke-dasharray"));
  assert.match(sgd.getAttribute("style"), /--ck-loss/);
  assert.match(adam.getAttribute("style"), /--ck-mark-estimate/);
  assert.ok([...w.el.querySelectorAll("svg > g:last-child text")].map(text).includes("adam"));
  assert.doesNotMatch(w.el.innerHTML, /NaN|undefined|Infinity/);
});

test("a line keeps its color where another is missing", () => {
  const given = lines();
  given.grid[0].lines.shift();
  assert.match(render(given).find(".ck-curve").getAttribute("style"), /estimate/);
});

test("strings make a list, booleans a box, and three controls find their frame", async () => {
  const controls = [numbers("lr", [0.1, 0.5]), { ...numbers("way", ["a", "b"]), kind: "choice" }, { ...numbers("on", [false, true]), kind: "switch" }];
  const pool = Array.from({ length: 8 }, (_, i) => `frame ${i}`);
  const w = render(state({ controls, pool, grid: pool.map((_, i) => ({ words: i, text: i })), values: { lr: 0.5, way: "a", on: false } }));
  assert.equal(w.says(), "frame 4");
  const list = w.find("select");
  list.value = "b";
  fire(list, "change");
  await soon();
  assert.equal(w.says(), "frame 6");
  const box = w.find("input[type=checkbox]");
  box.checked = true;
  fire(box, "change");
  await soon();
  assert.deepEqual(w.model.get("values"), { lr: 0.5, way: "b", on: true });
  assert.equal(w.says(), "frame 7");
  for (const input of w.el.querySelectorAll("input, select")) assert.equal(input.labels.length, 1);
});

test("a picture's ids are its own, however often it stands on the page", () => {
  const given = state({ pool: ["A picture.", '<svg role="img" aria-label="A picture."><g clip-path="url(#ckid-0.)"></g>', '<clipPath id="ckid-0."></clipPath></svg>'], grid: [{ words: 0, svg: [1, 2] }, { words: 0, svg: [1, 2] }] });
  const ids = [render(given), render(given)].map((w) => {
    const { id } = w.find("clipPath");
    assert.equal(w.find("g").getAttribute("clip-path"), `url(#${id})`);
    return id;
  });
  assert.notEqual(...ids);
});

test("a dict of numbers is a table with named rows", () => {
  const w = render(state({ pool: ["words", ["loss", "steps"], ["0.1", "12"]], grid: [{ words: 0, table: [1, 2] }, { words: 0, table: [1, 2] }] }));
  assert.deepEqual([...w.el.querySelectorAll("th[scope=row]")].map(text), ["loss", "steps"]);
  assert.deepEqual([...w.el.querySelectorAll("td")].map(text), ["0.1", "12"]);
});

test("text stands above the controls only where the sentence does not say it", () => {
  assert.ok(render(state()).find(".ck-words").hidden);
  const w = render(state({ pool: ["A sentence.", "0.123"], grid: [{ words: 0, text: 1 }, { words: 0, text: 1 }] }));
  assert.ok(!w.find(".ck-words").hidden);
  assert.equal(text(w.find(".ck-words")), "0.123");
});

test("a slider between two ends is coarse until a kernel answers", async () => {
  const said = [];
  const free = numbers("lr", [0.01, 0.1, 1], { kind: "between", log: true });
  const w = render(state({ controls: [free], pool: ["one", "two", "three"], grid: [0, 1, 2].map((i) => ({ words: i, text: i })), values: { lr: 0.1 } }), (message) => said.push(message));
  assert.deepEqual(said, [{ type: "hello" }]);
  assert.equal(w.find("input").step, "1");
});

test("with a kernel, a value between the stops waits for its frame", async () => {
  const free = numbers("lr", [0.01, 0.1, 1], { kind: "between", log: true });
  const given = state({ controls: [free], pool: ["one", "two", "three"], grid: [0, 1, 2].map((i) => ({ words: i, text: i })), values: { lr: 0.1 } });
  const made = model(given);
  const heard = {};
  const on = made.on;
  made.on = (names, f) => (names === "msg:custom" ? (heard.custom = f) : on(names, f));
  const w = show(frames, made);
  opened.push(w);
  heard.custom({ type: "live" });
  await soon();
  const slider = w.el.querySelector("input");
  assert.equal(slider.step, "0.05");
  slider.value = "1.5";
  fire(slider, "input");
  await soon();
  assert.deepEqual(made.get("values"), { lr: 0.316 });
  const says = () => text(w.el.querySelector(".ck-sentence"));
  assert.equal(says(), "two"); // until the frame is there
  made.set("fresh", { values: { lr: 0.316 }, pool: ["in between"], frame: { words: 0, text: 0 } });
  await soon();
  assert.equal(says(), "in between");
  assert.ok(Math.abs(slider.value - 1.5) < 0.01);
  made.set("values", { lr: 0.4 });
  made.set("fresh", { values: { lr: 0.4 }, error: "f(lr=0.4): ValueError: no" });
  await soon();
  assert.equal(says(), "Python stopped with an error. f(lr=0.4): ValueError: no");
});

test("a change from outside is shown, and in the end nothing listens", async () => {
  const w = render(state());
  w.model.set("values", { lr: 0.5 });
  await soon();
  assert.equal(w.says(), "two");
  assert.equal(w.find("input").value, "1");
  w.end();
  assert.equal(w.model.listening(), 0);
});

test("a log scale has powers of ten as ticks, or round numbers within one", () => {
  const wide = scale([1e-8, 1], [0, 100], true);
  assert.deepEqual(wide.marks(5), [1e-8, 1e-6, 1e-4, 1e-2, 1]);
  assert.deepEqual(wide.marks(5).map(plain), ["10⁻⁸", "10⁻⁶", "10⁻⁴", "0.01", "1"]);
  assert.deepEqual(scale([2, 9], [0, 100], true).marks(4), [2, 4, 6, 8]);
  assert.equal(wide(1e-4), 50);
  assert.ok(Number.isNaN(wide(0)));
  assert.deepEqual(scale([0, 2e6], [0, 100]).marks(2).map(plain), ["0", "10⁶", "2 × 10⁶"]);
});

test("a line breaks at what cannot be drawn, and ends where it was last inside", () => {
  const [x, y] = [scale([0, 4], [0, 100]), scale([0.1, 10], [100, 0], true)];
  assert.equal(line([0, 1, 2, 3, 4], [1, 1, 0, 1, null], x, y), "M0.0,50.0L25.0,50.0M75.0,50.0");
  assert.deepEqual(lineEnd([0, 1, 2], [1, 1, 1e9], x, y, { left: 0, right: 100, top: 0, bottom: 100 }), { x: 25, y: 50 });
  assert.equal(lineEnd([0], [1e9], x, y, { left: 0, right: 100, top: 0, bottom: 100 }), null);
});

test("labels move apart and stay inside", () => {
  const ends = [{ y: 98 }, { y: 99 }, { y: 3 }];
  spread(ends, { top: 0, bottom: 100 });
  assert.deepEqual(ends.map((e) => e.y), [85, 100, 3]);
});
