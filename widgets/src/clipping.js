// clipping: a gradient of two entries before and after clipping, by norm or by value.
import { challenges, h, put, radios, s, show, slider, statusLine, uid } from "./lib/dom.js";
import { drag, pick } from "./lib/drag.js";
import { fixed, num } from "./lib/format.js";
import { along, write } from "./lib/labels.js";
import { follow, lifetime, update } from "./lib/life.js";
import { arrow, axisX, axisY, clamp, clip as window_, linear, picture } from "./lib/plane.js";
import { survey } from "./numerics/clipping.js";

const REACH = 8; // of an entry, on either side
const GRAIN = 0.1; // of an entry, on its slider and when it is dragged
const RULES = ["norm", "value"];

export function render({ model, el }) {
  const life = lifetime();
  const status = statusLine();
  life.add(status.end);
  const plane = planePicture(model, life);
  const controls = controlRow(model);
  el.replaceChildren(plane.root, controls.root, status.root, challenges(model, life));

  const draw = () => {
    const state = read(model);
    controls.draw(state);
    plane.draw(state);
    status.say(sentence(state));
  };
  follow(model, ["gradient", "threshold", "rule"], el, life, draw);
  return life.end;
}

function read(model) {
  const [gradient, threshold, rule] = ["gradient", "threshold", "rule"].map((name) => model.get(name));
  return { gradient, threshold, rule, ...survey(gradient, threshold, rule) };
}

function controlRow(model) {
  const entry = (label, place) =>
    slider({
      label,
      min: -REACH,
      max: REACH,
      step: GRAIN,
      format: (v) => fixed(v, 1),
      onInput: (v) => update(model, { gradient: model.get("gradient").map((old, i) => (i === place ? v : old)) }),
    });
  const [first, second] = [entry("first entry g₁", 0), entry("second entry g₂", 1)];
  const threshold = slider({ label: "threshold", min: 0.2, max: REACH, step: GRAIN, format: (v) => fixed(v, 1), onInput: (v) => update(model, { threshold: v }) });
  const rule = radios({ legend: "clip by", options: RULES, onChange: (v) => update(model, { rule: v }) });
  return {
    root: h("div", { class: "ck-controls" }, first.root, second.root, threshold.root, rule.root),
    draw(state) {
      first.set(state.gradient[0]);
      second.set(state.gradient[1]);
      threshold.set(state.threshold);
      rule.set(state.rule);
    },
  };
}

