"""Each initializer against torch.nn.init and the formulas; LSUV on small nets."""

import doctest
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from coursekit import activations, initializers
from coursekit.initializers import (
    constant,
    fans,
    gain,
    he_normal,
    he_uniform,
    lsuv,
    normal,
    orthogonal,
    torch_default,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from coursekit.seeding import generator

LINEAR, CONV = (300, 200), (48, 16, 5, 7)
each_shape = pytest.mark.parametrize("shape", [LINEAR, LINEAR[::-1], CONV])

SQRT5 = math.sqrt(5)
WITH_TORCH = {  # our rule, and the same one in torch.nn.init
    "zeros": (zeros(), torch.nn.init.zeros_),
    "constant": (constant(0.5), lambda w: torch.nn.init.constant_(w, 0.5)),
    "normal": (normal(0.3, mean=2), lambda w: torch.nn.init.normal_(w, 2, 0.3)),
    "uniform": (uniform(-1, 3), lambda w: torch.nn.init.uniform_(w, -1, 3)),
    "xavier_normal": (xavier_normal(), torch.nn.init.xavier_normal_),
    "xavier_normal 2": (xavier_normal(2), lambda w: torch.nn.init.xavier_normal_(w, 2)),
    "xavier_uniform": (xavier_uniform(), torch.nn.init.xavier_uniform_),
    "xavier_uniform 3": (xavier_uniform(3), lambda w: torch.nn.init.xavier_uniform_(w, 3)),
    "he_normal": (he_normal(), lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="relu")),
    "he_normal out": (
        he_normal("fan_out", slope=0.5),
        lambda w: torch.nn.init.kaiming_normal_(w, a=0.5, mode="fan_out"),
    ),
    "he_uniform": (he_uniform(), lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="relu")),
    "he_uniform out": (
        he_uniform("fan_out", slope=0.5),
        lambda w: torch.nn.init.kaiming_uniform_(w, a=0.5, mode="fan_out"),
    ),
    "orthogonal": (orthogonal(), torch.nn.init.orthogonal_),
    "orthogonal 3": (orthogonal(3), lambda w: torch.nn.init.orthogonal_(w, 3)),
    "torch_default": (torch_default(), lambda w: torch.nn.init.kaiming_uniform_(w, a=SQRT5)),
    "2 * he_uniform": (2 * he_uniform(), lambda w: torch.nn.init.kaiming_uniform_(w).mul_(2)),
}
each_rule = pytest.mark.parametrize("name", WITH_TORCH)
BOUNDED = ("zeros", "constant", "uniform", "torch_default")


@each_rule
@each_shape
def test_distribution_is_that_of_torch(name, shape):
    ours, fill = WITH_TORCH[name]
    weights = ours(shape, generator(0))
    torch.manual_seed(0)
    theirs = fill(torch.empty(shape, dtype=torch.float64)).numpy()

    assert weights.shape == shape
    assert weights.dtype == np.float64
    n = weights.size
    error = 5 / math.sqrt(n)  # five standard errors of a mean
    std = theirs.std()
    np.testing.assert_allclose(weights.std(), std, rtol=5 / math.sqrt(2 * n) * 2)
    np.testing.assert_allclose(weights.mean(), theirs.mean(), atol=2 * error * std)
    np.testing.assert_allclose(ours.std(shape), std, rtol=error)
    quantiles = np.linspace(0, 1, 9)[1:-1]
    np.testing.assert_allclose(
        np.quantile(weights, quantiles), np.quantile(theirs, quantiles), atol=4 * error * std
    )
    if "uniform" in name or name in BOUNDED:  # the edges of the distribution
        width = np.ptp(theirs)
        np.testing.assert_allclose(weights.min(), theirs.min(), atol=1e-3 * width)
        np.testing.assert_allclose(weights.max(), theirs.max(), atol=1e-3 * width)


