// boosting: F after each stage, and below what the stage's tree was fitted to: negative gradients, beside residuals.
import { plain, room, scale, spread } from "./lib/chart.js";
import { challenges, h, put, s, select, show, slider, statusLine, uid } from "./lib/dom.js";
import { pick } from "./lib/drag.js";
import { num } from "./lib/format.js";
import { follow, lifetime, update } from "./lib/life.js";
import { arrow, axisX, axisY, clamp, clip, linear, picture } from "./lib/plane.js";
import { boosted, sigmoid, surveyed } from "./numerics/boosting.js";

const TRAITS = ["loss", "stage", "learning_rate", "depth", "row"];

export function render({ model, el }) {
  const life = lifetime();
  const status = statusLine();
  life.add(status.end);
  const panels = panelPicture(model, life);
  const controls = controlRow(model);
  el.replaceChildren(panels.root, controls.root, status.root, challenges(model, life));

  const runs = new Map(); // of what was shown once
  const draw = () => {
    const [loss, stage, rate, depth, row] = TRAITS.map((name) => model.get(name));
    const data = model.get("data");
    const key = `${loss} ${rate} ${depth}`;
    if (!runs.has(key)) runs.set(key, boosted(data, loss, rate, depth));
    const run = runs.get(key);
    const state = { data, run, stage, row, ...surveyed(run, stage) };
    controls.draw(state);
    panels.draw(state);
    status.say(sentence(state));
  };
  follow(model, TRAITS, el, life, draw);
  return life.end;
}

/** The controls; what there is only one of is no choice. */
function controlRow(model) {
  const { stages, x, losses, rates, depths } = model.get("data");
  const range = (label, name, max, format) => slider({ label, min: 0, max, step: 1, format, onInput: (v) => update(model, { [name]: v }) });
  const stage = range("stage", "stage", stages, (v) => `${v} of ${stages}`);
  const row = range("row", "row", x.length - 1, String);
  for (const { root } of [stage, row]) root.classList.add("ck-boosting-range");
  const choice = (label, name, options, read) => ({ count: options.length, ...select({ label, options: options.map(String), onChange: (v) => update(model, { [name]: read(v) }) }) });
  const loss = choice("loss", "loss", losses, String);
  const rate = choice("learning rate η", "learning_rate", rates, Number);
  const depth = choice("depth", "depth", depths, Number);
  const offered = [loss, rate, depth].filter(({ count }) => count > 1);
  return {
    root: h("div", { class: "ck-controls", "data-choices": offered.length }, [stage, row, ...offered].map(({ root }) => root)),
    draw(state) {
      stage.set(state.stage);
      row.set(state.row);
      loss.set(state.run.loss);
      rate.set(String(state.run.rate));
      depth.set(String(state.run.depth));
    },
  };
}

const digits = (n) => String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[d]);

/** The ends of an axis around these numbers, with a share of room at either end. */
function around(values, share) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return [low - share * (high - low), high + share * (high - low)];
}

/** What the axes have to hold: the same for all stages of a run, so that what shrinks is seen to shrink. */
function extents({ run, data }) {
  if (run.limits) return run.limits;
  const stages = run.trees.map((_, m) => surveyed(run, m + 1));
  const seen = stages.flatMap(({ gradients, steps }) => [...gradients, ...steps.map(({ value }) => value)]);
  // With classes y − F has no bounds, and says little: what is beyond is shown at the edge.
  const residuals = run.loss === "logistic" ? stages[0].residuals : stages.flatMap((each) => each.residuals);
  run.limits = {
    x: around(data.x, 0.02),
    above: run.loss === "logistic" ? [-0.06, 1.06] : around([...run.y, ...run.F.flat()], 0.05),
    below: around([...seen, ...residuals, 0], 0.05),
  };
  return run.limits;
}

