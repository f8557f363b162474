"""Layers and activations against PyTorch: outputs, gradients, running statistics, first weights."""

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coursekit import activations, nn
from coursekit.autograd import Tensor, no_grad
from coursekit.seeding import generator
from tests.nn_and_torch import assert_same, twins

seeds = st.integers(0, 2**31)
small = st.integers(1, 4)
pairs = st.integers(1, 3) | st.tuples(st.integers(1, 3), st.integers(1, 3))


# Linear, embedding, flatten


@given(seed=seeds, shape=st.lists(st.integers(0, 4), max_size=3), sizes=st.tuples(small, small),
       bias=st.booleans(), from_torch=st.booleans())  # fmt: skip
def test_linear(seed, shape, sizes, bias, from_torch):
    rng = generator(seed)
    ours = nn.Linear(*sizes, bias=bias, rng=rng)
    twins(ours, theirs := torch.nn.Linear(*sizes, bias=bias), seed, from_torch)
    assert_same(ours, theirs, rng.normal(size=(*shape, sizes[0])))


@given(seed=seeds, shape=st.lists(st.integers(0, 4), max_size=2), sizes=st.tuples(small, small))
@settings(max_examples=40)
def test_embedding(seed, shape, sizes):
    rng = generator(seed)
    ours, theirs = twins(nn.Embedding(*sizes, rng=rng), torch.nn.Embedding(*sizes), seed)
    assert_same(ours, theirs, rng.integers(0, sizes[0], size=shape))


def test_embedding_errors():
    table = nn.Embedding(3, 2, rng=generator(0))
    with pytest.raises(
        TypeError, match=r"Embedding\(3, 2\): each index must be an integer.*float64"
    ):
        table(np.ones(3))
    with pytest.raises(ValueError, match=r"each index must be from 0 to 2, got 3 at \(1, 0\)"):
        table([[0, 1], [3, -1]])
    with pytest.raises(ValueError, match=r"got -1 at \(0,\)"):
        table([-1])


@given(seed=seeds, shape=st.lists(st.integers(0, 3), min_size=1, max_size=4))
@settings(max_examples=40)
def test_flatten(seed, shape):
    x = generator(seed).normal(size=shape)
    result = nn.Flatten()(x)
    assert result.shape == (shape[0], math.prod(shape[1:]))
    if x.size:
        assert_same(nn.Flatten(), torch.nn.Flatten() if x.ndim > 1 else lambda x: x[:, None], x)


def test_flatten_needs_examples():
    with pytest.raises(
        ValueError, match=r"Flatten\(\): x must have shape \(examples, ...\), got \(\)"
    ):
        nn.Flatten()(1.0)


def test_plain_arrays_lists_and_integers_are_constants():
    layer = nn.Linear(2, 3, rng=generator(0))
    expected = layer(Tensor([[1.0, 2.0]])).data
    for x in ([[1, 2]], np.array([[1, 2]]), np.array([[1.0, 2.0]], np.float32)):
        np.testing.assert_allclose(layer(x).data, expected, rtol=1e-15)
    for x in ([["a", "b"]], np.array([[1j, 2]]), np.array([[True, False]])):
        with pytest.raises(
            TypeError, match=r"Linear\(2, 3\): the input data must hold real numbers"
        ):
            layer(x)


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 2, 1), (), (0, 3)])
def test_linear_names_the_layer_and_the_shapes(shape):
    layer = nn.Linear(2, 4, rng=generator(0))
    with pytest.raises(ValueError, match=r"Linear\(2, 4\): x must have shape \(..., 2\), got \("):
        layer(np.ones(shape))


def test_nan_flows_through_to_its_own_rows_only():
    rng = generator(0)
    net = nn.Sequential(
        nn.Linear(2, 3, rng=rng), nn.ReLU(), nn.LayerNorm(3), nn.Linear(3, 1, rng=rng)
    )
    out = net([[1.0, 2.0], [np.nan, 2.0]]).data
    assert np.isfinite(out[0]).all()
    assert np.isnan(out[1]).all()


# Images


@pytest.mark.parametrize("mode", ["zeros", "circular"])
@given(seed=seeds, channels=st.tuples(small, small), kernel=pairs, stride=pairs,
       padding=st.integers(0, 2) | st.tuples(st.integers(0, 2), st.integers(0, 2)),
       bias=st.booleans(), n=st.integers(0, 3),
       from_torch=st.booleans())  # fmt: skip
