"""Growing a tree: level by level, each node split where that lowers the squared error most."""

from dataclasses import dataclass

import numpy as np

from coursekit.boosting.histograms import (
    WEIGHT,
    best_splits,
    both_children,
    histograms,
    root_histograms,
)
from coursekit.boosting.tree import Tree

CELLS = 2**18  # of the histograms made at a time: a level with more of them is grown in parts


@dataclass(frozen=True, eq=False)
class _Level:
    """Nodes that wait to be split, and the rows in them.

    Attributes:
        depth: how many questions lead to these nodes.
        nodes: their numbers in the tree.
        rows: the indexes of the rows in them.
        place: for each of these rows, the place in ``nodes`` of the node that holds it.
        hist: the nodes' histograms.
    """

    depth: int
    nodes: np.ndarray
    rows: np.ndarray
    place: np.ndarray
    hist: np.ndarray


def grow(bins, target, weight=None, max_depth=3, min_samples_leaf=1, max_features=None, rng=None):
    """Grow a regression tree on binned features, by least squares.

    A node becomes a leaf if it is at ``max_depth``, if all its targets are equal, or if no split
    leaves ``min_samples_leaf`` rows on each side. Many nodes get their sums by subtraction from those
    of larger nodes, rounding included, so differences between targets below about 1e-13 of the
    largest one are lost.

    Args:
        bins: the binned features (`coursekit.boosting.binning.bin_features`).
        target: the number to predict, for each row.
        weight: the weight of each row, greater than 0; None if all are 1.
        max_depth: the largest number of questions on the way to a leaf; None for no limit.
        min_samples_leaf: the smallest number of rows in a leaf.
        max_features: how many features, drawn at random, each node may ask about; None for all.
        rng: the generator to draw them with.

    Returns:
        The `Tree`, with all its values still 0, and for each row the node number of its leaf.
    """
    # Splits do not depend on the units of target and weight; near 1, squares neither overflow nor
    # vanish.
    target, target_unit = _near_one(target)
    weight, weight_unit = (None, 1.0) if weight is None else _near_one(weight)
    weighted = target if weight is None else weight * target

    n_rows, (n_features, n_bins) = target.size, bins.shape
    at_a_time = max(1, CELLS // (n_features * n_bins))
    nodes = _Nodes(n_rows, max_depth)
    leaf = np.zeros(n_rows, dtype=np.intp)
    waiting = []
    if max_depth != 0 and n_rows >= 2 * min_samples_leaf:
        hist = root_histograms(bins, weighted, weight)
        waiting.append(_Level(0, np.array([0]), np.arange(n_rows), leaf.copy(), hist))

    while waiting:
        level = waiting.pop()
        allowed = None
        if max_features is not None and max_features < n_features:
            order = rng.random((level.nodes.size, n_features)).argsort(axis=1)
            allowed = order < max_features
        splits = best_splits(level.hist, min_samples_leaf, allowed)
        chosen = np.flatnonzero((splits.gain >= 0) & ~_constant(target, level, splits.gain))
        if not chosen.size:
            continue

        splits = splits.take(chosen)
        left_child = nodes.split(level.nodes[chosen], splits, bins, weight_unit * target_unit**2)
        place, rows = _keep(chosen, level.nodes.size, level.place, level.rows)
        # In the flat array of bins, row r of feature f is at f · n_rows + r.
        cell = (splits.feature * n_rows).take(place) + rows
        goes_right = bins.index.ravel().take(cell) > splits.left.take(place)
        leaf[rows] = left_child.take(place) + goes_right
        if level.depth + 1 == max_depth:
            continue

        # Rows are counted for the smaller child only; the other one holds the rest of its parent.
        right_is_smaller = splits.rows[1] < splits.rows[0]
        parents = level.hist if chosen.size == level.nodes.size else level.hist[:, chosen]
        can_go_on = np.flatnonzero(splits.rows.max(axis=0) >= 2 * min_samples_leaf)
        for i in range(0, can_go_on.size, at_a_time):
            pairs = can_go_on[i : i + at_a_time]
            pair, pair_rows, right = _keep(pairs, chosen.size, place, rows, goes_right)
            counted = np.flatnonzero(right == right_is_smaller[pairs].take(pair))
            where = pair_rows.take(counted), pair.take(counted)
            child = histograms(bins, weighted, weight, *where, pairs.size)
            hist = both_children(parents[:, pairs], child, right_is_smaller[pairs])
            numbers = (left_child[pairs][:, None] + [0, 1]).ravel()
            waiting.append(_Level(level.depth + 1, numbers, pair_rows, 2 * pair + right, hist))

    return nodes.tree(n_features), leaf


def _near_one(values):
    """Return ``values`` divided by a power of two near the largest of them, and that power."""
    exponent = np.frexp(np.abs(values).max())[1]
    unit = 2.0 ** max(exponent, -1000)  # 2**-1022 is the smallest normal number
    return values / unit, unit


def _keep(chosen, n_places, place, *arrays):
    """Keep the rows whose place is among ``chosen``; places are then counted within ``chosen``."""
    if chosen.size == n_places:
        return place, *arrays
    number = np.full(n_places, -1)
    number[chosen] = np.arange(chosen.size)
    place = number.take(place)
    kept = np.flatnonzero(place >= 0)
    return tuple(array.take(kept) for array in (place, *arrays))


def _constant(target, level, gain):
    """Return for each node of the level whether all its targets are equal.

    Then no split gains anything, apart from rounding; only where that may be are targets compared.
    """
    n_nodes = level.nodes.size
    doubtful = gain <= 1e-15 * level.hist[WEIGHT, :, 0, -1]  # no target is above 1 in size
    if not doubtful.any():
        return doubtful
    targets = target[level.rows]
    one_of_them = np.empty(n_nodes)
    one_of_them[level.place] = targets  # of a node's targets the last one written stays
    differs = np.bincount(level.place, targets != one_of_them[level.place], n_nodes)
    return doubtful & (differs == 0)


class _Nodes:
    """The arrays of a tree that is being grown."""

    def __init__(self, n_rows, max_depth):
        most = 2 * n_rows - 1  # each leaf holds a row
        if max_depth is not None and max_depth < 60:  # beyond, the rows are the limit
            most = min(most, 2 ** (max_depth + 1) - 1)
        self.count = 1
        self.feature = np.full(most, -1)
        self.threshold = np.full(most, np.inf)
        self.left = np.arange(most)
        self.rows = np.full(most, n_rows)
        self.gain = np.zeros(most)

    def split(self, nodes, splits, bins, unit):
        """Give each of ``nodes`` two children; return the numbers of the left ones."""
        left = self.count + 2 * np.arange(nodes.size)
        self.count += 2 * nodes.size
        self.feature[nodes] = splits.feature
        self.threshold[nodes] = bins.threshold(splits.feature, splits.left, splits.right)
        self.left[nodes] = left
        self.gain[nodes] = splits.gain * unit
        self.rows[left], self.rows[left + 1] = splits.rows
        return left

    def tree(self, n_features):
        """Return the tree that was grown, with all its values 0."""
        arrays = (self.feature, self.threshold, self.left, self.rows, self.gain)
        feature, threshold, left, rows, gain = (array[: self.count] for array in arrays)
        return Tree(n_features, feature, threshold, left, rows, gain, np.zeros(self.count))
