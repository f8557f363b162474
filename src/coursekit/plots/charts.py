"""Charts: several lines in one picture, and intervals over a few settings."""

from collections.abc import Mapping, Sequence

import numpy as np

from coursekit.plots.picture import (
    COLORS,
    Picture,
    beside,
    guide_lines,
    keep_apart,
    keep_clear,
    label_end,
    picture,
    styled,
)

#: A line differs from its neighbors in more than its color.
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))


@styled()
def lines(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    x: str,
    y: str,
    alt: str,
    colors: Sequence[str] = ("loss", "gradient", "path", "estimate"),
    log: str = "",
    guides: Mapping[str, float] | None = None,
    label_at: Mapping[str, int] | None = None,
    marks: Mapping[str, tuple[float, float]] | None = None,
    height: float = 3.4,
) -> Picture:
    """Draw lines with their names at their ends.

    Args:
        series: name to (x values, y values).
        x: name and unit of the horizontal axis.
        y: name and unit of the vertical axis.
        alt: what the picture shows, in words.
        colors: names from ``COLORS``, one for each line in turn.
        log: which axes are logarithmic: ``""``, ``"x"``, ``"y"`` or ``"xy"``.
        guides: name to height of thin horizontal lines for comparison.
        label_at: name to index of the point that carries the label, where the last one is crowded.
        marks: name to place (x, y) of points worth a name of their own.
        height: height of the picture in inches.

    Raises:
        ValueError: when a line has values of different lengths, or nothing finite to draw.
    """
    series = {
        name: (_one_length(name, xs, ys), np.asarray(ys, float))
        for name, (xs, ys) in series.items()
    }
    figure, ax = picture(alt=alt, height=height)
    _draw_lines(ax, series, colors, label_at, marks, guides, log)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    return figure


@styled()
def bands(
    series: Mapping[str, tuple[Sequence[float], Sequence]],
    *,
    x: str,
    y: str,
    alt: str,
    colors: Sequence[str] = ("loss", "gradient", "path", "estimate"),
    log: str = "",
    guides: Mapping[str, float] | None = None,
    label_at: Mapping[str, int] | None = None,
    marks: Mapping[str, tuple[float, float]] | None = None,
    height: float = 3.4,
) -> Picture:
    """Draw lines of middle values, each in the band between its lower and upper bounds.

    Args:
        series: name to (x values, ``coursekit.seeding.Interval`` for each of them).
        x: name and unit of the horizontal axis.
        y: name and unit of the vertical axis.
        alt: what the picture shows, in words.
        colors: names from ``COLORS``, one for each line in turn.
        log: which axes are logarithmic: ``""``, ``"x"``, ``"y"`` or ``"xy"``.
        guides: name to height of thin horizontal lines for comparison.
        label_at: name to index of the point that carries the label, where the last one is crowded.
        marks: name to place (x, y) of points worth a name of their own.
        height: height of the picture in inches.

    Raises:
        ValueError: when a line has values of different lengths, or nothing finite to draw.
    """
    figure, ax = picture(alt=alt, height=height)
    middles = {}
    for i, (name, (xs, intervals)) in enumerate(series.items()):
        xs = _one_length(name, xs, intervals)
        low, mid, high = np.array([(v.low, v.mid, v.high) for v in intervals], float).T
        color = COLORS[colors[i % len(colors)]]
        ax.fill_between(xs, low, high, color=color, alpha=0.2, linewidth=0)
        middles[name] = xs, mid
    _draw_lines(ax, middles, colors, label_at, marks, guides, log)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    return figure


def _one_length(name, xs, values) -> np.ndarray:
    xs = np.asarray(xs, float)
    if xs.shape != np.shape(values) or xs.ndim != 1:
        raise ValueError(
            f"series[{name!r}]: x has shape {xs.shape}, y has {np.shape(values)}; "
            "expected two sequences of one length"
        )
    return xs


