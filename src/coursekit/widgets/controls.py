"""The controls of `frames`: what a reader may set a function's arguments to."""

import math
import numbers
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coursekit._checks import one_of, real_number, whole_number

__all__ = ["Between", "Control", "between", "control"]


@dataclass(frozen=True)
class Between:
    """What `between` returns: ``values`` are the stops of the slider."""

    values: tuple[float, ...]
    log: bool


def between(low: float, high: float, count: int = 11, *, log: bool = False) -> Between:
    """A slider from ``low`` to ``high``, with ``count`` stops on a page without a kernel.

    With a kernel it moves freely, and Python computes what lies between the stops.

    Args:
        low: the left end.
        high: the right end, above ``low``.
        count: the number of stops, at least 2; evenly spaced, and rounded to three digits.
        log: whether equal steps of the slider multiply, instead of add.

    Raises:
        ValueError: if ``low`` is not below ``high``, or not above 0 with ``log=True``.

    Example:
        >>> between(0.01, 1, 5, log=True).values
        (0.01, 0.0316, 0.1, 0.316, 1.0)
    """
    low = real_number("low", low, **({"above": 0} if log else {}))
    high = real_number("high", high, above=low)
    count = whole_number("count", count, at_least=2)
    space = np.geomspace if log else np.linspace
    values = tuple(_three_digits(value, low, high) for value in space(low, high, count))
    if len(set(values)) < count:
        raise ValueError(
            f"between({low:g}, {high:g}, {count}): the stops are nearer to each other than three "
            f"digits tell apart; take fewer, or give the values as a list"
        )
    return Between(values, log)


def _three_digits(value, low, high):
    """Round to three digits, of the value or of the range, whichever is finer; stay inside."""
    digits = 2 - math.floor(math.log10(min(abs(value) or math.inf, high - low)))
    return min(max(round(float(value), digits), low), high)


@dataclass(frozen=True)
class Control:
    """One control: its name, its kind, and the values it has a frame for."""

    name: str
    label: str
    kind: str  # "numbers", "choice", "switch" or "between"
    values: tuple
    log: bool = False

    def page(self) -> dict:
        """Return what the page needs to draw it."""
        about = {"name": self.name, "label": self.label, "kind": self.kind}
        return about | {"values": list(self.values), "log": self.log}

    def index(self, value) -> int | None:
        """Return the place of a value among the stops; None for one between them.

        Raises:
            ValueError: if the control has no such value.
            TypeError: if it has numbers and the value is none.
        """
        if self.kind in ("choice", "switch"):
            return self.values.index(one_of(self.name, value, self.values))
        value = real_number(self.name, value)
        close = [i for i, v in enumerate(self.values) if math.isclose(v, value, rel_tol=1e-9)]
        if close:
            return close[0]
        if self.kind == "between" and self.values[0] <= value <= self.values[-1]:
            return None
        offers = (
            f"a number from {self.values[0]:g} to {self.values[-1]:g}"
            if self.kind == "between"
            else "one of " + ", ".join(f"{v:g}" for v in self.values)
        )
        raise ValueError(f"{self.name} must be {offers}, got {value:g}")


def control(name: str, given: Sequence | Between, label: str | None = None) -> Control:
    """Return the control for the values given; their type says which kind it is.

    Raises:
        ValueError: if there are fewer than two values, or one twice.
        TypeError: if they are not all numbers, all strings or all booleans.
    """
    label = label or name
    if isinstance(given, Between):
        return Control(name, label, "between", given.values, given.log)
    if isinstance(given, str) or not isinstance(given, (Sequence, np.ndarray)):
        raise TypeError(
            f"{name} must be a sequence of values, such as [0.01, 0.1, 1.0], or "
            f"between(low, high, count), got {given!r}"
        )
    values = tuple(v.item() if isinstance(v, np.generic) else v for v in given)
    if all(isinstance(v, bool) for v in values):
        kind = "switch"
    elif all(isinstance(v, str) for v in values):
        kind = "choice"
    elif all(isinstance(v, numbers.Real) and not isinstance(v, bool) for v in values):
        kind = "numbers"
        values = tuple(_clean(name, v) for v in values)
    else:
        raise TypeError(f"{name} must be all numbers, all strings or all booleans, got {given!r}")
    if len(values) < 2 or len(set(values)) != len(values):
        raise ValueError(f"{name} must be at least two values, all different, got {given!r}")
    return Control(name, label, kind, values)


def _clean(name, value):
    """Return an int as it is, a float without the dust of its last digits: 0.3, not 0.1 + 0.2."""
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(f"{real_number(name, value):.12g}")
