// Numbers as coursekit.amounts writes them (a test holds the two equal).

const SUPER = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const power = (exponent) => `10${String(exponent).replace(/./g, (c) => SUPER[c])}`;
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
