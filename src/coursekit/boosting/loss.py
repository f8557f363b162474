"""What boosting asks of a loss, and the sums over leaves that losses are made of."""

import numpy as np


class Loss:
    """What boosting asks of a loss. ``y`` and ``F`` hold numbers, shape (rows,).

    Attributes:
        title: the name to print in a heading.
        outputs: the number of predictions for each row; where it is more than 1, F and gradients
            have shape (rows, outputs).
        second_order: whether the second derivative tells how far to go: it is above 0 everywhere.
    """

    title = ""
    outputs = 1
    second_order = False

    def losses(self, y, F):
        """Return l(y, F) for each row."""
        raise NotImplementedError(f"{type(self).__name__} does not define losses")

    def negative_gradient(self, y, F):
        """Return −∂l/∂F for each row."""
        raise NotImplementedError(f"{type(self).__name__} does not define negative_gradient")

    def hessian(self, y, F):
        """Return ∂²l/∂F² for each row."""
        raise NotImplementedError(f"{type(self).__name__} does not define hessian")

    def initial(self, y, weight=None):
        """Return where F starts, for each output: the constant with the smallest loss, or near it."""
        raise NotImplementedError(f"{type(self).__name__} does not define initial")

    def leaf_values(self, y, F, leaf, n_leaves, weight=None, output=0):
        """Return what to add to F in each leaf.

        Args:
            y: the targets.
            F: the predictions so far.
            leaf: the leaf of each row, integers from 0 to n_leaves − 1.
            n_leaves: the number of leaves; those without rows get the value 0.
            weight: the weight of each row; None if all are 1.
            output: which of the outputs the tree is for.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define leaf_values")

    def leaf_value(self, y, F, weight=None, output=0):
        """Return what to add to F if all rows share one leaf, a float."""
        one_leaf = np.zeros(len(y), dtype=np.intp)
        return float(self.leaf_values(y, F, one_leaf, 1, weight, output)[0])

    def value(self, y, F, weight=None):
        """Return the mean loss of the rows, a float."""
        return float(np.average(self.losses(y, F), weights=weight))

    def for_stage(self, y, F, weight=None):
        """Return the loss to use for the next tree: itself, unless it adapts to the residuals."""
        return self


def matching(y, F):
    """Return ``y`` and ``F`` as float64 arrays.

    Raises:
        ValueError: if their shapes differ; NumPy would pair each y with each F, shapes permitting.
    """
    y, F = np.asarray(y, dtype=np.float64), np.asarray(F, dtype=np.float64)
    if y.shape != F.shape:
        raise ValueError(f"F must have the shape of y, {y.shape}, got shape {F.shape}")
    return y, F


def residuals(y, F):
    """Return y − F.

    Raises:
        ValueError: if their shapes differ.
    """
    y, F = matching(y, F)
    return y - F


def leaf_means(values, leaf, n_leaves, weight=None):
    """Return the weighted mean of the values in each leaf; 0 in a leaf without rows."""
    if weight is None:
        return leaf_ratio(values, None, leaf, n_leaves)
    return leaf_ratio(np.asarray(weight) * values, weight, leaf, n_leaves)


def leaf_ratio(above, below, leaf, n_leaves):
    """Return Σ above / Σ below in each leaf; 0 where Σ below is 0.

    Args:
        above: a number for each row.
        below: a number for each row; None if all are 1.
        leaf: the leaf of each row, integers from 0 to n_leaves − 1.
        n_leaves: the number of leaves.
    """
    numerator = np.bincount(leaf, above, n_leaves)
    denominator = np.bincount(leaf, below, n_leaves)
    result = np.zeros(n_leaves)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result
