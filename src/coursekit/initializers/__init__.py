"""Initializers: where the weights of a network start from.

Functions such as `he_normal` make an initializer. It takes a shape, in PyTorch's order (out, in,
*kernel), and a random generator:

>>> from coursekit import initializers
>>> from coursekit.seeding import generator
>>> he = initializers.he_normal()
>>> weights = he((256, 100), generator(0))
>>> print(weights.shape, f"{weights.std():.3f}, by the rule {he.std((256, 100)):.3f}")
(256, 100) 0.141, by the rule 0.141
>>> 2 * he  # twice as large
2 * he_normal(mode='fan_in', slope=0.0)
"""

from coursekit._checks import make
from coursekit.initializers.initializer import Initializer, fans, gain
from coursekit.initializers.lsuv import lsuv
from coursekit.initializers.rules import (
    constant,
    he_normal,
    he_uniform,
    normal,
    orthogonal,
    torch_default,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)

_RULES = {
    "zeros": zeros,
    "constant": constant,
    "normal": normal,
    "uniform": uniform,
    "xavier_normal": xavier_normal,
    "xavier_uniform": xavier_uniform,
    "he_normal": he_normal,
    "he_uniform": he_uniform,
    "orthogonal": orthogonal,
    "torch_default": torch_default,
}

NAMES = tuple(_RULES)

__all__ = ["NAMES", "Initializer", "fans", "gain", "get", "lsuv", *_RULES]


def get(name, **params):
    """Return the initializer called ``name``, made with the given parameters.

    Args:
        name: one of ``NAMES``.
        **params: the arguments of the function of that name.

    Example:
        >>> get("normal", std=0.1)
        normal(std=0.1, mean=0.0)

    Raises:
        ValueError: if there is no such initializer, it has no such parameter, or a parameter's
            value is not allowed.
        TypeError: if a parameter's value is not a number.
    """
    return make("initializer", _RULES, name, params)
