// A chart: axes that may be logarithmic, lines with gaps, and their names where they end.
import { num } from "./format.js";
import { clamp, linear } from "./plane.js";

const WIDE = 4; // how much more an m or a w takes
const LETTER = 6.7; // pixels, a little more than one of the picture's letters takes
export const ROW = 15; // pixels from one label to the next

/** A number as short as it is: 0.25, 20000, 10⁻⁸. */
export const plain = (v) => (v !== 0 && (Math.abs(v) >= 1e5 || Math.abs(v) < 1e-3) ? num(v, 2) : String(Number(v.toPrecision(6))).replace("-", "−"));

/** A scale with ticks of its own: f(value) -> pixel (NaN where a log scale has none), f.range, f.marks(count). */
export function scale(domain, range, log = false) {
  if (!log) {
    const even = linear(domain, range);
    return Object.assign(even, { marks: even.ticks });
  }
  const inner = linear(domain.map(Math.log10), range);
  const at = (v) => (v > 0 ? inner(Math.log10(v)) : NaN);
  const marks = (count) => {
    const [low, high] = inner.domain.map((e, i) => (i ? Math.floor(e + 1e-9) : Math.ceil(e - 1e-9)));
    const least = Math.ceil((high - low + 1) / count);
    const stride = least > 5 ? 5 * Math.ceil(least / 5) : least;
    const powers = [];
    for (let e = low; e <= high; e++) if (e % stride === 0) powers.push(Number(`1e${e}`));
    if (powers.length > 1) return powers;
    return linear(domain, range).ticks(count).filter((v) => v > 0);
  };
  return Object.assign(at, { range, marks });
}

/** Room for the longest of these words, in pixels. */
export const room = (words) => Math.max(0, ...words.map((w) => w.length * LETTER + (w.match(/[mwMW]/g) ?? []).length * WIDE));

/** An SVG path through the points; null and what a log axis cannot show leave a gap. */
export function line(xs, ys, x, y) {
  let d = "";
  let pen = "M";
  xs.forEach((v, i) => {
    const [px, py] = v === null || ys[i] === null ? [NaN, NaN] : [x(v), y(ys[i])];
    if (Number.isNaN(px) || Number.isNaN(py)) {
      pen = "M";
    } else {
      d += `${pen}${clamp(px, -9999, 9999).toFixed(1)},${clamp(py, -9999, 9999).toFixed(1)}`;
      pen = "L";
    }
  });
  return d;
}

/** Where a line has its name: at its last point within the box, or null. */
export function lineEnd(xs, ys, x, y, { left, right, top, bottom }) {
  for (let i = xs.length - 1; i >= 0; i--) {
    if (xs[i] === null || ys[i] === null) continue;
    const [px, py] = [x(xs[i]), y(ys[i])];
    if (px >= left - 1 && px <= right + 1 && py >= top - 1 && py <= bottom + 1) return { x: px, y: py };
  }
  return null;
}

/** Moves the ends {y} apart until their labels are `ROW` pixels from each other, inside the box. */
export function spread(ends, { top, bottom }) {
  const order = [...ends].sort((a, b) => a.y - b.y);
  order.forEach((end, i) => (end.y = Math.max(end.y, i ? order[i - 1].y + ROW : top)));
  for (let i = order.length - 1; i >= 0; i--) order[i].y = Math.min(order[i].y, i === order.length - 1 ? bottom : order[i + 1].y - ROW);
}
