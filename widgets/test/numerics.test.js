// Numerics and formatting, against values known by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixed, heading, num, power, small } from "../src/lib/format.js";
import { levels } from "../src/lib/field.js";
import { exit, keepInside, separate } from "../src/lib/edge.js";
import { survey } from "../src/numerics/compass.js";
import { curve, curves } from "../src/numerics/curves.js";
import { angleOf, between, direction, length, secant, steepestDescent, unit } from "../src/numerics/derivatives.js";
import { POSITIONS, STEPS, diagnose, errors, step, turningPoint } from "../src/numerics/errors.js";
import { landscape, names } from "../src/numerics/landscapes.js";

const near = (a, b, by = 1e-12) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);
const PARAMS = { bowl: { condition: 10 }, ravine: { condition: 50, angle: 30 }, rosenbrock: { a: 1, b: 100 }, double_well: { tilt: 0.3 } };
const verdict = (name, x, h, method = "forward") => {
  const c = curve(name);
  return diagnose(c, x, h, method, turningPoint(errors(c, x, method))).verdict;
};

test("numbers are written with three digits and a true minus sign", () => {
  const cases = [[0, "0"], [-0, "0"], [0.5403, "0.540"], [-2.4, "−2.40"], [0.9996, "1.00"], [12.34, "12.3"], [1234.5, "1,235"], [99999.7, "10⁵"], [-4.31e-8, "−4.3 × 10⁻⁸"], [0.001, "0.00100"], [Infinity, "∞"], [-Infinity, "−∞"]];
  for (const [value, text] of cases) assert.equal(num(value), text);
  assert.equal(fixed(-0.001, 2), "0.00");
  assert.equal(fixed(-1, 2), "−1.00");
  assert.equal(small(0.1), "0.1");
  assert.equal(small(1e-5), "10⁻⁵");
  assert.equal(small(1.12e-16), "1.1 × 10⁻¹⁶");
  assert.equal(power(-12), "10⁻¹²");
  assert.equal(heading(-30), "330°");
  assert.equal(heading(359.7), "0°");
});

test("each curve's derivative is the limit of its central secant", () => {
  for (const { f, df } of Object.values(curves)) for (const x of [-1.3, -0.4, 0.7, 1.4]) near(secant(f, x, 1e-5, "central"), df(x), 1e-9);
});

test("each landscape's gradient is the limit of its central secants", () => {
  for (const name of names) {
    const { f, gradient } = landscape(name, PARAMS[name]);
    for (const [x, y] of [[0.3, -0.7], [-1.1, 0.4]]) {
      const [gx, gy] = gradient(x, y);
      near(secant((t) => f(t, y), x, 1e-5, "central"), gx, 1e-6);
      near(secant((t) => f(x, t), y, 1e-5, "central"), gy, 1e-6);
    }
  }
});

test("an unknown name is refused with the known ones", () => {
  assert.throws(() => curve("toString"), /no curve named "toString"; there are parabola/);
  assert.throws(() => landscape("hill"), /no landscape named "hill"; there are bowl/);
});

test("the slider's steps are exact powers of ten at whole positions", () => {
  assert.equal(STEPS.length, POSITIONS.length);
  assert.equal(step(-5), 1e-5);
  assert.equal(STEPS[0], 1e-16);
  assert.equal(STEPS.at(-1), 1);
});

test("forward turns near 1e-8, central near 1e-5, and an exact formula never is too coarse", () => {
  const { f, df } = curves.sine;
  near(POSITIONS[turningPoint(errors({ f, df }, 1, "forward"))], -8, 1);
  near(POSITIONS[turningPoint(errors({ f, df }, 1, "central"))], -5, 1);
  assert.equal(turningPoint(errors(curves.parabola, 1.5, "central")), STEPS.length - 1);
});

