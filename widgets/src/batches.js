// batches: the noise ball around the minimum, and the work each batch size needs to get there.
import { line, plain, room, scale, spread } from "./lib/chart.js";
import { challenges, h, put, radios, s, select, show, slider, statusLine, uid } from "./lib/dom.js";
import { num } from "./lib/format.js";
import { ground } from "./lib/ground.js";
import { follow, lifetime, update } from "./lib/life.js";
import { axisX, axisY, clip, pathThrough, picture } from "./lib/plane.js";

const GRAIN = 1000; // a place on the map is so many parts of its width
const WORK = ["steps", "examples", "time"];
const TOP = 2; // the highest excess loss on the chart, as a share of that at the start

export function render({ model, el }) {
  const life = lifetime();
  const status = statusLine();
  life.add(status.end);
  const map = mapPicture(life);
  const chart = workPicture();
  const controls = controlRow(model, life);
  el.replaceChildren(h("div", { class: "ck-pictures" }, map.root, legend(), chart.root), controls.root, status.root, challenges(model, life));

  const draw = () => {
    const state = read(model);
    controls.draw(state);
    map.draw(state);
    chart.draw(state);
    status.say(sentence(state));
  };
  follow(model, ["data", "batch_size", "lr", "work", "width", "goal"], el, life, draw);
  return life.end;
}

/** The work of a number of steps: steps, examples, or time on a machine that does `width` examples at once. */
export function worked(steps, size, work, { width, overhead }) {
  if (work === "steps") return steps;
  return steps * (work === "examples" ? size : overhead + Math.ceil(size / width));
}

function read(model) {
  const data = model.get("data");
  const [size, lr, work, width, goal] = ["batch_size", "lr", "work", "width", "goal"].map((name) => model.get(name));
  const machine = { width, overhead: data.overhead };
  const column = data.lrs.indexOf(lr);
  const all = data.sizes.map((b, i) => {
    const run = data.runs[i * data.lrs.length + column];
    const steps = run.reach[data.goals.indexOf(goal)];
    return { ...run, size: b, steps, cost: steps === null ? Infinity : worked(steps, b, work, machine) };
  });
  const now = all.find((run) => run.size === size);
  const best = all.reduce((a, b) => (b.cost < a.cost ? b : a));
  return { data, size, lr, work, goal, ...machine, all, now, best };
}

function controlRow(model, life) {
  const data = () => model.get("data");
  // Positions of a slider are places in the study's list.
  const stops = (label, trait, list, format) => {
    const made = slider({ label, min: 0, step: 1, format, to: (v) => data()[list].indexOf(v), from: (p) => data()[list][p], onInput: (v) => update(model, { [trait]: v }) });
    const fit = () => made.range(0, data()[list].length - 1, 1);
    life.on(model, "change:data", fit);
    fit();
    return made;
  };
  const size = stops("batch size", "batch_size", "sizes", (b) => (b === data().n ? `all ${b}` : String(b)));
  const rate = stops("learning rate", "lr", "lrs", String);
  const goal = select({ label: "goal", options: data().goals.map((g) => ({ value: String(g), label: `${percent(g)} of the excess loss` })), onChange: (g) => update(model, { goal: Number(g) }) });
  const work = radios({ legend: "work measured in", options: WORK, onChange: (w) => update(model, { work: w }) });
  // Only time depends on the machine: who changes it wants to see time.
  const width = slider({ label: "examples at once", min: 0, max: 10, step: 1, format: String, to: Math.log2, from: (p) => 2 ** p, onInput: (w) => update(model, { width: w, work: "time" }) });
  return {
    root: h("div", { class: "ck-controls" }, size.root, rate.root, goal.root, width.root, work.root),
    draw(state) {
      size.set(state.size);
      rate.set(state.lr);
      goal.set(String(state.goal));
      work.set(state.work);
      width.set(state.width);
    },
  };
}

const percent = (share) => `${num(100 * share, 1)}%`;

