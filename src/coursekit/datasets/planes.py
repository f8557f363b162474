"""Synthetic classes, most of them in the plane, where one can see what a network does."""

import math

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.datasets.dataset import Dataset
from coursekit.seeding import generator

SYNTHETIC = "Synthetic, made by coursekit"


def blobs(n=300, classes=3, radius=4.0, spread=1.0, seed=0):
    """Round clouds of points, one for each class, whose centers lie evenly on a circle.

    Args:
        n: the number of points, at least one per class; the classes are as equal as n allows.
        classes: the number of classes, at least 2.
        radius: of the circle of centers, at least 0.
        spread: the standard deviation of a cloud in each direction, above 0.
        seed: an integer, at least 0.
    """
    classes = whole_number("classes", classes, at_least=2)
    n = whole_number("n", n, at_least=classes)
    radius = real_number("radius", radius, at_least=0)
    spread = real_number("spread", spread, above=0)
    rng = generator(seed)
    angle = 2 * np.pi * np.arange(classes) / classes
    centers = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    y = np.arange(n) % classes
    X = centers[y] + spread * rng.normal(size=(n, 2))
    return _plane("blobs", "Blobs", X, y, classes, rng, {"centers": centers, "spread": spread})


def moons(n=200, noise=0.1, seed=0):
    """Two half circles that reach into each other: no straight line tells them apart.

    The same shape as scikit-learn's ``make_moons``: half circles of radius 1 around (0, 0), class
    0, and around (1, 0.5), class 1.

    Args:
        n: the number of points, at least 2.
        noise: the standard deviation added to each coordinate, at least 0.
        seed: an integer, at least 0.
    """
    n = whole_number("n", n, at_least=2)
    noise = real_number("noise", noise, at_least=0)
    rng = generator(seed)
    y = np.arange(n) * 2 // n  # the first half 0, the second half 1
    angle = np.concatenate([np.linspace(0, np.pi, np.sum(y == c)) for c in (0, 1)])
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    X = np.where(y[:, None] == 0, upper, lower) + noise * rng.normal(size=(n, 2))
    return _plane("moons", "Moons", X, y, 2, rng, {"noise": noise})


def spirals(n=200, classes=2, turns=1.5, noise=0.02, seed=0):
    """Spiral arms around the origin, one for each class, out to a radius of 1.

    Args:
        n: the number of points, at least one per class; the classes are as equal as n allows.
        classes: the number of arms, at least 2.
        turns: how often an arm goes around, above 0. More turns make a harder problem.
        noise: the standard deviation added to each coordinate, at least 0.
        seed: an integer, at least 0.
    """
    classes = whole_number("classes", classes, at_least=2)
    n = whole_number("n", n, at_least=classes)
    turns = real_number("turns", turns, above=0)
    noise = real_number("noise", noise, at_least=0)
    rng = generator(seed)
    y = np.arange(n) % classes
    radius = np.sqrt(rng.uniform(0.01, 1, size=n))  # the root spreads them evenly along the arm
    angle = 2 * np.pi * (turns * radius + y / classes)
    X = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    X += noise * rng.normal(size=(n, 2))
    return _plane("spirals", "Spirals", X, y, classes, rng, {"noise": noise, "turns": turns})


def xor(repeats=1, noise=0.0, seed=0):
    """The corners of a square; the class is 1 where exactly one of the two inputs is 1.

    Args:
        repeats: how often each of the four corners occurs, at least 1.
        noise: the standard deviation added to each coordinate, at least 0.
        seed: an integer, at least 0.

    Example:
        >>> from coursekit import datasets
        >>> datasets.xor().X.tolist(), datasets.xor().y.tolist()
        ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    repeats = whole_number("repeats", repeats, at_least=1)
    noise = real_number("noise", noise, at_least=0)
    corners = np.tile([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], (repeats, 1))
    y = (corners[:, 0] != corners[:, 1]).astype(int)
    X = corners + noise * generator(seed).normal(size=corners.shape)
    return _plane("xor", "Exclusive or", X, y, 2, None, {"noise": noise})


def informative(n=1000, features=20, informative=5, separation=4.0, seed=0):
    """Two classes and many features, of which only some tell the classes apart.

    All features are normal with variance 1 within a class. The means of the classes lie
    ``separation`` apart, and each informative feature has the same share in that; the others are
    noise. No classifier can expect to be right more often than ``truth["best_accuracy"]``.

    Args:
        n: the number of points, at least 2; the classes are as equal as n allows.
        features: the number of features, at least 1.
        informative: how many of them are informative, at least 1 and at most ``features``.
            ``truth["informative"]`` says which.
        separation: the distance between the means of the classes, at least 0.
        seed: an integer, at least 0.

    Raises:
        ValueError: if there are more informative features than features.
    """
    n = whole_number("n", n, at_least=2)
    features = whole_number("features", features, at_least=1)
    informative = whole_number("informative", informative, at_least=1)
    separation = real_number("separation", separation, at_least=0)
    if informative > features:
        raise ValueError(f"informative must be at most features={features}, got {informative}")
    rng = generator(seed)
    which = np.sort(rng.choice(features, size=informative, replace=False))
    difference = np.zeros(features)
    difference[which] = rng.choice([-1, 1], size=informative) * separation / math.sqrt(informative)
    y = np.arange(n) % 2
    X = (y[:, None] - 0.5) * difference + rng.normal(size=(n, features))
    order = rng.permutation(n)
    return Dataset(
        name="informative",
        title="Few informative features",
        kind="classification",
        X=X[order],
        y=y[order],
        feature_names=[f"x{i}" for i in range(features)],
        target_names=("class 0", "class 1"),
        source=SYNTHETIC,
        truth={
            "informative": which,
            "difference": difference,
            "best_accuracy": 0.5 * math.erfc(-separation / math.sqrt(8)),  # Φ(separation / 2)
        },
    )


def _plane(name, title, X, y, classes, rng, truth):
    """A dataset in the plane, its rows shuffled if there is a generator."""
    order = slice(None) if rng is None else rng.permutation(len(X))
    return Dataset(
        name=name,
        title=title,
        kind="classification",
        X=X[order],
        y=y[order],
        feature_names=("x", "y"),
        target_names=[f"class {i}" for i in range(classes)],
        source=SYNTHETIC,
        truth=truth,
    )
