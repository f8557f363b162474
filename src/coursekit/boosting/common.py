"""What the boosted regressor and classifier share: fitting, and the attributes that it sets."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from coursekit.boosting.explaining import explain
from coursekit.boosting.parameters import generator_from, settings_of, split_rows
from coursekit.boosting.stages import Sample, boost


class GradientBoosting(BaseEstimator):
    """A boosted model; see its two subclasses."""

    def _fit(self, X, y, weight, loss, classes=0):
        """Fit to checked arrays; ``classes`` is the number of classes, 0 for a regressor."""
        settings = settings_of(self, X.shape[1])
        if settings.newton and not loss.second_order:
            raise ValueError(
                f"newton=True needs a loss whose second derivative is above 0 everywhere; that of "
                f"{loss!r} is not"
            )
        rng = generator_from(self.random_state)
        sample, held_out = Sample(X, y, weight), None
        if settings.n_iter_no_change is not None:
            rows, others = split_rows(y, self.validation_fraction, rng, classes)
            sample, held_out = sample.take(rows), sample.take(others)

        model = boost(sample, loss, settings, rng, held_out)
        self._model = model
        self.loss_ = loss
        self.initial_ = model.initial
        self.n_estimators_ = len(model.stages)
        self.estimators_ = np.empty((len(model.stages), loss.outputs), dtype=object)
        for m, trees in enumerate(model.stages):
            self.estimators_[m] = trees
        self.train_score_ = np.array(model.train_score)
        self.validation_score_ = np.array(model.validation_score)
        return self

    def _checked(self, X):
        """Return X as an array of the kind that the model was fitted to."""
        check_is_fitted(self)
        return validate_data(self, X, dtype=np.float64, reset=False)

    @property
    def feature_importances_(self):
        """Each feature's share of what all splits gained, shape (features,); zeros without splits."""
        check_is_fitted(self)
        return gain_shares(self.estimators_.flat, self.n_features_in_)

    def _checked_row(self, x):
        """Return one row as an array of shape (1, features); it needs no names of features."""
        check_is_fitted(self)
        x = np.asarray(x)
        if x.shape != (self.n_features_in_,):
            raise ValueError(
                f"x must be one row, of shape ({self.n_features_in_},), got shape {x.shape}"
            )
        return check_array(x[None], dtype=np.float64, input_name="x")

    def _explain(self, x, y=None, output=0):
        return explain(self._model, x, y, output, getattr(self, "feature_names_in_", None))


def gain_shares(trees, n_features):
    """Return each feature's share of the gain of all splits; zeros if nothing was gained."""
    gains = np.zeros(n_features)
    for tree in trees:
        inner = tree.feature >= 0
        gains += np.bincount(tree.feature[inner], tree.gain[inner], n_features)
    total = gains.sum()
    return gains / total if total > 0 else gains
