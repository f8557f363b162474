"""The descent loop against PyTorch and formulas, its endings, data, and experiments of the course."""

import doctest
import io
import math
import sys
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from coursekit import descent, landscapes
from coursekit.autograd import Tensor
from coursekit.clipping import clip_by_norm, clip_by_value
from coursekit.derivatives import check_gradient, numerical_gradient
from coursekit.descent import (
    REASONS,
    DataObjective,
    LeastSquares,
    Logistic,
    Noisy,
    Objective,
    StreamObjective,
    backpropagated,
    data,
    descend,
    largest_curvature,
    loop,
    models,
    objectives,
    progress,
    record,
    sampler,
)
from coursekit.optimizers import SGD
from coursekit.schedules import InverseTime, Plateau
from coursekit.seeding import fraction, repeat

BOWL = landscapes.get("bowl", condition=10)
WELL = Objective(lambda x: (x**2 - 1) ** 2 + 0.3 * x, lambda x: 4 * x * (x**2 - 1) + 0.3)
SQUARE = Objective(lambda x: 0.5 * x**2, lambda x: x)
seeds = st.integers(0, 2**32 - 1)


def quartic_saddle(points):
    x, y = points[..., 0], points[..., 1]
    return x**2 / 2 + y**4 / 4 - y**2 / 2, np.stack([x, y**3 - y], axis=-1)


def regression(seed=0, rows=60, features=3, noise=0.5):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, features))
    return X, X @ rng.normal(size=features) + noise * rng.normal(size=rows)


def classification(seed=0, rows=80, features=3):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, features))
    return X, (X @ rng.normal(size=features) + rng.normal(size=rows) > 0).astype(int)


def squared_error(w, X, y):
    error = X @ w - y
    return 0.5 * np.mean(error**2), X.T @ error / len(y)


# --- One run ---


