"""Descent: one loop that takes a point, a model's coefficients or a network's weights downhill.

>>> from coursekit import landscapes
>>> from coursekit.descent import descend
>>> from coursekit.optimizers import SGD
>>> f = landscapes.get("ravine", condition=50)
>>> path = descend(f, f.start, SGD(lr=0.03), steps=500, tolerance=1e-6)
>>> path
converged after 483 steps: loss 4.8e-13, gradient norm 9.79e-07
>>> path.positions.shape, path.losses.shape
((484, 2), (484,))

The same call trains on data, in mini-batches (see `coursekit.descent.data`):

>>> import numpy as np
>>> from coursekit.descent import LeastSquares
>>> X = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
>>> f = LeastSquares(X, [1.0, 3.0, 5.0], batch_size=1, seed=0)
>>> descend(f, [0.0, 0.0], SGD(lr=0.2), steps=300).end.round(6)
array([1., 2.])
"""

from coursekit.descent.batch_study import BatchRuns, BatchStudy, batch_study
from coursekit.descent.data import DataObjective, StreamObjective
from coursekit.descent.loop import descend
from coursekit.descent.models import LeastSquares, Logistic
from coursekit.descent.objectives import (
    Noisy,
    Objective,
    Sampler,
    backpropagated,
    largest_curvature,
    sampler,
)
from coursekit.descent.path import Path, Place
from coursekit.descent.stopping import REASONS

__all__ = [
    "REASONS",
    "BatchRuns",
    "BatchStudy",
    "DataObjective",
    "LeastSquares",
    "Logistic",
    "Noisy",
    "Objective",
    "Path",
    "Place",
    "Sampler",
    "StreamObjective",
    "backpropagated",
    "batch_study",
    "descend",
    "largest_curvature",
    "sampler",
]
