"""Losses for classes: boosting lowers them on log-odds, and probabilities follow.

Both are the negative log of the probability that the model gives to the true class. A leaf takes one
Newton step: the sum of the negative gradients over the sum of the second derivatives (Friedman
2001, algorithms 5 and 6; his F for two classes is half the log-odds).

>>> y, F = np.array([0.0, 1.0]), np.array([0.0, 2.0])
>>> Logistic().negative_gradient(y, F).round(3)  # y − p
array([-0.5  ,  0.119])
"""

from dataclasses import dataclass

import numpy as np

from coursekit._checks import first_index, whole_number
from coursekit.boosting.loss import Loss, leaf_ratio, matching


def sigmoid(F):
    """Return 1 / (1 + exp(−F)), with full relative precision however small it is."""
    F = np.asarray(F, dtype=np.float64)
    small = np.exp(-np.abs(F))  # the exponent is never above 0, so nothing overflows
    return np.where(F >= 0, 1.0, small) / (1.0 + small)


def log_softmax(F):
    """Return log(exp F_k / Σ_j exp F_j) for each row and class."""
    F = np.asarray(F, dtype=np.float64)
    shifted = F - F.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Logistic(Loss):
    """l = log(1 + exp(F)) − y F, for y of 0 or 1; F is the log-odds of class 1.

    With p = 1 / (1 + exp(−F)), its negative gradient is y − p and its second derivative p (1 − p). It
    starts at the log-odds of all rows.
    """

    title = "logistic loss"
    second_order = True

    def losses(self, y, F):
        """Return log(1 + exp(F)) − y F."""
        y, F = matching(y, F)
        return np.logaddexp(0.0, np.where(y > 0, -F, F))

    def negative_gradient(self, y, F):
        """Return y − p; written so that it does not lose its digits where p is close to y."""
        y, F = matching(y, F)
        return np.where(y > 0, sigmoid(-F), -sigmoid(F))

    def hessian(self, y, F):
        """Return p (1 − p)."""
        F = np.asarray(F, dtype=np.float64)
        return sigmoid(F) * sigmoid(-F)

    def initial(self, y, weight=None):
        """Return log(p / (1 − p)), p being the share of ones.

        Raises:
            ValueError: if a y is neither 0 nor 1, or if all rows are of one class: no finite number
                is best.
        """
        y = np.asarray(y, dtype=np.float64)
        other = (y != 0) & (y != 1)
        if other.any():
            index = first_index(other)
            raise ValueError(f"y must hold only 0 and 1, got {y[index]:g} at index {index}")
        ones = np.average(y, weights=weight)
        zeros = np.average(1.0 - y, weights=weight)
        if not (ones > 0 and zeros > 0):
            raise ValueError(f"y must hold rows of both classes, got only class {int(ones > 0)}")
        return float(np.log(ones / zeros))

    def leaf_values(self, y, F, leaf, n_leaves, weight=None, output=0):
        """Return Σ (y − p) / Σ p (1 − p) in each leaf."""
        gradient, hessian = self.negative_gradient(y, F), self.hessian(y, F)
        return _newton(gradient, hessian, leaf, n_leaves, weight)

    def probabilities(self, F):
        """Return the probabilities of classes 0 and 1, shape (rows, 2)."""
        F = np.asarray(F, dtype=np.float64)
        return np.stack([sigmoid(-F), sigmoid(F)], axis=1)


@dataclass(frozen=True)
class Multinomial(Loss):
    """l = −log p_y with p_k = exp F_k / Σ_j exp F_j, for y in 0, …, K − 1.

    F has shape (rows, K), and each stage adds one tree per class. With y_k = 1 for the true class and
    0 for the others, the negative gradient is y_k − p_k and the second derivative p_k (1 − p_k). The
    F_k start at the logs of the classes' shares, shifted so that they add up to 0. A leaf takes a
    Newton step times (K − 1) / K, since a step of all K trees does more than each one reckons with.

    Attributes:
        n_classes: K, at least 2.

    Raises:
        TypeError, ValueError: if ``n_classes`` is not an integer, or is below 2.
    """

    n_classes: int
    title = "multinomial loss"
    second_order = True

    def __post_init__(self):
        whole_number("n_classes", self.n_classes, at_least=2)

    @property
    def outputs(self):
        """The number of predictions for each row: one per class."""
        return self.n_classes

    def losses(self, y, F):
        """Return −log p_y."""
        y, F = self._matching(y, F)
        return -np.take_along_axis(log_softmax(F), y[:, None], axis=1)[:, 0]

    def negative_gradient(self, y, F):
        """Return y_k − p_k, shape (rows, K)."""
        y, F = self._matching(y, F)
        return (y[:, None] == np.arange(self.n_classes)) - np.exp(log_softmax(F))

    def hessian(self, y, F):
        """Return p_k (1 − p_k), shape (rows, K)."""
        p = np.exp(log_softmax(F))
        return p * (1.0 - p)

    def initial(self, y, weight=None):
        """Return the logs of the classes' shares, less their mean, shape (K,).

        Raises:
            TypeError, ValueError: if a y is no integer from 0 to K − 1.
            ValueError: if a class has no rows: no finite number is best.
        """
        y = self._checked(y)
        shares = np.bincount(y, weight, self.n_classes)
        if not (shares > 0).all():
            raise ValueError(f"y must hold rows of each class, got none of {np.argmin(shares)}")
        logs = np.log(shares)
        return logs - logs.mean()

    def leaf_values(self, y, F, leaf, n_leaves, weight=None, output=0):
        """Return (K − 1) / K · Σ (y_k − p_k) / Σ p_k (1 − p_k) in each leaf, k being ``output``."""
        y, F = self._matching(y, F)
        p = np.exp(log_softmax(F)[:, output])
        step = _newton((y == output) - p, p * (1.0 - p), leaf, n_leaves, weight)
        return (self.n_classes - 1) / self.n_classes * step

    def probabilities(self, F):
        """Return the probabilities of the classes, shape (rows, K)."""
        return np.exp(log_softmax(F))

    def _checked(self, y):
        """Return ``y`` as an array of integers from 0 to K − 1."""
        y = np.asarray(y)
        if y.dtype.kind not in "iu":
            raise TypeError(f"y must hold integers, the numbers of classes, got dtype {y.dtype}")
        other = (y < 0) | (y >= self.n_classes)
        if other.any():
            index = first_index(other)
            raise ValueError(
                f"y must be from 0 to {self.n_classes - 1}, got {y[index]} at index {index}"
            )
        return y

    def _matching(self, y, F):
        """Return ``y`` and ``F`` as arrays, with one row of ``F`` for each of ``y``."""
        y, F = self._checked(y), np.asarray(F, dtype=np.float64)
        if F.shape != (len(y), self.n_classes):
            raise ValueError(f"F must have shape {(len(y), self.n_classes)}, got shape {F.shape}")
        return y, F


def _newton(gradient, hessian, leaf, n_leaves, weight):
    """Return Σ gradient / Σ hessian in each leaf."""
    if weight is not None:
        weight = np.asarray(weight)
        gradient, hessian = weight * gradient, weight * hessian
    return leaf_ratio(gradient, hessian, leaf, n_leaves)
