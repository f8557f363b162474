// Numbers that many people guessed, sorted into bins; and where their middle lies.

const MOST = 14;
/** Widths of a bin on a logarithmic scale, in decades. */
const DECADES = [1 / 4, 1 / 2, 1, 2, 5, 10, 20, 50];

/** The edges of the bins from `low` to `high`: round numbers, but for the two ends. */
export function edges({ low, high, log }) {
  const [from, to] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const step = log ? DECADES.find((width) => (to - from) / width <= MOST) : roundStep((to - from) / MOST);
  const inner = [];
  for (let k = Math.floor(from / step) + 1; k * step < to - step / 1e6; k++) {
    if (k * step > from + step / 1e6) inner.push(log ? 10 ** (k * step) : k * step);
  }
  return [low, ...inner, high];
}

/** The least of 1, 2, 5 × a power of ten that is not below `least`. */
function roundStep(least) {
  const ten = 10 ** Math.floor(Math.log10(least));
  return ten * [1, 2, 5, 10].find((factor) => factor * ten >= least * (1 - 1e-9));
}

/** How many of the values are in each bin: from its lower edge up to, not including, its upper one; the last has both. */
export function counts(values, bounds) {
  const sums = new Array(bounds.length - 1).fill(0);
  for (const value of values) {
    let bin = bounds.findLastIndex((edge) => value >= edge);
    bin = Math.max(0, Math.min(sums.length - 1, bin));
    sums[bin]++;
  }
  return sums;
}

/** The value below which a share of the values lies; between two, on the scale they were asked on. */
export function quantile(values, share, log) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  const part = place - Math.floor(place);
  if (below === above) return below;
  return log ? below * (above / below) ** part : below + (above - below) * part;
}

/** Where a value stands on the scale, from 0 to 1. */
export function position(value, { low, high, log }) {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}
