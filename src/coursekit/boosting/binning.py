"""Binning: each feature's values become small whole numbers, once, before any tree is grown.

A tree asks only on which side of a threshold a value lies, so it needs the order of the values, not
their sizes. They are sorted into at most 255 bins that hold about equally many rows; from then on a
tree counts and sums by bin, which is far quicker than going through sorted rows at each node (Ke et
al., *LightGBM*, NeurIPS 2017, section 2.1). A feature with no more distinct values than there are
bins gets one bin for each of them, and nothing is lost.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Bins:
    """A table of features, binned. Bins count from 0 in the order of the values.

    Attributes:
        index: the bin of each value, shape (features, rows): one feature's bins lie side by side.
        low: the smallest value in each bin, shape (features, bins); infinite where a feature has
            fewer bins than another.
        high: the largest value in each bin, likewise.
    """

    index: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def shape(self):
        """The number of features, and the largest number of bins among them."""
        return self.low.shape

    @cached_property
    def rows_up_to(self):
        """How many rows lie in a bin or below it, shape (features, bins)."""
        counts = [np.bincount(index, minlength=self.shape[1]) for index in self.index]
        return np.cumsum(counts, axis=1, dtype=np.float64)

    def take(self, rows):
        """Return the same bins for some of the rows."""
        return Bins(self.index[:, rows], self.low, self.high)

    def threshold(self, feature, left, right):
        """Return the number midway between bins ``left`` and ``right`` of a feature.

        It is at least the largest value in the left bin, and below every value in the right one.
        The arguments may be arrays.
        """
        below, above = self.high[feature, left], self.low[feature, right]
        middle = below / 2 + above / 2  # halved first, since the sum may overflow
        return np.where((below <= middle) & (middle < above), middle, below)


def bin_features(X, max_bins=255):
    """Sort the values of each column of ``X`` into bins.

    Args:
        X: finite numbers, shape (rows, features).
        max_bins: the largest number of bins of a feature, at least 2.

    Returns:
        `Bins`. Equal values share a bin. If a feature has at most ``max_bins`` distinct values, each
        has a bin to itself; otherwise a bin holds about rows / max_bins rows.

    Example:
        >>> bins = bin_features(np.array([[0.5], [2.0], [0.5], [7.0]]))
        >>> print(bins.index, bins.threshold(0, 1, 2))
        [[0 1 0 2]] 4.5
    """
    columns = [_bin_column(column, max_bins) for column in np.asarray(X, dtype=np.float64).T]
    widest = max(low.size for _, low, _ in columns)
    low, high = np.full((2, len(columns), widest), np.inf)
    for f, (_, column_low, column_high) in enumerate(columns):
        low[f, : column_low.size] = column_low
        high[f, : column_high.size] = column_high
    # intp is what np.bincount counts with; a narrower type would be converted at every call.
    return Bins(np.array([index for index, _, _ in columns], dtype=np.intp), low, high)


def _bin_column(column, max_bins):
    """Return the bin of each value, and the smallest and the largest value of each bin."""
    values, value_of_row, counts = np.unique(column, return_inverse=True, return_counts=True)
    if values.size <= max_bins:
        return value_of_row, values, values
    middle_rank = np.cumsum(counts) - counts / 2  # of a value's equals in the sorted column
    wanted = np.floor(middle_rank * max_bins / column.size)  # its bin, if all held equally many
    starts = np.diff(wanted, prepend=-1) > 0  # a new bin; those that no value wants are left out
    first = np.flatnonzero(starts)
    last = np.append(first[1:], values.size) - 1
    bin_of_value = np.cumsum(starts) - 1
    return bin_of_value[value_of_row], values[first], values[last]
