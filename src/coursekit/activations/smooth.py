"""Softplus, SiLU and GELU, smooth relatives of ReLU; and the identity, the absence of an activation.

SiLU and GELU let x through in proportion to a number between 0 and 1: σ(x) and Φ(x), the
probability that a standard normal number is below x. Both dip below zero and rise back to it as
x → −∞, so their slope is zero at the bottom of the dip, too, and negative to the left of it.
"""

import math

import numpy as np

from coursekit.activations.activation import Activation
from coursekit.activations.squashing import sigmoid_value

_erfc = np.frompyfunc(math.erfc, 1, 1)  # NumPy has no erf of its own; 0.05 µs per element


def normal_probability(x):
    """Φ(x), from erfc instead of 1 + erf, which would cancel on the negative side."""
    return 0.5 * _erfc(x * -math.sqrt(0.5)).astype(x.dtype)


def gelu_slope(x):
    """Φ(x) + x φ(x), where φ is the density of the standard normal distribution."""
    near = np.clip(x, -100, 100)  # beyond it φ rounds to 0, and x² may overflow
    density = np.exp(-0.5 * near * near) / math.sqrt(2 * math.pi)
    return normal_probability(x) + near * density


def silu_slope(x):
    """σ(x) + x σ'(x), where σ' = σ (1 − σ)."""
    near = np.clip(x, -1000, 1000)  # beyond it σ' rounds to 0
    gate = sigmoid_value(x)
    return gate * (1 + near * (1 - gate))


def softplus():
    """ln(1 + e^x), whose slope is the sigmoid (Dugas et al., 2001)."""
    return Activation(
        name="softplus",
        title="Softplus",
        latex=r"\operatorname{softplus}(x) = \ln\left(1 + e^x\right)",
        function=lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
        derivative=sigmoid_value,
        range=(0.0, math.inf),
        largest_slope=1.0,
        saturates="left",
        note="On the negative side its slope fades like e^x: small, but not 0.",
    )


def silu():
    """The number times its sigmoid, x σ(x) (Elfwing et al., 2018).

    Also called swish (Ramachandran et al., 2017).
    """
    return Activation(
        name="silu",
        title="SiLU",
        latex=r"\operatorname{SiLU}(x) = x\,\sigma(x)",
        function=lambda x: np.maximum(x, -1000) * sigmoid_value(x),  # at −∞, not −∞ · 0
        derivative=silu_slope,
        range=(-0.27846454276107380, math.inf),  # at x = −1.278…, where the slope is 0
        largest_slope=1.0998393201288669,  # at x = 2.399…
        saturates="left",
        note="Its slope is 0 near x = −1.28 and fades like |x| e^x to the left of it.",
    )


def gelu():
    """The number times its Φ, x Φ(x): exact, not the approximation with tanh (Hendrycks and Gimpel, 2016)."""
    return Activation(
        name="gelu",
        title="GELU",
        latex=r"\operatorname{GELU}(x) = x\,\Phi(x)",
        function=lambda x: np.maximum(x, -100) * normal_probability(x),  # at −∞, not −∞ · 0
        derivative=gelu_slope,
        range=(-0.16997120747990366, math.inf),  # at x = −0.751…, where the slope is 0
        largest_slope=1.1289041451851548,  # at x = √2
        saturates="left",
        note="Its slope is 0 near x = −0.75 and fades like |x| e^(−x²/2) to the left of it.",
    )


def identity():
    """The identity: what a layer without an activation does."""
    return Activation(
        name="identity",
        title="Identity",
        latex=r"f(x) = x",
        function=np.copy,
        derivative=np.ones_like,
        range=(-math.inf, math.inf),
        largest_slope=1.0,
        saturates="nowhere",
        note="Its slope is 1 everywhere, but layers without a bend between them are one linear layer.",
    )