@given(
    seed=seeds,
    momentum=st.sampled_from([0.0, 0.5, 0.9]),
    steps=st.integers(0, 40),
    name=st.sampled_from(["bowl", "ravine", "rosenbrock", "himmelblau"]),
)
def test_path_is_that_of_torch(seed, momentum, steps, name):
    f = landscapes.get(name)
    start = np.random.default_rng(seed).uniform(-1.5, 1.5, size=2)
    x = torch.tensor(start, requires_grad=True)
    theirs = torch.optim.SGD([x], lr=1e-4, momentum=momentum)
    positions = [x.detach().numpy().copy()]
    for _ in range(steps):
        x.grad = torch.tensor(f.gradient(x.detach().numpy()))
        theirs.step()
        positions.append(x.detach().numpy().copy())

    path = descend(f, start, SGD(1e-4, momentum), steps)
    np.testing.assert_allclose(path.positions, positions, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(path.losses, f(path.positions), rtol=1e-14)
    np.testing.assert_allclose(
        path.gradient_norms, np.linalg.norm(f.gradient(path.positions), axis=-1)
    )
    assert len(path) == steps + 1
    assert path.steps == steps
    assert path.reason == "budget"
    np.testing.assert_array_equal(path.work, np.arange(steps + 1))
    np.testing.assert_array_equal(path.learning_rates, np.full(steps, 1e-4))


def test_neither_start_nor_optimizer_is_changed_and_a_path_can_be_continued():
    start = np.array([1.0, 1.0])
    optimizer = SGD(0.01, momentum=0.9)
    whole = descend(BOWL, start, optimizer, 30)
    first = descend(BOWL, start, optimizer, 10)
    rest = descend(BOWL, first.end, first.optimizer, 20)
    np.testing.assert_array_equal(start, [1.0, 1.0])
    assert optimizer.t == 0
    np.testing.assert_array_equal(rest.positions, whole.positions[10:])
    with pytest.raises(ValueError, match="read-only"):
        whole.losses[0] = 0


def test_a_number_a_vector_a_matrix_and_a_list_of_arrays():
    """The same bowl, with its unknowns held in four ways."""
    start = np.arange(1.0, 7.0)
    rate = SGD(0.1)

    def bowl(x):
        return 0.5 * np.sum(x**2), x

    def split(arrays):
        return sum(bowl(a)[0] for a in arrays), list(arrays)

    vector = descend(bowl, start, rate, 5)
    matrix = descend(bowl, start.reshape(2, 3), rate, 5)
    several = descend(split, [start[:2], start[2:].reshape(2, 2)], rate, 5)
    np.testing.assert_array_equal(matrix.positions.reshape(6, 6), vector.positions)
    np.testing.assert_array_equal(several.positions[0], vector.positions[:, :2])
    np.testing.assert_array_equal(several.positions[1].reshape(6, 4), vector.positions[:, 2:])
    np.testing.assert_allclose(several.losses, vector.losses)
    np.testing.assert_allclose(several.gradient_norms, vector.gradient_norms)
    np.testing.assert_array_equal(several.end[1].ravel(), vector.end[2:])
    assert several.best.step == 5
    np.testing.assert_array_equal(several.best.position[0], vector.end[:2])

    number = descend(bowl, 2, rate, 5)
    np.testing.assert_allclose(number.positions, 2 * 0.9 ** np.arange(6))


def test_float32_stays():
    path = descend(lambda x: (np.sum(x**2), 2 * x), np.ones(3, dtype=np.float32), SGD(0.1), 4)
    assert path.positions.dtype == np.float32


def test_each_ending():
    start = [1.0, 1.0]
    assert descend(BOWL, start, SGD(0.1), 3).reason == "budget"
    assert descend(BOWL, start, SGD(0.1), 0).steps == 0

    path = descend(BOWL, start, SGD(0.1), 500, tolerance=1e-6)
    assert path.reason == "converged"
    assert path.converged
    assert path.gradient_norms[-1] <= 1e-6 < path.gradient_norms[-2]
    assert len(path) == path.steps + 1 < 500

    path = descend(BOWL, start, SGD(0.1), 500, target=1e-3)
    assert path.converged
    assert path.losses[-1] <= 1e-3 < path.losses[-2]

    path = descend(BOWL, start, SGD(0.1), 500, until=lambda x: x[0] < 0.5)
    assert path.reason == "stopped"
    assert not path.converged
    assert path.positions[-1, 0] < 0.5 <= path.positions[-2, 0]

    path = descend(BOWL, start, SGD(0.3), 500)  # y grows twofold each step: |1 - 0.3 * 10| = 2
    assert path.reason == "diverged"
    assert path.losses[-1] > 1e10 * BOWL(start) >= path.losses[-2]
    assert path.loss == path.losses[-1]
    assert descend(BOWL, start, SGD(0.3), 500, diverged_above=100).losses[-2] <= 100

    path = descend(BOWL, start, SGD(0.3), 5000, diverged_above=math.inf)
    assert path.reason == "non-finite"
    assert np.isfinite(path.losses[:-1]).all()
    assert not np.isfinite([path.losses[-1], path.gradient_norms[-1]]).all()
    assert path.steps == len(path) - 1
    saddle = descend(landscapes.get("saddle"), [0.0, 1.0], SGD(0.1), 5000)
    assert (saddle.reason, saddle.loss < 0) == ("diverged", True)


def test_a_gradient_of_zero_ends_a_run_only_if_asked():
    assert descend(BOWL, [0.0, 0.0], SGD(0.1), 7).steps == 7
    path = descend(BOWL, [0.0, 0.0], SGD(0.1), 7, tolerance=0)
    assert (path.steps, path.reason, len(path.learning_rates)) == (0, "converged", 0)


@pytest.mark.parametrize("where", ["loss", "gradient"])
def test_what_is_not_finite_is_recorded_and_ends_the_run(where):
    calls = iter(range(100))

    def breaks(x):
        bad = next(calls) == 3
        return math.nan if bad and where == "loss" else 1.0, x * (math.inf if bad else 1.0)

    path = descend(breaks, np.ones(2), SGD(0.1), 50)
    assert (path.reason, path.steps) == ("non-finite", 3)
    assert math.isnan(path.loss) if where == "loss" else math.isinf(path.gradient_norm)
    assert path.best.step == 0
    assert descend(lambda x: (math.nan, x), np.ones(2), SGD(0.1), 50).steps == 0


def test_interrupting_keeps_what_was_computed():
    def stop(step, position, loss):
        if step == 7:
            raise KeyboardInterrupt

    for every in (1, 5, None):
        path = descend(BOWL, [1.0, 1.0], SGD(0.01), 100, callback=stop, every=every)
        assert (path.reason, path.steps) == ("interrupted", 7)
        assert len(path.losses) == 8
        np.testing.assert_allclose(BOWL(path.end), path.loss)
    many = descend(BOWL, np.ones((3, 2)), SGD(0.01), 100, callback=stop)
    assert many.reason.tolist() == ["interrupted"] * 3

    def at_once(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        descend(at_once, [1.0], SGD(0.1), 5)


def test_thinned_positions():
    whole = descend(BOWL, [1.0, 1.0], SGD(0.01), 23)
    for every in (1, 2, 5, 23, 24, 100):
        path = descend(BOWL, [1.0, 1.0], SGD(0.01), 23, every=every)
        kept = sorted({*range(0, 24, every), 23})
        assert path.position_steps.tolist() == kept
        np.testing.assert_array_equal(path.positions, whole.positions[kept])
        np.testing.assert_array_equal(path.losses, whole.losses)
    ends = descend(BOWL, [1.0, 1.0], SGD(0.01), 23, every=None)
    assert ends.position_steps.tolist() == [0, 23]
    assert len(descend(BOWL, [1.0, 1.0], SGD(0.01), 0, every=None).positions) == 1
    ten = descend(BOWL, [1.0, 1.0], SGD(0.1), 500, target=1e-3, every=10)
    assert ten.position_steps[-1] == ten.steps
    np.testing.assert_allclose(BOWL(ten.positions), ten.losses[ten.position_steps])


def test_a_record_too_large_for_memory_is_refused_with_advice(monkeypatch):
    monkeypatch.setattr(record, "LARGEST", 1000)
    with pytest.raises(ValueError, match=r"steps=1000 would record .* GiB.*every="):
        descend(BOWL, [1.0, 1.0], SGD(0.1), 1000)
    assert len(descend(BOWL, [1.0, 1.0], SGD(0.1), 20, every=None)) == 21
    with pytest.raises(ValueError, match="GiB; take fewer steps or runs at once"):
        descend(BOWL, [1.0, 1.0], SGD(0.1), 1000, every=None)


def test_best_is_the_lowest_place_kept():
    path = descend(BOWL, [0.0, 1.0], SGD(0.21), 20)  # overshoots further at each step
    assert path.best.step == 0
    path = descend(BOWL, [1.0, 1.0], SGD(0.15, momentum=0.9), 60, every=7)
    k = np.argmin(path.losses[path.position_steps])
    assert path.best.step == path.position_steps[k]
    assert path.best.loss == path.losses[path.best.step] == BOWL(path.best.position)


def test_schedules_and_rates_used():
    schedule = InverseTime(0.1, decay=1.0)
    path = descend(BOWL, [1.0, 0.0], SGD(5.0), 4, schedule=schedule)
    np.testing.assert_allclose(path.learning_rates, [0.1, 0.05, 0.1 / 3, 0.025])
    np.testing.assert_allclose(path.positions[:, 0], np.cumprod([1, *(1 - path.learning_rates)]))
    assert path.optimizer.lr == pytest.approx(0.025)

    plateau = Plateau(0.25, factor=0.5, patience=1)
    path = descend(BOWL, [0.0, 1.0], SGD(1.0), 8, schedule=plateau)  # 0.25 > 2/10: it rises
    assert path.learning_rates.tolist() == [0.25, 0.25, 0.125, *[0.125] * 5]
    assert plateau.waited == 0
    assert plateau.best == math.inf


def test_clipping_by_number_equals_clipping_by_function_and_torch():
    start = np.array([2.0, -1.5])
    by_number = descend(BOWL, start, SGD(0.1), 12, clip=3.0)
    by_function = descend(BOWL, start, SGD(0.1), 12, clip=partial(clip_by_norm, limit=3.0))
    np.testing.assert_allclose(by_number.positions, by_function.positions, rtol=1e-14)
    assert by_number.gradient_norms[0] > 3  # as seen, not as clipped
    np.testing.assert_allclose(np.linalg.norm(by_number.positions[1] - start), 0.3)

    w = torch.tensor(start, requires_grad=True)
    theirs = torch.optim.SGD([w], lr=0.1)
    for _ in range(12):
        w.grad = torch.tensor(BOWL.gradient(w.detach().numpy()))
        torch.nn.utils.clip_grad_value_([w], 1.0)
        theirs.step()
    by_value = descend(BOWL, start, SGD(0.1), 12, clip=partial(clip_by_value, limit=1.0))
    np.testing.assert_allclose(by_value.end, w.detach().numpy(), rtol=1e-14)
    for kind in (list, tuple):
        signs = descend(
            BOWL, start, SGD(0.1), 1, clip=lambda grads, kind=kind: kind(map(np.sign, grads))
        )
        np.testing.assert_allclose(signs.end, start - [0.1, -0.1])

    own = np.array([3.0, 4.0])  # a gradient that belongs to the objective
    descend(lambda x: (0.0, own), start, SGD(0.1), 3, clip=partial(clip_by_norm, limit=1.0))
    np.testing.assert_array_equal(own, [3.0, 4.0])


def test_callback_sees_each_place():
    seen = []
    path = descend(
        BOWL, [1.0, 1.0], SGD(0.1), 6, callback=lambda *args: seen.append((args[0], args[2]))
    )
    assert seen == list(enumerate(path.losses))


def test_in_words():
    assert repr(descend(BOWL, [0.0, 0.0], SGD(0.1), 1)) == (
        "out of steps after 1 step: loss 0, gradient norm 0"
    )
    text = repr(descend(BOWL, [1.0, 1.0], SGD(0.1), 500, tolerance=1e-6))
    assert text == "converged after 132 steps: loss 4.16e-13, gradient norm 9.12e-07"
    many = descend(BOWL, [[1.0, 1.0], [0.0, 0.0], [0.1, 0.0]], SGD(0.1), 100, tolerance=1e-4)
    assert repr(many) == "3 runs: 3 converged after 0 to 88 steps"
    assert repr(descend(BOWL, [[0.0, 0.0]], SGD(0.1), 1)) == "1 run: 1 out of steps after 1 step"
    assert set(REASONS) >= {path.reason for path in (many.run(0), many.run(1))}


# --- Many runs ---


@given(seed=seeds, lr=st.floats(0.01, 0.4), momentum=st.sampled_from([0.0, 0.9]))
def test_many_runs_are_the_single_runs(seed, lr, momentum):
    """Some converge, some reach the condition, some diverge; none disturbs another.

    Only rounding may differ, which a processor does otherwise for arrays of another shape; where a run swings
    widely, sixty steps make it grow a thousandfold and more.
    """
    starts = np.random.default_rng(seed).uniform(-2, 2, size=(2, 4, 2))
    f = landscapes.get("himmelblau")
    options = dict(
        steps=60, tolerance=1e-3, target=1e-4, until=lambda x: x[..., 0] > 3.5, clip=5.0, every=4
    )
    optimizer = SGD(lr / 10, momentum, weight_decay=0.01)
    many = descend(f, starts, optimizer, **options)
    assert many.losses.shape[1:] == (2, 4)
    for index in np.ndindex(2, 4):
        one, same = descend(f, starts[index], optimizer, **options), many.run(*index)
        assert (same.reason, same.steps) == (one.reason, one.steps)
        assert same.converged == many.converged[index]
        for name in ("positions", "losses", "gradient_norms", "learning_rates", "work"):
            np.testing.assert_allclose(getattr(same, name), getattr(one, name), rtol=1e-6)
        np.testing.assert_array_equal(same.position_steps, one.position_steps)
        np.testing.assert_allclose(many.end[index], one.end, rtol=1e-6)
        np.testing.assert_allclose(many.best.position[index], one.best.position, rtol=1e-6)
        assert many.best.step[index] == one.best.step
        # after its end a run stands still
        assert (many.losses[one.steps :, *index] == many.losses[one.steps, *index]).all()


def test_a_run_that_breaks_does_not_poison_the_others():
    f = Objective(lambda x: x**4, lambda x: 4 * x**3)
    starts = np.array([0.1, 1e3, 0.2, 1e150])
    path = descend(
        f, starts, SGD(0.1, momentum=0.9), 200, diverged_above=math.inf,
        clip=lambda grads: clip_by_value(grads, 1e300),
    )  # fmt: skip
    assert path.reason.tolist() == ["budget", "non-finite", "budget", "non-finite"]
    assert np.isfinite(path.end[[0, 2]]).all()
    assert not np.isfinite([path.losses[-1, 1], path.gradient_norms[-1, 1]]).all()
    assert np.isfinite(path.optimizer.state[0]["velocity"][[0, 2]]).all()
    alone = descend(f, starts[[0, 2]], SGD(0.1, momentum=0.9), 200)
    np.testing.assert_array_equal(path.positions[:, [0, 2]], alone.positions)


def test_the_loop_ends_when_all_runs_have():
    path = descend(BOWL, [[1.0, 0.0], [2.0, 0.0]], SGD(0.5), 10_000, target=1e-6)
    assert len(path) == path.steps.max() + 1 < 30


def test_a_run_that_ended_keeps_its_last_values_though_batches_and_noise_go_on():
    f = LeastSquares(*regression(), batch_size=4)
    starts = np.array([[0.0, 0, 0], [9, 9, 9]])
    noisy = Noisy(BOWL, 1.0, seed=0)
    for path in (
        descend(f, starts, SGD(0.01), 40, until=lambda w: [True, False]),
        descend(noisy, starts[:, :2], SGD(0.01), 40, until=lambda w: [True, False]),
    ):
        assert path.steps.tolist() == [0, 40]
        assert np.ptp(path.losses[:, 0]) == np.ptp(path.gradient_norms[:, 0]) == 0
        assert len(np.unique(path.losses[:, 1])) == len(np.unique(path.gradient_norms[:, 1])) == 41


def test_endings_of_many_runs():
    saddle = landscapes.get("saddle")
    path = descend(saddle, [[0.0, 1.0], [1.0, 0.0]], SGD(0.1), 500, tolerance=0, diverged_above=9)
    assert path.reason.tolist() == ["diverged", "budget"]
    assert path.losses[path.steps[0], 0] < -9 <= path.losses[path.steps[0] - 1, 0]
    at_rest = descend(saddle, [[0.0, 1.0], [0.0, 0.0]], SGD(0.1), 5, tolerance=0)
    assert at_rest.reason.tolist() == ["budget", "converged"]


def test_every_run_by_itself_in_one_dimension():
    path = descend(SQUARE, np.array([1.0, -2.0]), SGD(0.5), 3)
    np.testing.assert_allclose(path.positions[:, 1], [-2, -1, -0.5, -0.25])
    np.testing.assert_allclose(path.gradient_norms[:, 1], [2, 1, 0.5, 0.25])


def test_losses_of_many_runs_may_be_a_list_or_integers():
    path = descend(lambda x: ([float(each**2) for each in x], 2 * x), np.ones(2), SGD(0.1), 3)
    assert path.losses.shape == (4, 2)
    whole = descend(
        lambda x: (np.array([1, 2]), x), np.ones(2), SGD(0.1), 3, diverged_above=math.inf
    )
    assert whole.reason.tolist() == ["budget"] * 2


def test_matrix_optimizers_do_not_take_many_runs():
    class Whole(SGD):
        elementwise = False

    assert descend(BOWL, [1.0, 1.0], Whole(0.1), 3).steps == 3
    with pytest.raises(ValueError, match="many runs at once"):
        descend(BOWL, [[1.0, 1.0]], Whole(0.1), 3)


# --- Noise ---


def test_noise_follows_from_its_seed_and_is_other_for_each_run():
    noisy = Noisy(BOWL, 1.0, seed=3)
    first, again = (descend(noisy, np.zeros((5, 2)), SGD(0.1), 10) for _ in range(2))
    other = descend(Noisy(BOWL, 1.0, seed=4), np.zeros((5, 2)), SGD(0.1), 10)
    np.testing.assert_array_equal(first.positions, again.positions)
    assert not np.isclose(first.end, other.end).any()
    assert len(np.unique(first.end)) == 10
    np.testing.assert_array_equal(BOWL(first.positions), first.losses)  # the loss is exact

    rng = np.random.default_rng(3)
    np.testing.assert_allclose(first.positions[1], -0.1 * rng.standard_normal((5, 2)))
    quiet = descend(Noisy(BOWL, [[0.0], [2.0]], seed=0), np.zeros((2, 2)), SGD(0.1), 5)
    assert not quiet.end[0].any()
    assert quiet.end[1].all()
    assert (noisy([1.0, 0.0]), noisy.gradient([1.0, 0.0]).tolist()) == (0.5, [1.0, 0.0])


def test_noise_on_several_arrays_and_on_data():
    noisy = Noisy(lambda arrays: (0.0, [np.zeros(2), np.zeros((2, 2))]), 1.0, seed=0)
    path = descend(noisy, [np.zeros(2), np.zeros((2, 2))], SGD(1.0), 1)
    assert all(array.all() for array in path.end)
    path = descend(
        Noisy(LeastSquares(*regression(), batch_size=7), 0.1, 0), np.zeros(3), SGD(0.1), 3
    )
    assert path.work.tolist() == [0, 7, 14, 21]


# --- Models and data ---


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_models_match_torch(l2):
    X, y = regression()
    w = torch.tensor([0.3, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    T, t = torch.tensor(X), torch.tensor(y)
    X2, classes = classification()
    T2, t2 = torch.tensor(X2), torch.tensor(classes, dtype=torch.float64)
    penalty = torch.sum
    losses = {
        LeastSquares(X, y, l2=l2): lambda w: 0.5 * torch.mean((T @ w - t) ** 2),
        Logistic(X2, classes, l2=l2): lambda w: (
            torch.nn.functional.binary_cross_entropy_with_logits(T2 @ w, t2)
        ),
    }
    for ours, data_loss in losses.items():

        def theirs(w, data_loss=data_loss):
            return data_loss(w) + 0.5 * l2 * penalty(w**2)

        at = w.detach().numpy()
        (gradient,) = torch.autograd.grad(theirs(w), w)
        hessian = torch.autograd.functional.hessian(theirs, w).numpy()
        assert ours(at) == pytest.approx(theirs(w).item(), rel=1e-14)
        np.testing.assert_allclose(ours.gradient(at), gradient.numpy(), rtol=1e-12)
        np.testing.assert_allclose(ours.hessian(at), hessian, rtol=1e-12)
        assert ours.largest_curvature(at) == pytest.approx(np.linalg.eigvalsh(hessian)[-1])
        rows = ours.example_gradients(at)
        np.testing.assert_allclose(rows.mean(axis=0), ours.gradient(at), rtol=1e-12)
        np.testing.assert_allclose(rows[4], ours.loss_and_gradient(at, ours.X[4:5], ours.y[4:5])[1])
        # many coefficients at once
        several = np.random.default_rng(0).normal(size=(2, 4, 3))
        assert ours(several).shape == (2, 4)
        np.testing.assert_allclose(ours.gradient(several)[1, 2], ours.gradient(several[1, 2]))
        np.testing.assert_allclose(ours.hessian(several)[1, 2], ours.hessian(several[1, 2]))
        assert (1 / ours.largest_curvature(several)).shape == (2, 4)


@given(seed=seeds)
def test_the_curvature_at_zero_bounds_the_logistic_one(seed):
    f = Logistic(*classification(seed))
    w = np.random.default_rng(seed).normal(size=(6, 3)) * 3
    assert np.max(f.largest_curvature(w)) <= f.largest_curvature() + 1e-12


def test_logistic_is_stable_far_out():
    f = Logistic([[1000.0], [-1000.0]], [1, 0])
    assert f([1.0]) == 0
    assert f([-1.0]) == 1000
    np.testing.assert_allclose(f.gradient([-1.0]), [-1000])
    np.testing.assert_allclose(f.gradient([1.0]), [0], atol=1e-200)
    np.testing.assert_allclose(f.probabilities([1.0]), [1, 0], atol=1e-200)
    near = Logistic([[1.0], [-1.0]], [1, 0])
    np.testing.assert_allclose(near.probabilities([40.0]), [1, math.exp(-40)])
    np.testing.assert_allclose(near.hessian([40.0]), [[math.exp(-40)]])
    np.testing.assert_allclose(f.probabilities([0.001]), [1 / (1 + math.exp(-1)), 1 / (1 + math.e)])


@pytest.mark.parametrize("l2", [0.0, 0.5])
def test_batch_descent_finds_the_direct_solution(l2):
    X, y = regression()
    f = LeastSquares(X, y, l2=l2)
    normal = np.linalg.solve(X.T @ X / len(y) + l2 * np.eye(3), X.T @ y / len(y))
    np.testing.assert_allclose(f.minimizer(), normal)
    path = descend(f, np.zeros(3), SGD(1 / f.largest_curvature()), 2000, tolerance=1e-12)
    assert path.converged
    np.testing.assert_allclose(path.end, normal, atol=1e-10)
    assert path.work[-1] == path.steps * len(y)


def test_a_mini_batch_descent_is_that_of_torch():
    X, y = regression(rows=23)
    f = DataObjective(squared_error, X, y, batch_size=5, seed=2)
    assert f.steps_per_epoch == 5
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    theirs = torch.optim.SGD([w], lr=0.05, momentum=0.9)
    losses = []
    rng = np.random.default_rng(2)
    for _ in range(3):
        for rows in torch.split(torch.tensor(rng.permutation(23)), 5):
            theirs.zero_grad()
            loss = 0.5 * torch.mean((torch.tensor(X)[rows] @ w - torch.tensor(y)[rows]) ** 2)
            loss.backward()
            losses.append(loss.item())
            theirs.step()
    path = descend(f, np.zeros(3), SGD(0.05, 0.9), 3 * f.steps_per_epoch)
    np.testing.assert_allclose(path.losses[:-1], losses, rtol=1e-12)
    np.testing.assert_allclose(path.end, w.detach().numpy(), rtol=1e-12)
    assert path.work.tolist() == np.cumsum([0, *[5, 5, 5, 5, 3] * 3]).tolist()
    # the last place is measured on the batch of the last step
    last = rows.numpy()
    assert path.loss == pytest.approx(squared_error(path.end, X[last], y[last])[0])


@given(n=st.integers(1, 12), size=st.integers(1, 12), drop=st.booleans(), shuffle=st.booleans())
def test_an_epoch_holds_each_row_once(n, size, drop, shuffle):
    size = min(size, n)
    X = np.arange(n)
    f = DataObjective(
        lambda w, x: (0.0, w), X, batch_size=size, drop_last=drop, shuffle=shuffle, seed=1
    )
    stream = f.batches()
    orders = []
    for _ in range(2):
        batches = [next(stream)[0] for _ in range(f.steps_per_epoch)]
        sizes = {len(batch) for batch in batches[:-1]}
        assert sizes <= {size}
        assert len(batches[-1]) == (size if drop else (n % size or size))
        order = np.concatenate(batches).tolist()
        assert len(set(order)) == len(order) == (n // size * size if drop else n)
        orders.append(order)
    if not shuffle:
        assert orders[0] == orders[1] == list(range(len(orders[0])))
    elif n > 8 and not drop:
        assert orders[0] != orders[1]
        assert [next(f.batches())[0].tolist()] == [orders[0][:size]]  # each descent the same


def test_drawing_with_replacement():
    f = DataObjective(lambda w, x: (0.0, w), np.arange(3), batch_size=50, replacement=True)
    batch = next(f.batches())[0]
    assert len(batch) == 50
    assert set(batch) == {0, 1, 2}


def test_one_row_and_one_run_for_each_start():
    f = LeastSquares([[2.0]], [4.0], batch_size=1)
    assert descend(f, [0.0], SGD(0.25), 1).end == [2.0]
    path = descend(LeastSquares(*regression(), batch_size=4), np.zeros((6, 3)), SGD(0.1), 9)
    assert path.losses.shape == (10, 6)
    assert np.ptp(path.end, axis=0).max() == 0  # the same batches for all


def test_full_losses():
    f = LeastSquares(*regression(), batch_size=8)
    path = descend(f, np.zeros(3), SGD(0.1), 25, evaluate_every=10)
    assert path.full_steps.tolist() == [0, 10, 20, 25]
    np.testing.assert_allclose(path.full_losses, f(path.positions[path.full_steps]))
    assert descend(f, np.zeros(3), SGD(0.1), 20, evaluate_every=10).full_steps.tolist() == [
        0,
        10,
        20,
    ]
    assert descend(f, np.zeros(3), SGD(0.1), 2).full_losses is None
    starts = np.random.default_rng(0).normal(size=(4, 3)) * [[0.1], [1], [5], [20]]
    options = dict(steps=200, evaluate_every=7, target=0.4, every=None)
    many = descend(LeastSquares(*regression()), starts, SGD(0.1), **options)
    assert len(np.unique(many.steps)) > 1
    for i in range(4):
        one = descend(LeastSquares(*regression()), starts[i], SGD(0.1), **options)
        np.testing.assert_allclose(many.run(i).full_losses, one.full_losses)
        np.testing.assert_array_equal(many.run(i).full_steps, one.full_steps)


def test_a_stream_is_seen_once_and_may_end():
    X, y = regression(rows=30)
    batches = [(X[i : i + 10], y[i : i + 10]) for i in (0, 10, 20)]
    source = iter(batches)
    f = StreamObjective(squared_error, source)
    path = descend(f, np.zeros(3), SGD(0.1), 100)
    assert (path.reason, path.steps, path.work[-1]) == ("data ended", 3, 30)
    w = np.zeros(3)
    for batch in batches:
        w -= 0.1 * squared_error(w, *batch)[1]
    np.testing.assert_allclose(path.end, w)
    assert path.loss == pytest.approx(squared_error(w, *batches[-1])[0])
    with pytest.raises(ValueError, match="stream of data was empty"):
        descend(f, np.zeros(3), SGD(0.1), 100)

    drawn = []
    endless = ((drawn.append(i) or batches[i % 3]) for i in range(1000))
    assert descend(StreamObjective(squared_error, endless), w, SGD(0.1), 5).reason == "budget"
    assert len(drawn) == 5  # none is taken that no step uses
    again = StreamObjective(squared_error, lambda: iter(batches))
    ends = [descend(again, np.zeros(3), SGD(0.1), 9).end for _ in range(2)]
    np.testing.assert_array_equal(*ends)
    with pytest.raises(TypeError, match="a batch must be a tuple of arrays"):
        descend(StreamObjective(squared_error, [X, X]), w, SGD(0.1), 5)


def test_a_network_trains_in_two_lines_and_keeps_what_it_learned():
    rng = np.random.default_rng(0)
    X, y = regression(rows=40)
    shapes = [(3, 5), (5,), (5,)]
    W, b, v = params = [Tensor(rng.normal(size=shape)) for shape in shapes]
    before = [p.data.copy() for p in params]

    def loss_of(X, y):
        return (((X @ W + b).tanh() @ v - y) ** 2).mean()

    f = DataObjective(backpropagated(loss_of, params), X, y, batch_size=8)
    start = [p.data for p in params]
    path = descend(f, start, SGD(0.05), 12)

    theirs = [torch.tensor(array, requires_grad=True) for array in before]
    sgd = torch.optim.SGD(theirs, lr=0.05)
    for rows, targets in (batch for batch, _ in zip(f.batches(), range(12), strict=False)):
        sgd.zero_grad()
        hidden = torch.tanh(torch.tensor(rows) @ theirs[0] + theirs[1])
        torch.mean((hidden @ theirs[2] - torch.tensor(targets)) ** 2).backward()
        sgd.step()
    for p, end, t, old, given_ in zip(params, path.end, theirs, before, start, strict=True):
        np.testing.assert_allclose(end, t.detach().numpy(), rtol=1e-10)
        np.testing.assert_array_equal(p.data, end)
        np.testing.assert_array_equal(given_, old)
    assert f(path.end) < f(before)


def test_parameters_that_the_loss_does_not_use_get_no_gradient():
    a, b = Tensor([1.0]), Tensor([2.0])
    path = descend(backpropagated(lambda: (a * a).sum(), [a, b]), [a.data, b.data], SGD(0.5), 1)
    assert [x.tolist() for x in path.end] == [[0.0], [2.0]]


def test_a_network_that_is_given_a_place_of_a_path_can_be_trained_on():
    w = Tensor([1.0, -2.0])
    f = backpropagated(lambda: (w * w).sum(), [w])
    path = descend(f, [w.data], SGD(0.1), 3)
    f(path.best.position)
    w.data -= 1.0  # not read-only, and not a part of the path
    np.testing.assert_allclose(path.end[0], w.data + 1)


@given(seed=seeds)
def test_gradients_pass_the_check(seed):
    for f in (LeastSquares(*regression(seed), l2=0.1), Logistic(*classification(seed), l2=0.1)):
        w = np.random.default_rng(seed).normal(size=3)
        assert check_gradient(f, f.gradient, w)
        np.testing.assert_allclose(
            f.hessian(w)[0], numerical_gradient(lambda w, f=f: f.gradient(w)[0], w), atol=1e-6
        )


# --- Progress ---


def test_progress_is_shown_after_a_while_and_never_in_a_pipe(monkeypatch, capsys):
    now = iter(np.arange(0.0, 1e6, 0.75))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(now)))
    lines = []
    descend(BOWL, [1.0, 0.0], SGD(0.1), 9, progress=lines.append)
    assert [line.split(",")[0] for line in lines] == ["step 2 of 9"] + [
        f"step {step} of 9" for step in (4, 6, 8)
    ]
    assert lines[0] == "step 2 of 9, loss 0.3281"
    lines.clear()
    descend(BOWL, [[1.0, 0.0], [2.0, 0.0]], SGD(0.1), 2, progress=lines.append)
    assert lines == ["step 2 of 2, loss 0.3281"]
    lines.clear()
    with_nan = Objective(lambda x: np.where(x > 1, np.nan, x), lambda x: 0 * x)
    descend(with_nan, [1.0, 2.0], SGD(0.1), 2, progress=lines.append)
    assert lines == ["step 2 of 2, loss 1"]
    descend(BOWL, [1.0, 0.0], SGD(0.1), 9)
    assert capsys.readouterr() == ("", "")

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    descend(BOWL, [1.0, 0.0], SGD(0.1), 9)
    assert sys.stderr.getvalue().count("\rstep ") == 4
    assert sys.stderr.getvalue().endswith("\n")
    sys.stderr.truncate(0)
    descend(BOWL, [1.0, 0.0], SGD(0.1), 9, progress=False)
    assert sys.stderr.getvalue() == ""


# --- Mistakes ---


def good(x):
    return 0.0, x


X3, Y3, W = np.zeros((3, 2)), np.zeros(3), Tensor([1.0])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: descend(3, [1.0], SGD(0.1), 1), TypeError, "objective must be a landscape.*got 3"),
        (lambda: descend(lambda x: 3.0, [1.0], SGD(0.1), 1), TypeError, r"\(loss, gradient\), got 3"),
        (lambda: descend(lambda x: ("1", x), [1.0], SGD(0.1), 1), TypeError, "loss must be a real"),
        (lambda: descend(lambda x: (1j, x), [1.0], SGD(0.1), 1), TypeError, "loss must be a real"),
        (lambda: descend(lambda x: (0.0, None), [1.0], SGD(0.1), 1), TypeError, "hold real numbers"),
        (lambda: descend(lambda x: (0.0, x[:1]), [1.0, 2.0], SGD(0.1), 1), ValueError,
         r"shape of the position, \(2,\), got \(1,\)"),
        (lambda: descend(lambda x: (np.zeros(3), x), [1.0, 2.0], SGD(0.1), 1), ValueError,
         r"first axes of the start, \(2,\).*shape \(3,\)"),
        (lambda: descend(lambda x: (0.0, x[:1]), [np.ones(2), np.ones(2)], SGD(0.1), 1), TypeError,
         "list of 2 arrays"),
        (lambda: descend(lambda x: (0.0, [[1.0, 2.0]]), [np.ones(2)], SGD(0.1), 1), TypeError,
         r"list of NumPy arrays, got \[1.0, 2.0\]"),
        (lambda: descend(lambda x: (np.ones(2), x), [np.ones(2)], SGD(0.1), 1), ValueError,
         "one number for a start of arrays"),
        (lambda: descend(good, [], SGD(0.1), 1), ValueError, "start must not be empty"),
        (lambda: descend(good, [math.nan], SGD(0.1), 1), ValueError, "start must be finite, got nan"),
        (lambda: descend(good, [np.ones(2), np.array([math.inf])], SGD(0.1), 1), ValueError,
         r"start\[1\] must be finite"),
        (lambda: descend(good, "a", SGD(0.1), 1), TypeError, "start must hold real numbers"),
        (lambda: descend(BOWL, [1.0, 2.0, 3.0], SGD(0.1), 1), ValueError, r"shape \(\.\.\., 2\)"),
        (lambda: descend(good, [1.0], SGD, 1), TypeError, r"such as SGD\(lr=0.1\).*got <class"),
        (lambda: descend(good, [1.0], 0.1, 1), TypeError, "optimizer must be .*got 0.1"),
        (lambda: descend(backpropagated(lambda: W * W, [W]), W.data, SGD(0.1), 1), TypeError,
         "must be a list of 1 arrays, one for each parameter"),
        (lambda: backpropagated(lambda: W * W, W), TypeError, "parameters must be a list of tensors"),
        (lambda: descend(good, [1.0], SGD(0.1), -1), ValueError, "steps must be at least 0"),
        (lambda: descend(good, [1.0], SGD(0.1), 2.5), TypeError, "steps must be an integer"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, tolerance=-1), ValueError, "tolerance must be at"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, target="low"), TypeError, "target must be a real"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, until=3), TypeError, "until must be a function"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, diverged_above=0), ValueError, "diverged_above"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, schedule=0.1), TypeError, "schedule must be"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, callback=1), TypeError, "callback must be"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, clip=0), ValueError, "clip must be greater than 0"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, every=0), ValueError, "every must be at least 1"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, progress=True), TypeError, "progress must be None"),
        (lambda: descend(BOWL, X3, SGD(0.1), 1, until=lambda x: True), ValueError, "one boolean for"),
        (lambda: descend(good, [1.0], SGD(0.1), 1, evaluate_every=1), TypeError, "evaluate_every needs"),
        (lambda: descend(BOWL, [1.0, 1.0], SGD(0.1), 1).run(0), TypeError, "only one"),
        (lambda: descend(BOWL, X3, SGD(0.1), 1).run(0, 1), IndexError, "run needs 1 integers"),
        (lambda: Noisy(BOWL, -1.0, 0), ValueError, "sd must be finite and at least 0"),
        (lambda: Noisy(BOWL, 1.0, None), TypeError, "seed must be an integer"),
        (lambda: DataObjective(3, X3), TypeError, "loss_and_gradient must be a function"),
        (lambda: DataObjective(good), ValueError, "at least one array of data"),
        (lambda: DataObjective(good, X3, np.zeros(4)), ValueError, "same number of rows"),
        (lambda: DataObjective(good, np.zeros((0, 2))), ValueError, "must not be empty"),
        (lambda: DataObjective(good, X3, batch_size=4), ValueError, "at most the number of examples, 3"),
        (lambda: DataObjective(good, X3, batch_size=0), ValueError, "batch_size must be at least 1"),
        (lambda: DataObjective(good, X3, seed=-1), ValueError, "seed must be at least 0"),
        (lambda: StreamObjective(3, []), TypeError, "loss_and_gradient must be a function"),
        (lambda: StreamObjective(good, 3), TypeError, "source must be an iterable"),
        (lambda: LeastSquares(Y3, Y3), ValueError, r"X must have shape \(examples, features\)"),
        (lambda: LeastSquares(X3, np.zeros(2)), ValueError, "one number per row of X"),
        (lambda: LeastSquares(X3, Y3, l2=-1), ValueError, "l2 must be at least 0"),
        (lambda: LeastSquares(X3, Y3)([1.0, 2.0, 3.0]), ValueError, r"w must have shape \(\.\.\., 2\)"),
        (lambda: Logistic(X3, np.array([0, 1, 2])), ValueError, "classes 0 and 1, got 2"),
    ],
)  # fmt: skip
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_an_error_in_the_objective_says_when():
    def fails(x):
        if x < 0.6:
            raise ZeroDivisionError("oh")
        return 0.0, x

    with pytest.raises(ZeroDivisionError) as caught:
        descend(fails, 1.0, SGD(0.1), 50)
    # 0.9⁵ is the first power below 0.6
    assert caught.value.__notes__ == ["This happened in descend, after 5 steps."]


