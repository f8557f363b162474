"""What a landscape is: a smooth function of several variables, with what is known about it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from coursekit._checks import numeric_array, whole_number


@dataclass(frozen=True, eq=False, repr=False)
class Landscape:
    """A smooth function of ``dim`` variables, with what is known about it.

    Points are arrays whose last axis has length ``dim``; any axes before it stand for many points.
    All arrays stored here are read-only; copy one (``f.start.copy()``) to change it in place.

    Attributes:
        name: the name that `get` knows it by.
        title: the name to print in a heading.
        latex: the formula, in the LaTeX that KaTeX understands, without dollar signs.
        dim: the number of variables.
        domain: for each axis, the (low, high) that a picture should show. The function itself
            is defined everywhere.
        minima: the global minimizers, a tuple of arrays of shape (dim,). Empty if the function
            has no lowest point.
        local_minima: the other strict local minimizers in the domain.
        saddles: the points in the domain where the gradient is zero and the function rises in some
            directions and falls in others.
        start: a starting point for descent that shows the difficulty.
        params: the parameters it was made with.
        value_at: the formula: a point, or many, to its value. Call the landscape instead.
        gradient_at: the formula of the gradient. Call ``gradient`` instead.
        hessian_at: the formula of the Hessian. Call ``hessian`` instead.
    """

    name: str
    title: str
    latex: str
    dim: int
    domain: tuple[tuple[float, float], ...]
    start: np.ndarray
    value_at: Callable
    gradient_at: Callable
    hessian_at: Callable
    minima: tuple[np.ndarray, ...] = ()
    local_minima: tuple[np.ndarray, ...] = ()
    saddles: tuple[np.ndarray, ...] = ()
    params: dict = field(default_factory=dict)

    def __call__(self, x):
        """Return the value at ``x``.

        Args:
            x: a point of shape (dim,), or points of shape (..., dim). Complex points are allowed,
                so that the complex step works (see `coursekit.derivatives`).

        Returns:
            A number for one point, otherwise an array of shape (...).

        Raises:
            TypeError: if ``x`` does not hold numbers.
            ValueError: if the last axis of ``x`` is not of length ``dim``.
        """
        return self.value_at(self._points(x))

    def gradient(self, x):
        """Return the gradient, of shape (..., dim), at ``x``; see `__call__` for ``x``."""
        return self.gradient_at(self._points(x))

    def hessian(self, x):
        """Return the matrix of second derivatives, of shape (..., dim, dim), at ``x``."""
        return self.hessian_at(self._points(x))

    def grid(self, n=101):
        """Return the landscape on a grid over its domain, for contour and surface plots.

        Args:
            n: the number of points along each axis, at least 2.

        Returns:
            X, Y, Z: arrays of shape (n, n). X varies along columns and Y along rows, as
            matplotlib expects.

        Raises:
            ValueError: if the landscape does not have two variables, or ``n`` is below 2.
        """
        if self.dim != 2:
            raise ValueError(f"grid needs a landscape with dim=2; {self.name!r} has dim={self.dim}")
        n = whole_number("n", n, at_least=2)
        axes = [np.linspace(low, high, n) for low, high in self.domain]
        X, Y = np.meshgrid(*axes)
        return X, Y, self(np.stack([X, Y], axis=-1))

    def _points(self, x):
        x = numeric_array("x", x, allow_complex=True)
        if x.ndim == 0 or x.shape[-1] != self.dim:
            raise ValueError(
                f"x must have shape (..., {self.dim}) for the landscape {self.name!r}, "
                f"got shape {x.shape}"
            )
        return x

    def __repr__(self):
        params = "".join(f", {name}={value!r}" for name, value in self.params.items())
        return f"Landscape({self.name!r}{params})"
