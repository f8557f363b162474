"""Normalization: numbers are shifted and scaled to mean 0 and variance 1, then by trained amounts.

Batch and layer normalization differ in which numbers are taken together: one feature of all
examples, or all features of one example.
"""

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.autograd import Tensor
from coursekit.autograd.node import record
from coursekit.nn.arguments import as_tensor
from coursekit.nn.module import Module


def standardize(x, axes, eps):
    """Return x̂ = (x − mean)/√(var + ε), over the given axes, and the mean and the variance.

    The variance is divided by n, not n − 1. Mean and variance depend on x, too, which is why the
    rule takes two parts away from the gradient: its mean, and what points along x̂.

    Args:
        x: a tensor.
        axes: the axes that are taken together, a tuple.
        eps: ε, above 0.

    Returns:
        x̂, a tensor, and two arrays whose ``axes`` have length 1.
    """
    mean = x.data.mean(axes, keepdims=True)
    centered = x.data - mean
    var = (centered * centered).mean(axes, keepdims=True)
    scale = 1 / np.sqrt(var + eps)
    value = centered * scale

    def rule(grad):
        along = (grad * value).mean(axes, keepdims=True)
        return scale * (grad - grad.mean(axes, keepdims=True) - value * along)

    return record("standardize", value, (x, rule)), mean, var


class _BatchNorm(Module):
    """Batch normalization; the subclasses say which shapes they take."""

    shapes = {}  # from numbers of axes to what the error message calls the shape
    buffers = ("running_mean", "running_var", "num_batches_tracked")

    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True):
        n = self.num_features = whole_number("num_features", num_features, at_least=1)
        self.eps = real_number("eps", eps, above=0)
        self.momentum = real_number("momentum", momentum, at_least=0)
        self.weight = Tensor(np.ones(n)) if affine else None
        self.bias = Tensor(np.zeros(n)) if affine else None
        self.running_mean = np.zeros(n)
        self.running_var = np.ones(n)
        self.num_batches_tracked = np.array(0)

    def forward(self, x):
        """Return a tensor of the shape of ``x``.

        In training each feature is standardized with the mean and variance of the batch, and the
        running ones move toward them; in evaluation, with the running ones.

        Raises:
            ValueError: if ``x`` has another shape, or in training fewer than two numbers of each
                feature.
        """
        x = as_tensor(x, self)
        if x.ndim not in self.shapes or x.shape[1] != self.num_features:
            shapes = " or ".join(self.shapes.values()).replace("C", str(self.num_features))
            raise ValueError(f"{self}: x must have shape {shapes}, got {x.shape}")
        per_feature = (1, -1) + (1,) * (x.ndim - 2)  # the shape that lines C numbers up with axis 1
        if self.training:
            axes = (0, *range(2, x.ndim))
            n = x.size // self.num_features
            if n < 2:
                raise ValueError(
                    f"{self}: in training, the variance of a feature needs at least two numbers, "
                    f"got x of shape {x.shape}; call eval() to use the running statistics"
                )
            x, mean, var = standardize(x, axes, self.eps)
            self._track(mean.reshape(-1), var.reshape(-1) * (n / (n - 1)))
        else:
            scale = 1 / np.sqrt(self.running_var + self.eps)
            x = (x - self.running_mean.reshape(per_feature)) * scale.reshape(per_feature)
        if self.weight is None:
            return x
        return x * self.weight.reshape(per_feature) + self.bias.reshape(per_feature)

    def _track(self, mean, unbiased_var):
        """Move the running statistics toward those of the batch. The variance is that of n − 1."""
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (unbiased_var - self.running_var)
        self.num_batches_tracked += 1

    def extra_repr(self):
        """Return the number of features, and the settings that are not the default."""
        parts = [str(self.num_features)]
        parts += [f"eps={self.eps:g}"] * (self.eps != 1e-5)
        parts += [f"momentum={self.momentum:g}"] * (self.momentum != 0.1)
        parts += ["affine=False"] * (self.weight is None)
        return ", ".join(parts)


class BatchNorm1d(_BatchNorm):
    """Batch normalization of vectors (N, C) or of sequences (N, C, L): each of C features by itself.

    Source: Ioffe and Szegedy (2015), *Batch normalization: accelerating deep network training by
    reducing internal covariate shift*, ICML.

    Args:
        num_features: C.
        eps: ε, which is added to the variance; above 0.
        momentum: how far the running statistics move toward those of each batch. (PyTorch's
            meaning: 0.1 keeps nine tenths of the old.)
        affine: whether a trained scale and shift follow.

    Attributes:
        weight: the scale γ, of shape (C,), 1 at first; or None.
        bias: the shift β, of shape (C,), 0 at first; or None.
        running_mean: the running mean, an array of shape (C,).
        running_var: the running variance, divided by n − 1, unlike that used in training.
        num_batches_tracked: how many batches they have seen.
    """

    shapes = {2: "(N, C)", 3: "(N, C, length)"}


class BatchNorm2d(_BatchNorm):
    """Batch normalization of images (N, C, height, width): each channel by itself.

    Arguments and attributes are those of `BatchNorm1d`.
    """

    shapes = {4: "(N, C, height, width)"}


class LayerNorm(Module):
    """Layer normalization: all features of one example are standardized together.

    The same in training and evaluation, since no other example takes part.

    Source: Ba, Kiros and Hinton (2016), *Layer normalization*.

    Args:
        normalized_shape: the lengths of the last axes, a number or a tuple.
        eps: ε, which is added to the variance; above 0.
        affine: whether a trained scale and shift of that shape follow, ``weight`` and ``bias``.
    """

    def __init__(self, normalized_shape, eps=1e-5, affine=True):
        lengths = (
            normalized_shape if isinstance(normalized_shape, (tuple, list)) else [normalized_shape]
        )
        self.normalized_shape = tuple(
            whole_number("normalized_shape", length, at_least=1) for length in lengths
        )
        if not self.normalized_shape:
            raise ValueError("normalized_shape must have at least one axis, got ()")
        self.eps = real_number("eps", eps, above=0)
        self.weight = Tensor(np.ones(self.normalized_shape)) if affine else None
        self.bias = Tensor(np.zeros(self.normalized_shape)) if affine else None

    def forward(self, x):
        """Return a tensor of the shape of ``x``.

        Raises:
            ValueError: if the last axes of ``x`` have other lengths.
        """
        x = as_tensor(x, self)
        n = len(self.normalized_shape)
        if x.shape[-n:] != self.normalized_shape:
            expected = ", ".join(str(length) for length in self.normalized_shape)
            raise ValueError(f"{self}: x must have shape (..., {expected}), got {x.shape}")
        x, _, _ = standardize(x, tuple(range(-n, 0)), self.eps)
        return x if self.weight is None else x * self.weight + self.bias

    def extra_repr(self):
        """Return the shape, and the settings that are not the default."""
        parts = [str(self.normalized_shape)]
        parts += [f"eps={self.eps:g}"] * (self.eps != 1e-5)
        parts += ["affine=False"] * (self.weight is None)
        return ", ".join(parts)
