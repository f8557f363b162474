// tangent: a secant becomes the tangent as h shrinks; on a computer it first gets better, then worse.
import { drag, pick } from "./lib/drag.js";
import { challenges, h, put, radios, s, select, show, slider, statusLine, uid } from "./lib/dom.js";
import { exit, exitLeft, keepInside, label, separate } from "./lib/edge.js";
import { fixed, num, power, small } from "./lib/format.js";
import { follow, lifetime, update } from "./lib/life.js";
import { axisX, axisY, clamp, clip, linear, pathThrough, picture } from "./lib/plane.js";
import { curve as curveNamed } from "./numerics/curves.js";
import { POSITIONS, diagnose, errors, step, turningPoint } from "./numerics/errors.js";

const METHODS = ["forward", "central"];
const FLOOR = -17; // the lowest exponent the error picture shows
const CEILING = 2;

export function render({ model, el }) {
  const life = lifetime();
  const status = statusLine();
  life.add(status.end);
  const view = curvePicture(model, life);
  const chart = errorPicture(model, life);
  const controls = controlRow(model, life);
  el.replaceChildren(
    h("div", { class: "ck-pictures" }, view.root, chart.root),
    controls.root,
    status.root,
    challenges(model, life),
  );

  const draw = () => {
    const state = read(model);
    controls.draw(state);
    view.draw(state);
    chart.draw(state);
    status.say(sentence(state));
  };
  follow(model, ["curve", "x", "h", "method", "offered"], el, life, draw);
  return life.end;
}

/** All that the pictures need, computed once per redraw. */
function read(model) {
  const name = model.get("curve");
  const [x, h, method] = [model.get("x"), model.get("h"), model.get("method")];
  const about = model.get("offered").find((c) => c.name === name);
  const curve = curveNamed(name);
  const lists = Object.fromEntries(METHODS.map((m) => [m, errors(curve, x, m)]));
  const turn = turningPoint(lists[method]);
  return { name, about, curve, x, h, method, lists, turn, ...diagnose(curve, x, h, method, turn) };
}

const snap = (x, [low, high]) => clamp(Number(x.toFixed(2)), low, high);

function controlRow(model, life) {
  const names = () => model.get("offered").map((c) => ({ value: c.name, label: c.title }));
  const curve = select({
    label: "curve",
    options: names(),
    onChange: (name) => {
      const { domain } = model.get("offered").find((c) => c.name === name);
      update(model, { curve: name, x: snap(model.get("x"), domain) });
    },
  });
  life.on(model, "change:offered", () => curve.offer(names()));
  const method = radios({ legend: "secant", options: METHODS, onChange: (m) => update(model, { method: m }) });
  const x = slider({ label: "point x", step: 0.01, format: (v) => fixed(v, 2), onInput: (v) => update(model, { x: v }) });
  const width = slider({
    label: "step h",
    min: POSITIONS[0],
    max: 0,
    step: 0.05,
    format: small,
    to: Math.log10,
    from: step,
    onInput: (v) => update(model, { h: v }),
  });
  return {
    root: h("div", { class: "ck-controls" }, curve.root, method.root, x.root, width.root),
    draw(state) {
      curve.set(state.name);
      method.set(state.method);
      x.range(...state.about.domain, 0.01);
      x.set(state.x);
      width.set(state.h);
    },
  };
}

