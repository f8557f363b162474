"""Gradient boosting for classes."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from coursekit.boosting.class_losses import Logistic, Multinomial
from coursekit.boosting.common import GradientBoosting
from coursekit.boosting.parameters import weighted_rows


class GradientBoostingClassifier(ClassifierMixin, GradientBoosting):
    """Trees that add up to log-odds, each fitted to the negative gradient of the log loss.

    With two classes F(x) is the log-odds of the second one, and each stage adds one tree (the
    logistic loss). With K > 2 classes there is an F for each, and a stage adds K trees (the
    multinomial loss). See `coursekit.boosting.class_losses` for the formulas.

    Args:
        learning_rate: η, at least 0: how much of each tree is added.
        n_estimators: the number of stages, at least 0.
        max_depth: see `coursekit.boosting.GradientBoostingRegressor`, also for all that follow.
        min_samples_leaf: the smallest number of rows in a leaf.
        max_bins: the largest number of bins of a feature.
        subsample: the share of rows that each stage learns from.
        max_features: how many features each split may choose from.
        newton: whether splits use second derivatives too: rows that the model is sure about, where
            p (1 − p) is small, then count less.
        n_iter_no_change: stop early after this many stages without progress.
        validation_fraction: the share of each class held out for that, rounded down.
        tol: the least progress.
        random_state: an integer, a numpy RandomState, or None for other draws at each fit.

    Attributes:
        classes_: the labels, sorted.
        initial_: F before the first stage: a number, or one for each of K > 2 classes.
        estimators_: the trees (`coursekit.boosting.tree.Tree`), an array of shape (stages, 1), or
            (stages, K) for K > 2 classes.
        n_estimators_: the number of stages.
        loss_: the loss, an object of `coursekit.boosting.class_losses`.
        train_score_: the mean loss of the training rows after each stage, an array.
        validation_score_: the same for the rows held out; empty if there are none.
        feature_importances_: each feature's share of what all splits gained.
        n_features_in_: the number of features.
        feature_names_in_: their names, if ``X`` had any.

    Example:
        >>> X, y = [[1], [2], [3], [4]], ["no", "no", "yes", "yes"]
        >>> model = GradientBoostingClassifier(n_estimators=1, max_depth=1).fit(X, y)
        >>> model.decision_function(X)
        array([-0.2, -0.2,  0.2,  0.2])
        >>> model.predict_proba(X)[:, 1].round(3), model.predict([[0], [9]])
        (array([0.45, 0.45, 0.55, 0.55]), array(['no', 'yes'], dtype='<U3'))
    """

    def __init__(
        self,
        learning_rate=0.1,
        n_estimators=100,
        max_depth=3,
        min_samples_leaf=1,
        max_bins=255,
        subsample=1.0,
        max_features=None,
        newton=False,
        n_iter_no_change=None,
        validation_fraction=0.1,
        tol=1e-4,
        random_state=0,
    ):
        self.learning_rate = learning_rate
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.max_bins = max_bins
        self.subsample = subsample
        self.max_features = max_features
        self.newton = newton
        self.n_iter_no_change = n_iter_no_change
        self.validation_fraction = validation_fraction
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Fit the model.

        Args:
            X: finite numbers, shape (rows, features).
            y: the labels, shape (rows,): numbers or strings, of at least two classes.
            sample_weight: how often each row counts in sums, means and quantiles, at least 0; None
                for once each. A row of weight 0 is as good as absent. Bins and ``min_samples_leaf``
                count rows without their weights.

        Returns:
            The model itself.

        Raises:
            TypeError: if a parameter is of the wrong type.
            ValueError: as `GradientBoostingRegressor.fit` does, and if there is only one class.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        X, y, weight = weighted_rows(X, y, sample_weight)
        self.classes_, y = np.unique(y, return_inverse=True)
        classes = len(self.classes_)
        if classes < 2:
            only = self.classes_.tolist()[0]
            raise ValueError(f"y must hold at least 2 classes, got 1 class: {only!r}")
        loss = Logistic() if classes == 2 else Multinomial(classes)
        return self._fit(X, y, weight, loss, classes)

    def decision_function(self, X):
        """Return F for each row: shape (rows,), or (rows, K) for K > 2 classes."""
        X = self._checked(X)
        return self._model.predict(X)

    def predict_proba(self, X):
        """Return the probability of each class, in the order of ``classes_``, shape (rows, K)."""
        F = self.decision_function(X)
        return self.loss_.probabilities(F)

    def predict(self, X):
        """Return the most probable label for each row, shape (rows,); the first one of equals."""
        return self._labels(self.decision_function(X))

    def staged_decision_function(self, X):
        """Yield F after each stage; see `decision_function`."""
        X = self._checked(X)
        for F in self._model.staged(X):
            yield F.copy()

    def staged_predict_proba(self, X):
        """Yield the probabilities after each stage; see `predict_proba`."""
        for F in self.staged_decision_function(X):
            yield self.loss_.probabilities(F)

    def staged_predict(self, X):
        """Yield the labels after each stage; see `predict`."""
        for F in self.staged_decision_function(X):
            yield self._labels(F)

    def explain(self, x, y=None, label=None):
        """Follow one row through the model, tree by tree.

        Args:
            x: the row, shape (features,).
            y: its label, to see the negative gradient that each tree was to fit.
            label: with more than two classes, the one whose F is to be followed. By default the
                one that is predicted. With two classes there is one F only, that of the second class,
                whichever is given.

        Returns:
            A `coursekit.boosting.explaining.Explanation`; print it to read it.

        Raises:
            ValueError: if ``x`` is not one row, or if ``y`` or ``label`` is no class of the model.
        """
        x = self._checked_row(x)
        y = None if y is None else np.array([self._class_number("y", y)])
        output = None if label is None else self._class_number("label", label)
        if self.loss_.outputs == 1:
            output = 0
        elif output is None:
            output = int(self._model.predict(x)[0].argmax())
        return self._explain(x, y, output)

    def _labels(self, F):
        numbers = F.argmax(axis=1) if F.ndim == 2 else (F > 0).astype(np.intp)
        return self.classes_[numbers]

    def _class_number(self, argument, label):
        """Return the place of a label in ``classes_``."""
        found = np.flatnonzero(self.classes_ == label)
        if found.size != 1:
            raise ValueError(
                f"{argument} must be one of the classes {self.classes_.tolist()}, got {label!r}"
            )
        return int(found[0])
