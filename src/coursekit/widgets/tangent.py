"""tangent: a secant's slope becomes the derivative as h shrinks, until rounding takes over."""

from collections.abc import Sequence

import traitlets

from coursekit import curves as known
from coursekit._checks import one_of, real_number
from coursekit.heights import lines
from coursekit.widgets.base import STATIC, CourseWidget

__all__ = ["Tangent"]

METHODS = ("forward", "central")
REACH = 3.5  # pictures go no further from 0, so that a step of h = 1 is seen
SMALLEST = 1e-16

CHALLENGES = (
    "Shrink h until the forward secant is as close to the tangent as it gets. How large is h then?",
    "Do the same with the central secant. Why can its h be so much larger?",
    "Choose ReLU and place x just left of 0. For which h does the secant go wrong, and why?",
)


class Tangent(CourseWidget):
    """A curve with a tangent, a secant over a step h, and the secant's error for all h.

    The reader drags the point along the curve and changes h; the second picture shows the error of
    the secant's slope against h, with logarithmic axes: too coarse on the right, rounding on the
    left. All traits can be set while the widget is shown.

    Args:
        curve: the name of the curve shown, one of ``coursekit.curves.names()``.
        x: the point; within the curve's domain, and at most 3.5 from 0.
        h: the step, from 1e-16 to 1.
        method: ``"forward"``, (f(x + h) − f(x))/h, or ``"central"``, (f(x + h) − f(x − h))/2h.
        curves: the names of the curves that the reader may choose, in this order; all by default.
            ``curve`` must be among them.
        challenges: numbered tasks below the widget; three of its own by default, ``[]`` for none.

    Raises:
        ValueError: if a name is unknown or not offered, or a number is out of range.
        TypeError: if ``x`` or ``h`` is not a real number.

    Example:
        >>> Tangent(curve="parabola", x=1.0, h=0.5)
        tangent: Parabola at x = 1, slope 2; the forward secant over h = 0.5 has slope 2.5.
    """

    _esm = STATIC / "tangent.js"

    curve = traitlets.Unicode("sine").tag(sync=True)
    x = traitlets.Float(1.0).tag(sync=True)
    h = traitlets.Float(1.0).tag(sync=True)
    method = traitlets.Unicode("forward").tag(sync=True)
    offered = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True)

    def __init__(
        self,
        curve: str = "sine",
        x: float = 1.0,
        h: float = 1.0,
        method: str = "forward",
        curves: Sequence[str] | None = None,
        challenges: Sequence[str] = CHALLENGES,
    ):
        names = _names(curves)
        one_of("curve", curve, names if curves is not None else known.names())
        super().__init__()
        self.set_trait("kind", "tangent")
        self.set_trait("offered", [_describe(name) for name in names])
        self.challenges = list(challenges)
        self.set_trait("reserve", _reserve(self.challenges))
        with self.hold_sync():
            self.curve = curve
            self.x, self.h, self.method = x, h, method

    @traitlets.validate("curve")
    def _offered_curve(self, proposal):
        names = [about["name"] for about in self.offered]
        return one_of("curve", proposal["value"], names) if names else proposal["value"]

    @traitlets.observe("curve")
    def _stay_inside(self, change):
        low, high = _domain(change["new"])
        self.x = min(max(self.x, low), high)

    @traitlets.validate("x")
    def _inside(self, proposal):
        x = real_number("x", proposal["value"])
        low, high = _domain(self.curve)
        if not low <= x <= high:
            raise ValueError(
                f"x must lie between {low:g} and {high:g} for the curve {self.curve!r}, got {x!r}"
            )
        return x

    @traitlets.validate("h")
    def _step(self, proposal):
        h = real_number("h", proposal["value"])
        if not SMALLEST <= h <= 1:
            raise ValueError(f"h must be from 1e-16 to 1, got {h!r}")
        return h

    @traitlets.validate("method")
    def _known_method(self, proposal):
        return one_of("method", proposal["value"], METHODS)

    def describe(self) -> str:
        """Say which curve is shown, and the slopes of its tangent and its secant."""
        f = known.get(self.curve)
        x, h = self.x, self.h
        low, width = (x - h, 2 * h) if self.method == "central" else (x, h)
        secant = (f(x + h) - f(low)) / width
        kink = x in f.kinks
        slope = "a kink, no slope" if kink else f"slope {f.derivative(x):.3g}"
        return (
            f"tangent: {f.title} at x = {x:g}, {slope}; "
            f"the {self.method} secant over h = {h:.3g} has slope {secant:.3g}."
        )


def _names(curves: Sequence[str] | None) -> list[str]:
    if curves is None:
        return known.names()
    if isinstance(curves, str) or not len(curves):
        raise ValueError(f"curves must be a list with at least one name, got {curves!r}")
    return [known.get(name).name for name in curves]


def _domain(name: str) -> tuple[float, float]:
    low, high = known.get(name).domain
    return max(low, -REACH), min(high, REACH)


def _describe(name: str) -> dict:
    curve = known.get(name)
    title = curve.title.partition(" (")[0]
    return {"name": name, "title": title, "domain": list(_domain(name))}


def _reserve(challenges: Sequence[str]) -> list[int]:
    """The height at 720 and at 360 px: measured without challenges, plus their estimated lines."""
    heights = []
    for bare, width in ((426, 720), (702, 360)):
        rows = sum(lines(text, width - 24, 15) for text in challenges)
        heights.append(bare + (30 + 22 * rows if rows else 0))
    return heights
