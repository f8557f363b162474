"""Landscapes: functions of several variables with exact gradients and Hessians.

Each one shows a difficulty that gradient descent meets: a narrow ravine, a second minimum, a
saddle, a plateau. A landscape is called like a function, on one point or on many at once:

>>> from coursekit import landscapes
>>> f = landscapes.get("bowl", condition=10)
>>> print(f([1.0, 1.0]), f.gradient([1.0, 1.0]))
5.5 [ 1. 10.]
>>> X, Y, Z = f.grid(n=50)  # three 50 x 50 arrays, for a contour plot
"""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from coursekit._checks import numeric_array, one_of, real_number, whole_number


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


# --- Landscapes, from the gentlest to the hardest ---


def bowl(condition=10.0, dim=2):
    """The quadratic bowl ½ Σ hᵢ xᵢ², whose axes are also the directions of its curvature.

    Args:
        condition: the largest curvature divided by the smallest, at least 1. The curvatures hᵢ go
            from 1 (first axis) to ``condition`` (last axis) in equal ratios.
        dim: the number of variables, at least 2.
    """
    condition = real_number("condition", condition, at_least=1)
    dim = whole_number("dim", dim, at_least=2)
    curvatures = np.geomspace(1.0, condition, dim)
    if dim == 2:
        latex = rf"f(x, y) = \tfrac{{1}}{{2}}\left(x^2 + {_tex(condition)}\,y^2\right)"
    else:
        latex = (
            rf"f(\mathbf{{x}}) = \tfrac{{1}}{{2}} \sum_{{i=1}}^{{{dim}}} h_i x_i^2, \quad "
            rf"h_i = {_tex(condition)}^{{(i-1)/{dim - 1}}}"
        )
    return Landscape(
        name="bowl",
        title="Bowl",
        latex=latex,
        dim=dim,
        domain=((-3.0, 3.0),) * dim,
        start=_point(*[-2.5] + [1.5] * (dim - 1)),
        minima=(_point(*[0.0] * dim),),
        params={"condition": condition, "dim": dim},
        **_quadratic(curvatures),
    )


def ravine(condition=50.0, angle=30.0):
    """A long, narrow bowl whose floor runs at an angle to the axes.

    Args:
        condition: the curvature across the ravine; along its floor it is 1. At least 1.
        angle: the direction of the floor, in degrees counterclockwise from the x axis.
    """
    condition = real_number("condition", condition, at_least=1)
    angle = real_number("angle", angle)
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    rotation = np.array([[cos, -sin], [sin, cos]])  # columns: along the floor, across it
    curvatures = np.array([1.0, condition])
    matrix = rotation @ np.diag(curvatures) @ rotation.T

    def value_at(points):
        along_and_across = points @ rotation
        return 0.5 * np.sum(curvatures * along_and_across**2, axis=-1)

    def gradient_at(points):
        along_and_across = points @ rotation
        return (curvatures * along_and_across) @ rotation.T

    def hessian_at(points):
        return _same_everywhere(matrix, points)

    turn = rf"{_tex(angle)}^\circ"
    return Landscape(
        name="ravine",
        title="Ravine",
        latex=(
            rf"f(x, y) = \tfrac{{1}}{{2}}\left(u^2 + {_tex(condition)}\,v^2\right), \quad "
            rf"u = x\cos {turn} + y\sin {turn}, \; v = y\cos {turn} - x\sin {turn}"
        ),
        dim=2,
        domain=((-3.0, 3.0), (-3.0, 3.0)),
        start=_point(*(rotation @ [-2.4, 0.6])),  # far along the floor, a little up the wall
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(_point(0.0, 0.0),),
        params={"condition": condition, "angle": angle},
    )


def saddle():
    """The saddle ½(x² − y²): a valley along x, a ridge along y, and no lowest point."""
    return Landscape(
        name="saddle",
        title="Saddle",
        latex=r"f(x, y) = \tfrac{1}{2}\left(x^2 - y^2\right)",
        dim=2,
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        start=_point(-1.8, 0.01),  # a hair off the line that leads into the saddle point
        saddles=(_point(0.0, 0.0),),
        **_quadratic(np.array([1.0, -1.0])),
    )


