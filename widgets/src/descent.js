// descent: optimizers race down a landscape from one start, on the same noise.
import { addressButton } from "./lib/address.js";
import { challenges, h, select, slider, statusLine } from "./lib/dom.js";
import { fixed, num } from "./lib/format.js";
import { meanings } from "./lib/ground.js";
import { follow, lifetime, update } from "./lib/life.js";
import { playButton } from "./lib/play.js";
import { raceChart, rangeOf } from "./lib/race_chart.js";
import { raceControls } from "./lib/race_controls.js";
import { raceMap } from "./lib/race_map.js";
import { looks, settings } from "./lib/racers.js";
import { readSetting, writeSetting } from "./lib/setting.js";
import { landscape } from "./numerics/landscapes.js";
import { PAUSE, run, status } from "./numerics/race.js";

const TRAITS = ["landscape", "offered", "x", "y", "racers", "selected", "steps", "step", "noise", "normals"];
const NOISE = [0, 3]; // the noise slider is quadratic: its position is the root of the sd

export function render({ model, el }) {
  const life = lifetime();
  const line = statusLine();
  life.add(line.end);
  const about = () => model.get("offered").find((a) => a.key === model.get("landscape"));
  const map = raceMap(model, about, life);
  const chart = raceChart(model, life);
  const legend = h("p", { class: "ck-legend" });
  const time = timeRow(model, life);
  const racers = raceControls(model);
  const ground = groundControls(model, about, life);
  const address = addressButton(el, "descent", { write: () => writeSetting(model), read: (asked) => update(model, readSetting(model, asked)) }, life);
  el.replaceChildren(
    h("div", { class: "ck-pictures" }, map.root, legend, chart.root),
    time.root,
    line.root,
    racers.root,
    ground.root,
    ...(address ? [address] : []),
    challenges(model, life),
  );

  const race = memory();
  let shown = null;
  const draw = () => {
    const state = read(model, about(), race);
    if (shown !== state.about) {
      shown = state.about;
      const marks = [...meanings(shown), ["●", "start", "ink"]];
      legend.replaceChildren(...marks.map(([sign, name, tone]) => h("span", {}, h("span", { class: `ck-tone-${tone}` }, sign), ` ${name}`)));
    }
    map.fit(state);
    chart.fit(state);
    map.draw(state);
    chart.draw(state);
    time.draw(state);
    racers.draw(state);
    ground.draw(state);
    line.say(sentence(state));
  };
  follow(model, TRAITS, el, life, draw);
  return life.end;
}

/** Keeps the runs of the last redraw: a run is made anew only when something it depends on has changed. */
function memory() {
  let [last, normals] = [new Map(), null];
  return (land, given, racers) => {
    if (given.normals !== normals) last = new Map();
    normals = given.normals;
    const { key, start, steps, noise } = given;
    const runs = new Map();
    for (const one of racers) {
      const name = JSON.stringify([key, start, steps, noise, one]);
      runs.set(one, [name, last.get(name) ?? run(land, start, one, given)]);
    }
    last = new Map(runs.values());
    return racers.map((one) => runs.get(one)[1]);
  };
}

/** All that the pictures need. */
function read(model, about, race) {
  const [x, y, list, steps, noise, normals] = ["x", "y", "racers", "steps", "noise", "normals"].map((name) => model.get(name));
  const land = landscape(about.name, about.params);
  const runs = race(land, { key: about.key, start: [x, y], steps, noise, normals }, list);
  const step = Math.min(model.get("step"), steps);
  const selected = Math.min(model.get("selected"), list.length - 1);
  const style = looks(list);
  const racers = list.map((one, i) => ({ one, look: style[i], run: runs[i], status: status(runs[i], step, about) }));
  const order = list.map((_, i) => i).filter((i) => i !== selected).concat(selected); // the chosen one lies on top
  const dress = JSON.stringify([style, selected]); // changes when a racer looks different
  return { key: about.key, about, order, dress, land, x, y, steps, step, noise, selected, racers, scale: rangeOf(land, about, runs) };
}

function timeRow(model, life) {
  const go = (step) => update(model, { step });
  const play = playButton({ at: () => model.get("step"), steps: () => model.get("steps"), go }, life);
  const time = slider({
    label: "step",
    min: 0,
    step: 1,
    format: (v) => `${v} of ${model.get("steps")}`,
    onInput: (step) => {
      play.pause();
      go(step);
    },
  });
  return {
    root: h("div", { class: "ck-time" }, play.root, time.root),
    draw({ steps, step }) {
      time.range(0, steps, 1);
      time.set(step);
    },
  };
}

