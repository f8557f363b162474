"""RNN, LSTM and GRU against PyTorch; many steps, gradients through time, states, errors."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit import nn
from coursekit.autograd import Tensor, no_grad
from coursekit.seeding import generator
from tests.nn_and_torch import assert_same, twins

NAMES = ("RNN", "LSTM", "GRU")
each_name = pytest.mark.parametrize("name", NAMES)
small = st.integers(1, 4)


def make(name, *sizes, rng=None, **settings):
    return getattr(nn, name)(*sizes, rng=rng or generator(0), **settings)


def parts(name, state):
    return state if name == "LSTM" else (state,)


@each_name
@given(seed=st.integers(0, 2**31), sizes=st.tuples(small, small), layers=st.integers(1, 3),
       bias=st.booleans(), batch_first=st.booleans(), nonlinearity=st.sampled_from(["tanh", "relu"]),
       steps=st.integers(1, 6), batch=st.integers(0, 3), with_state=st.booleans(),
       from_torch=st.booleans())  # fmt: skip
@settings(max_examples=60)
def test_outputs_states_and_all_gradients(
    name, seed, sizes, layers, bias, batch_first, nonlinearity, steps, batch, with_state, from_torch
):
    rng = generator(seed)
    options = {"num_layers": layers, "bias": bias, "batch_first": batch_first}
    if name == "RNN":
        options["nonlinearity"] = nonlinearity
    ours = make(name, *sizes, rng=rng, **options)
    theirs = getattr(torch.nn, name)(*sizes, **options)
    twins(ours, theirs, seed, from_torch)
    state = None
    if with_state:
        state = rng.normal(size=(layers, batch, sizes[1]))
        if name == "LSTM":
            state = (state, rng.normal(size=state.shape))
    shape = (batch, steps) if batch_first else (steps, batch)
    assert_same(ours, theirs, rng.normal(size=(*shape, sizes[0])), state)


@each_name
def test_a_hundred_steps(name):
    ours, theirs = twins(make(name, 3, 8), getattr(torch.nn, name)(3, 8), from_torch=False)
    with torch.no_grad():  # smaller weights, so that gradients neither vanish nor explode
        for mine, parameter in zip(ours.parameters(), theirs.parameters(), strict=True):
            parameter *= 0.3
            mine.data *= 0.3
    assert_same(ours, theirs, generator(1).normal(size=(100, 5, 3)), atol=1e-9)


@each_name
def test_only_the_last_state_used(name):
    """Each part of the result can be what the loss depends on."""
    for part in range(2 if name == "LSTM" else 1):

        def last(layer, x, part=part):
            return parts(name, layer(x)[1])[part]

        ours, theirs = twins(make(name, 2, 3), getattr(torch.nn, name)(2, 3))
        x = generator(1).normal(size=(4, 2, 2))
        mine, other = Tensor(x), torch.tensor(x, requires_grad=True)
        last(ours, mine).sum().backward()
        last(theirs, other).sum().backward()
        np.testing.assert_allclose(mine.grad, other.grad, atol=1e-12)
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            np.testing.assert_allclose(a.grad, b.grad, atol=1e-12)


@each_name
def test_backward_twice_adds_up_and_follows_the_gradient_it_is_given(name):
    layer, x = make(name, 2, 3), Tensor(generator(1).normal(size=(4, 2, 2)))
    outputs, _ = layer(x)
    grad = generator(2).normal(size=outputs.shape)
    outputs.backward(grad)
    once = x.grad.copy(), layer.weight_hh_l0.grad.copy()
    outputs.backward(-2 * grad)
    np.testing.assert_allclose(x.grad, -once[0], atol=1e-14)
    np.testing.assert_allclose(layer.weight_hh_l0.grad, -once[1], atol=1e-14)


@each_name
def test_one_array_for_the_gradient_may_be_used_again_with_other_numbers(name):
    """As in a loop over the rows of a Jacobian."""
    layer, x = make(name, 2, 3), Tensor(generator(1).normal(size=(4, 1, 2)))
    outputs, _ = layer(x)
    grad = np.zeros(outputs.shape)
    for step in range(4):
        x.grad = None
        grad[...] = 0
        grad[step] = 1
        outputs.backward(grad)
        assert x.grad[step].any()
        assert not x.grad[step + 1 :].any()


@each_name
def test_the_pair_that_a_recurrent_layer_returns_is_no_input(name):
    net = nn.Sequential(make(name, 2, 3), nn.Linear(3, 1, rng=generator(0)))
    with pytest.raises(
        TypeError,
        match=r"Linear\(3, 1\): the input must be one array or Tensor, got a tuple .*pass on one part",
    ):
        net(np.ones((5, 4, 2)))


@each_name
def test_a_sequence_in_two_pieces_is_the_whole(name):
    layer = make(name, 2, 3, num_layers=2)
    x = generator(1).normal(size=(7, 4, 2))
    whole, end = layer(x)
    first, state = layer(x[:3])
    second, end_of_second = layer(x[3:], state)
    np.testing.assert_allclose(first.data, whole.data[:3], atol=1e-14)
    np.testing.assert_allclose(second.data, whole.data[3:], atol=1e-14)
    for mine, other in zip(*(parts(name, state) for state in (end, end_of_second)), strict=True):
        np.testing.assert_allclose(mine.data, other.data, atol=1e-14)


@pytest.mark.parametrize("s", [0.9, 1.0, 1.1])
def test_gradient_of_a_linear_recurrence_is_a_power(s):
    """With W = sQ, Q orthogonal, the gradient shrinks or grows by s with each step."""
    layer = make("RNN", 4, 4, nonlinearity="identity", bias=False)
    q, _ = np.linalg.qr(generator(1).normal(size=(4, 4)))
    layer.weight_hh_l0.data[...] = s * q
    layer.weight_ih_l0.data[...] = np.eye(4)
    x = Tensor(generator(2).normal(size=(100, 1, 4)))
    outputs, _ = layer(x)
    outputs[-1].sum().backward()
    lengths = np.linalg.norm(x.grad, axis=(1, 2))
    np.testing.assert_allclose(lengths[0] / lengths[-1], s**99, rtol=1e-12)


def test_the_bias_of_the_forget_gate_is_where_the_docstring_says():
    """With the forget gate wide open, the cell keeps what it holds."""
    layer = make("LSTM", 2, 3)
    for parameter in layer.parameters():
        parameter.data[...] = 0
    layer.bias_hh_l0.data[3:6] = 50.0
    c0 = generator(1).normal(size=(1, 2, 3))
    _, (_, c) = layer(np.zeros((20, 2, 2)), (np.zeros((1, 2, 3)), c0))
    np.testing.assert_allclose(c.data, c0, rtol=1e-12)


@each_name
def test_float32_stays_and_nothing_is_recorded_in_no_grad(name):
    layer = make(name, 2, 3, num_layers=2).astype(np.float32)
    x = Tensor(generator(1).normal(size=(4, 2, 2)).astype(np.float32))
    outputs, _ = layer(x)
    outputs.sum().backward()
    assert outputs.dtype == x.grad.dtype == layer.weight_hh_l1.grad.dtype == np.float32
    with no_grad():
        outputs, _ = layer(x)
    assert not outputs.requires_grad


@each_name
def test_nan_flows_only_forward_in_time_and_within_its_sequence(name):
    x = np.zeros((5, 2, 3))
    x[2, 1] = np.nan
    outputs, _ = make(name, 3, 4)(x)
    expected = np.zeros((5, 2), bool)
    expected[2:, 1] = True
    np.testing.assert_array_equal(np.isnan(outputs.data).all(axis=2), expected)
    np.testing.assert_array_equal(np.isnan(outputs.data).any(axis=2), expected)


@pytest.mark.filterwarnings("error")
@each_name
def test_large_inputs_do_not_overflow(name):
    outputs, _ = make(name, 3, 4)(np.full((5, 2, 3), 1e5))
    assert np.isfinite(outputs.data).all()


@each_name
def test_shapes_are_checked(name):
    layer = make(name, 2, 3)
    with pytest.raises(
        ValueError, match=rf"{name}\(2, 3\): x must have shape \(steps, batch, 2\), got"
    ):
        layer(np.ones((5, 4, 3)))
    with pytest.raises(ValueError, match=r"got \(5, 2\)"):
        layer(np.ones((5, 2)))
    with pytest.raises(ValueError, match=r"x must have shape \(batch, steps, 2\), got"):
        make(name, 2, 3, batch_first=True)(np.ones((5, 2)))
    with pytest.raises(ValueError, match="a sequence must have at least one step, got none"):
        layer(np.ones((0, 4, 2)))
    wrong = np.ones((1, 5, 3))
    with pytest.raises(ValueError, match=r"the state must have shape \(1, 4, 3\), got \(1, 5, 3\)"):
        layer(np.ones((6, 4, 2)), (wrong, wrong) if name == "LSTM" else wrong)


def test_settings_are_checked():
    with pytest.raises(
        ValueError, match=r"LSTM\(2, 3\): the state must be a pair \(h, c\), got ndarray"
    ):
        make("LSTM", 2, 3)(np.ones((6, 4, 2)), np.ones((1, 4, 3)))
    with pytest.raises(ValueError, match="unknown nonlinearity: 'sigmoid'"):
        make("RNN", 2, 3, nonlinearity="sigmoid")
    with pytest.raises(ValueError, match="num_layers must be at least 1"):
        make("GRU", 2, 3, num_layers=0)
    with pytest.raises(TypeError, match=r"GRU\(2, 3\): the input data must hold real numbers"):
        make("GRU", 2, 3)([["a"]])


def test_a_net_learns_to_remember_the_first_number():
    """The gate has to learn to keep what it saw: the loss falls far below that of guessing."""
    from coursekit.optimizers import Adam

    rng = generator(0)
    lstm, head = make("LSTM", 1, 8, rng=rng), nn.Linear(8, 1, rng=rng)
    parameters, optimizer = lstm.parameters() + head.parameters(), Adam(lr=0.03)
    for _ in range(200):
        x = rng.normal(size=(8, 32, 1))
        for parameter in parameters:
            parameter.grad = None
        loss = nn.mse_loss(head(lstm(x)[0][-1]), x[0])
        loss.backward()
        optimizer.step([p.data for p in parameters], [p.grad for p in parameters])
    assert loss.item() < 0.2  # 1 for always guessing 0