function panelPicture(model, life) {
  const { root, svg, size } = picture("ck-boosting-panels", "Rows and the fitted function F, above; below, for each row its residual and negative gradient, and the tree fitted to these", [480, 440]);
  const windows = [0, 1].map(() => clip(uid("ck-clip")));
  const back = s("rect", { class: "ck-hit" });
  const line = (cls) => s("path", { class: `ck-line ${cls}` });
  const [axes, names, focus] = [s("g"), s("g"), line("ck-boosting-focus")];
  const [rows, old, now, gap, step] = ["ck-boosting-rows", "ck-boosting-old", "ck-graph", "ck-boosting-gap", "ck-boosting-step"].map(line);
  const [zero, residuals, fit, leaves] = ["ck-zero-line", "ck-boosting-residuals", "ck-boosting-fit", "ck-boosting-leaves"].map(line);
  const gradients = s("path", { class: "ck-boosting-gradients" });
  const rings = [7, 5, 8].map((r) => s("circle", { class: "ck-boosting-ring", r }));
  const heading = s("text", { class: "ck-boosting-heading" });
  svg.append(s("defs", {}, ...windows.map(({ node }) => node)), back, axes, focus);
  svg.append(s("g", { "clip-path": windows[0].url }, old, now, rows, gap, step), s("g", { "clip-path": windows[1].url }, zero, fit, leaves), residuals, gradients, ...rings, heading, names);

  let [x, drawn] = [null, ""];
  const draw = (state) => {
    const { data, run, stage, row, before } = state;
    const logistic = run.loss === "logistic";
    const [width, height] = size();
    const limits = extents(state);
    const right = width - room(["tree fit", "leaves"]) - 10;
    const middle = Math.round(0.5 * height);
    const upper = { left: 40, right, top: 26, bottom: middle - 18 };
    const lower = { left: 40, right, top: middle + 26, bottom: height - 36 };
    x = linear(limits.x, [upper.left, right]);
    const above = scale(limits.above, [upper.bottom, upper.top]);
    const below = scale(limits.below, [lower.bottom, lower.top]);
    const level = (F) => above(logistic ? sigmoid(F) : F);
    const sign = `${width} ${height} ${run.loss} ${run.rate} ${run.depth}`;
    if (drawn !== sign) {
      drawn = sign;
      [upper, lower].forEach((box, i) => windows[i].set([box.left, box.right + 1], [box.top - 8, box.bottom + 2]));
      put(back, { x: upper.left, y: upper.top, width: right - upper.left, height: lower.bottom - upper.top });
      axes.replaceChildren(
        axisX(x, upper.bottom, [], "", String),
        axisY(above, upper.left, logistic ? [0, 0.5, 1] : above.marks(4), title(data, logistic), plain),
        axisX(x, lower.bottom, x.ticks(width < 480 ? 4 : 8), "x", plain),
        axisY(below, lower.left, below.marks(5), "", plain),
      );
      put(zero, { d: `M${lower.left},${below(0)}H${right}` });
      put(rows, { d: run.y.map((y, i) => `M${x(data.x[i]).toFixed(1)},${above(y).toFixed(1)}h0`).join("") });
    }

    // A step ends midway between the last row in it and the next one.
    const edge = (i) => (i === 0 ? x.range[0] : i === data.x.length ? right : x(data.x[i - 1] / 2 + data.x[i] / 2));
    const curve = (at) => {
      let d = "";
      data.x.forEach((_, i) => {
        if (i && at(i) === at(i - 1)) return;
        d += `${i ? `H${edge(i).toFixed(1)}V` : `M${edge(0)},`}${at(i).toFixed(1)}`;
      });
      return `${d}H${right}`;
    };
    put(now, { d: curve((i) => level(state.now[i])) });
    show(old, stage > 0);
    if (stage) put(old, { d: curve((i) => level(before[i])) });

    const tree = (value) => state.steps.map((one, i) => `${i ? "V" : `M${edge(0)},`}${below(value(one)).toFixed(1)}H${edge(one.to).toFixed(1)}`).join("");
    put(leaves, { d: tree(({ value }) => value) });
    const same = run.loss === "squared";
    const differs = !same && stage > 0;
    show(fit, differs);
    if (differs) put(fit, { d: tree((one) => one.fit) });

    const inside = (v) => clamp(below(v), lower.top + 2, lower.bottom - 4);
    const marks = data.x.map((v, i) => [x(v), inside(state.residuals[i]), below(state.gradients[i])]);
    const beyond = (i) => inside(state.residuals[i]) !== below(state.residuals[i]);
    put(residuals, { d: marks.map(([px, py], i) => (beyond(i) ? outward(px, py, state.residuals[i] > 0 ? -1 : 1) : circle(px, py, 4))).join("") });
    put(gradients, { d: marks.map(([px, , py]) => `M${(px - 4).toFixed(1)},${py.toFixed(1)}l4,-4 4,4 -4,4Z`).join("") });

    const [px, rest, slope] = marks[row];
    const [from, to, target] = [level(before[row]), level(state.now[row]), above(run.y[row])];
    put(focus, { d: `M${px},${upper.top}V${lower.bottom}` });
    put(gap, { d: `M${px},${from}V${target}` });
    gap.classList.toggle("ck-boosting-slope", logistic);
    put(step, { d: arrow(px, from, 0, to - from, clamp(Math.abs(to - from) / 2, 2, 8)) });
    put(rings[0], { cx: px, cy: target });
    show(rings[1], !same && !beyond(row));
    put(rings[1], { cx: px, cy: rest });
    put(rings[2], { cx: px, cy: slope });

    put(heading, { x: 2, y: lower.top - 11 });
    heading.replaceChildren(
      `at F${digits(Math.max(0, stage - 1))}: ○ residual`,
      s("tspan", { class: "ck-slope-label" }, same ? " = ◆ negative gradient" : ", ◆ negative gradient"),
      data.x.some((_, i) => beyond(i)) ? " (^ v: beyond)" : "",
    );
    const [last, name] = [data.x.length - 1, logistic ? "p" : "F"];
    const ends = [
      { text: `${name}${digits(stage)}`, cls: "ck-real-label ck-chosen", y: level(state.now[last]), box: upper },
      ...(stage ? [{ text: `${name}${digits(stage - 1)} before`, cls: "ck-note", y: level(before[last]), box: upper }] : []),
      ...(stage ? [{ text: same ? "tree" : "leaves", cls: "ck-boosting-leaf-label", y: below(state.steps.at(-1).value), box: lower }] : []),
      ...(differs ? [{ text: "tree fit", cls: "ck-secant-label", y: below(state.steps.at(-1).fit), box: lower }] : []),
    ];
    for (const box of [upper, lower]) spread(ends.filter((end) => end.box === box), box);
    names.replaceChildren(...ends.map((end) => s("text", { class: end.cls, x: right + 6, y: end.y + 4 }, end.text)));
  };

  const choose = (px) => {
    const xs = model.get("data").x;
    const off = (i) => Math.abs(x(xs[i]) - px);
    update(model, { row: xs.reduce((best, _, i) => (off(i) < off(best) ? i : best), 0) });
  };
  pick(back, svg, choose, life);
  return { root, draw };
}

