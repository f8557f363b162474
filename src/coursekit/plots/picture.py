"""The figure of the course: a matplotlib ``Figure`` that carries its alt text and shows itself as SVG."""

import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

#: One meaning each, in figures, widgets and prose (Okabe and Ito 2008). The website replaces each of
#: these values by the page's own light or dark shade, so a figure must use no other colors.
COLORS = {
    "loss": "#0072b2",
    "gradient": "#d55e00",
    "path": "#009e73",
    "minimum": "#cc79a7",
    "estimate": "#e69f00",
    "ink": "#767676",
    "line": "#d1d9e0",
}
GUIDE = "_guide"  # what tells a guide from the lines of a chart
STYLE = Path(__file__).with_name("course.mplstyle")


class Picture(Figure):
    """A figure that can be read aloud: ``alt`` is its text form everywhere it is shown."""

    def __init__(self, *args, alt: str, **kwargs):
        if not isinstance(alt, str) or len(alt.split()) < 4:
            raise ValueError(f"alt={alt!r}: a picture needs a sentence that says what it shows")
        super().__init__(*args, **kwargs)
        self.alt = " ".join(alt.split())

    def svg(self) -> str:
        """Return the picture as an SVG element whose first child is a ``<title>``: the alt text.

        Raises:
            ValueError: when something in it has a color that is not one of ``COLORS``.
        """
        salt = hashlib.sha256(self.alt.encode()).hexdigest()[:8]
        buffer = io.StringIO()
        with styled(), matplotlib.rc_context({"svg.hashsalt": salt}):
            self.draw_without_rendering()
            self.set_layout_engine("none")  # laid out once; again would move it by a hair
            self.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        drawn = buffer.getvalue()
        strange = set(re.findall(r"#[0-9a-f]{6}\b", drawn)) - set(COLORS.values())
        if strange:
            raise ValueError(
                f"colors {sorted(strange)} have no meaning in this course; "
                f"use coursekit.plots.COLORS: {', '.join(COLORS)}"
            )
        head = re.search(r"<svg [^>]*>", drawn)
        body = re.sub(r"\s*<metadata>.*?</metadata>", "", drawn[head.end() :], flags=re.S)
        return f"{head.group()}<title>{escape(self.alt)}</title>{body}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": self.svg(), "text/plain": f"[picture] {self.alt}"}


def styled():
    """Return the course's style, as a context or as a decorator of a function that draws."""
    return matplotlib.rc_context(fname=STYLE)


def picture(panels: int = 1, *, alt: str, width: float = 7.2, height: float = 3.4, **subplots):
    """Make an empty picture with the course's style.

    Args:
        panels: number of axes side by side.
        alt: one or two sentences that say what the picture shows, for those who don't see it.
        width: width in inches; the text column is 7.2 wide.
        height: height in inches.
        **subplots: passed to ``Figure.subplots``.

    Returns:
        The picture and its axes: one ``Axes``, or an array of them when ``panels`` is above 1.

    Raises:
        ValueError: when ``alt`` is too short to say anything.
    """
    with styled():
        figure = Picture(figsize=(width, height), alt=alt, layout="constrained")
        return figure, figure.subplots(1, panels, **subplots)


def label_end(ax, x, y, text: str, color: str):
    """Write ``text`` at the end (x, y) of a line, in its color: a label instead of a legend."""
    return ax.annotate(
        text, (x, y), (6, 0), textcoords="offset points", color=color, va="center", fontsize=10.5
    )


def beside(ax, x, y, text: str, color: str, *, rises: bool = True) -> None:
    """Write ``text`` to the right of (x, y), clear of a line that rises there: below it, or above."""
    ax.annotate(
        text,
        (x, y),
        (8, -10 if rises else 10),
        textcoords="offset points",
        color=color,
        va="center",
        fontsize=10.5,
    )


def keep_apart(labels: Sequence, gap: float = 13.0) -> None:
    """Shift labels made by `label_end` up and down until neighbors are ``gap`` points apart.

    Call it last: it needs the final scales and limits of the axes.
    """
    if not labels:
        return
    figure = labels[0].figure
    figure.draw_without_rendering()
    points = 72 / figure.dpi
    places = [label.axes.transData.transform(label.xy) * points for label in labels]
    order = sorted(range(len(labels)), key=lambda i: places[i][1])
    heights = [places[i][1] for i in order]
    for k in range(1, len(order)):
        beside = abs(places[order[k]][0] - places[order[k - 1]][0]) < 100
        if beside and heights[k] - heights[k - 1] < gap:
            heights[k] = heights[k - 1] + gap
    shift = np.mean([places[i][1] for i in order]) - np.mean(heights)
    for i, height in zip(order, heights, strict=True):
        labels[i].set_position((6, height + shift - places[i][1]))


def guide_lines(ax, guides: Mapping[str, float]) -> list:
    """Draw a thin horizontal line with its name at each height in ``guides``; return the names."""
    names = []
    for name, level in guides.items():
        ax.axhline(level, color=COLORS["ink"], linewidth=0.8, linestyle=(0, (2, 3)), label=GUIDE)
        place = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
        names.append(ax.annotate(name, (1, level), (-2, 3), ha="right", fontsize=9.5, **place))
    return names


def keep_clear(names: Sequence) -> None:
    """Put each name of a guide where the fewest lines pass: at its right, left or middle, above or below.

    Call it last: it needs the final scales and limits of the axes, and where the other words are.
    """
    if names:
        names[0].figure.draw_without_rendering()
    for name in names:
        _move_clear(name)


def _move_clear(name) -> None:
    drawn = _drawn(name.axes)
    others = [text.get_window_extent() for text in name.axes.texts if text is not name]

    def crowd(spot) -> float:
        _put(name, spot)
        box, chart = name.get_window_extent().padded(3), name.axes.bbox
        outside = max(0.0, chart.y0 - box.y0, box.y1 - chart.y1)
        return box.count_contains(drawn) + 100 * box.count_overlaps(others) + 10 * outside

    _put(name, min(SPOTS, key=crowd))


#: Where the name of a guide may stand: place along it, alignment, offset in points.
SPOTS = [
    (at, side, (shift, up), va)
    for up, va in ((3, "bottom"), (-3, "top"))
    for at, side, shift in ((1.0, "right", -2), (0.0, "left", 4), (0.5, "center", 0))
]


def _put(name, spot) -> None:
    at, side, offset, va = spot
    name.xy = (at, name.xy[1])
    name.set(ha=side, va=va, position=offset)


def _drawn(ax) -> np.ndarray:
    """Points all along the lines of a chart, guides left out, in pixels."""
    points = [np.empty((0, 2))]
    for line in ax.lines:
        if line.get_label() != GUIDE:
            ends = ax.transData.transform(line.get_xydata())
            ends = ends[np.isfinite(ends).all(axis=1)]
            share = np.linspace(0, 1, 20)[:, None, None]
            points.append((ends[:-1] + share * np.diff(ends, axis=0)).reshape(-1, 2))
            points.append(ends)
    return np.concatenate(points)
