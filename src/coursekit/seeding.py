"""Randomness that can be repeated, and a fair summary of many random runs.

One random run proves little. The experiments of the course run many times, each run with a random
generator of its own that follows from one seed, and report an interval instead of one lucky number:

>>> from coursekit.seeding import interval, repeat
>>> means = repeat(lambda rng: rng.normal(size=25).mean(), times=200, seed=0)
>>> print(interval(means))  # the median, and the range of the middle 95% of the runs
0.0181 [-0.384, 0.311]
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from coursekit._checks import finite_array, first_index, real_number, whole_number


def generator(seed):
    """Return a random generator that gives the same numbers for the same seed, on every machine.

    Args:
        seed: an integer, at least 0. There is no default: a run without a seed cannot be repeated.

    Raises:
        TypeError: if ``seed`` is None or not an integer.
        ValueError: if it is negative.
    """
    return np.random.default_rng(_checked_seed(seed))


def spawn(seed, n):
    """Return a list of ``n`` independent generators that follow from one seed.

    Seeds such as ``seed + 1``, ``seed + 2`` would make the runs of two neighboring seeds overlap;
    these do not (`numpy.random.SeedSequence.spawn`). The first generators are the same for any n.

    Raises:
        TypeError: if ``seed`` or ``n`` is not an integer.
        ValueError: if ``seed`` is negative or ``n`` is less than 1.
    """
    n = whole_number("n", n, at_least=1)
    children = np.random.SeedSequence(_checked_seed(seed)).spawn(n)
    return [np.random.default_rng(child) for child in children]


def repeat(experiment, times=100, seed=0, allow_nonfinite=False):
    """Run a random experiment many times and stack the results.

    Args:
        experiment: a function of a generator that returns a number or an array, of the same shape
            each time.
        times: the number of runs, at least 1.
        seed: an integer, at least 0; the runs get the generators of ``spawn(seed, times)``.
        allow_nonfinite: whether infinities and NaN may be among the results, for example to count
            the runs that diverge.

    Returns:
        An array of shape (times, ...): the runs along the first axis.

    Raises:
        TypeError: if a result does not hold numbers or booleans.
        ValueError: if a result is not finite, or has another shape than the first.
    """
    times = whole_number("times", times, at_least=1)
    results = []
    for run, rng in enumerate(spawn(seed, times)):
        result = np.asarray(experiment(rng))
        if result.dtype.kind not in "biuf":
            raise TypeError(
                f"experiment must return real numbers, got {result!r} in run {run} of {times}"
            )
        if not allow_nonfinite and not np.isfinite(result).all():
            raise ValueError(
                f"experiment returned {result[()]} in run {run} of {times} (seed {seed}); pass "
                f"allow_nonfinite=True to keep such results"
            )
        if results and result.shape != results[0].shape:
            raise ValueError(
                f"experiment returned shape {result.shape} in run {run}, but "
                f"{results[0].shape} in run 0"
            )
        results.append(result)
    return np.stack(results)


@dataclass(frozen=True)
class Interval:
    """A middle value between two bounds, printed as ``0.46 [0.44, 0.48]``.

    A format is applied to each number: ``f"{interval:.1f}"`` gives ``0.5 [0.4, 0.5]``. Without one,
    numbers have three significant digits.

    Attributes:
        low: the lower bound.
        mid: the middle value; which one, the function that made the interval says.
        high: the upper bound.
        level: the share that the interval is made for, such as 0.95.
        n: the number of samples.
    """

    low: float
    mid: float
    high: float
    level: float
    n: int

    def __format__(self, spec):
        low, mid, high = (
            format(number, spec) if spec else _three_digits(number)
            for number in (self.low, self.mid, self.high)
        )
        return f"{mid} [{low}, {high}]"

    def __str__(self):
        return format(self)


def interval(samples, level=0.95):
    """Summarize runs by their median and the range in which the middle share of them lies.

    At level 0.95 the bounds are the 2.5% and the 97.5% quantile of the samples: 95 of 100 runs lie
    between them. This is the *spread of single runs*, not a confidence interval of their mean: more
    runs make it steadier, not narrower.

    Args:
        samples: one number per run, of shape (n,).
        level: the share of the runs inside, between 0 and 1.

    Returns:
        An `Interval` whose ``mid`` is the median.

    Raises:
        TypeError: if ``samples`` does not hold real numbers; for booleans, use `fraction`.
        ValueError: if ``samples`` is empty, not finite or not one-dimensional, or ``level`` is out
            of bounds.
    """
    samples = finite_array("samples", samples)
    _check_one_dimensional("samples", samples)
    level = real_number("level", level, above=0, below=1)
    low, mid, high = np.quantile(samples, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Interval(float(low), float(mid), float(high), level, samples.size)


def fraction(flags, level=0.95):
    """Estimate a proportion from yes-or-no results, with Wilson's score interval.

    The bounds are the proportions p for which the observed one lies z standard errors away, where a
    standard error is √(p(1 − p)/n). Unlike the textbook's "± 1.96 standard errors of the observed
    one", this stays within 0 and 1, and has a sensible width when all results are the same. It is a
    confidence interval: more runs make it narrower.

    Source: Wilson (1927), *Probable inference, the law of succession, and statistical inference*,
    Journal of the American Statistical Association 22.

    Args:
        flags: one boolean (or 0 or 1) per run, of shape (n,).
        level: the confidence level, between 0 and 1.

    Returns:
        An `Interval` whose ``mid`` is the observed proportion, which is not the bounds' center.

    Raises:
        TypeError: if ``flags`` holds something else than booleans or numbers.
        ValueError: if ``flags`` is empty, not one-dimensional, or holds numbers other than 0 and 1,
            or ``level`` is out of bounds.

    Example:
        >>> print(fraction([True] * 46 + [False] * 54))
        0.46 [0.366, 0.557]
    """
    flags = np.asarray(flags)
    flags = flags.astype(float) if flags.dtype == bool else finite_array("flags", flags)
    _check_one_dimensional("flags", flags)
    wrong = (flags != 0) & (flags != 1)
    if wrong.any():
        index = first_index(wrong)
        raise ValueError(f"flags must be booleans, 0 or 1, got {flags[index]} at index {index}")
    level = real_number("level", level, above=0, below=1)

    n = flags.size
    p = flags.mean()
    z = NormalDist().inv_cdf((1 + level) / 2)
    center = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half_width = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # Rounding may put a bound a hair on the wrong side of p when p is 0 or 1.
    low, high = min(p, center - half_width), max(p, center + half_width)
    return Interval(float(max(0.0, low)), float(p), float(min(1.0, high)), level, n)


def _checked_seed(seed):
    if seed is None:
        raise TypeError("seed must be an integer, got None: a run without a seed is not repeatable")
    return whole_number("seed", seed, at_least=0)


def _check_one_dimensional(argument, array):
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{argument} must have shape (n,) with n > 0, got shape {array.shape}")


def _three_digits(number):
    """Write a number with three significant digits; an exponent only where it would get long."""
    if 1000 <= abs(number) < 1e6:
        return f"{number:.0f}"
    return f"{number:.3g}"
