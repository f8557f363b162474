// The landscape along the reader's heading: what the slope predicts for a step, and what the step does.
import { exit, keepInside, label, separate } from "./edge.js";
import { num } from "./format.js";
import { put, s, uid } from "./dom.js";
import { axisX, clamp, clip, linear, pathThrough, picture } from "./plane.js";

const SAMPLES = 60;
const BEYOND = 1.35; // the picture reaches this many steps

export function slicePicture() {
  const { root, svg, size } = picture("ck-slice", "The change of f along the heading: predicted by the slope, and actual", [300, 190]);
  const window = clip(uid("ck-clip"));
  const axes = s("g");
  const line = (cls) => s("path", { class: `ck-line ${cls}` });
  const [zero, graph, guess] = [line("ck-zero-line"), line("ck-graph"), line("ck-secant")];
  const [guessBar, realBar] = [s("rect", { class: "ck-bar-guess" }), s("rect", { class: "ck-bar-real" })];
  const words = (cls) => s("text", { class: cls }, s("tspan"), s("tspan"));
  const [guessLabel, realLabel] = [words("ck-secant-label"), words("ck-real-label")];
  svg.append(s("defs", {}, window.node), axes, s("g", { "clip-path": window.url }, zero, guessBar, realBar, guess, graph), guessLabel, realLabel);

  const draw = (state) => {
    const [width, height] = size();
    const box = { left: 12, right: width - 74, top: 26, bottom: height - 34 };
    const x = linear([0, BEYOND * state.step], [box.left, box.right]);
    const { predicted, actual, step, way, value, land } = state;
    const distances = Array.from({ length: SAMPLES + 1 }, (_, i) => (BEYOND * step * i) / SAMPLES);
    const changes = distances.map((t) => land.f(state.x + t * way[0], state.y + t * way[1]) - value);
    const shown = [0, predicted, actual, ...changes.filter((_, i) => distances[i] <= step)];
    const [low, high] = [Math.min(...shown), Math.max(...shown)];
    const pad = 0.18 * (high - low) || 1;
    const y = linear([low - pad, high + pad], [box.bottom, box.top]);
    window.set([box.left - 1, box.right], [box.top - 1, box.bottom + 1]);
    axes.replaceChildren(
      axisX(x, box.bottom, x.ticks(4), "distance along the heading", (v) => String(v)),
      s("text", { class: "ck-note", x: 0, y: 13 }, "change of f along the heading"),
    );
    const far = (pixel) => clamp(pixel, -9999, 9999);
    put(graph, { d: pathThrough(distances.flatMap((t, i) => [x(t), far(y(changes[i]))])) });
    const end = BEYOND * predicted;
    put(guess, { d: pathThrough([x(0), y(0), box.right, y(end)]) });
    put(zero, { d: `M${box.left},${y(0)}H${box.right}` });
    const bar = (node, change, left) =>
      put(node, { x: x(step) + left, y: Math.min(y(0), y(change)), width: 9, height: Math.abs(y(change) - y(0)) });
    bar(guessBar, predicted, -10);
    bar(realBar, actual, 1);
    const ends = [predicted, actual].map((change) => exit([box.right, y(change)], 0, box));
    separate(...ends);
    keepInside(ends, box);
    label(guessLabel, ends[0], "predicted", signed(predicted));
    label(realLabel, ends[1], "actual", signed(actual));
  };
  return { root, draw };
}

const signed = (v) => (v > 0 ? `+${num(v)}` : num(v));