def test_the_formulas():
    shape = (64, 3, 5, 5)  # fan_in 75, fan_out 1600
    expected = {
        xavier_normal(2): 2 * math.sqrt(2 / 1675),
        xavier_uniform(): math.sqrt(2 / 1675),
        he_normal(): math.sqrt(2 / 75),
        he_normal("fan_out"): math.sqrt(2 / 1600),
        he_uniform(slope=2): math.sqrt(2 / 5 / 75),
        torch_default(): 1 / 15,
        torch_default(fan_in=12): 1 / 6,
        normal(0.3): 0.3,
        uniform(-1, 2): math.sqrt(0.75),
        orthogonal(2): 2 / math.sqrt(75),
        constant(3): 0,
        -3 * he_normal(): 3 * math.sqrt(2 / 75),
    }
    for init, std in expected.items():
        assert init.std(shape) == pytest.approx(std, rel=1e-14), init


@pytest.mark.parametrize("layer", [torch.nn.Linear(12, 5), torch.nn.Conv2d(3, 8, (2, 2))])
def test_torch_default_bounds_are_those_of_torch_layers(layer):
    fan_in, _ = fans(tuple(layer.weight.shape))
    bound = 1 / math.sqrt(fan_in)
    for _ in range(200):
        layer.reset_parameters()
        for p, init in ((layer.weight, torch_default()), (layer.bias, torch_default(fan_in))):
            theirs, ours = p.detach().numpy(), init(tuple(p.shape), generator(_))
            assert np.abs(theirs).max() <= bound * (1 + 1e-6)
            assert np.abs(ours).max() <= bound
            assert ours.shape == theirs.shape
    assert init.std(p.shape[0]) == pytest.approx(bound / math.sqrt(3))


@given(
    rows=st.integers(1, 12),
    rest=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    size=st.floats(0.01, 100),
    seed=st.integers(0, 2**32 - 1),
)
def test_orthogonal_rows_or_columns(rows, rest, size, seed):
    weights = orthogonal(size)((rows, *rest), generator(seed)).reshape(rows, -1) / size
    columns = weights.shape[1]
    product = weights @ weights.T if rows <= columns else weights.T @ weights
    np.testing.assert_allclose(product, np.eye(min(rows, columns)), atol=1e-12)


def test_all_orthogonal_matrices_are_equally_likely():
    # QR alone, without the correction of signs, gives a diagonal of mean −0.56 for 2 x 2
    rng = generator(0)
    draws = np.stack([orthogonal()((2, 2), rng) for _ in range(2000)])
    np.testing.assert_allclose(draws.mean(axis=0), 0, atol=0.08)
    determinants = np.linalg.det(draws)
    assert 0.45 < (determinants > 0).mean() < 0.55  # rotations and reflections


def test_fans_are_those_of_torch():
    for shape in ((5, 4), (1, 1), (64, 3, 5, 5), (2, 3, 4), (7, 2, 3, 4, 5)):
        assert fans(shape) == torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert fans([5, np.int64(4)]) == (4, 5)


def test_gains_are_those_of_torch():
    for name, theirs in (("identity", "linear"), *((n, n) for n in ("sigmoid", "tanh", "relu"))):
        assert gain(name) == torch.nn.init.calculate_gain(theirs)
        assert gain(activations.get(name)) == gain(name)
    for slope in (None, 0.2, 3, 0):
        assert gain("leaky_relu", slope) == torch.nn.init.calculate_gain("leaky_relu", slope)
    assert gain(activations.get("leaky_relu", slope=0.3)) == gain("leaky_relu", 0.3)
    assert gain(activations.get("leaky_relu", slope=0.3), slope=0.5) == gain("leaky_relu", 0.5)
    for wrong in ("gelu", activations.get("elu"), "linear"):
        with pytest.raises(ValueError, match="unknown activation with a gain: .*choose one of"):
            gain(wrong)
    with pytest.raises(ValueError, match="slope is for 'leaky_relu', got slope=0.1 for 'relu'"):
        gain("relu", slope=0.1)


@pytest.mark.parametrize("init", ["he_normal", "xavier_uniform"])
def test_a_deep_net_keeps_its_signal_with_the_matching_rule(init):
    rule = initializers.get(init)
    f = activations.get("relu" if init == "he_normal" else "identity")
    rng = generator(1)
    x = rng.normal(size=(200, 300))
    first = (x @ rule((300, 300), rng).T).var()
    for _ in range(10):
        z = x @ rule((300, 300), rng).T
        x = f(z)
    assert 0.4 < z.var() / first < 2.5


