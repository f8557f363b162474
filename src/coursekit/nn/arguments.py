"""What layers do with their arguments: inputs, class numbers, and the generator they start from."""

import numpy as np

from coursekit import initializers
from coursekit._checks import first_index
from coursekit.autograd import Tensor


def as_tensor(x, layer):
    """Return an input as a tensor: a plain array as a constant, a tensor as it is.

    Args:
        x: an array, number, nested list or tensor.
        layer: what asks for it: a module, or the name of a function.

    Raises:
        TypeError: if it does not hold real numbers; the message names the layer.
    """
    if isinstance(x, Tensor):
        return x
    if isinstance(x, (tuple, list)) and any(isinstance(part, Tensor) for part in x):
        raise TypeError(
            f"{layer}: the input must be one array or Tensor, got a {type(x).__name__} with a Tensor "
            f"in it; join tensors with autograd.stack, and of what a recurrent layer returns, "
            f"(outputs, state), pass on one part"
        )
    try:
        return Tensor(x, requires_grad=False)
    except TypeError as error:
        raise TypeError(f"{layer}: the input {error}") from error


def default_start(fan_in, rng):
    """Return a function that draws a new parameter, uniform on ±1/√fan_in.

    Its arguments are the lengths of the axes.
    """
    rule = initializers.torch_default(fan_in)
    checked_rng(rng)
    return lambda *shape: Tensor(rule(shape, rng))


def checked_rng(rng):
    """Return ``rng`` if it is a random generator.

    Raises:
        TypeError: if it is something else.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng must be a random generator, so that the run can be repeated; pass "
            f"coursekit.seeding.generator(0), for example; got {rng!r}"
        )
    return rng


def class_numbers(where, what, values, count):
    """Return ``values`` as an array of integers from 0 to count − 1.

    Args:
        where: what asks for them, a module or the name of a function.
        what: what the error messages call one of them.
        values: an array or a nested list.
        count: how many classes there are.

    Raises:
        TypeError: if they are not integers. A float is none, not even 2.0.
        ValueError: if one of them is out of range.
    """
    if isinstance(values, Tensor):
        raise TypeError(
            f"{where}: each {what} must be an integer, but a Tensor holds floating-point numbers; "
            f"pass a plain array of integers"
        )
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"{where}: each {what} must be an integer, got dtype {array.dtype}; whole numbers in "
            f"another type can be converted with .astype(int)"
        )
    if array.size and (array.min() < 0 or array.max() >= count):
        at = first_index((array < 0) | (array >= count))
        raise ValueError(
            f"{where}: each {what} must be from 0 to {count - 1}, got {array[at]} at {at}"
        )
    return array
