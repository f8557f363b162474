"""What an initializer is, and the two numbers that its rules are made of: fans and gains."""

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from coursekit._checks import one_of, real_number, whole_number
from coursekit.activations import Activation


@dataclass(frozen=True, eq=False, repr=False)
class Initializer:
    """A recipe for the first values of an array of weights.

    Call it with a shape and a random generator. A number times an initializer is another one:
    ``2 * he_normal()`` draws weights twice as large as He's.

    Attributes:
        name: the name that `get` knows it by.
        title: the name to print in a heading.
        draw: the recipe: a shape and a generator to an array. Call the initializer instead.
        std_of: the recipe's standard deviation for a shape. Call ``std`` instead.
        params: the parameters it was made with.
        factor: what all its values are multiplied by.
        random: whether it draws random numbers.
    """

    name: str
    title: str
    draw: Callable
    std_of: Callable
    params: dict = field(default_factory=dict)
    factor: float = 1.0
    random: bool = True

    def __call__(self, shape, rng=None):
        """Return a new array of weights.

        Args:
            shape: the shape, a tuple of positive integers or one such integer. A rule that counts
                connections takes it as (out, in, *kernel); see `fans`.
            rng: a generator (`numpy.random.Generator`). Only ``zeros`` and ``constant`` work
                without one.

        Returns:
            A float64 array of that shape.

        Raises:
            TypeError: if ``shape`` does not hold integers or ``rng`` is not a generator.
            ValueError: if a length in ``shape`` is not positive, or the rule needs more axes.
        """
        shape = checked_shape(shape)
        if self.random and not isinstance(rng, np.random.Generator):
            raise TypeError(
                f"rng must be a numpy.random.Generator, got {rng!r}; make one from a seed with "
                f"coursekit.seeding.generator"
            )
        return self.factor * self.draw(shape, rng)

    def std(self, shape):
        """Return the standard deviation of the values that it draws for ``shape``."""
        return abs(self.factor) * self.std_of(checked_shape(shape))

    def __rmul__(self, factor):
        """Return this initializer with all values multiplied by ``factor``."""
        if not isinstance(factor, numbers.Real):
            return NotImplemented
        return replace(self, factor=self.factor * real_number("factor", factor))

    __mul__ = __rmul__  # in the other order, too

    def __repr__(self):
        params = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{'' if self.factor == 1 else f'{self.factor:g} * '}{self.name}({params})"


def fans(shape):
    """Return how many connections come into a unit and how many leave it: (fan_in, fan_out).

    Args:
        shape: the shape of the weights in PyTorch's order: (out, in) for a linear layer and
            (out, in, height, width) for a convolution, whose units are connected to each position
            of the kernel.

    Raises:
        TypeError: if ``shape`` does not hold integers.
        ValueError: if it has fewer than two axes, or a length that is not positive.

    Example:
        >>> fans((64, 3, 5, 5))
        (75, 1600)
    """
    shape = checked_shape(shape)
    if len(shape) < 2:
        raise ValueError(f"shape must be (out, in, *kernel) to count connections, got {shape}")
    out, into, *kernel = shape
    return into * math.prod(kernel), out * math.prod(kernel)


def gain(activation, slope=None):
    """Return the gain that PyTorch recommends for the layer before an activation.

    It makes up for what the activation takes away: √2 for ReLU, which halves the mean square of the
    signal (He et al., 2015).

    Args:
        activation: a name, ``"identity"``, ``"sigmoid"``, ``"tanh"``, ``"relu"`` or
            ``"leaky_relu"``, or one of `coursekit.activations` with such a name.
        slope: of leaky ReLU on the negative side. By default that of the activation, or 0.01.

    Raises:
        ValueError: if PyTorch knows no gain for the activation, or a slope is given for another
            activation than leaky ReLU.
        TypeError: if ``slope`` is not a number.

    Example:
        >>> round(gain("relu"), 4)
        1.4142
    """
    params = {"slope": 0.01}
    if isinstance(activation, Activation):
        activation, params = activation.name, activation.params
    one_of("activation with a gain", activation, (*_GAINS, "leaky_relu"))
    if activation == "leaky_relu":
        slope = params["slope"] if slope is None else real_number("slope", slope)
        return math.sqrt(2 / (1 + slope**2))
    if slope is not None:
        raise ValueError(f"slope is for 'leaky_relu', got slope={slope!r} for {activation!r}")
    return _GAINS[activation]


# Those of the identity, ReLU and leaky ReLU can be derived; 5/3 for tanh is a rule of thumb, and 1
# for the sigmoid makes up for nothing. PyTorch calls the identity "linear".
_GAINS = {"identity": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2)}


def checked_shape(shape):
    """Return ``shape`` as a tuple of positive ints."""
    lengths = shape if isinstance(shape, (tuple, list)) else (shape,)
    if not lengths:
        raise ValueError(f"shape must have at least one axis, got {shape}")
    return tuple(whole_number("each length in shape", n, at_least=1) for n in lengths)
