// What the room predicts: a histogram for each question of the chapter. The right answer is not here.
import { amount } from "./amounts.js";
import { counts, edges, position, quantile } from "./bins.js";
import { count, h, place, prose, put, s, say } from "./dom.js";

const HEIGHT = 150; // of the picture of numbers, in px
const BASE = 118; // where its bars stand
const TALLEST = 84;

const percent = (n, of) => `${Math.round((100 * n) / of)}%`;

/** The section; `show(chapter)` draws another chapter, `update(predictions)` what changed of this one. */
export class Guesses {
  constructor(root, room) {
    this.root = root;
    this.room = room;
    this.charts = new Map();
  }

  show(chapter) {
    this.charts = new Map(chapter.predictions.map((p) => [p.id, p.options ? options(p) : numbers(p)]));
    const none = h("p", { class: "note" }, "Nothing is predicted in this chapter.");
    place(this.root, this.charts.size ? [...this.charts.values()].map((chart) => chart.root) : [none]);
    this.update(this.charts.keys());
  }

  /** Draws the histograms of these predictions again, so far as they are of the chapter shown. */
  update(predictions) {
    for (const id of predictions) {
      const guesses = [...(this.room.guesses.get(id)?.values() ?? [])].map((entry) => entry.guess);
      this.charts.get(id)?.draw(guesses, this.room.learners.size);
    }
  }
}

/** "31 of 50 have guessed." */
function opening(n, of) {
  if (n === 0) return "Nobody has guessed yet.";
  return `${n} of ${of} ${n === 1 ? "has" : "have"} guessed.`;
}

function options(prediction) {
  const rows = prediction.options.map((text) => {
    const bar = s("rect", { class: "guess", height: "100%", width: "0%" });
    const sums = h("span", { class: "sums" });
    const picture = s("svg", { class: "bar", "aria-hidden": "true" }, s("rect", { class: "track", width: "100%", height: "100%" }), bar);
    return { text, bar, sums, root: h("li", {}, h("span", { class: "option" }, prose(text)), sums, picture) };
  });
  const sentence = h("p", { class: "sentence" });
  const root = figure(prediction, h("ul", { class: "options" }, rows.map((row) => row.root)), sentence);
  function draw(guesses, of) {
    const n = guesses.length;
    const sums = rows.map((row) => guesses.filter((guess) => guess === row.text).length);
    rows.forEach((row, i) => {
      put(row.bar, "width", n ? `${(100 * sums[i]) / n}%` : "0%");
      say(row.sums, n ? `${sums[i]} · ${percent(sums[i], n)}` : "0");
    });
    const most = Math.max(...sums);
    const first = rows.filter((_, i) => sums[i] === most).map((row) => `“${row.text.replaceAll("`", "")}”`);
    let leader = "";
    if (n && first.length === 1) leader = ` Most often: ${first[0]}, ${percent(most, n)}.`;
    else if (n) leader = ` The room is split between ${first.slice(0, -1).join(", ")} and ${first.at(-1)}.`;
    say(sentence, opening(n, of) + leader);
  }
  return { root, draw };
}

function numbers(prediction) {
  const { unit, log } = prediction;
  const bounds = edges(prediction);
  const x = (value) => 100 * position(value, prediction);
  const bars = bounds.slice(0, -1).map((edge, i) => {
    const [left, right] = [x(edge), x(bounds[i + 1])];
    const bar = s("rect", { class: "guess", x: `${left + 0.4}%`, width: `${right - left - 0.8}%`, y: BASE, height: 0 });
    const label = s("text", { x: `${(left + right) / 2}%`, y: BASE, "text-anchor": "middle", class: "sum" });
    return { bar, label };
  });
  const line = s("line", { class: "median", y1: 18, y2: BASE });
  const name = s("text", { y: 12 });
  const axis = [s("line", { class: "axis", x1: "0%", x2: "100%", y1: BASE, y2: BASE })];
  for (const { value, anchor } of ticks(bounds, x)) {
    axis.push(s("line", { class: "axis", x1: `${x(value)}%`, x2: `${x(value)}%`, y1: BASE, y2: BASE + 5 }));
    axis.push(s("text", { x: `${x(value)}%`, y: BASE + 21, "text-anchor": anchor }, amount(value)));
  }
  const picture = s("svg", { class: "histogram", role: "img", height: HEIGHT }, axis, line, bars.map((b) => b.bar), bars.map((b) => b.label), name);
  const sentence = h("p", { class: "sentence" });
  const scale = h("p", { class: "scale" }, `${unit ? `in ${unit}; ` : ""}${log ? "a logarithmic scale" : "a linear scale"}`);
  const root = figure(prediction, h("div", { class: "picture" }, picture, scale), sentence);
  function draw(guesses, of) {
    const n = guesses.length;
    const sums = counts(guesses, bounds);
    const most = Math.max(1, ...sums);
    bars.forEach(({ bar, label }, i) => {
      const height = (TALLEST * sums[i]) / most;
      put(bar, "height", height);
      put(bar, "y", BASE - height);
      put(label, "y", BASE - height - 4);
      say(label, sums[i] ? String(sums[i]) : "");
    });
    for (const part of [line, name]) put(part, "display", n ? null : "none");
    let said = opening(n, of);
    if (n) {
      const [first, median, third] = [0.25, 0.5, 0.75].map((share) => quantile(guesses, share, log));
      const at = x(median);
      for (const end of ["x1", "x2"]) put(line, end, `${at}%`);
      put(name, "x", `${at}%`);
      put(name, "text-anchor", at < 20 ? "start" : at > 80 ? "end" : "middle");
      say(name, `median ${amount(median, unit)}`);
      said += ` Median ${amount(median, unit)}`;
      if (n < 4) said += ".";
      else if (amount(first) === amount(third)) said += "; the middle half agrees.";
      else {
        said += `; the middle half lies from ${amount(first)} to ${amount(third, unit)}`;
        said += log ? `, a factor of ${amount(third / first)}.` : ".";
      }
    }
    say(sentence, said);
    const bins = sums.flatMap((sum, i) => (sum ? [`${sum} from ${amount(bounds[i])} to ${amount(bounds[i + 1], unit)}`] : []));
    put(picture, "aria-label", n ? `Histogram of ${count(n, "guess", "guesses")}: ${bins.join("; ")}.` : "Histogram, still empty.");
  }
  return { root, draw };
}

/** At most five of the edges, the ends among them, with room between. */
function ticks(bounds, x) {
  const chosen = [{ value: bounds[0], anchor: "start" }, { value: bounds.at(-1), anchor: "end" }];
  const every = Math.ceil((bounds.length - 1) / 5);
  for (let i = every; i < bounds.length - 1; i += every) {
    if (x(bounds[i]) > 16 && x(bounds[i]) < 84) chosen.push({ value: bounds[i], anchor: "middle" });
  }
  return chosen;
}

function figure(prediction, picture, sentence) {
  return h("article", { class: "prediction" }, h("h3", {}, prose(prediction.question)), picture, sentence);
}