function legend() {
  const mark = (sign, tone, name) => h("span", {}, h("span", { class: `ck-tone-${tone}` }, sign), ` ${name}`);
  return h("p", { class: "ck-legend" }, mark("—", "path", "one run"), mark("•", "estimate", "late positions of many runs"), mark("☆", "minimum", "minimum"));
}

/** The map: level lines, one run, the cloud of late positions and its radius. */
function mapPicture(life) {
  const map = ground("ck-basin", ["loss", 0.025], life);
  const path = s("path", { class: "ck-line ck-run" });
  const cloud = s("path", { class: "ck-line ck-cloud" });
  const ball = s("circle", { class: "ck-line ck-ball" });
  const origin = s("circle", { class: "ck-point", r: 5 });
  const word = s("text", { class: "ck-note" }, "start");
  const names = [0, 1].map((i) => s("text", { class: "ck-note", "text-anchor": i ? "start" : "end" }));
  map.inside.append(path, cloud, map.marks, ball, origin, word, ...names);
  let drawn = null;
  const draw = ({ data, now }) => {
    const [a, b, c] = data.hessian;
    const [u, v] = data.minimum;
    const f = (p, q) => 0.5 * (a * (p - u) ** 2 + 2 * b * (p - u) * (q - v) + c * (q - v) ** 2);
    const about = { domain: data.domain, minima: [data.minimum], local_minima: [], saddles: [] };
    if (map.frame({ key: data.hessian.join(), about, land: { f } }, "Map of the loss with one run and the late positions of many runs around the minimum")) drawn = null;
    if (drawn === now.path) return;
    drawn = now.path;
    const { x, y, box } = map;
    const places = (list) => list.map((p, i) => {
      const [low, high] = data.domain[i % 2];
      return (i % 2 ? y : x)(low + ((high - low) * p) / GRAIN);
    });
    put(path, { d: pathThrough(places(now.path)) });
    const dots = places(now.cloud);
    let d = "";
    for (let i = 0; i < dots.length; i += 2) d += `M${dots[i].toFixed(1)},${dots[i + 1].toFixed(1)}h0`;
    put(cloud, { d });
    const r = Math.min(999, Math.abs(x(now.radius ?? 999) - x(0)));
    put(ball, { cx: x(u), cy: y(v), r });
    show(ball, r > 11); // a smaller one would hide in the star
    const [sx, sy] = [x(data.start[0]), y(data.start[1])];
    put(origin, { cx: sx, cy: sy });
    const turned = sx > box.right - 44;
    put(word, { x: sx + (turned ? -9 : 9), y: sy + 4, "text-anchor": turned ? "end" : "start" });
    put(names[0], { x: box.right - 6, y: box.bottom - 8 });
    put(names[1], { x: box.left + 7, y: box.top + 16 });
    names.forEach((node, i) => (node.textContent = i ? `${data.names[1]} ↑` : `${data.names[0]} →`));
  };
  return { root: map.root, draw };
}

const AXIS = {
  steps: () => "steps",
  examples: () => "examples seen",
  time: ({ width, overhead }) => `time: steps × (${overhead} + ⌈batch / ${width}⌉)`,
};