@pytest.mark.parametrize("module", [descent, loop, objectives, data, models])
def test_docstring_examples(module):
    assert doctest.testmod(module).failed == 0


def test_a_sampler_of_each_kind():
    assert sampler(BOWL)([1.0, 0.0])[0] == 0.5
    assert sampler(good)(2.0) == (0.0, 2.0)
    draw = LeastSquares(*regression(), batch_size=2).sampler()
    assert draw(np.zeros(3))[0] != draw(np.zeros(3))[0]
    assert draw.examples == 2


# --- Experiments of the course ---


def test_the_edge_of_stability_is_two_over_the_largest_curvature():
    """learning-rate-too-large: at rates c/λmax, with 200 steps from a start along that direction."""
    f = landscapes.get("ravine", condition=50)
    edge = largest_curvature(f, f.start)
    across = np.linalg.eigh(f.hessian(f.start))[1][:, -1]
    size = {}
    for c in (0.99, 1.5, 1.99, 2.0, 2.01, 2.5):
        size[c] = np.linalg.norm(
            descend(f, across, SGD(c / edge), 200, diverged_above=math.inf).end
        )
        assert size[c] == pytest.approx(abs(1 - c) ** 200, rel=1e-6, abs=1e-12)
    assert size[1.99] < 0.2
    assert size[2.0] == pytest.approx(1)
    assert size[2.01] > 5


