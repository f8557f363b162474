"""What all schedules share, and the ones that only fall: the learning rate decays."""

import math
from dataclasses import dataclass

from coursekit._checks import real_number, whole_number


class Schedule:
    """A rate η as a function of the step t. Subclasses define ``rate(t)``."""

    def __call__(self, step):
        """Return η for the step with this number, counted from 0.

        Raises:
            TypeError: if ``step`` is not an integer.
            ValueError: if it is negative.
        """
        return self.rate(whole_number("step", step, at_least=0))

    def rate(self, t):
        """Return η for a step number that has been checked."""
        raise NotImplementedError

    def _check(self, argument, **bounds):
        """Check a field that holds a real number, and store it as a float."""
        value = real_number(argument, getattr(self, argument), **bounds)
        object.__setattr__(self, argument, value)  # the dataclass is frozen

    def _check_count(self, argument):
        """Check a field that holds a number of steps, at least 1."""
        value = whole_number(argument, getattr(self, argument), at_least=1)
        object.__setattr__(self, argument, value)


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate at each step.

    Args:
        lr: the rate, at least 0.
    """

    lr: float

    def __post_init__(self):
        self._check("lr", at_least=0)

    def rate(self, t):
        """Return the rate."""
        return self.lr


@dataclass(frozen=True)
class Step(Schedule):
    """η = lr · γ^⌊t / every⌋: constant, and multiplied by γ again and again.

    PyTorch: ``StepLR(step_size=every)``.

    Args:
        lr: the first rate, at least 0.
        every: the number of steps between two changes.
        gamma: the factor γ, above 0 and at most 1.
    """

    lr: float
    every: int
    gamma: float = 0.1

    def __post_init__(self):
        self._check("lr", at_least=0)
        self._check_count("every")
        self._check("gamma", above=0)
        at_most_one("gamma", self.gamma)

    def rate(self, t):
        """Return lr · γ^⌊t / every⌋."""
        return self.lr * self.gamma ** (t // self.every)


@dataclass(frozen=True)
class Exponential(Schedule):
    """η = lr · γᵗ: multiplied by γ after each step.

    PyTorch: ``ExponentialLR``. With γ above 1 the rate grows, as in a search for the largest rate
    that works (Smith, 2017, *Cyclical learning rates for training neural networks*, WACV).

    Args:
        lr: the first rate, at least 0.
        gamma: the factor γ, above 0.
    """

    lr: float
    gamma: float

    def __post_init__(self):
        self._check("lr", at_least=0)
        self._check("gamma", above=0)

    def rate(self, t):
        """Return lr · γᵗ.

        Raises:
            ValueError: if that is larger than a float can be.
        """
        try:
            rate = self.lr * self.gamma**t
        except OverflowError:
            rate = math.inf
        if math.isinf(rate):
            raise ValueError(f"the rate of {self} must stay finite, got inf at step {t}")
        return rate


@dataclass(frozen=True)
class InverseTime(Schedule):
    """η = lr / (1 + decay · t), which falls like 1/t.

    With a decay above 0 the rates sum to infinity, so that any distance can be covered, while the sum
    of their squares is finite, so that noise averages out: Robbins and Monro's conditions, under
    which stochastic gradient descent converges. Keras: ``InverseTimeDecay(decay_steps=1)``.

    Source: Robbins and Monro (1951), *A stochastic approximation method*, Annals of Mathematical
    Statistics 22.

    Args:
        lr: the first rate, at least 0.
        decay: at least 0; the rate is halved after 1/decay steps.
    """

    lr: float
    decay: float = 1.0

    def __post_init__(self):
        self._check("lr", at_least=0)
        self._check("decay", at_least=0)

    def rate(self, t):
        """Return lr / (1 + decay · t)."""
        return self.lr / (1 + self.decay * t)


@dataclass(frozen=True)
class InversePower(Schedule):
    """η = lr / (1 + decay · t)^power.

    Robbins and Monro's conditions (see `InverseTime`) hold for powers above ½ and up to 1. With
    power 2 the sum of all rates is finite: the steps may end before they arrive. Power ½, the
    default, is that of Zinkevich (2003), *Online convex programming and generalized infinitesimal
    gradient ascent*, ICML.

    Args:
        lr: the first rate, at least 0.
        decay: at least 0.
        power: at least 0.
    """

    lr: float
    decay: float = 1.0
    power: float = 0.5

    def __post_init__(self):
        self._check("lr", at_least=0)
        self._check("decay", at_least=0)
        self._check("power", at_least=0)

    def rate(self, t):
        """Return lr / (1 + decay · t)^power."""
        return self.lr * (1 + self.decay * t) ** -self.power


def at_most_one(argument, value):
    """Raise a ValueError if ``value`` is above 1."""
    if value > 1:
        raise ValueError(f"{argument} must be at most 1, got {value!r}")
