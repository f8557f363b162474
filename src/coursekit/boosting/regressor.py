"""Gradient boosting for numbers."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import validate_data

from coursekit._checks import one_of
from coursekit.boosting.common import GradientBoosting
from coursekit.boosting.loss import Loss
from coursekit.boosting.losses import Absolute, Huber, Quantile, Squared
from coursekit.boosting.parameters import checked_target, weighted_rows

LOSSES = ("squared_error", "absolute_error", "huber", "quantile")


class GradientBoostingRegressor(RegressorMixin, GradientBoosting):
    """A sum of small regression trees, each fitted to the negative gradient of the loss.

    The prediction is F(x) = initial + learning_rate · Σ tree(x). Each stage computes the negative
    gradient of the loss at every training row, fits a tree to it by least squares, and gives each of
    its leaves the value that lowers the loss of its rows most; for the Huber loss one step toward it
    (Friedman, *Greedy function approximation: a gradient boosting machine*, Annals of Statistics
    29(5), 2001). Features are binned first (`coursekit.boosting.binning`).

    Args:
        loss: ``"squared_error"``, ``"absolute_error"``, ``"huber"``, ``"quantile"``, or an object of
            `coursekit.boosting.losses` or of your own subclass of `coursekit.boosting.loss.Loss`.
        learning_rate: η, at least 0: how much of each tree is added. With the squared error above 2
            the model diverges.
        n_estimators: the number of stages, at least 0.
        max_depth: the largest number of questions on the way to a leaf, at least 0; None for no
            limit.
        min_samples_leaf: the smallest number of rows in a leaf, at least 1.
        max_bins: the largest number of bins of a feature, from 2 to 255.
        subsample: the share of rows, drawn anew for each stage, that it learns from (Friedman,
            *Stochastic gradient boosting*, 2002); above 0 and at most 1.
        max_features: how many features each split may choose from, drawn anew: a number of features,
            or a share of them. None for all. If none of those drawn can split a node, it is a leaf.
        alpha: the share of targets that should lie below the prediction, for the quantile loss; the
            share of residuals that are no outliers, for the Huber loss. Between 0 and 1. Like
            ``delta``, unused if ``loss`` is an object, which has its own.
        delta: δ of the Huber loss. None: it follows ``alpha``, see `coursekit.boosting.losses.Huber`.
        newton: whether splits use second derivatives too (Chen & Guestrin, *XGBoost*, 2016). Of the
            four losses only the squared error allows it, and as its second derivatives are all 1,
            the trees stay the same; it is for losses of your own, and for the classifier.
        n_iter_no_change: stop early: after this many stages in a row none of which lowered the best
            loss of the rows held out by more than ``tol``. Their trees are kept. None to go on to
            ``n_estimators``.
        validation_fraction: the share of rows held out, if ``n_iter_no_change`` is given.
        tol: see ``n_iter_no_change``; at least 0.
        random_state: an integer, a numpy RandomState, or None for other draws at each fit.

    Attributes:
        initial_: the prediction before the first stage, the same for all rows.
        estimators_: the trees (`coursekit.boosting.tree.Tree`), an array of shape (stages, 1).
        n_estimators_: the number of stages.
        loss_: the loss, an object of `coursekit.boosting.losses`.
        train_score_: the mean loss of the training rows after each stage, an array. For the squared
            error that is half the mean of (y − F)². For the Huber loss it is measured with the
            stage's own δ, and falls also because δ does, unless ``delta`` is given.
        validation_score_: the same for the rows held out; empty if there are none.
        feature_importances_: each feature's share of what all splits gained.
        n_features_in_: the number of features.
        feature_names_in_: their names, if ``X`` had any.

    Example:
        >>> X, y = [[1], [2], [3], [4]], [1.0, 2.0, 6.0, 7.0]
        >>> model = GradientBoostingRegressor(n_estimators=2, max_depth=1, learning_rate=0.5)
        >>> model.fit(X, y).predict(X)
        array([2.125, 2.125, 5.875, 5.875])
        >>> model.initial_ + 0.5 * sum(tree.predict(X) for tree in model.estimators_[:, 0])
        array([2.125, 2.125, 5.875, 5.875])
        >>> print(model.explain([3], y=6.0))
        start: F = 4
        stage 1: negative gradient 2; x0 = 3 is above 2.5; leaf 2: value 2.5; F = 4 + 0.5 · 2.5 = 5.25
        stage 2: negative gradient 0.75; x0 = 3 is above 2.5; leaf 2: value 1.25; \
F = 5.25 + 0.5 · 1.25 = 5.875
    """

    def __init__(
        self,
        loss="squared_error",
        learning_rate=0.1,
        n_estimators=100,
        max_depth=3,
        min_samples_leaf=1,
        max_bins=255,
        subsample=1.0,
        max_features=None,
        alpha=0.9,
        delta=None,
        newton=False,
        n_iter_no_change=None,
        validation_fraction=0.1,
        tol=1e-4,
        random_state=0,
    ):
        self.loss = loss
        self.learning_rate = learning_rate
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.max_bins = max_bins
        self.subsample = subsample
        self.max_features = max_features
        self.alpha = alpha
        self.delta = delta
        self.newton = newton
        self.n_iter_no_change = n_iter_no_change
        self.validation_fraction = validation_fraction
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Fit the model.

        Args:
            X: finite numbers, shape (rows, features).
            y: the numbers to predict, shape (rows,), at most 1e150 in size.
            sample_weight: how often each row counts in sums, means and quantiles, at least 0; None
                for once each. A row of weight 0 is as good as absent. Bins and ``min_samples_leaf``
                count rows without their weights.

        Returns:
            The model itself.

        Raises:
            TypeError: if a parameter is of the wrong type.
            ValueError: if a parameter is out of its range; if ``X``, ``y`` or ``sample_weight`` are
                empty, not finite or of the wrong shape; if ``subsample`` draws no row, or
                ``validation_fraction`` holds none out; or if the model diverges so far that its loss
                is no longer a number.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        X, y, weight = weighted_rows(X, checked_target(y), sample_weight)
        return self._fit(X, y, weight, self._loss())

    def predict(self, X):
        """Return the prediction for each row of ``X``, shape (rows,)."""
        X = self._checked(X)
        return self._model.predict(X)

    def staged_predict(self, X):
        """Yield the predictions after each stage, arrays of shape (rows,)."""
        X = self._checked(X)
        for F in self._model.staged(X):
            yield F.copy()

    def explain(self, x, y=None):
        """Follow one row through the model, tree by tree.

        Args:
            x: the row, shape (features,).
            y: its target, a number, to see the negative gradient that each tree was to fit.

        Returns:
            A `coursekit.boosting.explaining.Explanation`; print it to read it.

        Raises:
            ValueError: if ``x`` is not one row, or ``y`` not one number.
        """
        x = self._checked_row(x)
        if y is not None:
            if np.ndim(y) > 0:
                raise ValueError(f"y must be one number, got shape {np.shape(y)}")
            y = checked_target([y])
        return self._explain(x, y)

    def _loss(self):
        if isinstance(self.loss, Loss):
            return self.loss
        if isinstance(self.loss, type) and issubclass(self.loss, Loss):
            name = self.loss.__name__
            raise TypeError(f"loss must be an object such as {name}(...), got the class {name}")
        name = one_of("loss", self.loss, LOSSES)
        if name == "huber":
            return Huber(self.delta, self.alpha)
        if name == "quantile":
            return Quantile(self.alpha)
        return Squared() if name == "squared_error" else Absolute()
