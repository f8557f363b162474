// What racers are called and look like, and which settings they have.
import { star } from "./plane.js";

export const MOST = 5;
const DASHES = ["", "7 5", "1.5 5", "9 4 1.5 4", "14 5"];
const BETA = { beta: ["momentum β", 0.9] };
const KINDS = {
  sgd: { title: "SGD", tone: "path", betas: {} },
  momentum: { title: "Momentum", tone: "loss", betas: BETA },
  nesterov: { title: "Nesterov", tone: "loss", betas: BETA, later: true },
  adagrad: { title: "AdaGrad", tone: "minimum", betas: {} },
  rmsprop: { title: "RMSProp", tone: "estimate", betas: { beta: ["memory β", 0.9] } },
  adam: { title: "Adam", tone: "gradient", betas: { beta1: ["momentum β₁", 0.9], beta2: ["memory β₂", 0.999] } },
};
const MARKERS = [
  "M-4.5,0a4.5,4.5 0 1 1 9,0a4.5,4.5 0 1 1 -9,0Z", // circle
  "M-4,-4h8v8h-8Z", // square
  "M0,-5.2L5,3.8H-5Z", // triangle
  "M0,-5.8L5.4,0L0,5.8L-5.4,0Z", // diamond
  "M0,5.2L5,-3.8H-5Z", // triangle on its tip
  star(0, 0, 6.5),
];

/** A learning rate in words: no power of ten, as rates are typed. */
export const rate = (lr) => String(Number(lr.toPrecision(3)));

/** The settings of an optimizer besides its rate: name to [label, default]. */
export const betasOf = (name) => KINDS[name].betas;

/** A racer with this optimizer and rate, the rest as usual. */
export const racer = (name, lr) => ({ optimizer: name, lr, ...Object.fromEntries(Object.entries(betasOf(name)).map(([key, [, value]]) => [key, value])) });

/** The optimizers as options of a list. */
export const OPTIMIZERS = Object.entries(KINDS).map(([value, { title }]) => ({ value, label: title }));

/**
 * For each racer {name, tone, color, dash, marker}: colors belong to optimizers, dashes tell those of one color
 * apart, markers and names all of them.
 */
export function looks(racers) {
  const [dashes, markers] = [{}, new Set()];
  return racers.map((one, i) => {
    const { title, tone, later } = KINDS[one.optimizer];
    const alike = racers.filter((r) => r.optimizer === one.optimizer);
    const taken = (dashes[tone] ??= new Set());
    const free = DASHES.filter((dash) => !taken.has(dash));
    const dash = free[later && free[0] === "" ? 1 : 0];
    taken.add(dash);
    const own = Object.keys(KINDS).indexOf(one.optimizer);
    const marker = markers.has(own) ? MARKERS.findIndex((_, k) => !markers.has(k)) : own;
    markers.add(marker);
    const different = new Set(alike.map((r) => r.lr)).size === alike.length;
    const which = alike.length === 1 ? "" : different ? ` ${rate(one.lr)}` : ` ${1 + racers.slice(0, i).filter((r) => alike.includes(r)).length}`;
    return { name: title + which, tone, color: `--ck-racer:var(--ck-${tone === "estimate" ? "mark-estimate" : tone});--ck-racer-text:var(--ck-text-${tone})`, dash, marker: MARKERS[marker] };
  });
}

/** A racer's settings in short: "η 0.05, β 0.9". */
export function settings(one) {
  const betas = Object.keys(betasOf(one.optimizer)).map((key) => one[key]);
  return `η ${rate(one.lr)}${betas.length ? `, β ${betas.join(", ")}` : ""}`;
}
