"""Boosted models against scikit-learn's, and the properties that boosting must have."""

import ast
import doctest
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import ensemble
from sklearn.linear_model import LinearRegression

from coursekit import boosting
from coursekit.boosting import (
    Absolute,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    Huber,
    Quantile,
    Squared,
    classifier,
    regressor,
)

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=15)
STAGES = 40


def data(rng, n=200, noise=0.5):
    """Features that float32 holds exactly, as scikit-learn's trees convert to it; and targets."""
    X = rng.normal(size=(n, 4)).astype(np.float32).astype(float)
    return X, 3 * X[:, 0] + np.sin(3 * X[:, 1]) * X[:, 2] + rng.normal(scale=noise, size=n)


class AbsoluteOfScikitLearn(Absolute):
    """At the kink scikit-learn takes the slope on one side, and here it is 0."""

    def negative_gradient(self, y, F):
        return np.where(y >= F, 1.0, -1.0)


class QuantileOfScikitLearn(Quantile):
    def negative_gradient(self, y, F):
        return np.where(y >= F, self.alpha, self.alpha - 1)


# --- Against scikit-learn ---


@pytest.mark.parametrize("least", [1, 15])
@pytest.mark.parametrize("rate", [0.1, 1.0])
def test_squared_error_equals_scikit_learn(rate, least):
    X, y = data(np.random.default_rng(0))
    shared = {"n_estimators": STAGES, "learning_rate": rate, "min_samples_leaf": least}
    ours = GradientBoostingRegressor(**shared).fit(X, y)
    theirs = ensemble.GradientBoostingRegressor(random_state=0, **shared).fit(X, y)
    stages = itertools.zip_longest(ours.staged_predict(X), theirs.staged_predict(X))
    for mine, other in stages:
        np.testing.assert_allclose(mine, other, atol=1e-10)
    np.testing.assert_allclose(2 * ours.train_score_, theirs.train_score_, rtol=1e-10)
    assert ours.n_estimators_ == theirs.n_estimators_
    if least > 1:  # else few rows in a node may be split alike by two features; which one is chance
        new, _ = data(np.random.default_rng(1))
        np.testing.assert_allclose(ours.predict(new), theirs.predict(new), atol=1e-10)
        np.testing.assert_allclose(
            ours.feature_importances_, theirs.feature_importances_, atol=1e-10
        )


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("squared_error", Squared()),
        ("absolute_error", AbsoluteOfScikitLearn()),
        ("quantile", QuantileOfScikitLearn(0.8)),
        ("huber", Huber(alpha=0.8)),
    ],
)
def test_losses_equal_scikit_learn(name, loss):
    # Weights keep splits from gaining the same, and quantiles from falling between two values. In
    # leaves of many noisy rows no node has equal targets; scikit-learn may split one by rounding.
    rng = np.random.default_rng(2)
    X, y = data(rng, n=250, noise=4)
    weight = rng.uniform(0.5, 1.5, len(y))
    shared = {"n_estimators": STAGES, "min_samples_leaf": 25}
    ours = GradientBoostingRegressor(loss, **shared).fit(X, y, weight)
    theirs = ensemble.GradientBoostingRegressor(loss=name, alpha=0.8, random_state=0, **shared)
    theirs.fit(X, y, weight)
    stages = itertools.zip_longest(ours.staged_predict(X), theirs.staged_predict(X))
    for mine, other in stages:
        np.testing.assert_allclose(mine, other, atol=1e-10)
    factor = 2 if name == "squared_error" else 1
    np.testing.assert_allclose(factor * ours.train_score_, theirs.train_score_, rtol=1e-10)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_classifier_equals_scikit_learn(classes):
    rng = np.random.default_rng(classes)
    X, y = data(rng)
    labels = np.digitize(y, np.quantile(y, np.arange(1, classes) / classes))
    weight = rng.uniform(0.5, 1.5, len(y))
    ours = GradientBoostingClassifier(n_estimators=STAGES).fit(X, labels, weight)
    theirs = ensemble.GradientBoostingClassifier(n_estimators=STAGES, random_state=0)
    theirs.fit(X, labels, weight)
    pairs = itertools.zip_longest(
        ours.staged_decision_function(X), theirs.staged_decision_function(X)
    )
    for mine, other in pairs:
        np.testing.assert_allclose(mine, other.reshape(mine.shape), atol=1e-10)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-10)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    factor = 2 if classes == 2 else 1
    np.testing.assert_allclose(factor * ours.train_score_, theirs.train_score_, rtol=1e-9)


