"""Checks of the estimators' parameters and data, beyond those that scikit-learn makes."""

import numbers

import numpy as np
from sklearn.utils import check_array, check_random_state

from coursekit._checks import real_number, whole_number
from coursekit.boosting.stages import Settings

LARGEST_TARGET = 1e150  # its square is still a number


def settings_of(estimator, n_features):
    """Return the parameters of a boosting estimator as `Settings`.

    Raises:
        TypeError, ValueError: if one of them is of the wrong type or out of its range.
    """
    real_number("validation_fraction", estimator.validation_fraction, above=0, below=1)
    if not isinstance(estimator.newton, bool | np.bool_):
        raise TypeError(f"newton must be True or False, got {estimator.newton!r}")
    patience = estimator.n_iter_no_change
    if patience is not None:
        patience = whole_number("n_iter_no_change", patience, at_least=1)
    return Settings(
        n_estimators=whole_number("n_estimators", estimator.n_estimators, at_least=0),
        learning_rate=real_number("learning_rate", estimator.learning_rate, at_least=0),
        subsample=_share("subsample", estimator.subsample),
        newton=bool(estimator.newton),
        n_iter_no_change=patience,
        tol=real_number("tol", estimator.tol, at_least=0),
        **tree_settings(estimator, n_features),
    )


def tree_settings(estimator, n_features):
    """Return the parameters that trees have, as a dict.

    Raises:
        TypeError, ValueError: if one of them is of the wrong type or out of its range.
    """
    depth = estimator.max_depth
    return {
        "max_depth": None if depth is None else whole_number("max_depth", depth, at_least=0),
        "min_samples_leaf": whole_number(
            "min_samples_leaf", estimator.min_samples_leaf, at_least=1
        ),
        "max_bins": _number_of_bins(estimator.max_bins),
        "max_features": _number_of_features(estimator.max_features, n_features),
    }


def _number_of_bins(max_bins):
    max_bins = whole_number("max_bins", max_bins, at_least=2)
    if max_bins > 255:
        raise ValueError(f"max_bins must be at most 255, got {max_bins}")
    return max_bins


def _number_of_features(max_features, n_features):
    """Return how many features a node may ask about; None for all."""
    if max_features is None:
        return None
    if isinstance(max_features, numbers.Integral):
        count = whole_number("max_features", max_features, at_least=1)
        if count > n_features:
            raise ValueError(f"max_features must be at most {n_features}, got {count}")
        return count
    if not isinstance(max_features, numbers.Real):
        raise TypeError(
            f"max_features must be a number of features, a share of them, or None, "
            f"got {max_features!r}"
        )
    return max(1, int(_share("max_features", max_features) * n_features))


def _share(argument, value):
    """Return ``value`` as a float above 0 and at most 1."""
    value = real_number(argument, value, above=0)
    if value > 1:
        raise ValueError(f"{argument} must be at most 1, got {value!r}")
    return value


def checked_target(y):
    """Return the numbers to predict as float64.

    Raises:
        ValueError: if one is so large that its square is not a number.
    """
    y = np.asarray(y, dtype=np.float64)
    largest = np.abs(y).max()
    if largest > LARGEST_TARGET:
        raise ValueError(f"y must be at most {LARGEST_TARGET:g} in size, got {largest:g}")
    return y


def weighted_rows(X, y, sample_weight):
    """Return X, y and the weights without the rows of weight 0; the weights are None if none are given.

    Raises:
        ValueError: if the weights are of the wrong shape, one is negative or not finite, or all are 0.
    """
    if sample_weight is None:
        return X, y, None
    weight = np.asarray(sample_weight)
    if weight.shape != (len(X),):
        raise ValueError(f"sample_weight must have shape ({len(X)},), got shape {weight.shape}")
    weight = check_array(weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight")
    if weight.min() < 0:
        raise ValueError(f"sample_weight must be at least 0, got {weight.min():g}")
    largest = weight.max()
    if largest == 0:
        raise ValueError("sample_weight must be greater than 0 for some row, got only zeros")
    rows = weight > 0
    weight = weight[rows]
    if largest < 1e-100 or largest > 1e100:  # only ratios matter; no sum must overflow or vanish
        weight = weight / largest
    return X[rows], y[rows], weight


def generator_from(random_state):
    """Return a generator for what scikit-learn calls ``random_state``: an int, a RandomState, None."""
    return np.random.default_rng(check_random_state(random_state).randint(2**31 - 1))


def split_rows(y, fraction, rng, classes=0):
    """Draw rows to hold out, a share ``fraction`` of each class.

    Args:
        y: the targets; with ``classes``, integers from 0 to classes − 1.
        fraction: the share to hold out.
        rng: the generator to draw with.
        classes: the number of classes; 0 if ``y`` holds numbers to predict.

    Returns:
        The indexes of the rows to learn from, and of those held out.

    Raises:
        ValueError: if the share of each class, rounded down, is no row.
    """
    groups = [y == k for k in range(classes)] if classes else [np.ones(len(y), dtype=bool)]
    held_out = np.zeros(len(y), dtype=bool)
    for group in groups:
        rows = rng.permutation(np.flatnonzero(group))
        held_out[rows[: int(fraction * rows.size)]] = True
    if not held_out.any():
        largest = max(group.sum() for group in groups)
        of_what = f"{largest} rows, the largest class," if classes else f"{largest} rows"
        raise ValueError(
            f"validation_fraction={fraction:g} of {of_what} holds out no row; "
            f"give more rows, a larger fraction, or n_iter_no_change=None"
        )
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)
