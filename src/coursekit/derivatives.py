"""Derivatives from function values alone, and a check of hand-written gradients against them.

Three methods, for the derivative of f at x with a small step h:

========  ============================  ==============  =======================================
method    formula                       error           default step
========  ============================  ==============  =======================================
forward   (f(x + h) − f(x)) / h         of order h      √ε · max(1, size of x), about 1.5e-8
central   (f(x + h) − f(x − h)) / 2h    of order h²     ∛ε · max(1, size of x), about 6.1e-6
complex   Im f(x + ih) / h              of order h²     1e-20
========  ============================  ==============  =======================================

ε = 2.2e-16 is the spacing of floating-point numbers at 1. The first two methods subtract numbers
that are nearly equal, so round-off, of size ε·|f(x)|/h, grows as h shrinks; their default steps
balance it against the error of the formula. The complex step subtracts nothing, so h can be tiny
and the result is exact to the last digits; but f must be an analytic formula that accepts complex
numbers. Source of the complex step: Squire and Trapp (1998), *Using complex variables to estimate
derivatives of real functions*, SIAM Review 40(1).
"""

import math
import warnings
from dataclasses import dataclass

import numpy as np

from coursekit._checks import finite_array, first_index, numeric_array, one_of, real_number

METHODS = ("forward", "central", "complex")

EPSILON = float(np.finfo(np.float64).eps)
_DEFAULT_STEPS = {"forward": EPSILON ** (1 / 2), "central": EPSILON ** (1 / 3), "complex": 1e-20}


def numerical_gradient(f, x, method="central", step=None):
    """Estimate the gradient of ``f`` at ``x``, one coordinate at a time.

    For n coordinates this evaluates f n + 1 times (forward), 2n times (central) or n times
    (complex).

    Args:
        f: a function of an array of the shape of ``x`` that returns one real number.
        x: the point, an array of any shape, or a number for the ordinary derivative. It is not
            modified, and is computed with in float64.
        method: ``"forward"``, ``"central"`` or ``"complex"`` (see the module's text).
        step: h, the same for all coordinates. By default a step for each coordinate according to
            its size. It is rounded so that ``(x + h) - x`` equals h exactly.

    Returns:
        An array of the shape of ``x``; a number if ``x`` is one.

    Raises:
        TypeError: if ``x`` does not hold real numbers, ``f`` does not return a real number, or
            ``method="complex"`` and ``f`` does not pass complex numbers through. A part of f that
            drops the imaginary part, such as ``abs`` of one coordinate of several, cannot be
            detected and makes the result wrong.
        ValueError: if ``x`` or a value of ``f`` is not finite, ``f`` does not return a single
            number, ``method`` is unknown, or ``step`` is not positive, or too small to change x.

    Example:
        >>> numerical_gradient(lambda x: x[0] ** 2 * x[1], [3.0, 2.0]).round(6)
        array([12.,  9.])
    """
    x = finite_array("x", x)
    one_of("method", method, METHODS)
    return _gradient(f, x, method, _steps(x, method, step))[()]  # [()]: a number if x is one


def directional_derivative(f, x, direction, method="central", step=None, normalize=True):
    """Estimate how fast ``f`` changes as one moves from ``x`` along ``direction``.

    For a smooth f this equals the dot product of the gradient and the direction.

    Args:
        f: a function of an array of the shape of ``x`` that returns one real number.
        x: the point, an array of any shape. It is not modified.
        direction: an array of the same shape, not all zero.
        method: ``"forward"``, ``"central"`` or ``"complex"`` (see the module's text).
        step: how far to move, as a distance. By default according to the largest coordinate of
            ``x``.
        normalize: whether to use the direction with length 1, so that the result is a change per
            unit of distance. Otherwise it is multiplied by the length of ``direction``.

    Returns:
        A float.

    Raises:
        TypeError: as `numerical_gradient` does, and if ``direction`` does not hold real numbers.
        ValueError: as `numerical_gradient` does, and if ``direction`` is zero or has another shape
            than ``x``.

    Example:
        >>> round(directional_derivative(lambda x: x[0] * x[1], [2.0, 5.0], [3.0, 4.0]), 6)
        4.6
    """
    x = finite_array("x", x)
    direction = finite_array("direction", direction)
    if direction.shape != x.shape:
        raise ValueError(
            f"direction must have the shape of x, {x.shape}, got shape {direction.shape}"
        )
    length = math.hypot(*direction.flat)
    if length == 0:
        raise ValueError(f"direction must not be zero, got {direction.tolist()}")
    one_of("method", method, METHODS)

    unit = direction / length
    largest = np.abs(x).max()
    size = float(_steps(largest, method, step))
    move = size * unit
    if method != "complex":
        # A coordinate that the direction hardly touches may stand still; no other may.
        lost = (x + move == x) & (np.abs(unit) > math.sqrt(EPSILON))
        if lost.any():
            index = first_index(lost)
            raise ValueError(
                f"step={size:g} is too small: {_element(index)} is {x[index]}, and does not change "
                f"when moved by the step along direction"
            )
    value_at_x = _value(f, x.copy()) if method == "forward" else None
    slope = _slope(f, x, move, size, method, value_at_x)
    return slope if normalize else slope * length


