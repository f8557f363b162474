"""Shaping: the same numbers in another arrangement. The gradient goes back where each came from."""

import math

import numpy as np

from coursekit.autograd.node import Node, check_tensor, record


class Shaping:
    """Rearrangements of a `Tensor`."""

    __slots__ = ()

    def reshape(self, *shape):
        """Return the elements, in order, in another shape; one length may be −1."""
        shape = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        try:
            value = self.data.reshape(shape)
        except ValueError as error:
            raise ValueError(f"reshape: shape {self.shape} does not fill {tuple(shape)}") from error
        return record("reshape", value, (self, lambda grad: grad.reshape(self.data.shape)))

    def flatten(self, start=0):
        """Return the axes from ``start`` on as one."""
        return self.reshape(*self.shape[:start], math.prod(self.shape[start:]))

    def transpose(self, *axes):
        """Return the axes in another order, by default the reverse."""
        axes = axes[0] if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes
        axes = tuple(axes) or tuple(reversed(range(self.ndim)))
        try:
            value = self.data.transpose(axes)
        except ValueError as error:
            raise ValueError(f"transpose: axes {axes} do not fit shape {self.shape}") from error
        back = np.argsort([axis % self.ndim for axis in axes])  # the order that undoes this one
        return record("transpose", value, (self, lambda grad: grad.transpose(back)))

    @property
    def T(self):
        """The tensor with its axes reversed."""
        return record("transpose", self.data.T, (self, lambda grad: grad.T))

    def __getitem__(self, index):
        """Return the elements that a NumPy index picks. One picked twice gets both gradients."""
        x = self
        try:
            value = x.data[index]
        except IndexError as error:
            raise IndexError(f"getitem: {error}; the shape is {x.shape}") from error
        return record("getitem", value, (x, lambda grad: put_back(grad, x, index)))


def put_back(grad, x, index):
    """Return zeros of the shape of x, with the gradient added where ``index`` points."""
    full = np.zeros_like(x.data)
    parts = index if isinstance(index, tuple) else (index,)
    if all(part is None or part is ... or isinstance(part, (int, slice)) for part in parts):
        full[index] = grad  # such an index never points twice at one element
    else:
        np.add.at(full, index, grad)
    return full


def concatenate(tensors, axis=0):
    """Join tensors along an axis that they have."""
    tensors = _several("concatenate", tensors)
    value = _joined("concatenate", np.concatenate, tensors, axis)
    ends = np.cumsum([tensor.shape[axis] for tensor in tensors])

    def part(i):  # a function, so that each rule has an i of its own
        start = ends[i] - tensors[i].shape[axis]
        return lambda grad: np.take(grad, range(start, ends[i]), axis=axis)

    return record("concatenate", value, *((tensor, part(i)) for i, tensor in enumerate(tensors)))


def stack(tensors, axis=0):
    """Join tensors of one shape along a new axis."""
    tensors = _several("stack", tensors)
    value = _joined("stack", np.stack, tensors, axis)

    def part(i):
        return lambda grad: np.take(grad, i, axis=axis)

    return record("stack", value, *((tensor, part(i)) for i, tensor in enumerate(tensors)))


def pad(x, widths, value=0.0):
    """Surround x with a constant.

    Args:
        x: a tensor.
        widths: for each axis, how many elements to put (before, after).
        value: the constant.
    """
    check_tensor("pad", x)
    if np.shape(widths) != (x.ndim, 2) or np.min(widths, initial=0) < 0:
        raise ValueError(
            f"pad: widths must be (before, after), at least 0, for each axis of shape {x.shape}, "
            f"got {widths}"
        )
    inner = tuple(slice(before, before + n) for (before, _), n in zip(widths, x.shape, strict=True))
    return record(
        "pad", np.pad(x.data, widths, constant_values=value), (x, lambda grad: grad[inner])
    )


def _several(op, tensors):
    tensors = list(tensors)
    if not tensors or not all(isinstance(tensor, Node) for tensor in tensors):
        raise TypeError(f"{op}: needs a list of at least one Tensor, and Tensors only")
    return tensors


def _joined(op, function, tensors, axis):
    try:
        return function([tensor.data for tensor in tensors], axis=axis)
    except ValueError as error:
        shapes = ", ".join(str(tensor.shape) for tensor in tensors)
        raise ValueError(f"{op}: shapes {shapes} do not fit along axis {axis}") from error
