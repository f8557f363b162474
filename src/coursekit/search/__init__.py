"""Search for hyper-parameters: on a grid, at random, or for the learning rate in a single run.

A search calls an objective with one setting after another, and returns a table of all trials, the
one with the smallest loss first:

>>> from coursekit import search
>>> def loss(lr, momentum):
...     return (lr - 0.1) ** 2 + (momentum - 0.9) ** 2
>>> search.grid_search(loss, {"lr": [0.01, 0.1], "momentum": [0.0, 0.9]})
trial    lr  momentum    loss
    3   0.1       0.9       0
    1  0.01       0.9  0.0081
    2   0.1         0    0.81
    0  0.01         0  0.8181
>>> spaces = {"lr": search.log_uniform(1e-4, 1), "momentum": search.uniform(0, 1)}
>>> table = search.random_search(loss, spaces, trials=30, seed=0)
>>> loss(**table.best) == table.best_loss
True
"""

from coursekit.search.range_test import RangeTest, learning_rate_range_test
from coursekit.search.spaces import choice, grid, log_uniform, uniform
from coursekit.search.table import Table
from coursekit.search.trials import Trials, grid_search, random_search

__all__ = [
    "RangeTest",
    "Table",
    "Trials",
    "choice",
    "grid",
    "grid_search",
    "learning_rate_range_test",
    "log_uniform",
    "random_search",
    "uniform",
]
