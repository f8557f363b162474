// Shows anywidgets on a page without a kernel: gives each one the model interface it expects, from the
// state stored in the page. Works over http and from a file. See https://anywidget.dev/en/afm/.
(() => {
  "use strict";

  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';

  const bytes = (base64) =>
    new DataView(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);

  /** What a widget sees of its Python half: named values, and a call when one changes. */
  class Model {
    #values;
    #listeners = new Map();

    constructor(name, { state, buffers = [] }) {
      this.name = name;
      this.#values = state;
      for (const { path, data } of buffers) {
        const parent = path.slice(0, -1).reduce((inner, key) => inner[key], state);
        parent[path.at(-1)] = bytes(data);
      }
    }

    get(key) {
      return this.#values[key];
    }

    set(key, value) {
      if (typeof key === "object") {
        for (const [name, each] of Object.entries(key)) this.set(name, each);
        return;
      }
      if (Object.is(this.#values[key], value)) return;
      this.#values[key] = value;
      this.#tell(`change:${key}`, this, value, {});
      this.#tell("change", this, {});
    }

    on(names, listener) {
      for (const name of names.split(/\s+/)) {
        if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
        this.#listeners.get(name).add(listener);
      }
    }

    off(names, listener) {
      if (!names) this.#listeners.clear();
      else
        for (const name of names.split(/\s+/)) {
          if (listener) this.#listeners.get(name)?.delete(listener);
          else this.#listeners.delete(name);
        }
    }

    // Nobody listens on the other side here: values stay in the page, messages go nowhere.
    save_changes() {}
    send() {}

    #tell(name, ...details) {
      for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...details);
    }
  }

  /** All models of the page, by id. */
  function readModels() {
    const models = new Map();
    for (const script of document.querySelectorAll(STATE))
      for (const [id, stored] of Object.entries(JSON.parse(script.textContent).state))
        models.set(id, new Model(stored.model_name, stored));
    return models;
  }

  const refer = (models, reference) => models.get(String(reference).replace("IPY_MODEL_", ""));

  /** Keep the two ends of each jslink (both ways) and jsdlink (one way) equal. */
  function link(models) {
    for (const model of models.values()) {
      if (!/^(Directional)?LinkModel$/.test(model.name)) continue;
      const [[from, trait], [to, target]] = [model.get("source"), model.get("target")];
      const [source, goal] = [refer(models, from), refer(models, to)];
      if (!source || !goal) continue;
      const forward = () => goal.set(target, source.get(trait));
      forward();
      source.on(`change:${trait}`, forward);
      if (model.name === "LinkModel")
        goal.on(`change:${target}`, () => source.set(trait, goal.get(target)));
    }
  }

  const definitions = new Map();

  /** What a widget's module exports; the build has made a function of the module (coursekit.site.modules). */
  function load(key) {
    if (!definitions.has(key)) {
      const run = window.ckModules?.[key];
      if (!run) throw new Error(`the widget's script ${key} did not load`);
      const exported = run();
      definitions.set(key, typeof exported === "function" ? exported() : exported);
    }
    return definitions.get(key);
  }

  const cleanups = [];
  const initialized = new Map();

  async function show(models, model, el) {
    if (/^[HV]?BoxModel$/.test(model.name)) {
      el.classList.add("ck-box", model.name === "HBoxModel" ? "ck-hbox" : "ck-vbox");
      for (const child of model.get("children")) {
        const inner = el.appendChild(document.createElement("div"));
        await show(models, refer(models, child), inner);
      }
      return;
    }
    if (!model.get("_esm")) throw new Error(`no way to show a ${model.name} without a kernel`);
    const widget = await load(model.get("_esm"));
    const invoke = () => Promise.reject(new Error("this page has no kernel to answer"));
    const experimental = { invoke };
    // One initialization for each model, one rendering for each place it is shown in.
    if (!initialized.has(model))
      initialized.set(model, tidyUp(widget.initialize?.({ model, experimental })));
    await initialized.get(model);
    await tidyUp(widget.render?.({ model, el, experimental }));
  }

  /** Remember what a widget wants called when the page goes away. */
  async function tidyUp(result) {
    const cleanup = await result;
    if (typeof cleanup === "function") cleanups.push(cleanup);
  }

  function apologize(slot, stage, error) {
    console.error("coursekit: a widget failed", error);
    slot.dataset.state = "failed";
    const message = document.createElement("p");
    message.className = "ck-failed";
    message.textContent = `This widget could not start: ${error?.message ?? error}`;
    stage.replaceChildren(message);
  }

  async function start() {
    const models = readModels();
    link(models);
    for (const slot of document.querySelectorAll(".ck-slot[data-model]")) {
      const stage = document.createElement("div");
      stage.className = "ck-stage";
      slot.append(stage);
      try {
        const model = models.get(slot.dataset.model);
        if (!model) throw new Error("its state is missing from the page");
        await show(models, model, stage);
        slot.dataset.state = "ready";
      } catch (error) {
        apologize(slot, stage, error);
      }
      // Let the browser paint and answer the reader between one widget and the next.
      await new Promise((resume) => setTimeout(resume));
    }
    document.dispatchEvent(new CustomEvent("coursekit:ready"));
  }

  addEventListener("pagehide", (event) => {
    if (!event.persisted) for (const cleanup of cleanups.splice(0)) cleanup();
  });
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