def double_well(tilt=0.3):
    """Two valleys, one of them deeper: (x² − 1)² + tilt·x + y².

    The points where it is level lie on y = 0, at the three roots of 4x³ − 4x + tilt = 0.

    Args:
        tilt: how much the second valley is raised. A positive tilt makes the left one deeper. Its
            size must stay below 8/(3√3) ≈ 1.5396, or only one well is left.

    Raises:
        ValueError: if the tilt leaves only one well.
    """
    tilt = real_number("tilt", tilt)
    steepest = 8 / (3 * math.sqrt(3))
    if abs(tilt) >= steepest:
        raise ValueError(
            f"tilt must be between -{steepest:.4f} and {steepest:.4f}, otherwise only one well "
            f"is left; got {tilt!r}"
        )

    # The cubic has three real roots, so Viète's formula with cosines gives them.
    third = math.acos(-tilt / steepest) / 3
    right, middle, left = (
        _point(2 / math.sqrt(3) * math.cos(third - k * 2 * math.pi / 3), 0.0) for k in range(3)
    )
    if tilt == 0:
        minima, local_minima = (left, right), ()
    elif tilt > 0:
        minima, local_minima = (left,), (right,)
    else:
        minima, local_minima = (right,), (left,)

    def value_at(points):
        x, y = _coordinates(points)
        return (x**2 - 1) ** 2 + tilt * x + y**2

    def gradient_at(points):
        x, y = _coordinates(points)
        return _vector(4 * x * (x**2 - 1) + tilt, 2 * y)

    def hessian_at(points):
        x, y = _coordinates(points)
        return _matrix(xx=12 * x**2 - 4, xy=0 * y, yy=2 + 0 * y)

    higher_side = -1.0 if tilt < 0 else 1.0
    tilt_term = "" if tilt == 0 else rf"{'-' if tilt < 0 else '+'} {_tex(abs(tilt))}\,x "
    return Landscape(
        name="double_well",
        title="Double well",
        latex=rf"f(x, y) = \left(x^2 - 1\right)^2 {tilt_term}+ y^2",
        dim=2,
        domain=((-2.0, 2.0), (-1.5, 1.5)),
        start=_point(1.6 * higher_side, 1.0),  # downhill from here lies the shallower well
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=minima,
        local_minima=local_minima,
        saddles=(middle,),
        params={"tilt": tilt},
    )


def plateau():
    """A hole in a plain, 1 − exp(−(x² + y²)/2): far from the hole the gradient all but vanishes."""

    def bell(points):
        return np.exp(-0.5 * np.sum(points**2, axis=-1))

    def value_at(points):
        # expm1(t) is exp(t) - 1 without loss of digits near t = 0
        return -np.expm1(-0.5 * np.sum(points**2, axis=-1))

    def gradient_at(points):
        return bell(points)[..., np.newaxis] * points

    def hessian_at(points):
        x, y = _coordinates(points)
        return bell(points)[..., np.newaxis, np.newaxis] * _matrix(
            xx=1 - x**2, xy=-x * y, yy=1 - y**2
        )

    return Landscape(
        name="plateau",
        title="Plateau",
        latex=r"f(x, y) = 1 - e^{-(x^2 + y^2)/2}",
        dim=2,
        domain=((-4.0, 4.0), (-4.0, 4.0)),
        start=_point(-3.0, 2.0),
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(_point(0.0, 0.0),),
    )


def rosenbrock(a=1.0, b=100.0):
    """A curved, flat-floored valley: (a − x)² + b(y − x²)².

    Source: Rosenbrock (1960), *An automatic method for finding the greatest or least value of a
    function*.

    Args:
        a: where the minimum is: at (a, a²).
        b: how steep the walls of the valley are, greater than 0.
    """
    a = real_number("a", a)
    b = real_number("b", b, above=0)

    def value_at(points):
        x, y = _coordinates(points)
        return (a - x) ** 2 + b * (y - x**2) ** 2

    def gradient_at(points):
        x, y = _coordinates(points)
        off_floor = y - x**2
        return _vector(-2 * (a - x) - 4 * b * x * off_floor, 2 * b * off_floor)

    def hessian_at(points):
        x, y = _coordinates(points)
        return _matrix(xx=2 - 4 * b * (y - 3 * x**2), xy=-4 * b * x, yy=2 * b + 0 * y)

    reach = max(2.0, 1.5 * abs(a))  # wide enough to show the minimum, wherever it is
    return Landscape(
        name="rosenbrock",
        title="Rosenbrock's valley",
        latex=(
            rf"f(x, y) = \left({_tex(a)} - x\right)^2 "
            rf"+ {_tex(b)}\left(y - x^2\right)^2"
        ),
        dim=2,
        domain=((-reach, reach), (-1.0, 0.75 * reach**2)),
        start=_point(-1.2, 1.0),  # Rosenbrock's own
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(_point(a, a**2),),
        params={"a": a, "b": b},
    )