const circle = (x, y, r) => `M${(x - r).toFixed(1)},${y.toFixed(1)}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`;

/** A mark at the edge for what lies beyond it. */
const outward = (x, y, way) => `M${(x - 4).toFixed(1)},${(y - 2 * way).toFixed(1)}l4,${5 * way} 4,${-5 * way}`;

const title = ({ median }, logistic) => (logistic ? `probability p of class 1${median === null ? "" : `: y above ${num(median)}`}` : "y, and F(x)");

/** Two numbers with three digits, or as many as it takes to tell them apart. */
function apart(a, b) {
  for (let n = 3; ; n++) if (a === b || n === 8 || num(a, n) !== num(b, n)) return [num(a, n), num(b, n)];
}

const rounded = (v) => plain(Number(v.toPrecision(4)));
const is = (name, value) => `${name}\u00a0=\u00a0${value}`;

/** The picture in words. */
export function sentence({ data, run, stage, row, before, now, residuals, gradients, steps }) {
  const { loss, rate, depth, y } = run;
  const logistic = loss === "logistic";
  const F = `F${digits(Math.max(0, stage - 1))}`;
  const parts = [`Stage ${stage} of ${data.stages}, ${loss} loss, learning rate ${rate}, depth ${depth}: the `, ["training loss", "loss"]];
  const [past, present] = [run.losses[Math.max(0, stage - 1)], run.losses[stage]];
  const told = apart(past, present);
  if (!stage) parts.push(` is ${told[1]}, before any tree. `);
  else parts.push(past === present ? ` stays at ${told[1]}. ` : ` ${present < past ? "falls" : "rises"} from ${told[0]} to ${told[1]}. `);
  if (logistic && data.median !== null) parts.push(`Class 1 is y above its median, ${rounded(data.median)}. `);
  const of = logistic ? `class ${is("y", y[row])}, ${is("p", num(sigmoid(before[row])))}` : is("y", rounded(y[row]));
  parts.push(`Row ${row}, ${is("x", rounded(data.x[row]))}, ${of}: residual y\u00a0−\u00a0${is(F, num(residuals[row]))}, `, ["negative gradient", "gradient"]);
  parts.push({ squared: " the same. ", absolute: ` ${gradients[row] > 0 ? "+" : ""}${plain(gradients[row])}, its sign. `, logistic: ` y\u00a0−\u00a0${is("p", num(gradients[row]))}. ` }[loss]);
  if (!stage) return [...parts, `The first tree will be fitted to the negative gradients; ${rate} times its leaf values will be added to ${is("F₀", num(before[row]))}.`];
  const leaf = steps.find(({ to }) => row < to);
  const count = leaf.to - leaf.from;
  const rows = `${count} ${count === 1 ? "row" : "rows"}`;
  if (loss === "squared") parts.push(`Its leaf of ${rows} has the `, ["value", "path"], ` ${num(leaf.value)}, the mean of theirs: `);
  else parts.push(`Its leaf of ${rows} fits the mean of theirs, ${num(leaf.fit)}, but adds ${logistic ? "a" : "the residuals’"} `, [logistic ? "Newton step" : "median", "path"], `, ${num(leaf.value)}: `);
  parts.push(`F${digits(stage)} = ${num(before[row])} + ${rate}\u00a0·\u00a0${leaf.value < 0 ? `(${num(leaf.value)})` : num(leaf.value)} = ${num(now[row])}`);
  return [...parts, logistic ? `, ${is("p", num(sigmoid(now[row])))}.` : "."];
}
