"""Reverse-mode automatic differentiation of NumPy arrays, small enough to read.

A `Tensor` is an array that remembers how it was computed. Ask the last one, and every gradient
follows by the chain rule:

>>> from coursekit.autograd import Tensor
>>> a = Tensor([1.0, 2.0, 3.0])
>>> loss = (a * a).sum()
>>> loss.backward()
>>> a.grad
array([2., 4., 6.])

Where to read what:

* ``tensor``: what a tensor is, and what it records.
* ``backward``: the order of the nodes, and the sweep that applies the chain rule.
* ``arithmetic``, ``functions``, ``reductions``, ``shaping``, ``images``: the operations. Each one
  keeps its value and, for each input, its backward rule side by side.
* ``graph``: the recorded graph as plain data, for pictures.

Source: Baydin, Pearlmutter, Radul and Siskind (2018), *Automatic differentiation in machine
learning: a survey*, Journal of Machine Learning Research 18(153).
"""

from coursekit.autograd.arithmetic import linear
from coursekit.autograd.functions import elementwise, maximum, minimum, where
from coursekit.autograd.graph import export
from coursekit.autograd.images import avg_pool2d, conv2d, max_pool2d
from coursekit.autograd.node import no_grad
from coursekit.autograd.reductions import log_softmax, logsumexp, softmax
from coursekit.autograd.shaping import concatenate, pad, stack
from coursekit.autograd.tensor import Tensor

__all__ = [
    "Tensor",
    "avg_pool2d",
    "concatenate",
    "conv2d",
    "elementwise",
    "export",
    "linear",
    "log_softmax",
    "logsumexp",
    "max_pool2d",
    "maximum",
    "minimum",
    "no_grad",
    "pad",
    "softmax",
    "stack",
    "where",
]
