// activations: an activation's value and slope at a point, and what many layers make of the slope.
import { line, scale } from "./lib/chart.js";
import { challenges, h, put, s, select, show, slider, statusLine, uid } from "./lib/dom.js";
import { drag, pick } from "./lib/drag.js";
import { fixed, num, power } from "./lib/format.js";
import { along, wide, write } from "./lib/labels.js";
import { follow, lifetime, update } from "./lib/life.js";
import { axisX, axisY, clamp, clip, linear, pathThrough, picture } from "./lib/plane.js";

const FLOOR = 1e-20; // the lowest product on the log axis
const TOP = 100;
const STEEPEST = 1.25; // the highest slope on its axis, the same for all functions
const WORDS = { saturated: "saturated", zero: "zero slope", turns: "lowest point" };
const REACH = 1.6; // half the length of the drawn tangent, in units of z

export function render({ model, el }) {
  const life = lifetime();
  const status = statusLine();
  life.add(status.end);
  const curves = curvePicture(model, life);
  const product = productPicture(model, life);
  const controls = controlRow(model);
  el.replaceChildren(h("div", { class: "ck-pictures" }, curves.root, product.root), controls.root, status.root, challenges(model, life));

  const draw = () => {
    const state = read(model);
    controls.draw(state);
    curves.draw(state);
    product.draw(state);
    status.say(sentence(state));
  };
  follow(model, ["data", "name", "z", "layers"], el, life, draw);
  return life.end;
}

/** The function shown, its value and slope at z, and the slope to the power of the layers. */
export function read(model) {
  const [data, name, z, layers] = ["data", "name", "z", "layers"].map((key) => model.get(key));
  const f = data.functions.find((each) => each.name === name);
  const at = Math.round((z + data.reach) * data.stops);
  const slope = f.slopes[at];
  const zone = f.zones.find(([low, high]) => z >= low && z <= high)?.[2];
  return { data, f, z, layers, zone, value: f.values[at], slope, product: slope ** layers };
}

const snap = (z, { reach, stops }) => clamp(Math.round(z * stops) / stops, -reach, reach);

function controlRow(model) {
  const data = model.get("data");
  const { reach, stops, deepest } = data;
  const names = data.functions.map(({ name, title }) => ({ value: name, label: title }));
  const name = select({ label: "activation", options: names, onChange: (v) => update(model, { name: v }) });
  const z = slider({ label: "input z", min: -reach, max: reach, step: 1 / stops, format: (v) => fixed(v, 2), onInput: (v) => update(model, { z: snap(v, data) }) });
  const layers = slider({ label: "layers", min: 1, max: deepest, step: 1, onInput: (v) => update(model, { layers: v }) });
  return {
    root: h("div", { class: "ck-controls" }, names.length > 1 && name.root, z.root, layers.root),
    draw(state) {
      name.set(state.f.name);
      z.set(state.z);
      layers.set(state.layers);
    },
  };
}

