"""The peer of a widget's redraw: matplotlib draws the same picture into a PNG.

That is the drawing half of what a plot redrawn by a kernel does for each move of a slider; computing
in the kernel and the way there and back come on top. Figures and axes are made once and only their
data are set, which is matplotlib's quick way.
"""

import io
import time

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coursekit import curves, landscapes
from coursekit.descent import descend
from coursekit.optimizers import SGD, AdaGrad, Adam, RMSProp

ROUNDS = 30


def timed(figure: Figure, move) -> list[float]:
    """Return the milliseconds that ``move(i)`` and writing the figure as PNG take, for each round."""
    canvas = FigureCanvasAgg(figure)
    spans = []
    for i in range(ROUNDS):
        start = time.perf_counter()
        move(i)
        canvas.print_png(io.BytesIO())
        spans.append(1000 * (time.perf_counter() - start))
    return spans[1:]  # the first one also loads fonts


def redraw_tangent() -> list[float]:
    """Draw a curve with tangent and secant, and beside it the errors over h; 720 by 310 pixels."""
    curve = curves.get("sine")
    figure = Figure(figsize=(7.2, 3.1), dpi=100)
    view, chart = figure.subplots(1, 2, width_ratios=(4, 3))
    xs = np.linspace(*curve.domain, 241)
    view.plot(xs, curve(xs))
    (tangent,), (secant,) = view.plot(xs, xs), view.plot(xs, xs, "--")
    (points,) = view.plot([0, 1], [0, 1], "o")
    words = view.text(0, 1, "")
    steps = 10.0 ** np.arange(-16, 0.05, 0.05)
    (errors,), (mark,) = chart.loglog(steps, steps), chart.loglog([1], [1], "o")
    chart.set_ylim(1e-17, 1e2)

    def move(i: int) -> None:
        x, h = xs[4 * i + 60], 0.5
        here, there, slope = curve(x), curve(x + h), curve.derivative(x)
        quotient = (there - here) / h
        tangent.set_ydata(here + slope * (xs - x))
        secant.set_ydata(here + quotient * (xs - x))
        points.set_data([x, x + h], [here, there])
        words.set_text(f"tangent {slope:.3f}, secant {quotient:.3f}")
        sizes = np.abs((curve(x + steps) - here) / steps - slope)
        errors.set_ydata(np.maximum(sizes, 1e-17))
        mark.set_data([h], [abs(quotient - slope)])

    return timed(figure, move)


def redraw_compass() -> list[float]:
    """Draw a map of contours with arrows, the slopes over all headings, and a slice; 720 by 410 pixels."""
    land = landscapes.get("ravine")
    figure = Figure(figsize=(7.2, 4.1), dpi=100)
    grid = figure.add_gridspec(2, 2)
    field, wave, cut = (figure.add_subplot(part) for part in (grid[:, 0], grid[0, 1], grid[1, 1]))
    (x0, x1), (y0, y1) = land.domain
    x, y = np.meshgrid(np.linspace(x0, x1, 100), np.linspace(y0, y1, 100))
    field.contour(x, y, land(np.stack([x, y], axis=-1)), 20)
    arrows = field.quiver([0, 0, 0], [0, 0, 0], [1, 1, 1], [1, 1, 1])
    headings = np.linspace(0, 2 * np.pi, 181)
    (slopes,) = wave.plot(headings, headings)
    far = np.linspace(0, 1, 61)
    (predicted,), (actual,) = cut.plot(far, far), cut.plot(far, far)

    def move(i: int) -> None:
        point = np.array([x0 + (x1 - x0) * (i + 5) / 60, y0 + 0.3 * (y1 - y0)])
        gradient = land.gradient(point)
        way = np.array([0.6, 0.8])
        arrows.set_offsets([point] * 3)
        arrows.set_UVC(*np.stack([gradient, -gradient, way]).T)
        slopes.set_ydata(gradient[0] * np.cos(headings) + gradient[1] * np.sin(headings))
        predicted.set_ydata((gradient @ way) * far)
        actual.set_ydata(land(point + way * far[:, None]) - land(point))
        for ax in (wave, cut):
            ax.relim()
            ax.autoscale_view()

    return timed(figure, move)


def redraw_descent() -> list[float]:
    """Draw a map with five paths of 300 steps, and their losses beside it; 720 by 390 pixels.

    The paths are computed beforehand, which coursekit's loop takes longer for than the drawing does.
    """
    land = landscapes.get("ravine")
    racers = (SGD(0.03), SGD(0.01, momentum=0.9), AdaGrad(0.8), RMSProp(0.02), Adam(0.2))
    figure = Figure(figsize=(7.2, 3.9), dpi=100)
    field, chart = figure.subplots(1, 2, width_ratios=(4, 3))
    field.contour(*land.grid(100), 18)
    starts = [(-2.5 + i / 40, -0.7) for i in range(ROUNDS)]
    runs = [[descend(land, start, racer, 300) for racer in racers] for start in starts]
    lines = [(field.plot([0], [0], "o-", ms=2)[0], chart.semilogy([1], [1])[0]) for _ in racers]
    chart.set(xlim=(0, 300), ylim=(1e-12, 1e3))

    def move(i: int) -> None:
        for (path, losses), run in zip(lines, runs[i], strict=True):
            path.set_data(*run.positions.T)
            losses.set_data(range(301), run.losses)

    return timed(figure, move)