def test_conv2d(mode, seed, channels, kernel, stride, padding, bias, n, from_torch):
    assume(n > 0 or mode == "zeros" or padding in (0, (0, 0)))  # torch wraps no empty batch
    rng = generator(seed)
    shape = (n, channels[0], *rng.integers(3, 7, size=2))
    ours = nn.Conv2d(*channels, kernel, stride, padding, bias, mode, rng=rng)
    theirs = torch.nn.Conv2d(*channels, kernel, stride, padding, bias=bias, padding_mode=mode)
    twins(ours, theirs, seed, from_torch)
    assert_same(ours, theirs, rng.normal(size=shape))


@given(seed=seeds, kernel=pairs, stride=st.none() | pairs, pad=st.booleans(), largest=st.booleans())
def test_pooling(seed, kernel, stride, pad, largest):
    rng = generator(seed)
    height, width = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    padding = (height // 2, width // 2) if pad else 0
    ours, theirs = (
        (nn.MaxPool2d, torch.nn.MaxPool2d) if largest else (nn.AvgPool2d, torch.nn.AvgPool2d)
    )
    x = rng.normal(size=(2, 3, *rng.integers(3, 7, size=2)))
    assert_same(ours(kernel, stride, padding), theirs(kernel, stride, padding), x)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (nn.Conv2d(3, 4, 5, rng=generator(0)), (2, 1, 8, 8), r"Conv2d\(3, .*: x must have shape"),
        (nn.Conv2d(3, 4, 5, rng=generator(0)), (3, 8, 8), r"got \(3, 8, 8\)"),
        (nn.Conv2d(3, 4, 5, rng=generator(0)), (2, 3, 4, 4), r"window of \(5, 5\) does not fit"),
        (nn.Conv2d(1, 1, 3, 1, 5, True, "circular", rng=generator(0)), (1, 1, 4, 6), "padding must fit"),
        (nn.MaxPool2d(2), (3, 8, 8), r"MaxPool2d.*: x must have shape \(images, channels"),
        (nn.AvgPool2d(9), (1, 3, 8, 8), "does not fit into an image"),
    ],
)  # fmt: skip
def test_errors_of_image_layers(layer, shape, message):
    with pytest.raises(ValueError, match=message):
        layer(np.ones(shape))


def test_settings_of_image_layers_are_checked():
    with pytest.raises(ValueError, match="kernel_size must be an integer of at least 1.*got 0"):
        nn.Conv2d(1, 1, 0, rng=generator(0))
    with pytest.raises(ValueError, match="unknown padding_mode: 'same'"):
        nn.Conv2d(1, 1, 3, padding_mode="same", rng=generator(0))
    with pytest.raises(
        ValueError, match=r"padding must be at most half of kernel_size \(2, 2\), got 2"
    ):
        nn.MaxPool2d(2, padding=2)


# Normalization


@given(seed=seeds, kind=st.sampled_from(["vectors", "sequences", "images"]), n=st.integers(2, 5),
       features=small, affine=st.booleans(), momentum=st.sampled_from([0.1, 0.0, 0.6, 1.0]),
       eps=st.sampled_from([1e-5, 0.1]))  # fmt: skip
def test_batch_normalization(seed, kind, n, features, affine, momentum, eps):
    rng = generator(seed)
    rest = {"vectors": (), "sequences": (3,), "images": (2, 3)}[kind]
    name = "BatchNorm2d" if kind == "images" else "BatchNorm1d"
    ours = getattr(nn, name)(features, eps, momentum, affine)
    theirs = getattr(torch.nn, name)(features, eps, momentum, affine)
    twins(ours, theirs, seed)
    for _ in range(3):
        batch = rng.normal(rng.normal(), 3, size=(n, features, *rest))
        assert_same(ours, theirs, batch)
        ours.zero_grad()
        theirs.zero_grad()
        for buffer, array in theirs.state_dict().items():
            np.testing.assert_allclose(ours.state_dict()[buffer], array, atol=1e-12)
    before = ours.state_dict()
    ours.eval(), theirs.eval()
    assert_same(ours, theirs, rng.normal(size=(1, features, *rest)))
    for buffer, array in before.items():
        np.testing.assert_array_equal(ours.state_dict()[buffer], array)


def test_running_statistics_also_move_inside_no_grad_and_travel_back_to_torch():
    ours, theirs = nn.BatchNorm1d(2), torch.nn.BatchNorm1d(2).double()
    with no_grad():
        ours(generator(0).normal(size=(5, 2)))
    assert ours.running_mean.all()
    assert ours.num_batches_tracked == 1
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.state_dict().items()})
    assert_same(ours.eval(), theirs.eval(), generator(1).normal(size=(3, 2)))


