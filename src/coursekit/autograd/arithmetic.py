"""Arithmetic: + − × ÷, powers and matrix products, each with its rule for every input."""

import numbers

import numpy as np

from coursekit.autograd.node import Node, record


class Arithmetic:
    """The operators of a `Tensor`.

    In every rule, ``lambda grad: ...``, ``grad`` is the gradient with respect to the result.
    """

    __slots__ = ()

    def __add__(self, other):
        a, b = self, constant(other, self)
        return record(
            "add",
            paired("add", np.add, a, b),
            (a, lambda grad: grad),
            (b, lambda grad: grad),
        )

    def __sub__(self, other):
        a, b = self, constant(other, self)
        return record(
            "sub",
            paired("sub", np.subtract, a, b),
            (a, lambda grad: grad),
            (b, lambda grad: -grad),
        )

    def __mul__(self, other):
        a, b = self, constant(other, self)
        return record(
            "mul",
            paired("mul", np.multiply, a, b),
            (a, lambda grad: grad * b.data),
            (b, lambda grad: grad * a.data),
        )

    def __truediv__(self, other):
        a, b = self, constant(other, self)
        value = paired("div", np.divide, a, b)
        return record(
            "div",
            value,
            (a, lambda grad: grad / b.data),
            (b, lambda grad: -grad * value / b.data),  # the slope −a/b² is −(a/b)/b
        )

    def __neg__(self):
        return record("neg", -self.data, (self, lambda grad: -grad))

    def __pow__(self, exponent):
        """Raise to a constant power: a number, or an array that broadcasts."""
        if isinstance(exponent, Node):
            raise TypeError(
                "pow: the exponent must be a constant; for a ** b write (b * a.log()).exp()"
            )
        a, b = self, constant(exponent, self)
        p = b.data
        return record(
            "pow",
            paired("pow", np.power, a, b),
            # Where p is 0 the slope is 0, also at a = 0, where a ** (p − 1) would be infinite.
            (a, lambda grad: grad * p * a.data ** np.where(p == 0, 1, p - 1)),
        )

    def __rpow__(self, base):
        """Raise a positive constant to the power of this tensor."""
        a, b = constant(base, self), self
        if not np.all(a.data > 0):
            raise ValueError(
                f"pow: the base of a power with a Tensor must be positive, got {a.data}"
            )
        value = paired("pow", np.power, a, b)
        return record("rpow", value, (b, lambda grad: grad * value * np.log(a.data)))

    def __matmul__(self, other):
        """Multiply matrices, or stacks of matrices in the last two axes, as NumPy does."""
        a, b = self, constant(other, self)
        if 0 in (a.data.ndim, b.data.ndim):
            raise ValueError(f"matmul: needs arrays with axes, got shapes {a.shape} and {b.shape}")
        if a.data.shape[-1] != b.data.shape[-2 if b.data.ndim > 1 else 0]:
            raise ValueError(
                f"matmul: shapes {a.shape} and {b.shape} do not fit: the last axis of the first "
                f"must be as long as the last but one of the second (or a vector's only one)"
            )
        if a.data.ndim == 1:  # a vector on the left is a matrix with one row
            product = a.reshape(1, a.size) @ b
            return product.reshape(product.shape[:-2] + product.shape[-1:] if b.ndim > 1 else ())
        if b.data.ndim == 1:  # a vector on the right is a matrix with one column
            product = a @ b.reshape(b.size, 1)
            return product.reshape(product.shape[:-1])
        return record(
            "matmul",
            paired("matmul", np.matmul, a, b),
            (a, lambda grad: grad @ b.data.swapaxes(-1, -2)),
            (b, lambda grad: a.data.swapaxes(-1, -2) @ grad),
        )

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return constant(other, self) - self

    def __rtruediv__(self, other):
        return constant(other, self) / self

    def __rmatmul__(self, other):
        return constant(other, self) @ self

    # Comparisons give plain arrays of booleans: they have no slope to record.

    def __lt__(self, other):
        return self.data < constant(other, self).data

    def __le__(self, other):
        return self.data <= constant(other, self).data

    def __gt__(self, other):
        return self.data > constant(other, self).data

    def __ge__(self, other):
        return self.data >= constant(other, self).data

    def __eq__(self, other):
        return self.data == constant(other, self).data

    def __ne__(self, other):
        return self.data != constant(other, self).data

    __hash__ = object.__hash__  # a node of the graph is itself, whatever its numbers


def linear(x, weight, bias=None):
    """Return x Wᵀ + b as one operation: what a fully connected layer does, in PyTorch's layout.

    Args:
        x: of shape (..., inputs).
        weight: of shape (outputs, inputs). At least one of the two must be a tensor.
        bias: of shape (outputs,), or None.

    Returns:
        A tensor of shape (..., outputs).

    Raises:
        TypeError: if neither x nor weight is a tensor.
        ValueError: if the shapes do not fit together.
    """
    x, weight = two_tensors("linear", x, weight)
    if weight.data.ndim != 2 or x.data.ndim < 1 or x.data.shape[-1] != weight.data.shape[1]:
        raise ValueError(
            f"linear: x must have shape (..., inputs) and weight (outputs, inputs), got {x.shape} "
            f"and {weight.shape}"
        )
    edges = [
        (x, lambda grad: grad @ weight.data),
        (weight, lambda grad: rows(grad).T @ rows(x.data)),
    ]
    value = x.data @ weight.data.T
    if bias is not None:
        bias = constant(bias, x)
        if bias.data.shape != weight.data.shape[:1]:
            raise ValueError(f"linear: bias must have shape {weight.shape[:1]}, got {bias.shape}")
        value += bias.data
        edges.append((bias, lambda grad: grad))
    return record("linear", value, *edges)


def rows(array):
    """Return an array as a matrix: its last axis, and all the others as one."""
    return array if array.ndim == 2 else array.reshape(-1, array.shape[-1])


def constant(value, like):
    """Return ``value`` as it is if it is a tensor, otherwise as a constant.

    A Python number takes the dtype of the tensor ``like``, so that ``2 * x`` leaves float32 as it
    is, and so does a mask of booleans. Any other NumPy number or array keeps its own.
    """
    if isinstance(value, Node):
        return value
    plain_number = isinstance(value, numbers.Real) and not isinstance(value, np.generic)
    is_mask = isinstance(value, np.ndarray) and value.dtype.kind == "b"
    if plain_number or is_mask:
        value = np.asarray(value, dtype=like.data.dtype)
    return type(like)(value, requires_grad=False)


def two_tensors(op, a, b):
    """Return both as tensors, of which at least one must be one already.

    Raises:
        TypeError: if neither is.
    """
    if isinstance(a, Node):
        return a, constant(b, a)
    if isinstance(b, Node):
        return constant(a, b), b
    raise TypeError(f"{op}: at least one of the two must be a Tensor; for plain arrays use NumPy")


def paired(op, function, a, b):
    """Apply a NumPy function to two tensors' arrays; an error names the operation and the shapes."""
    try:
        return function(a.data, b.data)
    except ValueError as error:
        aligned = "before the last two axes" if op == "matmul" else "aligned at the last axis"
        raise ValueError(
            f"{op}: shapes {a.shape} and {b.shape} do not fit: {aligned}, lengths must be equal or 1"
        ) from error
