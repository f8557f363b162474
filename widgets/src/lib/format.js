// Numbers as a reader wants them: three significant digits, a true minus sign, powers of ten.

const SUPER = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** 10⁻⁸ for -8. */
export const power = (exponent) => `10${String(exponent).replace(/./g, (c) => SUPER[c])}`;

const minus = (text) => text.replace("-", "−");

/** Fixed decimals: fixed(-1, 2) is "−1.00". Never "−0.00". */
export function fixed(value, decimals) {
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

/** `digits` significant digits: 0.540, 12.3, 1,230; below 0.001 and from 100,000 on as 4.3 × 10⁻⁸. */
export function num(value, digits = 3) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return minus(String(value)).replace("Infinity", "∞");
  const exponent = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  if (exponent < -3 || exponent > 4) return minus(scientific(value, digits - 1));
  const decimals = Math.max(0, digits - 1 - exponent);
  const text = value.toFixed(decimals);
  return minus(decimals ? text : text.replace(/\B(?=(\d{3})+$)/g, ","));
}

function scientific(value, digits) {
  const [mantissa, exponent] = value.toExponential(Math.max(0, digits - 1)).split("e");
  const ten = power(Number(exponent));
  if (Number(mantissa) === 1) return ten;
  return `${mantissa} × ${ten}`;
}

/** A step width such as h: plain down to 0.001, then a power of ten. */
export const small = (value) => (value >= 0.001 ? String(Number(value.toPrecision(3))) : minus(scientific(value, 2)));

/** An angle in whole degrees in [0, 360). */
export const heading = (degrees) => `${((Math.round(degrees) % 360) + 360) % 360}°`;