/** The curve with its tangent at a point that can be moved, and the curve's slope below it. */
function curvePicture(model, life) {
  const { root, svg, size } = picture("ck-activations-curve", "", [410, 360]);
  const window = clip(uid("ck-clip"));
  const [back, axes, zones, words] = [s("rect", { class: "ck-hit" }), s("g"), s("g"), s("g")];
  const path = (cls) => s("path", { class: `ck-line ${cls}` });
  const [graph, tangent, slopes, drop] = [path("ck-graph"), path("ck-activations-tangent"), path("ck-slope"), path("ck-drop")];
  const dot = s("circle", { class: "ck-activations-dot", r: 5.5 });
  const point = s("g", { class: "ck-handle ck-sideways" }, s("circle", { class: "ck-hit", r: 22 }), s("circle", { class: "ck-halo", r: 15 }), s("circle", { class: "ck-point", r: 7.5 }));
  const [valueLabel, slopeLabel] = [s("text", { class: "ck-real-label" }), s("text", { class: "ck-slope-label" })];
  svg.append(s("defs", {}, window.node), back, zones, axes, s("g", { "clip-path": window.url }, drop, graph, tangent), slopes, words, valueLabel, slopeLabel, dot, point);

  let [x, y, u, upper, lower, lines, named, drawn] = [];
  const frame = ({ data, f }) => {
    const [width, height] = size();
    const key = [f.name, width, height].join();
    if (key === drawn) return;
    drawn = key;
    const [left, right] = [34, width - 12];
    const middle = Math.round(0.53 * height);
    upper = { top: 26, bottom: middle - 16 };
    lower = { top: middle + 26, bottom: height - 36 };
    const { reach, stops } = data;
    x = linear([-reach - 0.2, reach + 0.2], [left, right]);
    const [low, high] = [Math.min(-1, ...f.values), Math.max(1, ...f.values)];
    const pad = 0.1 * (high - low);
    y = linear([low - pad, high + pad], [upper.bottom, upper.top]);
    u = linear([-0.2, STEEPEST], [lower.bottom, lower.top]);
    window.set([left, right], [upper.top, upper.bottom]);
    put(back, { x: left, y: upper.top, width: right - left, height: lower.bottom - upper.top });
    const steps = f.values.map((_, i) => x(i / stops - reach));
    put(graph, { d: pathThrough(f.values.flatMap((v, i) => [steps[i], y(v)])) });
    put(slopes, { d: pathThrough(f.slopes.flatMap((v, i) => [steps[i], u(v)])) });
    const marks = [-8, -4, 0, 4, 8];
    axes.replaceChildren(
      s("path", { class: "ck-line ck-zero-line", d: `M${left},${y(0)}H${right}M${left},${u(0)}H${right}` }),
      axisX(x, lower.bottom, marks, "input z", tick),
      axisY(y, left, y.ticks(4), "value f(z)", tick),
      axisY(u, left, [0, 0.5, 1], "slope f′(z)", tick),
    );
    lines = [along(f.values.map((v, i) => [steps[i], y(v)])), along(f.slopes.map((v, i) => [steps[i], u(v)]))];
    // A zone reaches half a stop beyond its last one.
    const ends = f.zones.map(([a, b, kind]) => [Math.max(left, x(a - 0.5 / stops)), Math.min(right, x(b + 0.5 / stops)), kind]);
    zones.replaceChildren(...ends.flatMap(([a, b]) => [upper, lower].map(({ top, bottom }) => s("rect", { class: "ck-activations-zone", x: a, y: top, width: Math.max(2, b - a), height: bottom - top }))));
    named = [];
    words.replaceChildren(
      ...ends.map(([a, b, kind]) => {
        const node = s("text", { class: "ck-note" });
        const [text, row] = [WORDS[kind], lower.top + 13];
        const [start, end] = [a < left + 9, b > right - 9];
        const fits = b - a > wide(text) + 8;
        // A zone that is too narrow for its word has it beside it, with an arrow.
        const arrow = fits || !(start || end) ? text : start ? `← ${text}` : `${text} →`;
        const at = fits ? (start ? [a + 5, row] : [b - 5, row, "end"]) : start ? [b + 5, row] : end ? [a - 5, row, "end"] : [(a + b) / 2, row, "middle"];
        named.push(write(node, arrow, [at, [at[0], row + 16, at[2]]], { points: lines[1], boxes: named, frame: { left, right, ...lower } }));
        return node;
      }),
    );
    put(svg, { "aria-label": `The curve of ${f.title} and, below it, the curve of its slope, with a point that can be moved` });
  };

  const draw = (state) => {
    frame(state);
    const { z, value, slope } = state;
    const [px, py, pu] = [x(z), y(value), u(slope)];
    put(point, { transform: `translate(${px},${py})` });
    put(dot, { cx: px, cy: pu });
    put(drop, { d: `M${px},${py}V${upper.bottom}` });
    put(tangent, { d: pathThrough([-REACH, REACH].flatMap((d) => [x(z + d), y(value + slope * d)])) });
    const places = (cy, far, ...rows) => rows.flatMap((row) => [[px + far, cy + row], [px - far, cy + row, "end"]]);
    const frame_ = (part) => ({ left: x.range[0] + 2, right: x.range[1] + 8, top: part.top - 12, bottom: part.bottom });
    const own = along([[-REACH, REACH].map((d) => [x(z + d), y(value + slope * d)]), [[px, py], [px, upper.bottom]]].flat());
    write(valueLabel, `value ${num(value)}`, places(py, 13, 20, -12, 34, -26, 4), { points: [...lines[0], ...own], frame: frame_(upper) });
    write(slopeLabel, `slope ${num(slope)}`, [...places(pu, 10, -10, 4), [px, pu - 14, "middle"], ...places(pu, 10, -24, -38)], { points: lines[1], boxes: named, frame: frame_(lower) });
  };

  const moveTo = (px) => update(model, { z: snap(x.invert(px), model.get("data")) });
  drag(point, svg, () => [x(model.get("z")), 0], moveTo, life);
  pick(back, svg, moveTo, life);
  return { root, draw };
}

