// tangent and compass on a page without a browser: each control moves the picture and the model, and all ends well.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import * as compass from "../src/compass.js";
import * as tangent from "../src/tangent.js";
import { fire, model, open, show, text } from "./page.js";

const frame = () => new Promise((done) => setTimeout(done, 5));
const curveState = () => ({
  kind: "tangent", curve: "sine", x: 1, h: 0.1, method: "forward", challenges: ["First.", "Second."],
  offered: [{ name: "sine", title: "Sine", domain: [-3.5, 3.5] }, { name: "relu", title: "ReLU", domain: [-3, 3] }, { name: "quartic", title: "Quartic", domain: [-1.5, 1.5] }],
});
const land = (name, more) => ({ key: name, name, title: name, params: {}, domain: [[-2, 2], [-2, 2]], start: [1, 0.5], minima: [[0, 0]], local_minima: [], saddles: [], ...more });
const landState = () => ({
  kind: "compass", landscape: "bowl", x: 1, y: 1, angle: 0, step: 0.5, norm: "euclidean", challenges: ["Only one."],
  offered: [land("bowl", { params: { condition: 10 } }), land("saddle", { minima: [], saddles: [[0, 0]] })],
});

let window;
let opened;
beforeEach(() => {
  window = open();
  globalThis.MutationObserver = window.MutationObserver;
  opened = [];
});
afterEach(() => opened.forEach(({ end }) => end()));
function render(module, state) {
  const made = show(module, model(state));
  opened.push(made);
  const find = (selector) => made.el.querySelector(selector);
  const control = (name) => {
    const label = [...made.el.querySelectorAll("label")].find((l) => text(l) === name);
    assert.ok(label, `no control labelled ${name}`);
    return made.el.ownerDocument.getElementById(label.htmlFor) ?? label.querySelector("input");
  };
  const slide = (name, value) => {
    const input = control(name);
    input.value = value;
    fire(input, "input");
  };
  const pick = (name, value) => {
    const input = control(name);
    if (input.type === "radio") input.checked = true;
    else input.value = value;
    fire(input, "change");
  };
  return { ...made, find, control, slide, pick, says: () => text(find(".ck-sentence")) };
}
const pointer = (node, type, x, y) => node.dispatchEvent(new window.MouseEvent(type, { bubbles: true, clientX: x, clientY: y }));

test("tangent says what it shows, at first and in the live region", async () => {
  const t = render(tangent, curveState());
  assert.equal(t.says(), "At x = 1.00 the tangent has slope 0.540. The forward secant over h = 0.1 has slope 0.497, off by 0.043. h is too coarse: a smaller one comes closer.");
  assert.equal(text(t.find("[role=status]")), t.says());
  assert.deepEqual([...t.el.querySelectorAll("li")].map(text), ["First.", "Second."]);
});

test("every control of tangent changes model, picture and sentence", async () => {
  const t = render(tangent, curveState());
  const secant = () => t.find(".ck-secant").getAttribute("d");
  const steps = [
    [() => t.slide("point x", "-0.5"), { x: -0.5 }, /At x = −0.50/],
    [() => t.slide("step h", "-3"), { h: 0.001 }, /h = 0.001/],
    [() => t.pick("central"), { method: "central" }, /central secant/],
    [() => t.pick("curve", "relu"), { curve: "relu", x: -0.5 }, /slope 0\./],
    [() => t.slide("point x", "0"), { x: 0 }, /no slope: left of the kink it is 0, right of it 1\.00\. The central secant .* slope 0\.500, the mean/],
  ];
  for (const [act, expected, words] of steps) {
    const [before, saved] = [secant(), t.model.saved];
    act();
    await frame();
    for (const name in expected) assert.equal(t.model.get(name), expected[name]);
    assert.match(t.says(), words);
    assert.notEqual(secant(), before);
    assert.equal(t.model.saved, saved + 1);
  }
});

test("a change of curve keeps the point inside its domain", () => {
  const t = render(tangent, { ...curveState(), x: 3 });
  t.pick("curve", "quartic");
  assert.equal(t.model.get("x"), 1.5);
});

test("a change from outside redraws tangent and its controls", async () => {
  const t = render(tangent, curveState());
  t.model.set("x", -2);
  t.model.set("h", 1e-16);
  await frame();
  assert.match(t.says(), /At x = −2\.00 .*x \+ h rounds to x/);
  assert.equal(t.control("point x").value, "-2");
  assert.equal(t.control("step h").value, "-16");
  t.model.set("challenges", ["Another."]);
  assert.deepEqual([...t.el.querySelectorAll("li")].map(text), ["Another."]);
});

