"""A curve, its secants and its tangent."""

from collections.abc import Sequence

import numpy as np

from coursekit.plots.picture import COLORS, Picture, label_end, picture, styled


@styled()
def secants_and_tangent(curve, x: float, steps: Sequence[float], *, alt: str) -> Picture:
    """Draw a curve, its tangent at ``x`` and the secants from ``x`` to ``x + h``.

    Args:
        curve: a ``coursekit.curves.Curve``.
        x: where the tangent touches.
        steps: the h of each secant; none of them 0.
        alt: what the picture shows, in words.
    """
    figure, ax = picture(alt=alt)
    low, high = curve.domain
    xs = np.linspace(low, high, 400)
    ys = curve(xs)
    ax.plot(xs, ys, color=COLORS["loss"])
    label_end(ax, xs[-1], ys[-1], "f", COLORS["loss"])
    y = float(curve(x))
    for h in steps:
        slope = (float(curve(x + h)) - y) / h
        ax.plot(
            [x - 0.3, high],
            [y - 0.3 * slope, y + slope * (high - x)],
            color=COLORS["estimate"],
            linewidth=1.4,
            linestyle=(0, (5, 2)),
        )
        ax.plot(x + h, float(curve(x + h)), "o", color=COLORS["estimate"], markersize=5)
        label_end(
            ax, high, y + slope * (high - x), f"h = {h:g}: slope {slope:.2f}", COLORS["estimate"]
        )
    slope = float(curve.derivative(x))
    ax.plot([x - 0.8, high], [y - 0.8 * slope, y + slope * (high - x)], color=COLORS["gradient"])
    label_end(ax, high, y + slope * (high - x), f"tangent: slope {slope:.2f}", COLORS["gradient"])
    ax.plot(x, y, "o", color=COLORS["loss"])
    margin = 0.15 * (ys.max() - ys.min())
    ax.set_ylim(ys.min() - margin, ys.max() + margin)
    ax.set_xlabel("x")
    ax.set_ylabel("f(x)")
    return figure
