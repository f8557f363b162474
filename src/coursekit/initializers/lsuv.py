"""LSUV: let the data set the scale of each layer.

Xavier and He are derived for one kind of layer each. Layer-sequential unit-variance initialization
(Mishkin and Matas, 2016) measures instead: send a batch through the net, and divide the weights of
each layer in turn by the standard deviation of what comes out of it.
"""

import math

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.initializers.rules import orthogonal


def lsuv(layers, x, rng, tolerance=0.01, max_iterations=10, start=None):
    """Set the weights of a sequential net, in place, so that each layer's output has variance 1.

    Args:
        layers: the layers in the order in which they are applied: callables of one argument. Those
            with a ``weight`` of two or more axes are initialized, with the array that is the weight
            itself or its ``.data``; the others (activations, pooling, normalization) are
            applied only.
        x: a batch of inputs, what the first layer is called on.
        rng: a random generator, for the directions of the weights.
        tolerance: how far from 1 a variance may be, above 0.
        max_iterations: how often a layer's weights may be scaled. Without a bias once is enough.
        start: the initializer whose weights are then scaled; `orthogonal` by default.

    Returns:
        The variance of the output of each initialized layer, a list of floats. It is taken over
        all examples and units together.

    Raises:
        TypeError: if ``rng`` is not a generator.
        ValueError: if no layer has a weight, or the output of a layer is constant or not
            finite, or does not come within ``tolerance`` of variance 1, which happens when its bias
            alone varies too much.
    """
    tolerance = real_number("tolerance", tolerance, above=0)
    max_iterations = whole_number("max_iterations", max_iterations, at_least=1)
    start = orthogonal() if start is None else start
    variances = []
    for position, layer in enumerate(layers):
        weight = _array(getattr(layer, "weight", None))
        if weight is not None and weight.ndim >= 2:
            weight[...] = start(weight.shape, rng)
            variance = _scale(layer, weight, x, tolerance, max_iterations)
            if not abs(variance - 1) <= tolerance:
                too_large = 1 < variance < math.inf
                hint = "; its bias, which is not scaled, may vary too much" if too_large else ""
                raise ValueError(
                    f"layer {position} of layers must get output variance 1 ± {tolerance:g}, got "
                    f"{variance:g} after at most {max_iterations} scalings of its weights{hint}"
                )
            variances.append(variance)
        x = layer(x)
    if not variances:
        raise ValueError("layers must contain a layer with a weight of two or more axes, got none")
    return variances


def _scale(layer, weight, x, tolerance, max_iterations):
    """Divide ``weight`` by the output's standard deviation until that is 1; return the variance."""
    variance = _variance(layer(x))
    for _ in range(max_iterations):
        if abs(variance - 1) <= tolerance or variance == 0 or not math.isfinite(variance):
            break
        weight /= math.sqrt(variance)
        variance = _variance(layer(x))
    return variance


def _variance(output):
    output = _array(output)
    if not np.isfinite(output).all():
        return math.nan
    with np.errstate(over="ignore"):  # infinite if the numbers are too large to be squared
        return float(np.var(output, dtype=np.float64))


def _array(value):
    """The array itself: the value, or its ``.data`` if it is a tensor."""
    return value if value is None or isinstance(value, np.ndarray) else value.data
