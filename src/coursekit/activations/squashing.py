"""Sigmoid and tanh: they squash all numbers into an interval and saturate at both ends.

Both slopes are computed from e^(−|x|) instead of from the value, as σ(1 − σ) and 1 − tanh². The two
ways are equal on paper. But where the value rounds to 1 (σ from x = 37 in float64 and from x = 17 in
float32 on, tanh from about half that), the second way gives 0, and the first one the true slope.
"""

import numpy as np

from coursekit.activations.activation import Activation


def sigmoid_value(x):
    """1 / (1 + e^(−x)); where e^(−x) overflows to ∞, 1/∞ is the right limit."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def sigmoid_slope(x):
    """σ(x) σ(−x) = e / (1 + e)², where e may be e^x as well as e^(−x)."""
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


def tanh_slope(x):
    """1 − tanh² x = 4e / (1 + e)²; where 2|x| overflows to ∞, e^(−∞) = 0 is the right limit."""
    with np.errstate(over="ignore"):
        e = np.exp(-2 * np.abs(x))
    return 4 * e / (1 + e) ** 2


def sigmoid():
    """The logistic function, from 0 to 1."""
    return Activation(
        name="sigmoid",
        title="Sigmoid",
        latex=r"\sigma(x) = \frac{1}{1 + e^{-x}}",
        function=sigmoid_value,
        derivative=sigmoid_slope,
        range=(0.0, 1.0),
        largest_slope=0.25,
        saturates="both",
        note="Its slope is never above 1/4, and fades like e^(−|x|) on both sides.",
    )


def tanh():
    """The hyperbolic tangent, from −1 to 1: a sigmoid that is centered at zero."""
    return Activation(
        name="tanh",
        title="Tanh",
        latex=r"\tanh x = \frac{e^x - e^{-x}}{e^x + e^{-x}}",
        function=np.tanh,
        derivative=tanh_slope,
        range=(-1.0, 1.0),
        largest_slope=1.0,
        saturates="both",
        note="Its slope is 1 at zero only, and fades like 4e^(−2|x|) on both sides.",
    )
