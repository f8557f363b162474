"""Checks of the lists of arrays that optimizers and clipping change in place."""

import reprlib

import numpy as np


def float_arrays(argument, value, in_place=True):
    """Return ``value``, one array or a list or tuple of them, as a list of the same arrays.

    The arrays are not copied, since the caller is about to change them. They must therefore be
    NumPy arrays of a floating type and, with ``in_place``, writeable, and each there only once.

    Raises:
        TypeError: if ``value`` is something else, or an element is no array of a floating type.
        ValueError: if there is no array, or with ``in_place`` one is read-only or there twice.
    """
    if isinstance(value, np.ndarray):
        arrays = [value]
    elif isinstance(value, (list, tuple)):
        arrays = list(value)
    else:
        raise TypeError(_not_an_array(argument, value, " or a list of them"))
    if not arrays:
        raise ValueError(f"{argument} must hold at least one array, got {value!r}")
    for i, array in enumerate(arrays):
        name = argument if array is value else f"{argument}[{i}]"
        if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
            raise TypeError(_not_an_array(name, array))
        if in_place and not array.flags.writeable:
            raise ValueError(f"{name} must be writeable, got a read-only array; pass a copy")
    identities = [id(array) for array in arrays]
    if in_place and len(set(identities)) < len(arrays):
        second = next(i for i, one in enumerate(identities) if one in identities[:i])
        first = identities.index(identities[second])
        raise ValueError(
            f"{argument} must hold each array once, got the same one as {argument}[{first}] and "
            f"{argument}[{second}]"
        )
    return arrays


def gradient_like(w, grad, name):
    """Return ``grad`` as an array of the shape and the floating type of the parameter ``w``.

    Raises:
        TypeError: if ``grad`` is None or does not hold real numbers.
        ValueError: if it has another shape than ``w``.
    """
    if grad is None:
        raise TypeError(f"{name} must be an array, got None: has backward() been called?")
    try:
        array = np.asarray(grad)
    except ValueError as error:  # rows of different lengths
        raise TypeError(f"{name} must be an array, got {reprlib.repr(grad)}") from error
    if array.dtype.kind not in "fiu":
        raise TypeError(_not_an_array(name, grad))
    if array.shape != w.shape:
        raise ValueError(
            f"{name} must have the shape of its parameter, {w.shape}, got shape {array.shape}"
        )
    with np.errstate(over="ignore"):  # too large for float32: infinite
        return array.astype(w.dtype, copy=False)


def _not_an_array(name, value, or_else=""):
    """Say that a value is not an array of a floating type."""
    if isinstance(value, np.ndarray):
        got = f"an array of {value.dtype}"
    else:
        got = f"{type(value).__name__} {reprlib.repr(value)}"
        if isinstance(getattr(value, "data", None), np.ndarray):  # a Tensor
            got += "; pass its .data or .grad"
    return f"{name} must be a NumPy array of floating-point numbers{or_else}, got {got}"
