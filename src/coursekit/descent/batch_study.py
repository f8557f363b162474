"""How the size of the batch changes a descent: its noise ball, its steps, its examples.

>>> import numpy as np
>>> from coursekit.descent import LeastSquares, batch_study
>>> rng = np.random.default_rng(0)
>>> X = rng.normal(size=(400, 2))
>>> f = LeastSquares(X, X @ [1.0, -1.0] + rng.normal(size=400))
>>> study = batch_study(f, [3.0, 3.0], batch_sizes=(1, 16, None), lrs=(0.1,), steps=200, seeds=50)
>>> one, some, all_of_them = (study.at(size, 0.1) for size in study.batch_sizes)
>>> one.radius > 2 * some.radius > all_of_them.radius
True
>>> round(one.variance / some.variance)  # times (399/384), since no row is drawn twice
17
>>> all_of_them.steps_to(0.1), all_of_them.examples_to(0.1)
(11, 4400)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coursekit._checks import finite_array, real_number, whole_number
from coursekit.descent.models import LeastSquares
from coursekit.seeding import Interval, spawn

__all__ = ["BatchRuns", "BatchStudy", "batch_study"]

LEVEL = 0.8  # of the runs lie within the interval
POINTS = 300  # in a cloud of late positions, at most


@dataclass(frozen=True, eq=False)
class BatchRuns:
    """Many runs with one batch size and one learning rate, each with batches of its own.

    Attributes:
        batch_size: the examples in a batch.
        lr: the learning rate.
        seeds: the number of runs; 1 for the whole data set, where all runs are the same.
        path: the positions of one of the runs, of shape (steps + 1, 2).
        cloud: late positions of all runs, of shape (points, 2): the noise ball.
        radius: the distance of the runs' late positions from the minimum, root mean square.
        late_excess: the mean excess loss of the late positions, as a share of that at the start.
        excess: the excess loss on all the data after each step, as a share of that at the start:
            of shape (steps + 1, 3), the lower end, the median and the upper end of the middle 80%
            of the runs. Infinite where runs have overflowed.
        variance: the variance of the mini-batch gradient at the minimum, summed over the two
            coordinates, as the runs' batches show it.
    """

    batch_size: int
    lr: float
    seeds: int
    path: np.ndarray
    cloud: np.ndarray
    radius: float
    late_excess: float
    excess: np.ndarray
    variance: float

    def steps_to(self, share: float) -> int | None:
        """Return after how many steps half of the runs have at most this excess loss, or None.

        The excess loss is measured as a share of that at the start: 0.1 means nine tenths of the
        way down.
        """
        share = real_number("share", share, above=0)
        below = np.flatnonzero(self.excess[:, 1] <= share)
        return int(below[0]) if below.size else None

    def examples_to(self, share: float) -> int | None:
        """Return `steps_to` times the batch size, or None."""
        steps = self.steps_to(share)
        return None if steps is None else steps * self.batch_size

    def excess_after(self, steps: int) -> Interval:
        """Return the excess loss after so many steps: the median, and the middle 80% of runs."""
        low, mid, high = (float(value) for value in self.excess[steps])
        return Interval(low, mid, high, LEVEL, self.seeds)


@dataclass(frozen=True, eq=False)
class BatchStudy:
    """Mini-batch descent on one quadratic loss, for several batch sizes and learning rates.

    The loss is L(w) = ``lowest`` + ½ (w − ``minimizer``)ᵀ ``hessian`` (w − ``minimizer``).

    Attributes:
        hessian: the second derivatives of the loss on all the data, of shape (2, 2).
        minimizer: the coefficients of lowest loss, of shape (2,).
        lowest: the loss there.
        start: where all runs began, of shape (2,).
        size: N, the number of examples.
        batch_sizes: the batch sizes, in increasing order; N is the whole data set.
        lrs: the learning rates, in increasing order.
        steps: the number of steps of each run.
        seeds: the number of runs for each batch size and learning rate.
        names: names of the two coefficients.
        runs: (batch size, learning rate) to `BatchRuns`.
    """

    hessian: np.ndarray
    minimizer: np.ndarray
    lowest: float
    start: np.ndarray
    size: int
    batch_sizes: tuple[int, ...]
    lrs: tuple[float, ...]
    steps: int
    seeds: int
    names: tuple[str, str]
    runs: dict[tuple[int, float], BatchRuns]

    def at(self, batch_size: int, lr: float) -> BatchRuns:
        """Return the runs with this batch size and learning rate.

        Raises:
            ValueError: if the study has no such runs.
        """
        if (batch_size, lr) not in self.runs:
            raise ValueError(
                f"no runs with batch_size={batch_size!r}, lr={lr!r}; batch sizes are "
                f"{self.batch_sizes}, learning rates {self.lrs}"
            )
        return self.runs[batch_size, lr]

    def __repr__(self):
        sizes = ", ".join(map(str, self.batch_sizes))
        rates = ", ".join(f"{lr:g}" for lr in self.lrs)
        return (
            f"BatchStudy: batch sizes {sizes} of {self.size} examples, learning rates {rates}, "
            f"{self.seeds} runs of {self.steps} steps each"
        )


def batch_study(
    objective: LeastSquares,
    start: Sequence[float],
    *,
    batch_sizes: Sequence[int | None] = (1, 4, 16, 64, 256, None),
    lrs: Sequence[float] = (0.02, 0.05, 0.1, 0.2),
    steps: int = 1000,
    seeds: int = 100,
    seed: int = 0,
    names: tuple[str, str] = ("w₁", "w₂"),
) -> BatchStudy:
    """Run mini-batch gradient descent at each batch size and learning rate, many times.

    Each step draws a batch anew, without a row twice in it. So the gradient of a batch has the
    variance (N − B)/(N − 1)/B times that of one example, which is zero for the whole data set. All
    learning rates see the same batches. The late positions are those of the last quarter of the
    steps.

    Source: Bottou, Curtis and Nocedal (2018), *Optimization methods for large-scale machine
    learning*, SIAM Review 60, section 4 (the noise ball), for the picture this measures.

    Args:
        objective: a least-squares loss with two coefficients, whose minimum is unique.
        start: where all runs begin, two numbers; not the minimum.
        batch_sizes: examples in a batch, from 1 to N; None for all of them.
        lrs: learning rates, above 0.
        steps: the number of steps of each run, at least 8.
        seeds: the number of runs, at least 2.
        seed: an integer, from which all batches follow.
        names: names of the two coefficients, for pictures.

    Raises:
        TypeError: if the objective is not a `LeastSquares`, or a number of the wrong kind.
        ValueError: if a number is out of bounds or given twice, or the shapes do not fit.
    """
    hessian, minimizer = _bowl(objective)
    start = finite_array("start", start)
    if start.shape != (2,):
        raise ValueError(f"start must be two numbers, got shape {start.shape}")
    if np.allclose(start, minimizer):
        raise ValueError(f"start must not be the minimum, got {start}")
    sizes = _batch_sizes(batch_sizes, objective.size)
    rates = tuple(sorted(real_number("a learning rate", lr, above=0) for lr in lrs))
    if not rates or len(set(rates)) != len(rates):
        raise ValueError(f"lrs must be different learning rates, at least one, got {lrs!r}")
    steps = whole_number("steps", steps, at_least=8)
    seeds = whole_number("seeds", seeds, at_least=2)
    if len(names) != 2:
        raise ValueError(f"names must be two names, got {names!r}")

    runs = {}
    for size, rng in zip(sizes, spawn(seed, len(sizes)), strict=True):
        # The whole data set has one gradient: one run says it all.
        count = seeds if size < objective.size else 1
        positions, variance = _descend(objective, start, size, rates, steps, count, rng, minimizer)
        for i, lr in enumerate(rates):
            runs[size, lr] = _summary(size, lr, positions[:, i], variance, hessian, minimizer)
    return BatchStudy(
        hessian=hessian,
        minimizer=minimizer,
        lowest=float(objective(minimizer)),
        start=start,
        size=objective.size,
        batch_sizes=sizes,
        lrs=rates,
        steps=steps,
        seeds=seeds,
        names=tuple(names),
        runs=runs,
    )


def _bowl(objective):
    if not isinstance(objective, LeastSquares):
        raise TypeError(f"objective must be a LeastSquares, got {objective!r}")
    if objective.X.shape[1] != 2:
        raise ValueError(
            f"objective must have two coefficients, so that its map can be drawn; "
            f"X has shape {objective.X.shape}"
        )
    minimizer = objective.minimizer()
    hessian = objective.hessian(minimizer)
    if np.linalg.eigvalsh(hessian)[0] < 1e-9 * np.trace(hessian):
        raise ValueError("objective must have one minimum, but its two features are proportional")
    return hessian, minimizer


def _batch_sizes(batch_sizes, n):
    sizes = []
    for given in batch_sizes:
        size = n if given is None else whole_number("a batch size", given, at_least=1)
        if size > n:
            raise ValueError(
                f"a batch size must be at most the number of examples, {n}, got {size}"
            )
        sizes.append(size)
    if not sizes or len(set(sizes)) != len(sizes):
        raise ValueError(f"batch_sizes must be different sizes, at least one, got {batch_sizes!r}")
    return tuple(sorted(sizes))


def _descend(objective, start, size, rates, steps, runs, rng, minimizer):
    """Return the positions, of shape (steps + 1, rates, runs, 2), and the gradient's variance.

    A batch counts only by its means of x xᵀ and of x y: they are drawn once for all rates.
    """
    X, y, n = objective.X, objective.y, objective.size
    parts = np.column_stack([X[:, 0] ** 2, X[:, 0] * X[:, 1], X[:, 1] ** 2, X.T[0] * y, X.T[1] * y])
    lr = np.array(rates)[:, np.newaxis, np.newaxis]
    w = np.broadcast_to(start, (len(rates), runs, 2))
    positions = np.empty((steps + 1, len(rates), runs, 2))
    positions[0] = w
    squares = 0.0
    with np.errstate(over="ignore", invalid="ignore"):  # a rate may be too large for a batch size
        for step in range(1, steps + 1):
            a, b, c, d, e = _means(parts, n, size, runs, rng).T
            noise = _gradient(minimizer, a, b, c, d, e, objective.l2)
            squares += np.mean(noise**2, axis=0).sum() if size < objective.size else 0.0
            w = w - lr * _gradient(w, a, b, c, d, e, objective.l2)
            positions[step] = w
    return positions, float(squares / steps)


def _gradient(w, a, b, c, d, e, l2):
    """Return the gradient at w, of shape (..., 2), for matrices [[a, b], [b, c]] and (d, e)."""
    u, v = w[..., 0], w[..., 1]
    return np.stack([a * u + b * v - d + l2 * u, b * u + c * v - e + l2 * v], axis=-1)


def _means(parts, n, size, runs, rng):
    """Return the mean of `parts` over one random batch for each run, of shape (runs, 5)."""
    if size == n:
        return np.broadcast_to(parts.mean(axis=0), (runs, parts.shape[1]))
    if size == 1:
        return parts[rng.integers(n, size=runs)]
    order = np.argpartition(rng.random((runs, n)), size, axis=1)[:, :size]
    return parts[order].mean(axis=1)


def _summary(size, lr, positions, variance, hessian, minimizer):
    """Return `BatchRuns` for positions of shape (steps + 1, runs, 2)."""
    away = positions - minimizer
    with np.errstate(over="ignore", invalid="ignore"):
        loss = 0.5 * np.einsum("srj,jk,srk->sr", away, hessian, away)
        excess = np.nan_to_num(loss / loss[0], nan=np.inf, posinf=np.inf)
        late = away[3 * len(away) // 4 :]
        radius = float(np.sqrt(np.mean(np.sum(late**2, axis=-1))))
        late_excess = float(np.mean(excess[3 * len(excess) // 4 :]))
    # Every run gives its late positions in turn, far apart in time.
    per_run = -(-POINTS // away.shape[1]) if away.shape[1] > 1 else 1
    at = np.linspace(3 * len(away) // 4, len(away) - 1, per_run).round().astype(int)
    cloud = positions[at].reshape(-1, 2)[:POINTS]
    ends = [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]
    return BatchRuns(
        batch_size=size,
        lr=lr,
        seeds=away.shape[1],
        path=positions[:, 0].copy(),
        cloud=cloud[np.isfinite(cloud).all(axis=1)],
        radius=radius,
        late_excess=late_excess,
        excess=_quantiles(excess, ends),
        variance=variance,
    )


def _quantiles(values, shares):
    """Return the nearest-rank quantiles of each row, of shape (rows, shares); infinity is a value."""
    ordered = np.sort(values, axis=1)
    ranks = [round(share * (values.shape[1] - 1)) for share in shares]
    return ordered[:, ranks]