def test_newton_splits_equal_xgboost():
    from xgboost import XGBClassifier

    rng = np.random.default_rng(9)
    X, y = data(rng)
    labels = (y > 0.5).astype(int)
    ours = GradientBoostingClassifier(newton=True, n_estimators=10, min_samples_leaf=1)
    ours.fit(X, labels)
    theirs = XGBClassifier(
        n_estimators=10,
        max_depth=3,
        learning_rate=0.1,
        reg_lambda=0,
        min_child_weight=0,
        tree_method="exact",
        base_score=labels.mean(),
    ).fit(X, labels)
    # XGBoost computes with 32 bits.
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-5)
    plain = GradientBoostingClassifier(n_estimators=10).fit(X, labels)
    assert np.abs(plain.predict_proba(X) - ours.predict_proba(X)).max() > 1e-3


@pytest.mark.parametrize("newton", [False, True])
def test_large_sample_is_as_good_as_the_exact_version(newton):
    rng = np.random.default_rng(3)
    (X, y), (new, truth) = data(rng, 3000), data(rng, 3000)
    ours = GradientBoostingRegressor(newton=newton).fit(X, y).predict(new)
    theirs = ensemble.GradientBoostingRegressor(random_state=0).fit(X, y).predict(new)
    errors = [np.sqrt(np.mean((predicted - truth) ** 2)) for predicted in (ours, theirs)]
    assert errors[0] < 1.02 * errors[1]


# --- What the chapter tells ---


@pytest.mark.parametrize("loss", [Squared(), Absolute(), Huber(1.0), Quantile(0.7)], ids=repr)
def test_each_tree_fits_the_negative_gradient(loss):
    X, y = data(np.random.default_rng(4))
    model = GradientBoostingRegressor(loss, n_estimators=5, max_depth=2).fit(X, y)
    F = np.full(len(y), model.initial_)
    for tree in model.estimators_[:, 0]:
        target = model.loss_.negative_gradient(y, F)
        fitted = boosting.RegressionTree(max_depth=2).fit(X, target).tree_
        np.testing.assert_array_equal(fitted.feature, tree.feature)
        np.testing.assert_array_equal(fitted.threshold, tree.threshold)
        leaf = tree.apply(X)
        for k in np.unique(leaf):
            rows = leaf == k
            assert tree.value[k] == pytest.approx(loss.leaf_value(y[rows], F[rows]), rel=1e-12)
        F += model.learning_rate * tree.predict(X)
    np.testing.assert_allclose(F, model.predict(X), atol=1e-12)


def test_the_prediction_is_a_plain_sum():
    X, y = data(np.random.default_rng(5))
    model = GradientBoostingRegressor(learning_rate=0.3).fit(X, y)
    total = model.initial_ + 0.3 * sum(tree.predict(X) for tree in model.estimators_[:, 0])
    np.testing.assert_allclose(model.predict(X), total, atol=1e-12)
    labels = np.digitize(y, [-1, 1])
    many = GradientBoostingClassifier(n_estimators=7).fit(X, labels)
    assert many.estimators_.shape == (7, 3)
    total = np.stack(
        [
            many.initial_[k] + 0.1 * sum(tree.predict(X) for tree in many.estimators_[:, k])
            for k in range(3)
        ],
        axis=1,
    )
    np.testing.assert_allclose(many.decision_function(X), total, atol=1e-12)


