"""Exercises of 1.3, Local impact is not importance: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def silence(units, k):
    silenced = units.copy()
    silenced[:, k] = units[:, k].mean()
    return silenced


def row_for_column(units, k):
    silenced = units.copy()
    silenced[k] = units[k].mean()
    return silenced


def zeroed(units, k):
    silenced = units.copy()
    silenced[:, k] = 0
    return silenced


def mean_of_everything(units, k):
    silenced = units.copy()
    silenced[:, k] = units.mean()
    return silenced


def mean_per_sample(units, k):
    silenced = units.copy()
    silenced[:, k] = units.mean(axis=1)
    return silenced


def removed(units, k):
    return np.delete(units, k, axis=1)


def only_the_unit(units, k):
    return np.full_like(units[:, k], units[:, k].mean())


def integrated_gradient(df, x, steps):
    midpoints = (np.arange(steps) + 0.5) / steps * x
    return np.mean(df(midpoints)) * x


def slope_at_the_end(df, x, steps):
    return df(x) * x


def average_only(df, x, steps):
    return np.mean(df((np.arange(steps) + 0.5) / steps * x))


def sum_for_average(df, x, steps):
    return np.sum(df((np.arange(steps) + 0.5) / steps * x)) * x


def left_ends(df, x, steps):
    return np.mean(df(np.arange(steps) / steps * x)) * x


def way_not_scaled(df, x, steps):
    return np.mean(df((np.arange(steps) + 0.5) / steps)) * x


UNITS = np.array(
    [[0.1, 0.9, -0.4], [0.5, -0.7, 0.2], [0.3, 0.4, 0.8], [-0.6, 0.2, 0.6]]
)


def slope_of_tanh(x):
    """The derivative of tanh"""
    return 1 - np.tanh(x) ** 2


EXERCISES = [
    Exercise(
        id="1.3.1",
        title="A rescaled layer",
        solution=[1.5, 8.0],
        mistakes=[
            Mistake(
                "the wrong way round",
                [24.0, 0.5],
                "The wrong way round: weights that are four times as large need four times as large a "
                "change for the same effect, so the slope per unit of weight *shrinks*.",
            ),
            Mistake(
                "unchanged",
                [6.0, 2.0],
                "The loss is unchanged, but its slope is per unit of weight, and the weights were rescaled.",
            ),
            Mistake(
                "squared",
                [0.375, 32.0],
                "You applied the factor twice: each gradient changes by 4, not by 16.",
            ),
            Mistake(
                "only the first",
                [1.5, 2.0],
                "The first is right. The second layer's weights were divided by 4: what does that do to "
                "the slope per unit of weight?",
            ),
            Mistake(
                "both the same way",
                [1.5, 0.5],
                "The first is right. The second layer's weights became *smaller*, so its gradient grows.",
            ),
        ],
        right="Their ratio went from 3 : 1 to 3 : 16 with the same function. So much for "
        '"the first layer matters more".',
    ),
    Exercise(
        id="1.3.2",
        title="Silence a unit",
        solution=silence,
        probes=[(UNITS, 0), (UNITS, 1), (UNITS, 2)],
        mistakes=[
            Mistake(
                "row for column",
                row_for_column,
                "You silenced a *sample*: `units[k]` is a row. The unit is a column, `units[:, k]`.",
            ),
            Mistake(
                "zero",
                zeroed,
                "You set the unit to 0. That also shifts whatever comes after it; its own mean changes "
                "as little as possible besides the information.",
            ),
            Mistake(
                "mean of everything",
                mean_of_everything,
                "You used the mean over all units. Each unit has its own mean: that of its column.",
            ),
            Mistake(
                "mean per sample",
                mean_per_sample,
                "That is the mean over the units of each sample, so the unit still varies from sample "
                "to sample. Average over the samples.",
            ),
            Mistake(
                "removed",
                removed,
                "You removed the column. The next layer still expects that unit: keep the shape, and fill "
                "in the mean.",
            ),
            Mistake(
                "only the unit",
                only_the_unit,
                "That is the silenced unit alone. Return all units, with this one replaced.",
            ),
        ],
        right="And the array that you were given is as it was.",
    ),
    Exercise(
        id="1.3.3",
        title="Integrated gradients",
        solution=integrated_gradient,
        probes=[
            (slope_of_tanh, 3.0, 100),
            (np.cos, -2.0, 50),
            (slope_of_tanh, 0.5, 10),
        ],
        mistakes=[
            Mistake(
                "slope at the end",
                slope_at_the_end,
                "That is the slope at the end, times x. Average the slopes along the way: "
                "at the end the function may be saturated.",
            ),
            Mistake(
                "x forgotten",
                average_only,
                "That is the average slope. Multiply it by `x`, the change of the input.",
            ),
            Mistake(
                "sum for average",
                sum_for_average,
                "You added the slopes up, so the result grows with `steps`. Take their mean.",
            ),
            Mistake(
                "left ends",
                left_ends,
                "You took the left end of each piece. The midpoints are half a piece further on.",
            ),
            Mistake(
                "x not scaled",
                way_not_scaled,
                "Your points lie between 0 and 1. They should lie between 0 and `x`: multiply them by `x`.",
            ),
        ],
        right="For the derivative of tanh it returns tanh(x), the whole change of the function, also where its slope has "
        "vanished.",
    ),
]
