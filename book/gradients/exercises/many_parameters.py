"""Exercises of 1.2, Many parameters: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def gradient_of_f(p):
    x, y = p
    return np.array([2 * x * y, x**2 + 3])


def entries_swapped(p):
    return gradient_of_f(p)[::-1]


def added_up(p):
    return gradient_of_f(p).sum()


def constant_lost(p):
    x, y = p
    return np.array([2 * x * y, x**2])


def y_not_held(p):
    x, y = p
    return np.array([2 * x * y + 3, x**2 + 3])


def y_dropped(p):
    x, y = p
    return np.array([2 * x, x**2 + 3])


def value_of_f(p):
    x, y = p
    return x**2 * y + 3 * y


def slope_along(g, v):
    return g @ v / np.linalg.norm(v)


def not_normalized(g, v):
    return g @ v


def cosine(g, v):
    return g @ v / (np.linalg.norm(g) * np.linalg.norm(v))


def divided_twice(g, v):
    return g @ v / (v @ v)


def elementwise(g, v):
    return g * v / np.linalg.norm(v)


def downhill_slope(g, v):
    return -g @ v / np.linalg.norm(v)


def steepest_descent(g):
    return -g / np.linalg.norm(g)


def steepest_ascent(g):
    return g / np.linalg.norm(g)


def negative_gradient(g):
    return -g


def by_sum(g):
    return -g / np.abs(g).sum()


def signs(g):
    return -np.sign(g)


def by_square(g):
    return -g / (g @ g)


GRADIENTS = [
    np.array([3.0, -4.0]),
    np.array([0.5, 2.0, -1.0]),
    np.array([0.0, 0.2]),
]

EXERCISES = [
    Exercise(
        id="1.2.1",
        title="A gradient by hand",
        solution=gradient_of_f,
        probes=[((1.0, 2.0),), ((-2.0, 0.5),), ((0.0, 3.0),)],
        mistakes=[
            Mistake(
                "entries swapped",
                entries_swapped,
                "The entries are swapped: first the derivative with respect to `x`, then to `y`.",
            ),
            Mistake(
                "added up",
                added_up,
                "You added the partial derivatives up. A gradient keeps them apart: a vector, one entry "
                "for each parameter.",
            ),
            Mistake(
                "3 y lost",
                constant_lost,
                "The second entry lacks the derivative of `3 * y` with respect to `y`.",
            ),
            Mistake(
                "3 y counted twice",
                y_not_held,
                "In the first entry `y` is held still, so `3 * y` is a constant and has no derivative "
                "with respect to `x`.",
            ),
            Mistake(
                "y treated as 1",
                y_dropped,
                "In the first entry `y` is held still, but it doesn't vanish: the derivative of "
                "`x**2 * y` is `2 * x * y`.",
            ),
            Mistake(
                "value",
                value_of_f,
                "That is the value of `f`. Its gradient is asked for.",
            ),
        ],
        right="The entry for `x` depends on `y` and the other way round: each partial derivative is "
        "a function of the whole point.",
        unfinished="Return an array of two numbers.",
    ),
    Exercise(
        id="1.2.2",
        title="The slope in a direction",
        solution=slope_along,
        probes=[
            (np.array([3.0, -4.0]), np.array([2.0, 0.0])),
            (np.array([1.0, 2.0]), np.array([-3.0, 4.0])),
            (np.array([0.5, -1.0, 2.0]), np.array([1.0, 1.0, 1.0])),
        ],
        mistakes=[
            Mistake(
                "not normalized",
                not_normalized,
                "`g @ v` grows with the length of `v`. The slope is per unit of distance: divide by "
                "the length of `v`.",
            ),
            Mistake(
                "cosine",
                cosine,
                "That is the cosine of the angle between them: you also divided by the length of `g`, "
                "and so lost how steep it is.",
            ),
            Mistake(
                "divided by the square",
                divided_twice,
                "You divided by `v @ v`, the *square* of the length.",
            ),
            Mistake(
                "elementwise",
                elementwise,
                "`*` multiplies entry by entry. A slope is one number: use the dot product, `@`.",
            ),
            Mistake(
                "sign",
                downhill_slope,
                "The sign is reversed: uphill directions have a positive slope.",
            ),
        ],
        right="Turning `v` around reverses the sign; making it longer changes nothing.",
    ),
    Exercise(
        id="1.2.3",
        title="Steepest descent",
        solution=steepest_descent,
        probes=[(g,) for g in GRADIENTS],
        mistakes=[
            Mistake(
                "uphill",
                steepest_ascent,
                "That is steepest *ascent*: downhill is the opposite way.",
            ),
            Mistake(
                "not normalized",
                negative_gradient,
                "The direction is right, its length is not: divide by the length of `g`.",
            ),
            Mistake(
                "sum of sizes",
                by_sum,
                "You divided by the sum of the sizes (the 1-norm). Euclidean length is the root of the "
                "sum of squares.",
            ),
            Mistake(
                "signs",
                signs,
                "Those are the signs: steepest when length is measured by the largest coordinate. "
                "Here length is Euclidean.",
            ),
            Mistake(
                "divided by the square",
                by_square,
                "You divided by `g @ g`, the *square* of the length.",
            ),
        ],
        right="Where the gradient is zero there is no steepest direction, and your function divides by "
        "zero: a real program has to ask first.",
    ),
    Exercise(
        id="1.2.4",
        title="A forecast",
        solution=-0.05,
        mistakes=[
            Mistake(
                "sign",
                0.05,
                "The sign: the second term is −4 times 0.02, and it is the larger one.",
            ),
            Mistake(
                "sizes added",
                0.11,
                "You added the sizes. The second slope is negative: it takes away.",
            ),
            Mistake(
                "lengths multiplied",
                round(5 * np.hypot(0.01, 0.02), 6),
                "You multiplied the two lengths. That would be the change if the step went along the "
                "gradient; use the dot product.",
            ),
            Mistake(
                "no dot product",
                [0.03, -0.08],
                "Those are the contributions of the two parameters. The loss is one number: add them.",
            ),
        ],
        right="Two knobs turned up; one raises the loss by 0.03, the other lowers it by 0.08.",
    ),
]