function groundControls(model, about, life) {
  const offers = () => model.get("offered").map((a) => ({ value: a.key, label: a.title }));
  const land = select({
    label: "landscape",
    options: offers(),
    onChange: (key) => {
      const [x, y] = model.get("offered").find((a) => a.key === key).start;
      update(model, { landscape: key, x, y });
    },
  });
  life.on(model, "change:offered", () => land.offer(offers()));
  const coordinate = (name) => slider({ label: `start ${name}`, step: 0.01, format: (v) => fixed(v, 2), onInput: (v) => update(model, { [name]: v }) });
  const [x, y] = [coordinate("x"), coordinate("y")];
  const noise = slider({
    label: "gradient noise",
    min: NOISE[0],
    max: NOISE[1],
    step: 0.05,
    format: (v) => (v === 0 ? "none" : num(v, 2)),
    to: Math.sqrt,
    from: (p) => Number((p * p).toFixed(3)),
    onInput: (v) => update(model, { noise: v }),
  });
  let ranged = null;
  return {
    root: h("div", { class: "ck-controls ck-ground-panel" }, land.root, x.root, y.root, noise.root),
    draw(state) {
      if (ranged !== state.about) {
        ranged = state.about;
        x.range(...state.about.domain[0], 0.01);
        y.range(...state.about.domain[1], 0.01);
      }
      land.set(state.key);
      x.set(state.x);
      y.set(state.y);
      noise.set(state.noise);
    },
  };
}

/** The race in words: what the chosen racer does, and how the others stand. */
export function sentence({ about, x, y, racers, selected, step, steps, scale }) {
  const { one, look, run, status: now } = racers[selected];
  const { verdict, at, since } = now;
  const loss = (r, t) => r.losses[t] - (scale.log ? scale.lowest : 0);
  const amount = (v) => (scale.log && v < 1e-16 ? "less than 10⁻¹⁶" : num(v)); // rounding, below that
  const high = (r, t) => `${amount(loss(r, t))}${scale.log ? " above the minimum" : ""}`;
  const place = `(${fixed(run.xs[at], 2)}, ${fixed(run.ys[at], 2)})`;
  const long = at - since >= PAUSE;
  const which = about.minima.length > 1 ? "a minimum" : "the minimum";
  const does = {
    diverged: () => `has diverged: at step ${since} its loss is ${num(run.losses[at])}`,
    left: () => `left the map at step ${since}; its loss is now ${num(run.losses[at])}`,
    minimum: () => `${long ? `has converged: near ${which} since step ${since}, now` : `is at ${which},`} ${amount(loss(run, at))} above it`,
    local: () => `is ${long ? "caught" : ""} in a local minimum${long ? ` since step ${since}` : ""}, ${high(run, at)}`.replace("  ", " "),
    saddle: () => `is near a saddle${long ? ` since step ${since}` : ""}, where the gradient all but vanishes`,
    start: () => `starts at ${place}, its loss ${high(run, at)}`,
    still: () => `hardly moves at ${place}, its loss ${high(run, at)}`,
    rising: () => `is at ${place}, its loss ${high(run, at)}, higher than ${Math.min(at, PAUSE)} steps ago`,
    falling: () => `is at ${place}, its loss ${high(run, at)} and falling`,
  };
  const far = `After ${step === steps ? "all" : `${step} of`} ${steps} steps from (${fixed(x, 2)}, ${fixed(y, 2)}), `;
  const parts = [step === 0 ? "" : far, [look.name, look.tone], ` (${settings(one)}) ${does[verdict]()}.`];
  if (racers.length > 1 && step > 0) parts.push(" ", ...standing(racers, amount, loss));
  return parts;
}

/** Who has arrived, in order; before anybody has, who is lowest. */
function standing(racers, amount, loss) {
  const arrived = racers.filter(({ status: s }) => s.verdict === "minimum" && s.at - s.since >= PAUSE);
  if (arrived.length) {
    arrived.sort((a, b) => a.status.since - b.status.since);
    const told = arrived.flatMap(({ look, status: s }, i) => [i ? ", " : "", [look.name, look.tone], ` at step ${s.since}`]);
    return ["Arrived: ", ...told, [".", "; the other not yet."][racers.length - arrived.length] ?? "; the others not yet."];
  }
  const still = racers.filter(({ status: { verdict: v } }) => v !== "diverged" && v !== "left");
  if (!still.length) return ["None is left."];
  const best = still.reduce((a, b) => (b.run.losses[b.status.at] < a.run.losses[a.status.at] ? b : a));
  return ["Lowest now: ", [best.look.name, best.look.tone], `, ${amount(loss(best.run, best.status.at))}.`];
}
