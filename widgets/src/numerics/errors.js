// How far a secant's slope is from the derivative, over all steps h, and why.
import { secant } from "./derivatives.js";

/** Steps from 1e-16 to 1, twenty to a decade, and their positions on the slider (log10 h). */
export const POSITIONS = Array.from({ length: 321 }, (_, i) => (i - 320) / 20);
export const STEPS = POSITIONS.map(step);

/** h for a position of the logarithmic slider; exact powers of ten at whole positions. */
export function step(position) {
  const p = Math.round(position * 20) / 20;
  return Number.isInteger(p) ? Number(`1e${p}`) : 10 ** p;
}

/** |secant − f′(x)| for each of STEPS. */
export function errors({ f, df }, x, method) {
  const slope = df(x);
  return STEPS.map((h) => Math.abs(secant(f, x, h, method) - slope));
}

/**
 * The step below which rounding wins: where the upper envelope of the errors (over a decade) is lowest.
 * Returns an index into STEPS; the last one when no step is too coarse.
 */
export function turningPoint(list) {
  const reach = 10;
  let best = list.length - 1;
  let lowest = Infinity;
  for (let i = list.length - 1; i >= 0; i--) {
    let top = 0;
    for (let j = Math.max(0, i - reach); j <= Math.min(list.length - 1, i + reach); j++) top = Math.max(top, list[j]);
    if (top < lowest) [lowest, best] = [top, i];
  }
  return best >= list.length - 1 - reach ? list.length - 1 : best;
}

/**
 * What the secant says about the slope at x. `verdict` is one of
 * "kink" (no slope at x itself), "swallowed" (x + h rounds to x), "exact", "across" (the secant spans a kink),
 * "coarse", "rounding", "best" (within half a decade of the turning point).
 */
export function diagnose(curve, x, h, method, turn) {
  const quotient = secant(curve.f, x, h, method);
  const kinks = curve.kinks ?? [];
  const at = kinks.find((k) => k.x === x);
  if (at) return { verdict: "kink", kink: at, quotient };
  const slope = curve.df(x);
  const error = Math.abs(quotient - slope);
  const low = method === "central" ? x - h : x;
  const high = x + h;
  const across = kinks.find((k) => low < k.x && k.x < high);
  const result = { slope, quotient, error, kink: across };
  if (low === high) return { ...result, verdict: "swallowed" };
  if (across) return { ...result, verdict: "across" };
  if (error === 0) return { ...result, verdict: "exact" };
  const decades = Math.log10(h) - POSITIONS[turn];
  if (decades > 0.5) return { ...result, verdict: "coarse" };
  return { ...result, verdict: decades < -0.5 ? "rounding" : "best" };
}
