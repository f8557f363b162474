"""Layers for images, in PyTorch's layout: (images, channels, height, width)."""

import math

from coursekit._checks import one_of, whole_number
from coursekit.autograd import avg_pool2d, concatenate, conv2d, max_pool2d
from coursekit.autograd.images import pair
from coursekit.nn.arguments import as_tensor, default_start
from coursekit.nn.module import Module


class Conv2d(Module):
    """A convolution: each filter slides over the image, with the same weights at each place.

    Args:
        in_channels: the channels of the images that come in, such as 3 colors.
        out_channels: the number of filters.
        kernel_size: the size of a filter, a number or a pair (height, width).
        stride: how far the filter moves, a number or a pair (down, right).
        padding: how many pixels surround the image, a number or a pair (vertical, horizontal).
        bias: whether each filter adds a number of its own.
        padding_mode: what surrounds the image: ``"zeros"``, or with ``"circular"`` the image itself,
            as if its opposite edges were joined.
        rng: a random generator. Weights and biases start uniform on ±1/√fan_in, as in PyTorch,
            where fan_in counts the weights of one filter.

    Attributes:
        weight: of shape (out_channels, in_channels, kernel height, kernel width).
        bias: of shape (out_channels,), or None.
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        bias=True,
        padding_mode="zeros",
        *,
        rng,
    ):
        self.in_channels = whole_number("in_channels", in_channels, at_least=1)
        self.out_channels = whole_number("out_channels", out_channels, at_least=1)
        self.kernel_size = pair("kernel_size", kernel_size, 1)
        self.stride = pair("stride", stride, 1)
        self.padding = pair("padding", padding, 0)
        self.padding_mode = one_of("padding_mode", padding_mode, ("zeros", "circular"))
        start = default_start(self.in_channels * math.prod(self.kernel_size), rng)
        self.weight = start(self.out_channels, self.in_channels, *self.kernel_size)
        self.bias = start(self.out_channels) if bias else None

    def forward(self, x):
        """Return a tensor of shape (images, out_channels, places down, places right).

        Raises:
            ValueError: if ``x`` has another shape than (images, in_channels, height, width), or the
                filter is larger than the image.
        """
        x = as_tensor(x, self)
        if x.ndim != 4 or x.shape[1] != self.in_channels:
            raise ValueError(
                f"{self}: x must have shape (images, {self.in_channels}, height, width), got "
                f"{x.shape}"
            )
        padding = self.padding
        if self.padding_mode == "circular":
            x, padding = self._wrapped(x), 0
        return conv2d(x, self.weight, self.bias, self.stride, padding)

    def _wrapped(self, x):
        """Return the images with pixels of the opposite side around them."""
        down, right = self.padding
        if down > x.shape[2] or right > x.shape[3]:
            raise ValueError(f"{self}: circular padding must fit into the image, got {x.shape}")
        if down:
            x = concatenate([x[:, :, -down:], x, x[:, :, :down]], axis=2)
        if right:
            x = concatenate([x[..., -right:], x, x[..., :right]], axis=3)
        return x

    def extra_repr(self):
        """Return the sizes, and the settings that are not the default."""
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"]
        parts += [f"stride={self.stride}"] * (self.stride != (1, 1))
        parts += [f"padding={self.padding}"] * (self.padding != (0, 0))
        parts += ["bias=False"] * (self.bias is None)
        parts += [f"padding_mode={self.padding_mode!r}"] * (self.padding_mode != "zeros")
        return ", ".join(parts)


class _Pool2d(Module):
    """A window that slides over each channel by itself and keeps one number at each place."""

    pool = None  # the function of autograd, set by each subclass

    def __init__(self, kernel_size, stride=None, padding=0):
        self.kernel_size = pair("kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else pair("stride", stride, 1)
        self.padding = pair("padding", padding, 0)
        if any(2 * p > k for p, k in zip(self.padding, self.kernel_size, strict=True)):
            raise ValueError(
                f"padding must be at most half of kernel_size {self.kernel_size}, got {padding!r}"
            )

    def forward(self, x):
        """Return a tensor of shape (images, channels, places down, places right).

        Raises:
            ValueError: if ``x`` does not have four axes, or the window is larger than the image.
        """
        x = as_tensor(x, self)
        if x.ndim != 4:
            raise ValueError(
                f"{self}: x must have shape (images, channels, height, width), got {x.shape}"
            )
        # By the class: self.pool would pass self as the first argument.
        return type(self).pool(x, self.kernel_size, self.stride, self.padding)

    def extra_repr(self):
        """Return the settings."""
        padding = f", padding={self.padding}" if self.padding != (0, 0) else ""
        return f"kernel_size={self.kernel_size}, stride={self.stride}{padding}"


class MaxPool2d(_Pool2d):
    """Keep the largest number of each window. It has no weights.

    Args:
        kernel_size: the size of the window, a number or a pair (height, width).
        stride: how far it moves, a number or a pair; by default its size.
        padding: how far it may reach over the border, at most half its size.
    """

    pool = max_pool2d


class AvgPool2d(_Pool2d):
    """Keep the mean of each window, zeros beyond the border included. It has no weights.

    Args:
        kernel_size: the size of the window, a number or a pair (height, width).
        stride: how far it moves, a number or a pair; by default its size.
        padding: how far it may reach over the border, at most half its size.
    """

    pool = avg_pool2d
