"""Small images in a grid, pixel by pixel: pictures of digits, filters, gradients of pixels."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from coursekit.plots.picture import COLORS, Picture, picture, styled

#: Steps of shade from nothing to full.
SHADES = 16
#: Between two images, as a share of their longer side, and for a title, in inches.
GAP, TITLE = 0.16, 0.3
#: What is left free along each side of a pixel, so that a browser draws no hairlines where two meet.
SEAM = 0.02


@styled()
def images(
    images: np.ndarray,
    *,
    alt: str,
    columns: int | None = None,
    titles: Sequence[str] | None = None,
    rows: Sequence[str] | None = None,
    signed: bool | Sequence[bool] | None = None,
    limit: float | None = None,
    size: float = 1.0,
) -> Picture:
    """Draw images of one size in a grid, in reading order.

    Without signs, a pixel of 0 is empty and the largest has the full ink of the page. With signs, positive
    pixels are vermillion and negative ones blue, the stronger the farther from 0.

    Args:
        images: of shape (n, height, width).
        alt: what the picture shows, in words.
        columns: images in a row; by default all of them, but at most 8.
        titles: words above the images, one for each of them, or one for each column (above the first row).
        rows: words to the left of each row.
        signed: whether the pixels have signs, for all or for each image; by default all have, if one pixel
            is below 0.
        limit: the magnitude drawn in full; what is beyond is drawn in full, too. By default the largest of
            each image by itself.
        size: of an image's longer side in inches; smaller if the row would not fit.

    Raises:
        ValueError: when the images do not have three axes or are not finite, when they are below 0 without
            signs, or there is not one title for each image or column, or one name for each row.
    """
    images = np.asarray(images, float)
    if images.ndim != 3 or not images.size:
        raise ValueError(f"images must have shape (n, height, width), got {images.shape}")
    if not np.isfinite(images).all():
        raise ValueError("images must be finite")
    if limit is not None and not limit > 0:
        raise ValueError(f"limit must be positive, got {limit}")
    count, height, width = images.shape
    columns = min(columns or 8, count)
    in_rows = -(-count // columns)
    if titles is not None and len(titles) not in (count, columns):
        raise ValueError(
            f"titles must have one entry for each of the {count} images or the {columns} columns, "
            f"got {len(titles)}"
        )
    if rows is not None and len(rows) != in_rows:
        raise ValueError(f"rows must name {in_rows} rows, got {len(rows)}")
    signed = np.broadcast_to((images < 0).any() if signed is None else signed, count)
    if (images[~signed] < 0).any():
        raise ValueError("an image without signs has pixels below 0")

    titles = list(titles or ())
    side = max(height, width)
    across = width / side + GAP
    named = max((0.08 * len(name) + 0.15 for name in rows or ()), default=0.02)  # in inches
    size = min(size, (7.16 - named) / (columns * across - GAP))
    down = height / side + (TITLE / size if len(titles) > columns else GAP)
    wide, high = columns * across - GAP, in_rows * down - (down - height / side)
    figure, ax = picture(
        alt=alt,
        width=named + size * wide + 0.04,
        height=size * high + (TITLE if titles else 0) + 0.04,
    )
    figure.set_layout_engine("none")
    inches = figure.get_size_inches()
    ax.set_position(
        [named / inches[0], 0.02 / inches[1], size * wide / inches[0], size * high / inches[1]]
    )
    ax.set(xlim=(0, wide), ylim=(high, 0))
    ax.set_axis_off()

    corners = [((k % columns) * across, (k // columns) * down) for k in range(count)]
    _pixels(ax, images, corners, side, limit, signed)
    outlines = [_rectangle(x, y, width / side, height / side) for x, y in corners]
    outline = Path.make_compound_path(*outlines)
    ax.add_patch(
        PathPatch(outline, fill=False, edgecolor=COLORS["line"], linewidth=0.8, clip_on=False)
    )
    words = {"color": COLORS["ink"], "textcoords": "offset points", "fontsize": 10.5}
    for title, corner in zip(titles, corners, strict=False):
        ax.annotate(title, corner, (0, 4), va="bottom", **words)
    for row, name in enumerate(rows or ()):
        middle = (0, row * down + height / side / 2)
        ax.annotate(name, middle, (-7, 0), ha="right", va="center", **words)
    return figure


def _pixels(ax, images, corners, side, limit, signed) -> None:
    """Draw the pixels, all of one color and shade as one shape."""
    largest = np.abs(images).max(axis=(1, 2), keepdims=True) if limit is None else limit
    share = np.clip(images / np.where(largest == 0, 1, largest), -1, 1)
    shades = np.round(SHADES * share).astype(int)
    shapes = {}
    for shaded, (x, y), has_signs in zip(shades, corners, signed, strict=True):
        for (i, j), shade in np.ndenumerate(shaded):
            corner = x + (j + SEAM) / side, y + (i + SEAM) / side
            tile = _rectangle(*corner, (1 - 2 * SEAM) / side, (1 - 2 * SEAM) / side)
            tint = ("gradient" if shade > 0 else "loss") if has_signs else "ink"
            if shade:
                shapes.setdefault((tint, abs(int(shade))), []).append(tile)
    for (tint, shade), tiles in sorted(shapes.items()):
        ax.add_patch(
            PathPatch(
                Path.make_compound_path(*tiles),
                facecolor=COLORS[tint],
                linewidth=0,
                alpha=shade / SHADES,
                clip_on=False,
            )
        )


def _rectangle(x, y, width, height) -> Path:
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    return Path(corners, closed=True)
