// A question before a result: the reader commits a guess, by slider, by number or from a list.
import { amount } from "./amount.js";
import { fits, keep, kept, onGuess } from "./guesses.js";
import { h, put, slider, uid } from "./lib/dom.js";
import { lifetime, update } from "./lib/life.js";
import { rich } from "./rich.js";

const STEPS = 1000;

export function render({ model, el }) {
  const life = lifetime();
  const id = model.get("key");
  const picker = model.get("options").length ? list(model) : scale(model);
  const button = h("button", { type: "submit", class: "ck-button" }, "Keep my guess");
  const status = h("p", { class: "ck-kept", role: "status", id: uid("ck-kept") });
  const question = h("legend", { class: "ck-question" }, h("span", { class: "ck-eyebrow" }, "Predict"), " ", rich(model.get("question")));
  const form = h("form", { novalidate: true }, h("fieldset", {}, question, picker.root), h("div", { class: "ck-row" }, button, status));
  el.replaceChildren(form);

  const say = () => {
    const guess = model.get("guess");
    form.classList.toggle("ck-has-guess", guess !== null);
    status.replaceChildren(...(guess === null ? [] : ["Kept: ", picker.words(guess), ". You can still change it."]));
  };
  const follow = () => {
    const guess = model.get("guess");
    if (guess !== null) picker.set(guess);
    keep(id, guess);
    say();
  };
  life.listen(form, "submit", (event) => {
    event.preventDefault();
    const { guess, problem } = picker.read();
    if (problem) {
      status.replaceChildren(problem);
      picker.complain?.(status.id);
    } else {
      update(model, { guess });
      follow();
    }
  });
  onGuess(id, () => {
    const guess = kept(id);
    if (guess === model.get("guess") || (guess !== null && !fits(model, guess))) return;
    update(model, { guess });
  }, life);
  life.on(model, "change:guess", follow);

  const earlier = kept(id);
  if (model.get("guess") === null && fits(model, earlier)) update(model, { guess: earlier });
  if (model.get("guess") !== null) follow();
  else say();
  return life.end;
}

/** Options to choose from. */
function list(model) {
  const options = model.get("options");
  const name = uid("ck-guess");
  const inputs = options.map((option) => h("input", { type: "radio", name, value: option.value }));
  const root = h("div", { class: "ck-options" }, options.map((option, i) => h("label", { class: "ck-option" }, inputs[i], h("span", {}, rich(option.html)))));
  const set = (guess) => inputs.forEach((input) => (input.checked = input.value === guess));
  const read = () => {
    const chosen = inputs.find((input) => input.checked);
    return chosen ? { guess: chosen.value } : { problem: "Choose one first." };
  };
  const words = (guess) => h("span", {}, rich(options.find((option) => option.value === guess).html));
  return { root, set, read, words };
}

/** A slider and a number field for the same number, linear or logarithmic. */
function scale(model) {
  const [low, high, log, unit] = ["low", "high", "log", "unit"].map((name) => model.get(name));
  const grain = 10 ** Math.floor(Math.log10((high - low) / 200));
  const clamp = (v) => Math.min(high, Math.max(low, v));
  const from = (p) => {
    const v = log ? low * (high / low) ** (p / STEPS) : Math.round((low + ((high - low) * p) / STEPS) / grain) * grain;
    return clamp(Number(v.toPrecision(log ? 2 : 12)));
  };
  const to = (v) => Math.round(STEPS * (log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low)));
  const field = h("input", { id: uid("ck-number"), type: "number", step: "any", min: low, max: high, class: "ck-number" });
  const format = (v) => amount(v, unit);
  const accept = () => {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  };
  const control = slider({
    label: "Your guess", min: 0, max: STEPS, step: 1, value: low, format, to, from,
    onInput: (v) => {
      control.set(v);
      type(v);
    },
  });
  const type = (v) => {
    const exact = Number(v.toPrecision(12));
    field.value = exact !== 0 && Math.abs(exact) < 1e-3 ? exact.toExponential() : String(exact);
    accept();
  };
  control.blank(); // no number stands there for the reader to agree with
  const valid = () => field.value !== "" && field.valueAsNumber >= low && field.valueAsNumber <= high;
  field.addEventListener("input", () => {
    if (valid()) control.set(field.valueAsNumber);
    accept();
  });
  const read = () => {
    if (valid()) return { guess: field.valueAsNumber };
    if (field.value === "" && !field.validity.badInput) return { problem: "Move the slider, or type a number, first." };
    return { problem: `Give a number from ${format(low)} to ${format(high)}.` };
  };
  const complain = (reason) => {
    put(field, { "aria-invalid": "true", "aria-describedby": reason });
    field.focus();
  };
  const label = h("label", { class: "ck-name", for: field.id }, unit ? `or type it, in ${unit}` : "or type it");
  const root = h("div", { class: "ck-guess" }, control.root, h("div", { class: "ck-control" }, label, field));
  const set = (v) => {
    control.set(v);
    type(v);
  };
  return { root, set, read, complain, words: format };
}