@pytest.mark.parametrize("rate", [0.1, 0.7, 1.0, 1.5])
def test_one_leaf_per_row_is_gradient_descent_on_the_predictions(rate):
    rng = np.random.default_rng(6)
    X, y = rng.random((100, 2)), rng.normal(size=100)
    model = GradientBoostingRegressor(learning_rate=rate, n_estimators=12, max_depth=None)
    start = y - y.mean()
    for m, F in enumerate(model.fit(X, y).staged_predict(X), start=1):
        np.testing.assert_allclose(y - F, (1 - rate) ** m * start, atol=1e-10)


def test_the_rate_decides_whether_the_training_error_falls():
    X, y = data(np.random.default_rng(7), noise=2)
    for rate, ratio in [
        (0.1, "falls"),
        (1.0, "falls"),
        (1.9, "falls"),
        (2.0, "flat"),
        (2.1, "rises"),
    ]:
        steps = np.diff(GradientBoostingRegressor(learning_rate=rate).fit(X, y).train_score_)
        if ratio == "falls":
            assert (steps <= 1e-12).all()
            assert steps.sum() < -0.01
        elif ratio == "flat":
            np.testing.assert_allclose(steps, 0, atol=1e-9)
        else:
            assert (steps > 0).all()


def test_a_linear_base_learner_needs_only_the_loss():
    rng = np.random.default_rng(8)
    X, y = data(rng)
    loss = Squared()
    F = np.full(len(y), loss.initial(y))
    for _ in range(200):
        F += 0.1 * LinearRegression().fit(X, loss.negative_gradient(y, F)).predict(X)
    np.testing.assert_allclose(F, LinearRegression().fit(X, y).predict(X), atol=1e-5)


def test_explanation_is_the_arithmetic_of_the_prediction():
    X, y = data(np.random.default_rng(10))
    model = GradientBoostingRegressor("huber", n_estimators=6, alpha=0.7).fit(X, y)
    i = np.abs(y - model.initial_).argmax()  # beyond δ at the first stage
    told = model.explain(X[i], y[i])
    staged = [model.initial_, *(F[i] for F in model.staged_predict(X))]
    assert told.initial == staged[0]
    assert told.steps[-1].after == model.predict(X[i : i + 1])[0]
    F = np.full(len(y), model.initial_)
    for m, step in enumerate(told.steps):
        assert (step.stage, step.before, step.after) == (m + 1, staged[m], staged[m + 1])
        assert step.after == pytest.approx(step.before + 0.1 * step.value, rel=1e-14)
        assert step.path[-1].startswith(f"leaf {model.estimators_[m, 0].apply(X[i : i + 1])[0]}:")
        stage_loss = Huber(alpha=0.7).for_stage(y, F)  # δ as it was at that stage
        assert step.target == pytest.approx(stage_loss.negative_gradient(y, F)[i], rel=1e-12)
        F += 0.1 * model.estimators_[m, 0].predict(X)
    assert len({step.target for step in told.steps}) == 6
    lines = str(told).splitlines()
    assert len(lines) == 7
    assert f"negative gradient {told.steps[0].target:.6g}; " in lines[1]
    assert "negative gradient" not in str(model.explain(X[i]))


def test_explanation_of_a_class():
    X, y = data(np.random.default_rng(11))
    names = np.array(["low", "middle", "high"])[np.digitize(y, [-1, 1])]
    model = GradientBoostingClassifier(n_estimators=4).fit(X, names)
    F = model.decision_function(X[:1])[0]
    for k, label in enumerate(model.classes_):
        told = model.explain(X[0], y=names[0], label=label)
        assert told.steps[-1].after == F[k]
        shares = np.exp(model.initial_) / np.exp(model.initial_).sum()
        assert told.steps[0].target == pytest.approx((names[0] == label) - shares[k])
    assert model.explain(X[0]).steps[-1].after == F.max()
    two = GradientBoostingClassifier(n_estimators=4).fit(X, y > 0)
    assert two.explain(X[0], y=True).steps[-1].after == two.decision_function(X[:1])[0]
    for arguments in ({"label": "tall"}, {"y": "tall"}):
        with pytest.raises(ValueError, match=r"must be one of the classes \['high'.*got 'tall'"):
            model.explain(X[0], **arguments)
    with pytest.raises(ValueError, match=r"label must be one of the classes \[False, True\]"):
        two.explain(X[0], label="tall")


