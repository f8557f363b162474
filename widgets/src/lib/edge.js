// Labels where a line leaves the picture.
import { clamp } from "./plane.js";
import { put } from "./dom.js";

const WIDTH = 96; // room for "tangent −0.540" in a row
const HEIGHT = 31; // room for the same in two rows

/** Where the line through (px, py) with slope `rise` (pixels down per pixel right) leaves the box on its right: {side, x, y}. */
export function exit([px, py], rise, { left, right, top, bottom }) {
  const y = py + rise * (right - px);
  if (y >= top && y <= bottom) return { side: "right", x: right, y };
  const edge = y < top ? top : bottom;
  const x = clamp(px + (edge - py) / rise, left, right);
  return { side: y < top ? "top" : "bottom", x, y: edge };
}

/** The same on its left, for a line that would leave at the foot on its right. */
export function exitLeft([px, py], rise, box) {
  const mirror = (x) => box.left + box.right - x;
  const found = exit([mirror(px), py], -rise, box);
  return { ...found, x: mirror(found.x) };
}

/** Moves two exits apart where their labels would cover each other. */
export function separate(a, b) {
  if (!a || !b || a.side !== b.side) return;
  const along = a.side === "right" ? "y" : "x";
  const room = a.side === "right" ? HEIGHT : WIDTH;
  const gap = b[along] - a[along];
  const missing = room - Math.abs(gap);
  if (missing <= 0) return;
  const way = gap < 0 ? -1 : 1;
  a[along] -= (way * missing) / 2;
  b[along] += (way * missing) / 2;
}

/** Keeps the labels of the exits inside the box, still apart. */
export function keepInside(exits, { left, right, top, bottom }) {
  for (const side of ["right", "top", "bottom"]) {
    const along = side === "right" ? "y" : "x";
    const room = side === "right" ? HEIGHT : WIDTH;
    const [low, high] = side === "right" ? [top + 12, bottom - 18] : [left + WIDTH / 2, right + 20];
    const list = exits.filter((e) => e?.side === side).sort((a, b) => a[along] - b[along]);
    const over = list.length ? list.at(-1)[along] - high : 0;
    if (over > 0) for (const e of list) e[along] = Math.min(e[along], high - room * (list.length - 1 - list.indexOf(e)));
    list.forEach((e, i) => (e[along] = Math.max(e[along], low + room * i)));
  }
}

/** Writes name and value at an exit: in two rows right of the box, in one row above or at the foot. `node` holds two tspans. */
export function label(node, at, name, value) {
  const [first, second] = node.children;
  first.textContent = name;
  const twoRows = at.side === "right";
  second.textContent = twoRows ? value : ` ${value}`;
  const x = twoRows ? at.x + 7 : at.x;
  const y = at.side === "right" ? at.y + 1 : at.side === "top" ? at.y - 7 : at.y - 8;
  put(node, { x, y, "text-anchor": twoRows ? "start" : "middle" });
  put(first, { x });
  if (twoRows) put(second, { x, dy: 14 });
  else ["x", "dy"].forEach((name) => second.removeAttribute(name));
}
