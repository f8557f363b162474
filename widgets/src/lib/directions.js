// The slope in every direction at a point, against the heading.
import { slopeAlong } from "../numerics/compass.js";
import { angleOf, between } from "../numerics/derivatives.js";
import { put, s, show, uid } from "./dom.js";
import { drag, pick } from "./drag.js";
import { num } from "./format.js";
import { update } from "./life.js";
import { axisX, clamp, clip, linear, pathThrough, picture } from "./plane.js";

const HEADINGS = Array.from({ length: 181 }, (_, i) => 2 * i);

export function directionsPicture(model, life) {
  const { root, svg, size } = picture("ck-directions", "The slope in each direction against its heading", [300, 200]);
  const window = clip(uid("ck-clip"));
  const back = s("rect", { class: "ck-hit" });
  const axes = s("g");
  const line = (cls) => s("path", { class: `ck-line ${cls}` });
  const [zero, plain, wave, drop] = [line("ck-zero-line"), line("ck-wave-plain"), line("ck-wave"), line("ck-drop")];
  const text = (cls, words, anchor = "middle") => s("text", { class: cls, "text-anchor": anchor }, words);
  const [top, middle, bottom] = [0, 0, 0].map(() => text("ck-tick", "", "end"));
  const [up, down] = [text("ck-slope-label", "∇f"), text("ck-slope-label", "")];
  const crossings = [0, 1].map(() => s("circle", { class: "ck-crossing", r: 3.5 }));
  const peaks = [0, 1].map(() => s("circle", { class: "ck-peak", r: 3.5 }));
  const [level, flat] = [text("ck-note", "level"), text("ck-note", "every slope is 0 here")];
  const value = text("ck-secant-label", "");
  const mark = s("g", { class: "ck-handle ck-sideways" }, s("circle", { class: "ck-hit", r: 20 }), s("circle", { class: "ck-halo", r: 14 }), s("circle", { class: "ck-mark", r: 6 }));
  svg.append(s("defs", {}, window.node), back, axes, zero, s("g", { "clip-path": window.url }, plain, wave), drop, top, middle, bottom);
  svg.append(...crossings, ...peaks, level, flat, up, down, value, mark);

  let [x, y, box, drawn] = [null, null, null, ""];
  const frame = () => {
    const [width, height] = size();
    if (drawn === `${width} ${height}`) return;
    drawn = `${width} ${height}`;
    box = { left: 54, right: width - 12, top: 36, bottom: height - 30 };
    x = linear([0, 360], [box.left, box.right]);
    window.set([box.left, box.right + 1], [box.top - 6, box.bottom + 6]);
    put(back, { x: box.left, y: box.top - 8, width: box.right - box.left, height: box.bottom - box.top + 16 });
    axes.replaceChildren(
      axisX(x, box.bottom + 8, [0, 90, 180, 270, 360], "", (v) => `${v}°`),
      s("text", { class: "ck-note", x: 0, y: 13 }, "slope in each direction, per unit of length"),
    );
  };

  const draw = (state) => {
    frame();
    const peak = state.flat ? 0 : -state.steepest.slope; // the largest slope under the chosen measure
    const most = Math.max(peak, state.size) || 1;
    y = linear([-most, most], [box.bottom, box.top]);
    const curve = (norm) => pathThrough(HEADINGS.flatMap((a) => [x(a), y(state.flat ? 0 : slopeAlong(state.g, a, norm))]));
    put(wave, { d: curve(state.norm) });
    show(plain, state.norm !== "euclidean" && !state.flat);
    if (state.norm !== "euclidean") put(plain, { d: curve("euclidean") });
    put(zero, { d: `M${box.left},${y(0)}H${box.right}` });
    for (const [node, v] of [[top, peak], [middle, 0], [bottom, -peak]]) {
      put(node, { x: box.left - 7, y: y(v) + 4 });
      node.textContent = num(v);
      show(node, v !== 0 || node === middle);
    }

    const [mx, my] = [x(state.angle), y(state.slope)];
    const left = mx > box.right - 44; // the value stands left of the mark
    for (const node of [up, down, level, ...crossings, ...peaks]) show(node, !state.flat);
    show(flat, state.flat);
    put(flat, { x: (box.left + box.right) / 2, y: y(0) - 12 });
    if (!state.flat) {
      const uphill = state.norm === "euclidean" ? angleOf(state.g) : (state.steepest.angle + 180) % 360;
      const downhill = state.steepest.angle;
      [up.textContent, down.textContent] = state.norm === "euclidean" ? ["∇f", "−∇f"] : ["steepest", "steepest"];
      put(peaks[0], { cx: x(uphill), cy: y(peak) });
      put(peaks[1], { cx: x(downhill), cy: y(-peak) });
      // A peak's name gives way to the mark and its value.
      const half = state.norm === "euclidean" ? 14 : 30;
      const named = (node, angle, v) => {
        const px = clamp(x(angle), box.left + half, box.right + 8 - half);
        put(node, { x: px, y: y(v) - 8 });
        show(node, Math.abs(px - mx) > half + 40 || Math.abs(y(v) - my) > 30);
      };
      named(up, uphill, peak);
      named(down, downhill, -peak);
      const along = angleOf(state.g);
      crossings.forEach((node, i) => put(node, { cx: x((along + 90 + 180 * i) % 360), cy: y(0) }));
      // The word stands by the crossing away from the mark, on the open side of the curve.
      const falls = (along + 90) % 360;
      const rises = (along + 270) % 360;
      const far = (a) => between(a, state.angle) - (a > 320 ? 360 : 0);
      const free = far(falls) > far(rises) ? falls : rises;
      put(level, { x: clamp(x(free) + 22, box.left + 18, box.right - 16), y: y(0) + (free === falls ? -6 : 16) });
    }
    put(mark, { transform: `translate(${mx},${my})` });
    put(drop, { d: `M${mx},${my}V${y(0)}` });
    value.textContent = num(state.slope);
    const rising = !state.flat && slopeAlong(state.g, state.angle + 3, state.norm) > slopeAlong(state.g, state.angle - 3, state.norm);
    put(value, { x: mx + (left ? -10 : 10), y: clamp(my + (rising === left ? -4 : 13), box.top + 6, box.bottom + 4), "text-anchor": left ? "end" : "start" });
  };

  const moveTo = (px) => update(model, { angle: Math.round(clamp(x.invert(px), 0, 359)) });
  drag(mark, svg, () => [x(model.get("angle")), 0], moveTo, life);
  pick(back, svg, moveTo, life);
  return { root, draw };
}

