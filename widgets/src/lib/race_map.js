// The map of a race: a path for each racer up to the step looked at, a mark where it is, and the start, to be dragged.
import { cut } from "./cut.js";
import { put, s, show } from "./dom.js";
import { drag, pick } from "./drag.js";
import { few, ground } from "./ground.js";
import { update } from "./life.js";
import { clamp } from "./plane.js";
import { MOST } from "./racers.js";

const APART = 7; // pixels between the dots that show single steps
const LETTER = 7; // about the width of a letter, in pixels

export function raceMap(model, about, life) {
  const map = ground("ck-race-map", ["muted", 0.018], life);
  const { svg, inside, back } = map;
  const racers = Array.from({ length: MOST }, () => {
    const [edge, line, dots] = ["ck-casing", "ck-trail", "ck-dots"].map((cls) => s("path", { class: `ck-line ${cls}` }));
    const mark = s("path", { class: "ck-racer-mark" });
    return { edge, line, dots, mark, trail: s("g", {}, edge, line, dots), name: s("text", { class: "ck-racer-name" }), drawn: null };
  });
  const [trails, tops] = [s("g"), s("g")];
  const start = s("g", { class: "ck-handle" }, s("circle", { class: "ck-hit", r: 18 }), s("circle", { class: "ck-halo", r: 15 }), s("circle", { class: "ck-point", r: 7 }));
  inside.append(map.marks, trails);
  svg.append(tops, start);

  /** The last place on a racer's way that is drawn: where it is, or the first one off the map that it never comes back from. */
  const seen = ({ run }, at) => {
    const { x, y, box } = map;
    for (let t = at; t >= 0; t--) {
      const [px, py] = [x(run.xs[t]), y(run.ys[t])];
      if (px >= box.left && px <= box.right && py >= box.top && py <= box.bottom) return Math.min(at, t + 1);
    }
    return 0; // not reached: the start is on the map
  };

  const trail = (node, { run }, at) => {
    const { x, y, box } = map;
    const wide = { left: box.left - 9, right: box.right + 9, top: box.top - 9, bottom: box.bottom + 9 };
    const [px, py] = [(i) => x(run.xs[i]), (i) => y(run.ys[i])];
    const end = seen({ run }, at);
    const { d, tip } = cut(px, py, end, wide);
    put(node.edge, { d });
    put(node.line, { d });
    // The mark of one that is gone stands at the edge, where its line ends.
    node.stand = [clamp(tip[0], box.left + 5, box.right - 5), clamp(tip[1], box.top + 5, box.bottom - 5)];
    let dots = "";
    let [ax, ay] = [px(0), py(0)];
    for (let i = 1; i <= end; i++) {
      const [bx, by] = [px(i), py(i)];
      if (Math.hypot(bx - ax, by - ay) < APART) continue;
      [ax, ay] = [bx, by];
      if (bx > wide.left && bx < wide.right && by > wide.top && by < wide.bottom) dots += `M${bx.toFixed(1)},${by.toFixed(1)}h0`;
    }
    put(node.dots, { d: dots });
  };

  let [fresh, worn] = [true, ""];
  /** Fits the map to the space there is. Before anything is drawn: the browser need not lay out twice then. */
  const fit = (state) => {
    fresh = map.frame(state, `Map of the landscape ${state.about.title} with the paths of ${state.racers.length} optimizers from a start that can be moved`);
  };

  /** What stays the same while the start is dragged: colors, dashes, shapes, which lies on top. */
  const dress = ({ racers: all, order, selected }) => {
    trails.replaceChildren(...order.map((i) => racers[i].trail));
    tops.replaceChildren(...order.map((i) => racers[i].mark), ...order.map((i) => racers[i].name));
    for (const i of order) {
      const [{ trail: group, line, mark, name }, { look }] = [racers[i], all[i]];
      for (const part of [group, mark, name]) put(part, { style: look.color });
      group.classList.toggle("ck-chosen", i === selected);
      put(line, { "stroke-dasharray": look.dash || "none" });
      put(mark, { d: look.marker });
      name.textContent = look.name;
    }
  };

  const draw = (state) => {
    const { order } = state;
    if (worn !== state.dress) dress(state);
    worn = state.dress;
    const { x, y } = map;
    for (const i of order) {
      const [node, one] = [racers[i], state.racers[i]];
      const { at, verdict } = one.status;
      if (fresh || node.drawn?.run !== one.run || node.drawn.at !== at) trail(node, one, at);
      node.drawn = { run: one.run, at };
      one.stand = node.stand;
      put(node.mark, { transform: `translate(${one.stand})${i === state.selected ? "scale(1.25)" : ""}` });
      node.mark.classList.toggle("ck-gone", verdict === "left" || verdict === "diverged");
    }
    const [sx, sy] = [x(state.x), y(state.y)];
    put(start, { transform: `translate(${sx},${sy})` });
    label(state, order, [sx, sy]);
  };

  /** Names beside the marks, where they cover nothing; the others are told from the list and the chart. */
  const label = ({ racers: all, about: { minima, local_minima, saddles } }, order, from) => {
    const { box } = map;
    const signs = [from, ...[...minima, ...few(local_minima), ...few(saddles)].map(([a, b]) => [map.x(a), map.y(b)])];
    const taken = [...signs.map(([px, py]) => [px - 9, py - 9, 18, 18]), ...all.map(({ stand: [px, py] }) => [px - 6, py - 6, 12, 12])];
    for (const i of [...order].reverse()) {
      const { look, stand: [px, py] } = all[i];
      const width = look.name.length * LETTER;
      const spots = [[px + 10, py - 8], [px - 10 - width, py - 8], [px - width / 2, py - 25], [px - width / 2, py + 9]];
      const free = ([left, top]) =>
        left > box.left && left + width < box.right && top > box.top && top + 16 < box.bottom &&
        taken.every(([a, b, w, h]) => left + width < a || left > a + w || top + 16 < b || top > b + h);
      const spot = spots.find(free);
      show(racers[i].name, spot);
      if (!spot) continue;
      taken.push([...spot, width, 16]);
      put(racers[i].name, { x: spot[0], y: spot[1] + 12 });
    }
  };

  const move = (px, py) => {
    const round = (v, [low, high]) => clamp(Number(v.toFixed(2)), low, high);
    const { domain } = about();
    update(model, { x: round(map.x.invert(px), domain[0]), y: round(map.y.invert(py), domain[1]) });
  };
  drag(start, svg, () => [map.x(model.get("x")), map.y(model.get("y"))], move, life);
  pick(back, svg, move, life);
  return { root: map.root, fit, draw };
}
