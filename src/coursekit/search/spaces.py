"""Where to search: grids of given values, and spaces to draw from."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from coursekit._checks import real_number

LARGEST_GRID = 10_000


def grid(**axes):
    """Return all combinations of the values along the axes, as a list of dicts.

    Args:
        **axes: for each name, its values. The last one varies quickest.

    Raises:
        TypeError: if the values of an axis are not a sequence.
        ValueError: if there is no axis, one has no values, or there are more than 10,000
            combinations.

    Example:
        >>> grid(lr=[0.1, 1.0], batch_size=[1, 32])[:2]
        [{'lr': 0.1, 'batch_size': 1}, {'lr': 0.1, 'batch_size': 32}]
    """
    if not axes:
        raise ValueError("grid needs at least one axis, such as lr=[0.01, 0.1]")
    values = [_values(name, axis) for name, axis in axes.items()]
    sizes = [len(axis) for axis in values]
    if math.prod(sizes) > LARGEST_GRID:
        raise ValueError(
            f"the grid has {' x '.join(map(str, sizes))} = {math.prod(sizes):,} points, more than "
            f"{LARGEST_GRID:,}; use fewer values, or random_search"
        )
    return [dict(zip(axes, point, strict=True)) for point in itertools.product(*values)]


@dataclass(frozen=True)
class Space:
    """Values that can be drawn at random.

    Attributes:
        description: the space in words.
        draw: a function of a random generator that returns one value.
    """

    description: str
    draw: Callable = field(repr=False)


def uniform(low, high):
    """Return the space of the numbers from ``low`` to ``high``, all equally likely.

    Raises:
        TypeError: if a bound is not a real number.
        ValueError: if a bound is not finite, or ``high`` is not greater than ``low``.
    """
    low = real_number("low", low)
    high = real_number("high", high, above=low)
    return Space(f"uniform({low:g}, {high:g})", lambda rng: float(rng.uniform(low, high)))


def log_uniform(low, high):
    """Return the space of the numbers from ``low`` to ``high`` with equally likely logarithms.

    So 0.001 to 0.01 is as likely as 0.1 to 1: the scale for what acts by its order of magnitude,
    such as a learning rate.

    Raises:
        TypeError: if a bound is not a real number.
        ValueError: if a bound is not finite, ``low`` is not positive, or ``high`` is not greater.
    """
    low = real_number("low", low, above=0)
    high = real_number("high", high, above=low)

    def draw(rng):
        value = math.exp(rng.uniform(math.log(low), math.log(high)))
        return min(max(value, low), high)  # rounding may lead out by a hair

    return Space(f"log_uniform({low:g}, {high:g})", draw)


def choice(options):
    """Return the space of some given values, all equally likely.

    Raises:
        TypeError: if ``options`` is not a sequence.
        ValueError: if it is empty.
    """
    options = _values("options", options)
    return Space(f"choice({options!r})", lambda rng: options[rng.integers(len(options))])


def _values(argument, values):
    """Return a sequence as a list, with plain Python numbers in place of NumPy's."""
    if isinstance(values, np.ndarray) and values.ndim == 1:
        values = values.tolist()
    if not isinstance(values, list | tuple | range):
        raise TypeError(f"{argument} must be a list of values, got {values!r}")
    if len(values) == 0:
        raise ValueError(f"{argument} must have at least one value, got {values!r}")
    return list(values)
