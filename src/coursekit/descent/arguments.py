"""Checks of what `descend` is given, and of what the objective returns at the start."""

import math

import numpy as np

from coursekit._checks import finite_array, real_number


def working_copies(start):
    """Return the start as a list of new arrays, and whether it was a list of arrays itself."""
    if isinstance(start, list | tuple) and start and all(isinstance(a, np.ndarray) for a in start):
        return [_copy(f"start[{i}]", array) for i, array in enumerate(start)], True
    return [_copy("start", start)], False


def _copy(argument, value):
    dtype = np.float32 if getattr(value, "dtype", None) == np.float32 else np.float64
    return np.array(finite_array(argument, value), dtype=dtype)


def checked_optimizer(value):
    """Return the optimizer; complain if it cannot take a step."""
    if isinstance(value, type) or not (hasattr(value, "step") and hasattr(value, "lr")):
        raise TypeError(
            f"optimizer must be an optimizer, such as SGD(lr=0.1), or anything with "
            f"step(params, grads) and lr; got {value!r}"
        )
    return value


def checked_look(result, params, is_list):
    """Return the loss and gradient of the first look; complain if they do not fit the start."""
    if not isinstance(result, tuple) or len(result) != 2:
        raise TypeError(
            f"a function given as objective must return (loss, gradient), got {result!r}; if it "
            f"returns the loss alone, add its gradient: Objective(value, gradient)"
        )
    loss, gradient = result
    if np.asarray(loss).dtype.kind not in "iuf":
        raise TypeError(f"the loss must be a real number, got {loss!r}")
    runs = np.shape(loss)
    if is_list and runs:
        raise ValueError(f"the loss must be one number for a start of arrays, got shape {runs}")
    if runs != params[0].shape[: len(runs)]:
        raise ValueError(
            f"the loss must be one number, or have the shape of the first axes of the start, "
            f"{params[0].shape}, one for each run; got shape {runs}"
        )
    gradients = gradient if is_list else [gradient]
    if not isinstance(gradients, list | tuple) or len(gradients) != len(params):
        raise TypeError(f"the gradient must be a list of {len(params)} arrays, got {gradient!r}")
    for g, p in zip(gradients, params, strict=True):
        if is_list and not isinstance(g, (np.ndarray, np.generic)):
            raise TypeError(f"the gradient must be a list of NumPy arrays, got {g!r} in it")
        if np.asarray(g).dtype.kind not in "iuf":
            raise TypeError(f"the gradient must hold real numbers, got {g!r}")
        if np.shape(g) != p.shape:
            raise ValueError(
                f"the gradient must have the shape of the position, {p.shape}, got {np.shape(g)}"
            )
    return loss, gradient


def optional_number(argument, value, **bounds):
    """Return a number as a float (∞ is allowed, whatever the bounds), or None."""
    if value is None or (isinstance(value, float) and value == math.inf):
        return value
    return real_number(argument, value, **bounds)


def optional_function(argument, value):
    """Return a function or None; complain about anything else."""
    if value is not None and not callable(value):
        raise TypeError(f"{argument} must be a function, got {value!r}")
    return value
