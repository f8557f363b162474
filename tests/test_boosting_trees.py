"""Bins, histograms and trees, against brute force and scikit-learn's exact tree."""

import doctest
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeRegressor

from coursekit.boosting import RegressionTree, binning, growing, regression_tree, tree
from coursekit.boosting.binning import bin_features
from coursekit.boosting.growing import grow
from coursekit.boosting.histograms import (
    best_splits,
    both_children,
    histograms,
    root_histograms,
)

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=25)


def grid_data(rng, n=80, features=4, values=9):
    """Few distinct values, targets of which no two splits gain the same."""
    X = rng.choice(np.round(rng.normal(size=values), 3), size=(n, features))
    return X.astype(np.float32).astype(float), rng.normal(size=n)


# --- Bins ---


@given(
    values=st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=40), max_bins=st.integers(2, 12)
)
def test_bins_keep_the_order(values, max_bins):
    column = np.array(values)
    bins = bin_features(column[:, None], max_bins)
    index, distinct = bins.index[0], np.unique(column)
    assert index.min() == 0
    assert index.max() < min(max_bins, distinct.size)
    np.testing.assert_array_equal(np.unique(index), np.arange(index.max() + 1))
    for a, b in itertools.product(range(len(values)), repeat=2):
        assert index[a] <= index[b] if values[a] <= values[b] else index[a] >= index[b]
        if values[a] == values[b] or distinct.size <= max_bins:
            assert (index[a] == index[b]) == (values[a] == values[b])
    for k in range(index.max() + 1):
        assert bins.low[0, k] == column[index == k].min()
        assert bins.high[0, k] == column[index == k].max()
    for k in range(index.max()):
        threshold = bins.threshold(0, k, k + 1)
        np.testing.assert_array_equal(column <= threshold, index <= k)


def test_bins_hold_equally_many_rows():
    bins = bin_features(np.random.default_rng(0).normal(size=(10_000, 1)), 100)
    assert bins.shape == (1, 100)
    assert np.ptp(np.bincount(bins.index[0])) <= 1


def test_a_frequent_value_has_a_bin_to_itself():
    column = np.concatenate([np.zeros(900), np.arange(1.0, 101.0)])
    bins = bin_features(column[:, None], 10)
    assert np.bincount(bins.index[0])[0] == 900


def test_thresholds_where_the_middle_cannot_be_computed():
    for low, high in [(1.7e308, 1.79e308), (0.0, 5e-324), (1.0, np.nextafter(1.0, 2.0))]:
        threshold = bin_features(np.array([[low], [high]])).threshold(0, 0, 1)
        assert low <= threshold < high
    assert bin_features(np.array([[-1e300], [1e300]])).threshold(0, 0, 1) == 0


# --- Histograms and splits ---


@given(seed=seeds, weighted=st.booleans())
def test_histograms_are_sums(seed, weighted):
    rng = np.random.default_rng(seed)
    X, y = grid_data(rng, n=30, features=3, values=5)
    weight = rng.uniform(0.1, 2, 30) if weighted else None
    w = np.ones(30) if weight is None else weight
    bins, node = bin_features(X), rng.integers(0, 3, 30)
    rows = np.flatnonzero(node < 2)
    hist = histograms(bins, w * y, weight, rows, node[rows], 2)
    assert hist.shape == (3 if weighted else 2, 2, *bins.shape)
    for k, f, b in np.ndindex(*hist.shape[1:]):
        inside = (node == k) & (bins.index[f] <= b)
        expected = [(w * y)[inside].sum(), inside.sum(), w[inside].sum()][: len(hist)]
        np.testing.assert_allclose(hist[:, k, f, b], expected, atol=1e-12)
    root = root_histograms(bins, w * y, weight)
    everywhere = histograms(bins, w * y, weight, np.arange(30), np.zeros(30, int), 1)
    np.testing.assert_allclose(root, everywhere, atol=1e-12)

    # One child and the rest of its parent are both children.
    right = rng.integers(0, 2, 30)
    parent = histograms(bins, w * y, weight, rows, node[rows], 2)
    counted = np.array([True, False])
    one = np.flatnonzero((node < 2) & (right == np.append(counted, False)[node]))
    child = histograms(bins, w * y, weight, one, node[one], 2)
    expected = histograms(bins, w * y, weight, rows, (2 * node + right)[rows], 4)
    np.testing.assert_allclose(both_children(parent, child, counted), expected, atol=1e-12)


