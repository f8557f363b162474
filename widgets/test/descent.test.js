// descent on a page without a browser: its numbers, its looks, its words, and each control.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import * as descent from "../src/descent.js";
import { cut } from "../src/lib/cut.js";
import { betaAt } from "../src/lib/race_controls.js";
import { looks, racer, settings } from "../src/lib/racers.js";
import { readSetting, writeSetting } from "../src/lib/setting.js";
import { landscape } from "../src/numerics/landscapes.js";
import { optimizer } from "../src/numerics/optimizers.js";
import { run, status } from "../src/numerics/race.js";
import { fire, model, open, show, text } from "./page.js";

const frame = () => new Promise((done) => setTimeout(done, 5));
const land = (name, more) => ({ key: name, name, title: name, params: {}, domain: [[-3, 3], [-3, 3]], start: [-2.5, 1.5], minima: [[0, 0]], local_minima: [], saddles: [], ...more });
const BOWL = land("bowl", { params: { condition: 10 } });
const state = (more) => ({
  kind: "descent", landscape: "bowl", x: -2.5, y: 1.5, racers: [racer("sgd", 0.1), racer("momentum", 0.05)], selected: 0,
  steps: 100, step: 40, noise: 0, normals: Array.from({ length: 200 }, (_, i) => Math.sin(i)), challenges: ["Only one."],
  offered: [BOWL, land("saddle", { domain: [[-2, 2], [-2, 2]], start: [-1.8, 0.01], minima: [], saddles: [[0, 0]] })], ...more,
});

let window;
let opened;
beforeEach(() => {
  window = open();
  globalThis.MutationObserver = window.MutationObserver;
  globalThis.requestAnimationFrame = (f) => setTimeout(() => f(performance.now()), 0);
  globalThis.cancelAnimationFrame = clearTimeout;
  globalThis.location = window.location;
  globalThis.history = window.history;
  globalThis.addEventListener = window.addEventListener.bind(window);
  globalThis.removeEventListener = window.removeEventListener.bind(window);
  opened = [];
});
afterEach(() => opened.forEach(({ end }) => end()));
function render(given = state()) {
  const made = show(descent, model(given));
  opened.push(made);
  const control = (name) => {
    const label = [...made.el.querySelectorAll("label")].find((l) => text(l) === name);
    assert.ok(label, `no control labelled ${name}`);
    return document.getElementById(label.htmlFor);
  };
  const slide = (name, value) => {
    control(name).value = value;
    fire(control(name), "input");
  };
  const press = (name) => [...made.el.querySelectorAll("button")].find((b) => text(b) === name).click();
  return { ...made, control, slide, press, says: () => text(made.el.querySelector(".ck-sentence")), chips: () => [...made.el.querySelectorAll(".ck-racer")].map((c) => [...c.querySelectorAll("span")].map(text).join(": ")) };
}

test("one step of each optimizer, by hand", () => {
  const after = (settings, ...gradients) => {
    const [w, step] = [[1, 1], optimizer(settings)];
    for (const g of gradients) step(w, g);
    return w.map((v) => Number(v.toFixed(6)));
  };
  assert.deepEqual(after({ optimizer: "sgd", lr: 0.1 }, [2, -4]), [0.8, 1.4]);
  assert.deepEqual(after({ optimizer: "momentum", lr: 0.1, beta: 0.5 }, [2, -4], [1, 0]), [0.6, 1.6]);
  assert.deepEqual(after({ optimizer: "nesterov", lr: 0.1, beta: 0.5 }, [2, -4]), [0.7, 1.6]);
  assert.deepEqual(after({ optimizer: "adagrad", lr: 0.1 }, [3, -4], [4, 3]), [0.82, 1.04]);
  assert.deepEqual(after({ optimizer: "rmsprop", lr: 0.1, beta: 0.75 }, [2, -4]), [0.8, 1.2]);
  assert.deepEqual(after({ optimizer: "adam", lr: 0.1, beta1: 0.9, beta2: 0.999 }, [2, -4]), [0.9, 1.1]);
  assert.throws(() => optimizer({ optimizer: "toString", lr: 1 }), /no optimizer named "toString"/);
});