def _gradient(f, x, method, steps):
    """Return the slope along each coordinate in turn."""
    value_at_x = _value(f, x.copy()) if method == "forward" else None
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        move = np.zeros_like(x)
        move[index] = steps[index]
        gradient[index] = _slope(f, x, move, steps[index], method, value_at_x)
    return gradient


def _slope(f, x, move, size, method, value_at_x):
    """The three formulas: the slope of f at x along ``move``, a displacement of length ``size``."""
    if method == "forward":
        return (_value(f, x + move) - value_at_x) / size
    if method == "central":
        return (_value(f, x + move) - _value(f, x - move)) / (2 * size)
    return _complex_value(f, x + 1j * move).imag / size


def _steps(x, method, step):
    """Return the step for each coordinate of x, rounded to what x + step really adds.

    Press et al., *Numerical Recipes*, section 5.7: without this, the error of x + step, relative to
    the step, goes straight into the derivative.
    """
    if step is not None:
        steps = np.full(x.shape, real_number("step", step, above=0))
    elif method == "complex":
        steps = np.full(x.shape, _DEFAULT_STEPS[method])
    else:
        steps = _DEFAULT_STEPS[method] * np.maximum(1.0, np.abs(x))
    if method == "complex":  # added to the imaginary part, which is zero: nothing is rounded
        return steps

    with np.errstate(over="ignore"):
        rounded = (x + steps) - x
    wrong = (rounded == 0) | ~np.isfinite(rounded)
    if wrong.any():
        index = first_index(wrong)
        problem = "small" if rounded[index] == 0 else "large"
        raise ValueError(
            f"step={steps[index]:g} is too {problem}: {_element(index)} is {x[index]}, and adding "
            f"the step gives {x[index] + rounded[index]}"
        )
    return rounded


def _element(index):
    """Name an element of x as one would write it in Python."""
    return f"x[{', '.join(map(str, index))}]" if index else "x"


def _value(f, point):
    """Return f at a real point, as a float."""
    value = np.asarray(f(point))
    _check_one_number(value)
    if value.dtype.kind == "c":
        raise TypeError(f"f must return a real number, got the complex number {value[()]}")
    return _checked_finite(float(value), point)


def _complex_value(f, point):
    """Return f at a complex point, as a complex number; complain if f is not made for that."""
    advice = "use method='central', or write f with analytic operations only"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            value = np.asarray(f(point))
    except (TypeError, np.exceptions.ComplexWarning) as error:
        raise TypeError(
            f"f cannot be evaluated at a complex point, as method='complex' needs "
            f"({error}); {advice}"
        ) from error
    _check_one_number(value)
    if value.dtype.kind != "c":
        raise TypeError(
            f"f returned the real number {value[()]} at a complex point: it drops the imaginary "
            f"part, which carries the derivative (as abs and comparisons do); {advice}"
        )
    return _checked_finite(complex(value), point)


def _check_one_number(value):
    if value.dtype.kind not in "iufc":
        raise TypeError(f"f must return a number, got {value[()]!r}")
    if value.ndim != 0:
        raise ValueError(f"f must return a single number, got an array of shape {value.shape}")


def _checked_finite(value, point):
    if not np.isfinite(value):
        raise ValueError(f"f must return a finite number, got {value} at x = {point.tolist()}")
    return value