/** The curve with its two points, the secant and the tangent. */
function curvePicture(model, life) {
  const { root, svg, size } = picture("ck-view", "", [410, 310]);
  const window = clip(uid("ck-clip"));
  const back = s("rect", { class: "ck-hit" });
  const axes = s("g");
  const line = (cls) => s("path", { class: `ck-line ${cls}` });
  const [graph, secant, triangle] = [line("ck-graph"), line("ck-secant"), line("ck-triangle")];
  const [tangent, tangent2] = [line("ck-slope"), line("ck-slope")]; // the second only at a kink
  const words = (cls) => s("text", { class: cls }, s("tspan"), s("tspan"));
  const [secantLabel, tangentLabel, tangentLabel2] = [words("ck-secant-label"), words("ck-slope-label"), words("ck-slope-label")];
  const [run, rise] = [s("text", { class: "ck-note", "text-anchor": "middle" }), s("text", { class: "ck-note" })];
  const dot = () => s("circle", { class: "ck-second", r: 5.5 });
  const [q, q2] = [dot(), dot()];
  const p = s("g", { class: "ck-handle" }, s("circle", { class: "ck-hit", r: 22 }), s("circle", { class: "ck-halo", r: 15 }), s("circle", { class: "ck-point", r: 7.5 }));
  const inside = s("g", { "clip-path": window.url }, graph, triangle, secant, tangent, tangent2, q, q2);
  svg.append(s("defs", {}, window.node), back, axes, inside, run, rise, secantLabel, tangentLabel, tangentLabel2, p);

  let [x, y, box, drawn] = [null, null, null, ""];
  const frame = (state) => {
    const [width, height] = size();
    const key = `${state.name} ${width} ${height}`;
    if (key === drawn) return;
    drawn = key;
    box = { left: 34, right: width - 66, top: 26, bottom: height - 34 };
    const [low, high] = state.about.domain;
    const margin = 0.06 * (high - low);
    x = linear([low - margin, high + margin], [box.left, box.right]);
    const xs = Array.from({ length: 241 }, (_, i) => x.invert(box.left + ((box.right - box.left) * i) / 240));
    const ys = xs.map(state.curve.f);
    const inDomain = ys.filter((_, i) => xs[i] >= low && xs[i] <= high);
    const [least, most] = [Math.min(...inDomain), Math.max(...inDomain)];
    const pad = 0.12 * (most - least);
    y = linear([least - pad, most + pad], [box.bottom, box.top]);
    put(graph, { d: pathThrough(xs.flatMap((v, i) => [x(v), y(ys[i])])) });
    window.set(x.range, [box.top, box.bottom]);
    put(back, { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top });
    axes.replaceChildren(
      axisX(x, box.bottom, x.ticks(5), "x", tickLabel),
      axisY(y, box.left, y.ticks(5), `f(x) = ${state.curve.formula}`, tickLabel),
    );
    put(svg, { "aria-label": `The curve ${state.about.title} with a tangent and a secant at a point that can be moved` });
  };

  const along = (px, from, slope) => y(from[1] + slope * (x.invert(px) - from[0]));
  const through = (node, from, slope, start = box.left, end = box.right) =>
    put(node, { d: pathThrough([start, along(start, from, slope), end, along(end, from, slope)]) });

  const draw = (state) => {
    frame(state);
    const { f } = state.curve;
    const here = [state.x, f(state.x)];
    const there = [state.x + state.h, f(state.x + state.h)];
    const first = state.method === "central" && state.verdict !== "swallowed" ? [state.x - state.h, f(state.x - state.h)] : here;
    const [px, py] = [x(here[0]), y(here[1])];
    put(p, { transform: `translate(${px},${py})` });
    put(q, { cx: x(there[0]), cy: y(there[1]) });
    put(q2, { cx: x(first[0]), cy: y(first[1]) });
    show(q2, first !== here);

    through(secant, first, state.quotient);
    const pixels = (y(1) - y(0)) / (x(1) - x(0)); // pixels down per pixel right, for slope 1
    const ends = [exit([x(first[0]), y(first[1])], pixels * state.quotient, box)];
    // At a kink there is no tangent, but a slope on either side.
    const broken = state.verdict === "kink";
    const slopes = broken ? [["left", state.kink.left], ["right", state.kink.right]] : [["tangent", state.slope]];
    [tangent, tangent2].forEach((node, i) => {
      show(node, i < slopes.length);
      node.classList.toggle("ck-broken", broken);
      if (i < slopes.length) through(node, here, slopes[i][1]);
    });
    for (const [, slope] of slopes) ends.push((broken && slope < 0 ? exitLeft : exit)([px, py], pixels * slope, box));
    separate(ends[0], ends.at(-1));
    keepInside(ends, box);
    label(secantLabel, ends[0], "secant", num(state.quotient));
    label(tangentLabel, ends[1], slopes[0][0], num(slopes[0][1]));
    show(tangentLabel2, broken);
    if (broken) label(tangentLabel2, ends[2], slopes[1][0], num(slopes[1][1]));
    drawTriangle(first, there, state.method === "central" ? "2h" : "h");
  };

  const drawTriangle = (a, b, name) => {
    const [ax, ay, bx, by] = [x(a[0]), y(a[1]), x(b[0]), y(b[1])];
    const visible = bx - ax >= 12 && bx <= box.right + 1;
    show(triangle, visible);
    show(run, visible && bx - ax >= 20);
    show(rise, visible && Math.abs(by - ay) >= 22 && bx < box.right - 4);
    if (!visible) return;
    put(triangle, { d: `M${ax},${ay}H${bx}V${by}` });
    const up = by < ay;
    put(run, { x: (ax + bx) / 2, y: ay + (up ? 15 : -7) });
    run.textContent = name;
    put(rise, { x: bx + 6, y: (ay + by) / 2 + 4 });
    rise.textContent = "rise";
  };

  const moveTo = (px) => update(model, { x: snap(x.invert(px), model.get("offered").find((c) => c.name === model.get("curve")).domain) });
  drag(p, svg, () => [x(model.get("x")), 0], moveTo, life);
  pick(back, svg, moveTo, life);
  return { root, draw };
}

