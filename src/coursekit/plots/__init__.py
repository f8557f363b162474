"""Pictures: each function takes results and returns a ``Picture``, a matplotlib figure with alt text."""

from coursekit.plots.charts import bands, intervals, lines, scatter
from coursekit.plots.curve import secants_and_tangent
from coursekit.plots.images import images
from coursekit.plots.picture import COLORS, STYLE, Picture, label_end, picture, styled
from coursekit.plots.racing import OPTIMIZERS, race
from coursekit.plots.surface import basins, contours

__all__ = [
    "COLORS",
    "OPTIMIZERS",
    "STYLE",
    "Picture",
    "bands",
    "basins",
    "contours",
    "images",
    "intervals",
    "label_end",
    "lines",
    "picture",
    "race",
    "scatter",
    "secants_and_tangent",
    "styled",
]
