"""Exercises of 6.1, Descent in function space: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def one_stage(x, y, F, threshold, lr):
    above, residual = x > threshold, y - F
    return F + lr * np.where(
        above, residual[above].mean(), residual[~above].mean()
    )


def whole_step(x, y, F, threshold, lr):
    return one_stage(x, y, F, threshold, 1.0)


def only_the_step(x, y, F, threshold, lr):
    return one_stage(x, y, F, threshold, lr) - F


def fitted_to_targets(x, y, F, threshold, lr):
    above = x > threshold
    return F + lr * np.where(above, y[above].mean(), y[~above].mean())


def away(x, y, F, threshold, lr):
    return one_stage(x, y, F, threshold, -lr)


def leaf_per_row(x, y, F, threshold, lr):
    return F + lr * (y - F)


def one_mean(x, y, F, threshold, lr):
    return F + lr * np.mean(y - F)


def leaves_swapped(x, y, F, threshold, lr):
    above, residual = x > threshold, y - F
    return F + lr * np.where(
        above, residual[~above].mean(), residual[above].mean()
    )


def logistic_target(y, F):
    return y - 1 / (1 + np.exp(-F))


def uphill(y, F):
    return 1 / (1 + np.exp(-F)) - y


def odds_as_probability(y, F):
    return y - F


def threshold_at_half(y, F):
    return y - (F > 0)


def squared_probability(y, F):
    p = 1 / (1 + np.exp(-F))
    return (y - p) * p * (1 - p)


def newton_step(y, F):
    p = 1 / (1 + np.exp(-F))
    return (y - p) / (p * (1 - p))


def exponent_reversed(y, F):
    return y - 1 / (1 + np.exp(F))


def absolute_leaf(y, F):
    return np.median(y - F)


def mean_of_residuals(y, F):
    return np.mean(y - F)


def mean_of_signs(y, F):
    return np.mean(np.sign(y - F))


def median_of_targets(y, F):
    return np.median(y)


def sign_reversed(y, F):
    return np.median(F - y)


def difference_of_medians(y, F):
    return np.median(y) - np.median(F)


def median_of_sizes(y, F):
    return np.median(abs(y - F))


X = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
Y = np.array([3.0, 1.0, 4.0, 10.0, 7.0])

EXERCISES = [
    Exercise(
        id="6.1.1",
        title="One stage",
        solution=one_stage,
        probes=[
            (X, Y, np.full(5, 5.0), 3.5, 0.5),
            (X, Y, np.array([2.0, 2.0, 6.0, 6.0, 9.0]), 2.5, 0.1),
            (X[::-1].copy(), Y, np.array([0.0, 1.0, 2.0, 0.0, 4.0]), 4.5, 0.3),
        ],
        mistakes=[
            Mistake(
                "rate forgotten",
                whole_step,
                "You added the whole answer of the tree. Only `lr` times it is added: that is shrinkage.",
            ),
            Mistake(
                "only the step",
                only_the_step,
                "That is the step. Return the new predictions: the old `F` plus the step.",
            ),
            Mistake(
                "fitted to the targets",
                fitted_to_targets,
                "Your leaves hold means of `y`. The tree is to correct what is *left*: average `y - F`.",
            ),
            Mistake(
                "away from the targets",
                away,
                "The step goes the wrong way, and the loss rises. The negative gradient is `y - F`, and it is added.",
            ),
            Mistake(
                "one leaf per row",
                leaf_per_row,
                "Each row got its own residual: that is descent on F itself. A leaf gives all its rows one answer, their mean.",
            ),
            Mistake(
                "one mean for all",
                one_mean,
                "Every row got the same correction. The question splits the rows in two; average each side by itself.",
            ),
            Mistake(
                "leaves swapped",
                leaves_swapped,
                "The two answers are swapped: rows above the threshold got the mean of those that are not.",
            ),
        ],
        right="A leaf answers for all its rows, so a row whose prediction was right may be moved away from it.",
        unfinished="Begin with a mask of the rows above the threshold.",
    ),
    Exercise(
        id="6.1.2",
        title="What a classifier's tree is fitted to",
        solution=logistic_target,
        probes=[
            (np.array([0.0, 1.0, 1.0]), np.array([0.5, -1.0, 2.0])),
            (np.array([1.0, 0.0]), np.array([3.0, -2.5])),
        ],
        mistakes=[
            Mistake(
                "gradient, not its negative",
                uphill,
                "That is the gradient itself, p − y. The tree is fitted to its *negative*, since the loss is to fall.",
            ),
            Mistake(
                "log-odds taken for a probability",
                odds_as_probability,
                "`y - F` compares a label with log-odds. Turn `F` into a probability first.",
            ),
            Mistake(
                "decision instead of a probability",
                threshold_at_half,
                "You compared `y` with the predicted class. The derivative keeps the probability as it is, and is never exactly 0.",
            ),
            Mistake(
                "slope of the squared error of p",
                squared_probability,
                "The factor p(1 − p) belongs to the squared error of the probability. The logistic loss has none: differentiate log(1 + eᶠ).",
            ),
            Mistake(
                "newton step",
                newton_step,
                "That is a Newton step for a single row. The tree is fitted to the slope alone; p(1 − p) enters when its leaves get their values.",
            ),
            Mistake(
                "exponent reversed",
                exponent_reversed,
                "That is one minus the probability: the exponent has the wrong sign. p is 1 / (1 + e⁻ᶠ), near 1 where F is large.",
            ),
        ],
        right="The target of a row lies between −1 and 1, however far off its F is.",
        unfinished="Turn `F` into a probability first.",
    ),
    Exercise(
        id="6.1.3",
        title="What a leaf adds",
        solution=absolute_leaf,
        probes=[
            (np.array([5.0, 6.0, 30.0]), np.array([1.0, 4.0, 2.0])),
            (
                np.array([1.0, 8.0, 2.0, 0.0, 4.0]),
                np.array([3.0, 1.0, 6.0, 5.0, 3.5]),
            ),
            (np.array([2.0, 3.0, 9.0, 1.0]), np.array([0.5, 2.0, 1.0, 4.0])),
        ],
        mistakes=[
            Mistake(
                "mean of the residuals",
                mean_of_residuals,
                "The mean is best for the *squared* loss. Which number has the smallest sum of distances?",
            ),
            Mistake(
                "mean of the signs",
                mean_of_signs,
                "That is what the tree was fitted to. It says which way, and not how far; the leaf is re-optimized.",
            ),
            Mistake(
                "median of the targets",
                median_of_targets,
                "That would be the first guess. The leaf adds to `F`, so it is the residuals that count.",
            ),
            Mistake(
                "sign reversed",
                sign_reversed,
                "The sign is reversed: with y above F, something has to be added.",
            ),
            Mistake(
                "difference of medians",
                difference_of_medians,
                "Medians cannot be subtracted like means: take the residual of each row first, then the median.",
            ),
            Mistake(
                "median of the sizes",
                median_of_sizes,
                "You dropped the signs of the residuals: a leaf whose rows are too high has to subtract.",
            ),
        ],
        right="However far off the leaf's worst row is, the median stays where it is.",
        unfinished="The best constant for the absolute loss of some numbers is known from the first guess.",
    ),
    Exercise(
        id="6.1.4",
        title="How many stages?",
        solution=44,
        mistakes=[
            Mistake(
                "rounded down",
                43,
                "After 43 stages a bit more than 1% is left: round up.",
            ),
            Mistake(
                "share of the loss",
                22,
                "After 22 stages less than 1% of the *loss* is left, as it goes with the square. The question is about residuals.",
            ),
            Mistake(
                "linear",
                10,
                "That would be so if each stage took a tenth of the *first* residual. It takes a tenth of what is left.",
            ),
            Mistake(
                "exponents confused",
                459,
                "You solved 0.99ᵐ = 0.01. Each stage leaves 0.9 of the residual.",
            ),
            Mistake(
                "powers of the rate",
                2,
                "After two stages 0.1² would be *taken* if rates multiplied; what multiplies is the share that is left, 0.9.",
            ),
        ],
        right="About 4.6 over the learning rate; that is why a small rate needs many trees.",
    ),
]