def test_every_step_lowers_the_loss_below_the_edge_only():
    """update-rule-decreases-loss, on random convex quadratics."""

    def rises(rng, c):
        half = rng.normal(size=(5, 5))
        H = half @ half.T
        f = Objective(lambda x: 0.5 * x @ H @ x, lambda x: H @ x)
        path = descend(f, rng.normal(size=5), SGD(c / np.linalg.eigvalsh(H)[-1]), 200)
        return (np.diff(path.losses) > 1e-15 * path.losses[:-1]).any()

    for c, expected in [(0.5, 0), (1.0, 0), (1.9, 0), (2.1, 1)]:
        assert fraction(repeat(partial(rises, c=c), times=30)).mid == expected


def test_saddle_points_stall_for_a_number_of_steps_that_grows_with_each_decade():
    """saddle-points-stall, momentum-passes-saddles."""
    starts = np.array([[1.0, y] for y in (1e-2, 1e-6, 1e-10, 1e-14, 0)])
    left = dict(steps=2000, until=lambda x: abs(x[..., 1]) > 0.5)
    plain = descend(quartic_saddle, starts, SGD(0.1), **left)
    assert plain.steps[:4].tolist() == [43, 139, 236, 333]
    assert plain.reason.tolist() == ["stopped"] * 4 + ["budget"]
    momentum = descend(quartic_saddle, starts, SGD(0.1, momentum=0.9), **left)
    assert (plain.steps[1:4] / momentum.steps[1:4] > 2).all()
    assert momentum.run(4).reason == "budget"