@pytest.mark.parametrize("shape", [(1, 3), (0, 3), (1, 3, 1)])
def test_batch_normalization_needs_two_numbers_of_each_feature_in_training(shape):
    layer = nn.BatchNorm1d(3)
    with pytest.raises(
        ValueError, match=r"BatchNorm1d\(3\): in training, .* two numbers, got x of shape"
    ):
        layer(np.ones(shape))
    assert layer.eval()(np.ones(shape)).shape == shape
    if shape[0]:
        with pytest.raises(ValueError, match="Expected more than 1 value per channel"):
            torch.nn.BatchNorm1d(3)(torch.ones(shape))


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (nn.BatchNorm1d(3), (5, 2), r"BatchNorm1d\(3\): x must have shape \(N, 3\) or \(N, 3, l.*\(5, 2\)"),
        (nn.BatchNorm1d(3), (5, 3, 2, 2), r"got \(5, 3, 2, 2\)"),
        (nn.BatchNorm1d(3), (3,), r"got \(3,\)"),
        (nn.BatchNorm2d(3), (5, 3), r"BatchNorm2d\(3\): x must have shape \(N, 3, height, w"),
        (nn.LayerNorm((2, 3)), (3, 2), r"x must have shape \(..., 2, 3\), got \(3, 2\)"),
        (nn.LayerNorm(3), (), r"got \(\)"),
    ],
)  # fmt: skip
def test_shapes_of_normalization_are_checked(layer, shape, message):
    with pytest.raises(ValueError, match=message):
        layer(np.ones(shape))


@given(seed=seeds, batch=st.lists(small, max_size=2), shape=st.lists(small, min_size=1, max_size=2),
       affine=st.booleans(), eps=st.sampled_from([1e-5, 0.1]))  # fmt: skip
@settings(max_examples=50)
def test_layer_normalization(seed, batch, shape, affine, eps):
    ours = nn.LayerNorm(tuple(shape), eps, affine)
    theirs = torch.nn.LayerNorm(shape, eps, affine)
    # With ε = 1e-5 and examples of one number the slope is 0 but for rounding, times 300.
    x = generator(seed).normal(size=(*batch, *shape))
    assert_same(*twins(ours, theirs, seed), x, atol=1e-9 if math.prod(shape) == 1 else 1e-10)


def test_settings_of_normalization_are_checked():
    with pytest.raises(ValueError, match="eps must be greater than 0"):
        nn.BatchNorm1d(3, eps=0)
    with pytest.raises(ValueError, match="normalized_shape must have at least one axis"):
        nn.LayerNorm(())
    with pytest.raises(TypeError, match="num_features must be an integer"):
        nn.BatchNorm2d(3.0)


# Dropout


def test_dropout_drops_the_share_asked_for_scales_the_rest_and_masks_the_gradient():
    layer, x = nn.Dropout(0.3, rng=generator(0)), Tensor(np.full((200, 500), 2.0))
    out = layer(x)
    dropped = out.data == 0
    assert abs(dropped.mean() - 0.3) < 5 * math.sqrt(0.3 * 0.7 / x.size)
    np.testing.assert_allclose(out.data[~dropped], 2 / 0.7)
    out.sum().backward()
    np.testing.assert_allclose(x.grad, np.where(dropped, 0, 1 / 0.7))
    assert (layer(x).data != out.data).any()  # another mask each time
    np.testing.assert_array_equal(nn.Dropout(0.3, rng=generator(0))(x).data, out.data)
    assert layer.eval()(x) is x


def test_dropout_at_the_ends_and_in_float32():
    x = Tensor(np.ones(50, np.float32))
    assert nn.Dropout(0, rng=generator(0))(x) is x
    assert not nn.Dropout(1, rng=generator(0))(x).data.any()
    assert nn.Dropout(0.5, rng=generator(0))(x).dtype == np.float32
    with pytest.raises(ValueError, match=r"p must be at most 1, got 1.5"):
        nn.Dropout(1.5, rng=generator(0))


# Activations

