"""Synthetic images of bars in four directions: the least that a convolution can learn from."""

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.datasets.dataset import Dataset
from coursekit.datasets.planes import SYNTHETIC
from coursekit.seeding import generator

DIRECTIONS = ("horizontal", "rising", "vertical", "falling")  # 0°, 45°, 90° and 135°


def bars(n=400, size=12, length=7.0, noise=0.1, seed=0):
    """Images of one bright bar in one of four directions, somewhere on a dark ground.

    Args:
        n: the number of images, at least 4; the classes are as equal as n allows.
        size: the height and the width of an image in pixels, at least 5.
        length: of the bar in pixels, above 0. Its width is about 1.5 pixels.
        noise: the standard deviation added to each pixel, at least 0. The bar has brightness 1,
            the ground 0.
        seed: an integer, at least 0.

    Returns:
        A `Dataset` with images of shape (n, 1, size, size) under ``images``. Images of different
        directions have the same brightness on average, so that a classifier has to look at shape.

    Raises:
        ValueError: if an argument is out of bounds.
    """
    n = whole_number("n", n, at_least=4)
    size = whole_number("size", size, at_least=5)
    length = real_number("length", length, above=0)
    noise = real_number("noise", noise, at_least=0)
    rng = generator(seed)
    y = rng.permutation(np.arange(n) % 4)
    angle = np.pi / 4 * y
    middle = (size - 1) / 2 + rng.uniform(-size / 5, size / 5, size=(2, n))

    row, column = np.mgrid[:size, :size][:, None]  # each of shape (1, size, size)
    right = column - middle[0][:, None, None]
    up = middle[1][:, None, None] - row  # rows count downward
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    along, across = right * cos + up * sin, up * cos - right * sin
    # Brightness falls to 0 within one pixel of the edges.
    ink = np.clip(length / 2 + 0.5 - np.abs(along), 0, 1) * np.clip(1.25 - np.abs(across), 0, 1)
    images = ink + noise * rng.normal(size=ink.shape)
    return Dataset(
        name="bars",
        title="Bars",
        kind="classification",
        X=images.reshape(n, -1),
        y=y,
        feature_names=[f"pixel_{i}_{j}" for i in range(size) for j in range(size)],
        target_names=DIRECTIONS,
        source=SYNTHETIC,
        image_shape=(1, size, size),
        truth={"noise": noise},
    )
