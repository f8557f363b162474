"""Losses against their own numerical derivatives, and leaf values against what they should minimize."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.boosting import class_losses, losses, quantiles
from coursekit.boosting.class_losses import Logistic, Multinomial
from coursekit.boosting.loss import Loss
from coursekit.boosting.losses import Absolute, Huber, Quantile, Squared
from coursekit.boosting.quantiles import grouped_quantile, quantile
from coursekit.derivatives import numerical_gradient

NUMBER_LOSSES = (Squared(), Absolute(), Quantile(0.8), Huber(1.5), Huber(None, 0.7))
each_number_loss = pytest.mark.parametrize("loss", NUMBER_LOSSES, ids=repr)
each_loss = pytest.mark.parametrize(
    "loss", [*NUMBER_LOSSES, Logistic(), Multinomial(2), Multinomial(4)], ids=repr
)
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=20)


def problem(loss, rng, n=30):
    """Random targets, predictions, weights and leaves for a loss."""
    F = rng.normal(scale=2, size=(n, loss.outputs) if loss.outputs > 1 else n)
    if isinstance(loss, Multinomial):
        y = np.concatenate([np.arange(loss.outputs), rng.integers(0, loss.outputs, n)])[:n]
    elif isinstance(loss, Logistic):
        y = np.concatenate([[0.0, 1.0], rng.integers(0, 2, n)])[:n].astype(float)
    else:
        y = rng.normal(scale=3, size=n)
    return y, F, rng.uniform(0.1, 3, n), rng.integers(0, 4, n)


@each_loss
@few
@given(seed=seeds)
def test_gradient_and_hessian_are_the_derivatives(loss, seed):
    y, F, _, _ = problem(loss, np.random.default_rng(seed), n=6)
    loss = loss.for_stage(y, F)
    if isinstance(loss, Huber):  # following a quantile, δ is one of the residuals: beside that kink
        loss = Huber(1.01 * loss.delta)
    slope = numerical_gradient(lambda F: loss.losses(y, F).sum(), F)
    assert loss.negative_gradient(y, F).shape == loss.hessian(y, F).shape == F.shape
    np.testing.assert_allclose(loss.negative_gradient(y, F), -slope, atol=1e-7)
    # Rows are independent, and the tree of an output uses the diagonal of its second derivatives.
    for k in np.ndindex(F.shape):

        def moved(value, k=k):
            G = F.copy()
            G[k] = value
            return -loss.negative_gradient(y, G)[k]

        np.testing.assert_allclose(
            loss.hessian(y, F)[k], numerical_gradient(moved, F[k]), atol=1e-7
        )


@each_loss
def test_value_is_the_weighted_mean(loss):
    y, F, weight, _ = problem(loss, np.random.default_rng(0))
    fixed = loss.for_stage(y, F)
    assert loss.value(y, F) == pytest.approx(fixed.losses(y, F).mean(), rel=1e-14)
    repeats = np.random.default_rng(1).integers(1, 4, len(y))
    assert loss.value(y, F, repeats.astype(float)) == pytest.approx(
        loss.value(np.repeat(y, repeats), np.repeat(F, repeats, axis=0)), rel=1e-13
    )
    assert fixed.value(y, F, weight) == pytest.approx(
        (fixed.losses(y, F) * weight).sum() / weight.sum(), rel=1e-13
    )


@each_loss
@few
@given(seed=seeds)
def test_no_constant_near_the_initial_one_has_a_smaller_loss(loss, seed):
    rng = np.random.default_rng(seed)
    y, _, weight, _ = problem(loss, rng)
    if isinstance(loss, Huber):
        loss = Huber(delta=1e3)  # the median is its start, and not its minimum: see below
        y = np.concatenate([y, -y])
        weight = np.concatenate([weight, weight])
    start = loss.initial(y, weight)
    F = np.zeros((len(y), loss.outputs) if loss.outputs > 1 else len(y))
    best = loss.value(y, F + start, weight)
    for size in (1e-3, 0.1, 1.0):
        move = rng.normal(scale=size, size=np.shape(start))
        assert best <= loss.value(y, F + (start + move), weight) + 1e-12


def test_initial_values():
    y = np.array([1.0, 2.0, 3.0, 10.0])
    assert Squared().initial(y) == 4
    assert Absolute().initial(y) == Huber().initial(y) == 2.5
    assert Quantile(0.9).initial(y) == 10
    assert Quantile(0.25).initial(y) == 1.5  # every number from 1 to 2 has the same loss
    assert Logistic().initial(np.array([1.0, 0.0, 1.0, 1.0])) == pytest.approx(math.log(3))
    logs = Multinomial(3).initial(np.array([0, 1, 1, 2, 2, 2]))
    np.testing.assert_allclose(np.exp(logs) / np.exp(logs).sum(), [1 / 6, 1 / 3, 1 / 2])
    assert logs.sum() == pytest.approx(0)


@pytest.mark.parametrize("loss", [Squared(), Absolute(), Quantile(0.3)], ids=repr)
@few
@given(seed=seeds, weighted=st.booleans())
def test_leaf_value_lowers_the_loss_most(loss, seed, weighted):
    rng = np.random.default_rng(seed)
    y, F, weight, _ = problem(loss, rng, n=int(rng.integers(1, 12)))
    weight = weight if weighted else None
    step = loss.leaf_value(y, F, weight)
    best = loss.value(y, F + step, weight)
    for other in np.concatenate([y - F, step + rng.normal(scale=0.1, size=5)]):
        assert best <= loss.value(y, F + other, weight) + 1e-12


def test_huber_leaf_is_friedmans_step():
    y, F = np.array([0.0, 1.0, 2.0, 4.0, 40.0]), np.zeros(5)
    # Median 2; beyond it −2, −1, 0, 2, 38, each cut off at ±1.5: their mean is −0.2 · 0.5.
    assert Huber(1.5).leaf_value(y, F) == pytest.approx(2 + (-1.5 - 1 + 0 + 1.5 + 1.5) / 5)
    weight = np.array([1.0, 1.0, 3.0, 1.0, 1.0])
    assert Huber(1.5).leaf_value(y, F, weight) == pytest.approx(2 + 0.5 / 7)


def test_huber_follows_its_quantile():
    y, F = np.arange(1.0, 11.0), np.zeros(10)
    assert Huber(alpha=0.85).for_stage(y, F).delta == 9
    assert Huber(alpha=0.9).for_stage(y, F).delta == 9.5
    assert Huber(alpha=0.85).for_stage(y, F, weight=np.r_[np.ones(9), 100.0]).delta == 10
    np.testing.assert_array_equal(
        Huber(alpha=0.35).negative_gradient(y, F), np.minimum(np.arange(1, 11), 4)
    )
    fixed = Huber(2.0)
    assert fixed.for_stage(y, F) is fixed


@pytest.mark.parametrize("loss", [Logistic(), Multinomial(2), Multinomial(3)], ids=repr)
@few
@given(seed=seeds)
def test_class_leaf_is_one_newton_step(loss, seed):
    y, F, weight, _ = problem(loss, np.random.default_rng(seed))
    for k in range(loss.outputs):
        column = np.zeros_like(F)
        column[..., k] = 1.0
        if F.ndim == 1:
            column[:] = 1.0

        def along(s, column=column):
            return (weight * loss.losses(y, F + s * column)).sum()

        slope = numerical_gradient(along, 0.0)
        bend = numerical_gradient(lambda s: numerical_gradient(along, s), 0.0, step=1e-3)  # noqa: B023
        factor = 1 if loss.outputs == 1 else (loss.outputs - 1) / loss.outputs
        step = loss.leaf_value(y, F, weight, output=k)
        np.testing.assert_allclose(step, -factor * slope / bend, rtol=1e-4, atol=1e-7)


@each_loss
@few
@given(seed=seeds, weighted=st.booleans())
def test_leaves_are_independent(loss, seed, weighted):
    y, F, weight, leaf = problem(loss, np.random.default_rng(seed))
    loss = loss.for_stage(y, F)
    weight = weight if weighted else None
    together = loss.leaf_values(y, F, leaf, 6, weight)
    for k in range(6):
        rows = leaf == k
        alone = 0.0
        if rows.any():
            alone = loss.leaf_value(y[rows], F[rows], None if weight is None else weight[rows])
        np.testing.assert_allclose(together[k], alone, rtol=1e-12, atol=1e-14)


def test_binary_is_the_multinomial_of_two_classes():
    y, F, _, _ = problem(Logistic(), np.random.default_rng(5))
    both = np.stack([np.zeros_like(F), F], axis=1)
    two = Multinomial(2)
    labels = y.astype(int)
    np.testing.assert_allclose(Logistic().losses(y, F), two.losses(labels, both), rtol=1e-13)
    np.testing.assert_allclose(
        Logistic().negative_gradient(y, F), two.negative_gradient(labels, both)[:, 1], rtol=1e-12
    )
    np.testing.assert_allclose(Logistic().probabilities(F), two.probabilities(both), rtol=1e-13)


def test_logistic_keeps_its_digits_far_out():
    y, F = np.array([1.0, 1.0, 0.0, 0.0]), np.array([700.0, -1e5, 1e5, -700.0])
    loss, tail = Logistic(), math.exp(-700)
    np.testing.assert_allclose(loss.negative_gradient(y, F), [tail, 1, -1, -tail], rtol=1e-12)
    np.testing.assert_allclose(loss.hessian(y, F)[[0, 3]], tail, rtol=1e-12)
    np.testing.assert_allclose(loss.losses(y, F), [tail, 1e5, 1e5, tail], rtol=1e-12)
    np.testing.assert_array_equal(loss.probabilities(F).sum(axis=1), 1)
    # Where the second derivative has vanished altogether, a leaf stays where it is.
    assert loss.leaf_value(y[1:2], F[1:2]) == 0
    wild = np.array([[1e5, 0.0, -1e5]])
    assert Multinomial(3).losses(np.array([2]), wild) == [2e5]
    np.testing.assert_array_equal(Multinomial(3).probabilities(wild), [[1, 0, 0]])


def test_kinks():
    y, F = np.array([1.0, 1.0, 1.0]), np.array([0.0, 1.0, 2.0])
    np.testing.assert_array_equal(Absolute().negative_gradient(y, F), [1, 0, -1])
    np.testing.assert_allclose(Quantile(0.7).negative_gradient(y, F), [0.7, 0, -0.3])
    np.testing.assert_array_equal(Huber(1.0).negative_gradient(y, F), [1, 0, -1])
    np.testing.assert_array_equal(Huber(0.0).negative_gradient(y, F), [0, 0, 0])


@given(
    values=st.lists(st.integers(-5, 5), min_size=1, max_size=12),
    alpha=st.sampled_from([0.1, 0.25, 0.3, 0.5, 0.7, 0.9]),
)
def test_quantile_is_the_middle_of_all_minimizers(values, alpha):
    values = np.array(values, dtype=float)
    expected = np.quantile(values, alpha, method="averaged_inverted_cdf")
    # NumPy's index alpha * n is rounded; near a whole number it may take one side for both.
    near = abs(alpha * len(values) - round(alpha * len(values))) < 1e-9
    if near:
        k = round(alpha * len(values))
        ordered = np.sort(values)
        expected = (ordered[max(k - 1, 0)] + ordered[min(k, len(values) - 1)]) / 2
    assert quantile(values, alpha) == expected
    if alpha == 0.5:
        assert quantile(values, alpha) == np.median(values)


@given(seed=seeds, alpha=st.floats(0.05, 0.95))
def test_weights_repeat_rows_in_quantiles(seed, alpha):
    rng = np.random.default_rng(seed)
    values, group = rng.integers(-3, 4, 20).astype(float), rng.integers(0, 3, 20)
    repeats = rng.integers(1, 4, 20)
    weighted = grouped_quantile(values, alpha, group, 4, repeats.astype(float))
    repeated = grouped_quantile(np.repeat(values, repeats), alpha, np.repeat(group, repeats), 4)
    np.testing.assert_array_equal(weighted, repeated)
    assert weighted[3] == 0


@pytest.mark.parametrize("kind", [Huber, Quantile])
@pytest.mark.parametrize("alpha", [0, 1, -0.5, 2.0, math.nan])
def test_alpha_out_of_range(kind, alpha):
    with pytest.raises(ValueError, match="alpha must be"):
        kind(alpha=alpha)


def test_bad_arguments():
    with pytest.raises(TypeError, match="alpha must be a real number, got 'half'"):
        Quantile("half")
    with pytest.raises(ValueError, match="delta must be at least 0, got -1"):
        Huber(-1)
    with pytest.raises(ValueError, match="n_classes must be at least 2, got 1"):
        Multinomial(1)
    with pytest.raises(TypeError):
        Multinomial()


@pytest.mark.parametrize("loss", [*NUMBER_LOSSES, Logistic()], ids=repr)
def test_shapes_that_numpy_would_spread(loss):
    y, F = np.ones(3), np.ones((3, 1))
    for method in (loss.negative_gradient, loss.losses, loss.value):
        with pytest.raises(ValueError, match=r"F must have the shape of y, \(3,\)"):
            method(y, F)


@each_loss
def test_lists_are_as_good_as_arrays(loss):
    y, F, weight, leaf = problem(loss, np.random.default_rng(2))
    n_leaves = leaf.max() + 1
    lists = y.tolist(), F.tolist()
    for method in (loss.losses, loss.negative_gradient, loss.value, loss.leaf_value):
        np.testing.assert_array_equal(method(*lists), method(y, F))
    np.testing.assert_array_equal(loss.hessian(*lists), loss.hessian(y, F))
    np.testing.assert_array_equal(loss.initial(lists[0]), loss.initial(y))
    np.testing.assert_array_equal(
        loss.leaf_values(*lists, leaf.tolist(), n_leaves, weight.tolist()),
        loss.leaf_values(y, F, leaf, n_leaves, weight),
    )
    if hasattr(loss, "probabilities"):
        np.testing.assert_array_equal(loss.probabilities(lists[1]), loss.probabilities(F))


def test_what_a_loss_does_not_define_is_named():
    class Unfinished(Loss):
        pass

    y = F = np.zeros(2)
    for name in ("losses", "negative_gradient", "hessian"):
        with pytest.raises(NotImplementedError, match=rf"^Unfinished does not define {name}$"):
            getattr(Unfinished(), name)(y, F)
    with pytest.raises(NotImplementedError, match="does not define initial$"):
        Unfinished().initial(y)
    with pytest.raises(NotImplementedError, match="does not define leaf_values$"):
        Unfinished().leaf_value(y, F)


def test_labels_that_are_no_class_numbers():
    for y in ([-1.0, 1.0, 1.0], [0.5, 0.0, 1.0]):
        with pytest.raises(ValueError, match=r"y must hold only 0 and 1, got .* at index \(0,\)"):
            Logistic().initial(y)
    loss, F = Multinomial(3), np.zeros((2, 3))
    for method in (loss.losses, loss.negative_gradient, loss.leaf_value):
        with pytest.raises(ValueError, match=r"y must be from 0 to 2, got -1 at index \(1,\)"):
            method([0, -1], F)
        with pytest.raises(TypeError, match="y must hold integers.*got dtype float64"):
            method([0.0, 1.0], F)
    with pytest.raises(ValueError, match="y must be from 0 to 2, got 3"):
        loss.initial([0, 1, 2, 3])


def test_shape_of_multinomial_predictions():
    for method in (Multinomial(3).negative_gradient, Multinomial(3).losses):
        with pytest.raises(ValueError, match=r"F must have shape \(2, 3\), got shape \(2, 2\)"):
            method(np.array([0, 1]), np.zeros((2, 2)))


def test_no_finite_start():
    with pytest.raises(ValueError, match="both classes, got only class 1"):
        Logistic().initial(np.ones(3))
    with pytest.raises(ValueError, match="both classes, got only class 0"):
        Logistic().initial(np.zeros(3))
    with pytest.raises(ValueError, match="got none of 1"):
        Multinomial(3).initial(np.array([0, 2]))


@pytest.mark.parametrize("module", [losses, class_losses, quantiles])
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
