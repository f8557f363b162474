"""Landscapes with one or several wells: a tilted double well, a flat rim, an egg box."""

import math

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.landscapes.landscape import Landscape
from coursekit.landscapes.shapes import coordinates, fixed_point, matrix, tex, vector


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
        fixed_point(2 / math.sqrt(3) * math.cos(third - k * 2 * math.pi / 3), 0.0) for k in range(3)
    )
    if tilt == 0:
        minima, local_minima = (left, right), ()
    elif tilt > 0:
        minima, local_minima = (left,), (right,)
    else:
        minima, local_minima = (right,), (left,)

    def value_at(points):
        x, y = coordinates(points)
        return (x**2 - 1) ** 2 + tilt * x + y**2

    def gradient_at(points):
        x, y = coordinates(points)
        return vector(4 * x * (x**2 - 1) + tilt, 2 * y)

    def hessian_at(points):
        x, y = coordinates(points)
        return matrix(xx=12 * x**2 - 4, xy=0 * y, yy=2 + 0 * y)

    higher_side = -1.0 if tilt < 0 else 1.0
    tilt_term = "" if tilt == 0 else rf"{'-' if tilt < 0 else '+'} {tex(abs(tilt))}\,x "
    return Landscape(
        name="double_well",
        title="Double well",
        latex=rf"f(x, y) = \left(x^2 - 1\right)^2 {tilt_term}+ y^2",
        dim=2,
        domain=((-2.0, 2.0), (-1.5, 1.5)),
        start=fixed_point(1.6 * higher_side, 1.0),  # downhill from here lies the shallower well
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
        x, y = coordinates(points)
        return bell(points)[..., np.newaxis, np.newaxis] * matrix(
            xx=1 - x**2, xy=-x * y, yy=1 - y**2
        )

    return Landscape(
        name="plateau",
        title="Plateau",
        latex=r"f(x, y) = 1 - e^{-(x^2 + y^2)/2}",
        dim=2,
        domain=((-4.0, 4.0), (-4.0, 4.0)),
        start=fixed_point(-3.0, 2.0),
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(fixed_point(0.0, 0.0),),
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
        local_minima = tuple(fixed_point(t) for t in dents if t != 0)
    if dim == 2:
        local_minima = tuple(fixed_point(s, t) for s in dents for t in dents if (s, t) != (0, 0))
        saddles = tuple(fixed_point(s, t) for s in dents for t in bumps)
        saddles += tuple(fixed_point(t, s) for s in dents for t in bumps)
    return Landscape(
        name="rastrigin",
        title="Rastrigin's function",
        latex=(
            rf"f(\mathbf{{x}}) = {10 * dim} + \sum_{{i=1}}^{{{dim}}} "
            r"\left(x_i^2 - 10 \cos 2\pi x_i\right)"
        ),
        dim=dim,
        domain=((-5.12, 5.12),) * dim,
        start=fixed_point(*[3.2] + [-2.3] * (dim - 1)),
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(fixed_point(*[0.0] * dim),),
        local_minima=local_minima,
        saddles=saddles,
        params={"dim": dim},
    )
