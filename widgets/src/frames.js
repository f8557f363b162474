// frames: what a Python function returned for each setting of a few controls; with a kernel, between them too.
import { lineEnd, line, plain, room, scale, spread } from "./lib/chart.js";
import { challenges, h, put, s, select, slider, statusLine, uid } from "./lib/dom.js";
import { follow, lifetime, update } from "./lib/life.js";
import { axisX, axisY, clip, picture } from "./lib/plane.js";

const FINE = 20; // positions of a free slider from one stop to the next
const DASHES = ["", "8 4", "2 4", "9 4 2 4"]; // a line differs from its neighbors in more than its color

export function render({ model, el }) {
  const life = lifetime();
  const status = statusLine();
  life.add(status.end);
  const stage = h("div", { class: "ck-frame" });
  const row = h("div", { class: "ck-controls" });
  el.replaceChildren(stage, row, status.root, challenges(model, life));

  let live = false; // whether there is a kernel
  let controls = [];
  let shown = null; // what draws the stage now: {kind, draw}
  const place = () => controls.forEach((c) => c.set(model.get("values")[c.name]));
  const rebuild = () => {
    controls = model.get("controls").map((about) => control(model, about, () => live));
    row.dataset.count = controls.length;
    row.replaceChildren(...controls.map((c) => c.root));
    place(); // a key may come before the next frame
  };
  const draw = () => {
    const values = model.get("values");
    place();
    const found = find(model, values);
    if (!found) return; // the kernel is at work: what was shown stays
    if (found.error) return status.say(`Python stopped with an error. ${found.error}`);
    const { frame, pool } = found;
    // The longest sentence keeps its room, so that what stands below stays where it is.
    model.get("axes").lines.forEach((lines, i) => status.root.style.setProperty(i ? "--narrow" : "--wide", lines));
    const kind = ["svg", "lines", "table", "text"].find((name) => name in frame);
    if (shown?.kind !== kind) {
      shown = { kind, ...stages[kind]() };
      stage.replaceChildren(shown.root);
    }
    const words = pool[frame.words];
    shown.draw(frame, pool, model.get("axes"), words);
    status.say(words);
  };
  rebuild();
  const later = follow(model, ["values", "grid", "pool", "axes", "fresh"], el, life, draw);
  life.on(model, "change:controls", () => {
    rebuild();
    later();
  });
  life.on(model, "msg:custom", (message) => {
    if (message?.type !== "live" || live) return;
    live = true;
    rebuild();
    later();
  });
  model.send?.({ type: "hello" }); // only a kernel answers
  return life.end;
}

/** The frame for these values and the pool it refers to: of the grid, or the one made for them; or undefined. */
function find(model, values) {
  let place = 0;
  for (const { name, values: stops } of model.get("controls")) {
    const at = stops.indexOf(values[name]);
    if (at < 0) {
      const fresh = model.get("fresh");
      const same = fresh.values && Object.keys(values).every((key) => fresh.values[key] === values[key]);
      return same ? fresh : undefined;
    }
    place = place * stops.length + at;
  }
  return { frame: model.get("grid")[place], pool: model.get("pool") };
}

/** A control for one argument: {name, root, set(value)}. */
function control(model, { name, label, kind, values, log }, live) {
  const change = (value) => update(model, { values: { ...model.get("values"), [name]: value } });
  if (kind === "choice") return { name, ...select({ label, options: values, onChange: change }) };
  if (kind === "switch") {
    const input = h("input", { type: "checkbox", onchange: () => change(input.checked) });
    const root = h("div", { class: "ck-control ck-switch" }, h("label", { class: "ck-choice" }, input, " ", label));
    return { name, root, set: (value) => (input.checked = value) };
  }
  const [to, from] = along(values, log);
  return {
    name,
    ...slider({ label, min: 0, max: values.length - 1, step: kind === "between" && live() ? 1 / FINE : 1, format: plain, to, from, onInput: change }),
  };
}