def squared_error(y, w):
    return (w * (y - np.average(y, weights=w)) ** 2).sum() if y.size else 0.0


@given(seed=seeds, weighted=st.booleans(), least=st.integers(1, 8))
def test_best_split_against_every_split(seed, weighted, least):
    rng = np.random.default_rng(seed)
    X, y = grid_data(rng, n=24, features=3, values=6)
    weight = rng.uniform(0.1, 2, 24) if weighted else None
    w = np.ones(24) if weight is None else weight
    bins = bin_features(X)
    splits = best_splits(root_histograms(bins, w * y, weight), least)
    gains = {}
    for f, threshold in itertools.product(range(3), np.unique(X)):
        left = X[:, f] <= threshold
        if min(left.sum(), (~left).sum()) >= least:
            gains[f, threshold] = squared_error(y, w) - sum(
                squared_error(y[side], w[side]) for side in (left, ~left)
            )
    if not gains:
        assert splits.gain[0] == -1
        return
    (f, threshold), gain = max(gains.items(), key=lambda item: item[1])
    np.testing.assert_allclose(splits.gain[0], gain, rtol=1e-9)
    if sum(np.isclose(other, gain) for other in gains.values()) == 1:
        assert splits.feature[0] == f
        assert bins.high[f, splits.left[0]] == threshold
    left = bins.index[splits.feature[0]] <= splits.left[0]
    assert splits.rows[:, 0].tolist() == [left.sum(), (~left).sum()]


def test_of_equal_splits_the_first_is_taken():
    x = np.array([0.0, 1.0, 2.0, 3.0])
    y = np.array([0.1, -0.1, -0.1, 0.1])  # the first and the last threshold gain the same
    grown = RegressionTree(max_depth=1).fit(np.stack([x, x], axis=1), y).tree_
    assert (grown.feature[0], grown.threshold[0]) == (0, 0.5)


# --- Trees ---


@few
@given(seed=seeds, depth=st.sampled_from([1, 2, 3, 6, None]), least=st.sampled_from([1, 5, 30]))
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_the_exact_tree(seed, depth, least, weighted):
    rng = np.random.default_rng(seed)
    X, y = grid_data(rng)
    weight = rng.uniform(0.1, 2, len(y)) if weighted else None
    ours = RegressionTree(max_depth=depth, min_samples_leaf=least).fit(X, y, weight)
    theirs = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=least, random_state=0)
    theirs.fit(X, y, weight)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=1e-10)
    assert ours.tree_.n_leaves == theirs.get_n_leaves()
    if least >= 5 or depth in (1, 2):  # else the same few rows may be split by several features
        new = rng.choice(np.unique(X), size=(200, X.shape[1])) + rng.normal(scale=0.05)
        new = new.astype(np.float32).astype(float)
        assert np.mean(np.isclose(ours.predict(new), theirs.predict(new), atol=1e-10)) == 1
        np.testing.assert_allclose(
            ours.feature_importances_, theirs.feature_importances_, atol=1e-10
        )


def test_thresholds_lie_midway_between_the_rows_of_the_node():
    # On the right of the first split the neighbors are 4 and 9: 5 is on the other branch.
    X = np.array([[0, 4], [0, 5], [0, 9], [1, 4], [1, 4], [1, 9]], dtype=float)
    y = np.array([0, 0, 0, 10, 10, 13], dtype=float)
    grown = RegressionTree().fit(X, y).tree_
    assert grown.threshold[grown.feature >= 0].tolist() == [0.5, 6.5]