test("a race ends when its loss is out of all bounds, and noise moves it", () => {
  const bowl = landscape("bowl", { condition: 10 });
  const calm = { steps: 100, noise: 0, normals: [] };
  const wild = run(bowl, [-2.5, 1.5], { optimizer: "sgd", lr: 0.5 }, calm);
  assert.ok(wild.broken && wild.last < 100 && wild.losses.length === wild.last + 1);
  assert.equal(status(wild, 100, BOWL).verdict, "diverged");
  assert.equal(status(wild, 2, BOWL).verdict, "left");
  const noisy = run(bowl, [1, 1], { optimizer: "sgd", lr: 0.1 }, { steps: 1, noise: 2, normals: [0.5, -1] });
  assert.deepEqual([noisy.xs, noisy.ys.map((v) => Number(v.toFixed(9)))], [[1, 0.8], [1, 0.2]]);
});

test("racers of one optimizer differ in name, dash and mark; the colors are the optimizers'", () => {
  const all = looks([racer("sgd", 0.1), racer("sgd", 0.2), racer("momentum", 0.1), racer("nesterov", 0.1), racer("nesterov", 0.1)]);
  assert.deepEqual(all.map(({ name }) => name), ["SGD 0.1", "SGD 0.2", "Momentum", "Nesterov 1", "Nesterov 2"]);
  assert.deepEqual(all.map(({ tone }) => tone), ["path", "path", "loss", "loss", "loss"]);
  assert.equal(new Set(all.map(({ marker }) => marker)).size, 5);
  assert.equal(new Set(all.map(({ tone, dash }) => tone + dash)).size, 5);
  assert.equal(settings(racer("adam", 0.00001)), "η 0.00001, β 0.9, 0.999");
});

test("a path is cut off at the edges, however far it goes", () => {
  const box = { left: 0, right: 10, top: 0, bottom: 10 };
  const path = (...points) => cut((i) => points[i][0], (i) => points[i][1], points.length - 1, box);
  assert.equal(path([1, 1], [5, 1], [5, 5]).d, "M1.0,1.0L5.0,1.0L5.0,5.0");
  assert.deepEqual(path([5, 5], [1e9, 5], [-1e9, 5], [5, 5]), { d: "M5.0,5.0L10.0,5.0M10.0,5.0L0.0,5.0M0.0,5.0L5.0,5.0", tip: [5, 5] });
  assert.deepEqual(path([5, 5], [15, 5], [15, -5]), { d: "M5.0,5.0L10.0,5.0", tip: [10, 5] });
  assert.equal(path([5, 5], [NaN, 5], [6, 6]).d, "");
  assert.equal(path([5, 5], [6, Infinity]).d, "");
});

test("every β the slider gives comes back to its place", () => {
  assert.deepEqual([0, 1, 2, 3].map(betaAt), [0, 0.9, 0.99, 0.999]);
  for (let p = 0; p <= 60; p++) assert.ok(Math.round(-Math.log10(1 - betaAt(p / 20)) * 20) == p, p);
});

test("it says where the chosen racer is, who is lowest, and who has arrived", async () => {
  const w = render();
  // In x: 2.5 · 0.9⁴⁰ = 0.037; in y the rate 0.1 is 1 / curvature, and one step is enough.
  assert.match(w.says(), /^After 40 of 100 steps from \(−2\.50, 1\.50\), SGD \(η 0\.1\) is at the minimum, 6\.8 × 10⁻⁴ above it\. Lowest now: (SGD|Momentum), /);
  w.model.set("step", 50);
  await frame();
  assert.match(w.says(), /SGD \(η 0\.1\) has converged: near the minimum since step 36, now .* Arrived: SGD at step 36; the other not yet\.$/);
  w.model.set("step", 100);
  await frame();
  assert.match(w.says(), / Arrived: SGD at step 36, Momentum at step \d+\.$/);
  assert.deepEqual(w.chips(), ["SGD: η 0.1", "Momentum: η 0.05, β 0.9"]);
  w.model.set("step", 0);
  await frame();
  assert.match(w.says(), /^SGD \(η 0\.1\) starts at \(−2\.50, 1\.50\), its loss 14\.4 above the minimum\.$/);
  w.model.set("landscape", "saddle");
  w.model.set("x", 0.01);
  w.model.set("y", 0);
  await frame();
  assert.match(w.says(), /^SGD \(η 0\.1\) is near a saddle/);
});