/** The excess loss against work, for all batch sizes; the chosen one stands out. */
function workPicture() {
  const { root, svg, size } = picture("ck-work", "The excess loss against the work done, for each batch size", [330, 330]);
  const window = clip(uid("ck-clip"));
  const [axes, others, names] = [s("g"), s("g"), s("g")];
  const band = s("path", { class: "ck-band" });
  const curve = s("path", { class: "ck-line ck-graph" });
  const level = s("path", { class: "ck-line ck-split" });
  const reached = s("circle", { class: "ck-bar-real", r: 5 });
  svg.append(s("defs", {}, window.node), axes, s("g", { "clip-path": window.url }, level, others, band, curve, reached), names);
  const draw = (state) => {
    const { data, all, now, work, goal } = state;
    const [width, height] = size();
    const labels = all.map((run) => (run.size === data.n ? `all ${run.size}` : String(run.size)));
    const box = { left: 46, right: width - room(labels) - 12, top: 26, bottom: height - 36 };
    const along = (run) => data.at.map((t) => worked(t, run.size, work, state));
    const ends = [data.at[0], data.at.at(-1)];
    const [low, high] = [Math.min, Math.max].map((pick, i) => pick(...all.map((run) => worked(ends[i], run.size, work, state))));
    const x = scale([low, high], [box.left, box.right], true);
    const y = scale([10 ** data.floor, TOP], [box.bottom, box.top], true);
    window.set([box.left - 1, box.right + 1], [box.top - 1, box.bottom + 1]);
    axes.replaceChildren(axisX(x, box.bottom, x.marks(5), AXIS[work](state), plain), axisY(y, box.left, y.marks(6), "excess loss, as a share of that at the start", plain));
    const loss = (run) => run.excess.map((row) => row.map((e) => 10 ** (e / 100)));
    const through = (run) => line(along(run), loss(run)[1], x, y);
    others.replaceChildren(...all.filter((run) => run !== now).map((run) => s("path", { class: "ck-line ck-wave-plain", d: through(run) })));
    put(curve, { d: through(now) });
    const [lower, , upper] = loss(now);
    const amounts = along(now);
    put(band, { d: `${line(amounts, upper, x, y)}${line([...amounts].reverse(), lower.reverse(), x, y).replace("M", "L")}Z` });
    put(level, { d: `M${box.left},${y(goal)}H${box.right}` });
    show(reached, now.steps > 0);
    if (now.steps > 0) put(reached, { cx: x(now.cost), cy: y(goal) });
    // A label stands where its curve ends: at its last step, or where it leaves the chart.
    const tags = all.map((run, i) => {
      const heights = loss(run)[1].map(y);
      const last = heights.findIndex((h) => h >= box.bottom - 0.5);
      const at = last < 0 ? heights.length - 1 : last;
      return { text: labels[i], now: run === now, x: Math.min(x(along(run)[at]), box.right), y: Math.min(heights[at], box.bottom - 11) };
    });
    spread(tags, { top: box.top, bottom: box.bottom - 11 });
    names.replaceChildren(
      ...tags.map((t) => s("text", { class: t.now ? "ck-real-label ck-chosen" : "ck-note", x: t.x + 6, y: t.y + 4 }, t.text)),
      s("text", { class: "ck-note", x: box.left + 5, y: y(goal) + 14 }, "goal"),
    );
  };
  return { root, draw };
}

/** The pictures in words. */
export function sentence({ data, size, lr, work, goal, width, now, best }) {
  const who = size === data.n ? `All ${size} examples in each step` : size === 1 ? "Batches of one example" : `Batches of ${size}`;
  const noise = now.variance ? `the gradient has variance ${num(now.variance)}` : "the gradient has no noise";
  const parts = [`${who}, learning rate ${lr}: ${noise}, and `, ["late positions", "estimate"]];
  if (now.late === null || now.late > 1) {
    parts.push(" run away from the ", ["minimum", "minimum"], ". ");
  } else {
    parts.push(now.radius ? ` lie ${num(now.radius)} from the ` : " are at the ", ["minimum", "minimum"], now.radius ? " (root mean square). " : ". ");
  }
  if (now.steps === null) {
    parts.push(`Half of the runs are never down to ${percent(goal)} of the `, ["excess loss", "loss"], now.late > 0 && now.late < 10 ? `; late, it is ${num(100 * now.late, 2)}% on average.` : ".");
  } else {
    const time = work === "time" ? `, ${count(now.cost)} units of time` : "";
    parts.push(`Half of the runs are down to ${percent(goal)} of the `, ["excess loss", "loss"], ` after ${count(now.steps)} ${now.steps === 1 ? "step" : "steps"}, ${count(now.steps * size)} examples${time}.`);
  }
  if (best.cost === Infinity) return [...parts, " No batch size gets there."];
  const measure = work === "time" ? `time, with ${width} at once` : work;
  const first = now.cost === best.cost ? "no batch size is faster" : `${best.size === data.n ? "the whole data set" : `batch size ${best.size}`} is the first, after ${count(best.cost)}`;
  return [...parts, ` Measured in ${measure}, ${first}.`];
}

const count = (v) => Math.round(v).toLocaleString("en-US");
