"""Losses that boosting can lower, for numbers; those for classes are in `class_losses`.

Boosting is gradient descent on the predictions F themselves (Friedman, *Greedy function
approximation: a gradient boosting machine*, Annals of Statistics 29(5), 2001). All that it has to
know about a loss is here: where to begin, which way is down at each row, and how far a leaf should
go. Each loss is a sum over rows of l(y, F), and a row's gradient is the derivative of its own l.

>>> y, F = np.array([1.0, 2.0, 9.0]), np.array([2.0, 2.0, 2.0])
>>> for loss in (Squared(), Absolute(), Huber(delta=3.0), Quantile(alpha=0.9)):
...     print(type(loss).__name__, loss.negative_gradient(y, F), loss.leaf_value(y, F))
Squared [-1.  0.  7.] 2.0
Absolute [-1.  0.  1.] 0.0
Huber [-1.  0.  3.] 0.6666666666666666
Quantile [-0.1  0.   0.9] 7.0
"""

from dataclasses import dataclass

import numpy as np

from coursekit._checks import real_number
from coursekit.boosting.loss import Loss, leaf_means, residuals
from coursekit.boosting.quantiles import grouped_quantile, quantile


@dataclass(frozen=True)
class Squared(Loss):
    """l = ½ (y − F)².

    Its negative gradient y − F is the residual, its second derivative is 1. It starts at the mean of
    y, and a leaf adds the mean of its residuals. The ½ makes the gradient come out without a 2.
    """

    title = "squared error"
    second_order = True

    def losses(self, y, F):
        """Return ½ (y − F)²."""
        return 0.5 * residuals(y, F) ** 2

    def negative_gradient(self, y, F):
        """Return y − F."""
        return residuals(y, F)

    def hessian(self, y, F):
        """Return 1 for each row."""
        return np.ones(np.shape(F))

    def initial(self, y, weight=None):
        """Return the mean of y."""
        return float(np.average(y, weights=weight))

    def leaf_values(self, y, F, leaf, n_leaves, weight=None, output=0):
        """Return the mean of y − F in each leaf."""
        return leaf_means(residuals(y, F), leaf, n_leaves, weight)


@dataclass(frozen=True)
class Absolute(Loss):
    """l = |y − F|.

    Its negative gradient is the sign of the residual: it says which way, and nothing about how far.
    At y = F, where l has a kink, 0 is taken. It starts at the median of y, and a leaf adds the median
    of its residuals (Friedman 2001, algorithm 3).
    """

    title = "absolute error"

    def losses(self, y, F):
        """Return |y − F|."""
        return np.abs(residuals(y, F))

    def negative_gradient(self, y, F):
        """Return the sign of y − F."""
        return np.sign(residuals(y, F))

    def hessian(self, y, F):
        """Return 0 for each row: away from the kink the loss is straight."""
        return np.zeros(np.shape(F))

    def initial(self, y, weight=None):
        """Return the median of y."""
        return quantile(y, 0.5, weight)

    def leaf_values(self, y, F, leaf, n_leaves, weight=None, output=0):
        """Return the median of y − F in each leaf."""
        return grouped_quantile(residuals(y, F), 0.5, leaf, n_leaves, weight)