def beale():
    """A flat middle between steep corners, with its minimum at (3, ½).

    It is the sum of the squares of cₖ − x + x·yᵏ for k = 1, 2, 3 and c = 1.5, 2.25, 2.625.

    Source: Beale (1958), *On an iterative method for finding a local minimum of a function of more
    than one variable*.
    """
    terms = ((1, 1.5), (2, 2.25), (3, 2.625))  # k and cₖ

    def residual(x, y, k, c):
        return c - x + x * y**k

    def value_at(points):
        x, y = _coordinates(points)
        return sum(residual(x, y, k, c) ** 2 for k, c in terms)

    def gradient_at(points):
        x, y = _coordinates(points)
        along_x = along_y = 0.0
        for k, c in terms:
            r, r_x, r_y = residual(x, y, k, c), y**k - 1, k * x * y ** (k - 1)
            along_x = along_x + 2 * r * r_x
            along_y = along_y + 2 * r * r_y
        return _vector(along_x, along_y)

    def hessian_at(points):
        x, y = _coordinates(points)
        xx = xy = yy = 0.0
        for k, c in terms:
            r, r_x, r_y = residual(x, y, k, c), y**k - 1, k * x * y ** (k - 1)
            r_xy, r_yy = k * y ** (k - 1), k * (k - 1) * x * y ** max(k - 2, 0)
            xx = xx + 2 * r_x**2
            xy = xy + 2 * (r_x * r_y + r * r_xy)
            yy = yy + 2 * (r_y**2 + r * r_yy)
        return _matrix(xx, xy, yy)

    return Landscape(
        name="beale",
        title="Beale's function",
        latex=(
            r"f(x, y) = (1.5 - x + xy)^2 + \left(2.25 - x + xy^2\right)^2 "
            r"+ \left(2.625 - x + xy^3\right)^2"
        ),
        dim=2,
        domain=((-4.5, 4.5), (-4.5, 4.5)),
        start=_point(1.0, 1.5),
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(_point(3.0, 0.5),),
        saddles=(_point(0.0, 1.0), _point(0.10053793732415837, -2.644513585023125)),
    )


def himmelblau():
    """Four equally deep valleys around a hilltop: (x² + y − 11)² + (x + y² − 7)².

    The hilltop is at about (−0.271, −0.923). The points below are correct to 16 digits; a test
    confirms that the gradient vanishes there.

    Source: Himmelblau (1972), *Applied Nonlinear Programming*.
    """

    def value_at(points):
        x, y = _coordinates(points)
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def gradient_at(points):
        x, y = _coordinates(points)
        first, second = x**2 + y - 11, x + y**2 - 7
        return _vector(4 * x * first + 2 * second, 2 * first + 4 * y * second)

    def hessian_at(points):
        x, y = _coordinates(points)
        return _matrix(xx=12 * x**2 + 4 * y - 42, xy=4 * (x + y), yy=12 * y**2 + 4 * x - 26)

    return Landscape(
        name="himmelblau",
        title="Himmelblau's function",
        latex=r"f(x, y) = \left(x^2 + y - 11\right)^2 + \left(x + y^2 - 7\right)^2",
        dim=2,
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        start=_point(-0.2, -0.9),  # beside the hilltop: a small change leads to another valley
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(
            _point(3.0, 2.0),
            _point(-2.805118086952745, 3.131312518250573),
            _point(-3.779310253377747, -3.283185991286169),
            _point(3.5844283403304917, -1.8481265269644036),
        ),
        saddles=(
            _point(3.385154183607021, 0.07385187983774928),
            _point(0.08667750455539634, 2.884254701174776),
            _point(-3.0730257507643897, -0.08135304428796751),
            _point(-0.12796134673068005, -1.9537149802445766),
        ),
    )