@pytest.mark.parametrize("model", [GradientBoostingRegressor, GradientBoostingClassifier])
def test_one_row_is_explained_at_a_time(model):
    fitted = model(n_estimators=1).fit([[1.0, 0.0], [2.0, 0.0]], [0, 1])
    for row in ([[1.0, 0.0]], [1.0], 1.0):
        with pytest.raises(ValueError, match=r"x must be one row, of shape \(2,\), got shape"):
            fitted.explain(row)
    with pytest.raises(ValueError, match="contains NaN"):
        fitted.explain([np.nan, 0.0])


def test_explanation_needs_one_target():
    fitted = GradientBoostingRegressor(n_estimators=1).fit([[1.0], [2.0]], [0.0, 1.0])
    with pytest.raises(ValueError, match=r"y must be one number, got shape \(1,\)"):
        fitted.explain([1.0], y=[0.5])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("model", [GradientBoostingRegressor, GradientBoostingClassifier])
def test_explaining_a_row_of_a_named_table_does_not_warn(model):
    fitted = model(n_estimators=1).fit([[1.0], [2.0], [3.0]], [0, 1, 2])
    fitted.feature_names_in_ = np.array(["age"], dtype=object)
    assert fitted.explain([1.0]).steps[0].path[0].startswith("age = 1 ")


# --- Properties ---


@few
@given(seed=seeds, rate=st.floats(0, 1.99), depth=st.integers(0, 4))
def test_squared_error_never_rises(seed, rate, depth):
    X, y = data(np.random.default_rng(seed), n=40)
    model = GradientBoostingRegressor(learning_rate=rate, max_depth=depth, n_estimators=15)
    model.fit(X, y)
    scores = np.append(Squared().value(y, np.full(len(y), y.mean())), model.train_score_)
    assert (np.diff(scores) <= 1e-12).all()


@few
@given(seed=seeds, rate=st.floats(0, 1), depth=st.integers(0, 4))
def test_predictions_within_the_range_of_the_targets(seed, rate, depth):
    # Sure after one stage only. A later tree may put a row whose F is right into a leaf with rows
    # whose F is too low, and so push it out of the range.
    rng = np.random.default_rng(seed)
    (X, y), (new, _) = data(rng, n=40), data(rng, n=40)
    shared = {"learning_rate": rate, "max_depth": depth}
    predicted = GradientBoostingRegressor(n_estimators=1, **shared).fit(X, y).predict(new)
    assert y.min() - 1e-12 <= predicted.min()
    assert predicted.max() <= y.max() + 1e-12


def test_later_stages_may_leave_the_range_of_the_targets():
    X, y = data(np.random.default_rng(0), n=40)
    model = GradientBoostingRegressor(learning_rate=1.0, n_estimators=15, max_depth=2).fit(X, y)
    assert model.predict(X).max() > y.max() + 0.01


@few
@given(seed=seeds)
@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", "quantile"])
def test_features_may_be_bent_and_rows_reordered(loss, seed):
    rng = np.random.default_rng(seed)
    X, y = data(rng, n=60)
    weight = rng.uniform(0.5, 1.5, 60)
    model = GradientBoostingRegressor(loss, n_estimators=8)
    expected = model.fit(X, y, weight).predict(X)
    bent = np.stack([np.exp(X[:, 0]), X[:, 1] ** 3, 5 * X[:, 2], np.arctan(X[:, 3])], axis=1)
    np.testing.assert_array_equal(model.fit(bent, y, weight).predict(bent), expected)
    order = rng.permutation(60)
    again = model.fit(X[order], y[order], weight[order]).predict(X)
    np.testing.assert_allclose(again, expected, atol=1e-9)


