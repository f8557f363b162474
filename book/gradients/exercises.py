"""The exercises of part 1: solutions, probes, and the wrong answers that come up again and again."""

import numpy as np

from coursekit.exercises import Exercise, Mistake

# --- 1.1 Slope -----------------------------------------------------------------------------------


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

SLOPE = [
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

# --- 1.2 Many parameters -------------------------------------------------------------------------


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

MANY_PARAMETERS = [
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

# --- 1.3 Local impact is not importance ----------------------------------------------------------


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


IMPORTANCE = [
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

EXERCISES = SLOPE + MANY_PARAMETERS + IMPORTANCE
