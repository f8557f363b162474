"""Reductions: many numbers become one, and the gradient is handed back to all of them."""

import numpy as np

from coursekit.autograd.node import check_tensor, record


class Reductions:
    """Reductions of a `Tensor`, over all elements or along an axis (or a tuple of axes)."""

    __slots__ = ()

    def sum(self, axis=None, keepdims=False):
        """Return the sum. Every element gets the whole gradient: each counts once in the sum."""
        x = self
        return record(
            "sum",
            reduced("sum", np.sum, x, axis, keepdims),
            (x, lambda grad: spread(grad, x, axis, keepdims)),
        )

    def mean(self, axis=None, keepdims=False):
        """Return the mean of n elements. Every one of them gets 1/n of the gradient."""
        x = self
        value = reduced("mean", np.mean, x, axis, keepdims)
        n = x.data.size // max(value.size, 1)
        return record("mean", value, (x, lambda grad: spread(grad / n, x, axis, keepdims)))

    def max(self, axis=None, keepdims=False):
        """Return the largest element. It alone gets the gradient; equal ones share it evenly."""
        x = self
        value = reduced("max", np.max, x, axis, keepdims)
        return record("max", value, (x, lambda grad: to_winners(grad, x, value, axis, keepdims)))

    def min(self, axis=None, keepdims=False):
        """Return the smallest element. It alone gets the gradient; equal ones share it evenly."""
        x = self
        value = reduced("min", np.min, x, axis, keepdims)
        return record("min", value, (x, lambda grad: to_winners(grad, x, value, axis, keepdims)))

    def var(self, axis=None, keepdims=False):
        """Return the variance, the mean squared distance from the mean (divided by n, not n − 1)."""
        centered = self - self.mean(axis, keepdims=True)
        return (centered * centered).mean(axis, keepdims)


def logsumexp(x, axis=-1, keepdims=False):
    """Return log Σ exp x along an axis, computed without overflow. Its gradient is the softmax."""
    top, _, log_total, weights = _stable_softmax("logsumexp", x, axis)
    value = top + log_total
    return record(
        "logsumexp",
        value if keepdims else np.squeeze(value, axis),
        (x, lambda grad: spread(grad, x, axis, keepdims) * weights),
    )


def log_softmax(x, axis=-1):
    """Return x − log Σ exp x along an axis: the logarithms of the softmax."""
    _, shifted, log_total, weights = _stable_softmax("log_softmax", x, axis)
    return record(
        "log_softmax",
        shifted - log_total,  # not x − log Σ exp x, which rounds off the digits of a large x
        (x, lambda grad: grad - weights * grad.sum(axis, keepdims=True)),
    )


def softmax(x, axis=-1):
    """Return exp x / Σ exp x along an axis: positive weights that add up to 1."""
    *_, weights = _stable_softmax("softmax", x, axis)
    return record(
        "softmax",
        weights,
        (x, lambda grad: weights * (grad - (grad * weights).sum(axis, keepdims=True))),
    )


def _stable_softmax(op, x, axis):
    """Return the largest element, x less that, the log of the sum of its exponentials, the softmax.

    To subtract the largest element first changes nothing on paper: it cancels in the softmax. But
    then no exponential is above 1, so that none overflows.
    """
    check_tensor(op, x)
    top = reduced(op, np.max, x, axis, keepdims=True)
    shifted = x.data - top
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis, keepdims=True)
    return top, shifted, np.log(total), exponentials / total


def reduced(op, function, x, axis, keepdims):
    """Apply a NumPy reduction; an error names the operation and the shape."""
    if x.data.size == 0 and op != "sum":
        raise ValueError(f"{op}: there is nothing to reduce in shape {x.shape}")
    try:
        return function(x.data, axis=axis, keepdims=keepdims)
    except (ValueError, TypeError) as error:
        raise type(error)(f"{op}: axis={axis} does not fit shape {x.shape}: {error}") from error


def spread(grad, x, axis, keepdims):
    """Give every element of x the gradient of the number that it was reduced to."""
    if axis is not None and not keepdims:
        grad = np.expand_dims(grad, axis)
    everywhere = np.empty(x.data.shape, grad.dtype)  # quicker than np.broadcast_to if x is small
    everywhere[...] = grad
    return everywhere


def to_winners(grad, x, value, axis, keepdims):
    """Give the gradient to the elements that equal the reduced value, in equal parts."""
    wins = x.data == spread(value, x, axis, keepdims)
    winners = wins.sum(axis, keepdims=True, dtype=grad.dtype)
    return spread(grad, x, axis, keepdims) * wins / winners
