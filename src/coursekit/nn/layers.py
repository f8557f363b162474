"""The basic layers: linear, embedding, dropout, flatten."""

import math

from coursekit import initializers
from coursekit._checks import real_number, whole_number
from coursekit.autograd import Tensor, linear
from coursekit.autograd.node import record
from coursekit.nn.arguments import as_tensor, checked_rng, class_numbers, default_start
from coursekit.nn.module import Module


class Linear(Module):
    """A fully connected layer: x Wᵀ + b.

    Args:
        in_features: how many numbers come in, for each example.
        out_features: how many go out.
        bias: whether to add b.
        rng: a random generator. Weights and biases start uniform on ±1/√in_features, as in PyTorch.

    Attributes:
        weight: W, of shape (out_features, in_features).
        bias: b, of shape (out_features,), or None.

    Example:
        >>> from coursekit.seeding import generator
        >>> layer = Linear(2, 3, rng=generator(0))
        >>> layer([[1.0, 2.0], [3.0, 4.0]]).shape
        (2, 3)
    """

    def __init__(self, in_features, out_features, bias=True, *, rng):
        self.in_features = whole_number("in_features", in_features, at_least=1)
        self.out_features = whole_number("out_features", out_features, at_least=1)
        start = default_start(self.in_features, rng)
        self.weight = start(self.out_features, self.in_features)
        self.bias = start(self.out_features) if bias else None

    def forward(self, x):
        """Return a tensor of shape (..., out_features) from one of shape (..., in_features).

        Raises:
            ValueError: if the last axis of ``x`` has another length.
        """
        x = as_tensor(x, self)
        if x.data.shape[-1:] != (self.in_features,):
            raise ValueError(f"{self}: x must have shape (..., {self.in_features}), got {x.shape}")
        return linear(x, self.weight, self.bias)

    def extra_repr(self):
        """Return the sizes."""
        no_bias = "" if self.bias is not None else ", bias=False"
        return f"{self.in_features}, {self.out_features}{no_bias}"


class Embedding(Module):
    """A table with one row of trainable numbers for each word (or user, or any other thing).

    Args:
        num_embeddings: the number of rows.
        embedding_dim: the length of a row.
        rng: a random generator. The table starts standard normal, as in PyTorch.

    Attributes:
        weight: the table, of shape (num_embeddings, embedding_dim).
    """

    def __init__(self, num_embeddings, embedding_dim, *, rng):
        self.num_embeddings = whole_number("num_embeddings", num_embeddings, at_least=1)
        self.embedding_dim = whole_number("embedding_dim", embedding_dim, at_least=1)
        shape = (self.num_embeddings, self.embedding_dim)
        self.weight = Tensor(initializers.normal(std=1)(shape, checked_rng(rng)))

    def forward(self, indices):
        """Return the rows that an array of integers names: a tensor of shape (..., embedding_dim).

        Raises:
            TypeError: if ``indices`` does not hold integers.
            ValueError: if one of them is negative or too large.
        """
        indices = class_numbers(self, "index", indices, self.num_embeddings)
        return self.weight[indices]

    def extra_repr(self):
        """Return the sizes."""
        return f"{self.num_embeddings}, {self.embedding_dim}"


class Dropout(Module):
    """In training, set each number to 0 with probability p, and divide the others by 1 − p.

    Thus the mean stays as it is, and in evaluation there is nothing to do.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov (2014), *Dropout: a simple
    way to prevent neural networks from overfitting*, Journal of Machine Learning Research 15.

    Args:
        p: the probability, from 0 to 1.
        rng: a random generator.
    """

    def __init__(self, p=0.5, *, rng):
        self.p = real_number("p", p, at_least=0)
        if self.p > 1:
            raise ValueError(f"p must be at most 1, got {p!r}")
        self.rng = checked_rng(rng)

    def forward(self, x):
        """Return a tensor of the shape of ``x``."""
        x = as_tensor(x, self)
        if not self.training or self.p == 0:
            return x
        kept = (self.rng.random(x.shape) >= self.p).astype(x.dtype)
        if self.p < 1:
            kept /= 1 - self.p
        return record("dropout", x.data * kept, (x, lambda grad: grad * kept))

    def extra_repr(self):
        """Return the probability."""
        return f"p={self.p:g}"


class Flatten(Module):
    """Turn each example into one row, such as an image into its pixels."""

    def forward(self, x):
        """Return a tensor of shape (examples, numbers) from one of shape (examples, ...)."""
        x = as_tensor(x, self)
        if x.ndim == 0:
            raise ValueError(f"{self}: x must have shape (examples, ...), got {x.shape}")
        return x.reshape(x.shape[0], math.prod(x.shape[1:]))