@each_rule
def test_the_seed_decides(name):
    init, _ = WITH_TORCH[name]
    first, again, other = (init((4, 3), generator(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.array_equal(first, other) == (name in ("zeros", "constant"))
    assert not np.shares_memory(first, init((4, 3), generator(1)))


def test_a_factor_multiplies_the_values():
    he = he_normal()
    np.testing.assert_array_equal((2 * he)((5, 4), generator(0)), 2 * he((5, 4), generator(0)))
    assert repr(he * 2) == repr(2 * he)
    assert repr(0.5 * (3 * he)) == "1.5 * he_normal(mode='fan_in', slope=0.0)"
    assert repr(he) == "he_normal(mode='fan_in', slope=0.0)"
    with pytest.raises(TypeError):
        "2" * he
    with pytest.raises(ValueError, match="factor must be finite"):
        math.nan * he


def test_constants_need_no_generator_and_a_bias_has_one_axis():
    np.testing.assert_array_equal(constant(-2)(3), [-2.0, -2.0, -2.0])
    np.testing.assert_array_equal(zeros()((2, 1)), [[0.0], [0.0]])
    assert normal(1.0)(5, generator(0)).shape == (5,)


@each_rule
def test_bad_shapes_and_generators_are_named(name):
    init, _ = WITH_TORCH[name]
    rng = generator(0)
    for wrong in ((3, 0), (-1, 2), ()):
        with pytest.raises(ValueError, match="shape must"):
            init(wrong, rng)
    for wrong in ((2.0, 3), "23", None, (2, True)):
        with pytest.raises(TypeError, match="each length in shape must be an integer"):
            init(wrong, rng)
    if name not in ("zeros", "constant"):
        for wrong in (None, 0, np.random):
            with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, got"):
                init((2, 3), wrong)


def test_rules_that_count_connections_need_two_axes():
    for name in initializers.NAMES[4:]:
        with pytest.raises(ValueError, match=r"shape must be \(out, in, \*kernel\).*got \(5,\)"):
            initializers.get(name)(5, generator(0))


def test_get_and_bad_parameters():
    for name in initializers.NAMES:
        init = initializers.get(name, **({"value": 1} if name == "constant" else {}))
        assert init.name == name
        assert repr(init).startswith(name + "(")
    assert initializers.get("he_normal", mode="fan_out").std((8, 5)) == 0.5
    cases = [
        (lambda: initializers.get("he"), "unknown initializer: 'he'"),
        (lambda: initializers.get("zeros", std=1), "'zeros' has no parameters, got 'std'"),
        (lambda: initializers.get("normal", sd=1), "parameter of the initializer 'normal': 'sd'"),
        (lambda: normal(std=-1), "std must be at least 0, got -1"),
        (lambda: normal(mean=math.inf), "mean must be finite"),
        (lambda: uniform(1, 1), "high must be greater than 1, got 1"),
        (lambda: constant(math.nan), "value must be finite"),
        (lambda: xavier_normal(0), "gain must be greater than 0"),
        (lambda: xavier_uniform(-1), "gain must be greater than 0"),
        (lambda: orthogonal(0), "gain must be greater than 0"),
        (lambda: he_normal("fan_avg"), "unknown mode: 'fan_avg'"),
        (lambda: he_uniform(slope=math.inf), "slope must be finite"),
        (lambda: torch_default(fan_in=0), "fan_in must be at least 1"),
    ]
    for call, message in cases:
        with pytest.raises(ValueError, match=message):
            call()


class Box:
    """A stand-in for a tensor: an array under ``data``."""

    def __init__(self, data):
        self.data = data


class Linear:
    """A stand-in for a layer that takes and returns tensors."""

    def __init__(self, n_in, n_out, bias=0.0, dtype=np.float64):
        self.weight = Box(np.full((n_out, n_in), 7.0, dtype))
        self.bias = np.full(n_out, bias, dtype) * np.arange(n_out)

    def __call__(self, x):
        return Box(x.data @ self.weight.data.T + self.bias)


def on_boxes(name):
    f = activations.get(name)
    return lambda x: Box(f(x.data))


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "gelu"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_lsuv_gives_each_layer_variance_one(name, dtype):
    sizes = [20, 64, 10, 32, 5]
    linears = [Linear(m, n, dtype=dtype) for m, n in zip(sizes, sizes[1:], strict=False)]
    arrays = [layer.weight.data for layer in linears]
    layers = [piece for linear in linears for piece in (linear, on_boxes(name))]
    x = Box((generator(0).normal(size=(256, 20)) * 50 + 10).astype(dtype))

    variances = lsuv(layers, x, generator(1))
    assert len(variances) == 4
    for layer, array, variance in zip(linears, arrays, variances, strict=True):
        assert layer.weight.data is array  # in place
        assert array.dtype == dtype
        scaled = array if array.shape[0] <= array.shape[1] else array.T
        product = scaled @ scaled.T  # still a multiple of an orthogonal matrix
        np.testing.assert_allclose(product, product[0, 0] * np.eye(len(scaled)), atol=1e-4)
        assert abs(variance - 1) < 0.01
    h = x
    for layer in layers:
        h = layer(h)
        if layer in linears:
            assert abs(h.data.var() - 1) < 0.01


def test_lsuv_iterates_when_a_bias_varies_and_says_when_that_is_too_much():
    x = Box(generator(0).normal(size=(500, 8)))
    spread = np.arange(6).std()
    layer = Linear(8, 6, bias=0.5 / spread)  # the bias alone has variance 0.25
    variances = lsuv([layer], x, generator(0), tolerance=1e-6, max_iterations=20)
    assert abs(layer(x).data.var() - 1) < 1e-6
    np.testing.assert_allclose(variances, layer(x).data.var(), rtol=1e-12)
    with pytest.raises(ValueError, match="layer 0 of layers must get .* after at most 1 scalings"):
        lsuv([layer], x, generator(0), tolerance=1e-6, max_iterations=1)
    with pytest.raises(ValueError, match="layer 1 of layers must get output variance 1.*its bias"):
        lsuv([on_boxes("relu"), Linear(8, 6, bias=2)], x, generator(0))


def test_lsuv_on_plain_arrays_with_another_start():
    class Plain:
        def __init__(self):
            self.weight = np.zeros((30, 8))

        def __call__(self, x):
            return x @ self.weight.T

    layer, x = Plain(), generator(0).normal(size=(100, 8))
    lsuv([layer, activations.get("relu")], x, generator(0), start=he_normal())
    he = he_normal()((30, 8), generator(0))
    np.testing.assert_allclose(layer.weight / he, layer.weight[0, 0] / he[0, 0], rtol=1e-12)
    np.testing.assert_allclose(layer(x).var(), 1, atol=0.01)


def test_lsuv_leaves_the_scale_of_a_normalization_alone():
    class Norm:
        weight = Box(np.full(8, 3.0))

        def __call__(self, x):
            return Box(self.weight.data * x.data)

    norm = Norm()
    assert len(lsuv([norm, Linear(8, 4)], Box(np.eye(8)), generator(0))) == 1
    np.testing.assert_array_equal(norm.weight.data, 3.0)


@pytest.mark.parametrize("value", [0.0, np.inf, np.nan, 1e200])
def test_lsuv_says_which_layer_cannot_be_scaled(value):
    x = Box(np.full((10, 8), value))
    x.data[::2] *= -1
    layers = [Linear(8, 4)]
    with np.errstate(all="ignore"):
        if value == 1e200:  # its variance overflows
            with pytest.raises(ValueError, match="layer 0 .* got inf after"):
                lsuv(layers, x, generator(0))
            return
        got = "0" if value == 0 else "nan"
        with pytest.raises(ValueError, match=f"layer 0 of layers .* got {got} after"):
            lsuv(layers, x, generator(0))


def test_lsuv_needs_a_layer_and_a_generator():
    x = Box(np.eye(8))
    with pytest.raises(ValueError, match="layers must contain a layer with a weight"):
        lsuv([on_boxes("relu")], x, generator(0))
    with pytest.raises(TypeError, match="rng must be"):
        lsuv([Linear(8, 4)], x, 0)
    with pytest.raises(ValueError, match="tolerance must be greater than 0"):
        lsuv([Linear(8, 4)], x, generator(0), tolerance=0)
    with pytest.raises(ValueError, match="max_iterations must be at least 1"):
        lsuv([Linear(8, 4)], x, generator(0), max_iterations=0)


def test_documentation_examples():
    for module in (initializers, initializers.initializer):
        assert doctest.testmod(module).failed == 0
        assert doctest.testmod(module).attempted > 0