function planePicture(model, life) {
  const { root, svg, size } = picture("ck-clip-plane", "The gradient and the clipped gradient as arrows in a plane", [480, 340]);
  const inside = window_(uid("ck-clip"));
  const back = s("rect", { class: "ck-hit" });
  const line = (cls) => s("path", { class: `ck-line ${cls}` });
  const [axes, allowed, arc] = [s("g"), s("path", { class: "ck-allowed" }), line("ck-arc")];
  const [raw, clipped, lost] = [line("ck-down ck-raw"), line("ck-up"), line("ck-drop ck-lost")];
  const text = (cls, words) => s("text", { class: cls }, words);
  const [region, rawName, clippedName, angleName] = [text("ck-note", ""), text("ck-slope-label", ""), text("ck-slope-label ck-chosen", ""), text("ck-note", "")];
  const handle = s("g", { class: "ck-handle" }, s("circle", { class: "ck-hit", r: 20 }), s("circle", { class: "ck-halo", r: 15 }), s("circle", { class: "ck-tip", r: 7.5 }));
  svg.append(s("defs", {}, inside.node), back, axes, s("g", { "clip-path": inside.url }, allowed, lost, arc, raw, clipped), region, angleName, rawName, clippedName, handle);

  let [x, y, box, drawn] = [null, null, null, ""];
  const frame = () => {
    const [width, height] = size();
    if (drawn === `${width} ${height}`) return;
    drawn = `${width} ${height}`;
    box = { left: 34, right: width - 12, top: 24, bottom: height - 36 };
    // One unit is as long in both directions, so that the circle is round and angles are true.
    const unit = Math.min(box.right - box.left, box.bottom - box.top) / (2 * (REACH + 0.6));
    const [cx, cy] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const reach = [(box.right - box.left) / 2 / unit, (box.bottom - box.top) / 2 / unit];
    x = linear([-reach[0], reach[0]], [box.left, box.right]);
    y = linear([-reach[1], reach[1]], [box.bottom, box.top]);
    inside.set([box.left, box.right], [box.top, box.bottom]);
    put(back, { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top });
    const marks = [-8, -4, 0, 4, 8];
    axes.replaceChildren(
      s("path", { class: "ck-line ck-zero-line", d: `M${box.left},${cy}H${box.right}M${cx},${box.top}V${box.bottom}` }),
      axisX(x, box.bottom, marks, "first entry g₁", (v) => fixed(v, 0)),
      axisY(y, box.left, marks, "second entry g₂", (v) => fixed(v, 0)),
    );
  };

  const draw = (state) => {
    frame();
    const { gradient, clipped: after, threshold, rule, angle } = state;
    const [ox, oy] = [x(0), y(0)];
    const unit = x(1) - ox;
    const r = threshold * unit;
    put(allowed, { d: rule === "norm" ? `M${ox - r},${oy}a${r},${r} 0 1 1 ${2 * r},0a${r},${r} 0 1 1 ${-2 * r},0Z` : `M${ox - r},${oy - r}h${2 * r}v${2 * r}h${-2 * r}Z` });
    const [gx, gy] = [x(gradient[0]), y(gradient[1])];
    const [cx, cy] = [x(after[0]), y(after[1])];
    put(handle, { transform: `translate(${gx},${gy})` });
    put(raw, { d: arrow(ox, oy, gx - ox, gy - oy, 10) });
    put(clipped, { d: arrow(ox, oy, cx - ox, cy - oy, 11) });
    const changed = after[0] !== gradient[0] || after[1] !== gradient[1];
    show(lost, changed);
    put(lost, { d: `M${gx},${gy}L${cx},${cy}` });
    const turn = gradient[0] * after[1] - gradient[1] * after[0] < 0 ? -1 : 1; // 1 counterclockwise
    const turned = angle >= 0.5;
    const far = clamp(0.55 * Math.min(state.after, state.before) * unit, 18, 60);
    const [[ux, uy], [vx, vy]] = [way(gradient), way(after)];
    const [[ax, ay], [bx, by]] = [[ox + far * ux, oy + far * uy], [ox + far * vx, oy + far * vy]];
    show(arc, turned);
    put(arc, { d: turned ? `M${ax},${ay}A${far},${far} 0 0 ${turn < 0 ? 1 : 0} ${bx},${by}` : "" });

    // Words stand where they cover neither arrows nor the region's edge nor each other.
    const points = along([[ox, oy], [gx, gy], [cx, cy], [ox, oy]]);
    const edge = rule === "norm" ? around(ox, oy, 0, r, 48) : [[-r, -r], [r, -r], [r, r], [-r, r], [-r, -r]].map(([dx, dy]) => [ox + dx, oy + dy]);
    points.push(...along(edge));
    const boxes = [{ left: gx - 9, right: gx + 9, top: gy - 9, bottom: gy + 9 }];
    const name = (node, text, places) => boxes.push(write(node, text, places, { points, boxes, frame: box }));
    name(rawName, changed ? "gradient" : "gradient, not clipped", beside(gx, gy, heading(gradient), 14));
    show(clippedName, changed);
    boxes.push({ left: cx - 5, right: cx + 5, top: cy - 5, bottom: cy + 5 });
    if (changed) name(clippedName, "clipped", beside(cx, cy, heading(aside(after, turn)), 12));
    show(angleName, turned);
    const between = [(ux + vx) / 2, (uy + vy) / 2];
    const ahead = [10, 18, 26, 34, 42].map((by) => [ox + (far + by) * between[0], oy + (far + by) * between[1] + 4, "middle"]);
    if (turned) name(angleName, `${fixed(angle, 1)}°`, [...ahead, ...beside((ax + bx) / 2, (ay + by) / 2, heading([between[0], -between[1]]), 10)]);
    const [above, below] = [oy - r - 7, oy + r + 16];
    const [first, second] = after[1] < 0 ? [above, below] : [below, above];
    const rows = [first, second, above - 14, below + 14, above - 28, below + 28];
    name(region, rule === "norm" ? "allowed: length ≤ threshold" : "allowed: each entry within ± threshold", [...rows, oy + r - 30, oy - r + 36, oy + r - 50].map((row) => [ox, row, "middle"]));
  };

  const round = (v) => Number(clamp(Math.round(v / GRAIN) * GRAIN, -REACH, REACH).toFixed(1));
  const moveTo = (px, py) => update(model, { gradient: [round(x.invert(px)), round(y.invert(py))] });
  const tip = () => {
    const [a, b] = model.get("gradient");
    return [x(a), y(b)];
  };
  drag(handle, svg, tip, moveTo, life);
  pick(back, svg, moveTo, life);
  return { root, draw };
}

