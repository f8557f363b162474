// The host of the website, which shows widgets without a kernel: src/coursekit/site/static/host.js.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";

import { JSDOM } from "jsdom";

const HOST = await readFile(
  new URL("../../src/coursekit/site/static/host.js", import.meta.url),
  "utf8",
);
const anywidget = (state, buffers) => ({ model_name: "AnyModel", state, buffers });

/** Run the host on a page with these models, these functions made of modules, and a slot for each id in `shown`. */
async function page(models, modules, shown) {
  const slots = shown.map((id) => `<div class="ck-slot" data-model="${id}"></div>`).join("");
  const state = JSON.stringify({ state: models });
  const { window } = new JSDOM(
    `<body>${slots}<script type="application/vnd.jupyter.widget-state+json">${state}</script>`,
  );
  window.ckModules = modules;
  const errors = [];
  const console = { error: (...words) => errors.push(words.join(" ")) };
  const ready = new Promise((resolve) =>
    window.document.addEventListener("coursekit:ready", resolve),
  );
  const names = ["window", "document", "addEventListener", "CustomEvent", "console"];
  const values = [
    window,
    window.document,
    window.addEventListener.bind(window),
    window.CustomEvent,
    console,
  ];
  new Function(...names, HOST)(...values);
  await ready;
  const all = [...window.document.querySelectorAll(".ck-slot")];
  return { window, errors, slots: all, texts: all.map((slot) => slot.textContent) };
}

const COUNTER = () => ({
  render({ model, el }) {
    const draw = () => (el.textContent = "n = " + model.get("n"));
    model.on("change:n", draw);
    el.addEventListener("click", () => {
      model.set("n", model.get("n") + 1);
      model.save_changes();
    });
    draw();
  },
});

test("a widget is shown, and a change redraws it", async () => {
  const { slots, window } = await page({ a: anywidget({ _esm: "k", n: 3 }) }, { k: COUNTER }, ["a"]);
  const stage = slots[0].querySelector(".ck-stage");
  assert.equal(stage.textContent, "n = 3");
  stage.dispatchEvent(new window.Event("click"));
  assert.equal(stage.textContent, "n = 4");
  assert.equal(slots[0].dataset.state, "ready");
});

test("one model in two places stays one", async () => {
  const { slots, window } = await page({ a: anywidget({ _esm: "k", n: 0 }) }, { k: COUNTER }, [
    "a",
    "a",
  ]);
  slots[0].querySelector(".ck-stage").dispatchEvent(new window.Event("click"));
  assert.deepEqual(
    slots.map((slot) => slot.textContent),
    ["n = 1", "n = 1"],
  );
});

test("binary values arrive as DataView, also inside other values", async () => {
  // What a module exports may be a function, too, that makes the widget.
  const binary = () => () => ({
    render({ model, el }) {
      const sum = (view) => new Float32Array(view.buffer).reduce((a, b) => a + b);
      const [x, { y }] = [model.get("x"), model.get("table")];
      el.textContent = [sum(x), sum(y), x.constructor.name].join();
    },
  });
  const data = Buffer.from(Float32Array.of(1, 2, 3.5).buffer).toString("base64");
  const buffers = [
    { path: ["x"], data, encoding: "base64" },
    { path: ["table", "y"], data, encoding: "base64" },
  ];
  const models = { a: anywidget({ _esm: "b", table: {} }, buffers) };
  assert.deepEqual((await page(models, { b: binary }, ["a"])).texts, ["6.5,6.5,DataView"]);
});

test("jslink works both ways, jsdlink one way", async () => {
  const link = (name, source, target) => ({ model_name: name, state: { source, target } });
  const models = {
    a: anywidget({ _esm: "k", n: 1 }),
    b: anywidget({ _esm: "k", n: 2 }),
    c: anywidget({ _esm: "k", n: 3 }),
    both: link("LinkModel", ["IPY_MODEL_a", "n"], ["IPY_MODEL_b", "n"]),
    oneway: link("DirectionalLinkModel", ["IPY_MODEL_a", "n"], ["IPY_MODEL_c", "n"]),
  };
  const { slots, texts, window } = await page(models, { k: COUNTER }, ["a", "b", "c"]);
  assert.deepEqual(texts, ["n = 1", "n = 1", "n = 1"]);
  const click = (index) =>
    slots[index].querySelector(".ck-stage").dispatchEvent(new window.Event("click"));
  const read = () => slots.map((slot) => slot.textContent);
  click(1);
  assert.deepEqual(read(), ["n = 2", "n = 2", "n = 2"]);
  click(2);
  assert.deepEqual(read(), ["n = 2", "n = 2", "n = 3"]);
});

test("a box shows its children in order", async () => {
  const models = {
    box: { model_name: "VBoxModel", state: { children: ["IPY_MODEL_b", "IPY_MODEL_a"] } },
    a: anywidget({ _esm: "k", n: 1 }),
    b: anywidget({ _esm: "k", n: 2 }),
  };
  const { slots } = await page(models, { k: COUNTER }, ["box"]);
  const words = [...slots[0].querySelectorAll(".ck-vbox > div")].map((each) => each.textContent);
  assert.deepEqual(words, ["n = 2", "n = 1"]);
});

test("a widget that throws says so in its place, and the next one still works", async () => {
  const broken = () => ({
    render() {
      throw new Error("no ground to stand on");
    },
  });
  const models = { a: anywidget({ _esm: "x" }), b: anywidget({ _esm: "k", n: 7 }) };
  const { slots, texts, errors } = await page(models, { x: broken, k: COUNTER }, ["a", "b"]);
  assert.match(texts[0], /could not start: no ground to stand on/);
  assert.equal(slots[0].dataset.state, "failed");
  assert.equal(texts[1], "n = 7");
  assert.equal(errors.length, 1);
});

test("missing state or script is reported, not passed over", async () => {
  const { texts, errors } = await page({ a: anywidget({ _esm: "gone" }) }, {}, ["a", "nobody"]);
  assert.match(texts[0], /script gone did not load/);
  assert.match(texts[1], /state is missing/);
  assert.equal(errors.length, 2);
});

test("initialize runs once for each model, cleanups when the page goes away", async () => {
  const logged = () => ({
    initialize({ model }) {
      model.set("log", [...model.get("log"), "init"]);
      return () => model.get("log").push("bye");
    },
    render({ model, el }) {
      el.textContent = model.get("log").join();
      return () => (el.textContent = "gone");
    },
  });
  const models = { a: anywidget({ _esm: "i", log: [] }) };
  const { texts, slots, window } = await page(models, { i: logged }, ["a", "a"]);
  assert.deepEqual(texts, ["init", "init"]);
  window.dispatchEvent(new window.Event("pagehide"));
  assert.deepEqual(
    slots.map((slot) => slot.textContent),
    ["gone", "gone"],
  );
});
