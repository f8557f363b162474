// A button that lets the steps go by.
import { h } from "./dom.js";

const PACE = 33; // milliseconds for a step
const LONGEST = 7000; // for all of them

/**
 * A play button: `at()` is the step now, `steps()` the last one, `go(step)` goes to one. Returns {root, pause}. A reader
 * who asked for less motion gets no button (root null), and moves through time by hand.
 */
export function playButton({ at, steps, go }, life) {
  if (globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches) return { root: null, pause() {} };
  let [asked, from, since] = [0, 0, 0];
  const text = (playing) => (root.textContent = playing ? "Pause" : "Play");
  const pause = () => {
    cancelAnimationFrame(asked);
    asked = 0;
    text(false);
  };
  const tick = (time) => {
    since ||= time;
    const step = Math.min(steps(), from + Math.floor((time - since) / Math.min(PACE, LONGEST / steps())));
    if (step !== at()) go(step);
    if (step < steps()) asked = requestAnimationFrame(tick);
    else pause();
  };
  const toggle = () => {
    if (asked) return pause();
    from = at() < steps() ? at() : 0;
    since = 0;
    go(from);
    text(true);
    asked = requestAnimationFrame(tick);
  };
  const root = h("button", { type: "button", class: "ck-button", onclick: toggle }, "Play");
  life.add(() => cancelAnimationFrame(asked));
  return { root, pause };
}
