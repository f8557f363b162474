"""A surface seen from above: level lines, arrows and paths."""

from collections.abc import Mapping, Sequence

import numpy as np

from coursekit.plots.picture import COLORS, Picture, picture, styled


@styled()
def contours(
    landscape,
    *,
    alt: str,
    arrows: Sequence[tuple[Sequence[float], Sequence[float], str, str]] = (),
    points: Mapping[str, Sequence[float]] | None = None,
    paths: Mapping[str, np.ndarray] | None = None,
    levels: int = 12,
    height: float = 4.2,
) -> Picture:
    """Draw a two-dimensional landscape from above.

    Args:
        landscape: a ``coursekit.landscapes.Landscape`` of dimension 2.
        alt: what the picture shows, in words.
        arrows: (from, vector, name, color) each; a vector is drawn to the scale of the axes.
        points: name to position, shape (2,).
        paths: name to positions, shape (steps, 2).
        levels: number of level lines, evenly spaced in the share of the map that lies below each.
        height: height of the picture in inches.
    """
    figure, ax = picture(alt=alt, height=height)
    map_of(ax, landscape, levels)
    for name, positions in (paths or {}).items():
        ax.plot(*np.asarray(positions).T, "o-", color=COLORS["path"], markersize=3.5, linewidth=1.4)
        ax.annotate(name, positions[0], (7, 6), textcoords="offset points", color=COLORS["path"])
    for name, at in (points or {}).items():
        ax.plot(*at, "o", color=COLORS["ink"])
        ax.annotate(name, at, (7, 7), textcoords="offset points")
    for start, vector, name, color in arrows:
        tip = np.add(start, vector)
        ax.annotate(
            "", tip, start, arrowprops={"arrowstyle": "->", "color": COLORS[color], "lw": 2}
        )
        middle = np.add(start, np.multiply(vector, 0.5))
        # Beside the arrow's middle, on its right as seen by who walks along it.
        aside = 9 * np.array([vector[1], -vector[0]]) / np.linalg.norm(vector)
        ax.annotate(
            name,
            middle,
            aside,
            textcoords="offset points",
            color=COLORS[color],
            ha="left" if aside[0] > 0 else "right",
            va="center",
        )
    ax.set_aspect("equal")
    return figure


@styled()
def basins(
    landscape,
    x: Sequence[float],
    y: Sequence[float],
    which: np.ndarray,
    *,
    alt: str,
    levels: int = 12,
    height: float = 4.2,
) -> Picture:
    """Draw the map of a landscape, tinted by the valley in which a descent from each place ends.

    Args:
        landscape: a ``coursekit.landscapes.Landscape`` of dimension 2.
        x: the starts' coordinates along x, of shape (m,).
        y: the starts' coordinates along y, of shape (n,).
        which: for the start (x[j], y[i]) in row i and column j, the index of the valley: of the
            landscape's ``minima`` and then its ``local_minima``; −1 for none of them. Shape (n, m).
        alt: what the picture shows, in words.
        levels: number of level lines.
        height: height of the picture in inches.

    Raises:
        ValueError: when ``which`` does not have one entry for each start.
    """
    which = np.asarray(which)
    if which.shape != (len(y), len(x)):
        raise ValueError(
            f"which must have shape (len(y), len(x)) = {(len(y), len(x))}, got {which.shape}"
        )
    figure, ax = picture(alt=alt, height=height)
    map_of(ax, landscape, levels, color="ink", name_minima=False)
    for k, at in enumerate([*landscape.minima, *landscape.local_minima]):
        tint = COLORS[("loss", "gradient", "path", "estimate")[k % 4]]
        ax.contourf(x, y, which == k, levels=[0.5, 1.5], colors=[tint], alpha=0.3)
        ax.annotate(str(k + 1), at, (8, -4), textcoords="offset points", color=COLORS["ink"])
    ax.set_aspect("equal")
    return figure


def map_of(ax, landscape, levels: int, color: str = "loss", name_minima=True) -> None:
    """Draw the level lines of a landscape and its minima, within its domain.

    The levels are evenly spaced in the share of the map that lies below each.
    """
    X, Y, Z = landscape.grid(161)
    cuts = np.unique(np.quantile(Z, np.linspace(0.01, 0.99, levels)))
    ax.contour(X, Y, Z, levels=cuts, colors=COLORS[color], linewidths=0.8, alpha=0.55)
    for at in landscape.minima:
        ax.plot(*at, "*", color=COLORS["minimum"], markersize=13)
        if name_minima:
            label = "minimum"
            ax.annotate(label, at, (9, -4), textcoords="offset points", color=COLORS["minimum"])
    (left, right), (low, high) = landscape.domain
    ax.set_xlim(left, right)
    ax.set_ylim(low, high)
    ax.set_xlabel("x")
    ax.set_ylabel("y")
