"""Activations: the functions between the layers of a network, with their slopes.

>>> from coursekit import activations
>>> f = activations.get("leaky_relu", slope=0.1)
>>> print(f([-2.0, 3.0]), f.derivative([-2.0, 3.0]))
[-0.2  3. ] [0.1 1. ]
>>> print(activations.get("sigmoid").saturated([-10.0, 0.0, 10.0]))
[ True False  True]
"""

from coursekit._checks import make
from coursekit.activations.activation import Activation
from coursekit.activations.rectifiers import elu, leaky_relu, relu
from coursekit.activations.smooth import gelu, identity, silu, softplus
from coursekit.activations.squashing import sigmoid, tanh

__all__ = ["NAMES", "Activation", "get"]

_FACTORIES = {
    "identity": identity,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "softplus": softplus,
    "silu": silu,
    "gelu": gelu,
}

NAMES = tuple(_FACTORIES)


def get(name, **params):
    """Return the activation called ``name``, made with the given parameters.

    Args:
        name: one of ``NAMES``.
        **params: ``slope`` (0.01) for ``"leaky_relu"``, ``alpha`` (1.0) for ``"elu"``.

    Example:
        >>> get("elu", alpha=0.5)
        Activation('elu', alpha=0.5)

    Raises:
        ValueError: if there is no such activation, it has no such parameter, or a parameter's
            value is not allowed.
        TypeError: if a parameter's value is not a number.
    """
    return make("activation", _FACTORIES, name, params)
