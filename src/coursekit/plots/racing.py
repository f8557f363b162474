"""Optimizers side by side: their paths on the map, and their losses as they go."""

from collections.abc import Mapping

import numpy as np

from coursekit.plots.charts import DASHES
from coursekit.plots.picture import (
    COLORS,
    Picture,
    keep_apart,
    label_end,
    picture,
    styled,
)
from coursekit.plots.surface import map_of

#: The color of each optimizer, a name from ``COLORS``. A family shares one and differs by its dashes.
OPTIMIZERS = {
    "sgd": "path",
    "gradient descent": "path",
    "momentum": "loss",
    "nesterov": "loss",
    "adagrad": "minimum",
    "adadelta": "minimum",
    "rmsprop": "estimate",
    "adam": "gradient",
    "adamw": "gradient",
    "amsgrad": "gradient",
    "nadam": "gradient",
}
LATER_IN_FAMILY = ("nesterov", "adadelta", "adamw", "amsgrad", "nadam")


def optimizer_of(name: str) -> str | None:
    """Return the optimizer that a racer's name begins with: "Adam, lr 0.1" is "adam"; or None."""
    known = [key for key in OPTIMIZERS if name.lower().startswith(key)]
    return max(known, key=len, default=None)


def _styles(names) -> dict[str, tuple[str, object]]:
    """Give every racer a color, and a dash that no other racer of its color has."""
    used: dict[str, list] = {}
    styles = {}
    for name in names:
        optimizer = optimizer_of(name)
        color = OPTIMIZERS.get(optimizer, "ink")
        taken = used.setdefault(color, [])
        free = [d for d in DASHES if d not in taken] or list(DASHES)
        later = optimizer in LATER_IN_FAMILY and DASHES[0] in free and len(free) > 1
        taken.append(free[1] if later else free[0])
        styles[name] = COLORS[color], taken[-1]
    return styles


@styled()
def race(
    landscape,
    paths: Mapping[str, object],
    *,
    alt: str,
    loss: str | None = None,
    steps: int | None = None,
    levels: int = 12,
    height: float = 3.6,
) -> Picture:
    """Draw optimizers' paths on a landscape, and beside it their losses against the step.

    Where the landscape knows its minimum, the losses are drawn as heights above it; their axis is
    logarithmic; what lies below 1e-16, or above 30 times the start, is not drawn. A path that leaves
    the map ends where it does.

    Args:
        landscape: a ``coursekit.landscapes.Landscape`` of dimension 2.
        paths: racer's name to its ``coursekit.descent.Path``, a single run with all its positions.
            A name that begins with an optimizer's (``OPTIMIZERS``) gets its color.
        alt: what the picture shows, in words.
        loss: name of the loss axis.
        steps: how many steps to draw; all by default.
        levels: number of level lines.
        height: height of the picture in inches.

    Raises:
        ValueError: when there is no racer, or a path is not one run in two dimensions with every
            position kept.
    """
    if not paths:
        raise ValueError("paths must hold at least one racer, got none")
    for name, path in paths.items():
        if np.shape(path.positions) != (len(path.losses), 2):
            raise ValueError(
                f"paths[{name!r}] must be one run in two dimensions with every position kept, got "
                f"positions of shape {np.shape(path.positions)} and losses of {path.losses.shape}"
            )
    figure, (left, right) = picture(2, alt=alt, height=height, width_ratios=[1.15, 1])
    map_of(left, landscape, levels, color="ink")
    lowest = float(landscape(landscape.minima[0])) if len(landscape.minima) else 0.0
    labels = []
    for name, (color, dash) in _styles(paths).items():
        path = paths[name]
        end = len(path.losses) if steps is None else steps + 1
        positions, above = path.positions[:end], path.losses[:end] - lowest
        low, high = np.transpose(landscape.domain)
        outside = np.flatnonzero(~((positions >= low) & (positions <= high)).all(axis=1))
        inside = positions[: outside[0] + 1] if outside.size else positions
        left.plot(*inside.T, color=color, linestyle=dash, linewidth=1.5)
        left.plot(*inside[-1], "o", color=color, markersize=5)
        drawn = np.flatnonzero((above > 1e-16) & (above <= 30 * above[0]))
        right.plot(drawn, above[drawn], color=color, linestyle=dash)
        labels.append(label_end(right, drawn[-1], above[drawn[-1]], name, color))
    for start in np.unique([path.positions[0] for path in paths.values()], axis=0):
        left.plot(*start, "s", color=COLORS["ink"], markersize=5)
        left.annotate("start", start, (6, 6), textcoords="offset points")
    right.set_yscale("log")
    right.set_xlabel("step")
    right.set_ylabel(loss or ("loss above the minimum" if len(landscape.minima) else "loss"))
    keep_apart(labels)
    return figure
