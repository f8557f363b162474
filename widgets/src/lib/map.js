// The compass's map: level lines, the point, the gradient, the reader's heading, the measure of length.
import { direction, unit } from "../numerics/derivatives.js";
import { h, put, s, show, uid } from "./dom.js";
import { drag, pick } from "./drag.js";
import { levels, paint, sample, shapes } from "./field.js";
import { update } from "./life.js";
import { arrow, axisX, axisY, clamp, clip, linear, pathThrough, picture, star } from "./plane.js";
import { onTheme } from "./theme.js";

const LEVELS = 18;
const REACH = 66; // pixels from the point to the unit ball; arrows are drawn this long whatever the gradient
const BORDER = 30; // pixels of landscape shown beyond the domain, so that the handle stays on the map
const CATCH = 7; // a point dragged this near (pixels) to a minimum or saddle snaps to it
const MANY = 12; // more marks of a kind than this would hide the map

/** The marks of one kind, or none of them when they would hide the map. */
export const few = (list) => (list.length <= MANY ? list : []);

/** Draws the map for states made by `read` in compass.js; `about()` is the landscape now shown. */
export function mapPicture(model, about, life) {
  const { root, svg, size } = picture("ck-map", "", [410, 400]);
  const canvas = h("canvas", { class: "ck-field", "aria-hidden": "true" });
  root.prepend(canvas);
  const window = clip(uid("ck-clip"));
  const back = s("rect", { class: "ck-hit" });
  const [axes, marks] = [s("g"), s("g")];
  const line = (cls) => s("path", { class: `ck-line ${cls}` });
  const [toMinimum, level, ball, step] = [line("ck-to-minimum"), line("ck-level"), line("ck-ball"), line("ck-step")];
  const [up, down, steepest, heading] = [line("ck-up"), line("ck-down"), line("ck-steepest"), line("ck-heading")];
  const landing = s("circle", { class: "ck-landing", r: 4.5 });
  const word = (cls, text) => s("text", { class: cls, "text-anchor": "middle" }, text);
  const [upLabel, downLabel] = [word("ck-slope-label", "∇f"), word("ck-slope-label", "−∇f")];
  const [steepestLabel, levelLabel] = [word("ck-slope-label", "steepest"), word("ck-note", "level")];
  const grip = (cls, shape) => s("g", { class: "ck-handle" }, s("circle", { class: "ck-hit", r: 18 }), s("circle", { class: "ck-halo", r: 15 }), put(shape, { class: cls }));
  const handle = grip("ck-second", s("circle", { r: 8 }));
  const point = grip("ck-point", s("circle", { r: 7.5 }));
  const inside = s("g", { "clip-path": window.url }, toMinimum, level, ball, step, marks, landing, down, up, steepest, heading);
  svg.append(s("defs", {}, window.node), back, axes, inside, levelLabel, downLabel, upLabel, steepestLabel, handle, point);

  let [x, y, box, drawn, paths] = [null, null, null, "", []];
  const repaint = () => {
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    canvas.style.cssText = `left:${box.left}px;top:${box.top}px;width:${width}px;height:${height}px`;
    if (paths.length) paint(canvas, paths, [width, height]);
  };
  onTheme(() => box && repaint(), life);

  const frame = (state) => {
    const [width, height] = size();
    const key = `${state.key} ${width} ${height}`;
    if (key === drawn) return;
    drawn = key;
    box = { left: 30, right: width - 2, top: 2, bottom: height - 22 };
    [x, y] = equalScales(state.about.domain, box);
    window.set(x.range, [box.top, box.bottom]);
    put(back, { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top });
    axes.replaceChildren(axisX(x, box.bottom, within(x), "", tick), axisY(y, box.left, within(y), "", tick));
    put(svg, { "aria-label": `Map of the landscape ${state.about.title} with a point and directions that can be moved` });
    const local = linear(x.domain, [0, box.right - box.left]);
    const localY = linear(y.domain, [box.bottom - box.top, 0]);
    const field = sample(state.land.f, local, localY, [box.right - box.left, box.bottom - box.top]);
    const lowest = state.about.minima.length ? state.land.f(...state.about.minima[0]) : Infinity;
    paths = typeof Path2D === "undefined" ? [] : shapes(field, levels(field.values, LEVELS, lowest));
    repaint();
    marks.replaceChildren(
      ...few(state.about.saddles).map(([a, b]) => s("path", { class: "ck-saddle", d: cross(x(a), y(b)) })),
      ...few(state.about.local_minima).map(([a, b]) => s("path", { class: "ck-local", d: star(x(a), y(b), 8) })),
      ...state.about.minima.map(([a, b]) => s("path", { class: "ck-minimum", d: star(x(a), y(b), 10) })),
    );
  };

  const place = (node, px, py, half = 18) => put(node, { x: clamp(px, box.left + half, box.right - half), y: clamp(py + 4, box.top + 14, box.bottom - 6) });

  let reach = REACH;
  const draw = (state) => {
    frame(state);
    const [px, py] = [x(state.x), y(state.y)];
    const room = Math.min(px - box.left, box.right - px, py - box.top, box.bottom - py);
    reach = clamp(room - 12, BORDER, REACH);
    put(point, { transform: `translate(${px},${py})` });

    // The reader's heading ends on the unit ball of the chosen measure.
    const [hx, hy] = [px + reach * state.way[0], py - reach * state.way[1]];
    put(handle, { transform: `translate(${hx},${hy})` });
    put(heading, { d: pathThrough([px, py, hx, hy]) });
    put(ball, { d: ballPath(state.norm, px, py, reach) });
    const [tx, ty] = [x(state.target[0]), y(state.target[1])];
    put(step, { d: pathThrough([px, py, clampFar(tx), clampFar(ty)]) });
    put(landing, { cx: clampFar(tx), cy: clampFar(ty) });

    for (const node of [up, down, level, upLabel, downLabel, levelLabel]) show(node, !state.flat);
    const other = !state.flat && state.norm !== "euclidean";
    for (const node of [steepest, steepestLabel]) show(node, other);
    show(toMinimum, state.toMinimum !== null);
    if (state.toMinimum !== null) {
      const [mx, my] = state.nearest.at;
      put(toMinimum, { d: pathThrough([px, py, x(mx), y(my)]) });
    }
    if (state.flat) return;

    const [ux, uy] = [state.g[0] / state.size, -state.g[1] / state.size]; // uphill, in pixels
    const long = reach * 0.86;
    put(up, { d: arrow(px, py, long * ux, long * uy) });
    put(down, { d: arrow(px, py, -long * ux, -long * uy) });
    put(level, { d: pathThrough([px + reach * uy, py - reach * ux, px - reach * uy, py + reach * ux]) });
    // Labels stand beside the arrows, on the side away from the reader's heading.
    const side = ux * -state.way[1] - uy * state.way[0] > 0 ? -1 : 1;
    const beside = (node, dx, dy, turn) => place(node, px + (long + 4) * dx - turn * 15 * dy, py + (long + 4) * dy + turn * 13 * dx);
    beside(upLabel, ux, uy, side);
    beside(downLabel, -ux, -uy, -side);
    const toward = uy * state.way[0] + -ux * -state.way[1] > 0 ? -1 : 1; // the end of the level line away from the heading
    place(levelLabel, px + toward * (reach + 12) * uy, py - toward * (reach + 12) * ux);
    if (other) {
      const [sx, sy] = [state.steepest.way[0], -state.steepest.way[1]];
      put(steepest, { d: arrow(px, py, reach * sx, reach * sy) });
      place(steepestLabel, px + reach * sx + Math.sign(sx) * 28, py + reach * sy + Math.sign(sy) * 11, 28);
    }
  };

  const movePoint = (px, py) => {
    const { domain, minima, local_minima, saddles } = about();
    const caught = [...minima, ...local_minima, ...saddles].find(([a, b]) => Math.hypot(x(a) - px, y(b) - py) < CATCH);
    const round = (v, [low, high]) => clamp(Number(v.toFixed(2)), low, high);
    const [a, b] = caught ?? [round(x.invert(px), domain[0]), round(y.invert(py), domain[1])];
    update(model, { x: a, y: b });
  };
  const at = () => [x(model.get("x")), y(model.get("y"))];
  const turn = (px, py) => {
    const [cx, cy] = at();
    if (Math.hypot(px - cx, py - cy) < 3) return;
    update(model, { angle: (Math.round((Math.atan2(cy - py, px - cx) * 180) / Math.PI) + 360) % 360 });
  };
  const end = () => {
    const way = unit(direction(model.get("angle")), model.get("norm"));
    const [cx, cy] = at();
    return [cx + reach * way[0], cy - reach * way[1]];
  };
  drag(point, svg, at, movePoint, life);
  drag(handle, svg, end, turn, life);
  pick(back, svg, movePoint, life);
  return { root, draw };
}