/** What is left of a gradient after each layer, if all slopes are the one at z. */
function productPicture(model, life) {
  const { root, svg, size } = picture("ck-activations-product", "The product of the slopes against the number of layers, on a logarithmic axis", [290, 360]);
  const window = clip(uid("ck-clip"));
  const [back, axes] = [s("rect", { class: "ck-hit" }), s("g")];
  const [most, now] = [s("path", { class: "ck-line ck-wave-plain" }), s("path", { class: "ck-line ck-slope" })];
  const [mostLabel, label] = [s("text", { class: "ck-note" }), s("text", { class: "ck-slope-label" })];
  const dot = s("circle", { class: "ck-activations-dot", r: 6 });
  const mark = s("g", { class: "ck-handle ck-sideways" }, s("circle", { class: "ck-hit", r: 18 }), s("circle", { class: "ck-halo", r: 14 }), dot);
  svg.append(s("defs", {}, window.node), back, axes, s("g", { "clip-path": window.url }, most, now), mostLabel, label, mark);

  let [x, y, box, drawn] = [];
  const frame = ({ data: { deepest } }) => {
    const [width, height] = size();
    const key = [deepest, width, height].join();
    if (key === drawn) return;
    drawn = key;
    box = { left: 44, right: width - 12, top: 26, bottom: height - 36 };
    x = linear([0, deepest], [box.left, box.right]);
    y = scale([FLOOR, TOP], [box.bottom, box.top], true);
    window.set([box.left, box.right + 1], [box.top, box.bottom + 1]);
    put(back, { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top });
    const ten = (v) => (v === 1 ? "1" : power(Math.round(Math.log10(v))));
    axes.replaceChildren(axisX(x, box.bottom, x.ticks(6), "layers", String), axisY(y, box.left, [1, 1e-5, 1e-10, 1e-15, 1e-20], "product of the slopes of all layers", ten));
  };
  // A product of 0 has no place on the axis: its line leaves at the foot.
  const height = (v) => (v === 0 ? box.bottom + 4 : clamp(y(Math.abs(v)), box.top, box.bottom + 9999));

  const draw = (state) => {
    frame(state);
    const { f, slope, layers, product, data } = state;
    const steps = Array.from({ length: data.deepest + 1 }, (_, k) => k);
    const through = (base) => line(steps, steps.map((k) => height(base ** k)), x, (v) => v);
    put(most, { d: through(f.largest) });
    put(now, { d: through(slope) });
    const [mx, my] = [x(layers), Math.min(height(product), box.bottom)];
    put(mark, { transform: `translate(${mx},${my})` });
    const off = product === 0 || Math.abs(product) < FLOOR;
    dot.classList.toggle("ck-activations-off", off);
    const frame_ = { left: box.left + 3, right: box.right + 8, top: 21, bottom: box.bottom - 1 };
    const onPage = ([, py]) => py <= box.bottom;
    const points = [slope, f.largest].flatMap((base) => along([0, base === 0 ? 1 : data.deepest].map((k) => [x(k), height(base ** k)])).filter(onPage));
    const rival = Math.abs(slope) < 0.9 * f.largest;
    show(mostLabel, rival);
    const boxes = [];
    if (rival) {
      const text = `largest slope, ${num(f.largest)}`;
      const before = wide(text) / (x(1) - x(0)); // layers that the text is long
      const above = (k) => Math.min(height(f.largest ** k), height(f.largest ** (k - before))) - 8;
      boxes.push(write(mostLabel, text, [data.deepest, 25, 20, 15].map((k) => [x(k), above(k), "end"]), { points, frame: frame_ }));
    }
    const text = `${layers === 1 ? "1 layer" : `${layers} layers`}: ${num(product)}${off ? " ↓" : ""}`;
    const beside = (row) => [[mx + 11, my + row], [mx - 11, my + row, "end"]];
    // Below the line, as far to the right as it leaves room.
    const fall = (height(slope) - y(1)) / (x(1) - x(0));
    const below = [20, 34, 48, 62].map((row) => [Math.min(mx + (row - 14) / Math.max(0.05, fall) - 6, box.right), my + row, "end"]);
    write(label, text, [...beside(5), [mx - 11, my + 20, "end"], ...beside(-10), [mx + 11, my + 20], [mx, my - 16, "middle"], ...below], { points, boxes, frame: frame_ });
  };

  const moveTo = (px) => update(model, { layers: clamp(Math.round(x.invert(px)), 1, model.get("data").deepest) });
  drag(mark, svg, () => [x(model.get("layers")), 0], moveTo, life);
  pick(back, svg, moveTo, life);
  return { root, draw };
}

const tick = (v) => String(v).replace("-", "−");

/** The pictures in words. */
export function sentence({ f, z, layers, zone, value, slope, product }) {
  const share = Math.abs(slope) / f.largest;
  const percent = share > 0.99999 ? "its largest" : `${share > 0.995 ? "nearly" : `${num(100 * share, 2)}% of`} its largest, ${num(f.largest)}`;
  const states = {
    saturated: ` (below 1% of its largest, ${num(f.largest)}): saturated. `,
    zero: z === 0 ? " (at the kink the left side counts): nothing passes back. " : ": nothing passes back. ",
    turns: ": the curve turns around here. ",
  };
  return [
    `${f.title} at z = ${fixed(z, 2)}: `,
    ["value", "loss"],
    ` ${num(value)}, `,
    ["slope", "gradient"],
    ` ${num(slope)}${states[zone] ?? ` (${percent}): not saturated. `}`,
    layers === 1 ? "One such layer multiplies a gradient by " : `${layers} such layers multiply a gradient by `,
    `${num(product)}.`,
  ];
}
