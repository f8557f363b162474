"""Repeatable randomness, and intervals against simulation and published values."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit import seeding
from coursekit.seeding import Interval, fraction, generator, interval, repeat, spawn


@given(seed=st.integers(0, 2**64))
def test_same_seed_same_numbers(seed):
    np.testing.assert_array_equal(generator(seed).normal(size=5), generator(seed).normal(size=5))
    assert generator(seed).random() != generator(seed + 1).random()


def test_generator_is_numpys_own():
    assert generator(np.int64(7)).random() == np.random.default_rng(7).random()


def test_spawned_generators_differ_and_do_not_depend_on_their_number():
    first, second = ([g.random() for g in spawn(3, n)] for n in (5, 50))
    assert first == second[:5]
    neighbors = [g.random() for g in spawn(4, 50)]
    assert len({*second, *neighbors}) == 100


def test_repeat_stacks_one_result_per_generator():
    result = repeat(lambda rng: rng.normal(size=(2, 3)), times=4, seed=9)
    assert result.shape == (4, 2, 3)
    np.testing.assert_array_equal(result, [g.normal(size=(2, 3)) for g in spawn(9, 4)])
    assert repeat(lambda rng: rng.random() < 0.5).dtype == bool
    assert repeat(lambda rng: 1, times=3).tolist() == [1, 1, 1]


def test_repeat_keeps_divergent_runs_only_when_asked():
    def diverges_sometimes(rng):
        return np.inf if rng.random() < 0.5 else 1.0

    first = [g.random() < 0.5 for g in spawn(0, 100)].index(True)
    with pytest.raises(ValueError, match=rf"returned inf in run {first} of 100 \(seed 0\)"):
        repeat(diverges_sometimes)
    result = repeat(diverges_sometimes, allow_nonfinite=True)
    assert 20 < np.isinf(result).sum() < 80


def test_interval_is_the_median_and_the_middle_share():
    result = interval(np.arange(1001.0), level=0.9)
    np.testing.assert_allclose([result.low, result.mid, result.high], [50, 500, 950], rtol=1e-12)
    assert (result.level, result.n) == (0.9, 1001)
    assert interval([3.0]) == Interval(3.0, 3.0, 3.0, 0.95, 1)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0.01, 0.99))
def test_interval_is_ordered_and_inside_the_samples(samples, level):
    result = interval(samples, level)
    slack = 1e-9
    assert min(samples) - slack <= result.low <= result.mid + slack
    assert result.mid <= result.high + slack <= max(samples) + 2 * slack


def test_interval_shows_spread_not_the_mean_so_more_runs_do_not_narrow_it():
    rng = generator(0)
    widths = [interval(rng.normal(size=n)) for n in (1_000, 100_000)]
    for result in widths:
        assert abs(result.low + 1.96) < 0.15
        assert abs(result.high - 1.96) < 0.15


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_fraction_gives_published_wilson_intervals(successes, n, low, high):
    result = fraction([True] * successes + [False] * (n - successes))
    assert result.mid == successes / n
    assert result.n == n
    np.testing.assert_allclose([result.low, result.high], [low, high], atol=5e-5)


@given(n=st.integers(1, 500), data=st.data(), level=st.floats(0.5, 0.999))
def test_fraction_solves_wilsons_equation(n, data, level):
    from statistics import NormalDist

    k = data.draw(st.integers(0, n))
    result = fraction(np.arange(n) < k, level)
    assert 0 <= result.low <= result.mid <= result.high <= 1
    z = NormalDist().inv_cdf((1 + level) / 2)
    for p in (result.low, result.high):
        np.testing.assert_allclose((result.mid - p) ** 2, z**2 * p * (1 - p) / n, atol=1e-12)


def test_fraction_covers_the_truth_about_as_often_as_promised():
    rng = generator(1)
    covered = 0
    for _ in range(2000):
        result = fraction(rng.random(40) < 0.1)
        covered += result.low <= 0.1 <= result.high
    assert 0.92 < covered / 2000 < 0.98


def test_fraction_takes_zeros_and_ones():
    assert fraction([0, 1, 1]) == fraction([False, True, True]) == fraction(np.array([0.0, 1, 1]))


def test_interval_in_words():
    result = Interval(low=0.4412, mid=0.46, high=0.4789, level=0.95, n=100)
    assert str(result) == f"{result}" == "0.46 [0.441, 0.479]"
    assert f"{result:.1f}" == "0.5 [0.4, 0.5]"
    assert f"{result:.0%}" == "46% [44%, 48%]"
    assert str(Interval(-1234.5, 12.345, 2.5e9, 0.95, 3)) == "12.3 [-1234, 2.5e+09]"
    assert str(Interval(0.0, 1e-7, 999_999.0, 0.95, 3)) == "1e-07 [0, 999999]"


def test_docstring_examples():
    assert doctest.testmod(seeding).failed == 0


RUNS = iter(range(1000))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: generator(None), TypeError, "seed must be an integer, got None.*not repeatable"),
        (lambda: generator(-1), ValueError, "seed must be at least 0, got -1"),
        (lambda: generator(1.0), TypeError, "seed must be an integer, got 1.0"),
        (lambda: generator(True), TypeError, "seed must be an integer, got True"),
        (lambda: generator([1, 2]), TypeError, r"seed must be an integer, got \[1, 2\]"),
        (lambda: spawn(None, 3), TypeError, "seed must be an integer, got None"),
        (lambda: spawn(0, 0), ValueError, "n must be at least 1, got 0"),
        (lambda: repeat(np.mean, times=0), ValueError, "times must be at least 1, got 0"),
        (lambda: repeat(lambda rng: 1.0, seed="x"), TypeError, "seed must be an integer, got 'x'"),
        (lambda: repeat(lambda rng: None), TypeError, "experiment must return.*in run 0 of 100"),
        (
            lambda: repeat(lambda rng: np.zeros(2 + next(RUNS) % 2)),
            ValueError,
            r"shape \(3,\) in run 1, but \(2,\) in run 0",
        ),
        (lambda: interval([]), ValueError, "samples must not be empty"),
        (lambda: interval([1, np.nan]), ValueError, r"samples .*got nan at index \(1,\)"),
        (lambda: interval([[1.0]]), ValueError, r"samples must have shape \(n,\).*\(1, 1\)"),
        (lambda: interval([True]), TypeError, r"samples must hold real numbers, got \[True\]"),
        (lambda: interval([1.0], level=1), ValueError, "level must be less than 1, got 1"),
        (lambda: interval([1.0], level=95), ValueError, "level must be less than 1, got 95"),
        (lambda: fraction([1, 2]), ValueError, r"flags must be.*got 2.0 at index \(1,\)"),
        (lambda: fraction([]), ValueError, "flags must not be empty"),
        (lambda: fraction(np.array([], dtype=bool)), ValueError, "flags must have shape"),
        (lambda: fraction([["a"]]), TypeError, "flags must hold real numbers"),
        (lambda: fraction([1], level=0), ValueError, "level must be greater than 0, got 0"),
    ],
)
def test_errors_name_the_argument_and_the_value(call, error, message):
    with pytest.raises(error, match=message):
        call()
