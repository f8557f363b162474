"""gradient_flow: forward and backward signals through deep networks, and what keeps them alive."""

from collections.abc import Mapping, Sequence

import numpy as np
import traitlets

from coursekit._checks import distinct, one_of, whole_number
from coursekit.amounts import amount
from coursekit.flow import (
    SIGNAL_ACTIVATIONS,
    SIGNAL_INITIALIZATIONS,
    SIGNAL_NORMALIZATIONS,
    Signals,
    signal_grid,
)
from coursekit.heights import lines
from coursekit.widgets.base import STATIC, CourseWidget

__all__ = ["GradientFlow"]

#: What each trait may be, what is offered unless something else is asked for, and what it is called.
KNOWN = {
    "activation": SIGNAL_ACTIVATIONS,
    "initialization": tuple(SIGNAL_INITIALIZATIONS),
    "normalization": SIGNAL_NORMALIZATIONS,
}
OFFERED = {
    "activation": ("sigmoid", "tanh", "relu"),
    "initialization": ("small", "xavier", "he", "large"),
    "normalization": ("none", "batch", "residual"),
    "depth": (5, 10, 20, 30),
}
TITLES = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "silu": "SiLU",
    "gelu": "GELU",
    "small": "small (std 0.01)",
    "pytorch": "PyTorch’s default",
    "xavier": "Xavier",
    "he": "He",
    "large": "large (2 × He)",
    "batch": "batch norm",
    "layer": "layer norm",
    "residual": "residual",
}
MOST_LAYERS = 5200  # of all networks together: about 40 kB
WIDEST = 1024

CHALLENGES = (
    "Sigmoid layers lose about three quarters of the gradient each. Keep the sigmoid and the 30 "
    "layers, and bring the factor per layer on the way back near 1.",
    "Keep ReLU with Xavier to compare, then take He. What is the ratio of the two factors, and why?",
    "Find a choice that makes the gradient explode, and one that is healthy at 5 layers and ill at 30.",
)


class GradientFlow(CourseWidget):
    """The signals at each layer of deep networks, forward and backward, for every choice of a grid.

    Two pictures with logarithmic axes: the forward signal (the root mean square of the hidden
    state h) and the backward signal (the norm of ∂L/∂h), from the first hidden layer on the left
    to the last. The networks are real ones, measured by `coursekit.flow.signals` when the widget is
    made. The reader may keep one, whose lines are then dashed, while looking at others. All traits
    can be set while the widget is shown; ``kept`` is the one kept, such as ``{"initialization":
    "he"}`` (the rest as shown), and ``{}`` if there is none.

    Args:
        activation, initialization, normalization, depth: the network shown. The names are those of
            `coursekit.flow.signals`.
        activations, initializations, normalizations, depths: what the reader may choose from. By
            default sigmoid, tanh and ReLU; small, Xavier, He and large; none, batch and residual;
            and 5, 10, 20 and 30 layers; and what is shown first, if it is not among these.
        width: the number of units in each layer, from 2 to 1024.
        batch: the number of examples, from 2 to 1024. (With 64 units, products of matrices of up to
            64 examples are computed by one thread, which is faster than by several.)
        seed: of inputs, labels and weights.
        challenges: numbered tasks below the widget; three of its own by default, ``[]`` for none.
        kept: the network kept to compare from the start; by default none.

    Raises:
        ValueError: if a name is unknown or not offered, a number is out of bounds, or the grid is
            too large for a page.
        TypeError: if a number is not an integer.

    Example:
        >>> GradientFlow(initializations=["xavier"], normalizations=["none"], depths=[30])
        gradient flow: 30 layers, sigmoid, Xavier, no normalization: forward × 1 per layer, \
backward × 0.237, 7.6 × 10⁻¹⁹ in all; 0% saturated; vanishing gradients.
    """

    _esm = STATIC / "gradient_flow.js"

    activation = traitlets.Unicode("sigmoid").tag(sync=True)
    initialization = traitlets.Unicode("xavier").tag(sync=True)
    normalization = traitlets.Unicode("none").tag(sync=True)
    depth = traitlets.Int(30).tag(sync=True)
    kept = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        activation: str = "sigmoid",
        initialization: str = "xavier",
        normalization: str = "none",
        depth: int = 30,
        activations: Sequence[str] | None = None,
        initializations: Sequence[str] | None = None,
        normalizations: Sequence[str] | None = None,
        depths: Sequence[int] | None = None,
        width: int = 64,
        batch: int = 64,
        seed: int = 0,
        challenges: Sequence[str] = CHALLENGES,
        kept: Mapping | None = None,
    ):
        shown = {
            "activation": activation,
            "initialization": initialization,
            "normalization": normalization,
            "depth": depth,
        }
        lists = zip(shown, (activations, initializations, normalizations, depths), strict=True)
        self._offered = {name: _offered(name, given, shown[name]) for name, given in lists}
        _check_size(self._offered)
        about = {"width": width, "batch": batch}
        for name, value in about.items():
            if whole_number(name, value, at_least=2) > WIDEST:
                raise ValueError(f"{name} must be from 2 to {WIDEST}, got {value}")
        #: What was measured: (activation, initialization, normalization, depth) to `Signals`.
        self.nets = signal_grid(*self._offered.values(), **about, seed=seed)
        super().__init__()
        self.set_trait("kind", "gradient_flow")
        self.set_trait("data", _page(self._offered, self.nets.values(), about))
        self.challenges = list(challenges)
        self.set_trait("reserve", _reserve(self._offered, self.challenges))
        with self.hold_sync():
            for name, value in shown.items():
                self.set_trait(name, value)
            self.kept = dict(kept or {})

    @traitlets.validate("activation", "initialization", "normalization", "depth")
    def _is_offered(self, proposal):
        return _one_of(proposal["trait"].name, proposal["value"], self._offered)

    @traitlets.validate("kept")
    def _whole_choice(self, proposal):
        kept = proposal["value"]
        for name, value in kept.items():
            one_of("part of kept", name, tuple(self._offered))
            _one_of(name, value, self._offered)
        return {name: kept.get(name, getattr(self, name)) for name in self._offered if kept}

    @property
    def shown(self) -> Signals:
        """The measurements of the network shown."""
        return self.nets[tuple(getattr(self, name) for name in self._offered)]

    def describe(self) -> str:
        """Say what the signals of the network shown do, and what is wrong with them."""
        net = self.shown
        found = ", ".join(finding.illness for finding in net.findings)
        shares = [
            f"{amount(100 * share, digits=2)}% {name}"
            for name, share in (("saturated", net.saturated), ("dead", net.dead))
            if share is not None
        ]
        return "; ".join(
            [
                f"gradient flow: {net.depth} layers, {_title(net.activation)}, "
                f"{_title(net.initialization)}, "
                f"{'no normalization' if net.normalization == 'none' else _title(net.normalization)}: "
                f"forward × {amount(net.forward_factor)} per layer, backward × "
                f"{amount(net.backward_factor)}, {amount(net.backward_total, digits=2)} in all",
                *shares,
                f"{found or 'nothing wrong'}.",
            ]
        )


