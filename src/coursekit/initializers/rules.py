"""The rules: constant, plain random, Xavier, He, orthogonal, and PyTorch's default.

Xavier and He follow from one wish, that the size of the signal stays the same from layer to layer.
A unit adds up fan_in products of a weight and an input, so with weights of mean 0 and standard
deviation std its variance is fan_in · std² times the mean square of its inputs; on the way back, the
same holds for the gradients with fan_out. Xavier makes the average of the two factors 1:
std² = 2 / (fan_in + fan_out). ReLU sets the negative half of the numbers to 0, and so halves the
mean square; He makes up for it, in one of the two directions: std² = 2 / fan.
A uniform distribution on [−b, b] has std = b / √3.
"""

import math

import numpy as np

from coursekit._checks import one_of, real_number, whole_number
from coursekit.initializers.initializer import Initializer, fans


def zeros():
    """All weights 0: every unit of a layer stays the same as the others."""
    return Initializer(
        name="zeros",
        title="Zeros",
        draw=lambda shape, rng: np.zeros(shape),
        std_of=lambda shape: 0.0,
        random=False,
    )


def constant(value):
    """All weights ``value``."""
    value = real_number("value", value)
    return Initializer(
        name="constant",
        title="Constant",
        draw=lambda shape, rng: np.full(shape, value),
        std_of=lambda shape: 0.0,
        params={"value": value},
        random=False,
    )


def normal(std=0.01, mean=0.0):
    """Normal with a standard deviation that does not depend on the layer's size.

    Args:
        std: the standard deviation, at least 0.
        mean: the mean.
    """
    std = real_number("std", std, at_least=0)
    mean = real_number("mean", mean)
    return Initializer(
        name="normal",
        title="Normal",
        draw=lambda shape, rng: rng.normal(mean, std, shape),
        std_of=lambda shape: std,
        params={"std": std, "mean": mean},
    )


def uniform(low=-0.05, high=0.05):
    """Uniform on [low, high), whatever the layer's size.

    Args:
        low: the lower bound.
        high: the upper bound, above ``low``.
    """
    low = real_number("low", low)
    high = real_number("high", high, above=low)
    return Initializer(
        name="uniform",
        title="Uniform",
        draw=lambda shape, rng: rng.uniform(low, high, shape),
        std_of=lambda shape: (high - low) / math.sqrt(12),
        params={"low": low, "high": high},
    )


def xavier_normal(gain=1.0):
    """Normal with std = gain · √(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    Args:
        gain: see `coursekit.initializers.gain`; above 0.
    """
    gain = real_number("gain", gain, above=0)
    return _normal("xavier_normal", "Xavier normal", _xavier_std(gain), {"gain": gain})


def xavier_uniform(gain=1.0):
    """Uniform on ±gain · √(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    Args:
        gain: see `coursekit.initializers.gain`; above 0.
    """
    gain = real_number("gain", gain, above=0)
    return _uniform("xavier_uniform", "Xavier uniform", _xavier_std(gain), {"gain": gain})


def he_normal(mode="fan_in", slope=0.0):
    """Normal with std = √(2 / ((1 + slope²) fan)) (He et al., 2015).

    Args:
        mode: the fan: ``"fan_in"`` keeps the variance on the way forward, ``"fan_out"`` on the way
            back.
        slope: of the leaky ReLU that follows, on its negative side; 0 for ReLU.
    """
    std_of, params = _he_std(mode, slope)
    return _normal("he_normal", "He normal", std_of, params)


def he_uniform(mode="fan_in", slope=0.0):
    """Uniform on ±√(6 / ((1 + slope²) fan)) (He et al., 2015); arguments as for `he_normal`."""
    std_of, params = _he_std(mode, slope)
    return _uniform("he_uniform", "He uniform", std_of, params)


def torch_default(fan_in=None):
    """Uniform on ±1/√fan_in: what PyTorch's linear and convolutional layers start from.

    PyTorch writes it as He's rule with slope √5, a formula without a derivation behind it: its
    variance, 1 / (3 fan_in), is a sixth of what He's rule takes for ReLU.

    Args:
        fan_in: the number of inputs of a unit. By default that of the shape; must be given for
            a bias, whose shape does not tell it.
    """
    if fan_in is not None:
        fan_in = whole_number("fan_in", fan_in, at_least=1)

    def std_of(shape):
        return 1 / math.sqrt(3 * (fan_in or fans(shape)[0]))

    return _uniform("torch_default", "PyTorch's default", std_of, {"fan_in": fan_in})


def orthogonal(gain=1.0):
    """A random orthogonal matrix: rows (or columns, if there are more rows) of length 1, at right angles.

    Such a layer turns the signal without stretching it (Saxe et al., 2014). All orthogonal matrices
    are equally likely. Weights of a convolution are taken as a matrix with one row per output.

    Args:
        gain: the length of the rows or columns, above 0; see `coursekit.initializers.gain`.
    """
    gain = real_number("gain", gain, above=0)

    def draw(shape, rng):
        rows, columns = _as_matrix(shape)
        q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
        q = q * np.sign(np.diag(r))  # without it some matrices are more likely (Mezzadri, 2007)
        return gain * (q if rows >= columns else q.T).reshape(shape)

    def std_of(shape):  # each of the shorter side's vectors has `max` elements and length 1
        return gain / math.sqrt(max(_as_matrix(shape)))

    return Initializer("orthogonal", "Orthogonal", draw, std_of, {"gain": gain})


def _as_matrix(shape):
    fan_in, _ = fans(shape)
    return shape[0], fan_in


def _xavier_std(gain):
    return lambda shape: gain * math.sqrt(2 / sum(fans(shape)))


def _he_std(mode, slope):
    which = ("fan_in", "fan_out").index(one_of("mode", mode, ("fan_in", "fan_out")))
    slope = real_number("slope", slope)

    def std_of(shape):
        return math.sqrt(2 / ((1 + slope**2) * fans(shape)[which]))

    return std_of, {"mode": mode, "slope": slope}


def _normal(name, title, std_of, params):
    def draw(shape, rng):
        return rng.normal(0, std_of(shape), shape)

    return Initializer(name, title, draw, std_of, params)


def _uniform(name, title, std_of, params):
    def draw(shape, rng):
        bound = math.sqrt(3) * std_of(shape)
        return rng.uniform(-bound, bound, shape)

    return Initializer(name, title, draw, std_of, params)
