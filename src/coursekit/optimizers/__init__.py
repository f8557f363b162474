"""Optimizers: rules that turn gradients into steps.

>>> import numpy as np
>>> from coursekit import optimizers
>>> w, b = np.array([[3.0, 4.0]]), np.zeros(1)  # the parameters
>>> optimizer = optimizers.Adam(lr=0.1)
>>> for _ in range(100):
...     optimizer.step([w, b], [2 * w, 2 * b - 1])  # changes w and b in place
>>> optimizer.t, optimizer.state[0]["v"].shape
(100, (1, 2))

========  =============================================================  ==================
name      what it divides the gradient by                                weight decay
========  =============================================================  ==================
SGD       nothing; with momentum if wanted                               in the gradient
AdaGrad   root of the sum of squared gradients                           in the gradient
RMSProp   root of their moving average                                   in the gradient
AdaDelta  the same, times the root of the average squared step           in the gradient
Adam      as RMSProp, corrected for the start; gradient averaged too     in the gradient
AMSGrad   as Adam, with the largest average so far                       in the gradient
NAdam     as Adam, with Nesterov's momentum                              in the gradient
AdamW     as Adam                                                        decoupled
Lion      its own size, number by number (sign)                          decoupled
Muon      its own size, direction by direction (matrices only)           decoupled
========  =============================================================  ==================

All take the same steps as their namesakes in ``torch.optim`` (Lion, which is not there, as in its
paper), and their default hyper-parameters are PyTorch's. Where Keras or a paper differs, the class
says so. Schedules set ``optimizer.lr`` between steps (`coursekit.schedules`).
"""

from functools import partial

from coursekit._checks import make
from coursekit.optimizers.adam import Adam, AdamW, AMSGrad, NAdam
from coursekit.optimizers.adaptive import AdaDelta, AdaGrad, RMSProp
from coursekit.optimizers.base import Optimizer
from coursekit.optimizers.directions import Lion, Muon, orthogonalize
from coursekit.optimizers.sgd import SGD

__all__ = [
    "NAMES",
    "SGD",
    "AMSGrad",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Lion",
    "Muon",
    "NAdam",
    "Optimizer",
    "RMSProp",
    "get",
    "orthogonalize",
]

_RECIPES = {
    "sgd": SGD,
    "momentum": partial(SGD, momentum=0.9),
    "nesterov": partial(SGD, momentum=0.9, nesterov=True),
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adadelta": AdaDelta,
    "adam": Adam,
    "amsgrad": AMSGrad,
    "adamw": AdamW,
    "nadam": NAdam,
    "lion": Lion,
    "muon": Muon,
}

NAMES = {name: recipe().title for name, recipe in _RECIPES.items()}
"""Names for `get`, each with the one to show to a reader."""


def get(name, **params):
    """Return a new optimizer by its name, one of `NAMES`.

    ``"momentum"`` and ``"nesterov"`` are `SGD` with momentum 0.9.

    Example:
        >>> get("nesterov", lr=0.1)
        SGD(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.0)

    Raises:
        ValueError: if there is no such optimizer, it has no such parameter, or a value is
            not allowed.
        TypeError: if a value is of the wrong type.
    """
    return make("optimizer", _RECIPES, name, params)
