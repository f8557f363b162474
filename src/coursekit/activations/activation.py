"""What an activation is: a function of each number in an array, with its slope."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from coursekit._checks import numeric_array, real_number


def elementwise(formula):
    """Let a formula for arrays of floats take numbers, lists and integers, too.

    What it returns is described in `Activation`.
    """

    @functools.wraps(formula)
    def apply(x):
        if type(x) is np.ndarray and x.dtype.kind == "f" and x.ndim:  # the common case, at no cost
            return formula(x)
        if getattr(getattr(x, "dtype", None), "kind", "") != "f":
            x = numeric_array("x", x)
        result = formula(np.atleast_1d(x)).reshape(np.shape(x))
        return result[()]  # a number if x is one

    return apply


@dataclass(frozen=True, eq=False, repr=False)
class Activation:
    """A function applied to each element of an array, with what is known about it.

    Both it and its ``derivative`` take a number or an array of any shape and return the same: in the
    precision of ``x`` if ``x`` holds floats, otherwise in float64. No finite ``x`` overflows, ±∞
    gives the limit, and NaN stays NaN in the value.

    Attributes:
        name: the name that `get` knows it by.
        title: the name to print in a heading.
        latex: the formula, in the LaTeX that KaTeX understands, without dollar signs.
        function: the function itself; ``activation(x)`` is the same as ``activation.function(x)``.
        derivative: its slope. At a kink it is the slope that PyTorch takes, that of the left side.
        range: the least and the greatest value, or the limits that bound them.
        largest_slope: the greatest absolute value of ``derivative``.
        saturates: where the slope goes to zero: "left" (as x → −∞), "both", or "nowhere".
        note: one sentence on where gradients get lost in it.
        kinks: the points where the derivative does not exist.
        params: the parameters it was made with.

    Raises:
        TypeError: (on a call) if ``x`` does not hold real numbers.
    """

    name: str
    title: str
    latex: str
    function: Callable
    derivative: Callable
    range: tuple[float, float]
    largest_slope: float
    saturates: str
    note: str
    kinks: tuple[float, ...] = ()
    params: dict = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "function", elementwise(self.function))
        object.__setattr__(self, "derivative", elementwise(self.derivative))

    def __call__(self, x):
        """Return the value at each element of ``x``."""
        return self.function(x)

    def saturated(self, x, share=0.01):
        """Tell where the slope is nearly lost: below ``share`` of the largest slope.

        Args:
            x: a number or an array of any shape.
            share: of ``largest_slope``, above 0.

        Returns:
            A boolean for each element of ``x``. The curves of GELU and SiLU turn around at their
            lowest point: in a narrow strip around it, too, the slope is below the share.

        Raises:
            TypeError: if ``x`` does not hold real numbers or ``share`` is not one.
            ValueError: if ``share`` is not positive.
        """
        share = real_number("share", share, above=0)
        return np.abs(self.derivative(x)) < share * self.largest_slope

    def __repr__(self):
        params = "".join(f", {name}={value!r}" for name, value in self.params.items())
        return f"Activation({self.name!r}{params})"
