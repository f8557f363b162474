"""Draw the pictures that stand for the site elsewhere: ``python -m coursekit.site.card assets``.

``card.png`` is shown where a page is shared, ``favicon.png`` where a browser takes no SVG. Both are
committed; run this again when the course's name or colors change.
"""

import argparse
import io
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from PIL import Image

from coursekit.plots import COLORS

#: What a reader who cannot see the card is told; ``coursekit_card_alt`` in ``_config.yml`` says it too.
ALT = "Contour lines of a loss with a path of steps to its minimum, and the course's title"
INK, GROUND = "#1f2328", "#ffffff"


def typeface(folder: Path, weight: int) -> font_manager.FontProperties:
    """Return the site's font at one weight, as matplotlib can use it."""
    font = TTFont(folder / "fonts" / "source-sans-3-latin-wght-normal.woff2")
    font = instantiateVariableFont(font, {"wght": weight})
    font.flavor = None
    buffer = io.BytesIO()
    font.save(buffer)
    target = folder / f".typeface-{weight}.ttf"
    target.write_bytes(buffer.getvalue())
    properties = font_manager.FontProperties(fname=target)
    font_manager.get_font(target)  # read now: the file goes away below
    target.unlink()
    return properties


def steps() -> np.ndarray:
    """Return a path of gradient descent on a stretched bowl, shape (15, 2)."""
    curvature = np.array([0.35, 1.6])
    path = [np.array([-2.35, 1.02])]
    for _ in range(14):
        path.append(path[-1] - 0.95 * curvature * path[-1])
    return np.array(path)


def card(folder: Path) -> Figure:
    """Draw the card, 1200 by 630 pixels."""
    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=GROUND)
    field = figure.add_axes((0.45, 0, 0.55, 1))
    x, y = np.meshgrid(np.linspace(-3.45, 2.0, 400), np.linspace(-1.9, 1.9, 300))
    bowl = 0.175 * x**2 + 0.8 * y**2
    field.contour(
        x, y, bowl, np.geomspace(0.02, 2, 9), colors=COLORS["loss"], linewidths=1.6, alpha=0.6
    )
    path = steps()
    field.plot(*path.T, "-o", color=COLORS["path"], linewidth=3, markersize=8)
    field.plot(0, 0, "*", color=COLORS["minimum"], markersize=30)
    field.set_axis_off()
    figure.text(
        0.065, 0.60, "Gradients", fontproperties=typeface(folder, 640), fontsize=62, color=INK
    )
    small = typeface(folder, 400)
    for line, height in (
        ("an executable course", 0.50),
        ("Every claim is put to an experiment.", 0.19),
    ):
        size = 31 if height > 0.4 else 22
        figure.text(0.068, height, line, fontproperties=small, fontsize=size, color="#59636e")
    return figure


def favicon() -> Figure:
    """Draw the mark of ``favicon.svg``, 64 by 64 pixels."""
    figure = Figure(figsize=(0.64, 0.64), dpi=100, facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 16), ylim=(16, 0))
    axes.set_axis_off()
    for width, height in ((6.1, 5.2), (2.4, 1.9)):
        axes.add_patch(
            Ellipse(
                (7, 9), 2 * width, 2 * height, fill=False, edgecolor=COLORS["loss"], linewidth=4.6
            )
        )
    axes.plot([8.8, 14], [7.6, 2], color=COLORS["gradient"], linewidth=4.6, solid_capstyle="round")
    axes.plot(
        [10.3, 14.1, 14.1], [1.9, 1.9, 5.7], color=COLORS["gradient"], linewidth=4.6,
        solid_capstyle="round", solid_joinstyle="round",
    )  # fmt: skip
    return figure


def main(arguments: list[str] | None = None) -> None:
    """Write both pictures into the folder given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the folder assets")
    folder = parser.parse_args(arguments).folder
    for name, figure in (("card.png", card(folder)), ("favicon.png", favicon())):
        FigureCanvasAgg(figure)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png", transparent=name == "favicon.png")
        # A few colors are enough for flat drawings, and make a third of the size.
        image = Image.open(drawn)
        image = image if name == "favicon.png" else image.convert("RGB").quantize(64)
        image.save(folder / name, optimize=True)


if __name__ == "__main__":
    main()
