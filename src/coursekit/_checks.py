"""Checks of arguments, shared by the numbers floor.

Each function returns the argument in a clean form, or raises an error that names the argument,
the value it got and what was expected.
"""

import difflib
import inspect
import math
import numbers
import reprlib

import numpy as np


def one_of(argument, value, choices):
    """Return ``value`` if it is among ``choices``; otherwise list them and suggest the nearest.

    Raises:
        ValueError: if ``value`` is not one of ``choices``.
    """
    if value in choices:
        return value
    message = f"unknown {argument}: {value!r}; choose one of: {', '.join(choices)}"
    nearest = difflib.get_close_matches(str(value).lower(), choices, n=1)
    if nearest:
        message += f". Did you mean {nearest[0]!r}?"
    raise ValueError(message)


def distinct(argument, given, check):
    """Return what ``check`` makes of each entry of the list ``given``, as a tuple without repetitions.

    Raises:
        ValueError: if ``given`` is no list, is empty, or names one thing twice. And what ``check`` raises.
    """
    if isinstance(given, str) or not hasattr(given, "__iter__") or not len(list(given)):
        raise ValueError(f"{argument} must be a list with at least one entry, got {given!r}")
    values = tuple(check(each) for each in given)
    if len(set(values)) < len(values):
        raise ValueError(f"{argument} must all be different, got {list(given)!r}")
    return values


def make(kind, factories, name, params):
    """Return ``factories[name](**params)``.

    Raises:
        ValueError: if there is no such name, or its factory has no such parameter; the message
            calls it by its ``kind``, such as "landscape". And what the factory itself raises.
    """
    factory = factories[one_of(kind, name, tuple(factories))]
    known = tuple(inspect.signature(factory).parameters)
    for param in params:
        if not known:
            raise ValueError(f"the {kind} {name!r} has no parameters, got {param!r}")
        one_of(f"parameter of the {kind} {name!r}", param, known)
    return factory(**params)


def real_number(argument, value, *, at_least=-math.inf, above=-math.inf, below=math.inf):
    """Return ``value`` as a finite float within the given bounds.

    Raises:
        TypeError: if ``value`` is not a real number (``True`` and ``False`` are not).
        ValueError: if it is not finite, or out of bounds.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{argument} must be a real number, got {reprlib.repr(value)}")
    if not math.isfinite(value):
        raise ValueError(f"{argument} must be finite, got {value!r}")
    if value < at_least:
        raise ValueError(f"{argument} must be at least {at_least:g}, got {value!r}")
    if value <= above:
        raise ValueError(f"{argument} must be greater than {above:g}, got {value!r}")
    if value >= below:
        raise ValueError(f"{argument} must be less than {below:g}, got {value!r}")
    return float(value)


def whole_number(argument, value, *, at_least):
    """Return ``value`` as an int that is at least ``at_least``.

    Raises:
        TypeError: if ``value`` is not an integer (``True`` and ``False`` are not).
        ValueError: if it is too small.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{argument} must be an integer, got {reprlib.repr(value)}")
    if value < at_least:
        raise ValueError(f"{argument} must be at least {at_least}, got {value!r}")
    return int(value)


def numeric_array(argument, value, *, allow_complex=False):
    """Return ``value`` as a float64 array (complex128 if it is complex and that is allowed).

    The array may share its memory with ``value``: do not change it in place.

    Raises:
        TypeError: if ``value`` does not hold numbers of the kind allowed.
    """
    try:
        array = np.asarray(value)
    except ValueError as error:  # rows of different lengths
        message = f"{argument} must be a rectangular array, got {reprlib.repr(value)}"
        raise TypeError(message) from error
    if array.dtype.kind in "iuf":
        return array.astype(np.float64, copy=False)
    if array.dtype.kind == "c" and allow_complex:
        return array.astype(np.complex128, copy=False)
    raise TypeError(
        f"{argument} must hold {'' if allow_complex else 'real '}numbers, "
        f"got {reprlib.repr(value)} (dtype {array.dtype})"
    )


def finite_array(argument, value):
    """Return ``value`` as a float64 array with at least one element, all of them finite.

    Raises:
        TypeError: if ``value`` does not hold real numbers.
        ValueError: if it is empty, or an element is infinite or not a number.
    """
    array = numeric_array(argument, value)
    if array.size == 0:
        raise ValueError(f"{argument} must not be empty, got shape {array.shape}")
    if not np.all(np.isfinite(array)):
        index = first_index(~np.isfinite(array))
        raise ValueError(f"{argument} must be finite, got {array[index]} at index {index}")
    return array


def first_index(mask):
    """Return the index, a tuple of ints, of the first True in ``mask``."""
    return tuple(int(i) for i in np.unravel_index(np.argmax(mask), np.shape(mask)))
