"""Losses against PyTorch: values, gradients, extreme logits, and shapes that must not pass."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from coursekit import nn
from coursekit.autograd import Tensor
from coursekit.seeding import generator

seeds = st.integers(0, 2**31)
reductions = st.sampled_from(["mean", "sum", "none"])
shapes = st.lists(st.integers(1, 4), max_size=3).map(tuple)

PAIRS = {
    "mse": (nn.mse_loss, F.mse_loss, nn.MSELoss),
    "l1": (nn.l1_loss, F.l1_loss, nn.L1Loss),
    "huber": (nn.huber_loss, F.huber_loss, nn.HuberLoss),
    "bce": (
        nn.binary_cross_entropy_with_logits,
        F.binary_cross_entropy_with_logits,
        nn.BCEWithLogitsLoss,
    ),
}
each_pair = pytest.mark.parametrize("name", PAIRS)


def assert_same_loss(mine, other, inputs, their_inputs, seed=0):
    np.testing.assert_allclose(mine.data, other.detach().numpy(), rtol=1e-10, atol=1e-14)
    weights = np.asarray(generator(seed).normal(size=mine.shape))
    mine.backward(weights)
    other.backward(torch.from_numpy(weights))
    for x, their_x in zip(inputs, their_inputs, strict=True):
        np.testing.assert_allclose(x.grad, their_x.grad.numpy(), rtol=1e-10, atol=1e-12)


@each_pair
@given(seed=seeds, shape=shapes, reduction=reductions, delta=st.sampled_from([1.0, 0.3, 5.0]))
def test_losses_and_gradients_of_both_sides(name, seed, shape, reduction, delta):
    ours, theirs, _ = PAIRS[name]
    rng = generator(seed)
    prediction = np.asarray(rng.normal(0, 3, size=shape))
    target = np.asarray(rng.random(shape) if name == "bce" else rng.normal(0, 3, size=shape))
    p, y = Tensor(prediction), Tensor(target)
    tp, ty = (torch.tensor(array, requires_grad=True) for array in (prediction, target))
    extra = {"delta": delta} if name == "huber" else {}
    mine = ours(p, y, reduction, **extra)
    other = theirs(tp, ty, reduction=reduction, **extra)
    assert_same_loss(mine, other, [p, y], [tp, ty], seed)


@each_pair
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_modules_are_the_functions(name, reduction):
    function, _, module = PAIRS[name]
    p, y = Tensor([0.5, -2.0]), np.array([1.0, 0.0])
    np.testing.assert_array_equal(module(reduction)(p, y).data, function(p, y, reduction).data)
    assert module().reduction == "mean"
    with pytest.raises(ValueError, match="unknown reduction: 'average'"):
        module("average")
    with pytest.raises(ValueError, match="unknown reduction: 'average'"):
        function(p, y, "average")


def test_the_module_of_huber_passes_delta_on():
    p, y = Tensor([3.0]), np.array([0.0])
    assert nn.HuberLoss(delta=0.5)(p, y).item() == 0.5 * (3 - 0.25)
    with pytest.raises(ValueError, match="delta must be greater than 0"):
        nn.HuberLoss(delta=0)


@given(seed=seeds, n=st.integers(1, 6), classes=st.integers(1, 5), reduction=reductions,
       scale=st.sampled_from([1.0, 100.0, 1000.0]))  # fmt: skip
def test_cross_entropy(seed, n, classes, reduction, scale):
    rng = generator(seed)
    z, y = rng.normal(0, scale, size=(n, classes)), rng.integers(classes, size=n)
    logits, their_logits = Tensor(z), torch.tensor(z, requires_grad=True)
    mine = nn.CrossEntropyLoss(reduction)(logits, y)
    other = F.cross_entropy(their_logits, torch.from_numpy(y), reduction=reduction)
    assert_same_loss(mine, other, [logits], [their_logits], seed)


@pytest.mark.parametrize("z", [-800.0, -40.0, 0.0, 40.0, 800.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_extreme_logits_neither_overflow_nor_lose_digits(z, y):
    p, tp = Tensor([z]), torch.tensor([z], dtype=torch.float64, requires_grad=True)
    mine = nn.binary_cross_entropy_with_logits(p, [y])
    other = F.binary_cross_entropy_with_logits(tp, torch.tensor([y], dtype=torch.float64))
    assert_same_loss(mine, other, [p], [tp])
    both = Tensor([[0.0, z]])
    expected = max(-z if y else z, 0) + math.log1p(math.exp(-abs(z)))
    np.testing.assert_allclose(mine.item(), expected, rtol=1e-14)
    np.testing.assert_allclose(nn.cross_entropy(both, [int(y)]).item(), expected, atol=1e-16)


@pytest.mark.parametrize("labels", [[0, 1], [False, True], np.array([0, 1], np.uint8)])
def test_classes_may_be_integers_or_booleans_where_they_are_numbers(labels):
    loss = nn.binary_cross_entropy_with_logits(Tensor([1.0, -1.0]), labels, "none")
    np.testing.assert_allclose(loss.data, np.log1p(np.exp([1.0, 1.0])))


def test_a_plain_target_takes_the_precision_of_the_prediction():
    p = Tensor(np.ones((3, 1), np.float32))
    for function, _, _ in PAIRS.values():
        loss = function(p, np.zeros((3, 1)))
        loss.backward()
        assert loss.dtype == p.grad.dtype == np.float32
    z = Tensor(np.ones((3, 2), np.float32))
    loss = nn.cross_entropy(z, [0, 1, 0])
    loss.backward()
    assert loss.dtype == z.grad.dtype == np.float32


# The trap: (N, 1) against (N,) would broadcast to (N, N)


@each_pair
@pytest.mark.parametrize(("p", "y"), [((100, 1), (100,)), ((100,), (100, 1)), ((1, 5), (5, 1))])
def test_shapes_that_differ_in_axes_of_length_1_are_refused_with_the_reason(name, p, y):
    message = (
        rf"prediction has shape {re(p)}, but target {re(y)}; .* broadcasting would compare every "
        rf"prediction with every target. Pass target.reshape\({', '.join(map(str, p))}\)"
    )
    for kind in (np.asarray, Tensor):
        with pytest.raises(ValueError, match=message):
            PAIRS[name][0](Tensor(np.zeros(p)), kind(np.zeros(y)))


@each_pair
@pytest.mark.parametrize(
    ("p", "y"), [((5,), (4,)), ((5, 2), ()), ((5, 2), (1, 2)), ((4, 2), (2, 4))]
)
def test_other_shapes_are_refused(name, p, y):
    """Without advice: to reshape (2, 4) into (4, 2) would mix up the examples."""
    with pytest.raises(ValueError, match=rf"prediction has shape {re(p)}, but target {re(y)}$"):
        PAIRS[name][0](Tensor(np.zeros(p)), np.zeros(y))


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        ((3, 4), np.zeros((3, 1), int), r"in shape \(3,\), got \(3, 1\); a column becomes .*reshape\(-1\)"),
        ((3, 4), np.eye(4)[:3], r"got \(3, 4\); for rows of zeros with a one .* rows.argmax\(axis=1\)"),
        ((3, 4), [0, 1], r"for logits of shape \(3, 4\).* in shape \(3,\), got \(2,\)$"),
        ((2, 5, 4), np.zeros((2, 5), int), r"got \(2, 5, 4\); .*pass logits.reshape\(-1, 4\) and target"),
        ((3,), [0, 1, 2], r"logits must have shape \(examples, classes\), got \(3,\)"),
        ((3, 0), [0, 1, 2], r"logits must have shape"),
        ((3, 4), [0, 4, 1], r"each class in target must be from 0 to 3, got 4 at \(1,\)"),
        ((3, 4), [0, 1, -1], r"from 0 to 3, got -1 at \(2,\)"),
    ],
)  # fmt: skip
def test_labels_that_do_not_fit_are_refused(logits, labels, message):
    with pytest.raises(ValueError, match=f"cross_entropy: .*{message}"):
        nn.cross_entropy(Tensor(np.zeros(logits)), labels)


@pytest.mark.parametrize("labels", [[0.0, 1.0, 2.0], [True, False, True], ["0", "1", "2"]])
def test_labels_must_be_integers(labels):
    with pytest.raises(TypeError, match="each class in target must be an integer, got dtype"):
        nn.cross_entropy(Tensor(np.zeros((3, 4))), labels)


def test_labels_must_not_be_a_tensor():
    with pytest.raises(TypeError, match="but a Tensor holds floating-point numbers; pass a plain"):
        nn.cross_entropy(Tensor(np.zeros((3, 4))), Tensor([0, 1, 2]))


@pytest.mark.parametrize("y", [[0.0, 1.5], [-1.0, 1.0], [0, 2]])
def test_targets_of_the_logistic_loss_are_probabilities(y):
    with pytest.raises(ValueError, match="target must be 0, 1 or a probability between them, got"):
        nn.binary_cross_entropy_with_logits(Tensor([1.0, 2.0]), y)


@each_pair
def test_wrong_types_name_the_loss(name):
    function = PAIRS[name][0]
    with pytest.raises(TypeError, match=f"{function.__name__}: the input data must hold real"):
        function(Tensor([1.0]), ["a"])
    with pytest.raises(TypeError, match=f"{function.__name__}: the input data must hold real"):
        function([1j], [1.0])


@each_pair
def test_no_examples(name):
    function = PAIRS[name][0]
    p, y = Tensor(np.ones((0, 1))), np.ones((0, 1))
    with pytest.raises(ValueError, match="no example to take the mean of"):
        function(p, y)
    assert function(p, y, "sum").item() == 0
    assert function(p, y, "none").shape == (0, 1)


def test_no_examples_in_cross_entropy():
    z, y = Tensor(np.ones((0, 3))), np.zeros(0, int)
    with pytest.raises(ValueError, match="cross_entropy: there is no example to take the mean of"):
        nn.cross_entropy(z, y)
    loss = nn.cross_entropy(z, y, "sum")
    loss.backward()
    assert loss.item() == 0
    assert z.grad.shape == (0, 3)


@each_pair
def test_nan_flows_into_loss_and_gradient(name):
    p = Tensor([np.nan, 0.5])
    loss = PAIRS[name][0](p, [1.0, 0.0], "none")
    loss.sum().backward()
    assert np.isnan(loss.data[0])
    assert np.isnan(p.grad[0])
    assert np.isfinite(loss.data[1])
    assert np.isfinite(p.grad[1])


def test_nan_flows_through_cross_entropy():
    z = Tensor([[np.nan, 0.5], [1.0, 2.0]])
    loss = nn.cross_entropy(z, [0, 1], "none")
    assert np.isnan(loss.data[0])
    assert np.isfinite(loss.data[1])


def test_a_loss_is_one_operation():
    p = Tensor(np.ones((3, 2)))
    for function, _, _ in PAIRS.values():
        assert function(p, np.zeros((3, 2))).edges[0][0] is p
    assert nn.cross_entropy(p, [0, 1, 1]).edges[0][0] is p


def re(shape):
    """A shape as a regular expression."""
    return str(shape).replace("(", r"\(").replace(")", r"\)")
