// stepper: the graph of a loss, forward and backward, one step at a time. Python has computed every number.
import { challenges, h, put, s, show, slider, statusLine } from "./lib/dom.js";
import { along, choose, wide } from "./lib/labels.js";
import { follow, lifetime, update } from "./lib/life.js";

const EDGE = 8; // pixels around the graph
const ROW = 17; // pixels for a line in a node
const SPARE = 54; // pixels that a gap between layers may grow by
const BAR = 14; // pixels, kept for a bar to scroll with
const KEYS = { ArrowRight: 1, ArrowLeft: -1 };

export function render({ model, el }) {
  const life = lifetime();
  const status = statusLine();
  life.add(status.end);
  const graph = graphPicture();
  const controls = controlRow(model);
  el.replaceChildren(graph.root, controls.root, status.root, challenges(model, life));

  const draw = () => {
    const [data, step, all] = ["data", "step", "show_all"].map((name) => model.get(name));
    data.rows.forEach((rows, i) => status.root.style.setProperty(i ? "--narrow" : "--wide", rows));
    controls.draw(data, step, all);
    graph.draw(data, step, all);
    status.say(all ? [...data.steps[step].words, ALL] : data.steps[step].words);
  };
  follow(model, ["data", "step", "show_all"], el, life, draw);
  // The arrows step wherever they have no meaning of their own.
  life.listen(el, "keydown", (event) => {
    const by = KEYS[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.target.type === "range") return;
    event.preventDefault();
    go(model, by);
  });
  return life.end;
}

const ALL = " All numbers are shown."; // as in coursekit.widgets.stepper

function go(model, by) {
  const step = model.get("step") + by;
  if (step >= 0 && step < model.get("data").steps.length) update(model, { step });
}

/** Where in which sweep a step is, as the slider says it. */
export function position(steps, step) {
  const forward = steps.filter(({ kind }) => kind === "forward").length;
  if (step === 0) return "inputs";
  return step <= forward ? `forward ${step} of ${forward}` : `backward ${step - forward} of ${steps.length - 1 - forward}`;
}

function controlRow(model) {
  const button = (text, by) => h("button", { type: "button", class: "ck-button", onclick: () => go(model, by) }, text);
  const [back, next] = [button("Back", -1), button("Next", 1)];
  const steps = () => model.get("data").steps;
  const time = slider({ label: "step", min: 0, max: 1, step: 1, format: (v) => position(steps(), v), onInput: (v) => update(model, { step: v }) });
  const box = h("input", { type: "checkbox", onchange: () => update(model, { show_all: box.checked }) });
  const all = h("label", { class: "ck-choice" }, box, " show all numbers");
  return {
    root: h("div", { class: "ck-controls" }, back, next, time.root, all),
    draw(data, step, shown) {
      const last = data.steps.length - 1;
      time.range(0, last, 1);
      time.set(step);
      box.checked = shown;
      // A button that goes out of use would take the keyboard's place on the page with it.
      if (document.activeElement === back && step === 0) next.focus();
      if (document.activeElement === next && step === last) back.focus();
      back.disabled = step === 0;
      next.disabled = step === last;
    },
  };
}

/** What is known after a step: which nodes have a value, the gradients' texts, and which edges were gone along. */
export function known(data, step, all) {
  const { nodes, edges, steps } = data;
  const valued = new Set(nodes.flatMap(({ kind }, i) => (all || kind !== "computed" ? [i] : [])));
  const grads = new Map();
  const used = new Map(); // edge to "forward" or "backward", the last sweep that went along it
  steps.forEach(({ kind, node, edge, grad }, at) => {
    if (at > step) {
      if (all && grad.length) grads.set(node, grad);
      return;
    }
    if (kind === "forward") {
      valued.add(node);
      edges.forEach(([, end], i) => end === node && used.set(i, "forward"));
    }
    if (grad.length) grads.set(node, grad);
    if (kind === "backward") used.set(edge, "backward");
  });
  return { valued, grads, used };
}

