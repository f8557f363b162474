// The losses of a race against the step, with the step looked at, to be dragged.
import { cut } from "./cut.js";
import { put, s, show, uid } from "./dom.js";
import { drag, pick } from "./drag.js";
import { power } from "./format.js";
import { update } from "./life.js";
import { axisX, axisY, clamp, clip, linear, picture } from "./plane.js";
import { MOST } from "./racers.js";

const FLOOR = -12; // the lowest power of ten shown
const LINE = 15; // pixels between two names

export function raceChart(model, life) {
  const { root, svg, size } = picture("ck-race-chart", "The loss of each optimizer against the step", [300, 300]);
  const window = clip(uid("ck-clip"));
  const back = s("rect", { class: "ck-hit" });
  const axes = s("g");
  const racers = Array.from({ length: MOST }, () => {
    const line = s("path", { class: "ck-line ck-trail" });
    return { line, mark: s("path", { class: "ck-racer-mark" }), name: s("text", { class: "ck-racer-name" }), drawn: null };
  });
  const lines = s("g");
  const veil = s("rect", { class: "ck-veil" });
  const [now, tops] = [s("path", { class: "ck-now" }), s("g")];
  const grip = s("g", { class: "ck-handle ck-sideways" }, s("circle", { class: "ck-hit", r: 18 }), s("circle", { class: "ck-halo", r: 13 }), s("path", { class: "ck-now-grip", d: "M0,-8L5,-3V3H-5V-3Z" }));
  svg.append(s("defs", {}, window.node), back, axes, s("g", { "clip-path": window.url }, lines, veil, now), tops, grip);

  let [x, y, box, drawn] = [null, null, null, ""];
  let [fresh, worn] = [true, ""];
  const fit = (state) => (fresh = frame(state));
  const frame = ({ key, steps, scale, racers: all }) => {
    const [width, height] = size();
    const room = 16 + 7 * Math.max(...all.map(({ look }) => look.name.length));
    const fit = `${key} ${steps} ${scale.low} ${scale.high} ${room} ${width} ${height}`;
    if (fit === drawn) return false;
    drawn = fit;
    box = { left: 36, right: width - room, top: 26, bottom: height - 34 };
    x = linear([0, steps || 1], [box.left, box.right]);
    y = linear([scale.low, scale.high], [box.bottom, box.top]);
    window.set([box.left - 1, box.right + 1], [box.top - 1, box.bottom + 1]);
    put(back, { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top });
    const whole = x.ticks(4).filter((v) => Number.isInteger(v));
    const heights = y.ticks(scale.log ? 5 : 4).filter((v) => !scale.log || Number.isInteger(v));
    axes.replaceChildren(
      axisX(x, box.bottom, whole, "step", String),
      axisY(y, box.left, heights, scale.log ? "loss above the minimum" : "loss", scale.log ? (e) => (e === 0 ? "1" : power(e)) : (v) => String(v).replace("-", "−")),
    );
    return true;
  };

  const dress = ({ racers: all, order, selected }) => {
    lines.replaceChildren(...order.map((i) => racers[i].line));
    tops.replaceChildren(...order.map((i) => racers[i].mark), ...order.map((i) => racers[i].name));
    for (const i of order) {
      const [{ line, mark, name }, { look }] = [racers[i], all[i]];
      for (const part of [line, mark, name]) put(part, { style: look.color });
      for (const part of [line, name]) part.classList.toggle("ck-chosen", i === selected);
      put(line, { "stroke-dasharray": look.dash || "none" });
      put(mark, { d: look.marker });
      name.textContent = look.name;
    }
  };

  const draw = (state) => {
    const { scale, selected, step, order } = state;
    if (worn !== state.dress) dress(state);
    worn = state.dress;
    const height = (loss) => y(scale.log ? Math.log10(Math.max(loss - scale.lowest, 1e-300)) : loss);
    const foot = (py) => (scale.log ? Math.min(py, box.bottom) : py);
    const ends = [];
    for (const i of order) {
      const [node, { run, status }] = [racers[i], state.racers[i]];
      if (fresh || node.drawn !== run) put(node.line, { d: cut(x, (t) => foot(height(run.losses[t])), run.last, { ...box, top: box.top - 4 }).d });
      node.drawn = run;
      const top = (t) => clamp(height(run.losses[t]) || 0, box.top, box.bottom); // of what is no number: the top
      put(node.mark, { transform: `translate(${x(status.at)},${top(status.at)})${i === selected ? "scale(1.25)" : ""}` });
      node.mark.classList.toggle("ck-gone", status.verdict === "diverged");
      ends.push({ node: node.name, y: top(run.last) });
    }
    stack(ends, box.top + 4, box.bottom);
    for (const end of ends) put(end.node, { x: box.right + 9, y: end.y + 4 });
    const px = x(step);
    put(veil, { x: px, y: box.top, width: Math.max(0, box.right - px), height: box.bottom - box.top });
    show(veil, px < box.right);
    put(now, { d: `M${px},${box.top}V${box.bottom}` });
    put(grip, { transform: `translate(${px},${box.bottom + 1})` });
  };

  const move = (px) => update(model, { step: Math.round(clamp(x.invert(px), 0, model.get("steps"))) });
  drag(grip, svg, () => [x(model.get("step")), 0], move, life);
  pick(back, svg, move, life);
  return { root, fit, draw };
}

/** Moves names along the edge so that none covers another. */
function stack(ends, low, high) {
  ends.sort((a, b) => a.y - b.y);
  ends.forEach((end, i) => (end.y = Math.max(end.y, i ? ends[i - 1].y + LINE : low)));
  for (let i = ends.length - 1, most = high; i >= 0; i--, most -= LINE) ends[i].y = Math.min(ends[i].y, most);
}

/**
 * The range of losses to show: {log, low, high, lowest}. Where the lowest loss is known it is logarithmic, in powers of
 * ten above it, down to what the racers reach, in threes, so that it seldom changes.
 */
export function rangeOf({ f }, { domain, minima }, runs) {
  const [[x0, x1], [y0, y1]] = domain;
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i <= 20; i++) {
    for (let j = 0; j <= 20; j++) {
      const v = f(x0 + ((x1 - x0) * i) / 20, y0 + ((y1 - y0) * j) / 20);
      [least, most] = [Math.min(least, v), Math.max(most, v)];
    }
  }
  if (!minima.length) return { log: false, low: least, high: most };
  const lowest = f(...minima[0]);
  let reached = most - lowest;
  for (const { losses } of runs) for (const loss of losses) if (loss - lowest < reached) reached = Math.max(loss - lowest, 1e-300);
  const high = Math.ceil(Math.log10(most - lowest));
  return { log: true, low: clamp(3 * Math.floor(Math.log10(reached) / 3), FLOOR, Math.min(-3, high - 3)), high, lowest };
}
