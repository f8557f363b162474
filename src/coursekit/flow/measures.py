"""The figures of one array: how large it is, and which units are dead, saturated or twins."""

import math

import numpy as np

from coursekit.clipping import global_norm

#: Activations that are zero, with slope zero, for a whole range of inputs.
RECTIFIERS = ("ReLU", "ReLU6")

#: Slope, as a share of its maximum, of activations that flatten out; computed from the output y,
#: since an operation in place has overwritten the input.
SLOPES = {
    "Sigmoid": lambda y: 4 * y * (1 - y),
    "Tanh": lambda y: 1 - y * y,
    "Softsign": lambda y: (1 - np.abs(y)) ** 2,
}

TWIN_TOLERANCE = 1e-5


def size(x):
    """Measure how large the numbers in an array are.

    Returns:
        norm, rms, nonfinite: √(Σ x²), the root mean square, and the share of numbers that are
        infinite or not a number.
    """
    norm = global_norm([x])
    nonfinite = 0.0 if math.isfinite(norm) else float(np.mean(~np.isfinite(x)))
    return norm, norm / math.sqrt(max(x.size, 1)), nonfinite


def spread(x):
    """Return the mean and the standard deviation of all numbers in an array, two floats."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(x.mean())
        return mean, global_norm([x - mean]) / math.sqrt(x.size)


def ratio(change, weight):
    """Return the ratio of two norms: 0 if both are zero, infinite if only the second is."""
    return change / weight if weight else (math.inf if change else 0.0)


def zeros(y, axis):
    """Look for zeros in the output of a rectifier.

    Args:
        y: the output.
        axis: the axis along which the units lie; the others are examples, places or times.

    Returns:
        dead, always_on, inactive: the share of units that are zero everywhere, the share that are
        zero nowhere, and the share of all entries that are zero.
    """
    zero = y == 0
    elsewhere = tuple(i for i in range(y.ndim) if i != axis % y.ndim)
    dead = float(zero.all(axis=elsewhere).mean())
    return dead, float((~zero).all(axis=elsewhere).mean()), float(zero.mean())


def saturated(y, kind, slope_share):
    """Return the share of entries whose slope is below ``slope_share`` of the largest slope."""
    return float(np.mean(SLOPES[kind](y) < slope_share))


def twins(weight, grad):
    """Return the share of units with the same weights *and* the same gradient as another unit.

    The units are the rows of the weights. Units that share both stay equal at every later step.
    """
    if len(weight) < 2 or weight.size == 0:
        return 0.0
    first = np.sort(weight.reshape(len(weight), -1)[:, 0])
    if np.diff(first).min() > TWIN_TOLERANCE * np.abs(first).max():  # the usual case, quickly told
        return 0.0
    same = groups(weight, np.zeros(len(weight), dtype=int))
    same = groups(grad, same)
    sizes = np.bincount(same)
    return float(sizes[sizes > 1].sum() / len(weight))


def groups(rows, within):
    """Number the groups of equal rows; rows that were in different groups before stay apart.

    Equal rows have equal projections on a random direction, so it is enough to sort these. Rounding
    leaves differences that are small compared with the norms of the rows.

    Args:
        rows: an array whose first axis is split.
        within: for each row the number of its group so far.
    """
    rows = rows.reshape(len(rows), -1)
    direction = np.random.default_rng(0).normal(size=rows.shape[1])
    projections, norms = rows @ direction, np.linalg.norm(rows, axis=1)
    order = np.lexsort((projections, within))
    steps = np.diff(projections[order])
    tolerances = TWIN_TOLERANCE * np.minimum(norms[order][1:], norms[order][:-1])
    new = (np.abs(steps) > tolerances) | (np.diff(within[order]) != 0)
    numbers = np.empty_like(within)
    numbers[order] = np.append(0, np.cumsum(new))
    return numbers
