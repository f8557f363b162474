// The curves of coursekit.curves, in the browser. tests/test_parity.py holds the two equal.
// Each has its formula for a label, its value f, its derivative df, and its kinks: places without a slope, with the slopes on both sides.

const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

export const curves = {
  parabola: { formula: "x²", f: (x) => x * x, df: (x) => 2 * x },
  cubic: { formula: "x³", f: (x) => x * x * x, df: (x) => 3 * x * x },
  quartic: { formula: "x⁴", f: (x) => x * x * x * x, df: (x) => 4 * x * x * x },
  sine: { formula: "sin x", f: Math.sin, df: Math.cos },
  exponential: { formula: "eˣ", f: Math.exp, df: Math.exp },
  tanh: { formula: "tanh x", f: Math.tanh, df: (x) => 1 - Math.tanh(x) ** 2 },
  sigmoid: { formula: "1 / (1 + e⁻ˣ)", f: sigmoid, df: (x) => sigmoid(x) * sigmoid(-x) },
  softplus: { formula: "ln(1 + eˣ)", f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), df: sigmoid },
  relu: { formula: "max(0, x)", f: (x) => Math.max(x, 0), df: (x) => (x > 0 ? 1 : 0), kinks: [{ x: 0, left: 0, right: 1 }] },
  absolute: { formula: "|x|", f: Math.abs, df: Math.sign, kinks: [{ x: 0, left: -1, right: 1 }] },
};

/** The curve of that name; throws when there is none. */
export function curve(name) {
  if (!Object.hasOwn(curves, name)) throw new Error(`coursekit: no curve named "${name}"; there are ${Object.keys(curves).join(", ")}`);
  return curves[name];
}