@few
@given(seed=seeds)
def test_a_class_and_its_opposite(seed):
    X, y = data(np.random.default_rng(seed), n=60)
    y = y > np.median(y)
    one, other = (GradientBoostingClassifier(n_estimators=8).fit(X, t) for t in (y, ~y))
    np.testing.assert_allclose(one.decision_function(X), -other.decision_function(X), atol=1e-9)
    assert (np.diff(one.train_score_) <= 0).all()


@few
@given(seed=seeds)
@pytest.mark.parametrize("newton", [False, True])
@pytest.mark.parametrize("classes", [2, 3])
def test_weights_repeat_rows(classes, newton, seed):
    rng = np.random.default_rng(seed)
    X, y = data(rng, n=60)
    labels, repeats = np.digitize(y, [-1, 1][: classes - 1]), rng.integers(0, 3, 60)
    model = GradientBoostingClassifier(n_estimators=5, max_depth=2, newton=newton)
    weighted = model.fit(X, labels, repeats).predict_proba(X[repeats > 0])
    repeated = model.fit(X.repeat(repeats, axis=0), labels.repeat(repeats))
    np.testing.assert_allclose(weighted, repeated.predict_proba(X[repeats > 0]), atol=1e-9)


def test_prediction_in_blocks_equals_prediction_by_row():
    rng = np.random.default_rng(12)
    X, y = data(rng)
    new, _ = data(rng, 9000)
    for model in (
        GradientBoostingRegressor(n_estimators=5).fit(X, y),
        GradientBoostingClassifier(n_estimators=5).fit(X, np.digitize(y, [-1, 1])),
    ):
        *_, last = (
            model.staged_predict(new)
            if hasattr(model, "loss")
            else model.staged_decision_function(new)
        )
        whole = model.predict(new) if hasattr(model, "loss") else model.decision_function(new)
        np.testing.assert_array_equal(whole, last)
        np.testing.assert_array_equal(
            model.predict(new)[::1000], [model.predict([x])[0] for x in new[::1000]]
        )


def test_staged_results_are_separate_arrays():
    X, y = data(np.random.default_rng(13))
    model = GradientBoostingRegressor(n_estimators=3).fit(X, y)
    assert len({F.tobytes() for F in list(model.staged_predict(X))}) == 3
    many = GradientBoostingClassifier(n_estimators=3).fit(X, np.digitize(y, [-1, 1]))
    assert len({F.tobytes() for F in list(many.staged_decision_function(X))}) == 3
    *_, proba = many.staged_predict_proba(X)
    np.testing.assert_array_equal(proba, many.predict_proba(X))
    *_, labels = many.staged_predict(X)
    np.testing.assert_array_equal(labels, many.predict(X))


# --- Rows and columns by chance, early stopping ---


def test_subsample_learns_from_some_rows_and_steps_on_all():
    X, y = data(np.random.default_rng(14))
    model = GradientBoostingRegressor(subsample=0.3, n_estimators=30)
    first, again = model.fit(X, y), GradientBoostingRegressor(**model.get_params()).fit(X, y)
    np.testing.assert_array_equal(first.predict(X), again.predict(X))
    other = GradientBoostingRegressor(subsample=0.3, n_estimators=30, random_state=1).fit(X, y)
    assert np.abs(first.predict(X) - other.predict(X)).max() > 0.01
    assert {tree.rows[0] for tree in first.estimators_[:, 0]} == {60}
    F = np.full(len(y), first.initial_)
    for m, tree in enumerate(first.estimators_[:, 0]):
        F += 0.1 * tree.predict(X)
        assert first.train_score_[m] == pytest.approx(Squared().value(y, F), rel=1e-12)
    assert first.train_score_[-1] < 0.3 * first.train_score_[0]


