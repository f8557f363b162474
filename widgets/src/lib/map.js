// The compass's map: level lines, the point, the gradient, the reader's heading, the measure of length.
import { direction, unit } from "../numerics/derivatives.js";
import { put, s, show } from "./dom.js";
import { drag, pick } from "./drag.js";
import { ground } from "./ground.js";
import { update } from "./life.js";
import { arrow, clamp, pathThrough } from "./plane.js";

const REACH = 66; // pixels from the point to the unit ball; arrows are drawn this long whatever the gradient
const LEAST = 30; // or, near an edge of the map, no shorter than this
const CATCH = 7; // a point dragged this near (pixels) to a minimum or saddle snaps to it

/** Draws the map for states made by `read` in compass.js; `about()` is the landscape now shown. */
export function mapPicture(model, about, life) {
  const map = ground("ck-map", ["loss", 0.035], life);
  const { root, svg, back } = map;
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
  map.inside.append(toMinimum, level, ball, step, map.marks, landing, down, up, steepest, heading);
  svg.append(levelLabel, downLabel, upLabel, steepestLabel, handle, point);

  const name = ({ title }) => `Map of the landscape ${title} with a point and directions that can be moved`;
  let [x, y, box] = [null, null, null];
  const place = (node, px, py, half = 18) => put(node, { x: clamp(px, box.left + half, box.right - half), y: clamp(py + 4, box.top + 14, box.bottom - 6) });

  let reach = REACH;
  const draw = (state) => {
    if (map.frame(state, name(state.about))) ({ x, y, box } = map);
    const [px, py] = [x(state.x), y(state.y)];
    const room = Math.min(px - box.left, box.right - px, py - box.top, box.bottom - py);
    reach = clamp(room - 12, LEAST, REACH);
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

function ballPath(norm, cx, cy, r) {
  if (norm === "max") return `M${cx - r},${cy - r}h${2 * r}v${2 * r}h${-2 * r}Z`;
  if (norm === "sum") return `M${cx - r},${cy}L${cx},${cy - r}L${cx + r},${cy}L${cx},${cy + r}Z`;
  return `M${cx - r},${cy}a${r},${r} 0 1 1 ${2 * r},0a${r},${r} 0 1 1 ${-2 * r},0Z`;
}

const clampFar = (pixel) => clamp(pixel, -4000, 4000);