/** The error of the secant's slope over all h, log against log. */
function errorPicture(model, life) {
  const { root, svg, size } = picture("ck-errors", "The error of the secant's slope against the step h, both on logarithmic axes", [300, 310]);
  const window = clip(uid("ck-clip"));
  const back = s("rect", { class: "ck-hit" });
  const axes = s("g");
  const lines = Object.fromEntries(METHODS.map((m) => [m, s("path", { class: "ck-line ck-error" })]));
  const names = Object.fromEntries(METHODS.map((m) => [m, s("text", {}, m)]));
  const [split, drop] = [s("path", { class: "ck-split" }), s("path", { class: "ck-drop" })];
  const word = (text) => s("text", { class: "ck-note", "text-anchor": "middle" }, text);
  const [rounding, coarse] = [word("rounding"), word("too coarse")];
  const [none, none2] = [word("no slope here,"), word("so no error to measure")];
  const dot = s("circle", { class: "ck-mark", r: 6 });
  const mark = s("g", { class: "ck-handle ck-sideways" }, s("circle", { class: "ck-hit", r: 20 }), s("circle", { class: "ck-halo", r: 14 }), dot);
  const inside = s("g", { "clip-path": window.url }, split, drop, lines.forward, lines.central);
  svg.append(s("defs", {}, window.node), back, axes, inside, rounding, coarse, names.forward, names.central, none, none2, mark);

  let [x, y, box, drawn] = [null, null, null, ""];
  const frame = () => {
    const [width, height] = size();
    if (drawn === `${width} ${height}`) return;
    drawn = `${width} ${height}`;
    box = { left: 40, right: width - 12, top: 26, bottom: height - 34 };
    x = linear([POSITIONS[0], 0], [box.left, box.right]);
    y = linear([FLOOR, CEILING], [box.bottom, box.top]);
    window.set([box.left, box.right + 1], [box.top, box.bottom + 1]);
    put(back, { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top });
    const ten = (e) => (e === 0 ? "1" : power(e));
    axes.replaceChildren(
      axisX(x, box.bottom, [-16, -12, -8, -4, 0], "step h", ten),
      axisY(y, box.left, [-16, -12, -8, -4, 0], "error |secant − slope|", ten),
    );
  };
  const height = (error) => y(clamp(error > 0 ? Math.log10(error) : FLOOR, FLOOR, CEILING));

  const draw = (state) => {
    frame();
    const broken = state.verdict === "kink";
    for (const node of [...Object.values(lines), ...Object.values(names), split, drop, rounding, coarse, mark]) show(node, !broken);
    for (const node of [none, none2]) show(node, broken);
    const middle = (box.left + box.right) / 2;
    put(none, { x: middle, y: (box.top + box.bottom) / 2 - 8 });
    put(none2, { x: middle, y: (box.top + box.bottom) / 2 + 9 });
    if (broken) return;

    for (const m of METHODS) {
      put(lines[m], { d: pathThrough(state.lists[m].flatMap((e, i) => [x(POSITIONS[i]), height(e)])) });
      lines[m].classList.toggle("ck-other", m !== state.method);
      names[m].classList.toggle("ck-other", m !== state.method);
    }
    const at = (m, position) => height(state.lists[m][Math.round((position - POSITIONS[0]) * 20)]);
    put(names.forward, { x: x(-3) - 4, y: clamp(at("forward", -3) - 8, box.top + 26, box.bottom - 26), "text-anchor": "end" });
    put(names.central, { x: x(-3.6) + 9, y: clamp(at("central", -3.6) + 16, box.top + 40, box.bottom - 8), "text-anchor": "start" });

    const edge = x(POSITIONS[state.turn]);
    const list = state.lists[state.method];
    put(split, { d: `M${edge},${box.top}V${box.bottom}` });
    show(split, edge < box.right - 1);
    put(rounding, { x: Math.max(box.left + 30, (box.left + edge) / 2), y: box.top + 12 });
    put(coarse, { x: (edge + box.right) / 2, y: box.top + 12 });
    show(rounding, edge - box.left > 60 && list.some((e, i) => i < state.turn && e > 0));
    show(coarse, box.right - edge > 66);

    const [mx, my] = [x(clamp(Math.log10(state.h), POSITIONS[0], 0)), height(state.error)];
    put(mark, { transform: `translate(${mx},${my})` });
    dot.classList.toggle("ck-zero", state.error === 0);
    put(drop, { d: `M${mx},${my}V${box.bottom}` });
  };

  const moveTo = (px) => update(model, { h: step(clamp(x.invert(px), POSITIONS[0], 0)) });
  drag(mark, svg, () => [x(Math.log10(model.get("h"))), 0], moveTo, life);
  pick(back, svg, moveTo, life);
  return { root, draw };
}

