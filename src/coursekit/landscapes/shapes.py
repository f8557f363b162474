"""Small tools for writing landscapes: points, vectors and matrices for many points at once."""

import numpy as np


def fixed_point(*coordinates):
    """Make a read-only point."""
    point = np.array(coordinates, dtype=float)
    point.flags.writeable = False
    return point


def coordinates(points):
    """Split points of shape (..., 2) into their x and their y, each of shape (...)."""
    return points[..., 0], points[..., 1]


def vector(x, y):
    """Join two arrays of shape (...) into vectors of shape (..., 2)."""
    return np.stack([x, y], axis=-1)


def matrix(xx, xy, yy):
    """Join three arrays of shape (...) into symmetric matrices of shape (..., 2, 2)."""
    return np.stack([vector(xx, xy), vector(xy, yy)], axis=-2)


def same_everywhere(matrix, points):
    """Repeat a matrix once for each of the points."""
    return np.broadcast_to(matrix, points.shape[:-1] + matrix.shape).copy()


def quadratic(curvatures):
    """The three formulas of ½ Σ hᵢ xᵢ², where hᵢ are the curvatures along the axes."""
    return {
        "value_at": lambda points: 0.5 * np.sum(curvatures * points**2, axis=-1),
        "gradient_at": lambda points: curvatures * points,
        "hessian_at": lambda points: same_everywhere(np.diag(curvatures), points),
    }


def tex(number):
    """Write a number in LaTeX, with a power of ten where Python would print an exponent."""
    mantissa, _, exponent = f"{number:g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
