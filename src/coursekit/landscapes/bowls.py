"""Quadratic landscapes: round and stretched bowls, a slanted ravine, a saddle."""

import math

import numpy as np

from coursekit._checks import real_number, whole_number
from coursekit.landscapes.landscape import Landscape
from coursekit.landscapes.shapes import fixed_point, quadratic, same_everywhere, tex


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
        latex = rf"f(x, y) = \tfrac{{1}}{{2}}\left(x^2 + {tex(condition)}\,y^2\right)"
    else:
        latex = (
            rf"f(\mathbf{{x}}) = \tfrac{{1}}{{2}} \sum_{{i=1}}^{{{dim}}} h_i x_i^2, \quad "
            rf"h_i = {tex(condition)}^{{(i-1)/{dim - 1}}}"
        )
    return Landscape(
        name="bowl",
        title="Bowl",
        latex=latex,
        dim=dim,
        domain=((-3.0, 3.0),) * dim,
        start=fixed_point(*[-2.5] + [1.5] * (dim - 1)),
        minima=(fixed_point(*[0.0] * dim),),
        params={"condition": condition, "dim": dim},
        **quadratic(curvatures),
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
        return same_everywhere(matrix, points)

    turn = rf"{tex(angle)}^\circ"
    return Landscape(
        name="ravine",
        title="Ravine",
        latex=(
            rf"f(x, y) = \tfrac{{1}}{{2}}\left(u^2 + {tex(condition)}\,v^2\right), \quad "
            rf"u = x\cos {turn} + y\sin {turn}, \; v = y\cos {turn} - x\sin {turn}"
        ),
        dim=2,
        domain=((-3.0, 3.0), (-3.0, 3.0)),
        start=fixed_point(*(rotation @ [-2.4, 0.6])),  # far along the floor, a little up the wall
        value_at=value_at,
        gradient_at=gradient_at,
        hessian_at=hessian_at,
        minima=(fixed_point(0.0, 0.0),),
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
        start=fixed_point(-1.8, 0.01),  # a hair off the line that leads into the saddle point
        saddles=(fixed_point(0.0, 0.0),),
        **quadratic(np.array([1.0, -1.0])),
    )
