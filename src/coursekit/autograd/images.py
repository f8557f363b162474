"""Convolution and pooling of images, in PyTorch's layout: (images, channels, height, width)."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from coursekit.autograd.arithmetic import constant, two_tensors
from coursekit.autograd.node import check_tensor, record


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """Slide every filter over every image, and take the dot product at each place.

    (What deep learning calls convolution is cross-correlation: the filter is not flipped.)

    Args:
        x: of shape (images, channels, height, width).
        weight: the filters, of shape (filters, channels, kernel height, kernel width). At least one
            of the two must be a tensor.
        bias: of shape (filters,), or None.
        stride: how far the filter moves, a number or a pair (down, right).
        padding: how many zeros surround the image, a number or a pair (vertical, horizontal).

    Returns:
        A tensor of shape (images, filters, places down, places right).

    Raises:
        TypeError: if neither x nor weight is a tensor.
        ValueError: if the shapes do not fit together, or the filter is larger than the image.
    """
    x, weight = two_tensors("conv2d", x, weight)
    if x.ndim != 4 or weight.ndim != 4 or x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"conv2d: x must have shape (images, channels, height, width) and weight (filters, "
            f"channels, height, width), with the same channels; got {x.shape} and {weight.shape}"
        )
    kernel = weight.shape[2:]
    stride, padding = pair("stride", stride, 1), pair("padding", padding, 0)
    padded = surrounded(x.data, padding, 0)
    views = windows("conv2d", padded, kernel, stride)
    # One matrix product does it all: (channels, kernel) of every window with those of every filter.
    value = np.tensordot(views, weight.data, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)

    def to_image(grad):
        shares = np.tensordot(grad, weight.data, axes=(1, 0)).transpose(0, 3, 1, 2, 4, 5)
        return add_up(shares, padded.shape, kernel, stride, padding)

    def to_weight(grad):
        return np.tensordot(grad, views, axes=((0, 2, 3), (0, 2, 3)))

    result = record("conv2d", value, (x, to_image), (weight, to_weight))
    if bias is None:
        return result
    bias = constant(bias, x)
    if bias.shape != weight.shape[:1]:
        raise ValueError(f"conv2d: bias must have shape {weight.shape[:1]}, got {bias.shape}")
    return result + bias.reshape(1, -1, 1, 1)


def max_pool2d(x, kernel_size, stride=None, padding=0):
    """Keep the largest number of every window; it alone gets the gradient (the first, if several).

    Args:
        x: a tensor of shape (images, channels, height, width).
        kernel_size: the size of the window, a number or a pair (height, width).
        stride: how far the window moves, by default its size.
        padding: how far the window may reach over the border, at most half its size.
    """
    kernel, stride, padding = _pooling("max_pool2d", x, kernel_size, stride, padding)
    padded = surrounded(x.data, padding, -np.inf)
    views = windows("max_pool2d", padded, kernel, stride)
    flat = views.reshape(*views.shape[:4], kernel[0] * kernel[1])
    winner = flat.argmax(axis=-1)[..., np.newaxis]

    def to_image(grad):
        shares = np.zeros(flat.shape, grad.dtype)
        np.put_along_axis(shares, winner, grad[..., np.newaxis], axis=-1)
        return add_up(shares.reshape(views.shape), padded.shape, kernel, stride, padding)

    return record("max_pool2d", np.take_along_axis(flat, winner, axis=-1)[..., 0], (x, to_image))


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    """Take the mean of every window, zeros beyond the border included; see `max_pool2d`."""
    kernel, stride, padding = _pooling("avg_pool2d", x, kernel_size, stride, padding)
    padded = surrounded(x.data, padding, 0)
    views = windows("avg_pool2d", padded, kernel, stride)

    def to_image(grad):
        share = grad[..., np.newaxis, np.newaxis] / (kernel[0] * kernel[1])
        return add_up(np.broadcast_to(share, views.shape), padded.shape, kernel, stride, padding)

    return record("avg_pool2d", views.mean(axis=(4, 5)), (x, to_image))


def windows(op, padded, kernel, stride):
    """Return a view of all windows: (images, channels, down, right, kernel height, kernel width)."""
    if padded.shape[2] < kernel[0] or padded.shape[3] < kernel[1]:
        raise ValueError(
            f"{op}: a window of {kernel} does not fit into an image of {padded.shape[2:]} "
            f"(padding included)"
        )
    return sliding_window_view(padded, kernel, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]


def add_up(shares, shape, kernel, stride, padding):
    """Go back from `windows`: add what each window hands to its pixels, and cut the padding off."""
    image = np.zeros(shape, shares.dtype)
    down, right = shares.shape[2:4]
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            rows = slice(i, i + down * stride[0], stride[0])
            columns = slice(j, j + right * stride[1], stride[1])
            image[:, :, rows, columns] += shares[..., i, j]
    return image[:, :, padding[0] : shape[2] - padding[0], padding[1] : shape[3] - padding[1]]


def surrounded(images, padding, value):
    """Return the images with a border of ``value``."""
    if padding == (0, 0):
        return images
    vertical, horizontal = padding
    widths = ((0, 0), (0, 0), (vertical, vertical), (horizontal, horizontal))
    return np.pad(images, widths, constant_values=value)


def pair(argument, value, at_least):
    """Return a number or a pair of numbers as a pair."""
    both = value if isinstance(value, (tuple, list)) else (value, value)
    if len(both) != 2 or not all(
        isinstance(each, (int, np.integer)) and each >= at_least for each in both
    ):
        raise ValueError(
            f"{argument} must be an integer of at least {at_least}, or two of them, got {value!r}"
        )
    return tuple(int(each) for each in both)


def _pooling(op, x, kernel_size, stride, padding):
    """Check the arguments of a pooling; return kernel, stride and padding as pairs."""
    check_tensor(op, x)
    if x.ndim != 4:
        raise ValueError(
            f"{op}: x must have shape (images, channels, height, width), got {x.shape}"
        )
    kernel = pair("kernel_size", kernel_size, 1)
    stride = kernel if stride is None else pair("stride", stride, 1)
    padding = pair("padding", padding, 0)
    if 2 * padding[0] > kernel[0] or 2 * padding[1] > kernel[1]:
        raise ValueError(f"{op}: padding may be at most half of {kernel}, got {padding}")
    return kernel, stride, padding