def test_many_values_are_binned():
    rng = np.random.default_rng(0)
    X = rng.random((3000, 3))
    y = np.sin(6 * X[:, 0]) + X[:, 1] ** 2 + rng.normal(scale=0.1, size=3000)
    new = rng.random((2000, 3))
    ours = RegressionTree(max_depth=6, min_samples_leaf=20).fit(X, y)
    theirs = DecisionTreeRegressor(max_depth=6, min_samples_leaf=20).fit(X, y)
    truth = np.sin(6 * new[:, 0]) + new[:, 1] ** 2
    errors = [np.sqrt(np.mean((model.predict(new) - truth) ** 2)) for model in (ours, theirs)]
    assert errors[0] < 1.05 * errors[1]
    assert np.unique(ours.tree_.threshold).size < 255 * 3
    coarse = RegressionTree(max_depth=6, max_bins=4).fit(X, y)
    asked = coarse.tree_.threshold[coarse.tree_.feature == 0]
    assert np.unique(asked).size <= 3


def test_growing_in_parts_makes_the_same_tree(monkeypatch):
    rng = np.random.default_rng(1)
    X, y = rng.random((500, 3)), rng.normal(size=500)
    whole = RegressionTree().fit(X, y)
    monkeypatch.setattr(growing, "CELLS", 1)
    parts = RegressionTree().fit(X, y)
    np.testing.assert_array_equal(whole.predict(X), parts.predict(X))
    assert whole.tree_.n_nodes == parts.tree_.n_nodes
    assert whole.tree_.depth == parts.tree_.depth
    new = rng.random((500, 3))
    np.testing.assert_array_equal(whole.predict(new), parts.predict(new))


def test_only_the_smaller_child_is_counted(monkeypatch):
    rng = np.random.default_rng(2)
    counted = []

    def spy(bins, weighted, weight, rows, node, n_nodes):
        counted.append(rows.size)
        return histograms(bins, weighted, weight, rows, node, n_nodes)

    monkeypatch.setattr(growing, "histograms", spy)
    RegressionTree(max_depth=4).fit(rng.random((500, 3)), rng.normal(size=500))
    assert len(counted) == 3
    assert max(counted) <= 250


@few
@given(seed=seeds)
def test_leaves_found_while_growing_are_those_applied(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(300, 3)), rng.normal(size=300)
    depth, least = rng.choice([1, 4, 40]), int(rng.choice([1, 10]))
    bins = bin_features(X, 16)
    grown, leaf = grow(bins, y, max_depth=depth, min_samples_leaf=least)
    np.testing.assert_array_equal(grown.apply(X), leaf)
    assert set(leaf) == set(np.flatnonzero(grown.feature < 0))
    np.testing.assert_array_equal(
        np.bincount(leaf, minlength=grown.n_nodes)[grown.feature < 0],
        grown.rows[grown.feature < 0],
    )
    assert grown.rows[grown.feature < 0].min() >= least
    assert grown.depth <= depth
    inner = grown.feature >= 0
    np.testing.assert_array_equal(
        grown.rows[inner], grown.rows[grown.left[inner]] + grown.rows[grown.left[inner] + 1]
    )
    # What the splits gain is what the leaves' means take off the squared error.
    means = np.bincount(leaf, y) / np.maximum(np.bincount(leaf), 1)
    explained = squared_error(y, np.ones(300)) - ((y - means[leaf]) ** 2).sum()
    np.testing.assert_allclose(grown.gain.sum(), explained, rtol=1e-9)


@few
@given(seed=seeds)
def test_a_tree_sees_only_the_order_of_a_feature(seed):
    rng = np.random.default_rng(seed)
    X, y = grid_data(rng)
    bent = np.stack([np.exp(X[:, 0]), X[:, 1] ** 3, 5 * X[:, 2] - 1, np.arctan(X[:, 3])], axis=1)
    np.testing.assert_array_equal(
        RegressionTree(max_depth=4).fit(X, y).predict(X),
        RegressionTree(max_depth=4).fit(bent, y).predict(bent),
    )