def test_half_of_the_starts_end_in_the_worse_well():
    """finds-global-minimum, local-minima-trap."""
    starts = np.linspace(-2, 2, 401)
    path = descend(WELL, starts, SGD(0.02), 5000, tolerance=1e-9)
    assert path.converged.all()
    assert fraction(path.end > 0).mid == pytest.approx(0.48, abs=0.005)


def test_momentum_leaves_wells_good_and_bad_alike():
    """momentum-escapes-local-minima."""
    starts = np.linspace(-2, 2, 401)
    basin = descend(WELL, starts, SGD(0.02), 5000, every=None).end > 0
    for beta, wrong, right in [(0.5, 0.0, 0.0), (0.9, 0.259, 0.159)]:
        end = descend(WELL, starts, SGD(0.02, momentum=beta), 5000, every=None).end > 0
        assert np.mean(~end[basin]) == pytest.approx(wrong, abs=0.002)
        assert np.mean(end[~basin]) == pytest.approx(right, abs=0.002)


@pytest.mark.parametrize("lr", [0.1, 0.2])
def test_noise_leaves_a_floor_of_lr_over_two_minus_lr(lr):
    """good-rate-ensures-convergence."""
    path = descend(Noisy(SQUARE, 1.0, seed=0), np.zeros(4000), SGD(lr), 100, every=None)
    assert np.mean(path.end**2) == pytest.approx(lr / (2 - lr), rel=0.1)


