"""All weights of a net at once: start them anew, or see them as one point in space."""

import numpy as np

from coursekit._checks import numeric_array
from coursekit.nn.arguments import checked_rng


def initialize(net, initializer, rng, bias=0.0):
    """Draw all weights of a net anew, in place, and set the biases to a constant.

    In each module, every parameter with two or more axes is drawn (in order, from the one
    generator), and the others are set to ``bias``. Modules without such a parameter, like batch
    normalization, are left as they are. The gates of an LSTM or a GRU are drawn as one matrix.

    Args:
        net: a module.
        initializer: a function of a shape and a generator, such as
            ``coursekit.initializers.he_normal()``.
        rng: a random generator.
        bias: what biases start from, or None to leave them as they are.

    Returns:
        The net.

    Raises:
        TypeError: if ``initializer`` is not a function, or ``rng`` not a random generator.

    Example:
        >>> from coursekit import initializers, nn
        >>> from coursekit.seeding import generator
        >>> rng = generator(0)
        >>> net = nn.Sequential(nn.Linear(100, 50, rng=rng), nn.ReLU(), nn.Linear(50, 1, rng=rng))
        >>> _ = initialize(net, initializers.he_normal(), rng)
        >>> print(f"{net[0].weight.data.std():.2f}", net[0].bias.data.any())
        0.14 False
    """
    checked_rng(rng)
    if not callable(initializer):
        raise TypeError(
            f"initializer must be a function of a shape and a generator, such as "
            f"initializers.he_normal(), got {initializer!r}"
        )
    for _, module in net.modules():
        own = [tensor for _, tensor in module.own_parameters()]
        if not any(tensor.ndim >= 2 for tensor in own):
            continue
        for tensor in own:
            if tensor.ndim >= 2:
                tensor.data[...] = initializer(tensor.shape, rng)
            elif bias is not None:
                tensor.data[...] = bias
    return net


def to_vector(net):
    """Return a copy of all parameters, one after another, as one vector."""
    return _joined([tensor.data for tensor in net.parameters()])


def gradient_vector(net):
    """Return a copy of all gradients as one vector, in the order of `to_vector`.

    A parameter that the last loss did not depend on has gradient 0.
    """
    return _joined(
        [
            np.zeros_like(tensor.data) if tensor.grad is None else tensor.grad
            for tensor in net.parameters()
        ]
    )


def from_vector(net, vector):
    """Set all parameters of a net, in place, to the numbers of a vector as `to_vector` returns it.

    Raises:
        TypeError: if it does not hold real numbers.
        ValueError: if it has another length.
    """
    parameters = net.parameters()
    vector = numeric_array("vector", vector)
    n = sum(tensor.size for tensor in parameters)
    if vector.shape != (n,):
        raise ValueError(f"vector must have shape ({n},), got {vector.shape}")
    start = 0
    for tensor in parameters:
        tensor.data[...] = vector[start : start + tensor.size].reshape(tensor.shape)
        start += tensor.size


def _joined(arrays):
    return np.concatenate([array.reshape(-1) for array in arrays]) if arrays else np.empty(0)