def _draw_lines(ax, series, colors, label_at, marks, guides, log) -> None:
    labels = []
    for i, (name, (xs, ys)) in enumerate(series.items()):
        if not np.isfinite(ys).any():
            raise ValueError(f"series[{name!r}]: no finite value to draw")
        color = COLORS[colors[i % len(colors)]]
        ax.plot(xs, ys, color=color, linestyle=DASHES[i % len(DASHES)])
        if label_at and name in label_at:
            at, after = label_at[name], min(label_at[name] + 1, len(ys) - 1)
            rises = bool((ys[after] - ys[at]) * (xs[after] - xs[at]) >= 0)
            beside(ax, xs[at], ys[at], name, color, rises=rises)
        else:
            at = int(np.flatnonzero(np.isfinite(ys))[-1])
            labels.append(label_end(ax, xs[at], ys[at], name, color))
    names = guide_lines(ax, guides or {})
    for name, place in (marks or {}).items():
        ax.plot(*place, "o", color=COLORS["ink"], markersize=5)
        beside(ax, *place, name, COLORS["ink"])
        ax.margins(y=0.12)
    _scales(ax, log)
    keep_apart(labels)
    keep_clear(names)


@styled()
def intervals(
    measured: Mapping[str, object],
    *,
    x: str,
    y: str,
    alt: str,
    color: str = "loss",
    guides: Mapping[str, float] | None = None,
    log: bool = False,
    height: float = 3.0,
) -> Picture:
    """Draw one point with its interval for each setting.

    Args:
        measured: setting to ``coursekit.seeding.Interval`` (``low``, ``mid``, ``high``).
        x: name of the horizontal axis (the settings).
        y: name and unit of what was measured.
        alt: what the picture shows, in words.
        color: a name from ``COLORS``.
        guides: name to height of thin horizontal lines for comparison.
        log: whether the vertical axis is logarithmic.
        height: height of the picture in inches.
    """
    figure, ax = picture(alt=alt, height=height)
    for i, interval in enumerate(measured.values()):
        ax.plot([i, i], [interval.low, interval.high], color=COLORS[color], solid_capstyle="butt")
        ax.plot(i, interval.mid, "o", color=COLORS[color])
        ax.annotate(
            f"{interval.mid:.2g}",
            (i, interval.mid),
            (9, 7),
            textcoords="offset points",
            va="center",
            color=COLORS[color],
        )
    names = guide_lines(ax, guides or {})
    ax.set_xticks(range(len(measured)), list(measured))
    ax.set_xlim(-0.5, len(measured) - 0.5)
    if log:
        ax.set_yscale("log")
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    keep_clear(names)
    return figure


#: A group of points differs from the others in more than its color.
MARKERS = ("o", "^", "s", "D")


@styled()
def scatter(
    groups: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    x: str,
    y: str,
    alt: str,
    colors: Sequence[str] = ("loss", "gradient", "path", "estimate"),
    log: str = "",
    height: float = 3.4,
) -> Picture:
    """Draw groups of points, each with its name beside its middle.

    Args:
        groups: name to (x values, y values).
        x: name and unit of the horizontal axis.
        y: name and unit of the vertical axis.
        alt: what the picture shows, in words.
        colors: names from ``COLORS``, one for each group in turn.
        log: which axes are logarithmic: ``""``, ``"x"``, ``"y"`` or ``"xy"``.
        height: height of the picture in inches.
    """
    figure, ax = picture(alt=alt, height=height)
    for i, (name, (xs, ys)) in enumerate(groups.items()):
        color = COLORS[colors[i % len(colors)]]
        ax.plot(xs, ys, MARKERS[i % len(MARKERS)], color=color, markersize=5, alpha=0.7)
        middle = (float(np.median(xs)), float(np.max(ys)))
        ax.annotate(
            name, middle, (0, 9), textcoords="offset points", ha="center", va="bottom", color=color
        )
    _scales(ax, log)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.margins(x=0.12, y=0.2)
    return figure


def _scales(ax, log: str) -> None:
    if "x" in log:
        ax.set_xscale("log")
    if "y" in log:
        ax.set_yscale("log")
