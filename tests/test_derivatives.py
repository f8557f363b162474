"""Numerical derivatives against exact ones, and the gradient check against planted mistakes."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit import curves, derivatives, landscapes
from coursekit.derivatives import (
    METHODS,
    check_gradient,
    directional_derivative,
    numerical_gradient,
)

# How exact each method is on smooth functions of size 1.
TOLERANCE = {"forward": 1e-6, "central": 1e-9, "complex": 1e-14}
each_method = pytest.mark.parametrize("method", METHODS)
seeds = st.integers(0, 2**32 - 1)


def random_quadratic(seed):
    """½ xᵀAx + b·x on a matrix of unknowns, its gradient, and a point."""
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 4, size=rng.integers(1, 3)))
    n = math.prod(shape)
    half = rng.normal(size=(n, n))
    A, b = half + half.T, rng.normal(size=n)

    def f(x):
        x = x.reshape(n)
        return 0.5 * x @ A @ x + b @ x

    def gradient(x):
        return (A @ x.reshape(n) + b).reshape(shape)

    return f, gradient, rng.normal(size=shape) * 10.0 ** rng.integers(-3, 3)


@each_method
@given(seed=seeds)
def test_gradient_of_a_quadratic_is_ax_plus_b(method, seed):
    f, gradient, x = random_quadratic(seed)
    before = x.copy()
    result = numerical_gradient(f, x, method)
    assert result.shape == x.shape
    scale = np.abs(gradient(x)).max() + abs(f(x)) / max(1.0, np.abs(x).min())
    np.testing.assert_allclose(result, gradient(x), atol=10 * TOLERANCE[method] * (1 + scale))
    np.testing.assert_array_equal(x, before)


@each_method
@given(seed=seeds, normalize=st.booleans())
def test_directional_derivative_is_gradient_dot_direction(method, seed, normalize):
    f, gradient, x = random_quadratic(seed)
    direction = np.random.default_rng(seed + 1).normal(size=x.shape) * 5
    length = np.linalg.norm(direction)
    expected = np.sum(gradient(x) * direction) / (length if normalize else 1)
    result = directional_derivative(f, x, direction, method, normalize=normalize)
    assert isinstance(result, float)
    scale = np.abs(gradient(x)).max() + abs(f(x)) / max(1.0, np.abs(x).max())
    atol = 10 * TOLERANCE[method] * (1 + scale) * (1 if normalize else length)
    np.testing.assert_allclose(result, expected, atol=atol)


@each_method
@pytest.mark.parametrize("name", landscapes.names())
def test_landscapes(name, method):
    f = landscapes.get(name)
    result = numerical_gradient(f, f.start, method)
    scale = np.abs(f.hessian(f.start)).max() + abs(f(f.start))
    np.testing.assert_allclose(result, f.gradient(f.start), atol=TOLERANCE[method] * scale)


@given(x=st.floats(-5, 5))
def test_complex_step_is_accurate_to_14_digits(x):
    # Squire and Trapp's example
    def f(x):
        return np.exp(x) / np.sqrt(np.sin(x) ** 3 + np.cos(x) ** 3 + 3)

    s, c = np.sin(x), np.cos(x)
    root = s**3 + c**3 + 3
    exact = np.exp(x) * (root - 1.5 * (s**2 * c - c**2 * s)) / root**1.5
    np.testing.assert_allclose(numerical_gradient(f, x, "complex"), exact, rtol=1e-14)


@each_method
def test_a_number_gives_a_number(method):
    for x in (2.0, 2, np.float64(2), np.array(2.0)):
        result = numerical_gradient(curves.get("cubic"), x, method)
        assert isinstance(result, float)
        assert abs(result - 12) < 100 * TOLERANCE[method]


@pytest.mark.parametrize(("method", "order"), [("forward", 1), ("central", 2)])
def test_error_shrinks_with_the_order_of_the_formula(method, order):
    f = curves.get("exponential")
    errors = [abs(numerical_gradient(f, 1.0, method, step=h) - np.e) for h in (1e-2, 1e-3)]
    np.testing.assert_allclose(errors[0] / errors[1], 10**order, rtol=0.02)


@pytest.mark.parametrize(("method", "calls"), [("forward", 7), ("central", 12), ("complex", 6)])
def test_number_of_evaluations(method, calls):
    points = []
    numerical_gradient(lambda x: points.append(x) or np.sum(x**2), np.ones((2, 3)), method)
    assert len(points) == calls


@given(x=st.floats(-1e6, 1e6), step=st.none() | st.floats(1e-8, 1e-1))
def test_points_lie_exactly_one_step_apart(x, step):
    points = []
    numerical_gradient(lambda x: points.append(float(x)) or 0.0, x, "forward", step)
    at_x, moved = points
    h = moved - x
    assert at_x == x
    assert x + h == moved
    wanted = math.sqrt(derivatives.EPSILON) * max(1, abs(x)) if step is None else step
    assert abs(h - wanted) <= np.spacing(abs(x) + wanted)
    # The rise of the identity is the step that was really taken: divided by the step, exactly 1.
    assert numerical_gradient(lambda x: float(x), x, "forward", step) == 1


def test_f_may_modify_its_argument():
    def f(x):
        x *= 2
        return np.sum(x**2)

    x = np.array([1.0, 2.0])
    for method in METHODS:
        np.testing.assert_allclose(numerical_gradient(f, x, method), [8, 16], rtol=1e-6)
        directional_derivative(f, x, [1.0, 0.0], method)
        assert check_gradient(f, lambda x: 8 * x, x, method)
    np.testing.assert_array_equal(x, [1, 2])


def test_integers_and_lists_and_float32_are_computed_in_float64():
    for x in ([1, 2], (1, 2), np.array([1, 2], dtype=np.int8), np.array([1, 2], dtype=np.float32)):
        result = numerical_gradient(lambda x: np.sum(x**3), x)
        assert result.dtype == np.float64
        np.testing.assert_allclose(result, [3, 12], rtol=1e-9)


def test_direction_of_any_length():
    for length in (1e-200, 1.0, 1e200):
        slope = directional_derivative(lambda x: x[0] + 2 * x[1], [1.0, 1.0], [0.0, length])
        np.testing.assert_allclose(slope, 2, rtol=1e-9)


def test_direction_along_which_f_does_not_change():
    f = landscapes.get("rosenbrock")
    along_contour = f.gradient(f.start)[::-1] * [1, -1]
    slope = directional_derivative(f, f.start, along_contour, "complex")
    np.testing.assert_allclose(slope, 0, atol=1e-12)


# --- The gradient check ---


@each_method
@given(seed=seeds)
def test_correct_gradient_passes_and_a_planted_mistake_is_found(method, seed):
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(3, 4)) / 2
    inputs = rng.normal(size=(5, 4))
    targets = rng.normal(size=(5, 3))

    def loss(weights):
        return np.mean((np.tanh(inputs @ weights.T) - targets) ** 2)

    def gradient(weights):
        out = np.tanh(inputs @ weights.T)
        return (2 * (out - targets) * (1 - out**2)).T @ inputs / out.size

    correct = check_gradient(loss, gradient, weights, method)
    assert correct, str(correct)
    assert correct.error <= correct.tolerance

    wrong = gradient(weights)
    where = np.unravel_index(np.argsort(np.abs(wrong), axis=None)[-3], wrong.shape)
    wrong[where] *= 1 + 1e-4
    found = check_gradient(loss, wrong, weights, method)
    assert not found, str(found)
    assert found.worst == where
    assert found.analytic == wrong[where]
    if method != "forward":  # whose own error is near 1e-7
        np.testing.assert_allclose(found.error, 1e-4, rtol=0.05)


@each_method
@pytest.mark.parametrize("name", landscapes.names())
def test_correct_gradients_pass_everywhere_even_where_they_vanish(name, method):
    f = landscapes.get(name)
    low, high = np.transpose(f.domain)
    points = np.random.default_rng(0).uniform(low, high, size=(50, f.dim))
    for x in [*points, f.start, *f.minima, *f.saddles[:10], *f.local_minima[:10]]:
        result = check_gradient(f, f.gradient, x, method)
        assert result, (x, str(result))


@pytest.mark.parametrize("name", landscapes.names())
def test_planted_mistakes_in_landscapes_are_found(name):
    f = landscapes.get(name)
    x = np.array([1.3, -0.7])
    for i in range(2):
        wrong = f.gradient(x)
        wrong[i] *= 1 - 1e-4
        result = check_gradient(f, wrong, x)
        assert not result, str(result)
        assert result.worst == (i,)


@given(scale=st.sampled_from([1e-3, 1.0, 1e3, 1e6]), shift=st.sampled_from([0.0, 1.0, 1e6]))
def test_scaled_and_shifted_functions_pass(scale, shift):
    def f(x):
        return scale * np.sum(np.sin(x) * x) + shift

    x = np.linspace(-3, 3, 5)
    result = check_gradient(f, scale * (np.cos(x) * x + np.sin(x)), x)
    assert result, str(result)


def test_small_functions_are_checked_with_a_smaller_atol():
    def f(x):
        return 1e-12 * np.sum(x**2)

    x = np.array([1.0, 2.0])
    assert check_gradient(f, 1e-12 * x, x)  # twice too small, and below atol
    assert not check_gradient(f, 1e-12 * x, x, atol=0)
    assert check_gradient(f, 2e-12 * x, x, atol=0)


def test_scalar_gradient_and_sentences():
    correct = check_gradient(lambda x: x**3, lambda x: 3 * x**2, 2.0)
    assert str(correct).startswith("The gradient agrees with the numerical one: the largest")
    wrong = check_gradient(lambda x: np.sum(x**2), [[2.0, 4.004]], np.array([[1.0, 2.0]]))
    assert str(wrong) == (
        "The gradient differs from the numerical one at x[0, 1]: analytic 4.004, central 4, "
        "a relative error of 1.0e-03 (tolerance 1e-06)."
    )
    assert wrong.worst == (0, 1)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_fails(bad):
    result = check_gradient(lambda x: np.sum(x**2), [2.0, bad], [1.0, 2.0])
    assert not result
    assert result.worst == (1,)
    assert result.error == np.inf
    assert "at x[1]: analytic" in str(result)


def test_a_gradient_function_cannot_change_x():
    x = np.array([1.0, 2.0])

    def gradient(x):
        x *= 2
        return x

    assert check_gradient(lambda x: np.sum(x**2), gradient, x)
    np.testing.assert_array_equal(x, [1, 2])


def test_docstring_examples():
    assert doctest.testmod(derivatives).failed == 0


def total(x):
    return np.sum(x**2)


def assign_into_real_array(x):
    out = np.zeros(x.shape)
    out[:] = x
    return np.sum(out)


ERRORS = [
    (lambda: numerical_gradient(total, [1, np.nan]), ValueError, r"x .*got nan at index \(1,\)"),
    (lambda: numerical_gradient(total, "abc"), TypeError, "x must hold real numbers, got 'abc'"),
    (lambda: numerical_gradient(total, [1j]), TypeError, r"x must hold real numbers, got \[1j\]"),
    (lambda: numerical_gradient(total, None), TypeError, "x must hold real numbers, got None"),
    (lambda: numerical_gradient(total, []), ValueError, r"x must not be empty, got shape \(0,\)"),
    (
        lambda: numerical_gradient(total, 1.0, "centre"),
        ValueError,
        "method: 'centre'.*forward, central, complex.*mean 'central'",
    ),
    (lambda: numerical_gradient(total, 1.0, step=0), ValueError, "step must be greater.*got 0"),
    (lambda: numerical_gradient(total, 1.0, step=-1e-3), ValueError, "step.*got -0.001"),
    (lambda: numerical_gradient(total, 1.0, step="h"), TypeError, "step must be a real.*'h'"),
    (
        lambda: numerical_gradient(total, [1.0, 1e9], step=1e-9),
        ValueError,
        r"step=1e-09 is too small: x\[1\] is 1000000000.0",
    ),
    (lambda: numerical_gradient(total, 1.0, step=1e-17), ValueError, "too small: x is 1.0"),
    (lambda: numerical_gradient(total, 1e308, step=1e308), ValueError, "too large: x is 1e"),
    (
        lambda: numerical_gradient(lambda x: x**2, [1.0, 2.0]),
        ValueError,
        r"f must return a single number, got an array of shape \(2,\)",
    ),
    (lambda: numerical_gradient(lambda x: None, 1.0), TypeError, "f must return.*got None"),
    (lambda: numerical_gradient(lambda x: "3", 1.0), TypeError, "f must return a number, got"),
    (lambda: numerical_gradient(lambda x: math.inf, 1.0), ValueError, "finite number, got inf"),
    (lambda: numerical_gradient(lambda x: math.nan, 1.0), ValueError, "got nan at x = 1.0"),
    (
        lambda: numerical_gradient(lambda x: x + 1j, 1.0),
        TypeError,
        "f must return a real number, got the complex number",
    ),
    (
        lambda: numerical_gradient(abs, 1.0, "complex"),
        TypeError,
        "returned the real number 1.0.*method='central'",
    ),
    (
        lambda: numerical_gradient(lambda x: math.sin(x), 1.0, "complex"),
        TypeError,
        "f cannot be evaluated at a complex point.*method='central'",
    ),
    (
        lambda: numerical_gradient(lambda x: complex(x) if complex(x) > 0 else 0, 1.0, "complex"),
        TypeError,
        "f cannot be evaluated at a complex point",
    ),
    (
        lambda: numerical_gradient(assign_into_real_array, [1.0], "complex"),
        TypeError,
        "f cannot be evaluated at a complex point.*imaginary",
    ),
    (
        lambda: numerical_gradient(curves.get("relu"), 1.0, "complex"),
        TypeError,
        "f cannot be evaluated at a complex point.*'relu'",
    ),
    (
        lambda: directional_derivative(total, [1.0, 2.0], [0, 0]),
        ValueError,
        r"direction must not be zero, got \[0.0, 0.0\]",
    ),
    (
        lambda: directional_derivative(total, [1.0, 2.0], [1, 0, 0]),
        ValueError,
        r"direction must have the shape of x, \(2,\), got shape \(3,\)",
    ),
    (
        lambda: directional_derivative(total, [1.0], [np.inf]),
        ValueError,
        "direction must be finite, got inf",
    ),
    (lambda: directional_derivative(total, [1.0], [1.0], "x"), ValueError, "method: 'x'"),
    (
        lambda: directional_derivative(total, [1.0, 1.0], [1.0, 1e5], step=1e-12),
        ValueError,
        r"step=1.*e-12 is too small: x\[0\] is 1.0, and does not change",
    ),
    (
        lambda: check_gradient(total, [1.0, 2.0, 3.0], [1.0, 2.0]),
        ValueError,
        r"gradient must have the shape of x, \(2,\), got shape \(3,\)",
    ),
    (lambda: check_gradient(total, "up", 1.0), TypeError, "gradient must hold real.*'up'"),
    (lambda: check_gradient(total, 2.0, 1.0, rtol=0), ValueError, "rtol must be greater.*got 0"),
    (lambda: check_gradient(total, 2.0, 1.0, atol=-1), ValueError, "atol must be at least 0"),
    (lambda: check_gradient(total, 2.0, 1.0, "no"), ValueError, "method: 'no'"),
]


@pytest.mark.parametrize(("call", "error", "message"), ERRORS)
def test_errors_name_the_argument_and_the_value(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_coordinate_that_the_direction_hardly_touches_may_stand_still():
    slope = directional_derivative(total, [1.0, 0.0], [1e-9, 1.0], step=1e-9)
    np.testing.assert_allclose(slope, 2e-9, atol=1e-8)