@few
@given(seed=seeds, depth=st.integers(0, 6), scale=st.sampled_from([1e-9, 1.0, 1e9]))
def test_predictions_are_within_the_range_of_the_targets(seed, depth, scale):
    rng = np.random.default_rng(seed)
    X, y = grid_data(rng)
    predicted = RegressionTree(max_depth=depth).fit(X, scale * y).predict(rng.normal(size=(50, 4)))
    assert scale * y.min() * (1 + 1e-15) <= predicted.min()
    assert predicted.max() <= scale * y.max() * (1 + 1e-15)


@few
@given(seed=seeds)
def test_order_of_rows_is_irrelevant(seed):
    rng = np.random.default_rng(seed)
    X, y = grid_data(rng)
    order = rng.permutation(len(y))
    np.testing.assert_allclose(
        RegressionTree(max_depth=5).fit(X, y).predict(X),
        RegressionTree(max_depth=5).fit(X[order], y[order]).predict(X),
        atol=1e-12,
    )


@few
@given(seed=seeds)
def test_weights_repeat_rows(seed):
    rng = np.random.default_rng(seed)
    X, y = grid_data(rng)
    repeats = rng.integers(0, 4, len(y))
    weighted = RegressionTree(max_depth=4).fit(X, y, repeats).tree_
    repeated = RegressionTree(max_depth=4).fit(X.repeat(repeats, axis=0), y.repeat(repeats)).tree_
    np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), atol=1e-12)
    np.testing.assert_allclose(weighted.gain.sum(), repeated.gain.sum(), rtol=1e-9)


@pytest.mark.parametrize("scale", [1e-250, 1e-100, 1.0, 1e149])
@pytest.mark.parametrize("weight", [1e-300, 1.0, 1e300])
def test_units_do_not_matter(scale, weight):
    rng = np.random.default_rng(3)
    X, y = grid_data(rng)
    expected = RegressionTree(max_depth=4).fit(X, y).predict(X)
    w = np.full(len(y), weight)
    result = RegressionTree(max_depth=4).fit(X, scale * y, w).predict(X)
    np.testing.assert_allclose(result / scale, expected, rtol=1e-9)


def test_rows_whose_weight_is_lost_beside_the_others_are_not_split_off():
    X, y = np.arange(4.0)[:, None], np.array([0.0, 9.0, 3.0, 5.0])
    grown = RegressionTree().fit(X, y, [1.0, 1.0, 1e-200, 1e-200])  # 2 + 1e-200 is 2
    np.testing.assert_allclose(grown.predict(X), [0, 9, 9, 9], rtol=1e-12)


@given(seed=seeds)
def test_weights_of_all_sizes(seed):
    rng = np.random.default_rng(seed)
    X, y = grid_data(rng, n=40)
    weight = 10.0 ** rng.uniform(-40, 0, 40) * 10.0 ** rng.uniform(-10, 10)
    predicted = RegressionTree().fit(X, y, weight).predict(X)
    assert (y.min() - 1e-9 <= predicted).all()
    assert (predicted <= y.max() + 1e-9).all()


def test_targets_far_from_zero_keep_their_digits():
    for seed in range(20):
        X, y = grid_data(np.random.default_rng(seed))
        y = np.round(8 * y) / 8
        near, far = (RegressionTree(max_depth=3).fit(X, y + c).apply(X) for c in (0, 2.0**48))
        np.testing.assert_array_equal(near, far)


def test_max_features_draws_anew_for_each_split():
    rng = np.random.default_rng(5)
    X = rng.random((400, 6))
    y = X @ np.arange(1.0, 7.0)
    asked = []
    for seed in range(60):
        one = RegressionTree(max_depth=2, max_features=1, random_state=seed).fit(X, y).tree_
        asked.append(one.feature[:3])
    counts = np.bincount(np.ravel(asked), minlength=6)
    assert counts.min() > 10  # 30 expected of each; all features are drawn equally often
    assert any(root != left for root, left, _ in asked)
    same = [RegressionTree(max_features=0.5, random_state=7).fit(X, y).predict(X) for _ in "ab"]
    np.testing.assert_array_equal(*same)
    full = RegressionTree(max_depth=3).fit(X, y).predict(X)
    np.testing.assert_array_equal(
        RegressionTree(max_depth=3, max_features=6).fit(X, y).predict(X), full
    )
    two = RegressionTree(max_depth=1, max_features=2).fit
    best = [two(X, y).set_params(random_state=s).fit(X, y).tree_.feature[0] for s in range(90)]
    # Of two features the stronger one wins: the strongest in 1/3 of all draws, the weakest never.
    assert np.mean(np.array(best) == 5) == pytest.approx(1 / 3, abs=0.15)
    assert 0 not in best


