// The map of a landscape: bands and level lines on a canvas.
import { median } from "d3-array";
import { contours } from "d3-contour";
import { color } from "./theme.js";

/**
 * Levels for a map: floor + range · (i/n)^p, with p such that half of the map lies below the middle level.
 * A quadratic bowl gets p ≈ 2, evenly spaced lines; a narrow valley under high walls a larger p, so that its floor shows.
 */
export function levels(values, count, floor = Infinity) {
  let low = floor;
  let high = -Infinity;
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const middle = (median(values) - low) / (high - low);
  const p = Math.min(6, Math.max(0.75, Math.log(middle) / Math.log(0.5) || 1));
  return Array.from({ length: count }, (_, i) => low + (high - low) * ((i + 0.5) / count) ** p);
}

/** The landscape on a grid whose cells cover the view: {columns, rows, values}, rows from top to bottom. */
export function sample(f, x, y, [width, height], cell = 3) {
  const columns = Math.ceil(width / cell) + 1;
  const rows = Math.ceil(height / cell) + 1;
  const values = new Float64Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    const v = y.invert(j * cell);
    for (let i = 0; i < columns; i++) values[j * columns + i] = f(x.invert(i * cell), v);
  }
  return { columns, rows, values, cell };
}

/** The shapes above each level, as Path2D in pixels of the map. */
export function shapes({ columns, rows, values, cell }, thresholds) {
  const all = contours().size([columns, rows]).thresholds(thresholds)(values);
  return all.map(({ coordinates }) => {
    const path = new Path2D();
    for (const polygon of coordinates) {
      for (const ring of polygon) {
        ring.forEach(([cx, cy], k) => path[k ? "lineTo" : "moveTo"]((cx - 0.5) * cell, (cy - 0.5) * cell));
        path.closePath();
      }
    }
    return path;
  });
}

/** Paints the shapes, the higher the stronger, in the loss color of the page's theme. */
export function paint(canvas, paths, [width, height]) {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(ratio, ratio);
  pen.fillStyle = pen.strokeStyle = color(canvas, "loss");
  pen.lineWidth = 1;
  for (const path of paths) {
    pen.globalAlpha = 0.035;
    pen.fill(path, "evenodd");
    pen.globalAlpha = 0.34;
    pen.stroke(path);
  }
}
