"""Neural networks out of `coursekit.autograd`: layers, losses, and nets made of them.

Names, layouts and starting values are PyTorch's, so that a net can be written in both and weights
copied across:

>>> import numpy as np
>>> from coursekit import nn
>>> from coursekit.optimizers import SGD
>>> from coursekit.seeding import generator
>>> rng = generator(0)
>>> net = nn.Sequential(nn.Linear(2, 8, rng=rng), nn.Tanh(), nn.Linear(8, 1, rng=rng))
>>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
>>> y = np.array([[0.0], [1.0], [1.0], [0.0]])
>>> optimizer = SGD(lr=1.0)
>>> parameters = net.parameters()
>>> for _ in range(500):
...     net.zero_grad()
...     loss = nn.binary_cross_entropy_with_logits(net(x), y)
...     loss.backward()
...     optimizer.step([p.data for p in parameters], [p.grad for p in parameters])
>>> print(net(x).sigmoid().data.round().T)
[[0. 1. 1. 0.]]

Where to read what:

* ``module``: what all have in common: parameters, hooks, saving and loading.
* ``layers``, ``activation``, ``convolution``, ``normalization``, ``recurrent``: the layers. The loops
  over time are in ``recurrences``.
* ``containers``: `Sequential` and `Residual`.
* ``losses`` and ``criteria``: the losses as functions and as modules.
* ``weights``: all weights at once: `initialize`, `to_vector`, `from_vector`.
* ``arguments``: checks that several of these share.
"""

from coursekit.nn.activation import (
    ELU,
    GELU,
    ActivationLayer,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from coursekit.nn.containers import Residual, Sequential
from coursekit.nn.convolution import AvgPool2d, Conv2d, MaxPool2d
from coursekit.nn.criteria import (
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    L1Loss,
    MSELoss,
)
from coursekit.nn.layers import Dropout, Embedding, Flatten, Linear
from coursekit.nn.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    huber_loss,
    l1_loss,
    mse_loss,
)
from coursekit.nn.module import Module
from coursekit.nn.normalization import BatchNorm1d, BatchNorm2d, LayerNorm
from coursekit.nn.recurrent import GRU, LSTM, RNN
from coursekit.nn.weights import from_vector, gradient_vector, initialize, to_vector

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "LSTM",
    "RNN",
    "ActivationLayer",
    "AvgPool2d",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "HuberLoss",
    "L1Loss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "ReLU",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Tanh",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "from_vector",
    "gradient_vector",
    "huber_loss",
    "initialize",
    "l1_loss",
    "mse_loss",
    "to_vector",
]
