// Words beside what they name, where they hide least of the picture.
import { put } from "./dom.js";

const LETTER = 6.3; // pixels that one of the picture's letters takes, spaces included
const [ABOVE, BELOW] = [10, 3]; // pixels that letters reach from their base line
const FAR = 1e4; // what a place outside the picture counts
const HEAVY = 50; // what a box counts, where a point counts 1

/** The width of a text in the picture, in pixels. */
export const wide = (text) => LETTER * text.length;

/** Points every few pixels along the straight lines from point to point: what words should not cover. */
export function along(points, every = 4) {
  return points.flatMap(([x, y], i) => {
    if (!i) return [[x, y]];
    const [x0, y0] = points[i - 1];
    const count = Math.max(1, Math.ceil(Math.hypot(x - x0, y - y0) / every));
    return Array.from({ length: count }, (_, k) => [x0 + ((x - x0) * (k + 1)) / count, y0 + ((y - y0) * (k + 1)) / count]);
  });
}

/** The room that a text takes at [x, y, anchor]. */
export function extent(text, [x, y, anchor = "start"]) {
  const width = wide(text);
  const left = x - { start: 0, middle: width / 2, end: width }[anchor];
  return { left, right: left + width, top: y - ABOVE, bottom: y + BELOW };
}

const beyond = (own, { left, right, top, bottom }) => own.left < left || own.right > right || own.top < top || own.bottom > bottom;
const meets = (own, box) => own.left < box.right && own.right > box.left && own.top < box.bottom && own.bottom > box.top;

/**
 * The first of the places [x, y, anchor] where a text covers nothing, else the one where it covers least: of `points`,
 * of `boxes` {left, right, top, bottom}, and of what is outside `frame`. Returns {at, box, hits}.
 */
export function choose(text, places, { points = [], boxes = [], frame }) {
  let best = null;
  for (const at of places) {
    const box = extent(text, at);
    const near = { left: box.left - 2, right: box.right + 2, top: box.top - 2, bottom: box.bottom + 2 };
    let hits = beyond(box, frame) ? FAR : 0;
    for (const other of boxes) if (meets(near, other)) hits += HEAVY;
    for (const [x, y] of points) if (x > near.left && x < near.right && y > near.top && y < near.bottom) hits += 1;
    if (!best || hits < best.hits) best = { at, box, hits };
    if (!hits) break;
  }
  return best;
}

/** Writes a text at the best of the places; returns the box it takes. It has a halo only where it covers something. */
export function write(node, text, places, around) {
  const { at, box, hits } = choose(text, places, around);
  const [x, y, anchor = "start"] = at;
  if (node.textContent !== text) node.textContent = text;
  put(node, { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor });
  node.classList.toggle("ck-clear", hits === 0);
  return box;
}
