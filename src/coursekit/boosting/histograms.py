"""Histograms of the targets, by node, feature and bin, and the best split read off them.

All that a split needs to know are sums over the rows on its left and on its right. Summed by bin,
and then along the bins, they are there for every threshold at once.

Histograms are one array of shape (quantities, nodes, features, bins), cumulative along the bins: the
entry of bin b is about all rows in the bins 0 to b, those on the left of a split after bin b. The
quantities are the sum of weight · target, the number of rows, and, where rows have weights, the sum
of weights; where they have none the number of rows stands for it, so that the last quantity is the
weight in any case.
"""

from dataclasses import dataclass

import numpy as np

TARGET, ROWS, WEIGHT = 0, 1, -1
TIE = 1e-9  # gains that differ by less, relatively, are equal: sums in another order differ so


def root_histograms(bins, weighted, weight=None):
    """Return the histograms of one node that holds all rows.

    Args:
        bins: the binned features (`coursekit.boosting.binning.Bins`).
        weighted: weight · target of each row.
        weight: the weight of each row; None if all are 1.
    """
    features, n_bins = bins.shape
    hist = np.empty((2 if weight is None else 3, 1, features, n_bins))
    hist[ROWS] = bins.rows_up_to  # the same for every tree
    for quantity, values in ((TARGET, weighted), (WEIGHT, weight)):
        if values is not None:
            sums = hist[quantity, 0]
            for f in range(features):
                sums[f] = np.bincount(bins.index[f], values, n_bins)
            np.cumsum(sums, axis=1, out=sums)
    return hist


def histograms(bins, weighted, weight, rows, node, n_nodes):
    """Return the histograms of several nodes.

    Args:
        bins: the binned features.
        weighted: weight · target of each row.
        weight: the weight of each row; None if all are 1.
        rows: the indexes of the rows in these nodes.
        node: the node of each of them, from 0 to n_nodes − 1.
        n_nodes: the number of nodes.
    """
    features, n_bins = bins.shape
    size, shape = n_nodes * n_bins, (n_nodes, n_bins)
    hist = np.empty((2 if weight is None else 3, n_nodes, features, n_bins))
    weighted = weighted.take(rows)
    weight = None if weight is None else weight.take(rows)
    start = node * n_bins
    for f in range(features):
        cell = start + bins.index[f].take(rows)
        hist[TARGET, :, f] = np.bincount(cell, weighted, size).reshape(shape)
        hist[ROWS, :, f] = np.bincount(cell, minlength=size).reshape(shape)
        if weight is not None:
            hist[WEIGHT, :, f] = np.bincount(cell, weight, size).reshape(shape)
    return np.cumsum(hist, axis=-1, out=hist)


def both_children(parents, child, is_right):
    """Return the histograms of left and right children, in turn, from those of one child of each.

    The other child holds what the parent has and the first child has not.

    Args:
        parents: the histograms of the parents.
        child: the histograms of one child of each.
        is_right: for each parent, whether that child is the right one.
    """
    quantities, n_parents, *rest = parents.shape
    both = np.empty((quantities, n_parents, 2, *rest))
    pair, side = np.arange(n_parents), is_right.astype(np.intp)
    both[:, pair, side] = child
    both[:, pair, 1 - side] = parents - child
    return both.reshape(quantities, 2 * n_parents, *rest)


@dataclass(frozen=True, eq=False)
class Splits:
    """The best split of each node, as arrays over the nodes.

    Attributes:
        gain: by how much it lowers Σ weight · (target − node's mean)²; −1 where no split is allowed.
        feature: the feature it asks about.
        left: the last bin on the left that holds rows of this node.
        right: the first bin on the right that does.
        rows: the number of rows, shape (2, nodes): on the left, on the right.
    """

    gain: np.ndarray
    feature: np.ndarray
    left: np.ndarray
    right: np.ndarray
    rows: np.ndarray

    def take(self, nodes):
        """Return the splits of some of the nodes."""
        arrays = (self.gain, self.feature, self.left, self.right)
        return Splits(*(array[nodes] for array in arrays), self.rows[:, nodes])


def best_splits(hist, min_samples_leaf=1, allowed=None):
    """Find the split of each node that lowers the squared error most.

    With W the weight and ȳ the mean target on each side, the gain is (Friedman 2001, eq. 35)

        W_left W_right / (W_left + W_right) · (ȳ_left − ȳ_right)²

    which equals (S − W_left ȳ)² W / (W_left W_right), S being the sum of weight · target on the left
    and ȳ the mean of the whole node. Of equal gains the first feature's lowest threshold wins.

    Args:
        hist: the nodes' histograms.
        min_samples_leaf: the smallest number of rows on each side.
        allowed: which features each node may use, shape (nodes, features); None for all.

    Returns:
        `Splits`.
    """
    _, n_nodes, _, n_bins = hist.shape
    totals = hist[:, :, :1, -1:]  # over all bins they are the same for each feature
    target, rows, weight = hist[TARGET], hist[ROWS], hist[WEIGHT]
    all_target, all_rows, all_weight = totals[TARGET], totals[ROWS], totals[WEIGHT]

    mean = np.divide(all_target, all_weight, out=np.zeros_like(all_target), where=all_weight > 0)
    deviation = target - weight * mean
    product = weight * (all_weight - weight)
    valid = (rows >= min_samples_leaf) & (rows <= all_rows - min_samples_leaf)
    if len(hist) == 3:  # a weight may be lost in rounding beside one that is 1e16 times as large
        valid &= product > 0
    if allowed is not None:
        valid &= allowed[:, :, None]
    gain = np.full(product.shape, -1.0)
    np.divide(deviation * deviation, product, out=gain, where=valid)

    gain = gain.reshape(n_nodes, -1)
    best = gain.max(axis=1)
    choice = (gain >= np.where(best > 0, best * (1 - TIE), best)[:, None]).argmax(axis=1)
    feature, split = np.divmod(choice, n_bins)
    # Bins next to the split may hold no row of this node: the count shows where the next ones are.
    rows = rows[np.arange(n_nodes), feature]
    left_rows = rows[np.arange(n_nodes), split]
    left = (rows >= left_rows[:, None]).argmax(axis=1)
    right = (rows > left_rows[:, None]).argmax(axis=1)
    all_rows, all_weight = all_rows.ravel(), all_weight.ravel()
    gain = np.where(best > 0, best * all_weight, best)
    return Splits(gain, feature, left, right, np.stack([left_rows, all_rows - left_rows]))
