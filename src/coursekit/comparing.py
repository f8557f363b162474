"""When two values count as the same: bit for bit, or as an answer within a tolerance."""

from collections.abc import Callable
from typing import Any

import numpy as np


def identical(a: Any, b: Any) -> bool:
    """Whether two values are the same bit for bit; looks into containers and plain objects."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(identical(a[key], b[key]) for key in a)
    if a is b:  # functions, classes and modules are not copied
        return True
    if hasattr(a, "__dict__"):
        return identical(vars(a), vars(b))
    if type(a).__eq__ is object.__eq__:
        return True  # an object that does not tell, such as a NumPy random generator
    return bool(np.all(a == b)) or bool(a != a and b != b)


def numeric(value: Any) -> np.ndarray | None:
    """Read a number, list or array as an array; None when it is not numeric throughout."""
    if isinstance(value, str | bytes | dict) or value is None:
        return None
    if hasattr(value, "detach"):  # a torch tensor that requires a gradient
        value = value.detach()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # ragged lists, objects without an array form
        return None
    return array if array.dtype.kind in "biufc" else None


def is_truth(value: Any) -> bool:
    """Whether a value is True or False (Python's or NumPy's)."""
    return isinstance(value, bool | np.bool_)


def same(got: Any, expected: Any, rtol: float, atol: float) -> bool:
    """Whether an answer equals what is expected: numbers within a tolerance, texts but for case."""
    if isinstance(expected, str):
        return isinstance(got, str) and got.strip().casefold() == expected.strip().casefold()
    if is_truth(expected):
        return is_truth(got) and bool(got) == bool(expected)
    if expected is None:
        return got is None
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(same(got[key], expected[key], rtol, atol) for key in expected)
        )
    target, mine = numeric(expected), numeric(got)
    if target is not None:
        return (
            mine is not None
            and mine.shape == target.shape
            and bool(np.allclose(mine, target, rtol=rtol, atol=atol, equal_nan=True))
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(got, list | tuple)
            and len(got) == len(expected)
            and all(same(g, e, rtol, atol) for g, e in zip(got, expected, strict=True))
        )
    return type(got) is type(expected) and bool(got == expected)


def agrees(compare: Callable[[Any, Any], bool], got: Any, expected: Any) -> bool:
    """Apply an exercise's comparison; an answer that it cannot even read does not agree."""
    try:
        return bool(compare(got, expected))
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
        return False
