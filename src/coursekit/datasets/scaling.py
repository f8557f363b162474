"""Bringing features to one scale, learned from the training rows alone."""

from dataclasses import dataclass

import numpy as np

from coursekit._checks import finite_array
from coursekit.datasets.dataset import Dataset, read_only


@dataclass(frozen=True, eq=False)
class Normalizer:
    """Shift and scale each feature so that the rows it was fitted on have mean 0 and variance 1.

    A feature that never varied in those rows (or by so little that its variance rounds to 0) has
    nothing to tell: it becomes 0 for all rows, and its ``std`` is 0. (In scikit-learn this is
    ``StandardScaler``; its ``Normalizer`` is something else, and scales rows.)

    Attributes:
        mean: the mean of each feature, of shape (features,).
        std: the standard deviation of each feature (divided by n, not n − 1).
    """

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def fit(cls, X):
        """Learn means and standard deviations from ``X``, of shape (n, ...).

        Raises:
            TypeError: if ``X`` does not hold real numbers.
            ValueError: if it is empty, not finite, has no axis for features, or is so large that
                the standard deviation overflows.
        """
        X = finite_array("X", X)
        if X.ndim < 2:
            raise ValueError(f"X must have shape (n, features), got shape {X.shape}")
        with np.errstate(over="ignore", invalid="ignore"):
            mean, std = X.mean(axis=0), X.std(axis=0)
        if not np.isfinite(std).all():
            raise ValueError(f"X must be small enough to be squared, got {np.abs(X).max():g}")
        constant = (X[0] == X).all(axis=0)  # rounding may give these a tiny deviation
        mean = np.where(constant, X[0], mean)
        return cls(read_only(mean), read_only(np.where(constant, 0.0, std)))

    def __call__(self, X):
        """Return ``X`` on the new scale.

        Raises:
            TypeError: if ``X`` does not hold real numbers.
            ValueError: if it is empty or not finite, or has other features than those fitted.
        """
        X, dtype = self._checked("X", X)
        varies = self.std > 0
        scaled = (X - self.mean) / np.where(varies, self.std, 1.0)
        return np.where(varies, scaled, 0.0).astype(dtype)

    def inverse(self, Z):
        """Return ``Z`` on the original scale; features that never varied get their one value."""
        Z, dtype = self._checked("Z", Z)
        return (Z * self.std + self.mean).astype(dtype)

    def _checked(self, argument, X):
        dtype = np.float32 if getattr(X, "dtype", None) == np.float32 else np.float64
        X = finite_array(argument, X)
        if X.shape[1:] != self.mean.shape:
            expected = ", ".join(["n", *map(str, self.mean.shape)])
            raise ValueError(f"{argument} must have shape ({expected}), got shape {X.shape}")
        return X, dtype


def standardize(train, *others):
    """Return the datasets with features of mean 0 and variance 1 **in the first one**.

    What the first part does not contain must not be learned from it: the others are shifted and
    scaled by the numbers of the first, and so their own means are only near 0.

    Args:
        train: the dataset to learn means and standard deviations from.
        *others: datasets to apply them to, such as the test part.

    Returns:
        As many datasets as were given, in the same order; a single one is not put in a tuple.

    Raises:
        TypeError: if an argument is not a `Dataset`. For arrays, see `Normalizer`.
        ValueError: if the datasets have different numbers of features.

    Example:
        >>> from coursekit import datasets
        >>> train, test = datasets.standardize(*datasets.friedman(2).split())
        >>> print(abs(train.X.mean(axis=0)).max() < 1e-12, abs(test.X.mean(axis=0)).max() < 1e-12)
        True False
    """
    for data in (train, *others):
        if not isinstance(data, Dataset):
            raise TypeError(
                f"standardize takes datasets, as in standardize(*data.split()), got "
                f"{type(data).__name__}; for arrays use Normalizer.fit(X)"
            )
    normalizer = Normalizer.fit(train.X)
    scaled = tuple(data.with_features(normalizer(data.X)) for data in (train, *others))
    return scaled if others else scaled[0]
