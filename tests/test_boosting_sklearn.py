"""scikit-learn's own examination of the estimators."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator

from coursekit.boosting import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RegressionTree,
)

estimators = pytest.mark.parametrize(
    "estimator",
    [
        RegressionTree(),
        RegressionTree(max_depth=3),
        GradientBoostingRegressor(),
        GradientBoostingRegressor("huber", n_estimators=20),
        GradientBoostingClassifier(n_estimators=30),
        GradientBoostingClassifier(n_estimators=30, newton=True),
    ],
    ids=lambda estimator: str(estimator).replace("\n", ""),
)


@estimators
def test_every_check_passes(estimator):
    results = check_estimator(estimator, on_skip=None)
    assert len(results) > 50
    # What is skipped needs a package or setting that is not here; nothing is expected to fail.
    assert {result["status"] for result in results} <= {"passed", "skipped"}
    reasons = [str(result["exception"]) for result in results if result["status"] == "skipped"]
    assert all("pandas" in reason or "SCIPY_ARRAY_API" in reason for reason in reasons)


@estimators
def test_not_fitted(estimator):
    with pytest.raises(NotFittedError):
        estimator.predict([[1.0]])
    with pytest.raises(NotFittedError):
        _ = estimator.feature_importances_


def test_search_over_parameters():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 2))
    y = np.sin(2 * X[:, 0]) + rng.normal(scale=0.1, size=120)
    grid = {"max_depth": [0, 2], "loss": ["squared_error", "absolute_error"]}
    search = GridSearchCV(GradientBoostingRegressor(n_estimators=40), grid, cv=3).fit(X, y)
    assert search.best_params_["max_depth"] == 2
    assert search.best_score_ > 0.8


def test_names_come_with_the_table():
    model = RegressionTree(max_depth=1).fit([[1.0, 5.0], [2.0, 5.0]], [0.0, 1.0])
    assert not hasattr(model, "feature_names_in_")
    assert "x0 <= 1.5" in model.describe()
    model.feature_names_in_ = np.array(["age", "height"], dtype=object)
    assert "age <= 1.5" in model.describe()
    assert model.path([1.0, 5.0])[0].startswith("age = 1 ")
