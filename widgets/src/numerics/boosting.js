// Gradient boosting on one feature: sums of the trees that Python fitted, and what each stage sees of a loss.

const sigmoid = (F) => {
  const small = Math.exp(-Math.abs(F)); // the exponent is never above 0
  return (F >= 0 ? 1 : small) / (1 + small);
};

/** What a row's loss and its negative gradient −∂l/∂F are. */
export const LOSSES = {
  squared: { loss: (y, F) => 0.5 * (y - F) ** 2, gradient: (y, F) => y - F },
  absolute: { loss: (y, F) => Math.abs(y - F), gradient: (y, F) => Math.sign(y - F) },
  logistic: {
    loss: (y, F) => Math.log1p(Math.exp(-Math.abs(F))) + Math.max(0, y > 0 ? -F : F),
    gradient: (y, F) => (y > 0 ? sigmoid(-F) : -sigmoid(F)),
  },
};
export { sigmoid };

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const mean = (list) => list.reduce((sum, v) => sum + v, 0) / list.length;

/** The trees of a run [F₀, cuts, values]: of each one the steps [{from, to, value}], rows from … to − 1, from left to right. */
function unpack([, cuts, values], rows, stages) {
  const [places, numbers] = [bytes(cuts), new Float64Array(bytes(values).buffer)];
  const leaves = numbers.length / stages;
  return Array.from({ length: stages }, (_, m) => {
    const ends = [...places.slice(m * (leaves - 1), (m + 1) * (leaves - 1)), rows - 1];
    const steps = ends.map((end, i) => ({ from: i ? ends[i - 1] + 1 : 0, to: end + 1, value: numbers[m * leaves + i] }));
    return steps.filter(({ from, to }) => from < to);
  });
}

/** A model: its targets, its trees, and F at the rows after 0, 1, … stages, added up as Python does. */
export function boosted(data, loss, rate, depth) {
  const place = (data.losses.indexOf(loss) * data.rates.length + data.rates.indexOf(rate)) * data.depths.length + data.depths.indexOf(depth);
  const run = data.runs[place];
  const y = loss === "logistic" ? (data.classes ?? data.y) : data.y;
  const trees = unpack(run, y.length, data.stages);
  const F = [y.map(() => run[0])];
  for (const steps of trees) {
    const next = [...F.at(-1)];
    for (const { from, to, value } of steps) for (let i = from; i < to; i++) next[i] += rate * value;
    F.push(next);
  }
  return { loss, rate, depth, y, trees, F, losses: F.map((now) => mean(now.map((f, i) => LOSSES[loss].loss(y[i], f)))) };
}

/**
 * What a stage starts from and what it does: F before and now, residuals and negative gradients before it, and its
 * tree's steps {from, to, value, fit}: fit is the mean of the negative gradients, the least-squares fit. Stage 0 has no tree.
 */
export function surveyed({ loss, y, trees, F }, stage) {
  const before = F[Math.max(0, stage - 1)];
  const gradients = y.map((v, i) => LOSSES[loss].gradient(v, before[i]));
  const steps = stage ? trees[stage - 1].map((step) => ({ ...step, fit: mean(gradients.slice(step.from, step.to)) })) : [];
  return { before, now: F[stage], residuals: y.map((v, i) => v - before[i]), gradients, steps };
}
