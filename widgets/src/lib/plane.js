// A picture with axes: scales between numbers and pixels, ticks, and an SVG that follows its box.
import { h, put, s } from "./dom.js";

/** A linear scale: f(value) -> pixel, f.invert(pixel) -> value. */
export function linear([d0, d1], [r0, r1]) {
  const k = (r1 - r0) / (d1 - d0);
  const scale = (value) => r0 + (value - d0) * k;
  scale.invert = (pixel) => d0 + (pixel - r0) / k;
  scale.ticks = (count) => ticks(d0, d1, count);
  scale.domain = [d0, d1];
  scale.range = [r0, r1];
  return scale;
}

/** Round numbers between two others, about `count` of them: multiples of 1, 2 or 5 times a power of ten. */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const times = rough / ten;
  const step = ten * (times >= Math.sqrt(50) ? 10 : times >= Math.sqrt(10) ? 5 : times >= Math.sqrt(2) ? 2 : 1);
  const list = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) list.push(Number((i * step).toPrecision(12)));
  return list;
}

/** A box holding one SVG picture with a name; `size()` is its size in CSS pixels, at least `least` (no layout: `least`). */
export function picture(className, label, least = [300, 200]) {
  const svg = s("svg", { class: "ck-svg", role: "img", "aria-label": label });
  const root = h("div", { class: `ck-picture ${className}` }, svg);
  const size = () => [root.clientWidth || least[0], root.clientHeight || least[1]];
  return { root, svg, size };
}

/** A clip path over the rectangle given to `set`; returns {node, url, set}. */
export function clip(id) {
  const rect = s("rect");
  const node = s("clipPath", { id }, rect);
  const set = ([left, right], [top, bottom]) => put(rect, { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) });
  return { node, url: `url(#${id})`, set };
}

/** The horizontal axis as an SVG group: a line, ticks below it, its name under its right end. */
export function axisX(x, y, values, name, format) {
  const [left, right] = x.range;
  return s(
    "g",
    { class: "ck-axis" },
    s("path", { d: `M${left},${y}H${right}` }),
    values.map((v) => s("path", { d: `M${x(v)},${y}v4` })),
    values.map((v) => s("text", { x: x(v), y: y + 16, "text-anchor": "middle" }, format(v))),
    s("text", { class: "ck-axis-name", x: right, y: y + 31, "text-anchor": "end" }, name),
  );
}

/** The vertical axis as an SVG group: a line, ticks left of it, its name above it. */
export function axisY(y, x, values, name, format) {
  const [bottom, top] = y.range;
  return s(
    "g",
    { class: "ck-axis" },
    s("path", { d: `M${x},${bottom}V${top}` }),
    values.map((v) => s("path", { d: `M${x},${y(v)}h-4` })),
    values.map((v) => s("text", { x: x - 7, y: y(v) + 4, "text-anchor": "end" }, format(v))),
    s("text", { class: "ck-axis-name", x: 2, y: top - 9, "text-anchor": "start" }, name),
  );
}

/** An SVG path through points given as a flat list x0, y0, x1, y1, …, to a tenth of a pixel. */
export function pathThrough(xy) {
  let d = "";
  for (let i = 0; i < xy.length; i += 2) d += `${i ? "L" : "M"}${xy[i].toFixed(1)},${xy[i + 1].toFixed(1)}`;
  return d;
}

/** An arrow as an SVG path from (x, y) along the pixel vector (dx, dy), with an open head of `head` pixels. */
export function arrow(x, y, dx, dy, head = 9) {
  const size = Math.hypot(dx, dy);
  if (!(size > 0)) return "";
  const [ux, uy] = [dx / size, dy / size];
  const [tx, ty] = [x + dx, y + dy];
  const wing = (side) => `${(tx - head * (ux + side * 0.5 * uy)).toFixed(1)},${(ty - head * (uy - side * 0.5 * ux)).toFixed(1)}`;
  return `M${x.toFixed(1)},${y.toFixed(1)}L${tx.toFixed(1)},${ty.toFixed(1)}M${wing(1)}L${tx.toFixed(1)},${ty.toFixed(1)}L${wing(-1)}`;
}

/** A five-pointed star around (x, y) as an SVG path. */
export function star(x, y, radius = 9) {
  const points = [];
  for (let i = 0; i < 10; i++) {
    const r = i % 2 ? radius * 0.42 : radius;
    points.push(x + r * Math.sin((i * Math.PI) / 5), y - r * Math.cos((i * Math.PI) / 5));
  }
  return `${pathThrough(points)}Z`;
}

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
