"""Exercises of 3.2, Zero and saturated: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def leaky_relu(z, a):
    return np.where(z > 0, z, a * z), np.where(z > 0, 1.0, a)


def value_only(z, a):
    return np.where(z > 0, z, a * z)


def plain_relu(z, a):
    return np.maximum(z, 0), np.where(z > 0, 1.0, 0.0)


def slope_one_everywhere(z, a):
    return np.where(z > 0, z, a * z), np.ones_like(z)


def slope_times_z(z, a):
    return np.where(z > 0, z, a * z), np.where(z > 0, 1.0, a * z)


def sides_swapped(z, a):
    return np.where(z < 0, z, a * z), np.where(z < 0, 1.0, a)


def right_side_at_zero(z, a):
    return np.where(z > 0, z, a * z), np.where(z >= 0, 1.0, a)


def dead_share(z):
    return float((z <= 0).all(axis=0).mean())


def share_of_zeros(z):
    return float((z <= 0).mean())


def zero_on_any(z):
    return float((z <= 0).any(axis=0).mean())


def wrong_axis(z):
    return float((z <= 0).all(axis=1).mean())


def a_number(z):
    return int((z <= 0).all(axis=0).sum())


def the_living(z):
    return float((z > 0).any(axis=0).mean())


def negative_on_average(z):
    return float((z.mean(axis=0) <= 0).mean())


def flags_only(z):
    return (z <= 0).all(axis=0)


def probability(z):
    return 1 / (1 + np.exp(-z))


def logit_gradient(z, y):
    return (probability(z) - y) / np.size(z)


def not_averaged(z, y):
    return probability(z) - y


def slope_left_in(z, y):
    p = probability(z)
    return (p - y) * p * (1 - p) / np.size(z)


def squared_error(z, y):
    p = probability(z)
    return 2 * (p - y) * p * (1 - p) / np.size(z)


def by_probability(z, y):
    p = probability(z)
    return (p - y) / (p * (1 - p)) / np.size(z)


def sign_reversed(z, y):
    return (y - probability(z)) / np.size(z)


def logit_as_probability(z, y):
    return (z - y) / np.size(z)


def added_up(z, y):
    return float(np.mean(probability(z) - y))


EXERCISES = [
    Exercise(
        id="3.2.1",
        title="Leaky ReLU and its slope",
        solution=leaky_relu,
        probes=[
            (np.array([-3.0, -0.5, 0.0, 0.5, 3.0]), 0.1),
            (np.array([[-2.0, 4.0], [0.0, -1.0]]), 0.3),
            (np.array([-1.0, 0.0, 2.0]), 0.0),
        ],
        mistakes=[
            Mistake(
                "value only",
                value_only,
                "That is the value alone. Return the slope as well: `return value, slope`.",
            ),
            Mistake(
                "plain ReLU",
                plain_relu,
                "That is ReLU: on the negative side `a` is missing, in the value and in the slope.",
            ),
            Mistake(
                "slope 1 everywhere",
                slope_one_everywhere,
                "The values are right. The slope is 1 on the positive side only: how fast does `a * z` "
                "change with `z`?",
            ),
            Mistake(
                "slope multiplied by z",
                slope_times_z,
                "On the negative side you gave the value `a * z` as the slope. Its derivative with "
                "respect to `z` is a constant.",
            ),
            Mistake(
                "sides swapped",
                sides_swapped,
                "The sides are swapped: positive numbers pass unchanged, negative ones are scaled by `a`.",
            ),
            Mistake(
                "right side at zero",
                right_side_at_zero,
                "All is right but the corner: at `z = 0` the slope is to be that of the left side, as in "
                "PyTorch. Which comparison includes 0?",
            ),
        ],
        right="With a = 0 it is ReLU. With a between 0 and 1 the slope is never below a, so a unit always learns, "
        "however slowly.",
        unfinished="Begin with the value; `np.where` does it in one line.",
    ),
    Exercise(
        id="3.2.2",
        title="Count the dead",
        solution=dead_share,
        probes=[
            (
                np.array(
                    [
                        [-1.0, 2.0, -3.0, -0.5],
                        [-2.0, -1.0, -4.0, 1.0],
                        [-0.1, -3.0, -2.0, -5.0],
                    ]
                ),
            ),
            (np.array([[1.0, -2.0, 3.0], [-4.0, -5.0, -6.0]]),),
            (np.array([[1.0, 2.0], [-3.0, 4.0], [5.0, -6.0], [1.0, 1.0]]),),
            (np.array([[0.0, -1.0, 5.0], [0.0, -2.0, -9.0]]),),
        ],
        mistakes=[
            Mistake(
                "share of zeros",
                share_of_zeros,
                "That is the share of all outputs that are zero, about one half in a healthy net. A unit "
                "is dead only if it is zero on *every* example.",
            ),
            Mistake(
                "zero on any example",
                zero_on_any,
                "You counted units that are zero on *some* example. Such a unit still learns from the "
                "others: ask for *all*.",
            ),
            Mistake(
                "wrong axis",
                wrong_axis,
                "You looked along the wrong axis: that is the share of *examples* on which all units are "
                "zero. The examples lie along axis 0.",
            ),
            Mistake(
                "number instead of share",
                a_number,
                "That is how many are dead. Divide by the number of units.",
            ),
            Mistake(
                "the living",
                the_living,
                "Those are the units that live. The dead are the others.",
            ),
            Mistake(
                "negative on average",
                negative_on_average,
                "You asked whether the *mean* of z is negative. A unit with a negative mean lives if a "
                "single example is positive.",
            ),
            Mistake(
                "flags only",
                flags_only,
                "That says of each unit whether it is dead. What is asked for is their share: one number.",
            ),
        ],
        right="One example on which the unit is positive is enough to keep it learning. So count over the "
        "whole training set: on a small batch, a rare unit looks dead.",
        unfinished="`z <= 0` is an array of yes and no.",
    ),
    Exercise(
        id="3.2.3",
        title="The gradient at the logits",
        solution=logit_gradient,
        probes=[
            (np.array([-10.0, 0.0, 2.0]), np.array([1.0, 0.0, 1.0])),
            (np.array([0.5, -1.5]), np.array([0.0, 1.0])),
            (np.array([3.0, -3.0, 1.0, 0.2]), np.array([0.0, 0.0, 1.0, 1.0])),
        ],
        mistakes=[
            Mistake(
                "not averaged",
                not_averaged,
                "That is right for the *sum* of the losses. The loss is their mean: divide by the number of "
                "examples.",
            ),
            Mistake(
                "slope left in",
                slope_left_in,
                "The factor `p * (1 - p)` is too much: it cancels against the derivative of the logarithm. "
                "With it, a saturated wrong answer would hardly learn.",
            ),
            Mistake(
                "squared error",
                squared_error,
                "That is the gradient of the mean *squared error*. With cross-entropy the sigmoid's slope "
                "cancels.",
            ),
            Mistake(
                "by the probability",
                by_probability,
                "That is the gradient with respect to the probability p. Multiply it by the sigmoid's slope "
                "to get to the logit.",
            ),
            Mistake(
                "sign reversed",
                sign_reversed,
                "The sign is reversed: where the target is 1 the loss falls as the logit grows, so its "
                "gradient is negative.",
            ),
            Mistake(
                "logit for probability",
                logit_as_probability,
                "You subtracted the target from the logit. Put the logit through the sigmoid first.",
            ),
            Mistake(
                "added up",
                added_up,
                "That is a single number. Each logit has a gradient of its own: return an array of the "
                "shape of `z`.",
            ),
        ],
        right="For the first logit, −10 with target 1, the gradient is as large as it can be. Squared error "
        "would have given about a ten-thousandth of it.",
    ),
    Exercise(
        id="3.2.4",
        title="Which can still learn?",
        solution=[1, 2, 4],
        mistakes=[
            Mistake(
                "a single positive example forgotten",
                [2, 4],
                "Unit 1 is negative on two examples and positive on the third, and it learns from that one.",
            ),
            Mistake(
                "rounding forgotten",
                [1, 2, 3, 4],
                "On paper the sigmoid's slope at 40 is above zero. But in float64 p is exactly 1 there, and "
                "`p * (1 - p)` exactly 0.",
            ),
            Mistake(
                "only what is positive",
                [1],
                "Leaky ReLU and ELU have a slope on the negative side, too. Small is not zero.",
            ),
            Mistake(
                "ELU taken for ReLU",
                [1, 2],
                "ELU's slope on the negative side is eᶻ: at −2 it is 0.14.",
            ),
            Mistake(
                "Leaky ReLU taken for ReLU",
                [1, 4],
                "Leaky ReLU's slope on the negative side is 0.01, however negative z is.",
            ),
            Mistake(
                "all",
                [0, 1, 2, 3, 4],
                "Unit 0 is negative on every example: its slope is zero on each of them. And unit 3 has "
                "rounded to 1.",
            ),
            Mistake(
                "the others",
                [0, 3],
                "Those are the ones that get exactly zero. Name the others.",
            ),
        ],
        right="One positive example, a leak, or a fading slope is enough; how fast they learn is another "
        "question.",
    ),
]