/** From a value to the slider's position and back; stops stand at whole numbers. */
function along(values, log) {
  const [there, back] = log ? [Math.log, Math.exp] : [(v) => v, (v) => v];
  const from = (position) => {
    const i = Math.floor(position);
    if (i === position) return values[i];
    const [a, b] = [there(values[i]), there(values[i + 1])];
    return Number(back(a + (b - a) * (position - i)).toPrecision(3));
  };
  const to = (value) => {
    const stop = values.indexOf(value);
    if (stop >= 0) return stop;
    const i = Math.max(0, values.findLastIndex((v) => v < value));
    return i + (there(value) - there(values[i])) / (there(values[i + 1]) - there(values[i]));
  };
  return [to, from];
}

const stages = { svg: drawing, lines: chart, table, text: words };

/** A drawing by matplotlib, already in the page's colors. */
function drawing() {
  const root = h("div");
  return {
    root,
    draw(frame, pool) {
      const own = uid("ck-ids"); // ids of a drawing must not meet those of another on the page
      root.innerHTML = frame.svg.map((part) => pool[part]).join("").replaceAll("ckid-", `${own}-`);
    },
  };
}

/** Lines, drawn with the same axes in all frames. */
function chart() {
  const { root, svg, size } = picture("ck-plot", "", [640, 300]);
  const window = clip(uid("ck-clip"));
  const axes = s("g");
  const inside = s("g", { "clip-path": window.url });
  const names = s("g");
  svg.append(s("defs", {}, window.node), axes, inside, names);
  return {
    root,
    draw(frame, pool, style, words) {
      const [width, height] = size();
      const [logX, logY] = ["x", "y"].map((axis) => style.log.includes(axis));
      const pad = (ends, log) => (log ? [ends[0], ends[1]] : [ends[0] - 0.03 * (ends[1] - ends[0]), ends[1] + 0.03 * (ends[1] - ends[0])]);
      const box = { top: style.y ? 26 : 8, bottom: height - (style.x ? 36 : 22), left: 0, right: width - Math.min(room(style.names) + 10, 0.36 * width) };
      const y = scale(pad(style.ylim, logY), [box.bottom, box.top], logY);
      const heights = y.marks(5);
      box.left = Math.max(24, room(heights.map(plain)) + 12);
      const x = scale(style.xlim, [box.left, box.right], logX);
      window.set([box.left - 1, box.right + 1], [box.top - 1, box.bottom + 1]);
      axes.replaceChildren(axisX(x, box.bottom, x.marks(width < 480 ? 4 : 6), style.x, plain), axisY(y, box.left, heights, style.y, plain));
      put(svg, { "aria-label": words });
      const drawn = frame.lines.map(([name, xs, ys]) => {
        const place = style.names.indexOf(pool[name]);
        return { name: pool[name], xs: pool[xs], ys: pool[ys], tone: style.colors[Math.max(0, place) % style.colors.length], dash: DASHES[Math.max(0, place) % DASHES.length] };
      });
      inside.replaceChildren(...drawn.map(({ xs, ys, tone, dash }) => s("path", { class: "ck-line ck-curve", style: `stroke:var(--ck-${tone === "estimate" ? "mark-estimate" : tone})`, "stroke-dasharray": dash, d: line(xs, ys, x, y) })));
      const ends = drawn.map((l) => ({ ...l, ...lineEnd(l.xs, l.ys, x, y, box) })).filter((end) => end.x !== undefined);
      spread(ends, box);
      names.replaceChildren(...ends.map(({ name, tone, x: px, y: py }) => s("text", { x: px + 6, y: py + 4, style: `fill:var(--ck-${tone === "ink" ? "ink" : `text-${tone}`})` }, name)));
    },
  };
}

function table() {
  const root = h("table", { class: "ck-table" });
  return {
    root,
    draw(frame, pool) {
      const [names, values] = frame.table.map((part) => pool[part]);
      root.replaceChildren(h("tbody", {}, names.map((name, i) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, values[i])))));
    },
  };
}

/** Text that the sentence does not say already. */
function words() {
  const root = h("p", { class: "ck-words" });
  return {
    root,
    draw(frame, pool, axes, said) {
      const text = pool[frame.text];
      root.textContent = text;
      root.hidden = said.includes(text);
    },
  };
}