/** The direction of a gradient on the screen; to the right where it has none. */
const way = ([a, b]) => {
  const size = Math.hypot(a, b);
  return size > 0 ? [a / size, -b / size] : [1, 0];
};

/** At right angles to a gradient: to its left for a turn of 1, else to its right. */
const aside = ([a, b], turn) => [-b * turn, a * turn];

/** The direction of a gradient as an angle on the screen. */
const heading = (gradient) => Math.atan2(...way(gradient).reverse());

/** Points on a circle, from an angle on. */
const around = (cx, cy, from, r, count) =>
  Array.from({ length: count + 1 }, (_, i) => [cx + r * Math.cos(from + (2 * Math.PI * i) / count), cy + r * Math.sin(from + (2 * Math.PI * i) / count)]);

/** Places for a word beside a point: nearest to a direction first, then farther off. */
const beside = (cx, cy, direction, near) =>
  [near, near + 12, near + 28].flatMap((r) =>
    [0, 1, -1, 2, -2, 3, -3, 4].map((turn) => {
      const angle = direction + (turn * Math.PI) / 4;
      const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
      const anchor = Math.abs(dx) < 0.35 ? "middle" : dx > 0 ? "start" : "end";
      return [cx + r * dx, cy + (r + 3) * dy + 4, anchor];
    }),
  );

const pair = ([a, b]) => `(${num(a)}, ${num(b)})`;

/** The picture in words. */
export function sentence({ gradient, clipped, threshold, rule, before, after, factor, angle }) {
  const parts = ["The ", ["gradient", "gradient"], ` (${fixed(gradient[0], 1)}, ${fixed(gradient[1], 1)}) has length ${num(before)}. `];
  const limit = fixed(threshold, 1);
  if (rule === "norm") {
    if (before <= threshold) return [...parts, `By norm it stays as it is: the length is not above the threshold ${limit}. The factor is 1, and it turns by 0°.`];
    return [...parts, `By norm, both entries are multiplied by ${limit} / ${num(before)}, a factor of ${num(factor)}: the `, ["clipped gradient", "gradient"], ` is ${pair(clipped)}, of length ${num(after)}. It turns by 0°: the direction stays.`];
  }
  const cut = clipped.map((entry, i) => entry !== gradient[i]);
  if (!cut.includes(true)) return [...parts, `By value it stays as it is: no entry is beyond ±${limit}. The factor is 1, and it turns by 0°.`];
  const which = cut.every(Boolean) ? "both entries are cut" : `only the ${cut[0] ? "first" : "second"} entry is cut`;
  return [...parts, `By value, ${which} to ±${limit}: the `, ["clipped gradient", "gradient"], ` is ${pair(clipped)}, of length ${num(after)}, a factor of ${num(factor)} in length. It turns by ${angle < 0.05 ? "0" : fixed(angle, 1)}°.`];
}
