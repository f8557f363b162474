// The optimizers of coursekit.optimizers for a point in the plane. tests/test_race_parity.py holds the two equal.
// optimizer(settings) gives step(w, g): it moves w = [x, y] in place, against the gradient g. `beta` is the momentum μ
// of the first two, and RMSProp's α.

const both = (update) => (w, g) => {
  update(w, g[0], 0);
  update(w, g[1], 1);
};

export const optimizers = {
  sgd: ({ lr }) => both((w, g, i) => (w[i] -= lr * g)),
  momentum: ({ lr, beta }) => {
    const v = [0, 0];
    return both((w, g, i) => {
      v[i] = beta * v[i] + g;
      w[i] -= lr * v[i];
    });
  },
  nesterov: ({ lr, beta }) => {
    const v = [0, 0];
    return both((w, g, i) => {
      v[i] = beta * v[i] + g;
      w[i] -= lr * (g + beta * v[i]);
    });
  },
  adagrad: ({ lr }) => {
    const s = [0, 0];
    return both((w, g, i) => {
      s[i] += g * g;
      w[i] -= (lr * g) / (Math.sqrt(s[i]) + 1e-10);
    });
  },
  rmsprop: ({ lr, beta }) => {
    const v = [0, 0];
    return both((w, g, i) => {
      v[i] = beta * v[i] + (1 - beta) * (g * g);
      w[i] -= lr * (g / (Math.sqrt(v[i]) + 1e-8));
    });
  },
  adam: ({ lr, beta1, beta2 }) => {
    const [m, v] = [[0, 0], [0, 0]];
    let t = 0;
    const update = both((w, g, i) => {
      m[i] = beta1 * m[i] + (1 - beta1) * g;
      v[i] = beta2 * v[i] + (1 - beta2) * (g * g);
      const [mean, square] = [m[i] / (1 - beta1 ** t), v[i] / (1 - beta2 ** t)];
      w[i] -= (lr * mean) / (Math.sqrt(square) + 1e-8);
    });
    return (w, g) => {
      t += 1;
      update(w, g);
    };
  },
};

/** A new optimizer with these settings; throws when there is none of that name. */
export function optimizer(settings) {
  const name = settings.optimizer;
  if (!Object.hasOwn(optimizers, name)) throw new Error(`coursekit: no optimizer named "${name}"; there are ${Object.keys(optimizers).join(", ")}`);
  return optimizers[name](settings);
}
