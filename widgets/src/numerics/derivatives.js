// Slopes from differences, and directions in three measures of length.

/** (f(x+h) − f(x)) / h, the forward secant, or with method "central" (f(x+h) − f(x−h)) / 2h. */
export function secant(f, x, h, method = "forward") {
  return method === "central" ? (f(x + h) - f(x - h)) / (2 * h) : (f(x + h) - f(x)) / h;
}

/** The unit direction (length 1 in the Euclidean measure) at `degrees` from the x axis, counterclockwise; exact on the axes. */
export function direction(degrees) {
  const turn = ((degrees % 360) + 360) % 360;
  if (turn % 90 === 0) return [[1, 0], [0, 1], [-1, 0], [0, -1]][turn / 90];
  const t = (turn * Math.PI) / 180;
  return [Math.cos(t), Math.sin(t)];
}

/** The length of a vector: "euclidean", "max" (its largest coordinate) or "sum" (of its coordinates). */
export function length([x, y], norm = "euclidean") {
  if (norm === "max") return Math.max(Math.abs(x), Math.abs(y));
  if (norm === "sum") return Math.abs(x) + Math.abs(y);
  return Math.hypot(x, y);
}

/** The same direction with length 1 in the given measure. */
export function unit(vector, norm = "euclidean") {
  const size = length(vector, norm);
  return [vector[0] / size, vector[1] / size];
}

export const dot = ([a, b], [c, d]) => a * c + b * d;

/** The heading of a vector in degrees, in [0, 360). */
export const angleOf = ([x, y]) => ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;

/** The angle between two headings, in [0, 180] degrees. */
export const between = (a, b) => Math.abs(((((a - b) % 360) + 540) % 360) - 180);

/**
 * The steepest direction downhill: of all directions of length 1 in the given measure the one with the lowest
 * slope, −‖∇f‖ in the dual measure. Under "max" a coordinate with no slope stays put; under "sum" the first of
 * two equal coordinates moves.
 */
export function steepestDescent([gx, gy], norm = "euclidean") {
  if (norm === "max") return [-Math.sign(gx) || 0, -Math.sign(gy) || 0];
  if (norm === "sum") return Math.abs(gx) >= Math.abs(gy) ? [-Math.sign(gx) || 0, 0] : [0, -Math.sign(gy)];
  const size = Math.hypot(gx, gy);
  return size ? [-gx / size || 0, -gy / size || 0] : [0, 0];
}
