"""Exercises of 1.1, Slope: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def cube(x):
    """x³"""
    return x**3


def central_difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def forward_difference(f, x, h):
    return (f(x + h) - f(x)) / h


def divided_by_h(f, x, h):
    return (f(x + h) - f(x - h)) / h


def never_divided(f, x, h):
    return f(x + h) - f(x - h)


def precedence(f, x, h):
    return (f(x + h) - f(x - h)) / 2 * h


def swapped(f, x, h):
    return (f(x - h) - f(x + h)) / (2 * h)


def loss_slope(w, x, y):
    return np.mean(2 * (w * x - y) * x)


def without_inner_derivative(w, x, y):
    return np.mean(2 * (w * x - y))


def without_two(w, x, y):
    return np.mean((w * x - y) * x)


def summed(w, x, y):
    return np.sum(2 * (w * x - y) * x)


def error_reversed(w, x, y):
    return np.mean(2 * (y - w * x) * x)


def not_averaged(w, x, y):
    return 2 * (w * x - y) * x


def the_loss_itself(w, x, y):
    return np.mean((w * x - y) ** 2)


def step(w, slope, lr):
    return w - lr * slope


def uphill(w, slope, lr):
    return w + lr * slope


def only_the_change(w, slope, lr):
    return -lr * slope


def rate_forgotten(w, slope, lr):
    return w - slope


def weight_forgotten(w, slope, lr):
    return lr * slope


def only_the_sign(w, slope, lr):
    return w - lr * np.sign(slope)


def scaled_weight(w, slope, lr):
    return lr * (w - slope)


SPRING = (np.array([1.0, 2.0, 3.0]), np.array([2.1, 3.9, 6.2]))

EXERCISES = [
    Exercise(
        id="1.1.1",
        title="Central difference",
        solution=central_difference,
        probes=[(np.sin, 0.3, 0.1), (cube, 2.0, 0.5), (np.exp, -1.0, 0.01)],
        mistakes=[
            Mistake(
                "forward difference",
                forward_difference,
                "That is the forward difference: it looks only at `x + h`. The central one spans from "
                "`x - h` to `x + h`.",
            ),
            Mistake(
                "divided by h",
                divided_by_h,
                "Twice too large: you divided by `h`, but the two points are `2 * h` apart.",
            ),
            Mistake(
                "never divided",
                never_divided,
                "That is how far `f` rises between the two points. A slope is the rise *divided by* the "
                "distance, `2 * h`.",
            ),
            Mistake(
                "precedence",
                precedence,
                "Python reads `a / 2 * h` as `(a / 2) * h`. Put the denominator in parentheses: "
                "`a / (2 * h)`.",
            ),
            Mistake(
                "swapped",
                swapped,
                "The sign is reversed: subtract the value on the left from the value on the right.",
            ),
        ],
        right="The errors of the two one-sided slopes have opposite signs and nearly cancel; what is "
        "left shrinks with h².",
        unfinished="Two calls of `f` are enough.",
    ),
    Exercise(
        id="1.1.2",
        title="The slope of a loss, by hand",
        solution=loss_slope,
        probes=[
            (0.0, *SPRING),
            (3.0, *SPRING),
            (-1.5, np.array([0.5, -2.0]), np.array([1.0, 4.0])),
        ],
        mistakes=[
            Mistake(
                "inner derivative forgotten",
                without_inner_derivative,
                "The inner derivative is missing: by the chain rule each term is also multiplied by "
                "the derivative of `w * x - y` with respect to `w`, which is `x`.",
            ),
            Mistake(
                "factor 2 forgotten",
                without_two,
                "Half of what it should be: the derivative of a square brings down a factor 2.",
            ),
            Mistake(
                "sum instead of mean",
                summed,
                "You added the terms up; the loss is their *mean*, so its slope is the mean too.",
            ),
            Mistake(
                "error reversed",
                error_reversed,
                "The sign is reversed. The square doesn't care whether the error is `w * x - y` or "
                "`y - w * x`, but its derivative does: keep `w * x - y`.",
            ),
            Mistake(
                "not averaged",
                not_averaged,
                "That is the slope of each sample's own loss, one number per sample. The loss is their "
                "mean: average them.",
            ),
            Mistake(
                "the loss itself",
                the_loss_itself,
                "That is the loss. What is asked for is its derivative with respect to `w`.",
            ),
        ],
        right="The samples with the largest `x` have the most say: a change of `w` moves their "
        "prediction the most.",
    ),
    Exercise(
        id="1.1.3",
        title="One step",
        solution=step,
        probes=[
            (3.0, 9.0, 0.1),
            (0.0, -19.0, 0.05),
            (1.0, 0.0, 0.5),
            (-2.0, 4.0, 0.25),
        ],
        mistakes=[
            Mistake(
                "uphill",
                uphill,
                "That walks uphill: where the slope is positive, the weight has to *decrease*.",
            ),
            Mistake(
                "only the change",
                only_the_change,
                "That is the change of the weight. Return the new weight: the old one plus the change.",
            ),
            Mistake(
                "weight forgotten",
                weight_forgotten,
                "That is only `lr` times the slope. Start from the old weight, and take that away.",
            ),
            Mistake(
                "learning rate forgotten",
                rate_forgotten,
                "The learning rate is missing: the slope is in loss per unit of weight, and `lr` converts it.",
            ),
            Mistake(
                "only the sign",
                only_the_sign,
                "You used only the sign of the slope. That is another method (sign descent); gradient "
                "descent takes its size along.",
            ),
            Mistake(
                "scaled the weight",
                scaled_weight,
                "`lr` multiplies the slope, not the weight: without a slope the weight must stay as it is.",
            ),
        ],
        right="With slope 0 the weight stays where it is: gradient descent stops at any level place.",
    ),
    Exercise(
        id="1.1.4",
        title="The edge",
        solution=0.25,
        mistakes=[
            Mistake(
                "coefficient for curvature",
                0.5,
                "You divided 2 by the coefficient 4. The curvature is the *second derivative* of "
                "4 w², which is 8.",
            ),
            Mistake(
                "one over curvature",
                0.125,
                "At 1 / curvature the step lands exactly on the minimum. It may be longer than that "
                "and still end lower: how much?",
            ),
            Mistake(
                "curvature",
                8,
                "That is the curvature. The edge is 2 divided by it.",
            ),
            Mistake(
                "one over coefficient times two",
                1,
                "With a rate of 1 the step multiplies w by 1 − 8 = −7: the loss grows 49-fold.",
            ),
        ],
        right="At exactly 0.25 the weight jumps from w to −w and the loss neither falls nor rises.",
    ),
]