function graphPicture() {
  const svg = s("svg", { class: "ck-svg", role: "img", "aria-label": "" });
  const [lines, boxes, tag] = [s("g"), s("g"), s("text", { class: "ck-slope-label", "text-anchor": "middle" })];
  svg.append(lines, boxes, tag);
  const root = h("div", { class: "ck-picture ck-network", tabindex: 0, role: "group", "aria-label": "Graph; the arrow keys step through it" }, svg);
  let [framed, view, scale, drawn] = [0, null, 1, null];

  /** Places nodes and edges anew when the graph or the room for it is another. */
  const frame = (data) => {
    const room = root.clientWidth || 720;
    if (framed === room && drawn?.data === data) return;
    framed = room;
    view = arrange(data, room);
    scale = Math.max(data.least, Math.min(1, room / view.width));
    const [wide, tall] = [view.width * scale, view.height * scale];
    root.style.height = `${Math.round(Math.min(tall, data.most) + (wide > room + 1 ? BAR : 0))}px`;
    put(svg, { viewBox: `0 0 ${view.width} ${view.height}`, style: `width:${Math.floor(wide)}px;height:${Math.floor(tall)}px` });
    const edges = data.edges.map(() => {
      const [path, head] = [s("path", { class: "ck-line" }), s("path")];
      return put(s("g", {}, path, head), { class: "ck-edge" });
    });
    const nodes = data.nodes.map((node, i) => box(node, view.places[i]));
    lines.replaceChildren(...edges);
    boxes.replaceChildren(...nodes.map(({ root: each }) => each));
    drawn = { data, edges, nodes };
  };

  const draw = (data, step, all) => {
    frame(data);
    const { kind, node, edge, local } = data.steps[step];
    const { valued, grads, used } = known(data, step, all);
    const taken = kind === "forward" ? data.edges.flatMap(([, end], i) => (end === node ? [i] : [])) : [edge];
    const giver = kind === "backward" ? data.edges[edge][1] : null;
    drawn.nodes.forEach((each, i) => {
      const now = kind !== "given" ? i === node : data.nodes[i].kind === "input";
      each.draw({ valued: valued.has(i), grad: grads.get(i), state: i === giver ? "gives" : now ? (kind === "forward" || kind === "given" ? "current" : "gets") : "" });
    });
    drawn.edges.forEach((group, i) => {
      const now = taken.includes(i);
      const back = used.get(i) === "backward";
      put(group, { class: `ck-edge ck-${now ? "current" : "quiet"} ck-${used.get(i) ?? "new"}` });
      const route = view.routes[i];
      put(group.firstChild, { d: curve(route, view.down) });
      put(group.lastChild, { d: head(back ? route[0] : route.at(-1), view.down, back) });
      if (now) lines.append(group); // on top
    });
    name(kind === "backward" ? local : null, view.routes[edge]);
    put(svg, { "aria-label": `Graph of ${data.nodes.length} nodes, ${position(data.steps, step)}: ${[...valued].length} have a value, ${grads.size} a gradient` });
    follow(view.places[node]);
  };

  /** Writes the local derivative beside the edge; where there is no room for it, only the sentence has it. */
  const name = (text, route) => {
    const found = text && choose(text, tagPlaces(route, view.down, text), { ...view.taken, frame: { left: 2, right: view.width - 2, top: 1, bottom: view.height - 1 } });
    show(tag, found && !found.hits);
    if (!found || found.hits) return;
    tag.textContent = text;
    const [x, y, anchor] = found.at;
    put(tag, { x, y, "text-anchor": anchor });
  };

  /** Scrolls the picture, never the page, to what the step is about. */
  const follow = (place) => {
    const [x, y, width, height] = [place.x, place.y, place.width, place.height].map((length) => length * scale);
    const [left, top] = [x - width / 2, y - height / 2];
    const [w, t] = [root.clientWidth, root.clientHeight];
    if (left < root.scrollLeft + 40) root.scrollLeft = left - 90;
    else if (left + width > root.scrollLeft + w - 40) root.scrollLeft = left + width + 90 - w;
    if (top < root.scrollTop + 20) root.scrollTop = top - 60;
    else if (top + height > root.scrollTop + t - 20) root.scrollTop = top + height + 60 - t;
  };
  return { root, draw };
}

/** Points on the drawn line of an edge. */
function bent(route, down) {
  return route.flatMap(([x1, y1], i) => {
    if (!i) return [[x1, y1]];
    const [x0, y0] = route[i - 1];
    return [0.2, 0.35, 0.5, 0.65, 0.8, 1].map((t) => {
      const eased = t * t * (3 - 2 * t); // at right angles to the layers, a cubic curve begins and ends at rest
      return down ? [x0 + (x1 - x0) * eased, y0 + (y1 - y0) * t] : [x0 + (x1 - x0) * t, y0 + (y1 - y0) * eased];
    });
  });
}

