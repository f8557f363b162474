// A quiz: choose, check, read why. Works with no kernel and remembers the answers where it may.
import { h, uid } from "./lib/dom.js";
import { lifetime, update } from "./lib/life.js";
import { recall, remember } from "./memory.js";
import { rich } from "./rich.js";

export function render({ model, el }) {
  const life = lifetime();
  const questions = model.get("questions");
  const key = `quiz:${model.get("key")}`;
  const edition = fingerprint(JSON.stringify(questions));

  const heard = h("p", { class: "ck-hidden", role: "status" });
  const score = h("p", { class: "ck-score" });
  const again = h("button", { type: "button", class: "ck-button ck-plain" }, "Start over");
  const views = questions.map((question, i) => ask(question, i, (chosen) => answer(i, chosen), (text) => hear(text), life));
  el.replaceChildren(...views.map((view) => view.root), h("div", { class: "ck-row ck-foot" }, score, again), heard);

  const total = () => `${model.get("score")} of ${questions.length} right`;
  const hear = (text) => {
    heard.textContent = "";
    heard.textContent = text;
  };
  function give(answers) {
    update(model, { answers, score: answers.filter((chosen, i) => isRight(questions[i], chosen)).length });
    draw();
  }
  function answer(i, chosen) {
    give(model.get("answers").map((old, k) => (k === i ? chosen : old)));
    views[i].draw(chosen, true); // also when the same answer is checked again
    hear(`${views[i].words(chosen)} ${total()}.`);
  }
  function draw() {
    const answers = model.get("answers");
    const begun = answers.some((chosen) => chosen.length);
    views.forEach((view, i) => view.draw(answers[i]));
    score.textContent = total();
    again.hidden = !begun;
    remember(key, begun ? { edition, answers } : null);
  }
  life.listen(again, "click", () => {
    give(questions.map(() => []));
    views[0].focus();
    hear(`Started over. ${total()}.`);
  });
  life.on(model, "change:answers change:score", draw);

  const earlier = recall(key);
  const untouched = model.get("answers").every((chosen) => chosen.length === 0);
  if (untouched && earlier?.edition === edition) give(earlier.answers);
  else draw();
  return life.end;
}

const isRight = (question, chosen) => question.options.every((option, i) => Boolean(option.right) === chosen.includes(i));

/** One question as a form. */
function ask(question, number, onAnswer, hear, life) {
  const name = uid("ck-quiz");
  const type = question.several ? "checkbox" : "radio";
  const options = question.options.map((option, i) => {
    const why = h("p", { class: "ck-why", id: `${name}-why-${i}`, hidden: true });
    const input = h("input", { type, name });
    const root = h("div", { class: "ck-item" }, h("label", { class: "ck-option" }, input, h("span", {}, rich(option.text))), why);
    return { root, input, why, option };
  });
  const mark = h("span", { class: "ck-mark" });
  const more = question.several && h("span", { class: "ck-several" }, " Choose all that are right.");
  const legend = h("legend", { class: "ck-question" }, h("span", { class: "ck-number-of" }, `${number + 1}. `), rich(question.question), more);
  const button = h("button", { type: "submit", class: "ck-button" }, "Check", h("span", { class: "ck-hidden" }, ` question ${number + 1}`));
  const root = h("form", { class: "ck-ask" }, h("fieldset", {}, legend, options.map((o) => o.root)), h("div", { class: "ck-row" }, button, mark));

  const choice = () => options.flatMap(({ input }, i) => (input.checked ? [i] : []));
  let checked = [];
  const same = (a, b) => a.length === b.length && a.every((v, i) => v === b[i]);

  function marks() {
    const current = checked.length > 0 && same(choice(), checked);
    const right = current && isRight(question, checked);
    options.forEach(({ root: item, input, why, option }, i) => {
      const chosen = checked.includes(i);
      const open = current && (right || chosen);
      why.hidden = !open;
      item.classList.toggle("ck-right", open && Boolean(option.right));
      item.classList.toggle("ck-wrong", open && chosen && !option.right);
      if (open) input.setAttribute("aria-describedby", why.id);
      else input.removeAttribute("aria-describedby");
      // What was rightly left alone is explained, and not called wrong.
      const said = chosen ? [verdict(option.right ? "✓" : "✗", option.right ? "Right." : "Wrong."), " "] : [];
      why.replaceChildren(...(open ? [...said, rich(option.why)] : []));
    });
    mark.className = `ck-mark ${current ? (right ? "ck-right" : "ck-wrong") : ""}`;
    mark.replaceChildren(...(current ? [verdict(right ? "✓" : "✗", outcome(checked))] : []));
  }
  function outcome(chosen) {
    if (isRight(question, chosen)) return "Right";
    if (chosen.every((i) => question.options[i].right)) return "Not complete yet";
    return "Not right yet";
  }
  /** What a screen reader hears after a check. */
  function words(chosen) {
    const told = chosen.map((i) => options[i].why.textContent.replace(/^[✓✗]\s*/, ""));
    return `${outcome(chosen)}. ${told.join(" ")}`;
  }
  /** Takes over an answer from the model; a choice that was not checked yet stays unless `force` or the answer is new. */
  function draw(chosen, force = false) {
    const sorted = [...chosen].sort((a, b) => a - b);
    if (force || !same(sorted, checked)) {
      checked = sorted;
      options.forEach(({ input }, i) => (input.checked = checked.includes(i)));
    }
    marks();
  }
  life.listen(root, "change", marks);
  life.listen(root, "submit", (event) => {
    event.preventDefault();
    const chosen = choice();
    if (chosen.length) return onAnswer(chosen);
    mark.replaceChildren("Choose an answer first.");
    hear("Choose an answer first.");
  });
  return { root, draw, words, focus: () => options[0].input.focus() };
}

const verdict = (sign, word) => h("strong", { class: "ck-verdict-word" }, h("span", { "aria-hidden": "true" }, `${sign} `), word);

/** FNV-1a of a text: remembered answers belong to the questions as they were. */
function fingerprint(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