const tickLabel = (v) => String(v).replace("-", "−");

/** The picture in words. */
export function sentence({ x, h, method, verdict, kink, slope, quotient, error }) {
  const where = `At x = ${fixed(x, 2)}`;
  const secant = [`The ${method} `, ["secant", "estimate"], ` over h = ${small(h)} has slope ${num(quotient)}`];
  if (verdict === "kink") {
    const which = method === "central" ? "the mean of the two" : "that of the right side";
    return [`${where} there is no slope: left of the kink it is ${num(kink.left)}, right of it ${num(kink.right)}. `, ...secant, `, ${which}, whatever h is.`];
  }
  const begin = [`${where} the `, ["tangent", "gradient"], ` has slope ${num(slope)}. `, ...secant];
  if (verdict === "exact") return [...begin, " too. The error is exactly 0, drawn at the foot of the log axis."];
  if (verdict === "swallowed") return [...begin, ": x + h rounds to x, so both heights are equal and the slope is lost."];
  const why = {
    across: `The step reaches across the kink at ${num(kink?.x ?? 0)}.`,
    coarse: error > 1e-3 * Math.max(1, Math.abs(slope)) ? "h is too coarse: a smaller one comes closer." : "A smaller h comes closer still.",
    rounding: "Rounding has taken over: a larger h comes closer.",
    best: "No h comes much closer with this method.",
  };
  return [...begin, `, off by ${num(error, 2)}. ${why[verdict]}`];
}