/** Places for a word beside an edge: beside its middle, then nearer to either end; along a long one farther on. */
function tagPlaces(route, down, text) {
  return route.slice(1).flatMap(([x1, y1], i) => {
    const [x0, y0] = route[i];
    const half = wide(text) / 2;
    return [0.5, 0.3, 0.7].map((part) => [x0 + (x1 - x0) * part, y0 + (y1 - y0) * part]).flatMap(([x, y]) =>
      down ? [[x + 9, y + 4], [x - 9, y + 4, "end"], [x + 20, y + 4], [x - 20, y + 4, "end"]] : [-8, 15, -18, 25].flatMap((off) => [[x, y + off, "middle"], [x + half, y + off, "middle"], [x - half, y + off, "middle"]]),
    );
  });
}

/** The layout for so much room, in pixels: from left to right, or downward in a narrow column where that does not fit. */
export function arrange(data, room) {
  const { across, down } = data;
  const runsDown = room < data.fold && across.length + 2 * EDGE > room;
  const plan = runsDown ? down : across;
  const layers = Math.max(...plan.layers);
  const spare = runsDown || !layers ? 0 : Math.max(0, Math.min(SPARE, (room - 2 * EDGE - plan.length) / layers));
  const at = (layer, along, side) => {
    const point = [EDGE + along + spare * layer, EDGE + side];
    return runsDown ? point.reverse() : point;
  };
  const places = data.nodes.map(({ size: [width, height] }, i) => {
    const [x, y] = at(plan.layers[i], plan.along[i], plan.across[i]);
    return { x, y, width, height };
  });
  const routes = plan.routes.map((route) => route.map((point) => at(...point)));
  // What a word in the picture should not cover.
  const taken = {
    points: routes.flatMap((route) => along(bent(route, runsDown))),
    boxes: places.map(({ x, y, width, height }) => ({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 })),
  };
  const [long, broad] = [plan.length + spare * layers + 2 * EDGE, plan.breadth + 2 * EDGE];
  return { places, routes, taken, down: runsDown, width: runsDown ? broad : long, height: runsDown ? long : broad };
}

/** A smooth line that leaves and arrives along the layers' direction; beside other nodes it runs straight. */
function curve(route, down) {
  const text = (x, y) => `${x.toFixed(1)},${y.toFixed(1)}`;
  let d = `M${text(...route[0])}`;
  for (let i = 1; i < route.length; i++) {
    const [[x0, y0], [x1, y1]] = [route[i - 1], route[i]];
    const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
    d += i % 2 ? `C${down ? text(x0, my) : text(mx, y0)} ${down ? text(x1, my) : text(mx, y1)} ${text(x1, y1)}` : `L${text(x1, y1)}`;
  }
  return d;
}

/** The head of an arrow at a node: into it, from either side. */
function head([x, y], down, back) {
  const by = back ? 8 : -8;
  return down ? `M${x - 4.5},${y + by}L${x},${y}L${x + 4.5},${y + by}Z` : `M${x + by},${y - 4.5}L${x},${y}L${x + by},${y + 4.5}Z`;
}

/** A node: its title, its value, and its gradient below. */
function box({ title, shape, kind, value, note }, { x, y, width, height }) {
  const rect = s("rect", { x: -width / 2, y: -height / 2, width, height, rx: kind === "computed" ? 8 : 2 });
  const row = (cls, i, ...words) => s("text", { class: cls, "text-anchor": "middle", y: -height / 2 + 17 + ROW * i }, ...words);
  const name = row("ck-node-name", 0, title, shape && s("tspan", { class: "ck-note" }, `  ${shape}`));
  const values = value.map((line, i) => row("", 1 + i, line));
  const last = s("g", {}, note.map((line, i) => row("ck-note", 1 + value.length + i, line)));
  const root = s("g", { transform: `translate(${x},${y})` }, rect, name, values, last);
  let shown = null;
  return {
    root,
    draw({ valued, grad, state }) {
      put(root, { class: `ck-node ck-${kind}${state && ` ck-${state}`}` });
      values.forEach((line) => show(line, valued));
      if (kind === "constant" || shown === grad) return;
      shown = grad;
      last.replaceChildren(...(grad ?? []).map((line, i) => row("ck-slope-label", 1 + value.length + i, line)));
    },
  };
}
