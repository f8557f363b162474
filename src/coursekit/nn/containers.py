"""Modules made of modules: a chain of layers, and a block with a shortcut."""

from coursekit._checks import real_number
from coursekit.nn.arguments import as_tensor
from coursekit.nn.module import Module


class Sequential(Module):
    """Layers applied one after another.

    It can be indexed and iterated over; a slice of it is a Sequential of the same layers.

    Args:
        *layers: modules.

    Raises:
        TypeError: if something else is among them.

    Example:
        >>> from coursekit.nn import Linear, ReLU
        >>> from coursekit.seeding import generator
        >>> rng = generator(0)
        >>> net = Sequential(Linear(2, 16, rng=rng), ReLU(), Linear(16, 1, rng=rng))
        >>> net
        Sequential(
          (0): Linear(2, 16)
          (1): ReLU()
          (2): Linear(16, 1)
        )
        >>> [name for name, parameter in net.named_parameters()]
        ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    def __init__(self, *layers):
        for layer in layers:
            if isinstance(layer, (list, tuple)):
                raise TypeError("Sequential takes the layers one by one; write Sequential(*layers)")
            if not isinstance(layer, Module):
                raise TypeError(f"each layer of Sequential must be a Module, got {layer!r}")
        self.layers = list(layers)

    def forward(self, x):
        """Return what the last layer makes of it."""
        for layer in self.layers:
            x = layer(x)
        return x

    def named_children(self):
        """Return pairs (position as a string, layer), and what a subclass has besides the layers."""
        return [(name.removeprefix("layers."), child) for name, child in super().named_children()]

    def __len__(self):
        return len(self.layers)

    def __iter__(self):
        return iter(self.layers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Sequential(*self.layers[index])
        return self.layers[index]


class Residual(Module):
    """A block with a shortcut: shortcut(x) + scale · body(x).

    With the identity as the shortcut, the gradient with respect to x is that of the output plus
    what comes back through the body: it cannot vanish in the body.

    Source: He, Zhang, Ren and Sun (2016), *Deep residual learning for image recognition*, CVPR.

    Args:
        body: a module whose output has the shape of the shortcut's.
        shortcut: a module, by default the identity.
        scale: a constant that the body's output is multiplied by.
    """

    def __init__(self, body, shortcut=None, scale=1.0):
        if not isinstance(body, Module):
            raise TypeError(f"body must be a Module, got {body!r}")
        if shortcut is not None and not isinstance(shortcut, Module):
            raise TypeError(f"shortcut must be a Module, got {shortcut!r}")
        self.body = body
        self.shortcut = shortcut
        self.scale = real_number("scale", scale)

    def forward(self, x):
        """Return the sum.

        Raises:
            ValueError: if the body's output and the shortcut's have different shapes.
        """
        x = as_tensor(x, self)
        main = self.body(x)
        side = x if self.shortcut is None else self.shortcut(x)
        if main.shape != side.shape:
            raise ValueError(
                f"Residual: the body makes shape {main.shape} out of {x.shape}, but the shortcut "
                f"{side.shape}; they must be the same to be added"
            )
        return side + (main if self.scale == 1 else main * self.scale)

    def extra_repr(self):
        """Return the scale, unless it is 1."""
        return "" if self.scale == 1 else f"scale={self.scale:g}"
