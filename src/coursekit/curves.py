"""Curves: functions of one variable with exact first and second derivatives.

>>> from coursekit import curves
>>> f = curves.get("parabola")
>>> print(f(3.0), f.derivative(3.0), f.second_derivative(3.0))
9.0 6.0 2.0

Two curves have a kink, where no tangent fits: ``relu`` and ``absolute``, both at 0. There the
slopes on the left and on the right differ, and each number from the one to the other is a
*subgradient*: the slope of a line through the kink that nowhere rises above the curve.
``derivative`` has to return one of them, and returns 0 for both curves, as PyTorch does. For
``relu`` any value from 0 to 1 would do, and for ``absolute`` any from −1 to 1: 0 is a choice, not a
derivative.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coursekit._checks import numeric_array, one_of


@dataclass(frozen=True, eq=False, repr=False)
class Curve:
    """A function of one variable, with what is known about it.

    Attributes:
        name: the name that `get` knows it by.
        title: the name to print in a heading.
        latex: the formula, in the LaTeX that KaTeX understands, without dollar signs.
        domain: the (low, high) that a picture should show.
        value_at: the formula. Call the curve instead.
        derivative_at: the formula of the derivative. Call ``derivative`` instead.
        second_derivative_at: the formula of the second derivative. Call ``second_derivative``.
        kinks: the points where the derivative does not exist.
        analytic: whether the formulas also hold for complex numbers, so that the complex step
            works (see `coursekit.derivatives`).
    """

    name: str
    title: str
    latex: str
    domain: tuple[float, float]
    value_at: Callable
    derivative_at: Callable
    second_derivative_at: Callable
    kinks: tuple[float, ...] = ()
    analytic: bool = True

    def __call__(self, x):
        """Return the value at each element of ``x``.

        Args:
            x: a number or an array of any shape; complex where the curve is analytic.

        Returns:
            A number for a number, otherwise an array of the shape of ``x``.

        Raises:
            TypeError: if ``x`` does not hold numbers, or complex ones and the curve has a kink.
        """
        return self._apply(self.value_at, x)

    def derivative(self, x):
        """Return the slope at each element of ``x``; at a kink it is 0 (see the module's text)."""
        return self._apply(self.derivative_at, x)

    def second_derivative(self, x):
        """Return the second derivative at each element of ``x``; at a kink it is 0."""
        return self._apply(self.second_derivative_at, x)

    def _apply(self, formula, x):
        x = numeric_array("x", x, allow_complex=True)
        if x.dtype.kind == "c" and not self.analytic:
            raise TypeError(
                f"x must be real for the curve {self.name!r}, which is not analytic (it has a "
                f"kink); got dtype {x.dtype}"
            )
        return formula(x)[()]  # [()] turns an array without axes into a number

    def __repr__(self):
        return f"Curve({self.name!r})"


# --- Formulas too long for a lambda ---


def _exp_of_minus_size(x):
    """Return e^(−|x|), which cannot overflow; with x.real, it also holds for complex numbers."""
    return np.exp(np.where(x.real >= 0, -x, x))


def _sigmoid(x):
    # 1/(1 + e^-x) overflows for large negative x; e^x/(1 + e^x) is the same number and does not.
    small = _exp_of_minus_size(x)
    return np.where(x.real >= 0, 1.0, small) / (1.0 + small)


def _sigmoid_derivative(x):
    # The textbook's s·(1 - s) loses all digits where s is nearly 1; 1 - s(x) is s(-x) exactly.
    return _sigmoid(x) * _sigmoid(-x)


def _sigmoid_second_derivative(x):
    return -_sigmoid_derivative(x) * np.tanh(x / 2)  # 1 - 2s(x) is -tanh(x/2)


def _softplus(x):
    # log(1 + e^x) overflows for large x; taking x out of the logarithm leaves log(1 + e^-x).
    return np.where(x.real >= 0, x, 0.0) + np.log1p(_exp_of_minus_size(x))


def _tanh_derivative(x):
    return 1 - np.tanh(x) ** 2


def _tanh_second_derivative(x):
    return -2 * np.tanh(x) * _tanh_derivative(x)


_CURVES = (
    Curve(
        name="parabola",
        title="Parabola",
        latex=r"f(x) = x^2",
        domain=(-3.0, 3.0),
        value_at=lambda x: x**2,
        derivative_at=lambda x: 2 * x,
        second_derivative_at=lambda x: np.full_like(x, 2.0),
    ),
    Curve(
        name="cubic",
        title="Cubic",
        latex=r"f(x) = x^3",
        domain=(-2.0, 2.0),
        value_at=lambda x: x**3,
        derivative_at=lambda x: 3 * x**2,
        second_derivative_at=lambda x: 6 * x,
    ),
    Curve(
        name="quartic",
        title="Quartic",
        latex=r"f(x) = x^4",
        domain=(-1.5, 1.5),
        value_at=lambda x: x**4,
        derivative_at=lambda x: 4 * x**3,
        second_derivative_at=lambda x: 12 * x**2,
    ),
    Curve(
        name="sine",
        title="Sine",
        latex=r"f(x) = \sin x",
        domain=(-2 * np.pi, 2 * np.pi),
        value_at=np.sin,
        derivative_at=np.cos,
        second_derivative_at=lambda x: -np.sin(x),
    ),
    Curve(
        name="exponential",
        title="Exponential",
        latex=r"f(x) = e^x",
        domain=(-3.0, 3.0),
        value_at=np.exp,
        derivative_at=np.exp,
        second_derivative_at=np.exp,
    ),
    Curve(
        name="tanh",
        title="Hyperbolic tangent",
        latex=r"f(x) = \tanh x",
        domain=(-4.0, 4.0),
        value_at=np.tanh,
        derivative_at=_tanh_derivative,
        second_derivative_at=_tanh_second_derivative,
    ),
    Curve(
        name="sigmoid",
        title="Sigmoid",
        latex=r"f(x) = \frac{1}{1 + e^{-x}}",
        domain=(-8.0, 8.0),
        value_at=_sigmoid,
        derivative_at=_sigmoid_derivative,
        second_derivative_at=_sigmoid_second_derivative,
    ),
    Curve(
        name="softplus",
        title="Softplus",
        latex=r"f(x) = \ln\left(1 + e^x\right)",
        domain=(-5.0, 5.0),
        value_at=_softplus,
        derivative_at=_sigmoid,
        second_derivative_at=_sigmoid_derivative,
    ),
    Curve(
        name="relu",
        title="ReLU (rectified linear unit)",
        latex=r"f(x) = \max(0, x)",
        domain=(-3.0, 3.0),
        value_at=lambda x: np.maximum(x, 0.0),
        derivative_at=lambda x: np.heaviside(x, 0.0),  # a step from 0 to 1, and 0 at the kink
        second_derivative_at=np.zeros_like,
        kinks=(0.0,),
        analytic=False,
    ),
    Curve(
        name="absolute",
        title="Absolute value",
        latex=r"f(x) = |x|",
        domain=(-3.0, 3.0),
        value_at=np.abs,
        derivative_at=np.sign,
        second_derivative_at=np.zeros_like,
        kinks=(0.0,),
        analytic=False,
    ),
)


def names():
    """Return the names of all curves, as a list."""
    return [curve.name for curve in _CURVES]


def get(name):
    """Return the curve called ``name``.

    Raises:
        ValueError: if there is no such curve.
    """
    return _CURVES[names().index(one_of("curve", name, names()))]