# --- Checking a gradient ---


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradient` found. True in an ``if`` or ``assert`` when the gradient is right.

    Attributes:
        ok: whether every coordinate agrees within the tolerance.
        worst: the index, a tuple, of the coordinate with the largest relative error.
        analytic: the value of the gradient under test there.
        numeric: the numerical estimate there.
        error: the relative error there (see `check_gradient`).
        tolerance: the relative error allowed.
        method: the method of the numerical estimate.
    """

    ok: bool
    worst: tuple[int, ...]
    analytic: float
    numeric: float
    error: float
    tolerance: float
    method: str

    def __bool__(self):
        return self.ok

    def __str__(self):
        where = f" at {_element(self.worst)}" if self.worst else ""
        values = f"analytic {self.analytic:.8g}, {self.method} {self.numeric:.8g}"
        if self.ok:
            return (
                f"The gradient agrees with the numerical one: the largest relative error is "
                f"{self.error:.1e}{where} ({values}; tolerance {self.tolerance:g})."
            )
        return (
            f"The gradient differs from the numerical one{where}: {values}, a relative error of "
            f"{self.error:.1e} (tolerance {self.tolerance:g})."
        )


def check_gradient(f, gradient, x, method="central", rtol=1e-6, atol=1e-9, step=None):
    """Compare a gradient written by hand, a, with a numerical estimate, n.

    For each coordinate the relative error is |a − n| / max(|a|, |n|, floor), and the check passes
    if it is at most ``rtol`` everywhere. The floor is there because n itself is not exact: it is
    chosen so that differences below the *noise* of n pass. The noise is the largest of

    * ``atol``;
    * for forward and central: round-off, 10·ε·|f(x)|/h;
    * for forward and central: twice the amount by which n changes when the step is doubled, which
      shows the error of the formula.

    Where f and x are of ordinary size, the noise of the central method is around 1e-9, so that an
    error of one part in 10,000 in a coordinate above 1e-5 is found. Differences below ``atol`` are
    never found: lower it for a function whose values are far below 1. Near a kink of f (relu, abs)
    the numerical estimate is wrong, and a correct gradient may not pass.

    Args:
        f: a function of an array of the shape of ``x`` that returns one real number.
        gradient: the gradient under test: a function of ``x``, or an array of its shape.
        x: the point, an array of any shape, or a number. It is not modified.
        method: how to estimate: ``"forward"``, ``"central"`` or ``"complex"``.
        rtol: the relative error allowed, greater than 0.
        atol: the absolute difference that always passes, at least 0.
        step: the step of the estimate, as in `numerical_gradient`.

    Returns:
        A `GradientCheck`; print it for a sentence. A gradient that is not finite fails the check.

    Raises:
        TypeError: as `numerical_gradient` does, and if the gradient does not hold real numbers.
        ValueError: as `numerical_gradient` does, and if the gradient has another shape than ``x``.

    Example:
        >>> print(check_gradient(lambda x: x**3, lambda x: 3 * x**3, 2.0))
        The gradient differs from the numerical one: analytic 24, central 12, a relative error of \
5.0e-01 (tolerance 1e-06).
    """
    x = finite_array("x", x)
    rtol = real_number("rtol", rtol, above=0)
    atol = real_number("atol", atol, at_least=0)
    one_of("method", method, METHODS)
    steps = _steps(x, method, step)
    numeric = _gradient(f, x, method, steps)

    analytic = gradient(x.copy()) if callable(gradient) else gradient
    analytic = numeric_array("gradient", analytic)
    if analytic.shape != x.shape:
        raise ValueError(
            f"gradient must have the shape of x, {x.shape}, got shape {analytic.shape}"
        )

    noise = np.maximum(atol, _noise(f, x, method, steps, numeric))
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), noise / rtol)
    difference = np.abs(analytic - numeric)
    error = np.zeros_like(x)  # stays 0 where both values are 0
    finite = np.isfinite(analytic)
    np.divide(difference, scale, out=error, where=finite & (difference > 0))
    error[~finite] = np.inf

    worst = tuple(int(i) for i in np.unravel_index(np.argmax(error), x.shape))
    return GradientCheck(
        ok=bool(error[worst] <= rtol),
        worst=worst,
        analytic=float(analytic[worst]),
        numeric=float(numeric[worst]),
        error=float(error[worst]),
        tolerance=rtol,
        method=method,
    )


def _noise(f, x, method, steps, numeric):
    """Return how far each coordinate of the numerical gradient may be off."""
    if method == "complex":
        return np.zeros_like(x)
    round_off = 10 * EPSILON * abs(_value(f, x.copy())) / steps
    doubled = _gradient(f, x, method, 2 * steps)
    return np.maximum(round_off, 2 * np.abs(doubled - numeric))
