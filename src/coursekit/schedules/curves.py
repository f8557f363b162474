"""Schedules along a curve of a given number of steps: warm-up, cosine, one cycle."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from coursekit._checks import one_of
from coursekit.schedules.decays import Schedule, at_most_one


@dataclass(frozen=True)
class WarmUp(Schedule):
    """A straight line up to the first rate of another schedule, and then that schedule.

    η = then(0) · (start_factor + (1 − start_factor) · t / steps)   for t < steps,
    η = then(t − steps)                                             from there on.

    PyTorch: ``SequentialLR`` of ``LinearLR(start_factor, total_iters=steps)`` and another. With
    start_factor 0, which PyTorch does not allow, the very first step does not move.

    Source: Goyal et al. (2017), *Accurate, large minibatch SGD: training ImageNet in 1 hour*, arXiv
    1706.02677.

    Args:
        steps: the number of steps before ``then`` begins.
        then: any function of the step, such as ``Constant(0.1)``. `Plateau` is none.
        start_factor: the first rate divided by ``then(0)``, from 0 to 1.
    """

    steps: int
    then: Callable[[int], float]
    start_factor: float = 0.0

    def __post_init__(self):
        self._check_count("steps")
        if not callable(self.then):
            raise TypeError(
                f"then must be a function of the step, such as Constant(0.1) (not a Plateau, which "
                f"follows the loss), got {self.then!r}"
            )
        self._check("start_factor", at_least=0)
        at_most_one("start_factor", self.start_factor)

    def rate(self, t):
        """Return η at step t; see the class for the formula."""
        if t >= self.steps:
            return self.then(t - self.steps)
        return _line(self.start_factor, 1.0, t / self.steps) * self.then(0)


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a cosine wave from ``lr`` down to ``final_lr``.

    η = final_lr + ½ (lr − final_lr) (1 + cos(π t / steps))

    After that the rate stays at ``final_lr``, or with ``restarts`` starts again at ``lr``. PyTorch:
    ``CosineAnnealingLR(T_max=steps, eta_min=final_lr)``, which after ``steps`` climbs the wave
    again, and ``CosineAnnealingWarmRestarts(T_0=steps)``.

    Source: Loshchilov and Hutter (2017), *SGDR: stochastic gradient descent with warm restarts*,
    ICLR.

    Args:
        lr: the first rate, at least 0.
        steps: the number of steps from ``lr`` to ``final_lr``.
        final_lr: the last rate, at least 0.
        restarts: whether to begin anew every ``steps`` steps.
    """

    lr: float
    steps: int
    final_lr: float = 0.0
    restarts: bool = False

    def __post_init__(self):
        self._check("lr", at_least=0)
        self._check_count("steps")
        self._check("final_lr", at_least=0)
        if not isinstance(self.restarts, bool):
            raise TypeError(f"restarts must be True or False, got {self.restarts!r}")

    def rate(self, t):
        """Return η at step t; see the class for the formula."""
        t = t % self.steps if self.restarts else min(t, self.steps)
        return _cosine(self.lr, self.final_lr, t / self.steps)


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up to ``max_lr`` and down again, to far below the start: for short training at a high rate.

    The rate starts at max_lr / div_factor, reaches max_lr at step pct_start · steps − 1 and ends,
    at step steps − 1, at max_lr / (div_factor · final_div_factor). PyTorch:
    ``OneCycleLR(total_steps=steps)``; its three-phase form is left out, and so is its momentum,
    which goes down while the rate goes up.

    Source: Smith and Topin (2019), *Super-convergence: very fast training of neural networks using
    large learning rates*, Artificial Intelligence and Machine Learning for Multi-Domain Operations
    Applications. Their cycle is made of straight lines (``anneal="linear"``).

    Args:
        max_lr: the highest rate, at least 0.
        steps: the number of steps of the cycle.
        pct_start: the share of the steps that goes up (a share, despite PyTorch's name), 0 to 1.
        anneal: ``"cos"`` for half cosine waves, ``"linear"`` for straight lines.
        div_factor: max_lr divided by the first rate, above 0.
        final_div_factor: the first rate divided by the last, above 0.
    """

    max_lr: float
    steps: int
    pct_start: float = 0.3
    anneal: str = "cos"
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def __post_init__(self):
        self._check("max_lr", at_least=0)
        self._check_count("steps")
        self._check("pct_start", at_least=0)
        at_most_one("pct_start", self.pct_start)
        one_of("anneal", self.anneal, ("cos", "linear"))
        self._check("div_factor", above=0)
        self._check("final_div_factor", above=0)

    def rate(self, t):
        """Return η at step t; see the class for the three rates that it runs between."""
        between = _cosine if self.anneal == "cos" else _line
        first = self.max_lr / self.div_factor
        last = self.steps - 1
        t = min(t, last)
        peak = self.pct_start * self.steps - 1
        if t > peak:
            return between(self.max_lr, first / self.final_div_factor, (t - peak) / (last - peak))
        return between(first, self.max_lr, t / peak if peak > 0 else 1)


def _line(start, end, share):
    """Return the value at ``share`` of the way from ``start`` to ``end``, along a straight line."""
    return start + (end - start) * share


def _cosine(start, end, share):
    """Return the value at ``share`` of the way from ``start`` to ``end``, along half a cosine."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
