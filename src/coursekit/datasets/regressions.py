"""Synthetic regressions, in which the truth behind the data is known."""

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.datasets.dataset import Dataset
from coursekit.datasets.planes import SYNTHETIC
from coursekit.seeding import generator


def linear(n=200, features=2, noise=0.1, condition=1.0, seed=0):
    """A linear regression without intercept, whose loss has known curvatures.

    For the loss L(w) = 1/(2n) · Σ (Xw − y)², the Hessian XᵀX / n has exactly the eigenvalues
    ``truth["curvatures"]``, which go from 1 to ``condition`` in equal ratios. So gradient descent is
    stable for rates below 2 / condition. Their directions are random, not the axes.

    Args:
        n: the number of rows, at least ``features``.
        features: the number of weights, at least 1.
        noise: the standard deviation of the noise in y, at least 0.
        condition: the largest curvature divided by the smallest, at least 1. With one feature there
            is one curvature, which is ``condition``.
        seed: an integer, at least 0.

    Returns:
        A `Dataset` with ``truth["weights"]``, the w of y = Xw + noise, and ``truth["curvatures"]``,
        in rising order. A part of the rows (`Dataset.split`) has nearly those curvatures.

    Raises:
        ValueError: if an argument is out of bounds.

    Example:
        >>> from coursekit import datasets
        >>> data = datasets.linear(condition=100)
        >>> np.linalg.eigvalsh(data.X.T @ data.X / data.n).round(9)
        array([  1., 100.])
    """
    features = whole_number("features", features, at_least=1)
    n = whole_number("n", n, at_least=features)
    noise = real_number("noise", noise, at_least=0)
    condition = real_number("condition", condition, at_least=1)
    rng = generator(seed)
    curvatures = np.geomspace(1.0, condition, features) if features > 1 else np.array([condition])
    columns, _ = np.linalg.qr(rng.normal(size=(n, features)))  # columns of length 1
    directions, _ = np.linalg.qr(rng.normal(size=(features, features)))
    X = np.sqrt(n) * columns * np.sqrt(curvatures) @ directions.T
    weights = rng.normal(size=features)
    return _regression(
        "linear",
        "Linear regression",
        X,
        X @ weights + noise * rng.normal(size=n),
        truth={"weights": weights, "curvatures": curvatures, "noise": noise},
    )


def friedman(number=1, n=500, noise=1.0, features=None, seed=0):
    """One of Friedman's three test functions for regression, with noise.

    1. y = 10 sin(π x₀x₁) + 20 (x₂ − ½)² + 10 x₃ + 5 x₄, all features uniform on [0, 1]; further
       features have no effect
    2. y = √(x₀² + (x₁x₂ − 1/(x₁x₃))²), the impedance of an electric circuit
    3. y = arctan((x₁x₂ − 1/(x₁x₃)) / x₀), its phase; both with x₀ uniform on [0, 100], x₁ on
       [40π, 560π], x₂ on [0, 1] and x₃ on [1, 11]

    Source: Friedman (1991), *Multivariate adaptive regression splines*, Annals of Statistics 19;
    Breiman (1996), *Bagging predictors*, Machine Learning 24.

    Args:
        number: 1, 2 or 3.
        n: the number of rows, at least 1.
        noise: the standard deviation of the noise in y, at least 0. The values of function 2
            reach about 1700, those of function 3 only π/2.
        features: for function 1, the number of features, at least 5; 10 by default. The other two
            have four.
        seed: an integer, at least 0.

    Returns:
        A `Dataset` with ``truth["function"]``, which takes features to targets without noise.

    Raises:
        ValueError: if an argument is out of bounds, or ``features`` is given for function 2 or 3.
    """
    number = whole_number("number", number, at_least=1)
    if number > 3:
        raise ValueError(f"number must be 1, 2 or 3, got {number}")
    n = whole_number("n", n, at_least=1)
    noise = real_number("noise", noise, at_least=0)
    if number == 1:
        features = 10 if features is None else whole_number("features", features, at_least=5)
    elif features not in (None, 4):
        raise ValueError(f"features must be 4 for number={number}, got {features!r}")
    rng = generator(seed)
    if number == 1:
        X = rng.uniform(size=(n, features))
    else:
        low, high = np.array([[0, 40 * np.pi, 0, 1], [100, 560 * np.pi, 1, 11]])
        X = rng.uniform(low, high, size=(n, 4))
    function = _FRIEDMAN[number]
    return _regression(
        f"friedman{number}",
        f"Friedman {number}",
        X,
        function(X) + noise * rng.normal(size=n),
        truth={"function": function, "noise": noise},
    )


def drifting(n=4000, features=1, drift=0.05, noise=0.1, seed=0):
    """A stream in which the weights to be learned never stand still.

    At each time t, x is standard normal and y = wₜ · x + noise. The weights take a random walk:
    w₀ = 0, and each coordinate of wₜ₊₁ − wₜ is normal with standard deviation ``drift``.

    Args:
        n: the number of rows, which come in order of time; at least 1.
        features: the number of weights, at least 1.
        drift: the standard deviation of a step of a weight, at least 0.
        noise: the standard deviation of the noise in y, at least 0.
        seed: an integer, at least 0.

    Returns:
        A `Dataset` of kind "stream" with ``truth["weights"]``, of shape (n, features): the wₜ. For a
        part of the stream they are ``truth["weights"][part.rows]``.

    Raises:
        ValueError: if an argument is out of bounds.
    """
    n = whole_number("n", n, at_least=1)
    features = whole_number("features", features, at_least=1)
    drift = real_number("drift", drift, at_least=0)
    noise = real_number("noise", noise, at_least=0)
    rng = generator(seed)
    steps = drift * rng.normal(size=(n, features))
    steps[0] = 0
    weights = np.cumsum(steps, axis=0)
    X = rng.normal(size=(n, features))
    y = np.sum(weights * X, axis=1) + noise * rng.normal(size=n)
    return _regression(
        "drifting",
        "Drifting weights",
        X,
        y,
        kind="stream",
        truth={"weights": weights, "drift": drift, "noise": noise},
    )


def _friedman1(X):
    x0, x1, x2, x3, x4 = X[:, :5].T
    return 10 * np.sin(np.pi * x0 * x1) + 20 * (x2 - 0.5) ** 2 + 10 * x3 + 5 * x4


def _friedman2(X):
    x0, x1, x2, x3 = X.T
    return np.hypot(x0, x1 * x2 - 1 / (x1 * x3))


def _friedman3(X):
    x0, x1, x2, x3 = X.T
    return np.arctan2(x1 * x2 - 1 / (x1 * x3), x0)  # x0 may be 0


_FRIEDMAN = {1: _friedman1, 2: _friedman2, 3: _friedman3}


def _regression(name, title, X, y, truth, kind="regression"):
    return Dataset(
        name=name,
        title=title,
        kind=kind,
        X=X,
        y=y,
        feature_names=[f"x{i}" for i in range(X.shape[1])],
        target_names=("y",),
        source=SYNTHETIC,
        truth=truth,
    )
