"""Weighted quantiles of many groups of numbers at once."""

import numpy as np

ROUNDING = 1e-12  # relative to a group's weight: sums that are closer than this count as equal


def grouped_quantile(values, alpha, group, n_groups, weight=None):
    """Return the ``alpha``-quantile of the values in each group.

    A quantile q of the values v with weights w is a number that minimizes the quantile loss
    Σ w·(α·max(v − q, 0) + (1 − α)·max(q − v, 0)). Where all numbers between two of the values do,
    the one midway between them is taken. With alpha 0.5 this is the median.

    Args:
        values: the numbers, shape (n,).
        alpha: the share of the weight that should lie below, between 0 and 1.
        group: the group of each value, integers from 0 to n_groups − 1.
        n_groups: the number of groups.
        weight: the weight of each value, greater than 0; None if all are 1.

    Returns:
        An array of shape (n_groups,); 0 for a group without values.

    Example:
        >>> values, group = np.array([1.0, 5.0, 2.0, 7.0, 9.0]), np.array([0, 1, 0, 1, 1])
        >>> grouped_quantile(values, 0.5, group, 2)
        array([1.5, 7. ])
    """
    values, group = np.asarray(values, dtype=np.float64), np.asarray(group)
    order = np.argsort(values)
    order = order[np.argsort(group[order], kind="stable")]  # by group, and by value within it
    values, group = values[order], group[order]
    weight = np.ones(values.size) if weight is None else np.asarray(weight)[order]

    total = np.bincount(group, weight, n_groups)
    size = np.bincount(group, minlength=n_groups)
    start, before = np.cumsum(size) - size, np.cumsum(total) - total
    share = (np.cumsum(weight) - before[group]) / total[group]  # of the weight up to each value
    # The lower value is the first whose share reaches alpha, the upper the first whose share is above.
    short = np.bincount(group, share < alpha - ROUNDING, n_groups).astype(np.intp)
    reached = np.bincount(group, share <= alpha + ROUNDING, n_groups).astype(np.intp)
    last = np.maximum(size - 1, 0)
    some = size > 0
    lower, upper = (values[(start + np.minimum(k, last))[some]] for k in (short, reached))
    result = np.zeros(n_groups)
    result[some] = lower / 2 + upper / 2
    return result


def quantile(values, alpha, weight=None):
    """Return the ``alpha``-quantile of one group of values, a float; see `grouped_quantile`."""
    return float(grouped_quantile(values, alpha, np.zeros(len(values), np.intp), 1, weight)[0])