def test_decay_reaches_below_the_floor_unless_it_is_too_quick():
    """learning-rate-decay."""
    error = {}
    for name, schedule in {
        "constant": lambda t: 0.1,
        "1/t": lambda t: 1 / (t + 1),
        "1/t^2": lambda t: 0.2 / (t + 1) ** 2,
    }.items():
        noisy = Noisy(SQUARE, 1.0, seed=1)
        path = descend(noisy, np.full(500, 3.0), SGD(1.0), 3000, schedule=schedule, every=None)
        error[name] = np.mean(path.end**2)
    assert error["constant"] > 20 * error["1/t"]
    assert error["1/t^2"] > 1


def test_noise_leads_out_of_the_higher_well():
    """sgd-prone-to-local-minima: four levels of noise in one call."""
    higher = np.full((4, 100), 0.96)
    noisy = Noisy(WELL, np.array([[0.0], [1.0], [3.0], [5.0]]), seed=0)
    left = np.mean(descend(noisy, higher, SGD(0.05), 3000, every=None).end < 0, axis=1)
    assert left[0] == left[1] == 0
    assert left[2] > 0.5


def test_variance_of_a_batch_gradient_is_one_over_its_size():
    """minibatch-less-noise: B·Var(g_B) is the same for each B."""
    X, y = regression(rows=400)
    products = []
    for B in (1, 4, 16, 64):
        draw = LeastSquares(X, y, batch_size=B, replacement=True, seed=B).sampler()
        products.append(B * np.var([draw(np.zeros(3))[1] for _ in range(8000)], axis=0).sum())
    np.testing.assert_allclose(products, np.mean(products), rtol=0.05)
    every = LeastSquares(X, y).example_gradients(np.zeros(3))
    assert np.mean(products) == pytest.approx(every.var(axis=0).sum(), rel=0.05)


