"""compass: the gradient at a point collects all slopes there, and knows only nearby ground."""

from collections.abc import Sequence

import numpy as np
import traitlets

from coursekit._checks import one_of, real_number
from coursekit.heights import lines
from coursekit.landscapes import Landscape
from coursekit.widgets.base import STATIC
from coursekit.widgets.offers import LandscapeWidget, about, offers

__all__ = ["Compass"]

NORMS = ("euclidean", "max", "sum")
SMALLEST, LARGEST = 1e-3, 3.0  # steps
FLAT = 1e-9  # a gradient shorter than this counts as zero

CHALLENGES = (
    "Turn the heading until the surface neither rises nor falls. At what angle to ∇f does it lie?",
    "Follow −∇f with a small step, then a large one. From which step on does the prediction fail?",
    "Find a point from which −∇f points straight at the minimum. Where do all such points lie?",
)


class Compass(LandscapeWidget):
    """A map of a landscape with its gradient at a point, and the slope in every direction.

    The reader drags the point and turns a heading. Beside the map stand the slope as a function of
    the heading, and the change that the slope predicts for a finite step against the actual one.
    The steepest direction depends on how the length of a step is measured: ``norm``. Lengths and
    slopes are per unit of that measure. All traits can be set while the widget is shown.

    Args:
        landscape: a name from ``coursekit.landscapes.names()``, or a two-dimensional `Landscape`
            made by one of the functions of that module.
        x, y: the point, within the landscape's domain; by default its ``start``.
        angle: the heading in degrees, counterclockwise from the x axis.
        step: the length of the step along the heading, from 0.001 to 3.
        norm: the measure of length: ``"euclidean"``, ``"max"`` (the largest coordinate) or
            ``"sum"`` (the sum of the coordinates' sizes).
        landscapes: the landscapes that the reader may choose, names or `Landscape` objects; all
            by default. ``landscape`` is added when it is not among them.
        challenges: numbered tasks below the widget; three of its own by default, ``[]`` for none.

    The trait ``landscape`` holds the name of the landscape shown; where several offered ones have
    the same name, it is followed by what differs, as in ``"ravine (angle=30)"``.

    Raises:
        ValueError: if a name is unknown or not offered, or a number is out of range, or a
            landscape does not have two variables.
        TypeError: if a number is not a real number, or a landscape neither a name nor a Landscape.

    Example:
        >>> Compass(landscape="bowl", x=1.0, y=0.5, angle=180, step=0.1)
        compass: Bowl at (1, 0.5), f = 1.75, gradient (1, 5) of length 5.1; heading 180°, slope -1.
    """

    _esm = STATIC / "compass.js"

    angle = traitlets.Float(0.0).tag(sync=True)
    step = traitlets.Float(0.5).tag(sync=True)
    norm = traitlets.Unicode("euclidean").tag(sync=True)

    def __init__(
        self,
        landscape: str | Landscape = "ravine",
        x: float | None = None,
        y: float | None = None,
        angle: float = 0.0,
        step: float = 0.5,
        norm: str = "euclidean",
        landscapes: Sequence[str | Landscape] | None = None,
        challenges: Sequence[str] = CHALLENGES,
    ):
        shown, lands = offers(landscape, landscapes)
        super().__init__()
        self.set_trait("kind", "compass")
        self._lands = lands
        self.set_trait("offered", [about(key, land) for key, land in lands.items()])
        self.challenges = list(challenges)
        self.set_trait("reserve", _reserve(self.challenges))
        with self.hold_sync():
            self.landscape = shown
            self.x = self.x if x is None else x
            self.y = self.y if y is None else y
            self.angle, self.step, self.norm = angle, step, norm

    @traitlets.validate("angle")
    def _turn(self, proposal):
        return real_number("angle", proposal["value"]) % 360

    @traitlets.validate("step")
    def _length(self, proposal):
        step = real_number("step", proposal["value"])
        if not SMALLEST <= step <= LARGEST:
            raise ValueError(f"step must be from {SMALLEST:g} to {LARGEST:g}, got {step!r}")
        return step

    @traitlets.validate("norm")
    def _known_norm(self, proposal):
        return one_of("norm", proposal["value"], NORMS)

    def describe(self) -> str:
        """Say where the point is, the gradient there, and the slope along the heading."""
        f = self._lands[self.landscape]
        point = np.array([self.x, self.y])
        gradient = f.gradient(point)
        size = float(np.linalg.norm(gradient))
        place = f"compass: {f.title} at ({self.x:g}, {self.y:g}), f = {f(point):.3g}, "
        if size < FLAT:
            return place + "where the gradient is zero and no direction is steepest."
        way = np.array([np.cos(np.radians(self.angle)), np.sin(np.radians(self.angle))])
        way /= np.linalg.norm(way, {"euclidean": 2, "max": np.inf, "sum": 1}[self.norm])
        return place + (
            f"gradient ({gradient[0]:.3g}, {gradient[1]:.3g}) of length {size:.3g}; "
            f"heading {self.angle:g}°, slope {gradient @ way:.3g}."
        )


def _reserve(challenges: Sequence[str]) -> list[int]:
    """The height at 720 and at 360 px: measured without challenges, plus their estimated lines."""
    heights = []
    for bare, width in ((639, 720), (1093, 360)):
        rows = sum(lines(text, width - 24, 15) for text in challenges)
        heights.append(bare + (30 + 22 * rows if rows else 0))
    return heights
