"""Two models that are convex in their coefficients: least squares and logistic regression."""

import numpy as np

from coursekit._checks import finite_array, real_number
from coursekit.activations.squashing import sigmoid_slope, sigmoid_value
from coursekit.descent.data import DataObjective
from coursekit.descent.objectives import largest_curvature


class _LinearModel(DataObjective):
    """A loss of the scores z = Xw: its mean over the rows, plus the penalty l2/2 ‖w‖².

    A subclass says what the loss of each row is: ``loss``, ``derivative`` and ``second_derivative``
    are functions of the scores and the targets, the latter two derivatives by the score.
    """

    def __init__(self, X, y, *, l2=0.0, **batching):
        X, y = finite_array("X", X), finite_array("y", y)
        if X.ndim != 2:
            raise ValueError(f"X must have shape (examples, features), got shape {X.shape}")
        if y.shape != X.shape[:1]:
            raise ValueError(
                f"y must have shape {X.shape[:1]}, one number per row of X, got {y.shape}"
            )
        self.X, self.y = X, y
        self.l2 = real_number("l2", l2, at_least=0)
        super().__init__(self._on_rows, X, y, **batching)

    def __call__(self, w):
        """Return the loss on all the data at w of shape (..., features): a number, or many."""
        w = self._coefficients(w)
        return self._value_on(w, w @ self.X.T, self.y)

    def hessian(self, w):
        """Return the second derivatives on all the data, of shape (..., features, features)."""
        w = self._coefficients(w)
        weights = self.second_derivative(w @ self.X.T, self.y)
        weighted = weights[..., np.newaxis] * self.X  # each row of X times its weight
        return self.X.T @ weighted / self.size + self.l2 * np.eye(self.X.shape[1])

    def largest_curvature(self, w=None):
        """Return λmax of the Hessian at ``w``, by default at 0: nowhere is it larger."""
        w = np.zeros(self.X.shape[1]) if w is None else w
        return largest_curvature(self, w)

    def _on_rows(self, w, X, y):
        w = self._coefficients(w)
        scores = w @ X.T  # X @ w for one w; for many of them, one row of scores each
        gradient = self.derivative(scores, y) @ X / len(y) + self.l2 * w
        return self._value_on(w, scores, y), gradient

    def _value_on(self, w, scores, y):
        penalty = 0.5 * self.l2 * (w**2).sum(axis=-1) if self.l2 else 0.0
        return self.loss(scores, y).sum(axis=-1) / len(y) + penalty

    def _coefficients(self, w):
        w = np.asarray(w)
        if w.ndim == 0 or w.shape[-1] != self.X.shape[1]:
            raise ValueError(f"w must have shape (..., {self.X.shape[1]}), got shape {w.shape}")
        return w


class LeastSquares(_LinearModel):
    """Linear regression by least squares: L(w) = 1/(2N) ‖Xw − y‖² + l2/2 ‖w‖².

    The gradient is Xᵀ(Xw − y)/N + l2·w and the Hessian XᵀX/N + l2·I, the same everywhere.

    Source: Hastie, Tibshirani and Friedman (2009), *The Elements of Statistical Learning*,
    sections 3.2 and 3.4.1 (with its penalty scaled to our mean).

    Args:
        X: features, of shape (N, features). Add a column of ones for an intercept.
        y: targets, of shape (N,).
        l2: the strength of the penalty, at least 0.
        **batching: ``batch_size``, ``seed`` and the other options of `DataObjective`.

    Raises:
        TypeError: if X or y do not hold real numbers.
        ValueError: if they are empty, not finite or do not fit together, or ``l2`` is negative.
    """

    @staticmethod
    def loss(scores, y):
        """Return ½(z − y)²."""
        return 0.5 * (scores - y) ** 2

    @staticmethod
    def derivative(scores, y):
        """Return the derivative of the loss with respect to the score, z − y."""
        return scores - y

    @staticmethod
    def second_derivative(scores, y):
        """Return the second derivative of the loss, 1 everywhere."""
        return np.ones_like(scores)

    def minimizer(self):
        """Return the w of lowest loss, solved for directly; the shortest one, if there are many."""
        n, features = self.X.shape
        rows = np.vstack([self.X, np.sqrt(n * self.l2) * np.eye(features)])
        return np.linalg.lstsq(rows, np.concatenate([self.y, np.zeros(features)]), rcond=None)[0]


class Logistic(_LinearModel):
    """Binary logistic regression: L(w) = 1/N Σ (log(1 + exp zᵢ) − yᵢ zᵢ) + l2/2 ‖w‖², z = Xw.

    This is the mean cross-entropy of the probabilities p = σ(z), written so that it neither
    overflows nor takes the logarithm of zero. The gradient is Xᵀ(p − y)/N + l2·w, the Hessian
    Xᵀ diag(p(1 − p)) X/N + l2·I. If a plane separates the classes and l2 = 0, there is no minimum:
    the loss falls for ever as w grows.

    Source: Hastie, Tibshirani and Friedman (2009), *The Elements of Statistical Learning*,
    section 4.4.

    Args:
        X: features, of shape (N, features). Add a column of ones for an intercept.
        y: the classes, 0 or 1, of shape (N,).
        l2: the strength of the penalty, at least 0.
        **batching: ``batch_size``, ``seed`` and the other options of `DataObjective`.

    Raises:
        TypeError: if X or y do not hold real numbers.
        ValueError: if they are empty, not finite or do not fit together, ``l2`` is negative, or a
            class is neither 0 nor 1.
    """

    def __init__(self, X, y, *, l2=0.0, **batching):
        super().__init__(X, y, l2=l2, **batching)
        wrong = ~np.isin(self.y, (0, 1))
        if wrong.any():
            raise ValueError(f"y must hold the classes 0 and 1, got {self.y[wrong][0]:g}")

    @staticmethod
    def loss(scores, y):
        """Return log(1 + exp z) − yz."""
        return np.logaddexp(0.0, scores) - y * scores

    @staticmethod
    def derivative(scores, y):
        """Return the derivative of the loss with respect to the score, σ(z) − y."""
        return sigmoid_value(scores) - y

    @staticmethod
    def second_derivative(scores, y):
        """Return the second derivative of the loss, σ(z)(1 − σ(z))."""
        return sigmoid_slope(scores)

    def probabilities(self, w):
        """Return the probability of class 1 for each row of X, of shape (..., N)."""
        return sigmoid_value(self._coefficients(w) @ self.X.T)
