// The racers: one chip for each to choose it by, buttons to add and remove, and the settings of the chosen one.
import { h, put, s, select, slider, uid } from "./dom.js";
import { update } from "./life.js";
import { MOST, OPTIMIZERS, betasOf, racer, rate, settings } from "./racers.js";

/** From the position of a slider to a β: 0, 0.9, 0.99, 0.999 are equally far apart. */
export const betaAt = (p) => Number((1 - Number((10 ** -p).toPrecision(2))).toFixed(5));

export function raceControls(model) {
  const chosen = () => Math.min(model.get("selected"), model.get("racers").length - 1);
  const change = (values) => update(model, { racers: model.get("racers").map((one, i) => (i === chosen() ? { ...one, ...values } : one)) });

  const group = uid("ck-racers");
  const chips = Array.from({ length: MOST }, (_, i) => {
    const input = h("input", { type: "radio", name: group, value: i, onchange: () => update(model, { selected: i }) });
    const [line, mark] = [s("path", { class: "ck-line ck-trail", d: "M1,7H35" }), s("path", { class: "ck-racer-mark", transform: "translate(18,7)" })];
    const [name, says] = [h("span", { class: "ck-racer-title" }), h("span", { class: "ck-racer-settings" })];
    const root = h("label", { class: "ck-racer" }, input, s("svg", { width: 36, height: 14, "aria-hidden": "true" }, line, mark), name, says);
    return { root, input, line, mark, name, says };
  });
  const list = h("fieldset", { class: "ck-racers" }, h("legend", { class: "ck-hidden" }, "racer shown and changed"));
  const button = (text, onclick) => h("button", { type: "button", class: "ck-button", onclick }, text);
  const add = button("Add a racer", () => {
    const racers = model.get("racers");
    const fresh = OPTIMIZERS.find(({ value }) => racers.every((one) => one.optimizer !== value)) ?? OPTIMIZERS[0];
    update(model, { racers: [...racers, racer(fresh.value, racers[chosen()].lr)], selected: racers.length });
  });
  const remove = button("Remove this one", () => {
    const [racers, which] = [model.get("racers"), chosen()];
    update(model, { racers: racers.filter((_, i) => i !== which), selected: Math.max(0, which - 1) });
  });
  const head = h("div", { class: "ck-racers-head" }, h("span", {}, "racers: choose one"), add, remove);

  const kind = select({ label: "optimizer", options: OPTIMIZERS, onChange: (name) => change(racer(name, model.get("racers")[chosen()].lr)) });
  const pace = slider({
    label: "learning rate η",
    min: -5,
    max: 1,
    step: 0.05,
    format: rate,
    to: Math.log10,
    from: (p) => Number((10 ** p).toPrecision(2)),
    onInput: (lr) => change({ lr }),
  });
  const betas = [0, 1].map((place) =>
    slider({
      label: "",
      min: 0,
      max: 3,
      step: 0.05,
      format: String,
      to: (beta) => -Math.log10(1 - beta),
      from: betaAt,
      onInput: (value) => change({ [Object.keys(betasOf(model.get("racers")[chosen()].optimizer))[place]]: value }),
    }),
  );
  const panel = h("div", { class: "ck-controls ck-racer-panel" }, kind.root, pace.root);

  let worn = "";
  const draw = ({ racers, selected, dress }) => {
    if (worn !== dress + JSON.stringify(model.get("racers"))) drawAll(racers, selected);
    worn = dress + JSON.stringify(model.get("racers"));
  };

  const drawAll = (racers, selected) => {
    chips.forEach(({ root, input, line, mark, name, says }, i) => {
      if (i >= racers.length) return root.remove();
      if (!root.parentNode) list.append(root);
      const { one, look } = racers[i];
      put(root, { style: look.color });
      put(line, { "stroke-dasharray": look.dash || "none" });
      put(mark, { d: look.marker });
      name.textContent = look.name;
      says.textContent = settings(one);
      input.checked = i === selected;
    });
    const { one, look } = racers[selected];
    put(panel, { style: look.color });
    kind.set(one.optimizer);
    pace.set(one.lr);
    const names = Object.entries(betasOf(one.optimizer));
    betas.forEach(({ root, set }, place) => {
      if (!names[place]) return root.remove();
      if (!root.parentNode) panel.append(root);
      const [key, [label]] = names[place];
      root.querySelector("label").textContent = label;
      set(one[key]);
    });
    // A button that goes dead would take the focus with it.
    for (const [node, dead] of [[add, racers.length === MOST], [remove, racers.length === 1]]) {
      if (dead && document.activeElement === node) chips[selected].input.focus();
      node.disabled = dead;
    }
  };
  return { root: h("div", {}, head, list, panel), draw };
}
