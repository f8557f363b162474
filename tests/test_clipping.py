"""Clipping against PyTorch's, against its formulas, and against numbers that are not finite."""

import doctest
import math

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from coursekit import clipping
from coursekit.clipping import clip_by_norm, clip_by_value, global_norm

seeds = st.integers(0, 2**32 - 1)
limits = st.floats(1e-6, 1e6)
both = pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])


def random_gradients(seed):
    rng = np.random.default_rng(seed)
    shapes = [tuple(rng.integers(0, 5, size=rng.integers(0, 4))) for _ in range(4)] + [(3,)]
    return [np.array(rng.normal(size=shape) * 10.0 ** rng.uniform(-6, 6)) for shape in shapes]


def in_torch(grads, clip, limit):
    params = [torch.zeros_like(torch.tensor(g), requires_grad=True) for g in grads]
    for w, g in zip(params, grads, strict=True):
        w.grad = torch.tensor(g)
    result = clip(params, limit)
    return [w.grad.numpy() for w in params], result


def flat(grads):
    return np.concatenate([np.ravel(g) for g in grads])


# --- Equal to torch ---


@given(seed=seeds, limit=limits)
def test_by_norm_is_torchs_with_its_eps(seed, limit):
    grads = random_gradients(seed)
    expected, norm = in_torch(grads, torch.nn.utils.clip_grad_norm_, limit)
    # torch multiplies by a factor a hair below 1 between limit - 1e-6 and limit; so do we
    assert clip_by_norm(grads, limit, eps=1e-6) == pytest.approx(norm.item(), rel=1e-12)
    for ours, theirs in zip(grads, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=0)


def test_eps_counts_just_below_the_limit():
    grads = [np.array([3.0, 4.0])]
    expected, _ = in_torch(grads, torch.nn.utils.clip_grad_norm_, 5.0 + 1e-7)
    clip_by_norm(grads, 5.0 + 1e-7, eps=1e-6)
    np.testing.assert_allclose(grads[0], expected[0], rtol=1e-15)
    assert grads[0][0] < 3


