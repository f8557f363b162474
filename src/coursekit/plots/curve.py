"""A curve, its secants and its tangent."""

from collections.abc import Sequence

import numpy as np

from coursekit.plots.picture import COLORS, Picture, keep_apart, label_end, picture, styled


@styled()
def secants_and_tangent(
    curve, x: float, steps: Sequence[float], *, alt: str, window: tuple[float, float] = (-1.5, 3.0)
) -> Picture:
    """Draw a curve, its tangent at ``x`` and the secants from ``x`` to ``x + h``.

    Args:
        curve: a ``coursekit.curves.Curve``.
        x: where the tangent touches.
        steps: the h of each secant; none of them 0.
        alt: what the picture shows, in words.
        window: how far the picture reaches to the left and to the right of ``x``.
    """
    figure, ax = picture(alt=alt)
    low, high = x + window[0], x + window[1]
    xs = np.linspace(low, high, 400)
    ys = curve(xs)
    margin = 0.35 * (ys.max() - ys.min())
    ax.set_ylim(ys.min() - margin / 2, ys.max() + margin)
    ax.set_xlim(low, high)
    ax.plot(xs, ys, color=COLORS["loss"])
    labels = [label_end(ax, xs[-1], ys[-1], "f", COLORS["loss"])]

    y = float(curve(x))
    for h in steps:
        slope = (float(curve(x + h)) - y) / h
        ax.plot(x + h, float(curve(x + h)), "o", color=COLORS["estimate"], markersize=5)
        name = f"h = {h:g}: slope {slope:.2f}"
        labels.append(_straight(ax, x, y, slope, name, "estimate", (0, (5, 2))))
    slope = float(curve.derivative(x))
    labels.append(_straight(ax, x, y, slope, f"tangent: slope {slope:.2f}", "gradient", "-"))
    ax.plot(x, y, "o", color=COLORS["loss"])
    ax.set_xlabel("x")
    ax.set_ylabel("f(x)")
    keep_apart(labels)
    return figure


def _straight(ax, x: float, y: float, slope: float, name: str, color: str, dash):
    """Draw a line through (x, y) up to where it leaves the picture, and its name there."""
    (_, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    end = right
    if slope:
        end = min(right, x + ((top if slope > 0 else bottom) - y) / slope)
    ax.plot(
        [x - 0.4, end],
        [y - 0.4 * slope, y + slope * (end - x)],
        color=COLORS[color],
        linestyle=dash,
        linewidth=1.8,
    )
    return label_end(ax, end, y + slope * (end - x), name, COLORS[color])