def test_subsample_draws_all_rows_equally_often_and_none_twice():
    n = 20
    X, y = np.arange(float(n))[:, None], 3.0 ** np.arange(n) / 3.0**n
    model = GradientBoostingRegressor(
        subsample=0.5, n_estimators=200, max_depth=None, learning_rate=0.0
    ).fit(X, y)
    drawn = np.zeros(n)
    for tree in model.estimators_[:, 0]:
        values = tree.value[tree.feature < 0]
        assert tree.n_leaves == 10  # ten distinct rows, each with a leaf to itself
        rows = np.abs((y - y.mean())[:, None] - values).argmin(axis=0)
        drawn[rows] += 1
    assert drawn.sum() == 2000
    assert drawn.min() > 70  # 100 expected, standard deviation 7
    assert drawn.max() < 130


def test_max_features():
    X, y = data(np.random.default_rng(15))
    model = GradientBoostingRegressor(max_features=1, max_depth=1, n_estimators=80).fit(X, y)
    asked = np.bincount([tree.feature[0] for tree in model.estimators_[:, 0]], minlength=4)
    assert asked.min() > 8  # 20 expected of each


def test_early_stopping():
    rng = np.random.default_rng(16)
    X, y = data(rng, n=300, noise=3)
    shared = {"n_estimators": 500, "learning_rate": 0.3}
    model = GradientBoostingRegressor(n_iter_no_change=7, tol=0.01, **shared).fit(X, y)
    scores = model.validation_score_
    assert 7 < model.n_estimators_ < 500
    assert len(scores) == len(model.train_score_) == len(model.estimators_) == model.n_estimators_
    for m in range(8, len(scores) + 1):
        stands_still = scores[m - 7 : m].min() >= scores[: m - 7].min() - 0.01
        assert stands_still == (m == len(scores))
    # The rows held out, 30 of them, were not learned from.
    assert model.estimators_[0, 0].rows[0] == 270
    patient = GradientBoostingRegressor(n_iter_no_change=500, **shared).fit(X, y)
    assert patient.n_estimators_ == 500
    assert GradientBoostingRegressor(n_estimators=3).fit(X, y).validation_score_.size == 0
    demanding = GradientBoostingRegressor(n_iter_no_change=7, tol=1e9, **shared).fit(X, y)
    assert demanding.n_estimators_ == 8


def test_no_progress_at_all_stops_without_a_tolerance():
    X, y = data(np.random.default_rng(15))
    model = GradientBoostingRegressor(learning_rate=0, n_iter_no_change=3, tol=0).fit(X, y)
    assert model.n_estimators_ == 4


def test_validation_score_is_that_of_the_rows_held_out():
    X, y = data(np.random.default_rng(17))
    weight = np.arange(1.0, 201.0)
    model = GradientBoostingRegressor(
        n_estimators=5, n_iter_no_change=5, validation_fraction=0.25
    ).fit(X, y, weight)
    learned = np.zeros(200, dtype=bool)
    rows, others = boosting.parameters.split_rows(y, 0.25, boosting.parameters.generator_from(0))
    learned[rows] = True
    assert sorted([*rows, *others]) == list(range(200))
    assert len(others) == 50
    expected = Squared().value(y[others], model.predict(X[others]), weight[others])
    assert model.validation_score_[-1] == pytest.approx(expected, rel=1e-12)
    assert model.initial_ == pytest.approx(np.average(y[learned], weights=weight[learned]))


def test_early_stopping_holds_out_of_each_class():
    rng = np.random.default_rng(18)
    X, y = data(rng, 104)
    labels = np.array(["rare"] * 4 + ["often"] * 100)
    model = GradientBoostingClassifier(
        n_iter_no_change=3, validation_fraction=0.5, n_estimators=400
    ).fit(X, labels)
    assert model.estimators_[0, 0].rows[0] == 52
    assert model.initial_ == pytest.approx(np.log(2 / 50))
    alone = np.array(["one"] + ["often"] * 103)
    model = GradientBoostingClassifier(n_iter_no_change=3, validation_fraction=0.9).fit(X, alone)
    assert model.classes_.tolist() == ["often", "one"]  # a single row is never held out


# --- Degenerate input ---


def test_each_class_must_be_large_enough_to_hold_out():
    X, y = np.arange(20.0)[:, None], np.arange(20) % 5
    with pytest.raises(ValueError, match="=0.1 of 4 rows, the largest class, holds out no row"):
        GradientBoostingClassifier(n_iter_no_change=1).fit(X, y)