test("every control changes the model, the picture and the sentence", async () => {
  const w = render();
  const picture = () => w.el.querySelector(".ck-pictures").innerHTML;
  const chosen = () => w.model.get("racers")[w.model.get("selected")];
  const steps = [
    [() => w.slide("step", "80"), () => w.model.get("step") === 80],
    [() => w.slide("start x", "-1"), () => w.model.get("x") === -1],
    [() => w.slide("start y", "2"), () => w.model.get("y") === 2],
    [() => w.slide("gradient noise", "0.5"), () => w.model.get("noise") === 0.25],
    [() => w.slide("learning rate η", "-2"), () => chosen().lr === 0.01],
    [() => w.press("Add a racer"), () => chosen().optimizer === "nesterov" && chosen().lr === 0.01],
    [() => w.slide("momentum β", "0.3"), () => chosen().beta === 0.5],
    [() => fire(Object.assign(w.control("optimizer"), { value: "adam" }), "change"), () => chosen().beta2 === 0.999],
    [() => w.slide("memory β₂", "1"), () => chosen().beta2 === 0.9],
    [() => w.press("Remove this one"), () => w.model.get("racers").length === 2 && w.model.get("selected") === 1],
    [() => w.el.querySelector(".ck-racer input").click(), () => w.model.get("selected") === 0],
    [() => fire(Object.assign(w.control("landscape"), { value: "saddle" }), "change"), () => w.model.get("x") === -1.8],
  ];
  for (const [act, holds] of steps) {
    const before = [picture(), w.says()];
    const saved = w.model.saved;
    act();
    await frame();
    assert.ok(holds(), String(act));
    assert.notEqual(picture(), before[0], String(act));
    assert.notEqual(w.says(), before[1], String(act));
    assert.equal(w.model.saved, saved + 1);
    assert.doesNotMatch(w.el.innerHTML, /NaN|undefined|Infinity/);
  }
});

test("a setting survives the way through an address, and nonsense is refused", () => {
  const w = render(state({ noise: 0.3, selected: 1 }));
  const written = new URLSearchParams(writeSetting(w.model));
  assert.equal(String(written), "land=bowl&at=-2.5_1.5&step=40&noise=0.3&race=sgd_0.1*momentum_0.05_0.9&show=1");
  const { landscape: key, ...rest } = readSetting(w.model, written);
  assert.deepEqual([key, ...Object.values(rest)], ["bowl", -2.5, 1.5, w.model.get("racers"), 40, 0.3, 1]);
  for (const [name, value] of [["land", "x"], ["at", "9_0"], ["step", "-1"], ["noise", ""], ["race", "sgd"], ["race", "adam_0.1_0.9"], ["show", "2"]]) {
    const wrong = new URLSearchParams(written);
    wrong.set(name, value);
    assert.throws(() => readSetting(w.model, wrong), name);
  }
});

test("the link is offered where there is no kernel, and only there", () => {
  const button = ({ el }) => el.querySelector(".ck-address button");
  assert.equal(button(render()), null);
  const slot = document.createElement("div");
  slot.className = "ck-slot";
  const el = slot.appendChild(document.createElement("div"));
  el.className = "ck ck-descent";
  document.body.append(slot);
  const end = descent.render({ model: model(state()), el });
  assert.ok(button({ el }));
  end();
});

test("it cleans up after itself, labels every control and names every picture", async () => {
  const w = render();
  for (const input of w.el.querySelectorAll("input, select")) assert.equal(input.labels.length, 1);
  for (const svg of w.el.querySelectorAll("svg.ck-svg")) assert.ok(svg.getAttribute("role") === "img" && svg.getAttribute("aria-label"));
  w.end();
  assert.equal(w.model.listening(), 0);
  const before = w.el.innerHTML;
  w.model.set("x", 1);
  await frame();
  assert.equal(w.el.innerHTML, before);
});
