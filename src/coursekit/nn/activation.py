"""Activations as layers, for use in `Sequential`. The functions are those of `activations`."""

from coursekit import activations
from coursekit.autograd import elementwise
from coursekit.nn.arguments import as_tensor
from coursekit.nn.module import Module


class ActivationLayer(Module):
    """Any activation that `coursekit.activations` knows, by its name.

    Args:
        name: one of ``coursekit.activations.NAMES``.
        **params: its parameters, such as ``slope`` for ``"leaky_relu"``.

    Raises:
        ValueError: if there is no such activation or parameter.

    Example:
        >>> layer = ActivationLayer("leaky_relu", slope=0.1)
        >>> layer([-2.0, 3.0]).data
        array([-0.2,  3. ])
    """

    def __init__(self, name, **params):
        self.activation = activations.get(name, **params)

    def forward(self, x):
        """Return a tensor of the shape of ``x``."""
        f = self.activation
        return elementwise(as_tensor(x, self), f.name, f.function, f.derivative)

    def extra_repr(self):
        """Return the parameters, and for `ActivationLayer` itself the name."""
        name = [repr(self.activation.name)] if type(self) is ActivationLayer else []
        params = [f"{name}={value:g}" for name, value in self.activation.params.items()]
        return ", ".join(name + params)

    # Most functions of an activation cannot be pickled: name and parameters take their place.

    def __getstate__(self):
        return {**vars(self), "activation": (self.activation.name, self.activation.params)}

    def __setstate__(self, state):
        name, params = state["activation"]
        vars(self).update(state, activation=activations.get(name, **params))


class LeakyReLU(ActivationLayer):
    """x for positive x, otherwise a small multiple of it.

    Args:
        slope: the factor on the negative side, from 0 to below 1.
    """

    def __init__(self, slope=0.01):
        super().__init__("leaky_relu", slope=slope)


class ELU(ActivationLayer):
    """x for positive x, otherwise α(eˣ − 1).

    Args:
        alpha: minus the limit on the negative side, above 0.
    """

    def __init__(self, alpha=1.0):
        super().__init__("elu", alpha=alpha)


class GELU(ActivationLayer):
    """x Φ(x), where Φ is the normal distribution function."""

    def __init__(self):
        super().__init__("gelu")


class SiLU(ActivationLayer):
    """x σ(x)."""

    def __init__(self):
        super().__init__("silu")


# Tensors have methods for these four.


class Sigmoid(Module):
    """1/(1 + e⁻ˣ)."""

    def forward(self, x):
        """Return a tensor of the shape of ``x``."""
        return as_tensor(x, self).sigmoid()


class Tanh(Module):
    """tanh x."""

    def forward(self, x):
        """Return a tensor of the shape of ``x``."""
        return as_tensor(x, self).tanh()


class ReLU(Module):
    """max(0, x)."""

    def forward(self, x):
        """Return a tensor of the shape of ``x``."""
        return as_tensor(x, self).relu()


class Softplus(Module):
    """log(1 + eˣ)."""

    def forward(self, x):
        """Return a tensor of the shape of ``x``."""
        return as_tensor(x, self).softplus()