def test_nothing_to_learn():
    X, y = data(np.random.default_rng(19))
    for parameters in ({"n_estimators": 0}, {"learning_rate": 0}, {"max_depth": 0}):
        model = GradientBoostingRegressor(**parameters).fit(X, y)
        np.testing.assert_allclose(model.predict(X), y.mean(), atol=1e-12)
        assert model.n_estimators_ == parameters.get("n_estimators", 100)
        assert (
            list(model.staged_predict(X[:1])) == [pytest.approx([y.mean()])] * model.n_estimators_
        )
    empty = GradientBoostingClassifier(n_estimators=0).fit(X, np.digitize(y, [0, 1]))
    shares = np.bincount(np.digitize(y, [0, 1])) / len(y)
    np.testing.assert_allclose(empty.predict_proba(X[:2]), [shares, shares], rtol=1e-12)
    assert (empty.predict(X) == shares.argmax()).all()
    assert empty.feature_importances_.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", "quantile"])
def test_constant_targets_one_row_and_constant_features(loss):
    model = GradientBoostingRegressor(loss, n_estimators=5)
    X = np.arange(6.0)[:, None]
    constant = model.fit(X, np.full(6, 0.1))
    np.testing.assert_allclose(constant.predict(X), 0.1, rtol=1e-14)
    assert constant.train_score_.max() < 1e-30
    assert model.fit([[1.0]], [3.0]).predict([[9.0]]).tolist() == [3]
    same = model.fit(np.ones((6, 2)), np.arange(6.0)).predict(np.ones((1, 2)))
    expected = {"squared_error": 2.5, "absolute_error": 2.5, "quantile": 5}.get(loss)
    if expected is not None:
        assert same == pytest.approx([expected])


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", "quantile"])
def test_a_feature_of_huge_values(loss):
    X = np.array([[1e300], [-1e300], [1.7e308], [0.0]])
    y = np.array([1.0, 2.0, 3.0, 4.0])
    model = GradientBoostingRegressor(loss, learning_rate=1.0, alpha=0.6, n_estimators=50)
    np.testing.assert_allclose(model.fit(X, y).predict(X), y, atol=1e-9)


def test_separable_classes_stay_finite():
    X, y = np.arange(10.0)[:, None], np.arange(10) > 4
    for newton in (False, True):
        model = GradientBoostingClassifier(
            learning_rate=1.0, n_estimators=900, newton=newton, max_depth=2
        ).fit(X, y)
        assert np.isfinite(model.decision_function(X)).all()
        np.testing.assert_allclose(model.predict_proba(X)[:, 1], y, atol=1e-12)


def test_labels():
    X, y = data(np.random.default_rng(20))
    for labels in (y > 0, np.where(y > 0, "yes", "no"), np.where(y > 0, 7, -3)):
        model = GradientBoostingClassifier(n_estimators=10).fit(X, labels)
        assert model.predict(X).dtype == labels.dtype
        assert model.classes_.tolist() == np.unique(labels).tolist()
        assert model.score(X, labels) > 0.85
        assert model.decision_function(X).shape == (200,)
        np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1, rtol=1e-14)
    eight = np.arange(200) % 8
    model = GradientBoostingClassifier(n_estimators=3, learning_rate=0).fit(X, eight)
    np.testing.assert_allclose(model.predict_proba(X), 1 / 8, rtol=1e-12)


def test_of_equally_probable_labels_the_first_is_predicted():
    for labels in (["b", "a"], ["c", "b", "a"]):
        X = np.zeros((len(labels), 1))
        assert set(GradientBoostingClassifier().fit(X, labels).predict(X)) == {"a"}


def test_one_class_is_an_error():
    with pytest.raises(ValueError, match="at least 2 classes, got 1 class: 'a'"):
        GradientBoostingClassifier().fit([[1.0], [2.0]], ["a", "a"])
    with pytest.raises(ValueError, match="at least 2 classes, got 1 class"):
        GradientBoostingClassifier().fit([[1.0], [2.0]], ["a", "b"], [1.0, 0.0])
    with pytest.raises(ValueError, match="Unknown label type"):
        GradientBoostingClassifier().fit([[1.0], [2.0]], [0.5, 0.25])


