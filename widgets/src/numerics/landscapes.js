// The landscapes of coursekit.landscapes, in the browser. tests/test_parity.py holds the two equal.
// landscape(name, params) gives {f(x, y), gradient(x, y) -> [df/dx, df/dy]}.

const families = {
  bowl: ({ condition }) => ({
    f: (x, y) => 0.5 * (x * x + condition * y * y),
    gradient: (x, y) => [x, condition * y],
  }),
  // The bowl turned by `angle` degrees: u runs along the valley, v across it.
  ravine: ({ condition, angle }) => {
    const c = Math.cos((angle * Math.PI) / 180);
    const s = Math.sin((angle * Math.PI) / 180);
    return {
      f: (x, y) => 0.5 * ((c * x + s * y) ** 2 + condition * (-s * x + c * y) ** 2),
      gradient: (x, y) => {
        const u = c * x + s * y;
        const v = condition * (-s * x + c * y);
        return [c * u - s * v, s * u + c * v];
      },
    };
  },
  rosenbrock: ({ a, b }) => ({
    f: (x, y) => (a - x) ** 2 + b * (y - x * x) ** 2,
    gradient: (x, y) => [-2 * (a - x) - 4 * b * x * (y - x * x), 2 * b * (y - x * x)],
  }),
  double_well: ({ tilt }) => ({
    f: (x, y) => (x * x - 1) ** 2 + tilt * x + y * y,
    gradient: (x, y) => [4 * x * (x * x - 1) + tilt, 2 * y],
  }),
  saddle: () => ({
    f: (x, y) => 0.5 * (x * x - y * y),
    gradient: (x, y) => [x, -y],
  }),
  himmelblau: () => ({
    f: (x, y) => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
    gradient: (x, y) => {
      const p = x * x + y - 11;
      const q = x + y * y - 7;
      return [4 * x * p + 2 * q, 2 * p + 4 * y * q];
    },
  }),
  beale: () => ({
    f: (x, y) => (1.5 - x + x * y) ** 2 + (2.25 - x + x * y * y) ** 2 + (2.625 - x + x * y * y * y) ** 2,
    gradient: (x, y) => {
      const p = 1.5 - x + x * y;
      const q = 2.25 - x + x * y * y;
      const r = 2.625 - x + x * y * y * y;
      return [2 * (p * (y - 1) + q * (y * y - 1) + r * (y * y * y - 1)), 2 * x * (p + 2 * q * y + 3 * r * y * y)];
    },
  }),
  plateau: () => ({
    f: (x, y) => -Math.expm1(-(x * x + y * y) / 2),
    gradient: (x, y) => {
      const e = Math.exp(-(x * x + y * y) / 2);
      return [x * e, y * e];
    },
  }),
  rastrigin: () => ({
    f: (x, y) => 20 + x * x - 10 * Math.cos(2 * Math.PI * x) + y * y - 10 * Math.cos(2 * Math.PI * y),
    gradient: (x, y) => [2 * x + 20 * Math.PI * Math.sin(2 * Math.PI * x), 2 * y + 20 * Math.PI * Math.sin(2 * Math.PI * y)],
  }),
};

export const names = Object.keys(families);

/** The landscape of that name with these parameters; throws when there is none. */
export function landscape(name, params = {}) {
  if (!Object.hasOwn(families, name)) throw new Error(`coursekit: no landscape named "${name}"; there are ${names.join(", ")}`);
  return families[name](params);
}
