"""Datasets against scikit-learn and against what they declare; splits and scales without leaks."""

import dataclasses
import doctest
import importlib
import math
import sys

import numpy as np
import pytest
import scipy.signal
import sklearn.datasets
import sklearn.preprocessing
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from coursekit import datasets
from coursekit.datasets import Dataset, Normalizer, log_spectrum, one_hot, standardize
from coursekit.datasets.vowels import BANDWIDTHS, FORMANTS

BUNDLED = ("digits", "diabetes", "breast_cancer", "wine")
SYNTHETIC = tuple(name for name in datasets.NAMES if name not in BUNDLED)
each_name = pytest.mark.parametrize("name", datasets.NAMES)
seeds = st.integers(0, 2**32 - 1)


def made(X, y, kind="classification", classes=3):
    """A dataset of one's own."""
    names = ["a", "b", "c", "d", "e"][:classes] if kind == "classification" else ["y"]
    features = [f"x{i}" for i in range(np.shape(X)[1])]
    return Dataset("made", "Made", kind, X, y, features, names, "made for the test")


# What every dataset has


@each_name
def test_what_every_dataset_declares(name):
    data = datasets.get(name)
    assert data.name.startswith(name)
    assert data.X.shape == (data.n, data.features) == (len(data.y), len(data.feature_names))
    assert data.X.dtype == np.float64
    np.testing.assert_array_equal(data.rows, np.arange(data.n))
    assert ("ynthetic" in data.source) == (name in SYNTHETIC)
    if data.kind == "classification":
        assert data.y.dtype == np.int64
        np.testing.assert_array_equal(np.unique(data.y), np.arange(data.classes))
        counts = np.bincount(data.y)
        assert name in BUNDLED or name == "anomalies" or counts.max() - counts.min() <= 1
    else:
        assert data.y.dtype == np.float64
        assert data.classes == 0
    assert len(np.unique(data.X, axis=0)) == data.n  # no row twice
    for array in (data.X, data.y, data.rows, *data.truth.values()):
        if isinstance(array, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.X = None


@each_name
def test_rows_are_not_sorted_by_class(name):
    data = datasets.get(name)
    if data.kind == "classification" and name in SYNTHETIC and name != "xor":
        # sorted or strictly alternating rows would change class n/classes or n times
        changes = np.mean(np.diff(data.y) != 0)
        expected = 1 - np.sum((np.bincount(data.y) / data.n) ** 2)
        assert abs(changes - expected) < 5 * math.sqrt(0.25 / data.n)


@pytest.mark.parametrize("name", SYNTHETIC)
def test_the_seed_decides(name):
    noise = {"noise": 0.1} if name == "xor" else {}
    first, again, other = (datasets.get(name, seed=seed, **noise) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.y, again.y)
    assert not np.array_equal(first.X, other.X)


# Bundled data


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_data_are_those_of_scikit_learn(name):
    options = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(sklearn.datasets, f"load_{name}")(**options)
    data = datasets.get(name)
    np.testing.assert_array_equal(data.X, bunch.data / (16 if name == "digits" else 1))
    np.testing.assert_array_equal(data.y, bunch.target)
    assert data.feature_names == tuple(bunch.feature_names)
    assert datasets.get(name) is data  # read once


def test_digits_are_images():
    data = datasets.digits()
    bunch = sklearn.datasets.load_digits()
    assert data.images.shape == (1797, 1, 8, 8)
    np.testing.assert_array_equal(data.images[:, 0] * 16, bunch.images)
    assert (data.X.min(), data.X.max()) == (0, 1)
    assert data.take([5, 7]).images.shape == (2, 1, 8, 8)
    with pytest.raises(AttributeError, match="rows of 'wine' are not images"):
        _ = datasets.wine().images


def test_photos_are_those_of_scikit_learn():
    for name in datasets.PHOTOS:
        pixels = sklearn.datasets.load_sample_image(f"{name}.jpg") / 255
        color, gray = datasets.photo(name, gray=False), datasets.photo(name)
        np.testing.assert_array_equal(color, pixels.transpose(2, 0, 1))
        assert gray.shape == (427, 640)
        luma = 0.299 * pixels[..., 0] + 0.587 * pixels[..., 1] + 0.114 * pixels[..., 2]
        np.testing.assert_allclose(gray, luma, atol=1e-12)
        with pytest.raises(ValueError, match="read-only"):
            gray[0] = 0
    with pytest.raises(ValueError, match="unknown photo: 'rose'; choose one of: china, flower"):
        datasets.photo("rose")


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    datasets.bundled.wine.cache_clear()
    with pytest.raises(ImportError, match="pip install scikit-learn"):
        datasets.wine()
    assert datasets.moons().n == 200  # made here


# Regressions


@given(
    features=st.integers(1, 6),
    extra=st.integers(0, 30),
    condition=st.floats(1, 1e4),
    seed=seeds,
)
def test_linear_has_the_curvatures_and_the_weights_it_declares(features, extra, condition, seed):
    data = datasets.linear(features + extra, features, 0.0, condition, seed)
    found = np.linalg.eigvalsh(data.X.T @ data.X / data.n)
    np.testing.assert_allclose(found, data.truth["curvatures"], rtol=1e-9)
    np.testing.assert_allclose(found[-1], condition, rtol=1e-9)
    if features > 1:
        np.testing.assert_allclose(found[0], 1, rtol=1e-9)
    solved = np.linalg.lstsq(data.X, data.y, rcond=None)[0]
    np.testing.assert_allclose(solved, data.truth["weights"], atol=1e-9)


def test_linear_has_the_noise_it_declares_and_slanted_directions():
    data = datasets.linear(20_000, 5, noise=0.7, condition=50)
    residual = data.y - data.X @ data.truth["weights"]
    np.testing.assert_allclose(residual.std(), 0.7, rtol=0.03)
    hessian = data.X.T @ data.X / data.n
    assert np.abs(hessian - np.diag(np.diag(hessian))).max() > 1


@pytest.mark.parametrize("number", [1, 2, 3])
def test_friedman_functions_are_those_of_scikit_learn(number):
    make = getattr(sklearn.datasets, f"make_friedman{number}")
    X, y = make(500, random_state=0)
    data = datasets.friedman(number, 4000, noise=0.3)
    np.testing.assert_allclose(data.truth["function"](X), y, rtol=1e-12)
    assert data.features == X.shape[1]
    np.testing.assert_allclose(data.X.min(axis=0), X.min(axis=0), atol=0.01 * X.max())
    np.testing.assert_allclose(data.X.mean(axis=0), X.mean(axis=0), atol=0.05 * X.max())
    np.testing.assert_allclose(data.X.max(axis=0), X.max(axis=0), rtol=0.02)
    np.testing.assert_allclose((data.y - data.truth["function"](data.X)).std(), 0.3, rtol=0.05)


def test_drifting_weights_take_a_random_walk():
    data = datasets.drifting(20_000, features=3, drift=0.05, noise=0.2)
    weights = data.truth["weights"]
    np.testing.assert_array_equal(weights[0], 0)
    steps = np.diff(weights, axis=0)
    np.testing.assert_allclose(steps.std(axis=0), 0.05, rtol=0.03)
    assert abs(np.corrcoef(steps[1:, 0], steps[:-1, 0])[0, 1]) < 0.03
    np.testing.assert_allclose((data.y - np.sum(weights * data.X, axis=1)).std(), 0.2, rtol=0.03)
    np.testing.assert_allclose(data.X.std(axis=0), 1, rtol=0.03)


def test_a_stream_is_split_by_time():
    data = datasets.drifting(100)
    train, test = data.split(test=0.3, seed=5)
    np.testing.assert_array_equal(train.rows, np.arange(70))
    np.testing.assert_array_equal(test.rows, np.arange(70, 100))
    np.testing.assert_array_equal(test.y, data.y[70:])


# Classes


def test_moons_have_the_shape_of_scikit_learn():
    for n in (2, 101, 200):
        ours = datasets.moons(n, noise=0.0)
        X, y = sklearn.datasets.make_moons((n - n // 2, n // 2), shuffle=False)
        order = np.argsort(ours.y, kind="stable")
        for c in (0, 1):
            theirs = X[y == c]
            found = ours.X[ours.y == c]
            keys = (np.lexsort(points.round(12).T) for points in (found, theirs))
            a, b = keys
            np.testing.assert_allclose(found[a], theirs[b], atol=1e-12)
        assert n < 100 or not np.array_equal(order, np.arange(n))
    noisy = datasets.moons(20_000, noise=0.15)
    upper = noisy.X[noisy.y == 0]
    distance = np.hypot(*upper[upper[:, 1] > 0.5].T) - 1
    np.testing.assert_allclose(distance.std(), 0.15, rtol=0.05)


def test_blobs_lie_around_their_centers():
    data = datasets.blobs(8000, classes=4, radius=3, spread=0.5)
    for c, center in enumerate([(3, 0), (0, 3), (-3, 0), (0, -3)]):
        np.testing.assert_allclose(data.truth["centers"][c], center, atol=1e-12)
        cloud = data.X[data.y == c]
        np.testing.assert_allclose(cloud.mean(axis=0), center, atol=0.05)
        np.testing.assert_allclose(np.cov(cloud.T), 0.25 * np.eye(2), atol=0.03)


def test_spirals_are_arms():
    data = datasets.spirals(600, classes=3, turns=2, noise=0.0)
    radius = np.hypot(*data.X.T)
    turned = np.arctan2(data.X[:, 1], data.X[:, 0]) / (2 * np.pi)
    arm = (turned - 2 * radius) % 1 * 3  # how far the point is from arm 0, in arms
    np.testing.assert_allclose((arm - data.y + 0.5) % 3, 0.5, atol=1e-9)
    assert 0.1 <= radius.min() < 0.2
    assert 0.95 < radius.max() <= 1
    near = LogisticRegression().fit(data.X, data.y)
    assert near.score(data.X, data.y) < 0.6  # straight lines do not do


def test_xor():
    data = datasets.xor()
    np.testing.assert_array_equal(data.X, [[0, 0], [0, 1], [1, 0], [1, 1]])
    np.testing.assert_array_equal(data.y, [0, 1, 1, 0])
    many = datasets.xor(repeats=500, noise=0.2)
    np.testing.assert_array_equal(many.y, np.tile(data.y, 500))
    np.testing.assert_allclose((many.X - np.tile(data.X, (500, 1))).std(), 0.2, rtol=0.05)


def test_informative_features_are_those_declared():
    data = datasets.informative(20_000, features=12, informative=4, separation=3.0)
    gap = data.X[data.y == 1].mean(axis=0) - data.X[data.y == 0].mean(axis=0)
    np.testing.assert_allclose(gap, data.truth["difference"], atol=0.08)
    np.testing.assert_array_equal(np.flatnonzero(np.abs(gap) > 0.5), data.truth["informative"])
    np.testing.assert_allclose(np.abs(gap[data.truth["informative"]]), 1.5, atol=0.08)
    np.testing.assert_allclose(data.X[data.y == 0].std(axis=0), 1, atol=0.03)
    best = np.mean((data.X @ data.truth["difference"] > 0) == data.y)
    np.testing.assert_allclose(best, data.truth["best_accuracy"], atol=0.01)
    with pytest.raises(ValueError, match="informative must be at most features=3, got 4"):
        datasets.informative(features=3, informative=4)


def test_bars_lie_in_the_direction_declared():
    data = datasets.bars(400, noise=0.0)
    rows, columns = np.mgrid[:12, :12]
    brightness = data.X.sum(axis=1)
    for image, label in zip(data.images[:, 0], data.y, strict=True):
        x, y = columns - np.average(columns, weights=image), np.average(rows, weights=image) - rows
        spread = np.cov(np.stack([x.ravel(), y.ravel()]), aweights=image.ravel() + 1e-12)
        axis = np.linalg.eigh(spread)[1][:, -1]  # the longest direction
        angle = np.degrees(np.arctan2(axis[1], axis[0])) % 180
        assert abs((angle - 45 * label + 90) % 180 - 90) < 8
        assert image.min() >= 0
        assert 0.5 < image.max() <= 1
    means = [brightness[data.y == c].mean() for c in range(4)]
    np.testing.assert_allclose(means, np.mean(means), rtol=0.03)
    assert np.ptp([np.average(columns, weights=image) for image in data.images[:, 0]]) > 3
    noisy = datasets.bars(400, noise=0.1)
    np.testing.assert_allclose((noisy.X - data.X).std(), 0.1, rtol=0.05)


# Vowels


def test_a_vowel_is_the_sum_of_its_harmonics():
    data = datasets.vowels(30, words=tuple(FORMANTS), noise=0.0)
    time = np.arange(800) / 8000
    for row in range(0, 30, 3):
        pitch, *formants = data.truth["voices"][row]
        shapes = list(zip(formants, BANDWIDTHS, strict=True))
        wave = np.zeros(800)
        for k in range(1, 200):
            if (f := k * pitch) < 4000:
                poles = [F**2 / (F**2 - f**2 + 1j * b * f) for F, b in shapes]
                wave += (np.prod(poles) / f * np.exp(2j * np.pi * f * time)).real
        np.testing.assert_allclose(data.X[row], wave / np.sqrt(np.mean(wave**2)), atol=1e-9)


def test_voices_vary_around_the_means_of_peterson_and_barney():
    data = datasets.vowels(6000, words=("heed", "hod"), noise=0.0)
    voices = data.truth["voices"]
    for label, word in enumerate(data.target_names):
        table = np.array(FORMANTS[word], float)
        own = np.log(voices[data.y == label])
        distance = ((own[:, None] - np.log(table)) / [0.1, 0.04, 0.04, 0.04]) ** 2
        kind = distance.sum(axis=-1).argmin(axis=1)  # man, woman or child, the nearest
        np.testing.assert_allclose(np.bincount(kind) / len(own), 1 / 3, atol=0.05)
        centers = np.array([np.median(own[kind == k], axis=0) for k in range(3)])
        np.testing.assert_allclose(np.exp(centers), table, rtol=0.02)
        men = own[kind == 0]
        np.testing.assert_allclose(men.std(axis=0), [0.1, 0.04, 0.04, 0.04], rtol=0.1)


def test_noise_of_vowels():
    loud, clean = datasets.vowels(20, noise=0.5), datasets.vowels(20, noise=0.0)
    np.testing.assert_allclose((loud.X - clean.X).std(), 0.5, rtol=0.03)
    np.testing.assert_allclose(np.mean(clean.X**2, axis=1), 1)


def test_log_spectrum_is_welchs_estimate():
    waves = datasets.vowels(5).X
    _, welch = scipy.signal.welch(
        waves, window=np.hanning(160), noverlap=80, detrend=False, scaling="spectrum"
    )
    welch[:, 1:-1] /= 2  # SciPy counts the negative frequencies in
    welch *= np.hanning(160).sum() ** 2
    np.testing.assert_allclose(log_spectrum(waves), 10 * np.log10(welch), atol=1e-6)
    tone = np.sin(2 * np.pi * 1000 * np.arange(800) / 8000)[None]
    assert log_spectrum(tone).argmax() == 20  # 1000 Hz in steps of 50 Hz
    np.testing.assert_allclose(log_spectrum(np.zeros((1, 160))), -120)
    with pytest.raises(ValueError, match=r"waves must have shape \(n, 160 or more\)"):
        log_spectrum(np.ones((2, 159)))


def test_a_linear_classifier_hears_the_vowels():
    accuracies = []
    for seed in range(3):
        data = datasets.vowels(seed=seed)
        hertz = [f"{50 * i} Hz" for i in range(81)]
        data = data.with_features(log_spectrum(data.X), hertz)
        train, test = standardize(*data.split(seed=seed))
        fitted = LogisticRegression(max_iter=500).fit(train.X, train.y)
        accuracies.append(fitted.score(test.X, test.y))
    assert np.mean(accuracies) > 0.95


# Tables


def test_ratings_are_entries_of_a_table_of_low_rank():
    data = datasets.ratings(users=150, items=80, rank=3, observed=0.3, noise=0.25)
    table = data.truth["table"]
    user, item = data.X.astype(int).T
    assert data.n == 0.3 * 150 * 80
    assert np.linalg.matrix_rank(table - 3, tol=1e-8) == 3
    np.testing.assert_allclose((data.y - table[user, item]).std(), 0.25, rtol=0.05)
    assert len(set(zip(user, item, strict=True))) == data.n
    assert (user.max(), item.max()) == (149, 79)
    np.testing.assert_allclose(datasets.ratings(800, 800, 4).truth["table"].std(), 1, rtol=0.1)
    assert datasets.ratings(4, 5, observed=1).n == 20
    for observed in (1.1, 0.001):
        with pytest.raises(ValueError, match="observed must be a share of 20 ratings, got"):
            datasets.ratings(4, 5, observed=observed)


def test_outliers_are_off_the_plane_but_no_farther_out():
    data = datasets.anomalies(20_000, outliers=5000, features=8, rank=2, noise=0.1)
    directions = data.truth["directions"]
    assert data.y.sum() == 5000
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-12)
    off_plane = np.linalg.norm(data.X - data.X @ directions.T @ directions, axis=1)
    usual, unusual = data.X[data.y == 0], data.X[data.y == 1]
    np.testing.assert_allclose(off_plane[data.y == 0].mean(), 0.1 * math.sqrt(6), rtol=0.05)
    np.testing.assert_allclose(np.mean(unusual**2), np.mean(usual**2), rtol=0.04)
    np.testing.assert_allclose((usual @ directions.T).std(axis=0), [2, 1], rtol=0.03)
    np.testing.assert_allclose(np.ptp((unusual**2).mean(axis=0)), 0, atol=0.1)  # any direction
    assert roc_auc_score(data.y, off_plane) > 0.99
    assert roc_auc_score(data.y, np.linalg.norm(data.X, axis=1)) < 0.8
    with pytest.raises(ValueError, match="outliers must be fewer than n=20, got 20"):
        datasets.anomalies(20, outliers=20)
    with pytest.raises(ValueError, match="features must be at least 3"):
        datasets.anomalies(features=2, rank=2)


# Text


def test_text():
    names = datasets.character_names()
    assert len(names) == len(set(names)) == 12_886
    assert "GREEK SMALL LETTER ALPHA" in names
    assert set("".join(names)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -()")
    assert sum(map(len, names)) == 341_858  # the same in every version of Python
    prose = datasets.python_reference()
    assert len(prose) > 100_000
    assert prose.count(" the ") > 3000


# Splits


def split_or_complaint(data, *args):
    try:
        return data.split(*args), ""
    except ValueError as error:
        return None, str(error)


@given(
    sizes=st.lists(st.integers(2, 40), min_size=1, max_size=4),
    test=st.floats(0.02, 0.98),
    seed=seeds,
    stratify=st.sampled_from([None, True, False]),
)
def test_every_row_goes_to_one_part(sizes, test, seed, stratify):
    y = np.random.default_rng(0).permutation(np.repeat(np.arange(len(sizes)), sizes))
    data = made(np.stack([np.arange(len(y)), -y], axis=1), y, classes=len(sizes))
    parts, complaint = split_or_complaint(data, test, seed, stratify)
    if complaint:
        n_test = round(test * data.n)
        shares = [n_test * size / data.n for size in sizes]
        if "a part without rows" in complaint:
            assert n_test in (0, data.n)
        else:
            assert "too few rows" in complaint
            assert stratify is not False
            assert any(s < 1 or size - s < 1 for s, size in zip(shares, sizes, strict=True))
        return
    train, held = parts
    assert held.n == round(test * data.n)
    assert sorted([*train.rows, *held.rows]) == list(range(data.n))
    for part in (train, held):
        np.testing.assert_array_equal(part.X, data.X[part.rows])
        np.testing.assert_array_equal(part.y, data.y[part.rows])
        if stratify is not False:
            counts = np.bincount(part.y, minlength=len(sizes))
            assert np.abs(counts - part.n * np.array(sizes) / data.n).max() <= 1
    again, _ = data.split(test, seed, stratify)
    np.testing.assert_array_equal(again.rows, train.rows)


def test_splits_are_as_stratified_as_those_of_scikit_learn():
    data = datasets.wine()
    train, test = data.split(test=0.3, seed=1)
    theirs = train_test_split(data.y, test_size=test.n, stratify=data.y, random_state=0)
    for part, y in zip((train, test), theirs, strict=True):
        assert np.abs(np.bincount(part.y) - np.bincount(y)).max() <= 1
        assert np.mean(np.diff(part.y) != 0) > 0.5  # shuffled, not class by class
    for part in (0, 1):  # nor in a fixed rhythm of classes
        first = [np.sum(data.split(0.3, seed)[part].y[:20] == 0) for seed in range(20)]
        assert np.std(first) > 1
    counts = [np.bincount(data.split(0.3, seed, stratify=False)[1].y) for seed in range(20)]
    assert np.std(counts, axis=0).min() > 1  # by chance alone


def test_each_row_is_as_likely_to_be_tested_as_any_other():
    for data in (datasets.xor(repeats=10, noise=0.1), datasets.friedman(n=40)):
        tested = np.zeros(data.n)
        for seed in range(400):
            tested[data.split(0.25, seed)[1].rows] += 1
        np.testing.assert_allclose(tested / 400, 0.25, atol=0.1)


def test_rows_are_known_through_several_steps():
    data = datasets.wine()
    train, _ = data.split(seed=1)
    inner, valid = train.split(seed=2)
    np.testing.assert_array_equal(valid.X, data.X[valid.rows])
    chosen = inner.take(inner.y == 2)
    np.testing.assert_array_equal(data.y[chosen.rows], 2)


def test_a_split_that_cannot_be_made():
    data = datasets.friedman(n=10)
    for test in (0, 1, -0.1, math.nan):
        with pytest.raises(ValueError, match="test must be"):
            data.split(test)
    with pytest.raises(TypeError, match="test must be a real number"):
        data.split("half")
    with pytest.raises(TypeError, match="seed must be an integer"):
        data.split(seed=None)
    with pytest.raises(ValueError, match=r"test=0.01 of 10 rows leaves a part without rows"):
        data.split(0.01)
    with pytest.raises(ValueError, match="stratify=True needs classes; 'friedman1' is a regre"):
        data.split(stratify=True)
    lonely = made(np.eye(9), [0] * 8 + [1], classes=2)
    with pytest.raises(ValueError, match="class 'b' of 'made' has too few rows"):
        lonely.split()


# Scales


def test_standardize_agrees_with_scikit_learn():
    train, test = datasets.wine().split()
    ours = standardize(train, test)
    scaler = sklearn.preprocessing.StandardScaler().fit(train.X)
    for before, after in zip((train, test), ours, strict=True):
        np.testing.assert_allclose(after.X, scaler.transform(before.X), rtol=1e-10, atol=1e-12)
        np.testing.assert_array_equal(after.y, before.y)
        np.testing.assert_array_equal(after.rows, before.rows)
    assert isinstance(standardize(train), Dataset)


@given(seed=seeds, row=st.integers(0, 9), value=st.floats(-1e6, 1e6))
def test_nothing_leaks_from_the_test_rows(seed, row, value):
    train, test = datasets.friedman(n=40, seed=seed).split(seed=seed)
    changed = test.X.copy()
    changed[row] = value
    first = standardize(train, test)
    second = standardize(train, test.with_features(changed))
    np.testing.assert_array_equal(first[0].X, second[0].X)
    others = np.arange(test.n) != row
    np.testing.assert_array_equal(first[1].X[others], second[1].X[others])


@given(
    n=st.integers(2, 20),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    size=st.floats(1e-6, 1e6),
    shift=st.floats(-1e3, 1e3),
    seed=seeds,
)
def test_a_normalizer_gives_mean_0_and_variance_1_and_can_be_undone(n, shape, size, shift, seed):
    X = size * (np.random.default_rng(seed).normal(size=(n, *shape)) + shift)
    fitted = Normalizer.fit(X)
    Z = fitted(X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(Z.std(axis=0), 1, rtol=1e-9)
    np.testing.assert_allclose(fitted.inverse(Z), X, rtol=1e-9, atol=1e-9 * size)


def test_constant_features_become_zero():
    # the mean of thirty times 0.1 is not 0.1 in floating point
    train = np.stack([np.full(30, 0.1), np.arange(30.0)], axis=1)
    fitted = Normalizer.fit(train)
    assert fitted.std[0] == 0
    np.testing.assert_array_equal(fitted(train)[:, 0], 0)
    np.testing.assert_array_equal(fitted([[7.0, 14.5]]), [[0.0, 0.0]])  # in the test part, too
    np.testing.assert_allclose(fitted.inverse(fitted([[7.0, 3.0]])), [[0.1, 3.0]])
    assert np.isfinite(standardize(*datasets.digits().split())[1].X).all()


def test_normalizer_keeps_float32_and_names_what_is_wrong():
    X = np.arange(6, dtype=np.float32).reshape(3, 2)
    fitted = Normalizer.fit(X)
    assert fitted(X).dtype == fitted.inverse(X).dtype == np.float32
    assert fitted(X.astype(int)).dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        fitted.mean[0] = 1
    with pytest.raises(ValueError, match=r"X must have shape \(n, features\), got shape \(3,\)"):
        Normalizer.fit([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"X must have shape \(n, 2\), got shape \(1, 3\)"):
        fitted([[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match="Z must be finite, got nan"):
        fitted.inverse([[math.nan, 1.0]])
    with pytest.raises(ValueError, match="X must be small enough to be squared"):
        Normalizer.fit([[1e300], [-1e300]])


# One hot, and datasets of one's own


@given(y=st.lists(st.integers(0, 6), min_size=1, max_size=20), more=st.integers(0, 3))
def test_one_hot_is_that_of_torch(y, more):
    expected = torch.nn.functional.one_hot(torch.tensor(y)).numpy()
    np.testing.assert_array_equal(one_hot(y), expected)
    classes = max(y) + 1 + more
    found = one_hot(np.array(y), classes)
    np.testing.assert_array_equal(
        found, torch.nn.functional.one_hot(torch.tensor(y), classes).numpy()
    )
    assert found.dtype == np.float64


def test_one_hot_takes_no_more_memory_than_its_result():
    assert one_hot([0, 10**6]).shape == (2, 10**6 + 1)


def test_one_hot_names_what_is_wrong():
    for y, got in (([0, 3], "3"), ([1, -1], "-1"), ([0, 0.5], "0.5")):
        with pytest.raises(ValueError, match=f"y must hold integers from 0 below 3, got {got} at"):
            one_hot(y, 3)
    with pytest.raises(ValueError, match=r"y must have shape \(n,\), got shape \(1, 1\)"):
        one_hot([[1]])
    with pytest.raises(ValueError, match="y must not be empty"):
        one_hot([])
    with pytest.raises(ValueError, match="classes must be at least 1, got 0"):
        one_hot([0], 0)


def test_bad_data_are_named():
    good = np.zeros((3, 2))
    cases = [
        (lambda: made(good, [0, 1]), ValueError, r"y must have shape \(3,\)"),
        (lambda: made(good, [0, 1, 3]), ValueError, "y must hold integers from 0 below 3, got 3"),
        (lambda: made([[1.0, math.inf]], [0]), ValueError, r"X must be finite, got inf at .*0, 1"),
        (lambda: made(good, [1, 2, math.nan], "regression"), ValueError, "y must be finite"),
        (lambda: made(np.zeros((0, 2)), []), ValueError, "X must not be empty"),
        (lambda: made(np.zeros((3, 2, 1)), [0] * 3), ValueError, "X must have shape"),
        (lambda: made([["a", "b"]], [0]), TypeError, "X must hold real numbers"),
        (lambda: standardize(datasets.moons().split()), TypeError, r"\(\*data.split.*got tuple"),
        (lambda: standardize(datasets.moons(), good), TypeError, r"got ndarray.*Normalizer.fit"),
        (lambda: made(good, [0, 1, 2], "ranking"), ValueError, "unknown kind: 'ranking'"),
        (
            lambda: made(good, [0] * 3).with_features(np.zeros((3, 4))),
            ValueError,
            "feature_names must name 4 features, got 2",
        ),
    ]
    for call, kind, message in cases:
        with pytest.raises(kind, match=message):
            call()


def test_a_dataset_keeps_a_copy():
    X, y = np.zeros((3, 2)), np.zeros(3)
    data = made(X, y, "regression")
    X[0] = y[0] = 5  # still writable
    assert data.X[0, 0] == data.y[0] == 0
    labels = np.array([0, 1, 2])
    data = made(X, labels)
    labels[0] = 2
    assert data.y[0] == 0
    rows = np.array([4, 5, 6])
    data = dataclasses.replace(data, rows=rows)
    rows[0] = 0
    assert data.rows[0] == 4
    weights = np.zeros(2)
    data = dataclasses.replace(data, truth={"weights": weights})
    weights[0] = 5
    assert data.truth["weights"][0] == 0


def test_a_dataset_keeps_float32():
    X = np.zeros((3, 2), np.float32)
    data = made(X, np.zeros(3), "regression")
    X[0] = 5
    assert data.X.dtype == data.y.dtype == np.float32
    np.testing.assert_array_equal(data.X, 0)
    assert made(X, [0, 1, 2]).y.dtype == np.int64
    assert repr(data) == "Dataset('made', 3 rows, 2 features)"


def test_get_and_bad_parameters():
    cases = [
        (lambda: datasets.get("moon"), "unknown dataset: 'moon'.*Did you mean 'moons'"),
        (lambda: datasets.get("wine", n=3), "the dataset 'wine' has no parameters, got 'n'"),
        (lambda: datasets.get("moons", noize=1), "parameter of the dataset 'moons': 'noize'"),
        (lambda: datasets.moons(1), "n must be at least 2, got 1"),
        (lambda: datasets.moons(noise=-1), "noise must be at least 0"),
        (lambda: datasets.blobs(2, classes=3), "n must be at least 3, got 2"),
        (lambda: datasets.blobs(spread=0), "spread must be greater than 0"),
        (lambda: datasets.spirals(turns=0), "turns must be greater than 0"),
        (lambda: datasets.xor(repeats=0), "repeats must be at least 1"),
        (lambda: datasets.linear(3, features=4), "n must be at least 4, got 3"),
        (lambda: datasets.linear(condition=0.5), "condition must be at least 1"),
        (lambda: datasets.friedman(4), "number must be 1, 2 or 3, got 4"),
        (lambda: datasets.friedman(1, features=4), "features must be at least 5, got 4"),
        (lambda: datasets.friedman(2, features=5), "features must be 4 for number=2, got 5"),
        (lambda: datasets.drifting(drift=-1), "drift must be at least 0"),
        (lambda: datasets.bars(size=4), "size must be at least 5, got 4"),
        (lambda: datasets.vowels(words=("heed",)), "words must be two or more different words"),
        (lambda: datasets.vowels(words=("heed", "heed")), "words must be two or more different"),
        (lambda: datasets.vowels(words=("heed", "hat")), "unknown word: 'hat'"),
        (lambda: datasets.moons(seed=-1), "seed must be at least 0"),
    ]
    for call, message in cases:
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="n must be an integer, got 2.5"):
        datasets.moons(2.5)


def test_documentation_examples():
    for name in ("", ".dataset", ".scaling", ".planes", ".regressions"):
        result = doctest.testmod(importlib.import_module(f"coursekit.datasets{name}"))
        assert result.failed == 0
        assert result.attempted > 0 or name == ".dataset"
