"""Synthetic tables with a simple structure behind them: ratings, and measurements with outliers."""

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.datasets.dataset import Dataset
from coursekit.datasets.planes import SYNTHETIC
from coursekit.seeding import generator


def ratings(users=200, items=100, rank=3, observed=0.2, noise=0.2, seed=0):
    """Ratings of items by users: a few of the entries of a table of low rank, with noise.

    The rating of item i by user u is 3 + p_u · q_i + noise, where the ``rank`` numbers in p_u and in
    q_i are normal, so that p_u · q_i has variance 1.

    Args:
        users: the number of users, at least 1.
        items: the number of items, at least 1.
        rank: the length of p_u and q_i, at least 1.
        observed: the share of the table that is known, above 0 and at most 1.
        noise: the standard deviation of the noise, at least 0.
        seed: an integer, at least 0.

    Returns:
        A `Dataset` with one row per known rating, in random order, whose two features are the
        numbers of the user and of the item (``data.X.astype(int)`` to index with them), and with
        ``truth["table"]``, of shape (users, items), without noise.

    Raises:
        ValueError: if an argument is out of bounds, or no rating would be known.
    """
    users = whole_number("users", users, at_least=1)
    items = whole_number("items", items, at_least=1)
    rank = whole_number("rank", rank, at_least=1)
    observed = real_number("observed", observed, above=0)
    noise = real_number("noise", noise, at_least=0)
    known = round(observed * users * items)
    if observed > 1 or known == 0:
        raise ValueError(f"observed must be a share of {users * items} ratings, got {observed:g}")
    rng = generator(seed)
    table = 3 + rng.normal(size=(users, rank)) @ rng.normal(size=(rank, items)) / np.sqrt(rank)
    entries = rng.choice(users * items, size=known, replace=False)
    X = np.stack(np.unravel_index(entries, table.shape), axis=1)
    return Dataset(
        name="ratings",
        title="Ratings",
        kind="regression",
        X=X,
        y=table.flat[entries] + noise * rng.normal(size=known),
        feature_names=("user", "item"),
        target_names=("rating",),
        source=SYNTHETIC,
        truth={"table": table, "noise": noise},
    )


def anomalies(n=500, outliers=25, features=10, rank=2, noise=0.1, seed=0):
    """Rows near a plane through the origin, and a few outliers that are not near it.

    Normal rows are random combinations of ``rank`` directions, plus noise. Outliers have the same
    mean square, but point anywhere: it is not their size that gives them away.

    Args:
        n: the number of rows, with the outliers; at least 2.
        outliers: the number of outliers, at least 1 and below ``n``.
        features: the number of features, above ``rank``.
        rank: the number of directions, at least 1. The first has variance ``rank``² and the last
            variance 1.
        noise: the standard deviation of the noise in each feature, at least 0.
        seed: an integer, at least 0.

    Returns:
        A `Dataset` in which class 1 are the outliers, with ``truth["directions"]``, of shape (rank,
        features): vectors of length 1 at right angles.

    Raises:
        ValueError: if an argument is out of bounds.
    """
    n = whole_number("n", n, at_least=2)
    outliers = whole_number("outliers", outliers, at_least=1)
    rank = whole_number("rank", rank, at_least=1)
    features = whole_number("features", features, at_least=rank + 1)
    noise = real_number("noise", noise, at_least=0)
    if outliers >= n:
        raise ValueError(f"outliers must be fewer than n={n}, got {outliers}")
    rng = generator(seed)
    directions = np.linalg.qr(rng.normal(size=(features, rank)))[0].T
    deviations = np.arange(rank, 0, -1.0)
    y = rng.permutation((np.arange(n) < outliers).astype(int))
    usual = (deviations * rng.normal(size=(n, rank))) @ directions
    usual += noise * rng.normal(size=(n, features))
    variance = np.sum(deviations**2) / features + noise**2  # mean over the features
    unusual = np.sqrt(variance) * rng.normal(size=(n, features))
    return Dataset(
        name="anomalies",
        title="Anomalies",
        kind="classification",
        X=np.where(y[:, None] == 1, unusual, usual),
        y=y,
        feature_names=[f"x{i}" for i in range(features)],
        target_names=("normal", "outlier"),
        source=SYNTHETIC,
        truth={"directions": directions, "deviations": deviations, "noise": noise},
    )
