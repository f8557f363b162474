// gradient_flow: forward and backward signals at each layer of deep networks; one can be kept to compare.
import { line, room, scale, spread } from "./lib/chart.js";
import { challenges, h, put, s, select, show, slider, statusLine, uid } from "./lib/dom.js";
import { num, power } from "./lib/format.js";
import { follow, lifetime, update } from "./lib/life.js";
import { axisX, axisY, clip, linear, picture } from "./lib/plane.js";

const CHOICE = ["activation", "initialization", "normalization", "depth"];
const USUAL = [1e-8, 1e2]; // the vertical axes show at least these

export function render({ model, el }) {
  const life = lifetime();
  const status = statusLine();
  life.add(status.end);
  const forward = signalPicture("forward", "loss", "forward signal, size of h →", "The size of the hidden state at each layer");
  const backward = signalPicture("backward", "gradient", "← backward signal, size of ∂L/∂h", "The size of the gradient with respect to the hidden state at each layer");
  const controls = controlRow(model);
  el.replaceChildren(h("div", { class: "ck-pictures" }, forward.root, backward.root), controls.root, status.root, challenges(model, life));

  const draw = () => {
    const state = read(model);
    controls.draw(state);
    forward.draw(state);
    backward.draw(state);
    status.say(sentence(state));
  };
  follow(model, ["data", "kept", ...CHOICE], el, life, draw);
  return life.end;
}

/** The network shown and the one kept, or null. */
export function read(model) {
  const data = model.get("data");
  const kept = model.get("kept");
  const now = Object.fromEntries(CHOICE.map((name) => [name, model.get(name)]));
  return { data, now: net(data, now), kept: "depth" in kept ? net(data, kept) : null };
}

/** What was measured of one network: signals (null where there is none), factors per layer, totals. */
function net(data, choice) {
  const lists = [...CHOICE.slice(0, 3).map((name) => data.titles[name].map(([value]) => value)), data.depths];
  const place = lists.reduce((at, list, i) => at * list.length + list.indexOf(choice[CHOICE[i]]), 0);
  const [forward, backward, logs, [saturated, dead], found] = data.runs[place];
  const totals = logs.map((log) => (log === null ? NaN : 10 ** (log / 1000)));
  const factors = totals.map((total) => total ** (1 / (choice.depth - 1)));
  return { choice, forward: signal(forward), backward: signal(backward), totals, factors, saturated, dead, found: data.illnesses[found] };
}

/** From hundredths of a logarithm, the first and the steps between the others, to numbers. */
function signal(steps) {
  let sum = 0;
  return steps.map((step) => (step === null ? null : 10 ** ((sum += step) / 100)));
}

const title = (data, name, value) => (name === "depth" ? `${value} layers` : data.titles[name].find(([each]) => each === value)[1]);

/** The controls; what there is only one of is no choice. */
function controlRow(model) {
  const { titles, depths } = model.get("data");
  const parts = CHOICE.slice(0, 3).map((name) => {
    const options = titles[name].map(([value, label]) => ({ value, label }));
    return { ...select({ label: name, options, onChange: (v) => update(model, { [name]: v }) }), count: options.length };
  });
  const depth = slider({ label: "depth", min: 0, max: depths.length - 1, step: 1, format: (v) => `${v} layers`, to: (v) => depths.indexOf(v), from: (p) => depths[p], onInput: (v) => update(model, { depth: v }) });
  const offered = [...parts, { ...depth, count: depths.length }].filter(({ count }) => count > 1).map(({ root }) => root);
  const keep = h("input", { type: "checkbox", onchange: () => update(model, { kept: keep.checked ? Object.fromEntries(CHOICE.map((name) => [name, model.get(name)])) : {} }) });
  const box = h("div", { class: "ck-control ck-gradient_flow-keep" }, h("label", { class: "ck-choice" }, keep, " keep to compare"));
  return {
    root: h("div", { class: "ck-controls" }, offered, box),
    draw({ now, kept }) {
      parts.forEach((part, i) => part.set(now.choice[CHOICE[i]]));
      depth.set(now.choice.depth);
      keep.checked = kept !== null;
    },
  };
}