def rastrigin(dim=2):
    """A bowl covered with dents: 10·dim + Σ (xᵢ² − 10 cos 2πxᵢ).

    Source: Rastrigin (1974), *Systems of Extremal Control*; in any number of variables, Mühlenbein,
    Schomisch and Born (1991), *The parallel genetic algorithm as function optimizer*.

    Args:
        dim: the number of variables, at least 1. There are 11 to the power ``dim`` minima in the
            domain, so ``local_minima`` and ``saddles`` are listed up to ``dim=2`` only, and are
            empty beyond that.
    """
    dim = whole_number("dim", dim, at_least=1)

    def value_at(points):
        return 10 * dim + np.sum(points**2 - 10 * np.cos(2 * np.pi * points), axis=-1)

    def gradient_at(points):
        return 2 * points + 20 * np.pi * np.sin(2 * np.pi * points)

    def hessian_at(points):
        curvatures = 2 + 40 * np.pi**2 * np.cos(2 * np.pi * points)
        return curvatures[..., np.newaxis] * np.eye(dim)

    def level_near(t):
        # Newton's method on one axis: each step goes to the root of the slope's tangent.
        for _ in range(8):
            t = t - gradient_at(t) / (2 + 40 * np.pi**2 * np.cos(2 * np.pi * t))
        return t

    dents = level_near(np.arange(-5.0, 6.0))  # along one axis: -4.97 ... 0 ... 4.97
    bumps = level_near(np.arange(-4.5, 5.0))
    local_minima = saddles = ()
    if dim == 1:
        local_minima = tuple(_point(t) for t in dents if t != 0)
    if dim == 2:
        local_minima = tuple(_point(s, t) for s in dents for t in dents if (s, t) != (0, 0))
        saddles = tuple(_point(s, t) for s in dents for t in bumps)
        saddles += tuple(_point(t, s) for s in dents for t in bumps)
    return Landscape(
        name="rastrigin",
        title="Rastrigin's function",
        latex=(
            rf"f(\mathbf{{x}}) = {10 * dim} + \sum_{{i=1}}^{{{dim}}} "
            r"\left(x_i^2 - 10 \cos 2\pi x_i\right)"
        ),
        dim=dim,
        domain=((-5.12, 5.12),) * dim,
        start=_point(*[3.2] + [-2.3] * (dim - 1)),
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(_point(*[0.0] * dim),),
        local_minima=local_minima,
        saddles=saddles,
        params={"dim": dim},
    )


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
    factory = _FACTORIES[one_of("landscape", name, names())]
    known = list(inspect.signature(factory).parameters)
    for param in params:
        if not known:
            raise ValueError(f"the landscape {name!r} has no parameters, got {param!r}")
        one_of(f"parameter of the landscape {name!r}", param, known)
    return factory(**params)


# --- Small tools ---


def _point(*coordinates):
    point = np.array(coordinates, dtype=float)
    point.flags.writeable = False
    return point


def _coordinates(points):
    """Split points of shape (..., 2) into their x and their y, each of shape (...)."""
    return points[..., 0], points[..., 1]


def _vector(x, y):
    """Join two arrays of shape (...) into vectors of shape (..., 2)."""
    return np.stack([x, y], axis=-1)


def _matrix(xx, xy, yy):
    """Join three arrays of shape (...) into symmetric matrices of shape (..., 2, 2)."""
    return np.stack([_vector(xx, xy), _vector(xy, yy)], axis=-2)


def _same_everywhere(matrix, points):
    """Repeat a matrix once for each of the points."""
    return np.broadcast_to(matrix, points.shape[:-1] + matrix.shape).copy()


def _quadratic(curvatures):
    """The three formulas of ½ Σ hᵢ xᵢ², where hᵢ are the curvatures along the axes."""
    return {
        "value_at": lambda points: 0.5 * np.sum(curvatures * points**2, axis=-1),
        "gradient_at": lambda points: curvatures * points,
        "hessian_at": lambda points: _same_everywhere(np.diag(curvatures), points),
    }


def _tex(number):
    """Write a number in LaTeX, with a power of ten where Python would print an exponent."""
    mantissa, _, exponent = f"{number:g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
