// All that the compass shows at a point: slopes by direction, the steepest way down, and the step's prediction.
import { angleOf, between, direction, dot, length, steepestDescent, unit } from "./derivatives.js";

export const FLAT = 1e-9; // a gradient shorter than this counts as zero: only rounding is left of it

/**
 * The state of the compass. `angle` is the reader's heading in degrees, `step` the length of the step, both
 * lengths and slopes in the chosen `norm`. Without a gradient `flat` is true and `steepest` null; without a known
 * minimum `nearest` is null.
 */
export function survey({ f, gradient }, { x, y, angle, step, norm, minima }) {
  const value = f(x, y);
  const g = gradient(x, y);
  const size = length(g);
  const flat = size < FLAT;
  const way = unit(direction(angle), norm);
  const slope = flat ? 0 : dot(g, way);
  const predicted = step * slope;
  const target = [x + step * way[0], y + step * way[1]];
  const actual = f(...target) - value;
  const down = flat ? null : steepestDescent(g, norm);
  const steepest = flat ? null : { way: down, angle: angleOf(down), slope: dot(g, down) };
  const nearest = closest(minima, [x, y]);
  const toMinimum = nearest && nearest.distance > 1e-6 ? angleOf([nearest.at[0] - x, nearest.at[1] - y]) : null;
  const miss = steepest && toMinimum !== null ? between(steepest.angle, toMinimum) : null;
  return { value, g, size, flat, way, slope, predicted, target, actual, steepest, nearest, toMinimum, miss };
}

/** The slope per unit of length in direction `degrees`, in the given measure. */
export const slopeAlong = (g, degrees, norm) => dot(g, unit(direction(degrees), norm));

function closest(points, [x, y]) {
  let best = null;
  for (const at of points) {
    const distance = Math.hypot(at[0] - x, at[1] - y);
    if (!best || distance < best.distance) best = { at, distance };
  }
  return best;
}