def test_steps_to_a_tolerance_go_as_one_over_the_rate():
    """learning-rate-too-small."""
    rates = np.array([1e-1, 1e-2, 1e-3]) / largest_curvature(BOWL, [0.0, 0.0])
    steps = [descend(BOWL, [1.0, 1.0], SGD(lr), 10**6, target=1e-6).steps for lr in rates]
    slope = np.polyfit(np.log(rates), np.log(steps), 1)[0]
    assert slope == pytest.approx(-1, abs=0.05)


def test_steps_to_a_tolerance_against_the_condition_number():
    """momentum-accelerates: slope 1 for descent and ½ for the heavy ball (Polyak 1964)."""
    steps = {"descent": [], "heavy ball": []}
    conditions = (100.0, 1000.0)
    for kappa in conditions:
        f = landscapes.get("bowl", condition=kappa)
        root = math.sqrt(kappa)
        tuned = {
            "descent": SGD(2 / (1 + kappa)),
            "heavy ball": SGD(4 / (root + 1) ** 2, momentum=((root - 1) / (root + 1)) ** 2),
        }
        for name, optimizer in tuned.items():
            near = dict(steps=10**5, until=lambda x: np.linalg.norm(x) < 1e-6, every=None)
            steps[name].append(descend(f, [1.0, 1.0], optimizer, **near).steps)
    slopes = {name: math.log10(after / before) for name, (before, after) in steps.items()}
    assert slopes["descent"] == pytest.approx(1, abs=0.1)
    assert slopes["heavy ball"] == pytest.approx(0.5, abs=0.1)