test("the verdict names what spoils the secant", () => {
  assert.equal(verdict("sine", 1, 0.1), "coarse");
  assert.equal(verdict("sine", 1, 1e-8), "best");
  assert.equal(verdict("sine", 1, 1e-13), "rounding");
  assert.equal(verdict("sine", 1, 1e-16), "swallowed");
  assert.equal(verdict("relu", -1, 0.5), "exact");
});

test("a kink is told from a step across it, and from a step up to it", () => {
  assert.equal(verdict("relu", 0, 0.1), "kink");
  assert.equal(verdict("absolute", 0, 0.1, "central"), "kink");
  assert.equal(verdict("relu", -0.5, 1), "across");
  assert.equal(verdict("relu", -0.5, 0.5), "exact"); // ends on the kink, does not cross it
  assert.equal(verdict("relu", 0.5, 1), "exact"); // forward: all on the right
  assert.equal(verdict("relu", 0.5, 1, "central"), "across");
  assert.equal(verdict("sine", 0, 1), "coarse"); // no kink
});

test("directions on the axes are exact; headings wrap", () => {
  assert.deepEqual(direction(90), [0, 1]);
  assert.deepEqual(direction(-90), [0, -1]);
  near(angleOf([-1, -1]), 225);
  assert.equal(between(350, 10), 20);
  assert.equal(between(10, 190), 180);
});

test("length and steepest descent depend on the measure", () => {
  assert.equal(length([3, -4]), 5);
  assert.equal(length([3, -4], "max"), 4);
  assert.equal(length([3, -4], "sum"), 7);
  near(length(unit([3, -4], "sum"), "sum"), 1);
  assert.deepEqual(steepestDescent([3, -4], "max"), [-1, 1]);
  assert.deepEqual(steepestDescent([3, -4], "sum"), [0, 1]);
  assert.deepEqual(steepestDescent([3, -4]), [-0.6, 0.8]);
  assert.deepEqual(steepestDescent([0, 2], "max"), [0, -1]);
});

test("survey: slope, prediction, actual change, and how far the minimum lies from steepest descent", () => {
  const land = landscape("bowl", { condition: 10 });
  const found = survey(land, { x: 1, y: 1, angle: 0, step: 0.5, norm: "euclidean", minima: [[0, 0]] });
  assert.deepEqual([found.value, found.g, found.slope, found.predicted], [5.5, [1, 10], 1, 0.5]);
  near(found.actual, 0.625);
  near(found.steepest.slope, -Math.sqrt(101));
  near(found.miss, 45 - (Math.atan(0.1) * 180) / Math.PI, 1e-9);
});

test("survey at a level point names no steepest direction and makes no NaN", () => {
  const found = survey(landscape("saddle"), { x: 0, y: 0, angle: 45, step: 1, norm: "max", minima: [] });
  assert.equal(found.flat, true);
  assert.equal(found.steepest, null);
  assert.equal(found.miss, null);
  assert.ok(Object.values(found).flat().every((v) => typeof v !== "number" || Number.isFinite(v)));
});

test("map levels rise, and half of them lie below the median", () => {
  const values = Float64Array.from({ length: 1001 }, (_, i) => (i / 1000) ** 3);
  const found = levels(values, 10, 0);
  assert.ok(found.every((v, i) => v > 0 && v < 1 && (i === 0 || v > found[i - 1])));
  assert.equal(found.filter((v) => v < 0.125).length, 5);
});

test("labels at a line's end are moved apart and stay inside", () => {
  const box = { left: 0, right: 300, top: 20, bottom: 200 };
  assert.deepEqual(exit([100, 100], 0.1, box), { side: "right", x: 300, y: 120 });
  assert.deepEqual(exit([100, 100], -2, box), { side: "top", x: 140, y: 20 });
  assert.equal(exit([100, 100], 2, box).side, "bottom");
  const [a, b] = [exit([0, 195], 0, box), exit([0, 196], 0, box)];
  separate(a, b);
  keepInside([a, b], box);
  assert.ok(b.y - a.y >= 31 && b.y <= 182, `${a.y} ${b.y}`);
});