def test_divergence_is_reported():
    X, y = data(np.random.default_rng(21))
    with pytest.raises(ValueError, match=r"the loss is inf after stage \d+: learning_rate=1000 is"):
        GradientBoostingRegressor(learning_rate=1000, n_estimators=400).fit(X, y)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"loss": "square"}, ValueError, "unknown loss: 'square'.*Did you mean 'squared_error'"),
        ({"loss": "quantile", "alpha": 1.0}, ValueError, "alpha must be less than 1, got 1.0"),
        ({"loss": "huber", "alpha": 0}, ValueError, "alpha must be greater than 0, got 0"),
        ({"loss": "huber", "delta": -1.0}, ValueError, "delta must be at least 0, got -1.0"),
        ({"loss": "absolute_error", "newton": True}, ValueError, "newton=True needs a loss whose"),
        ({"newton": "yes"}, TypeError, "newton must be True or False, got 'yes'"),
        ({"n_estimators": -1}, ValueError, "n_estimators must be at least 0, got -1"),
        ({"n_estimators": 1.5}, TypeError, "n_estimators must be an integer, got 1.5"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate must be at least 0, got -0.1"),
        ({"learning_rate": np.nan}, ValueError, "learning_rate must be finite, got nan"),
        ({"max_depth": -1}, ValueError, "max_depth must be at least 0, got -1"),
        ({"subsample": 0}, ValueError, "subsample must be greater than 0, got 0"),
        ({"subsample": 1.1}, ValueError, "subsample must be at most 1, got 1.1"),
        ({"subsample": 0.2}, ValueError, "subsample=0.2 of 4 rows draws no row"),
        ({"n_iter_no_change": 0}, ValueError, "n_iter_no_change must be at least 1, got 0"),
        ({"n_iter_no_change": 2}, ValueError, "validation_fraction=0.1 of 4 rows holds out no"),
        ({"validation_fraction": 1.0}, ValueError, "validation_fraction must be less than 1"),
        ({"tol": -1}, ValueError, "tol must be at least 0, got -1"),
        ({"max_features": 9}, ValueError, "max_features must be at most 1, got 9"),
        ({"max_features": "sqrt"}, TypeError, "max_features must be a number of features, a share"),
        ({"loss": Huber}, TypeError, r"loss must be an object such as Huber\(...\), got the class"),
    ],
)
def test_parameters_out_of_range(parameters, error, message):
    with pytest.raises(error, match=message):
        GradientBoostingRegressor(**parameters).fit(np.arange(4.0)[:, None], np.arange(4.0))


@pytest.mark.parametrize("model", [GradientBoostingRegressor(), GradientBoostingClassifier()])
@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.empty((0, 1)), [], "0 sample"),
        ([[np.nan], [1.0]], [0, 1], "NaN"),
        ([[np.inf], [1.0]], [0, 1], "infinity"),
        ([[1.0], [2.0]], [0, np.nan], "NaN"),
        ([["a"], ["b"]], [0, 1], "could not convert"),
        ([[1.0], [2.0]], [0, 1, 1], "inconsistent"),
        (np.array([[1j], [2.0]]), [0, 1], "Complex"),
    ],
)
def test_bad_data(model, X, y, message):
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)


# --- The house ---

PLUMBING = {"parameters", "common", "regressor", "classifier", "regression_tree", "__init__"}


def test_only_the_estimators_know_scikit_learn():
    for path in Path(boosting.__file__).parent.glob("*.py"):
        imported = set()
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module.split(".")[0])
        allowed = {"sklearn"} if path.stem in PLUMBING else set()
        assert imported <= {"numpy", "coursekit", "dataclasses", "functools", "numbers"} | allowed


@pytest.mark.parametrize("module", [boosting, regressor, classifier])
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
