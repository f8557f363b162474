"""Each activation against PyTorch: value and slope, from the smallest numbers to the largest."""

import copy
import doctest
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from coursekit import activations
from coursekit.activations import Activation
from coursekit.derivatives import numerical_gradient

TORCH = {
    "identity": lambda x: x.clone(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": lambda x, slope=0.01: F.leaky_relu(x, negative_slope=slope),
    "elu": F.elu,
    "softplus": lambda x: F.softplus(x, threshold=1e6),  # without a threshold it is cut off at 20
    "silu": F.silu,
    "gelu": F.gelu,
}
PARAMS = [("leaky_relu", {"slope": a}) for a in (0.0, 1e-4, 0.3, 0.99)]
PARAMS += [("elu", {"alpha": a}) for a in (0.1, 0.5, 3.0)]
each_name = pytest.mark.parametrize("name", activations.NAMES)
each = pytest.mark.parametrize(
    ("name", "params"), [(name, {}) for name in activations.NAMES] + PARAMS
)

SMALL = np.array([0.0, -0.0, 5e-324, -5e-324, 1e-300, -1e-300, 1e-16, -1e-16, 1e-8, -1e-8])
POINTS = np.concatenate([SMALL, np.linspace(-50, 50, 4001)])


def by_torch(name, params, x):
    """PyTorch's value and slope."""
    function = TORCH[name]
    x = torch.tensor(x, requires_grad=True)
    value = function(x, **params)
    value.backward(torch.ones_like(value))
    return value.detach().numpy(), x.grad.numpy()


def test_names_are_those_that_are_tested():
    assert set(activations.NAMES) == set(TORCH)
    for name in activations.NAMES:
        assert activations.get(name).name == name


@each
def test_value_and_slope_agree_with_torch(name, params):
    f = activations.get(name, **params)
    value, slope = by_torch(name, params, POINTS)
    np.testing.assert_allclose(f(POINTS), value, rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(f.derivative(POINTS), slope, rtol=1e-14, atol=1e-14)


@each
def test_in_float32(name, params):
    f = activations.get(name, **params)
    x = POINTS.astype(np.float32)
    value, slope = by_torch(name, params, x)
    assert f(x).dtype == f.derivative(x).dtype == np.float32
    np.testing.assert_allclose(f(x), value, rtol=2e-6, atol=1e-6)  # torch cancels in GELU
    np.testing.assert_allclose(f.derivative(x), slope, rtol=2e-6, atol=1e-6)


LIMITS = {  # value and slope at −∞, and at +∞
    "identity": ((-np.inf, 1), (np.inf, 1)),
    "sigmoid": ((0, 0), (1, 0)),
    "tanh": ((-1, 0), (1, 0)),
    "relu": ((0, 0), (np.inf, 1)),
    "leaky_relu": ((-np.inf, 0.01), (np.inf, 1)),
    "elu": ((-1, 0), (np.inf, 1)),
    "softplus": ((0, 0), (np.inf, 1)),
    "silu": ((0, 0), (np.inf, 1)),
    "gelu": ((0, 0), (np.inf, 1)),
}


@each_name
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("error")
def test_limits_without_a_warning(name, dtype):
    f = activations.get(name)
    for size in (1e3, 1e30, float(np.finfo(dtype).max), np.inf):
        for sign, (value, slope) in zip((-1, 1), LIMITS[name], strict=True):
            x = np.array([sign * size], dtype)
            if math.isinf(value):
                expected = x * (dtype(0.01) if (name, sign) == ("leaky_relu", -1) else 1)
            else:
                expected = np.array([value], dtype)
            np.testing.assert_array_equal(f(x), expected)
            np.testing.assert_array_equal(f.derivative(x), np.array([slope], dtype))


@pytest.mark.filterwarnings("error")
def test_leaky_relu_without_a_slope_is_relu():
    x = np.array([-np.inf, -2.0, 0.0, 3.0, np.inf, np.nan])
    f, relu = activations.get("leaky_relu", slope=0), activations.get("relu")
    np.testing.assert_array_equal(f(x), relu(x))
    np.testing.assert_array_equal(f.derivative(x), relu.derivative(x))


def test_the_slope_of_gelu_fades_as_its_note_says():
    f, x = activations.get("gelu"), np.array([-10.0, -20.0, -30.0])
    assert "|x| e^(−x²/2)" in f.note
    fading = np.abs(x) * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    np.testing.assert_allclose(f.derivative(x), -fading, rtol=0.02)


@each_name
@given(x=st.floats(allow_nan=False))
def test_any_number_gives_a_finite_slope_and_a_value_within_the_range(name, x):
    f = activations.get(name)
    low, high = f.range
    assert low <= f(x) <= high
    assert abs(f.derivative(x)) <= f.largest_slope * (1 + 1e-15)


@each
def test_slope_is_that_of_the_function(name, params):
    f = activations.get(name, **params)
    for x in np.linspace(-6, 6, 48):
        np.testing.assert_allclose(numerical_gradient(f, x), f.derivative(x), atol=2e-9)


@each
def test_range_and_largest_slope_are_attained_or_approached(name, params):
    f = activations.get(name, **params)
    x = np.concatenate([np.linspace(-4, 4, 800_001), [-1e300, 1e300]])
    value = f(x)
    for bound, found in zip(f.range, (value.min(), value.max()), strict=True):
        if math.isinf(bound):
            assert abs(found) > 1e200
            assert np.sign(found) == np.sign(bound)
        else:
            np.testing.assert_allclose(found, bound, atol=1e-10)
    np.testing.assert_allclose(np.abs(f.derivative(x)).max(), f.largest_slope, rtol=1e-10)


@each
def test_the_kinks_are_those_declared(name, params):
    f = activations.get(name, **params)
    jump = abs(f.derivative(1e-12) - f.derivative(-1e-12))
    assert (jump > 1e-3) == (f.kinks == (0.0,))
    if f.kinks:  # the slope of the left side
        np.testing.assert_allclose(f.derivative(0.0), f.derivative(-1e-12), rtol=1e-10)


@each
def test_saturates_on_the_sides_declared(name, params):
    f = activations.get(name, **params)
    flat = tuple(f.saturated([-20.0, 20.0]))
    if name == "leaky_relu" and 0 < params.get("slope", 1) < 0.01:  # small, but it stays
        flat = tuple(f.saturated([-20.0, 20.0], share=1e-5))
    assert (
        flat
        == {"left": (True, False), "both": (True, True), "nowhere": (False, False)}[f.saturates]
    )


def test_saturated_compares_with_the_largest_slope():
    sigmoid = activations.get("sigmoid")
    # σ' = 0.25 share where e/(1 + e)² = share/4: for share 0.5 at |x| = ln(3 + √8)
    edge = math.log(3 + math.sqrt(8))
    assert sigmoid.saturated(edge + 1e-9, share=0.5)
    assert not sigmoid.saturated(edge - 1e-9, share=0.5)
    elu = activations.get("elu", alpha=3.0)  # largest slope 3, so that 1 is a third
    assert elu.saturated(2.0, share=0.4)
    assert not elu.saturated(2.0, share=0.3)
    gelu = activations.get("gelu")
    assert gelu.saturated(-0.7518)  # the bottom of the dip
    assert not gelu.saturated(-1.5)  # where the slope is negative
    assert not activations.get("leaky_relu").saturated(np.array([-1.0], np.float32))[0]
    result = activations.get("relu").saturated([[-1.0, 0.0], [1e-300, 2.0]])
    np.testing.assert_array_equal(result, [[True, True], [False, False]])
    with pytest.raises(ValueError, match="share must be greater than 0, got 0"):
        sigmoid.saturated(1.0, share=0)


def test_slopes_stay_exact_where_the_value_has_rounded():
    x = np.array([20.0, 40.0, 300.0])
    np.testing.assert_allclose(activations.get("sigmoid").derivative(x), np.exp(-x), rtol=1e-8)
    np.testing.assert_allclose(activations.get("sigmoid")(-x), np.exp(-x), rtol=1e-8)
    np.testing.assert_allclose(activations.get("tanh").derivative(x), 4 * np.exp(-2 * x), rtol=1e-8)
    np.testing.assert_allclose(activations.get("softplus")(-x), np.exp(-x), rtol=1e-8)
    assert activations.get("sigmoid")(40.0) == activations.get("tanh")(20.0) == 1
    # Abramowitz and Stegun, table 26.2: Φ(−10) = 7.61985e-24
    np.testing.assert_allclose(activations.get("gelu")(-10.0), -7.61985e-23, rtol=1e-6)


@each_name
def test_numbers_lists_and_shapes(name):
    f = activations.get(name)
    for apply in (f, f.derivative):
        assert type(apply(1)) is np.float64
        assert type(apply(np.array(1.0))) is np.float64
        assert type(apply(np.float32(1))) is np.float32
        assert apply([[1, 2]]).dtype == np.float64
        assert apply(np.ones((2, 3, 1))).shape == (2, 3, 1)
        assert apply(np.ones((2, 0))).shape == (2, 0)
        x = np.linspace(-3, 3, 24).reshape(4, 6)
        before = x.copy()
        np.testing.assert_array_equal(apply(x.T), apply(x).T)  # not contiguous in memory
        result = apply(x)
        np.testing.assert_array_equal(x, before)
        assert not np.shares_memory(result, x)
        for wrong in ("1", 1j, [1, "a"], None, [[1], [1, 2]]):
            with pytest.raises(TypeError, match="x must"):
                apply(wrong)


@each_name
def test_nan_is_not_hidden(name):
    assert np.isnan(activations.get(name)(np.array([np.nan]))).all()


def test_get_names_what_is_wrong():
    with pytest.raises(ValueError, match="unknown activation: 'ReLu'.*Did you mean 'relu'"):
        activations.get("ReLu")
    with pytest.raises(ValueError, match="'tanh' has no parameters, got 'slope'"):
        activations.get("tanh", slope=1)
    with pytest.raises(ValueError, match="parameter of the activation 'elu': 'alfa'.*'alpha'"):
        activations.get("elu", alfa=1)
    for slope in (-0.1, 1, math.nan):
        with pytest.raises(ValueError, match="slope must be"):
            activations.get("leaky_relu", slope=slope)
    for alpha in (0, -1, math.inf):
        with pytest.raises(ValueError, match="alpha must be"):
            activations.get("elu", alpha=alpha)
    with pytest.raises(TypeError, match="alpha must be a real number, got '1'"):
        activations.get("elu", alpha="1")


def test_repr_evaluates_to_the_call():
    assert repr(activations.get("elu", alpha=2)) == "Activation('elu', alpha=2.0)"
    assert repr(activations.get("relu")) == "Activation('relu')"


def test_latex_shows_the_parameters():
    assert activations.get("leaky_relu", slope=0.25).latex.endswith("a = 0.25")
    assert r"1 \cdot 10^{-5}" in activations.get("leaky_relu", slope=1e-5).latex
    assert r"2\,\left(e^x - 1\right)" in activations.get("elu", alpha=2).latex


def test_one_of_your_own():
    square = Activation(
        name="square",
        title="Square",
        latex="x^2",
        function=np.square,
        derivative=lambda x: 2 * x,
        range=(0, math.inf),
        largest_slope=math.inf,
        saturates="nowhere",
        note="Its slope has no bound.",
    )
    assert square(3) == 9
    assert copy.deepcopy(square).derivative([1, 2]).tolist() == [2, 4]
    with pytest.raises(AttributeError):
        square.name = "cube"


def test_documentation_examples():
    assert doctest.testmod(activations).failed == 0
    assert doctest.testmod(activations).attempted > 0
