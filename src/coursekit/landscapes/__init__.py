"""Landscapes: functions of several variables with exact gradients and Hessians.

Each one shows a difficulty that gradient descent meets: a narrow ravine, a second minimum, a
saddle, a plateau. A landscape is called like a function, on one point or on many at once:

>>> from coursekit import landscapes
>>> f = landscapes.get("bowl", condition=10)
>>> print(f([1.0, 1.0]), f.gradient([1.0, 1.0]))
5.5 [ 1. 10.]
>>> X, Y, Z = f.grid(n=50)  # three 50 x 50 arrays, for a contour plot
"""

from coursekit._checks import make
from coursekit.landscapes.bowls import bowl, ravine, saddle
from coursekit.landscapes.classics import beale, himmelblau, rosenbrock
from coursekit.landscapes.landscape import Landscape
from coursekit.landscapes.wells import double_well, plateau, rastrigin

__all__ = [
    "Landscape",
    "beale",
    "bowl",
    "double_well",
    "get",
    "himmelblau",
    "names",
    "plateau",
    "rastrigin",
    "ravine",
    "rosenbrock",
    "saddle",
]

_FACTORIES = {
    "bowl": bowl,
    "ravine": ravine,
    "saddle": saddle,
    "double_well": double_well,
    "plateau": plateau,
    "rosenbrock": rosenbrock,
    "beale": beale,
    "himmelblau": himmelblau,
    "rastrigin": rastrigin,
}


def names():
    """Return the names of all landscapes, as a list."""
    return list(_FACTORIES)


def get(name, **params):
    """Return the landscape called ``name``, made with the given parameters.

    Example:
        >>> get("ravine", condition=100)
        Landscape('ravine', condition=100.0, angle=30.0)

    Raises:
        ValueError: if there is no such landscape, it has no such parameter, or a parameter's value
            is not allowed.
        TypeError: if a parameter's value is not a number.
    """
    return make("landscape", _FACTORIES, name, params)
