// Dragging with mouse, pen or finger.

/**
 * Drags `handle`: `onMove(px, py)` gets where the handle should go, in pixels of `svg`. The grip keeps its
 * distance to the handle's center `at()` -> [px, py], so nothing jumps when it is taken.
 */
export function drag(handle, svg, at, onMove, life) {
  let grip = null;
  // Without this, a browser may take the finger's path for scrolling and cancel the drag.
  life.listen(handle, "touchstart", (event) => event.preventDefault(), { passive: false });
  life.listen(handle, "pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    handle.setPointerCapture?.(event.pointerId);
    const [px, py] = inside(svg, event);
    const [cx, cy] = at();
    grip = [cx - px, cy - py];
    handle.classList.add("ck-held");
  });
  life.listen(handle, "pointermove", (event) => {
    if (!grip) return;
    const [px, py] = inside(svg, event);
    onMove(px + grip[0], py + grip[1]);
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
    life.listen(handle, type, () => {
      grip = null;
      handle.classList.remove("ck-held");
    });
  }
}

/** A click or tap anywhere on `target` calls `onPick(px, py)`; scrolling with a finger stays possible. */
export function pick(target, svg, onPick, life) {
  life.listen(target, "click", (event) => onPick(...inside(svg, event)));
}

/** Where an event is, in the pixels that `svg` draws in: on a slide they may be zoomed. */
function inside(svg, event) {
  const box = svg.getBoundingClientRect();
  const zoom = svg.currentCSSZoom ?? 1;
  return [(event.clientX - box.left) / zoom, (event.clientY - box.top) / zoom];
}
