// A race's setting as text for an address, and back.
import { betasOf, MOST, OPTIMIZERS } from "./racers.js";

const short = (v) => String(Number(v.toPrecision(6)));

/** The setting as an object of strings without characters that an address would have to escape. */
export function writeSetting(model) {
  const [land, x, y, step, noise, selected] = ["landscape", "x", "y", "step", "noise", "selected"].map((name) => model.get(name));
  const race = model.get("racers").map((one) => [one.optimizer, one.lr, ...Object.keys(betasOf(one.optimizer)).map((key) => one[key])].join("_"));
  return { land, at: `${short(x)}_${short(y)}`, step, noise, race: race.join("*"), show: selected };
}

/** The traits that such a setting stands for; throws where it makes no sense for this widget. */
export function readSetting(model, asked) {
  const wrong = (what) => {
    throw new Error(`coursekit: no such ${what} in the address`);
  };
  const number = (text, low, high) => {
    const value = Number(text || NaN);
    return value >= low && value <= high ? value : wrong("number");
  };
  const whole = (text, low, high) => Math.trunc(number(text, low, high));
  const about = model.get("offered").find(({ key }) => key === asked.get("land")) ?? wrong("landscape");
  const [x, y] = (asked.get("at") ?? "").split("_").map((text, i) => number(text, ...(about.domain[i] ?? wrong("place"))));
  const racers = (asked.get("race") ?? "").split("*").map((text) => {
    const [optimizer, lr, ...rest] = text.split("_");
    if (!OPTIMIZERS.some(({ value }) => value === optimizer)) wrong("optimizer");
    const betas = Object.keys(betasOf(optimizer)).map((key, i) => [key, number(rest[i], 0, 0.9999)]);
    return { optimizer, lr: number(lr, 1e-5, 10), ...Object.fromEntries(betas) };
  });
  if (racers.length > MOST || y === undefined) wrong("race");
  return {
    landscape: about.key,
    x,
    y,
    racers,
    step: whole(asked.get("step"), 0, model.get("steps")),
    noise: number(asked.get("noise"), 0, 9),
    selected: whole(asked.get("show"), 0, racers.length - 1),
  };
}
