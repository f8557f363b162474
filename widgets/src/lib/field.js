// The map of a landscape: bands and level lines on a canvas.
import { h } from "./dom.js";
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
  const middle = (Float64Array.from(values).sort()[values.length >> 1] - low) / (high - low);
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

/** How strongly each place of the field is painted, by the levels it lies above, and the level lines, in pixels of the map. */
export function relief(field, thresholds) {
  const bands = Uint8Array.from(field.values, (v) => thresholds.filter((level) => v > level).length);
  const lines = new Path2D();
  for (const level of thresholds) trace(field, level, lines);
  return { ...field, bands, lines };
}

/** Adds a level line to a path: in each cell of the grid, straight between the points where its edges cross the level. */
function trace({ columns, rows, values, cell }, level, lines) {
  const edges = [[0, 0, 1, 0], [1, 0, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1]]; // top, right, foot, left
  for (let k = 0; k < columns * (rows - 1); k++) {
    const [i, j] = [k % columns, Math.floor(k / columns)];
    if (i === columns - 1) continue;
    const above = (values[k] > level) + (values[k + 1] > level) + (values[k + columns] > level) + (values[k + columns + 1] > level);
    if (above === 0 || above === 4) continue;
    const points = [];
    for (const [ax, ay, bx, by] of edges) {
      const [a, b] = [values[k + ax + ay * columns], values[k + bx + by * columns]];
      if (a > level === b > level) continue;
      const t = (level - a) / (b - a);
      points.push([(i + ax + t * (bx - ax)) * cell, (j + ay + t * (by - ay)) * cell]);
    }
    for (let n = 0; n < points.length; n += 2) {
      lines.moveTo(...points[n]);
      lines.lineTo(...points[n + 1]);
    }
  }
}

/** Paints a relief, the higher the stronger, in a color of the page's theme; what lies above each level with `alpha`. */
export function paint(canvas, { columns, rows, cell, bands, lines }, [width, height], [tone, alpha]) {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const ink = color(canvas, tone);
  const small = h("canvas", { width: columns, height: rows }); // one pixel for each place of the field
  const dots = small.getContext("2d");
  const image = dots.createImageData(columns, rows);
  bands.forEach((band, k) => (image.data[4 * k + 3] = 255 * (1 - (1 - alpha) ** band)));
  dots.putImageData(image, 0, 0);
  dots.globalCompositeOperation = "source-in"; // the color, as strong as what stands there
  dots.fillStyle = ink;
  dots.fillRect(0, 0, columns, rows);
  pen.scale(ratio, ratio);
  pen.drawImage(small, -cell / 2, -cell / 2, columns * cell, rows * cell);
  pen.strokeStyle = ink;
  pen.globalAlpha = 0.34;
  pen.stroke(lines);
}
