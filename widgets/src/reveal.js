// A guess against what was measured: two marks on a number line, or the options with the right one marked.
// Until a guess is kept it shows neither, unless the reader asks.
import { amount, compare } from "./amount.js";
import { fits, kept, onGuess } from "./guesses.js";
import { h, s } from "./lib/dom.js";
import { lifetime } from "./lib/life.js";
import { rich } from "./rich.js";

const HEIGHT = 92;
const AXIS = 42;

export function render({ model, el }) {
  const life = lifetime();
  const id = model.get("key");
  const numeric = !model.get("options").length;
  const sentence = h("p", { class: "ck-result" });
  const picture = h("div", { class: numeric ? "ck-numberline" : "ck-answers" });
  const why = h("p", { class: "ck-why" });
  const show = h("button", { type: "button", class: "ck-button" }, "Show it without a guess");
  const closed = h("div", { class: "ck-closed" }, h("p", {}, "Keep a guess above, and here you see how it fares."), show);
  const opened = h("div", {}, sentence, picture, why);
  el.replaceChildren(h("div", { class: "ck-reveal-body" }, closed, opened));
  let wanted = false;

  const guess = () => {
    const here = kept(id);
    return here !== null && fits(model, here) ? here : model.get("guess");
  };
  const draw = () => {
    opened.hidden = !wanted && guess() === null;
    closed.hidden = !opened.hidden;
    if (opened.hidden) return;
    sentence.replaceChildren(rich(words(model, guess())));
    picture.replaceChildren(numeric ? line(model, guess(), picture.clientWidth || 600, sentence.textContent) : answers(model, guess()));
    why.replaceChildren(rich(model.get("text")));
    why.hidden = !model.get("text");
  };
  life.listen(show, "click", () => {
    wanted = true;
    draw();
    sentence.tabIndex = -1;
    sentence.focus();
  });
  onGuess(id, draw, life);
  life.on(model, "change:guess change:measured change:text", draw);
  let width = 0;
  if (numeric) {
    life.observe(picture, () => {
      if (picture.clientWidth !== width) draw();
      width = picture.clientWidth;
    });
  }
  draw();
  return life.end;
}

/** The sentence, as HTML of the small markup. */
function words(model, guess) {
  const [measured, log, unit, options] = ["measured", "log", "unit", "options"].map((name) => model.get(name));
  if (!options.length) {
    const text = guess === null ? `You kept no guess. Measured: ${amount(measured, unit)}.` : compare(guess, measured, log, unit);
    return text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
  }
  const html = (value) => options.find((option) => option.value === value).html;
  if (guess === null) return `You kept no guess. Measured: ${html(measured)}.`;
  if (guess === measured) return `You guessed right: ${html(measured)}.`;
  return `You guessed: ${html(guess)}. Measured: ${html(measured)}.`;
}

/** All options; the measured one and the guessed one say so. */
function answers(model, guess) {
  const items = model.get("options").map(({ value, html }) => {
    const right = value === model.get("measured");
    const yours = value === guess;
    const notes = [right && "measured", yours && "your guess"].filter(Boolean).join(", ");
    const sign = right ? "✓" : yours ? "✗" : "·";
    const note = notes && h("span", { class: "ck-note" }, ` – ${notes}`);
    return h("li", { class: right ? "ck-right" : yours ? "ck-wrong" : null }, h("span", { class: "ck-sign", "aria-hidden": "true" }, sign), h("span", {}, rich(html), note));
  });
  return h("ul", {}, items);
}

/** Where numbers lie between two ends, and which of them get a label. */
function axis(model, values, width) {
  const [log, low, high] = [model.get("log"), Math.min(model.get("low"), ...values), Math.max(model.get("high"), ...values)];
  const at = log ? Math.log10 : (v) => v;
  const x = (v) => 12 + ((width - 24) * (at(v) - at(low))) / (at(high) - at(low));
  const room = Math.max(2, Math.floor(width / 90));
  const ticks = [];
  if (log) {
    const [a, b] = [Math.ceil(at(low) - 1e-9), Math.floor(at(high) + 1e-9)];
    const step = Math.max(1, Math.ceil((b - a) / room));
    for (let e = a; e <= b; e += step) ticks.push(10 ** e);
  } else {
    const raw = (high - low) / room;
    const ten = 10 ** Math.floor(Math.log10(raw));
    const step = ten * [1, 2, 5, 10].find((m) => m * ten >= raw);
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(Number((k * step).toPrecision(12)));
  }
  return { x, ticks };
}

function line(model, guess, width, label) {
  const [measured, unit] = [model.get("measured"), model.get("unit")];
  const { x, ticks } = axis(model, [measured], width);
  const m = x(measured);
  const text = (px, y, words, className) => {
    const side = px < 90 ? "start" : px > width - 90 ? "end" : "middle";
    return s("text", { x: side === "start" ? Math.max(2, px - 8) : side === "end" ? Math.min(width - 2, px + 8) : px, y, "text-anchor": side, class: className }, words);
  };
  const shown = ticks.filter((v) => Math.abs(x(v) - m) > 34);
  const picture = s("svg", { class: "ck-svg", role: "img", "aria-label": `Number line. ${label}`, viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT });
  picture.append(
    s("g", { class: "ck-axis" },
      s("path", { d: `M12,${AXIS}H${width - 12}` }),
      ticks.map((v) => s("path", { d: `M${x(v).toFixed(1)},${AXIS}v5` })),
      shown.map((v) => s("text", { x: x(v), y: AXIS + 19, "text-anchor": x(v) < 24 ? "start" : x(v) > width - 24 ? "end" : "middle" }, amount(v)))),
  );
  if (guess !== null) {
    const g = x(guess);
    picture.append(
      s("path", { class: "ck-gap", d: `M${g.toFixed(1)},${AXIS}H${m.toFixed(1)}` }),
      s("path", { class: "ck-guessed", d: `M${g.toFixed(1)},${AXIS - 7}l7,7l-7,7l-7,-7Z` }),
      text(g, AXIS - 17, `your guess ${amount(guess, unit)}`, "ck-guessed-name"),
    );
  }
  picture.append(
    s("path", { class: "ck-leader", d: `M${m.toFixed(1)},${AXIS + 8}V${AXIS + 30}` }),
    s("circle", { class: "ck-measured", cx: m, cy: AXIS, r: 5 }),
    text(m, AXIS + 43, `measured ${amount(measured, unit)}`, "ck-measured-name"),
  );
  return picture;
}