# --- Degenerate input ---


def test_one_row_and_constants():
    assert RegressionTree().fit([[1.0]], [7.0]).predict([[0.0], [9.0]]).tolist() == [7, 7]
    constant = RegressionTree().fit([[2.0, 3.0]] * 4, [1.0, 2.0, 3.0, 6.0])
    assert constant.predict([[0.0, 0.0]]).tolist() == [3]
    flat = RegressionTree().fit([[1.0], [2.0], [3.0]], [0.1, 0.1, 0.1])
    assert flat.tree_.n_nodes == 1
    assert flat.predict([[5.0]]) == pytest.approx(0.1)
    assert flat.feature_importances_.tolist() == [0]


def test_a_node_of_equal_targets_is_a_leaf():
    rng = np.random.default_rng(6)
    X = np.arange(200.0)[:, None]
    y = np.repeat(rng.normal(size=8) * 10.0 ** rng.integers(-6, 6, 8), 25)
    grown = RegressionTree().fit(X, y).tree_
    assert grown.n_leaves == 8
    # Exact, apart from the rounding of a mean of 25 equal numbers.
    np.testing.assert_allclose(grown.predict(X), y, rtol=1e-14)


def test_a_split_that_gains_nothing_is_made_as_it_may_prepare_one_that_does():
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    assert RegressionTree().fit(X, y).predict(X).tolist() == y


@pytest.mark.parametrize("depth", [0, 1, 10**9, None])
def test_depths(depth):
    X, y = np.arange(20.0)[:, None], 4.0 ** np.arange(20)  # one row is split off at a time
    grown = RegressionTree(max_depth=depth).fit(X, y)
    assert grown.tree_.depth == (19 if depth in (10**9, None) else depth)
    if depth == 0:
        assert grown.predict(X).tolist() == [y.mean()] * 20
    assert grown.describe().count("leaf") == grown.tree_.n_leaves


def test_duplicate_rows_share_their_mean():
    grown = RegressionTree().fit([[1.0], [1.0], [2.0]], [0.0, 4.0, 9.0])
    assert grown.predict([[1.0], [2.0]]).tolist() == [2, 9]


def test_huge_and_tiny_features():
    X = np.array([[1e300, -5e-324], [-1e300, 0.0], [1.7e308, 5e-324], [0.0, 1e-310]])
    y = np.array([1.0, 2.0, 3.0, 4.0])
    for columns in (X, X[:, :1], X[:, 1:]):
        assert RegressionTree().fit(columns, y).predict(columns).tolist() == y.tolist()


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"max_depth": -1}, ValueError, "max_depth must be at least 0, got -1"),
        ({"max_depth": 2.5}, TypeError, "max_depth must be an integer, got 2.5"),
        ({"min_samples_leaf": 0}, ValueError, "min_samples_leaf must be at least 1, got 0"),
        ({"max_bins": 1}, ValueError, "max_bins must be at least 2, got 1"),
        ({"max_bins": 256}, ValueError, "max_bins must be at most 255, got 256"),
        ({"max_features": 3}, ValueError, "max_features must be at most 2, got 3"),
        ({"max_features": 0}, ValueError, "max_features must be at least 1, got 0"),
        ({"max_features": 0.0}, ValueError, "max_features must be greater than 0"),
        ({"max_features": 1.5}, ValueError, "max_features must be at most 1, got 1.5"),
        ({"max_features": True}, TypeError, "max_features must be an integer, got True"),
        (
            {"max_features": "all"},
            TypeError,
            "max_features must be a number of features, .*got 'all'",
        ),
    ],
)
def test_parameters_out_of_range(parameters, error, message):
    with pytest.raises(error, match=message):
        RegressionTree(**parameters).fit([[1.0, 2.0], [2.0, 1.0]], [1.0, 2.0])


