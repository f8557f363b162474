"""Each curve against PyTorch's autograd, and against the complex step."""

import doctest

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from coursekit import curves
from coursekit.derivatives import numerical_gradient

REFERENCES = {
    "parabola": torch.square,
    "cubic": lambda x: x * x * x,
    "quartic": lambda x: x * x * x * x,
    "sine": torch.sin,
    "exponential": torch.exp,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
    "relu": torch.relu,
    "absolute": torch.abs,
}

each_curve = pytest.mark.parametrize("name", curves.names())


def test_every_curve_is_tested():
    assert set(REFERENCES) == set(curves.names())


@each_curve
def test_value_and_derivatives_equal_autograd(name):
    f = curves.get(name)
    points = np.random.default_rng(0).uniform(*f.domain, size=200)
    x = torch.tensor(points, requires_grad=True)
    value = REFERENCES[name](x)
    (first,) = torch.autograd.grad(value.sum(), x, create_graph=True)
    second = torch.zeros_like(x)
    if first.requires_grad:
        (second,) = torch.autograd.grad(first.sum(), x, allow_unused=True)
        second = torch.zeros_like(x) if second is None else second
    for ours, theirs in ((f, value), (f.derivative, first), (f.second_derivative, second)):
        np.testing.assert_allclose(ours(points), theirs.numpy(force=True), rtol=1e-12, atol=1e-15)


@each_curve
def test_at_the_kink_the_slope_is_the_one_pytorch_takes(name):
    f = curves.get(name)
    for kink in f.kinks:
        x = torch.tensor(kink, dtype=torch.float64, requires_grad=True)
        REFERENCES[name](x).backward()
        assert f.derivative(kink) == x.grad.item() == 0
        assert f.second_derivative(kink) == 0
        left, right = f.derivative(kink - 1e-9), f.derivative(kink + 1e-9)
        assert left <= f.derivative(kink) <= right
        assert left != right


@pytest.mark.parametrize("name", [name for name in curves.names() if curves.get(name).analytic])
@given(t=st.floats(0, 1))
def test_complex_step_is_exact_to_the_last_digits(name, t):
    f = curves.get(name)
    low, high = f.domain
    x = low + t * (high - low)
    slope = numerical_gradient(f, x, method="complex")
    curvature = numerical_gradient(f.derivative, x, method="complex")
    # 1 - tanh² rounds at the size of 1, not at the size of the result
    atol = 4e-16 if name == "tanh" else 1e-30
    np.testing.assert_allclose(f.derivative(x), slope, rtol=1e-14, atol=atol)
    np.testing.assert_allclose(f.second_derivative(x), curvature, rtol=1e-14, atol=max(atol, 1e-17))


@each_curve
@pytest.mark.parametrize("shape", [(), (1,), (4,), (2, 3), (0,)])
def test_any_shape(name, shape):
    f = curves.get(name)
    x = np.random.default_rng(1).uniform(*f.domain, size=shape)
    before = x if shape == () else x.copy()
    for function in (f, f.derivative, f.second_derivative):
        result = function(x)
        assert np.shape(result) == shape
        if shape == ():
            assert isinstance(result, float)
        for index in np.ndindex(shape):
            np.testing.assert_allclose(np.asarray(result)[index], function(np.asarray(x)[index]))
    np.testing.assert_array_equal(x, before)


@each_curve
def test_integers_are_taken_as_numbers(name):
    f = curves.get(name)
    assert f(2) == f(2.0)
    assert f.derivative([1, 2]).dtype == np.float64


def test_sigmoid_and_softplus_neither_overflow_nor_lose_their_tails():
    x = np.array([-800.0, -40.0, 0.0, 40.0, 800.0])
    sigmoid, softplus = curves.get("sigmoid"), curves.get("softplus")
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_allclose(sigmoid(x), [0, np.exp(-40), 0.5, 1, 1], rtol=1e-15)
        np.testing.assert_allclose(sigmoid.derivative(40.0), np.exp(-40), rtol=1e-15)
        np.testing.assert_allclose(softplus(x), [0, np.exp(-40), np.log(2), 40, 800], rtol=1e-15)
        sigmoid(x + 1e-20j)
        softplus(x + 1e-20j)


@each_curve
def test_nan_stays_nan(name):
    f = curves.get(name)
    assert np.isnan(f(np.nan))
    if name not in ("exponential",):
        assert np.isnan(f.derivative(np.nan))


def test_domains_and_kinks():
    for name in curves.names():
        f = curves.get(name)
        assert f.name == name
        assert f.domain[0] < 0 < f.domain[1]
        assert f.analytic == (not f.kinks)
    assert [name for name in curves.names() if curves.get(name).kinks] == ["relu", "absolute"]


def test_docstring_examples():
    assert doctest.testmod(curves).failed == 0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: curves.get("sin"), ValueError, "unknown curve: 'sin'; choose one of: parabola,"),
        (lambda: curves.get("Sigmoid"), ValueError, "Did you mean 'sigmoid'"),
        (lambda: curves.get("relu")(1j), TypeError, "x must be real for the curve 'relu'.*kink"),
        (lambda: curves.get("absolute").derivative(1j), TypeError, "complex128"),
        (lambda: curves.get("sine")("one"), TypeError, "x must hold numbers, got 'one'"),
        (lambda: curves.get("sine")([True]), TypeError, r"x must hold numbers, got \[True\]"),
    ],
)
def test_errors_name_the_argument_and_the_value(call, error, message):
    with pytest.raises(error, match=message):
        call()
