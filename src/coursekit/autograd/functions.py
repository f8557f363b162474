"""Functions that act on every element by itself, each with its slope."""

import numpy as np

from coursekit.activations.squashing import sigmoid_value
from coursekit.autograd.arithmetic import paired, two_tensors
from coursekit.autograd.node import check_tensor, record


class Functions:
    """Elementwise functions of a `Tensor`. The gradient at the result is multiplied by the slope."""

    __slots__ = ()

    def exp(self):
        """Return eˣ. Its slope is eˣ."""
        value = np.exp(self.data)
        return record("exp", value, (self, lambda grad: grad * value))

    def log(self):
        """Return the natural logarithm. Its slope is 1/x."""
        return record("log", np.log(self.data), (self, lambda grad: grad / self.data))

    def sqrt(self):
        """Return √x. Its slope is 1/(2√x), infinite at 0."""
        value = np.sqrt(self.data)
        return record("sqrt", value, (self, lambda grad: grad / (2 * value)))

    def sin(self):
        """Return sin x. Its slope is cos x."""
        return record("sin", np.sin(self.data), (self, lambda grad: grad * np.cos(self.data)))

    def cos(self):
        """Return cos x. Its slope is −sin x."""
        return record("cos", np.cos(self.data), (self, lambda grad: -grad * np.sin(self.data)))

    def abs(self):
        """Return \\|x\\|. Its slope is the sign of x, taken as 0 at 0."""
        return record("abs", np.abs(self.data), (self, lambda grad: grad * np.sign(self.data)))

    __abs__ = abs

    def tanh(self):
        """Return tanh x. Its slope is 1 − tanh² x."""
        value = np.tanh(self.data)
        return record("tanh", value, (self, lambda grad: grad * (1 - value * value)))

    def sigmoid(self):
        """Return σ(x) = 1/(1 + e⁻ˣ). Its slope is σ(1 − σ)."""
        value = sigmoid_value(self.data)
        return record("sigmoid", value, (self, lambda grad: grad * (value * (1 - value))))

    def relu(self):
        """Return max(0, x). Its slope is 1 for x > 0 and 0 elsewhere, also at 0."""
        return record("relu", np.maximum(self.data, 0), (self, lambda grad: grad * (self.data > 0)))

    def softplus(self):
        """Return log(1 + eˣ). Its slope is σ(x)."""
        value = np.logaddexp(self.data, 0, dtype=self.data.dtype)
        return record("softplus", value, (self, lambda grad: grad * sigmoid_value(self.data)))

    def clip(self, low, high):
        """Return x kept between two bounds. Its slope is 1 within them, also at them, else 0."""
        inside = (self.data >= low) & (self.data <= high)
        return record("clip", np.clip(self.data, low, high), (self, lambda grad: grad * inside))


def elementwise(x, name, function, derivative):
    """Apply any elementwise function as one recorded operation.

    Args:
        x: a tensor.
        name: what to call the operation.
        function: a function of an array that acts on each element by itself.
        derivative: its derivative, a function of the same array.
    """
    check_tensor(name, x)
    return record(name, function(x.data), (x, lambda grad: grad * derivative(x.data)))


def maximum(a, b):
    """Return the larger of two at each place. Where they are equal, each gets half the gradient."""
    a, b = two_tensors("maximum", a, b)
    return record(
        "maximum",
        paired("maximum", np.maximum, a, b),
        (a, lambda grad: _split(grad, a.data, b.data)),
        (b, lambda grad: _split(grad, b.data, a.data)),
    )


def minimum(a, b):
    """Return the smaller of two at each place. Where they are equal, each gets half the gradient."""
    a, b = two_tensors("minimum", a, b)
    return -maximum(-a, -b)


def where(condition, a, b):
    """Take ``a`` where the condition holds, otherwise ``b``.

    Args:
        condition: an array of booleans; no gradient flows through it.
        a: a tensor or a constant.
        b: a tensor or a constant, at least one of the two a tensor.
    """
    condition = np.asarray(condition)
    if condition.dtype != bool:
        raise TypeError(f"where: condition must hold booleans, got dtype {condition.dtype}")
    a, b = two_tensors("where", a, b)
    try:
        value = np.where(condition, a.data, b.data)
    except ValueError as error:
        raise ValueError(
            f"where: shapes {condition.shape} of the condition, {a.shape} and {b.shape} do not "
            f"fit: aligned at the last axis, lengths must be equal or 1"
        ) from error
    return record(
        "where",
        value,
        (a, lambda grad: np.where(condition, grad, 0)),
        (b, lambda grad: np.where(condition, 0, grad)),
    )


def _split(grad, mine, other):
    """Return the share of the input ``mine``: all where it is larger, half where both are equal."""
    return np.where(mine == other, 0.5 * grad, grad * (mine > other))