@pytest.mark.parametrize(
    ("X", "y", "weight", "message"),
    [
        (np.empty((0, 2)), [], None, "0 sample"),
        ([[np.nan]], [1.0], None, "NaN"),
        ([[np.inf]], [1.0], None, "infinity"),
        ([[1.0]], [np.nan], None, "NaN"),
        ([[1.0]], [1.1e150], None, r"y must be at most 1e\+150 in size"),
        ([["a"]], [1.0], None, "could not convert"),
        ([1.0, 2.0], [1.0, 2.0], None, "2D array"),
        ([[1.0], [2.0]], [1.0], None, "inconsistent"),
        (
            [[1.0], [2.0]],
            [1.0, 2.0],
            [0.0, 0.0],
            "sample_weight must be greater than 0 for some row",
        ),
        (
            [[1.0], [2.0]],
            [1.0, 2.0],
            [1.0],
            r"sample_weight must have shape \(2,\), got shape \(1,",
        ),
        ([[1.0], [2.0]], [1.0, 2.0], 2.0, r"sample_weight must have shape \(2,\), got shape \(\)"),
        ([[1.0], [2.0]], [1.0, 2.0], [1.0, np.inf], "sample_weight contains infinity"),
        ([[1.0], [2.0]], [1.0, 2.0], [1.0, -1.0], "sample_weight must be at least 0, got -1"),
    ],
)
def test_bad_data(X, y, weight, message):
    with pytest.raises(ValueError, match=message):
        RegressionTree().fit(X, y, weight)


# --- In words ---


def test_path_leads_to_the_leaf_that_predicts():
    rng = np.random.default_rng(8)
    X, y = rng.normal(size=(60, 3)), rng.normal(size=60)
    model = RegressionTree(max_depth=4).fit(X, y)
    for x in X[:10]:
        *questions, leaf = model.path(x)
        number, value = model.apply([x])[0], model.predict([x])[0]
        assert leaf == f"leaf {number}: value {value:.6g}"
        assert 1 <= len(questions) <= 4
        assert f"leaf {number}, value {value:.6g}" in model.describe()
        for question in questions:
            name, _, shown, *relation, threshold = question.split()
            assert float(shown) == pytest.approx(x[int(name[1:])], rel=1e-5)
            assert (float(shown) <= float(threshold)) == (relation == ["is", "at", "most"])


def test_names_of_features():
    grown = RegressionTree(max_depth=1).fit([[1.0, 0.0], [2.0, 0.0]], [0.0, 1.0]).tree_
    assert "age <= 1.5?" in grown.describe(["age", "height"])
    assert grown.path([1.0, 0.0], ["age", "height"])[0] == "age = 1 is at most 1.5"
    with pytest.raises(ValueError, match="feature_names must hold 2 names, got 1"):
        grown.describe(["age"])


def test_tree_checks_what_it_is_asked_about():
    grown = RegressionTree().fit([[1.0, 0.0], [2.0, 0.0]], [0.0, 1.0]).tree_
    assert repr(grown) == "<Tree of 3 nodes, depth 1>"
    with pytest.raises(ValueError, match=r"X must have shape \(rows, 2\), got shape \(1, 3\)"):
        grown.predict([[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match=r"X must have shape \(rows, 2\), got shape \(2,\)"):
        grown.apply([1.0, 2.0])
    with pytest.raises(ValueError, match="X must be finite"):
        grown.apply([[1.0, np.nan]])
    with pytest.raises(TypeError, match="X must hold real numbers"):
        grown.apply([["a", "b"]])
    for row in ([[1.0, 2.0]], [1.0], 1.0):
        with pytest.raises(ValueError, match=r"x must have shape \(2,\), got shape"):
            grown.path(row)


@pytest.mark.parametrize("module", [binning, tree, regression_tree])
def test_examples(module):
    result = doctest.testmod(module, extraglobs={"np": np})
    assert result.attempted > 0
    assert result.failed == 0
