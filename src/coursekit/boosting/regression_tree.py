"""A single regression tree, with the conventions of scikit-learn's estimators."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from coursekit.boosting.binning import bin_features
from coursekit.boosting.common import gain_shares
from coursekit.boosting.growing import grow
from coursekit.boosting.loss import leaf_means
from coursekit.boosting.parameters import (
    checked_target,
    generator_from,
    tree_settings,
    weighted_rows,
)


class RegressionTree(RegressorMixin, BaseEstimator):
    """Questions about one feature at a time, and in each leaf the mean target of its rows.

    Each split is the one that lowers the squared error most, among all thresholds between the bins of
    all features. With at most ``max_bins`` distinct values in each feature that is every possible
    threshold. Thresholds lie midway between neighboring values (Breiman, Friedman, Olshen & Stone,
    *Classification and regression trees*, 1984).

    Args:
        max_depth: the largest number of questions on the way to a leaf, at least 0; None for no
            limit.
        min_samples_leaf: the smallest number of rows in a leaf, at least 1.
        max_bins: the largest number of bins of a feature, from 2 to 255.
        max_features: how many features each split may choose from, drawn anew: a number of features,
            or a share of them. None for all. If none of those drawn can split a node, it is a leaf.
        random_state: an integer, a numpy RandomState, or None for other draws at each fit.

    Attributes:
        tree_: the tree's nodes (`coursekit.boosting.tree.Tree`).
        feature_importances_: each feature's share of what all splits gained.
        n_features_in_: the number of features.
        feature_names_in_: their names, if ``X`` had any.

    Example:
        >>> tree = RegressionTree(max_depth=2).fit([[1], [2], [3], [9]], [0, 0, 6, 8])
        >>> tree.predict([[0], [2.9], [100]])
        array([0., 6., 8.])
        >>> print(tree.describe())
        node 0: x0 <= 2.5? (4 rows, gain 49)
        ├─ yes: leaf 1, value 0 (2 rows)
        └─ no: node 2: x0 <= 6? (2 rows, gain 2)
           ├─ yes: leaf 3, value 6 (1 row)
           └─ no: leaf 4, value 8 (1 row)
    """

    def __init__(
        self,
        max_depth=None,
        min_samples_leaf=1,
        max_bins=255,
        max_features=None,
        random_state=0,
    ):
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.max_bins = max_bins
        self.max_features = max_features
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Grow the tree.

        Args:
            X: finite numbers, shape (rows, features).
            y: the numbers to predict, shape (rows,), at most 1e150 in size.
            sample_weight: how often each row counts in sums, means and quantiles, at least 0; None
                for once each. A row of weight 0 is as good as absent. Bins and ``min_samples_leaf``
                count rows without their weights.

        Returns:
            The estimator itself.

        Raises:
            TypeError: if a parameter is of the wrong type.
            ValueError: if a parameter is out of its range, or if ``X``, ``y`` or ``sample_weight``
                are empty, not finite or of the wrong shape.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        settings = tree_settings(self, X.shape[1])
        X, y, weight = weighted_rows(X, checked_target(y), sample_weight)
        bins = bin_features(X, settings.pop("max_bins"))
        # Measured from the mean, targets far from 0 keep their digits.
        center = y.mean()
        rng = generator_from(self.random_state)
        tree, leaf = grow(bins, y - center, weight, **settings, rng=rng)
        values = leaf_means(y, leaf, tree.n_nodes, weight)
        self.tree_ = tree.with_values(values)
        return self

    def predict(self, X):
        """Return the prediction for each row of ``X``, shape (rows,)."""
        leaf = self.apply(X)
        return self.tree_.value[leaf]

    def apply(self, X):
        """Return the number of the leaf that each row of ``X`` falls in, shape (rows,)."""
        check_is_fitted(self)
        return self.tree_.leaf_of(validate_data(self, X, dtype=np.float64, reset=False))

    def path(self, x):
        """Return the questions that one row meets, with its answers, as a list of sentences.

        Args:
            x: the row, shape (features,).
        """
        check_is_fitted(self)
        return self.tree_.path(x, getattr(self, "feature_names_in_", None))

    def describe(self):
        """Return the tree as text, one line for each node."""
        check_is_fitted(self)
        return self.tree_.describe(getattr(self, "feature_names_in_", None))

    @property
    def feature_importances_(self):
        """Each feature's share of what all splits gained, shape (features,); zeros without splits."""
        check_is_fitted(self)
        return gain_shares([self.tree_], self.n_features_in_)
