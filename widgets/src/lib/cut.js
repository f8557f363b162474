// A path cut off at the edges of a box: what lies far outside is left out, however far it is.

const CLOSE = 0.5; // pixels: places nearer than this to the one before change nothing that can be seen

/**
 * The places (px(i), py(i)), i = 0…last, as an SVG path without what lies outside the box: {d, tip}, the path and the
 * point where it ends. A place that is no number ends it.
 */
export function cut(px, py, last, box) {
  let d = "";
  let down = false; // whether the pen is at (ax, ay)
  let [ax, ay] = [px(0), py(0)];
  let tip = [ax, ay];
  for (let i = 1; i <= last; i++) {
    const [bx, by] = [px(i), py(i)];
    if (!Number.isFinite(bx) || !Number.isFinite(by)) break;
    if (i < last && Math.abs(bx - ax) + Math.abs(by - ay) < CLOSE) continue;
    const part = inside(box, ax, ay) && inside(box, bx, by) ? [0, 1] : share(ax, ay, bx - ax, by - ay, box);
    if (part) {
      const at = (t) => `${(ax + t * (bx - ax)).toFixed(1)},${(ay + t * (by - ay)).toFixed(1)}`;
      if (!down || part[0] > 0) d += `M${at(part[0])}`;
      d += `L${at(part[1])}`;
      tip = [ax + part[1] * (bx - ax), ay + part[1] * (by - ay)];
    }
    down = part !== null && part[1] === 1;
    [ax, ay] = [bx, by];
  }
  return { d, tip };
}

const inside = ({ left, right, top, bottom }, x, y) => x >= left && x <= right && y >= top && y <= bottom;

/** From which to which share of its length the segment from (x, y) by (dx, dy) lies in the box (Liang and Barsky 1984), or null. */
function share(x, y, dx, dy, { left, right, top, bottom }) {
  let [from, to] = [0, 1];
  for (const [way, room] of [[-dx, x - left], [dx, right - x], [-dy, y - top], [dy, bottom - y]]) {
    if (way === 0 && room < 0) return null;
    if (way < 0) from = Math.max(from, room / way);
    if (way > 0) to = Math.min(to, room / way);
  }
  return from <= to ? [from, to] : null;
}
