// A racer's way down a landscape, and what can be said of it after so many steps.
// tests/test_race_parity.py holds both equal to coursekit.widgets.Descent.
import { optimizer } from "./optimizers.js";

export const NEAR = 0.01; // of the map's width: this near counts as there
export const PAUSE = 10; // this many steps there, or without moving, count as staying

/**
 * The places that an optimizer visits from `start`, as coursekit.descent.descend does: {xs, ys, losses, last}. `last`
 * is the number of steps taken: fewer than `steps` when the loss got out of all bounds. `noise` times `normals` (x, y
 * of each step, in one flat list) is added to the gradients.
 */
export function run({ f, gradient }, start, settings, { steps, noise, normals }) {
  const [xs, ys, losses] = [[], [], []];
  const w = [...start];
  const step = optimizer(settings);
  const limit = 1e10 * Math.max(1, Math.abs(f(...w)));
  for (let t = 0; ; t++) {
    const loss = f(w[0], w[1]);
    const g = gradient(w[0], w[1]);
    xs.push(w[0]);
    ys.push(w[1]);
    losses.push(loss);
    const calm = Number.isFinite(g[0] * g[0] + g[1] * g[1]) && Math.abs(loss) <= limit; // false for NaN too
    if (!calm || t === steps) return { xs, ys, losses, last: t, broken: !calm };
    if (noise) {
      g[0] += noise * normals[2 * t];
      g[1] += noise * normals[2 * t + 1];
    }
    step(w, g);
  }
}

/**
 * What a racer is doing after `step` steps: {verdict, since, at}, at = the last of its places by then. The verdicts:
 * "diverged" (its numbers got out of bounds), "left" (off the map), "minimum", "local", "saddle" (near one of these),
 * "start", "still" (hardly moves), "rising", "falling". The first five hold since the step `since`.
 */
export function status({ xs, ys, losses, last, broken }, step, { domain, minima, local_minima, saddles }) {
  const at = Math.min(step, last);
  const since = (holds) => {
    let t = at;
    while (t > 0 && holds(t - 1)) t--;
    return t;
  };
  const said = (verdict, holds) => ({ verdict, at, since: holds && since(holds) });
  if (broken && at === last) return { verdict: "diverged", at, since: at };
  const [[x0, x1], [y0, y1]] = domain;
  const off = (t) => !(xs[t] >= x0 && xs[t] <= x1 && ys[t] >= y0 && ys[t] <= y1);
  if (off(at)) return said("left", off);
  const width = Math.max(x1 - x0, y1 - y0);
  const near = (t, [x, y]) => Math.hypot(xs[t] - x, ys[t] - y) < NEAR * width;
  for (const [verdict, places] of [["minimum", minima], ["local", local_minima], ["saddle", saddles]]) {
    const place = places.find((p) => near(at, p));
    if (place) return said(verdict, (t) => near(t, place));
  }
  if (at === 0) return said("start");
  const before = Math.max(0, at - PAUSE);
  if (at >= PAUSE && Math.hypot(xs[at] - xs[before], ys[at] - ys[before]) < 1e-3 * width) return said("still");
  return said(losses[at] > losses[before] ? "rising" : "falling");
}
