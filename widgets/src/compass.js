// compass: the gradient collects all slopes at a point, and knows only the neighborhood.
import { directionsPicture } from "./lib/directions.js";
import { challenges, h, select, slider, statusLine } from "./lib/dom.js";
import { fixed, heading, num, small } from "./lib/format.js";
import { meanings } from "./lib/ground.js";
import { follow, lifetime, update } from "./lib/life.js";
import { mapPicture } from "./lib/map.js";
import { slicePicture } from "./lib/slice.js";
import { survey } from "./numerics/compass.js";
import { landscape } from "./numerics/landscapes.js";

const NORMS = [
  { value: "euclidean", label: "Euclidean" },
  { value: "max", label: "largest coordinate" },
  { value: "sum", label: "sum of coordinates" },
];
const MEASURED = { euclidean: "", max: " by largest coordinate", sum: " by sum of coordinates" };
const TRAITS = ["landscape", "offered", "x", "y", "angle", "step", "norm"];
const STEPS = [-3, 0.5]; // log10 of the smallest and the largest step on the slider

export function render({ model, el }) {
  const life = lifetime();
  const status = statusLine();
  life.add(status.end);
  const about = () => model.get("offered").find((a) => a.key === model.get("landscape"));
  const map = mapPicture(model, about, life);
  const directions = directionsPicture(model, life);
  const slice = slicePicture();
  const key = legend();
  const controls = controlRow(model, about, life);
  el.replaceChildren(
    h("div", { class: "ck-pictures" }, map.root, key.root, h("div", { class: "ck-charts" }, directions.root, slice.root)),
    controls.root,
    status.root,
    challenges(model, life),
  );

  const draw = () => {
    const state = read(model, about());
    controls.draw(state);
    map.draw(state);
    key.draw(state);
    directions.draw(state);
    slice.draw(state);
    status.say(sentence(state));
  };
  follow(model, TRAITS, el, life, draw);
  return life.end;
}

function read(model, about) {
  const [x, y, angle, step, norm] = ["x", "y", "angle", "step", "norm"].map((name) => model.get(name));
  const land = landscape(about.name, about.params);
  const given = { x, y, angle, step, norm };
  return { ...given, key: about.key, about, land, ...survey(land, { ...given, minima: about.minima }) };
}

/** What the marks on the map mean; only those it shows. */
function legend() {
  const root = h("p", { class: "ck-legend" });
  let shown = null;
  const draw = ({ about }) => {
    if (shown === about) return;
    shown = about;
    const marks = [...meanings(about), ["●", "end of the step", "path"]];
    root.replaceChildren(...marks.map(([sign, name, tone]) => h("span", {}, h("span", { class: `ck-tone-${tone}` }, sign), ` ${name}`)), h("span", {}, "arrows not to scale"));
  };
  return { root, draw };
}

function controlRow(model, about, life) {
  const offers = () => model.get("offered").map((a) => ({ value: a.key, label: a.title }));
  const land = select({
    label: "landscape",
    options: offers(),
    onChange: (key) => {
      const [x, y] = model.get("offered").find((a) => a.key === key).start;
      update(model, { landscape: key, x, y });
    },
  });
  life.on(model, "change:offered", () => land.offer(offers()));
  const norm = select({ label: "length measured as", options: NORMS, onChange: (v) => update(model, { norm: v }) });
  const coordinate = (name) => slider({ label: name, step: 0.01, format: (v) => fixed(v, 2), onInput: (v) => update(model, { [name]: v }) });
  const [x, y] = [coordinate("x"), coordinate("y")];
  const angle = slider({ label: "heading", min: 0, max: 359, step: 1, format: heading, onInput: (v) => update(model, { angle: v }) });
  const step = slider({
    label: "step",
    min: STEPS[0],
    max: STEPS[1],
    step: 0.025,
    format: small,
    to: Math.log10,
    from: (p) => Number((10 ** p).toPrecision(2)),
    onInput: (v) => update(model, { step: v }),
  });
  let ranged = null;
  return {
    root: h("div", { class: "ck-controls" }, land.root, norm.root, x.root, y.root, angle.root, step.root),
    draw(state) {
      if (ranged !== state.about) {
        ranged = state.about;
        x.range(...state.about.domain[0], 0.01);
        y.range(...state.about.domain[1], 0.01);
      }
      land.set(state.key);
      norm.set(state.norm);
      x.set(state.x);
      y.set(state.y);
      angle.set(state.angle);
      step.set(state.step);
    },
  };
}

/** The pictures in words. */
export function sentence(state) {
  const { about, value, flat, slope, angle, step, norm, predicted, actual, steepest, miss } = state;
  const here = `Here f = ${num(value)}`;
  const does = ["a step of ", small(step), " should change f by ", [num(predicted), "estimate"], " and changes it by ", [num(actual), "loss"], "."];
  if (flat) {
    const near = (list) => list.some(([a, b]) => Math.hypot(a - state.x, b - state.y) < 1e-6);
    const kind = near(about.minima) ? ", at a minimum" : near(about.local_minima) ? ", at a local minimum" : near(about.saddles) ? ", at a saddle" : "";
    return [`${here}${kind}: the `, ["gradient", "gradient"], ` is zero, all directions have slope 0 and none is steepest. Heading ${heading(angle)}, `, ...does];
  }
  const way = slope < 0 ? `falls ${num(-slope)}` : slope > 0 ? `rises ${num(slope)}` : "stays level,";
  const parts = [`${here}. Heading ${heading(angle)}, the surface ${way}${slope === 0 ? " 0" : ""} per unit: `, ...does];
  parts.push(" ", ["Steepest descent", "gradient"], `${MEASURED[norm]} is ${heading(steepest.angle)}, at ${num(-steepest.slope)} per unit`);
  if (miss !== null) parts.push("; the ", [which(about), "minimum"], ` lies ${Math.round(miss)}° away from that heading`);
  parts.push(".");
  return parts;
}

/** Which minimum the sentence speaks of. */
function which({ minima, local_minima }) {
  if (minima.length > 1) return "nearest minimum";
  return local_minima.length ? "lowest minimum" : "minimum";
}