/** What tells two networks apart in a word or two; "now" and "kept" where it takes more. */
function names({ data, now, kept }) {
  if (!kept) return ["", ""];
  const different = CHOICE.filter((name) => now.choice[name] !== kept.choice[name]);
  if (different.length !== 1) return different.length ? ["now", "kept"] : ["", "kept"];
  const [name] = different;
  const short = (value) => (value === "none" ? "none" : title(data, name, value).replace(/ \(.*| default/, ""));
  return [short(now.choice[name]), short(kept.choice[name])];
}

/** One signal at each layer, the first on the left, on a logarithmic axis. */
function signalPicture(way, tone, heading, label) {
  const { root, svg, size } = picture("ck-gradient_flow-signal", label, [340, 300]);
  const window = clip(uid("ck-clip"));
  const [axes, labels] = [s("g"), s("g")];
  const path = (cls) => s("path", { class: `ck-line ck-gradient_flow-${cls}`, style: `stroke:var(--ck-${tone})` });
  const [old, now, dots] = [path("kept"), path("now"), path("dots")];
  svg.append(s("defs", {}, window.node), axes, s("g", { "clip-path": window.url }, old, now, dots), labels);

  const draw = (state) => {
    const [width, height] = size();
    const both = [state.now, state.kept].filter(Boolean);
    const words = names(state);
    const box = { left: 44, right: width - Math.max(16, room(words) + 10), top: 26, bottom: height - 36 };
    // Both pictures have the same axis, so that equal factors look equal; it ends at few powers of ten, so that it seldom changes.
    const all = both.flatMap((each) => [...each.forward, ...each.backward]).filter((v) => v > 0 && Number.isFinite(v));
    const floor = 10 ** (-4 * Math.ceil(-Math.log10(Math.min(USUAL[0], ...all)) / 4));
    const top = 10 ** (2 * Math.ceil(Math.log10(Math.max(USUAL[1], ...all)) / 2));
    const deepest = Math.max(...both.map((each) => each.choice.depth));
    const x = linear([1, deepest], [box.left + 8, box.right]);
    const y = scale([floor, top * (top / floor) ** 0.04], [box.bottom, box.top], true);
    window.set([box.left, width], [box.top - 3, box.bottom + 3]);
    const layers = [1, ...x.ticks(5).filter((v) => v > 1 && Number.isInteger(v) && v < deepest - 0.06 * deepest), deepest];
    const ten = (v) => (v === 1 ? "1" : power(Math.round(Math.log10(v))));
    axes.replaceChildren(axisX(x, box.bottom, layers, "layer", String), axisY(y, box.left, y.marks(7), heading, ten));
    axes.firstChild.firstChild.setAttribute("d", `M${box.left},${box.bottom}H${box.right}`);
    const through = (each) => line(each[way].map((_, i) => i + 1), each[way], x, y);
    put(now, { d: through(state.now) });
    put(dots, { d: state.now[way].map((v, i) => (v === null ? "" : `M${x(i + 1).toFixed(1)},${y(v).toFixed(1)}h0`)).join("") });
    show(old, state.kept);
    if (state.kept) put(old, { d: through(state.kept) });
    const ends = both.map((each, i) => {
      const last = each[way].findLastIndex((v) => v !== null);
      return { text: words[i], x: x(last + 1), y: y(each[way][last] ?? floor) };
    });
    const told = ends.filter((end) => end.text);
    const apart = told.length === 2 && Math.abs(told[0].x - told[1].x) > room(words) + 16;
    if (!apart) spread(told, { top: box.top, bottom: box.bottom });
    labels.replaceChildren(...told.map((end) => s("text", { x: end.x + 8, y: end.y + 4, style: `fill:var(--ck-text-${tone})` }, end.text)));
  };
  return { root, draw };
}

/** The pictures in words. */
export function sentence(state) {
  const { data, now, kept } = state;
  const [forward, backward] = now.factors;
  const parts = [
    `${named(data, now.choice)}: factor per layer ${number(forward)} for the `,
    ["forward signal", "loss"],
    ` and ${number(backward)} for the `,
    ["backward signal", "gradient"],
    `: ${number(now.totals[1])} from the last layer to the first. `,
    shares(now),
    `Diagnosis: ${now.found.length ? list(now.found) : "nothing wrong"}.`,
  ];
  if (kept) {
    const same = CHOICE.every((name) => now.choice[name] === kept.choice[name]);
    parts.push(same ? " Kept to compare: this one." : ` Kept, dashed: ${named(data, kept.choice)}, backward ${number(kept.factors[1])} per layer.`);
  }
  return parts;
}

const number = (v) => (Number.isNaN(v) ? "(0, or more than numbers hold)" : num(v));

const list = (words) => (words.length < 3 ? words.join(" and ") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

/** "30 sigmoid layers, Xavier, batch norm". */
function named(data, { activation, initialization, normalization, depth }) {
  const norm = normalization === "none" ? "" : `, ${title(data, "normalization", normalization)}`;
  return `${depth} ${title(data, "activation", activation)} layers, ${title(data, "initialization", initialization)}${norm}`;
}

function shares({ saturated, dead }) {
  const told = [[saturated, "of the outputs are saturated"], [dead, "of the units are dead"]].filter(([share]) => share !== null);
  return told.length ? `${told.map(([share, what]) => `${share}% ${what}`).join(", ")}. ` : "";
}