ACTIVATIONS = [
    (nn.Sigmoid(), torch.nn.Sigmoid()),
    (nn.Tanh(), torch.nn.Tanh()),
    (nn.ReLU(), torch.nn.ReLU()),
    (nn.LeakyReLU(), torch.nn.LeakyReLU()),
    (nn.LeakyReLU(0.3), torch.nn.LeakyReLU(0.3)),
    (nn.ELU(), torch.nn.ELU()),
    (nn.ELU(0.5), torch.nn.ELU(0.5)),
    (nn.GELU(), torch.nn.GELU()),
    (nn.SiLU(), torch.nn.SiLU()),
    (nn.Softplus(), torch.nn.Softplus()),
]


@pytest.mark.parametrize(("ours", "theirs"), ACTIVATIONS, ids=lambda layer: repr(layer))
@given(seed=seeds, shape=st.lists(st.integers(0, 4), max_size=3), scale=st.sampled_from([1, 5]))
@settings(max_examples=20)
def test_activations(ours, theirs, seed, shape, scale):
    assert_same(ours, theirs, np.asarray(generator(seed).normal(0, scale, size=shape)))


@pytest.mark.parametrize("name", activations.NAMES)
def test_any_activation_by_name(name):
    f = activations.get(name)
    x = Tensor(np.linspace(-3, 3, 25))
    out = nn.ActivationLayer(name)(x)
    out.sum().backward()
    assert out.op == name
    np.testing.assert_array_equal(out.data, f(x.data))
    np.testing.assert_array_equal(x.grad, f.derivative(x.data))


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="unknown activation: 'rellu'.*Did you mean 'relu'"):
        nn.ActivationLayer("rellu")


@pytest.mark.parametrize(("ours", "theirs"), ACTIVATIONS, ids=lambda layer: repr(layer))
def test_activations_keep_float32(ours, theirs):
    x = Tensor(np.linspace(-2, 2, 9, dtype=np.float32))
    out = ours(x)
    out.sum().backward()
    assert out.dtype == x.grad.dtype == np.float32


# First weights

LAYERS = [
    (lambda rng: nn.Linear(20, 4000, rng=rng), 20),
    (lambda rng: nn.Conv2d(3, 400, (2, 5), rng=rng), 30),
    (lambda rng: nn.RNN(5, 100, rng=rng), 100),
    (lambda rng: nn.LSTM(5, 100, rng=rng), 100),
    (lambda rng: nn.GRU(5, 100, rng=rng), 100),
]


@pytest.mark.parametrize(("make", "fan_in"), LAYERS)
def test_first_weights_are_uniform_on_one_over_the_root_of_fan_in_and_repeatable(make, fan_in):
    layer, bound = make(generator(0)), 1 / math.sqrt(fan_in)
    for name, parameter in layer.named_parameters():
        scaled = np.sort(parameter.data.reshape(-1)) / bound
        assert scaled[0] >= -1
        assert scaled[-1] < 1
        # Kolmogorov and Smirnov's distance to the uniform distribution, far beyond its 99.9 % point
        expected = np.linspace(-1, 1, scaled.size)
        assert np.abs(scaled - expected).max() / 2 < 2.2 / math.sqrt(scaled.size), name
    again, other = make(generator(0)), make(generator(1))
    np.testing.assert_array_equal(nn.to_vector(again), nn.to_vector(layer))
    assert (nn.to_vector(other) != nn.to_vector(layer)).mean() > 0.99


def test_first_table_of_an_embedding_is_standard_normal():
    table = nn.Embedding(500, 200, rng=generator(0)).weight.data
    assert abs(table.mean()) < 0.02
    assert abs(table.std() - 1) < 0.01
    assert abs((np.abs(table) < 1).mean() - 0.6827) < 0.01


@pytest.mark.parametrize(
    "make",
    [
        lambda **rng: nn.Linear(2, 3, **rng),
        lambda **rng: nn.Conv2d(2, 3, 3, **rng),
        lambda **rng: nn.Embedding(2, 3, **rng),
        lambda **rng: nn.Dropout(**rng),
        lambda **rng: nn.LSTM(2, 3, **rng),
    ],
)
@pytest.mark.parametrize("rng", [None, 0, np.random.RandomState(0)])
def test_rng_is_required(make, rng):
    with pytest.raises(TypeError, match="rng"):
        make()
    with pytest.raises(TypeError, match="rng must be a random generator, so that"):
        make(rng=rng)


@pytest.mark.parametrize("sizes", [(0, 3), (3, -1)])
def test_sizes_are_checked(sizes):
    with pytest.raises(ValueError, match="must be at least 1"):
        nn.Linear(*sizes, rng=generator(0))
    with pytest.raises(TypeError, match="in_features must be an integer, got 2.0"):
        nn.Linear(2.0, 3, rng=generator(0))
