// Numbers and comparisons in words; coursekit.predictions says the same (test/comparisons.json holds both).
import { power } from "./lib/format.js";

const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** Three significant digits, no trailing zeros: 0.3, −12,300 m, 2.1 × 10⁻⁸. */
export function amount(value, unit = "") {
  const rounded = Number(value.toPrecision(3));
  const exponent = rounded === 0 ? 0 : Number(rounded.toExponential().split("e")[1]);
  let text;
  if (exponent >= -3 && exponent <= 4) {
    const [whole, part] = String(rounded).split(".");
    text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
  } else {
    const front = trim(rounded.toExponential(2).split("e")[0]);
    text = { 1: power(exponent), "-1": `-${power(exponent)}` }[front] ?? `${front} × ${power(exponent)}`;
  }
  return text.replace("-", "−") + (unit ? ` ${unit}` : "");
}

/** How far a guess is off: in percent, or by a factor on a log scale; a guess in percent in points. */
export function compare(guess, measured, log = false, unit = "") {
  const head = `You guessed ${amount(guess, unit)}; measured ${amount(measured, unit)}`;
  if (amount(guess) === amount(measured)) return `${head}: the same to three digits.`;
  if (unit === "%" && !log) return `${head}: off by ${amount(Math.abs(guess - measured))} percentage points.`;
  if (measured === 0) return `${head}: off by ${amount(Math.abs(guess), unit)}.`;
  const ratio = guess / measured;
  const share = Math.abs(guess - measured) / Math.abs(measured);
  const factor = Math.max(ratio, 1 / ratio);
  if (ratio > 0 && (log || share >= 10) && factor >= 1.05) return `${head}: off by a factor of ${amount(factor)}.`;
  if (share < 0.01) return `${head}: off by less than 1%.`;
  const percent = String(Math.floor(100 * share + 0.5)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${head}: off by ${percent}%.`;
}
