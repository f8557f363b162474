// The ground of a map: level lines on a canvas, axes, and the known minima and saddles.
import { h, put, s, uid } from "./dom.js";
import { levels, paint, relief, sample } from "./field.js";
import { axisX, axisY, clip, linear, picture, star } from "./plane.js";
import { onTheme } from "./theme.js";

const LEVELS = 18;
const BORDER = 30; // pixels of landscape shown beyond the domain, so that the handle stays on the map
const MANY = 12; // more marks of a kind than this would hide the map

/** The marks of one kind, or none of them when they would hide the map. */
export const few = (list) => (list.length <= MANY ? list : []);

/** What the marks on a map mean, of those it shows: [sign, name, tone] each. */
export const meanings = (about) => [
  ...(about.minima.length ? [["★", about.local_minima.length ? "lowest minimum" : "minimum", "minimum"]] : []),
  ...(few(about.local_minima).length ? [["☆", "local minimum", "minimum"]] : []),
  ...(few(about.saddles).length ? [["×", "saddle", "minimum"]] : []),
];

/**
 * A map without anything on it. `frame({key, about, land}, name)` fits it to the landscape and the space there
 * is, and returns whether it changed. Then `x` and `y` are its scales, `box` its edges in pixels. What is put
 * into `inside` is cut off at them. `tone` is the color of the level lines and how much of it lies above each.
 */
export function ground(className, tone, life) {
  const { root, svg, size } = picture(className, "", [410, 400]);
  const canvas = h("canvas", { class: "ck-field", "aria-hidden": "true" });
  root.prepend(canvas);
  const window = clip(uid("ck-clip"));
  const back = s("rect", { class: "ck-hit" });
  const [axes, marks] = [s("g"), s("g")];
  const inside = s("g", { "clip-path": window.url });
  svg.append(s("defs", {}, window.node), back, axes, inside);
  const map = { root, svg, back, inside, marks, x: null, y: null, box: null, frame };

  let [drawn, field] = ["", null];
  const repaint = () => {
    const { left, top, right, bottom } = map.box;
    const [width, height] = [right - left, bottom - top];
    canvas.style.cssText = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
    if (field) paint(canvas, field, [width, height], tone);
  };
  onTheme(() => map.box && repaint(), life);

  function frame({ key, about, land }, name) {
    const [wide, high] = size();
    const now = `${key} ${wide} ${high}`;
    if (now === drawn) return false;
    drawn = now;
    const box = (map.box = { left: 30, right: wide - 2, top: 2, bottom: high - 22 });
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    const [x, y] = ([map.x, map.y] = equalScales(about.domain, box));
    window.set(x.range, [box.top, box.bottom]);
    put(back, { x: box.left, y: box.top, width, height });
    axes.replaceChildren(axisX(x, box.bottom, within(x), "", tick), axisY(y, box.left, within(y), "", tick));
    put(svg, { "aria-label": name });
    const heights = sample(land.f, linear(x.domain, [0, width]), linear(y.domain, [height, 0]), [width, height]);
    const lowest = about.minima.length ? land.f(...about.minima[0]) : Infinity;
    field = typeof Path2D === "undefined" ? null : relief(heights, levels(heights.values, LEVELS, lowest));
    repaint();
    marks.replaceChildren(
      ...few(about.saddles).map(([a, b]) => s("path", { class: "ck-saddle", d: cross(x(a), y(b)) })),
      ...few(about.local_minima).map(([a, b]) => s("path", { class: "ck-local", d: star(x(a), y(b), 8) })),
      ...about.minima.map(([a, b]) => s("path", { class: "ck-minimum", d: star(x(a), y(b), 10) })),
    );
    return true;
  }
  return map;
}

/** Scales for the domain with a border around it, one unit equally long on both axes. */
function equalScales([[x0, x1], [y0, y1]], box) {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const unitLength = Math.min((width - 2 * BORDER) / (x1 - x0), (height - 2 * BORDER) / (y1 - y0));
  const around = (low, high, pixels) => [(low + high - pixels / unitLength) / 2, (low + high + pixels / unitLength) / 2];
  return [linear(around(x0, x1, width), [box.left, box.right]), linear(around(y0, y1, height), [box.bottom, box.top])];
}

const cross = (cx, cy) => `M${cx - 5},${cy - 5}l10,10m0,-10l-10,10`;
const tick = (v) => String(v).replace("-", "−");
const within = (scale) => {
  const [a, b] = scale.range;
  return scale.ticks(6).filter((v) => scale(v) > Math.min(a, b) + 8 && scale(v) < Math.max(a, b) - 8);
};