test("dragging the point and the mark moves x and h", async () => {
  const t = render(tangent, curveState());
  const [point] = t.el.querySelectorAll(".ck-view .ck-handle");
  const at = () => Number(point.getAttribute("transform").match(/\(([-\d.]+)/)[1]);
  const start = at();
  pointer(point, "pointermove", 300, 0);
  assert.equal(t.model.get("x"), 1); // not held yet
  pointer(point, "pointerdown", start + 4, 100);
  pointer(point, "pointermove", start + 44, 100);
  await frame();
  assert.ok(Math.abs(at() - start - 40) < 0.5, "the grip keeps its distance");
  pointer(point, "pointerup", 0, 0);
  const x = t.model.get("x");
  pointer(point, "pointermove", 0, 0);
  assert.equal(t.model.get("x"), x);
  const mark = t.find(".ck-errors .ck-handle");
  pointer(mark, "pointerdown", 200, 0);
  pointer(mark, "pointermove", -500, 0);
  assert.equal(t.model.get("h"), 1e-16);
});

test("an error of exactly 0 is drawn hollow at the floor", () => {
  const t = render(tangent, { ...curveState(), curve: "relu", x: 1, h: 0.5 });
  assert.match(t.says(), /The error is exactly 0/);
  assert.ok(t.find(".ck-mark").classList.contains("ck-zero"));
});

test("compass says slope, prediction, steepest descent and where the minimum lies", () => {
  const c = render(compass, landState());
  assert.equal(
    c.says(),
    "Here f = 5.50. Heading 0°, the surface rises 1.00 per unit: a step of 0.5 should change f by 0.500 and changes it by 0.625. Steepest descent is 264°, at 10.0 per unit; the minimum lies 39° away from that heading.",
  );
});

test("every control of compass changes model, picture and sentence", async () => {
  const c = render(compass, landState());
  const picture = () => c.find(".ck-pictures").innerHTML;
  const steps = [
    [() => c.slide("x", "-1"), { x: -1 }, /falls 1\.00/],
    [() => c.slide("y", "0.5"), { y: 0.5 }, /Here f = 1\.75/],
    [() => c.slide("heading", "90"), { angle: 90 }, /Heading 90°, the surface rises 5\.00/],
    [() => c.slide("step", "0"), { step: 1 }, /a step of 1 should change f by 5\.00 and changes it by 10\.0/],
    [() => c.pick("length measured as", "max"), { norm: "max" }, /by largest coordinate is 315°, at 6\.00/],
    [() => c.pick("length measured as", "sum"), { norm: "sum" }, /by sum of coordinates is 270°, at 5\.00/],
    [() => c.pick("landscape", "saddle"), { landscape: "saddle", x: 1, y: 0.5 }, /falls 0\.500 .* per unit\.$/],
  ];
  for (const [act, expected, words] of steps) {
    const before = picture();
    act();
    await frame();
    for (const name in expected) assert.equal(c.model.get(name), expected[name]);
    assert.match(c.says(), words);
    assert.notEqual(picture(), before);
  }
});

test("where the gradient is zero, compass draws no arrow and says so", async () => {
  const c = render(compass, { ...landState(), x: 0, y: 0 });
  assert.match(c.says(), /Here f = 0, at a minimum: the gradient is zero/);
  for (const cls of [".ck-up", ".ck-down", ".ck-level", ".ck-to-minimum", ".ck-steepest"]) assert.equal(c.find(cls).getAttribute("display"), "none");
  c.model.set("landscape", "saddle");
  c.model.set("norm", "max");
  await frame();
  assert.match(c.says(), /at a saddle: the gradient is zero/);
  assert.doesNotMatch(c.el.innerHTML, /NaN|undefined|Infinity/);
  c.model.set("x", 0.5);
  await frame();
  assert.equal(c.find(".ck-up").getAttribute("display"), null);
});

test("dragging turns the heading and moves the point, which snaps to a minimum", async () => {
  const c = render(compass, landState());
  const [handle, point] = c.el.querySelectorAll(".ck-map .ck-handle");
  const at = (node) => node.getAttribute("transform").match(/[-\d.]+/g).map(Number);
  const [px, py] = at(point);
  const [hx, hy] = at(handle);
  assert.ok(hx > px && hy === py);
  pointer(handle, "pointerdown", hx, hy);
  pointer(handle, "pointermove", px, py - 50);
  assert.equal(c.model.get("angle"), 90);
  pointer(handle, "pointerup", 0, 0);
  const star = c.find(".ck-minimum").getAttribute("d").match(/[-\d.]+/g).map(Number);
  pointer(point, "pointerdown", px, py);
  pointer(point, "pointermove", star[0] + 3, star[1] + 10 + 3);
  assert.deepEqual([c.model.get("x"), c.model.get("y")], [0, 0]);
  pointer(point, "pointermove", 9999, 9999);
  assert.deepEqual([c.model.get("x"), c.model.get("y")], [2, -2]);
});

for (const [name, module, state] of [["tangent", tangent, curveState], ["compass", compass, landState]]) {
  test(`${name} cleans up after itself`, async () => {
    const w = render(module, state());
    assert.ok(w.model.listening() > 0);
    w.end();
    assert.equal(w.model.listening(), 0);
    const before = w.el.innerHTML;
    w.model.set("x", 0.25);
    await frame();
    assert.equal(w.el.innerHTML, before);
  });

  test(`${name}: every control has a label, every picture a name, and ids are unique`, () => {
    const two = [render(module, state()), render(module, state())];
    for (const { el } of two) {
      for (const input of el.querySelectorAll("input, select")) assert.equal(input.labels.length, 1);
      for (const svg of el.querySelectorAll("svg")) assert.ok(svg.getAttribute("role") === "img" && svg.getAttribute("aria-label"));
      for (const slider of el.querySelectorAll("input[type=range]")) assert.ok(slider.getAttribute("aria-valuetext"));
    }
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    assert.equal(new Set(ids).size, ids.length);
  });
}