/** Scales for the domain with a border around it, one unit equally long on both axes. */
function equalScales([[x0, x1], [y0, y1]], box) {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const unitLength = Math.min((width - 2 * BORDER) / (x1 - x0), (height - 2 * BORDER) / (y1 - y0));
  const around = (low, high, pixels) => [(low + high - pixels / unitLength) / 2, (low + high + pixels / unitLength) / 2];
  return [linear(around(x0, x1, width), [box.left, box.right]), linear(around(y0, y1, height), [box.bottom, box.top])];
}

function ballPath(norm, cx, cy, r) {
  if (norm === "max") return `M${cx - r},${cy - r}h${2 * r}v${2 * r}h${-2 * r}Z`;
  if (norm === "sum") return `M${cx - r},${cy}L${cx},${cy - r}L${cx + r},${cy}L${cx},${cy + r}Z`;
  return `M${cx - r},${cy}a${r},${r} 0 1 1 ${2 * r},0a${r},${r} 0 1 1 ${-2 * r},0Z`;
}

const cross = (cx, cy) => `M${cx - 5},${cy - 5}l10,10m0,-10l-10,10`;
const clampFar = (pixel) => clamp(pixel, -4000, 4000);
const tick = (v) => String(v).replace("-", "−");
const within = (scale) => {
  const [a, b] = scale.range;
  return scale.ticks(6).filter((v) => scale(v) > Math.min(a, b) + 8 && scale(v) < Math.max(a, b) - 8);
};