def _title(name):
    return TITLES.get(name, name)


def _one_of(name, value, offered):
    if name == "depth":
        value = whole_number("depth", value, at_least=2)
        if value not in offered["depth"]:
            depths = ", ".join(str(depth) for depth in offered["depth"])
            raise ValueError(f"depth must be one of {depths}, got {value}")
        return value
    return one_of(name, value, offered[name])


def _offered(name, given, shown) -> tuple:
    """What can be chosen: what was given, or the usual list and what is shown at first."""
    if name != "depth":
        one_of(name, shown, KNOWN[name])
    else:
        shown = whole_number(name, shown, at_least=2)
    if given is None:
        offered = OFFERED[name] if shown in OFFERED[name] else (*OFFERED[name], shown)
        return tuple(sorted(offered)) if name == "depth" else offered
    plural = f"{name}s"
    if name == "depth":
        offered = distinct(plural, given, lambda depth: whole_number("a depth", depth, at_least=2))
        offered = tuple(sorted(offered))
    else:
        offered = distinct(
            plural, given, lambda each: one_of(f"name in {plural}", each, KNOWN[name])
        )
    _one_of(name, shown, {name: offered})
    return offered


def _check_size(offered):
    sizes = [len(offered[name]) for name in KNOWN]
    layers = int(np.prod(sizes)) * sum(offered["depth"])
    if layers > MOST_LAYERS:
        raise ValueError(
            f"{' × '.join(str(n) for n in sizes)} choices with {sum(offered['depth'])} layers each, "
            f"{layers} in all, are more than the {MOST_LAYERS} that a page keeps: take fewer "
            f"activations, initializations, normalizations or depths"
        )


def _page(offered, nets, about) -> dict:
    """What the page draws: of each network [forward, backward, totals, shares, what is found].

    Signals are hundredths of their decimal logarithm: the first one's, and the differences from
    one layer to the next. Totals are thousandths of it, shares are percentages.
    """
    illnesses, runs = [], []
    for net in nets:
        found = [finding.illness for finding in net.findings]
        if found not in illnesses:
            illnesses.append(found)
        runs.append(
            [
                _steps(net.forward),
                _steps(net.backward),
                [_log(total, 1000) for total in (net.forward_total, net.backward_total)],
                [_percent(net.saturated), _percent(net.dead)],
                illnesses.index(found),
            ]
        )
    return {
        **about,
        "titles": {name: [[each, _title(each)] for each in offered[name]] for name in KNOWN},
        "depths": list(offered["depth"]),
        "illnesses": illnesses,
        "runs": runs,
    }


def _log(value, parts) -> int | None:
    """The decimal logarithm in so many parts of 1; None for what has none."""
    return round(parts * float(np.log10(value))) if 0 < value < np.inf else None


def _steps(signal) -> list[int | None]:
    steps, last = [], 0
    for value in signal:
        now = _log(value, 100)
        steps.append(None if now is None else now - last)
        last = last if now is None else now
    return steps


def _percent(share) -> float | None:
    if share is None:
        return None
    percent = float(f"{100 * share:.2g}")
    return int(percent) if percent == int(percent) else percent


def _reserve(offered, challenges: Sequence[str]) -> list[int]:
    """The height at 720 and at 360 px: measured without challenges, plus their estimated lines."""
    controls = sum(len(each) > 1 for each in offered.values())
    heights = []
    for bare, width, columns in ((401, 720, 4), (672, 360, 2)):
        rows = sum(lines(text, width - 24, 15) for text in challenges)
        # The box to keep a network stands beside the last control, or in a lower row of its own.
        bare += 58 * -(-controls // columns) + (0 if controls % columns else 36)
        heights.append(bare + (22 + 22 * rows if rows else 0))
    return heights
