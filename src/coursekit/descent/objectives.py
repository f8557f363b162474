"""What can be descended: a value with a gradient, alone or with noise, or a network's loss.

`coursekit.descent.descend` asks an objective for a *sampler*: a function of the position that
returns a loss and a gradient, made afresh for each descent. A landscape's sampler always gives the
exact pair. A noisy objective's, or a data set's, gives another gradient at each call, so it keeps
a random generator or its place in the data.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coursekit._checks import numeric_array
from coursekit.seeding import generator


@dataclass(frozen=True)
class Objective:
    """A pair of functions: the value to make small, and its gradient.

    Both take a position. To run from many starts at once, ``value`` returns one number for each of
    them (see `descend`).

    Example:
        >>> f = Objective(lambda x: (x - 3) ** 2, lambda x: 2 * (x - 3))
        >>> f(5.0), f.gradient(5.0)
        (4.0, 4.0)
    """

    value: Callable
    gradient: Callable

    def __call__(self, x):
        return self.value(x)


class Sampler:
    """A function of the position that returns ``(loss, gradient)``, made for one descent.

    Attributes:
        examples: how many gradients of single examples the last call took; 1 without data.
        ended: whether the data have run out, so that the last call had nothing new to offer.
    """

    examples = 1
    ended = False

    def __init__(self, loss_and_gradient):
        self._loss_and_gradient = loss_and_gradient

    def __call__(self, x):
        """Return the loss and the gradient at ``x``, on the next data if there are any."""
        return self._loss_and_gradient(x)

    def again(self, x):
        """Return the loss and the gradient at ``x`` without asking for further data."""
        return self(x)


def sampler(objective):
    """Return a new `Sampler` of an objective, of whichever kind it is.

    Args:
        objective: something with a method ``sampler()``; or something to call for the value, with a
            method ``gradient(x)``; or one function that returns ``(loss, gradient)``.

    Raises:
        TypeError: if it is none of these.
    """
    if hasattr(objective, "sampler"):
        return objective.sampler()
    if not callable(objective):
        raise TypeError(
            f"objective must be a landscape, an Objective(value, gradient) or a function that "
            f"returns (loss, gradient), got {objective!r}"
        )
    if hasattr(objective, "gradient"):
        return Sampler(lambda x: (objective(x), objective.gradient(x)))
    return Sampler(objective)


@dataclass(frozen=True)
class Noisy:
    """An objective whose gradient is seen through Gaussian noise; its value stays exact.

    It stands in for the noise of mini-batches where one wants to set the noise. Each descent draws
    the same noise, as it follows from the seed; runs from many starts get noise of their own.

    Attributes:
        objective: what is descended, of any kind that `descend` takes. Calling a `Noisy` for its
            value, and its ``gradient``, work if they do for the objective.
        sd: the standard deviation of the noise in each coordinate, at least 0; or an array that
            broadcasts to the shape of the position, for other noise in other runs.
        seed: an integer, at least 0.
    """

    objective: object
    sd: float | np.ndarray
    seed: int

    def __post_init__(self):
        sd = numeric_array("sd", self.sd)
        if not (np.isfinite(sd).all() and (sd >= 0).all()):
            raise ValueError(f"sd must be finite and at least 0, got {self.sd!r}")
        object.__setattr__(self, "sd", sd)
        generator(self.seed)  # complains about a seed that is none

    def __call__(self, x):
        """Return the value at ``x``."""
        return self.objective(x)

    def gradient(self, x):
        """Return the gradient at ``x`` without noise."""
        return self.objective.gradient(x)

    def sampler(self):
        """Return a function of x that gives the value, and the gradient with new noise."""
        return _NoisySampler(self)


class _NoisySampler(Sampler):
    """Adds noise to the gradients of another sampler, whose data it counts as its own."""

    def __init__(self, noisy):
        self._exact = sampler(noisy.objective)
        self._sd = noisy.sd
        self._rng = generator(noisy.seed)

    def __call__(self, x):
        return self._with_noise(*self._exact(x))

    def again(self, x):
        return self._with_noise(*self._exact.again(x))

    @property
    def examples(self):
        return self._exact.examples

    @property
    def ended(self):
        return self._exact.ended

    def _with_noise(self, loss, gradient):
        if isinstance(gradient, list | tuple):
            return loss, [self._blurred(part) for part in gradient]
        return loss, self._blurred(gradient)

    def _blurred(self, gradient):
        return gradient + self._sd * self._rng.standard_normal(np.shape(gradient))


def backpropagated(loss_of, parameters):
    """Make a network trainable by `descend`: its loss and gradients as one function of arrays.

    Args:
        loss_of: a function that computes the loss, a `coursekit.autograd.Tensor`, from the
            parameters as they are. It is given what comes after the arrays: nothing, or the rows
            of a mini-batch (see `DataObjective`).
        parameters: the network's tensors, a list.

    Returns:
        A function of ``(arrays, *batch)`` that returns ``(loss, gradients)``. It places the arrays
        in the parameters, so that after a descent the network holds the values at its end. (To hold
        others, such as ``path.best.position``, call the function with them.)

    Raises:
        TypeError: if ``parameters`` is a single tensor, or the function returned is given anything
            but a list with one array for each parameter.

    Example:
        >>> from coursekit.autograd import Tensor
        >>> from coursekit.optimizers import SGD
        >>> from coursekit.descent import descend
        >>> w = Tensor(np.array([1.0, -2.0]))
        >>> path = descend(backpropagated(lambda: (w * w).sum(), [w]), [w.data], SGD(0.25), steps=2)
        >>> print(path.losses, w.data)
        [5.     1.25   0.3125] [ 0.25 -0.5 ]
    """
    if hasattr(parameters, "backward"):
        raise TypeError("parameters must be a list of tensors, such as [w], got a single one")
    parameters = list(parameters)

    def loss_and_gradients(arrays, *batch):
        if not isinstance(arrays, list | tuple) or len(arrays) != len(parameters):
            raise TypeError(
                f"the position must be a list of {len(parameters)} arrays, one for each parameter, "
                f"such as the start [p.data for p in parameters]; got {arrays!r}"
            )
        for parameter, array in zip(parameters, arrays, strict=True):
            # The arrays of a path are read-only, which the parameters should not become.
            parameter.data = array if array.flags.writeable else array.copy()
            parameter.grad = None
        loss = loss_of(*batch)
        loss.backward()
        gradients = [np.zeros_like(p.data) if p.grad is None else p.grad for p in parameters]
        return loss.item(), gradients

    return loss_and_gradients


def largest_curvature(objective, x):
    """Return λmax, the largest eigenvalue of ``objective.hessian(x)``; for many points, an array.

    In a quadratic bowl, gradient descent at a constant rate above 2/λmax moves away from the
    minimum.

    Example:
        >>> from coursekit import landscapes
        >>> largest_curvature(landscapes.get("bowl", condition=10), [0.0, 0.0])
        10.0
    """
    largest = np.linalg.eigvalsh(objective.hessian(x))[..., -1]  # they come in ascending order
    return float(largest) if largest.ndim == 0 else largest