@given(seed=seeds, limit=limits)
def test_by_value_is_torchs(seed, limit):
    grads = random_gradients(seed)
    expected, _ = in_torch(grads, torch.nn.utils.clip_grad_value_, limit)
    largest = np.abs(flat(grads)).max()
    assert clip_by_value(grads, limit) == largest
    for ours, theirs in zip(grads, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("bad", [[1, 2, np.inf], [1, -np.inf, np.nan], [np.nan, 0, 1]])
def test_propagate_is_what_torch_does(bad):
    for clip, theirs in (
        (clip_by_norm, torch.nn.utils.clip_grad_norm_),
        (clip_by_value, torch.nn.utils.clip_grad_value_),
    ):
        grads = [np.array(bad, float), np.ones((2, 2)), np.zeros(1)]
        expected, _ = in_torch(grads, theirs, 0.5)
        result = clip(grads, 0.5, on_nonfinite="propagate")
        assert not math.isfinite(result)
        for g, e in zip(grads, expected, strict=True):
            np.testing.assert_array_equal(g, e)


# --- Formulas ---


@given(seed=seeds)
def test_global_norm(seed):
    grads = random_gradients(seed)
    kept = [g.copy() for g in grads]
    norm = global_norm(grads)
    assert type(norm) is float
    assert norm == pytest.approx(math.hypot(*flat(grads)), rel=1e-14)
    for g, old in zip(grads, kept, strict=True):
        np.testing.assert_array_equal(g, old)


@given(seed=seeds, limit=limits)
def test_by_norm_keeps_the_direction_and_reaches_the_limit(seed, limit):
    grads = random_gradients(seed)
    before = flat(grads)
    norm = clip_by_norm(grads, limit)
    after = flat(grads)
    assert norm == pytest.approx(np.linalg.norm(before), rel=1e-12)
    if norm <= limit:
        np.testing.assert_array_equal(after, before)
    else:
        assert np.linalg.norm(after) == pytest.approx(limit, rel=1e-12)
        np.testing.assert_allclose(after, before * (limit / norm), rtol=1e-14)


def test_a_norm_of_exactly_the_limit_is_not_touched():
    grads = [np.array([3.0]), np.array([[4.0]])]
    assert clip_by_norm(grads, 5.0) == 5.0
    assert grads[0][0] == 3.0
    assert grads[1][0, 0] == 4.0


def test_by_value_turns_the_direction():
    grads = np.array([1.0, 100.0])
    assert clip_by_value(grads, 1.0) == 100.0
    np.testing.assert_array_equal(grads, [1.0, 1.0])


@given(
    exponent=st.integers(-320, 307),
    n=st.integers(1, 50),
    limit=st.sampled_from([1e-12, 1.0, 1e12]),
    seed=seeds,
)
@example(exponent=306, n=5, limit=1e-12, seed=0)  # a factor of 1e-318 would have few digits
def test_huge_and_tiny_gradients(exponent, n, limit, seed):
    unit = np.random.default_rng(seed).normal(size=n)
    grads = [unit[:1] * 10.0**exponent, unit[1:] * 10.0**exponent]
    exact = math.hypot(*flat(grads))  # scales as well; infinite only if the norm is
    norm = clip_by_norm(grads, limit)
    assert norm == pytest.approx(exact, rel=1e-12, abs=1e-320)
    assert np.isfinite(flat(grads)).all()
    if exact > limit:
        np.testing.assert_allclose(flat(grads), limit * unit / np.linalg.norm(unit), rtol=1e-12)


def test_a_norm_beyond_all_floats():
    grads = [np.full(4, 1e308), np.full((2, 2), -1e308)]
    assert global_norm(grads) == math.inf
    assert clip_by_norm(grads, 2.0) == math.inf
    np.testing.assert_allclose(flat(grads), [2 / math.sqrt(8)] * 4 + [-2 / math.sqrt(8)] * 4)


def test_eps_and_a_huge_norm():
    grads = np.array([1e40, 0.0])
    clip_by_norm(grads, 1.0, eps=1e40)
    np.testing.assert_allclose(grads, [0.5, 0.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_other_floating_types_stay_and_do_not_overflow(dtype):
    largest = np.finfo(dtype).max
    grads = [np.array([largest, -largest], dtype), np.zeros(3, dtype)]
    norm = clip_by_norm(grads, 1.0)
    assert norm == pytest.approx(math.sqrt(2) * float(largest), rel=1e-6)
    assert grads[0].dtype == dtype
    np.testing.assert_allclose(grads[0], [math.sqrt(0.5), -math.sqrt(0.5)], rtol=1e-3)
    grads = np.array([largest, 1], dtype)
    clip_by_value(grads, 2.0)
    assert grads.dtype == dtype
    np.testing.assert_array_equal(grads, [2, 1])


def test_the_norm_of_float32_is_summed_in_float64():
    grad = np.random.default_rng(0).normal(size=10_000).astype(np.float32)
    assert global_norm(grad) == pytest.approx(math.hypot(*grad.astype(float)), rel=1e-12)


def test_zero_gradients():
    grads = [np.zeros(3), np.empty((0, 2))]
    assert global_norm(grads) == 0
    assert clip_by_norm(grads, 1.0) == 0
    assert clip_by_value(grads, 1.0) == 0
    np.testing.assert_array_equal(grads[0], 0)


@both
def test_in_place_whatever_the_form(clip):
    whole = np.full((4, 4), 10.0)
    view, columns, number = whole[::2, 1:], np.asfortranarray(np.full((2, 3), 10.0)), np.array(10.0)
    clip([view, columns, number], 1.0)
    assert np.all(np.abs(view) <= 1)
    np.testing.assert_allclose(view, columns)
    np.testing.assert_allclose(view, number)
    assert np.all(whole[1::2] == 10)
    alone = np.full(3, 10.0)
    clip(alone, 1.0)
    assert np.all(np.abs(alone) <= 1)


# --- Not finite ---


@both
@pytest.mark.parametrize(("bad", "shown"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_nonfinite_numbers_raise_by_default(clip, bad, shown):
    grads = [np.full(2, 5.0), np.full((2, 3), 5.0), np.full(2, 5.0)]
    grads[1][1, 2] = bad
    grads[2][0] = np.nan
    with pytest.raises(ValueError, match=rf"grads\[1\] must be finite, got {shown} .* \(1, 2\)"):
        clip(grads, 1.0)
    assert np.all(grads[0] == 5)
    assert grads[2][1] == 5
    with pytest.raises(ValueError, match=rf"grads must be finite, got {shown} at index \(0,\)"):
        clip(np.array([bad, 1.0]), 1.0)


@both
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nonfinite_numbers_can_zero_all_gradients(clip, bad):
    grads = [np.full(2, 5.0), np.array([1.0, bad])]
    assert not math.isfinite(clip(grads, 1.0, on_nonfinite="zero"))
    np.testing.assert_array_equal(flat(grads), 0)
    finite = [np.full(2, 5.0)]
    assert math.isfinite(clip(finite, 1.0, on_nonfinite="zero"))
    assert np.all(finite[0] > 0)


def test_the_global_norm_of_nonfinite_numbers():
    assert global_norm(np.array([1.0, np.inf])) == math.inf
    assert global_norm(np.array([-np.inf, 1e308])) == math.inf
    assert math.isnan(global_norm([np.array([1.0]), np.array([np.nan])]))
    assert math.isnan(global_norm([np.array([np.inf]), np.array([np.nan])]))


@both
@pytest.mark.filterwarnings("error")
def test_no_warnings(clip):
    for values in ([1e308, 1e308], [1e-320, 0.0], [np.inf, 1.0], [np.nan, np.inf]):
        for dtype in (np.float64, np.float32):
            with np.errstate(over="ignore"):
                grads = np.array(values).astype(dtype)
            with np.errstate(all="raise"):
                clip(grads, 1.0, on_nonfinite="propagate")


# --- Bad input ---


def read_only():
    g = np.ones(2)
    g.flags.writeable = False
    return g


ONE = np.ones(2)


@both
@pytest.mark.parametrize(
    ("grads", "error", "message"),
    [
        ([], ValueError, r"grads must hold at least one array, got \[\]"),
        (3.0, TypeError, "grads must be a NumPy array .* or a list of them, got float 3.0"),
        ([3.0], TypeError, r"grads\[0\] must be a NumPy array .*, got float 3.0"),
        ([ONE, None], TypeError, r"grads\[1\] must be a NumPy array .*, got NoneType None"),
        ([np.ones(2, int)], TypeError, r"grads\[0\] .* got an array of int64"),
        ([np.ones(2), read_only()], ValueError, r"grads\[1\] must be writeable"),
        ([ONE, np.ones(1), ONE], ValueError, r"same one as grads\[0\] and grads\[2\]"),
    ],
)
def test_bad_gradients(clip, grads, error, message):
    with pytest.raises(error, match=message):
        clip(grads, 1.0)


@both
def test_bad_arguments(clip):
    with pytest.raises(ValueError, match="limit must be greater than 0, got 0"):
        clip(np.ones(2), 0)
    with pytest.raises(ValueError, match="limit must be finite, got inf"):
        clip(np.ones(2), math.inf)
    with pytest.raises(TypeError, match="limit must be a real number, got '1'"):
        clip(np.ones(2), "1")
    with pytest.raises(ValueError, match="unknown on_nonfinite: 'skip'; choose one of: raise, zer"):
        clip(np.ones(2), 1.0, on_nonfinite="skip")


def test_more_bad_arguments():
    with pytest.raises(ValueError, match="eps must be at least 0, got -1"):
        clip_by_norm(np.ones(2), 1.0, eps=-1)
    with pytest.raises(TypeError, match=r"grads\[0\] must be a NumPy array"):
        global_norm([1])
    with pytest.raises(ValueError, match="grads must hold at least one array"):
        global_norm([])


def test_the_norm_of_read_only_gradients():
    assert global_norm([read_only(), read_only()]) == 2.0
    assert global_norm([ONE, ONE]) == 2.0


def test_examples_in_docstrings():
    result = doctest.testmod(clipping)
    assert result.attempted > 0
    assert result.failed == 0
