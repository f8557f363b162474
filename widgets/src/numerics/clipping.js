// Clipping of a gradient with two entries, by the formulas of coursekit.clipping; tests/test_clipping_widget.py holds the two equal.

/** The clipped gradient: by norm both entries times one factor, by value each cut to ±limit. */
export function clip([a, b], limit, rule) {
  if (rule === "value") return [a, b].map((entry) => Math.min(limit, Math.max(-limit, entry)));
  const size = Math.hypot(a, b);
  if (size <= limit) return [a, b];
  const factor = limit / size;
  return [a * factor, b * factor];
}

/** The unsigned angle between two vectors in degrees; 0 where one has no direction. */
export const turned = ([a, b], [c, d]) => Math.abs((Math.atan2(a * d - b * c, a * c + b * d) * 180) / Math.PI);

/** All that the widget shows: the clipped gradient, both lengths, their ratio (1 for a gradient of zero) and the angle. */
export function survey(gradient, limit, rule) {
  const clipped = clip(gradient, limit, rule);
  const [before, after] = [gradient, clipped].map(([a, b]) => Math.hypot(a, b));
  // By norm the direction stays, up to a rounding error that would show as an angle.
  return { clipped, before, after, factor: before > 0 ? after / before : 1, angle: rule === "norm" ? 0 : turned(gradient, clipped) };
}
