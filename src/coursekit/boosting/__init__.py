"""Gradient boosting: descent on the predictions themselves, one small tree after another.

>>> import numpy as np
>>> from coursekit.boosting import GradientBoostingRegressor
>>> X = np.arange(10.0)[:, None]
>>> model = GradientBoostingRegressor(n_estimators=50, max_depth=2).fit(X, X[:, 0] ** 2)
>>> bool(model.train_score_[-1] < 0.01 * model.train_score_[0])
True

To read the source, begin with the descent. `loss` lists what boosting asks of a loss, `losses` and
`class_losses` answer it (medians and other quantiles come from `quantiles`), and `boost` in `stages`
adds tree to tree. `growing.grow`, where its trees come from, may stay closed at first.

Then the trees, from the ground up: `binning` turns features into small whole numbers, `histograms`
sums targets by bin and finds the best split, `growing` builds a `tree`. `explaining` follows one row
through a model. All these use NumPy only.

Last, scikit-learn's conventions: `regression_tree`, `regressor` and `classifier` hold one estimator
each, `common` what the boosted two share, and `parameters` the checks of arguments.
"""

from coursekit.boosting.class_losses import Logistic, Multinomial
from coursekit.boosting.classifier import GradientBoostingClassifier
from coursekit.boosting.losses import Absolute, Huber, Quantile, Squared
from coursekit.boosting.regression_tree import RegressionTree
from coursekit.boosting.regressor import GradientBoostingRegressor
from coursekit.boosting.tree import Tree

__all__ = [
    "Absolute",
    "GradientBoostingClassifier",
    "GradientBoostingRegressor",
    "Huber",
    "Logistic",
    "Multinomial",
    "Quantile",
    "RegressionTree",
    "Squared",
    "Tree",
]
