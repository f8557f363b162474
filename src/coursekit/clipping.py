"""Gradient clipping: gradients that are too large are made smaller before the optimizer's step.

The gradients, one array or a list of them, are changed in place, as PyTorch does it:

>>> grads = [np.array([3.0, 0.0]), np.array([4.0])]
>>> clip_by_norm(grads, limit=1.0)  # returns the norm as it was
5.0
>>> grads
[array([0.6, 0. ]), array([0.8])]

Gradients that are infinite or not a number cannot be scaled down to anything. What happens to them
is up to ``on_nonfinite``:

===============  ===================================================================================
``"raise"``      an error that names the first such number; nothing is changed
``"zero"``       all gradients become 0. The result of the call is then not finite, so that a caller
                 can leave the step out: with momentum or weight decay, 0 still moves the weights
``"propagate"``  the arithmetic takes its course, as in PyTorch: of [1, 2, ∞] the norm is ∞, and the
                 clipped gradient [0, 0, not a number]
===============  ===================================================================================

Sources: by value, Mikolov (2012), *Statistical language models based on neural networks*, thesis,
Brno University of Technology; by norm, Pascanu, Mikolov and Bengio (2013), *On the difficulty of
training recurrent neural networks*, ICML.
"""

import math

import numpy as np

from coursekit._checks import first_index, one_of, real_number
from coursekit.optimizers.arrays import float_arrays

ON_NONFINITE = ("raise", "zero", "propagate")

_HUGE = 1e30  # a norm above this, or below 1 / this, is computed with scaled numbers


def global_norm(grads):
    """Return the Euclidean norm √(Σ g²) of all numbers in all arrays together, as a float.

    Huge and tiny numbers are scaled before they are squared: the result overflows to infinity only
    if the norm itself is beyond 1.8e308. It is infinite if a number is, and nan if one is nan.

    Example:
        >>> norm = global_norm([np.array([3e200, 0.0]), np.array([[4e200]])])
        >>> f"{norm:.3g}"
        '5e+200'

    Raises:
        TypeError: if ``grads`` holds something else than arrays of a floating type.
        ValueError: if there is no array.
    """
    largest, relative = _norm(float_arrays("grads", grads, in_place=False))
    return largest * relative


def clip_by_norm(grads, limit, on_nonfinite="raise", eps=0.0):
    """Scale all gradients by one factor, in place, such that their global norm is at most ``limit``.

    g ← g · min(1, limit / (‖g‖ + ε))

    The direction of the whole stays the same. With ε = 0, the default, a gradient that is too long
    gets exactly the length ``limit``, up to rounding, and no other is touched. PyTorch's
    ``clip_grad_norm_`` has ε = 1e-6; Keras's ``global_clipnorm`` has none.

    Args:
        grads: a writeable floating-point array of any shape, or a list or tuple of them.
        limit: the largest norm allowed, above 0.
        on_nonfinite: ``"raise"``, ``"zero"`` or ``"propagate"``; see the module's text.
        eps: ε, at least 0.

    Returns:
        The norm before clipping, a float (see `global_norm`).

    Raises:
        TypeError: if ``grads`` holds something else than arrays of a floating type.
        ValueError: if a number in ``grads`` is not finite and ``on_nonfinite="raise"``, an array is
            read-only or there twice, or another argument is out of bounds.
    """
    arrays = float_arrays("grads", grads)
    limit = real_number("limit", limit, above=0)
    eps = real_number("eps", eps, at_least=0)
    one_of("on_nonfinite", on_nonfinite, ON_NONFINITE)

    largest, relative = _norm(arrays)
    norm = largest * relative
    if norm + eps <= limit:
        return norm
    if not math.isfinite(largest):
        if _stopped(grads, arrays, on_nonfinite):
            return norm
        scale = limit / norm
    elif norm > _HUGE:  # scaled in two steps, since a single factor could be too small for a float
        for array in arrays:
            array /= largest
        scale = limit / (relative + eps / largest)
    else:
        scale = limit / (norm + eps)
    with np.errstate(invalid="ignore", under="ignore"):
        for array in arrays:
            array *= scale
    return norm


def clip_by_value(grads, limit, on_nonfinite="raise"):
    """Cut each number to the range from −``limit`` to ``limit``, in place.

    Only the numbers that are too large change, and so does the direction of the gradient. PyTorch:
    ``clip_grad_value_``. With ``on_nonfinite="propagate"`` infinities are cut as well, and nan
    stays nan.

    Args:
        grads: a writeable floating-point array of any shape, or a list or tuple of them.
        limit: the largest absolute value allowed, above 0.
        on_nonfinite: ``"raise"``, ``"zero"`` or ``"propagate"``; see the module's text.

    Returns:
        The largest absolute value before clipping, a float.

    Raises:
        TypeError: if ``grads`` holds something else than arrays of a floating type.
        ValueError: if a number in ``grads`` is not finite and ``on_nonfinite="raise"``, an array is
            read-only or there twice, or another argument is out of bounds.

    Example:
        >>> grad = np.array([0.5, -30.0])
        >>> clip_by_value(grad, limit=1.0)
        30.0
        >>> grad
        array([ 0.5, -1. ])
    """
    arrays = float_arrays("grads", grads)
    limit = real_number("limit", limit, above=0)
    one_of("on_nonfinite", on_nonfinite, ON_NONFINITE)

    largest = _largest(arrays)
    if not math.isfinite(largest) and _stopped(grads, arrays, on_nonfinite):
        return largest
    for array in arrays:
        np.clip(array, -limit, limit, out=array)
    return largest


def _norm(arrays):
    """Return two factors of the global norm; they are finite if all numbers are.

    Their product can overflow all the same.
    """
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        flat = [array.ravel().astype(np.float64, copy=False) for array in arrays]
        norm = math.sqrt(sum(float(x @ x) for x in flat))
        if 1 / _HUGE < norm <= _HUGE:  # the usual case: no square has overflowed or vanished
            return 1.0, norm
        largest = _largest(flat)
        if largest == 0 or not math.isfinite(largest):
            return largest, 1.0
        return largest, math.sqrt(sum(float(np.sum((x / largest) ** 2)) for x in flat))


def _largest(arrays):
    """Return the largest absolute value; nan if a number is nan."""
    return float(np.max([np.abs(array).max(initial=0.0) for array in arrays]))


def _stopped(grads, arrays, on_nonfinite):
    """Do what ``on_nonfinite`` says, and return whether clipping ends there.

    Some of the gradients are not finite. The error names the first that is not.
    """
    if on_nonfinite == "propagate":
        return False
    if on_nonfinite == "zero":
        for array in arrays:
            array[...] = 0
        return True
    for i, array in enumerate(arrays):
        if not np.isfinite(array).all():
            index = first_index(~np.isfinite(array))
            name = "grads" if isinstance(grads, np.ndarray) else f"grads[{i}]"
            raise ValueError(f"{name} must be finite, got {array[index]} at index {index}")
    raise AssertionError("called with finite gradients only")