@dataclass(frozen=True)
class Quantile(Loss):
    """l = α·max(y − F, 0) + (1 − α)·max(F − y, 0), lowest at the α-quantile of y.

    Its negative gradient is α where y > F, α − 1 where y < F, and at the kink 0. It starts at the
    α-quantile of y, and a leaf adds the α-quantile of its residuals.

    Attributes:
        alpha: α, between 0 and 1: the share of targets that should lie below the prediction.

    Raises:
        TypeError, ValueError: if ``alpha`` is not a number greater than 0 and less than 1.
    """

    alpha: float = 0.9
    title = "quantile loss"

    def __post_init__(self):
        real_number("alpha", self.alpha, above=0, below=1)

    def losses(self, y, F):
        """Return α·max(y − F, 0) + (1 − α)·max(F − y, 0)."""
        residual = residuals(y, F)
        return np.maximum(self.alpha * residual, (self.alpha - 1) * residual)

    def negative_gradient(self, y, F):
        """Return α where y > F, α − 1 where y < F, 0 where they are equal."""
        residual = residuals(y, F)
        return np.where(residual > 0, self.alpha, np.where(residual < 0, self.alpha - 1, 0.0))

    def hessian(self, y, F):
        """Return 0 for each row: away from the kink the loss is straight."""
        return np.zeros(np.shape(F))

    def initial(self, y, weight=None):
        """Return the α-quantile of y."""
        return quantile(y, self.alpha, weight)

    def leaf_values(self, y, F, leaf, n_leaves, weight=None, output=0):
        """Return the α-quantile of y − F in each leaf."""
        return grouped_quantile(residuals(y, F), self.alpha, leaf, n_leaves, weight)


@dataclass(frozen=True)
class Huber(Loss):
    """l = ½ (y − F)² where |y − F| ≤ δ, and δ·(|y − F| − ½ δ) beyond.

    Its negative gradient is the residual, cut off at ±δ: large errors pull with limited force. It
    starts at the median of y, which is near the lowest loss, not at it. A leaf takes one step from the
    median m of its residuals r: it adds m + mean of sign(r − m)·min(δ, |r − m|) (Friedman 2001,
    algorithm 4).

    Attributes:
        delta: δ, at least 0; at 0 no row pulls, and nothing is learned. With None it is set anew
            before each tree (`for_stage`), to the α-quantile of |y − F|, so that a share of 1 − α
            counts as outliers; the loss then changes from stage to stage.
        alpha: α, between 0 and 1; unused if ``delta`` is given.

    Raises:
        TypeError, ValueError: if ``delta`` or ``alpha`` is not a number in its range.
    """

    delta: float | None = None
    alpha: float = 0.9
    title = "Huber loss"

    def __post_init__(self):
        real_number("alpha", self.alpha, above=0, below=1)
        if self.delta is not None:
            # 0 is what `for_stage` finds where nearly all residuals are 0.
            real_number("delta", self.delta, at_least=0)

    def for_stage(self, y, F, weight=None):
        """Return the loss with δ fixed: the α-quantile of |y − F|, unless ``delta`` was given."""
        if self.delta is not None:
            return self
        return Huber(quantile(np.abs(residuals(y, F)), self.alpha, weight), self.alpha)

    def losses(self, y, F):
        """Return ½ (y − F)² where |y − F| ≤ δ, and δ·(|y − F| − ½ δ) beyond."""
        delta = self.for_stage(y, F).delta
        size = np.abs(residuals(y, F))
        inside = np.minimum(size, delta)
        return inside * (size - 0.5 * inside)

    def value(self, y, F, weight=None):
        """Return the mean loss of the rows, a float."""
        return super(Huber, self.for_stage(y, F, weight)).value(y, F, weight)

    def negative_gradient(self, y, F):
        """Return y − F, cut off at ±δ."""
        delta = self.for_stage(y, F).delta
        return np.clip(residuals(y, F), -delta, delta)

    def hessian(self, y, F):
        """Return 1 where |y − F| ≤ δ, and 0 beyond."""
        return np.where(np.abs(residuals(y, F)) <= self.for_stage(y, F).delta, 1.0, 0.0)

    def initial(self, y, weight=None):
        """Return the median of y."""
        return quantile(y, 0.5, weight)

    def leaf_values(self, y, F, leaf, n_leaves, weight=None, output=0):
        """Return one step from the median of y − F in each leaf (see the class)."""
        delta = self.for_stage(y, F, weight).delta
        residual = residuals(y, F)
        median = grouped_quantile(residual, 0.5, leaf, n_leaves, weight)
        beyond = np.clip(residual - median[leaf], -delta, delta)
        return median + leaf_means(beyond, leaf, n_leaves, weight)
