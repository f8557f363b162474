"""ReLU and its two relatives that keep a slope on the negative side.

Each has a kink at 0, where any slope between those of the two sides would do (see
`coursekit.curves`). As in PyTorch it is the slope of the left side: 0 for ReLU, ``slope`` for leaky
ReLU, ``alpha`` for ELU (which has no kink if ``alpha`` is 1).
"""

import math

import numpy as np

from coursekit._checks import real_number
from coursekit.activations.activation import Activation
from coursekit.landscapes.shapes import tex


def relu():
    """The rectified linear unit max(0, x) (Nair and Hinton, 2010)."""
    return Activation(
        name="relu",
        title="ReLU",
        latex=r"\operatorname{ReLU}(x) = \max(0, x)",
        function=lambda x: np.maximum(x, 0),
        derivative=lambda x: (x > 0).astype(x.dtype),
        range=(0.0, math.inf),
        largest_slope=1.0,
        saturates="left",
        note="Its slope is exactly 0 for x ≤ 0: a unit that is negative on all examples is dead.",
        kinks=(0.0,),
    )


def leaky_relu(slope=0.01):
    """ReLU with a small slope where x is negative (Maas et al., 2013).

    Args:
        slope: the slope on the negative side, from 0 to below 1.
    """
    slope = real_number("slope", slope, at_least=0, below=1)
    note = f"Its slope never falls below {slope:g}: a negative unit learns slowly, but it learns."
    if slope == 0:
        note = "With slope 0 it is ReLU: a unit that is negative on all examples is dead."
    return Activation(
        name="leaky_relu",
        title="Leaky ReLU",
        latex=r"\operatorname{LeakyReLU}(x) = \max(a x, x), \quad a = " + tex(slope),
        function=lambda x: np.maximum(x, slope * x if slope else 0),  # not 0 · ∞
        derivative=lambda x: np.where(x > 0, x.dtype.type(1), x.dtype.type(slope)),
        range=(-math.inf if slope else 0.0, math.inf),
        largest_slope=1.0,
        saturates="nowhere" if slope else "left",
        note=note,
        kinks=(0.0,),
        params={"slope": slope},
    )


def elu(alpha=1.0):
    """The exponential linear unit, which levels off at −alpha (Clevert et al., 2016).

    Args:
        alpha: minus the limit on the negative side, above 0.
    """
    alpha = real_number("alpha", alpha, above=0)
    factor = "" if alpha == 1 else rf"{tex(alpha)}\,"
    return Activation(
        name="elu",
        title="ELU",
        latex=(
            r"\operatorname{ELU}(x) = \begin{cases} x & x > 0 \\ "
            + factor
            + r"\left(e^x - 1\right) & x \le 0 \end{cases}"
        ),
        function=lambda x: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))),
        derivative=lambda x: np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0))),
        range=(-alpha, math.inf),
        largest_slope=max(1.0, alpha),
        saturates="left",
        note="On the negative side its slope fades like e^x: small, but not 0.",
        kinks=() if alpha == 1 else (0.0,),
        params={"alpha": alpha},
    )