def test_on_separable_data_the_weights_grow_for_ever():
    """repeat-until-minimum."""
    f = Logistic([[1.0], [2.0], [-1.0], [-1.5]], [1, 1, 0, 0])
    path = descend(f, [0.0], SGD(0.5), 10_000)
    norms = path.positions[[10, 100, 1000, 10_000], 0]
    gains = np.diff(norms)
    assert all(later > earlier for earlier, later in pairwise(norms))
    np.testing.assert_allclose(gains[1:], gains[-1], rtol=0.1)


def test_convex_models_end_at_one_place_from_all_starts():
    """batch-global-on-convex: 100 starts in one call."""
    f = Logistic(*classification(), l2=0.1)
    starts = np.random.default_rng(0).normal(size=(100, 3)) * 5
    path = descend(f, starts, SGD(1 / f.largest_curvature()), 5000, tolerance=1e-9, every=None)
    assert path.converged.all()
    w = np.zeros(3)
    for _ in range(10):
        w -= np.linalg.solve(f.hessian(w), f.gradient(w))
    np.testing.assert_allclose(path.end, np.broadcast_to(w, (100, 3)), atol=1e-7)
    np.testing.assert_allclose(path.loss, f(w), atol=1e-12)


def test_a_constant_rate_tracks_what_drifts():
    """sgd-for-online-data: one pass over 4,000 samples of a coefficient that walks at random."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=4000)
    true = np.cumsum(0.05 * rng.normal(size=4000))
    y = true * x + 0.1 * rng.normal(size=4000)
    stream = ((x[i : i + 1, None], y[i : i + 1]) for i in range(4000))
    path = descend(StreamObjective(squared_error, stream), [0.0], SGD(0.3), 10_000)
    assert path.reason == "data ended"
    w = path.positions[:-1, 0]  # before each sample
    cumulative = np.cumsum(x * y) / np.cumsum(x * x)
    with_sgd = np.mean(((w - true) * x)[100:] ** 2)
    with_least_squares = np.mean(((cumulative[:-1] - true[1:]) * x[1:])[100:] ** 2)
    assert with_sgd < 0.1 * with_least_squares


def test_mini_batch_steps_often_raise_the_loss_though_it_falls_overall():
    """every-step-improves."""
    f = LeastSquares(*regression(rows=500, features=10), batch_size=8)
    path = descend(f, np.zeros(10), SGD(0.1), 400, evaluate_every=1)
    assert np.mean(np.diff(path.full_losses) > 0) > 0.1
    assert path.full_losses[-1] < 0.2 * path.full_losses[0]


def test_rough_accuracy_costs_less_with_single_examples_and_fine_accuracy_more():
    """sgd-is-faster: counted in gradients of examples."""
    X, y = regression(rows=2000, features=5, noise=1.0)
    f = LeastSquares(X, y)
    lowest = f(f.minimizer())
    first = f(np.zeros(5)) - lowest
    curvature = f.largest_curvature()
    work = {}
    for name, batch_size, lr in [("batch", None, 1 / curvature), ("single", 1, 0.02)]:
        for excess in (0.1, 1e-4):
            near = descend(
                LeastSquares(X, y, batch_size=batch_size),
                np.zeros(5),
                SGD(lr),
                20_000,
                until=lambda w, excess=excess: f(w) - lowest < excess * first,
                every=None,
            )
            work[name, excess] = near.work[-1] if near.reason == "stopped" else math.inf
    assert work["single", 0.1] < work["batch", 0.1]
    assert work["single", 1e-4] > work["batch", 1e-4]
