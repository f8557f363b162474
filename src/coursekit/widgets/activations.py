"""activations: the value and the slope of an activation function, and the slope through many layers."""

from collections.abc import Sequence

import numpy as np
import traitlets

from coursekit import activations as known
from coursekit._checks import distinct, one_of, real_number, whole_number
from coursekit.amounts import amount
from coursekit.heights import lines
from coursekit.widgets.base import STATIC, CourseWidget

__all__ = ["Activations"]

NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
REACH = 8
STOPS = 20  # for each 1 of z
DEEPEST = 30
SHARE = 0.01  # of the largest slope: below it, the slope is nearly lost

CHALLENGES = (
    "Choose the sigmoid. At which z is its slope largest, and what is left of it after 10 layers there?",
    "Find a z where tanh lets nearly everything through, and one where 2 layers leave less than 10⁻⁶.",
    "Which of these functions have a slope above 1? What do 30 layers make of it?",
)


class Activations(CourseWidget):
    """An activation function, its slope at a point, and what many layers make of that slope.

    The reader moves z along the curve; the slope stands below it, and beside it the product of the
    slopes of 1 to 30 layers, on a logarithmic axis, if all of them are at the same z. Where the
    slope is below a hundredth of the function's largest slope, the pictures are shaded and say
    "saturated", "zero slope" (ReLU left of zero) or "lowest point" (GELU and SiLU, where the curve
    turns). All traits can be set while the widget is shown.

    Args:
        name: the function shown: ``"sigmoid"``, ``"tanh"``, ``"relu"``, ``"leaky_relu"``, ``"elu"``,
            ``"gelu"``, ``"silu"`` or ``"softplus"``, as in `coursekit.activations`.
        z: the input, from −8 to 8; rounded to a multiple of 0.05.
        layers: the number of layers, from 1 to 30.
        names: the functions that the reader may choose, in this order; all by default. ``name`` must
            be among them.
        challenges: numbered tasks below the widget; three of its own by default, ``[]`` for none.

    Raises:
        ValueError: if a name is unknown or not offered, or a number is out of range.
        TypeError: if ``z`` is not a real number, or ``layers`` not an integer.

    Example:
        >>> Activations("sigmoid", z=0, layers=10)
        activations: Sigmoid at z = 0: value 0.5, slope 0.25; through 10 layers 9.54 × 10⁻⁷.
        >>> Activations("relu", z=-1)
        activations: ReLU at z = −1: value 0, slope 0, nothing passes back; through 1 layer 0.
    """

    _esm = STATIC / "activations.js"

    name = traitlets.Unicode("sigmoid").tag(sync=True)
    z = traitlets.Float(0.0).tag(sync=True)
    layers = traitlets.Int(1).tag(sync=True)
    data = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        name: str = "sigmoid",
        z: float = 0.0,
        layers: int = 1,
        names: Sequence[str] | None = None,
        challenges: Sequence[str] = CHALLENGES,
    ):
        offered = _offered(names)
        one_of("name", name, offered)
        super().__init__()
        self.set_trait("kind", "activations")
        self.set_trait("data", _page(offered))
        self.challenges = list(challenges)
        self.set_trait("reserve", _reserve(offered, self.challenges))
        with self.hold_sync():
            self.name, self.z, self.layers = name, real_number("z", z), whole_layers(layers)

    @traitlets.validate("name")
    def _offered_name(self, proposal):
        offered = tuple(f["name"] for f in self.data.get("functions", []))
        return one_of("name", proposal["value"], offered or NAMES)

    @traitlets.validate("z")
    def _stop(self, proposal):
        z = real_number("z", proposal["value"])
        if not -REACH <= z <= REACH:
            raise ValueError(f"z must be from −{REACH} to {REACH}, got {z!r}")
        return round(STOPS * z) / STOPS

    @traitlets.validate("layers")
    def _possible_layers(self, proposal):
        return whole_layers(proposal["value"])

    def describe(self) -> str:
        """Say what the function's value and slope are, and what the layers make of the slope."""
        f = known.get(self.name)
        slope = float(f.derivative(self.z))
        state = {
            "saturated": ", saturated",
            "zero": ", nothing passes back",
            "turns": ", where the curve turns",
        }
        kind = next((k for low, high, k in _zones(f) if low <= self.z <= high), None)
        return (
            f"activations: {f.title} at z = {amount(self.z)}: value {amount(float(f(self.z)))}, slope "
            f"{amount(slope)}{state.get(kind, '')}; through {self.layers} "
            f"{'layer' if self.layers == 1 else 'layers'} {amount(slope**self.layers)}."
        )


def whole_layers(layers) -> int:
    """Return a number of layers as an int from 1 to 30.

    Raises:
        TypeError: if it is not an integer.
        ValueError: if it is out of range.
    """
    layers = whole_number("layers", layers, at_least=1)
    if layers > DEEPEST:
        raise ValueError(f"layers must be from 1 to {DEEPEST}, got {layers}")
    return layers


def _offered(names):
    if names is None:
        return NAMES
    return distinct("names", names, lambda name: one_of("name in names", name, NAMES))


def _stops() -> np.ndarray:
    return np.arange(-REACH * STOPS, REACH * STOPS + 1) / STOPS


def _page(names) -> dict:
    """What the page draws: value and slope of each function at the slider's stops."""
    functions = []
    for name in names:
        f = known.get(name)
        functions.append(
            {
                "name": name,
                "title": f.title,
                "values": [_short(v, 4) for v in f(_stops())],
                "slopes": [_short(v, 5) for v in f.derivative(_stops())],
                "largest": _short(f.largest_slope, 6),
                "zones": _zones(f),
            }
        )
    return {"reach": REACH, "stops": STOPS, "deepest": DEEPEST, "functions": functions}


def _short(value, digits) -> float | int:
    """A number with so many significant digits, as an int where it is one."""
    value = float(f"{value:.{digits}g}")
    return int(value) if value == int(value) else value


def _zones(f) -> list[list]:
    """Where the slope is nearly lost: [first stop, last stop, "saturated", "zero" or "turns"]."""
    z, flat = _stops(), f.saturated(_stops(), SHARE)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]]).astype(int)))
    zones = []
    for first, end in edges.reshape(-1, 2):
        slopes = f.derivative(z[first:end])
        inner = first > 0 and end < len(z)
        kind = "turns" if inner else "saturated" if slopes.any() else "zero"
        zones.append([float(z[first]), float(z[end - 1]), kind])
    return zones


def _reserve(offered, challenges: Sequence[str]) -> list[int]:
    """The height at 720 and at 360 px: measured without challenges, plus their estimated lines."""
    heights = []
    for bare, width in ((494, 720), (865 if len(offered) > 1 else 807, 360)):
        rows = sum(lines(text, width - 24, 15) for text in challenges)
        heights.append(bare + (22 + 22 * rows if rows else 0))
    return heights
