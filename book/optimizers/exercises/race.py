"""Exercises of 4.3, A fair race: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def best_rate(rates, losses):
    comparable = np.where(np.isnan(losses), np.inf, losses)
    return rates[np.argmin(np.median(comparable, axis=1))]


def ignoring_diverged(rates, losses):
    return rates[np.argmin(np.nanmedian(losses, axis=1))]


def luckiest(rates, losses):
    return rates[np.argmin(np.nanmin(losses, axis=1))]


def by_mean(rates, losses):
    comparable = np.where(np.isnan(losses), np.inf, losses)
    return rates[np.argmin(np.mean(comparable, axis=1))]


def its_index(rates, losses):
    comparable = np.where(np.isnan(losses), np.inf, losses)
    return np.argmin(np.median(comparable, axis=1))


def over_the_rates(rates, losses):
    comparable = np.where(np.isnan(losses), np.inf, losses)
    return rates[np.argmin(np.median(comparable, axis=0))]


def nan_left_in(rates, losses):
    return rates[np.argmin(np.median(losses, axis=1))]


def share_of_wins(a, b):
    return np.mean(np.asarray(a) < np.asarray(b))


def higher_wins(a, b):
    return np.mean(np.asarray(a) > np.asarray(b))


def number_of_wins(a, b):
    return np.sum(np.asarray(a) < np.asarray(b))


def not_paired(a, b):
    return np.mean(np.sort(a) < np.sort(b))


def all_pairs(a, b):
    return np.mean(np.asarray(a)[:, None] < np.asarray(b)[None, :])


def against_the_median(a, b):
    return np.mean(np.asarray(a) < np.median(b))


def ties_count(a, b):
    return np.mean(np.asarray(a) <= np.asarray(b))


def rate_for_scaled_loss(optimizer, lr, c):
    return lr if optimizer == "adam" else lr / c


def always_divided(optimizer, lr, c):
    return lr / c


def never_changed(optimizer, lr, c):
    return lr


def multiplied(optimizer, lr, c):
    return lr if optimizer == "adam" else lr * c


def by_the_root(optimizer, lr, c):
    return lr / c**0.5 if optimizer == "adam" else lr / c


def momentum_as_adam(optimizer, lr, c):
    return lr / c if optimizer == "sgd" else lr


nan = np.nan
RATES = np.array([0.001, 0.01, 0.1, 1.0])
TABLES = [
    np.array(
        [
            [2.0, 2.1, 2.2, 2.0, 2.1],
            [0.5, 0.6, 0.9, 0.5, 0.7],
            [0.3, 0.2, nan, nan, nan],
            [nan, nan, nan, nan, 0.1],
        ]
    ),
    np.array(
        [
            [0.8, 0.9, 0.9, 0.8, 0.8],
            [0.4, 0.4, 9.0, 0.4, 9.0],
            [0.7, 0.7, 0.6, 0.7, 0.7],
            [0.5, nan, 5.0, 5.0, 5.0],
        ]
    ),
    np.array(
        [
            [0.6, 0.7, 0.8, 0.5, 0.6],
            [0.3, 0.4, 0.3, 0.2, 0.4],
            [0.9, 0.9, 0.9, 0.9, 0.9],
            [0.25, 0.15, nan, 3.0, 4.0],
        ]
    ),
]

EXERCISES = [
    Exercise(
        id="4.3.1",
        title="Choose a rate",
        solution=best_rate,
        probes=[(RATES, table) for table in TABLES],
        mistakes=[
            Mistake(
                "ignoring what diverged",
                ignoring_diverged,
                "Runs that diverged are left out, so that a rate at which most runs blow up is judged by the few that "
                "did not. Count `nan` as infinity before you take the median.",
            ),
            Mistake(
                "the luckiest run",
                luckiest,
                "This takes the rate of the single best run. One lucky seed decides; take the median over the seeds.",
            ),
            Mistake(
                "mean for median",
                by_mean,
                "This is the mean. A single diverged run makes it infinite, however good the other runs are; the "
                "exercise asks for the median.",
            ),
            Mistake(
                "the index",
                its_index,
                "That is the position of the best rate in the list. Return the rate: `rates[…]`.",
            ),
            Mistake(
                "the other axis",
                over_the_rates,
                "The median is taken over the rates, for each seed. Rows are rates, so the seeds are `axis=1`.",
            ),
            Mistake(
                "nan left in",
                nan_left_in,
                "A median with a `nan` in it is `nan`, and `argmin` takes `nan` for the smallest. Replace it by infinity first.",
            ),
        ],
        right="A rate that is best when it does not blow up is no good rate; the median with infinities says so.",
    ),
    Exercise(
        id="4.3.2",
        title="How often does it win?",
        solution=share_of_wins,
        probes=[
            (np.array([0.1, 0.5, 0.3, 0.9]), np.array([0.2, 0.4, 0.6, 0.95])),
            (
                np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
                np.array([2.0, 1.0, 3.0, 6.0, 0.5]),
            ),
            (np.array([0.3, 0.3, 0.2]), np.array([0.3, 0.1, 0.4])),
        ],
        mistakes=[
            Mistake(
                "higher wins",
                higher_wins,
                "This counts the seeds in which `a` has the *higher* loss. Lower is better.",
            ),
            Mistake(
                "a number, not a share",
                number_of_wins,
                "That is how many seeds `a` wins; divide by how many there are.",
            ),
            Mistake(
                "sorted",
                not_paired,
                "Sorting breaks the pairs: entry i of `a` and of `b` began at the same start, and are to be compared "
                "with each other.",
            ),
            Mistake(
                "every a with every b",
                all_pairs,
                "This compares every run of `a` with every run of `b`. They are paired: the same start, the same batches.",
            ),
            Mistake(
                "against the median",
                against_the_median,
                "This compares `a` with the median of `b`. A hard start is hard for both; compare seed by seed.",
            ),
            Mistake(
                "ties", ties_count, "A tie is no win: `a` has to be lower."
            ),
        ],
        right="Paired runs take the luck of the start out of the comparison.",
    ),
    Exercise(
        id="4.3.3",
        title="Other units",
        solution=rate_for_scaled_loss,
        probes=[
            ("sgd", 0.1, 100.0),
            ("momentum", 0.1, 100.0),
            ("adam", 0.001, 100.0),
            ("adam", 0.01, 0.25),
            ("sgd", 0.5, 0.25),
        ],
        mistakes=[
            Mistake(
                "always divided",
                always_divided,
                "For Adam too? It divides by the root of the mean of the squared gradients, in which c cancels by itself.",
            ),
            Mistake(
                "never changed",
                never_changed,
                "That keeps the path for Adam. The steps of SGD are `lr * grad`: with a gradient c times as large they "
                "become c times as long.",
            ),
            Mistake(
                "multiplied",
                multiplied,
                "The gradients have grown by c, and this makes the steps grow by c once more. Which rate makes up for it?",
            ),
            Mistake(
                "the root of c",
                by_the_root,
                "In Adam the mean of the squares grows by c², its root by c, as the gradient above it does. What is left of c?",
            ),
            Mistake(
                "momentum like Adam",
                momentum_as_adam,
                "Momentum adds up gradients, it divides by nothing: its velocity grows by c just like SGD's steps.",
            ),
        ],
        right="SGD's rate carries units, weight² per loss, and has to follow the loss. Adam's is a length in weights.",
    ),
    Exercise(
        id="4.3.4",
        title="The budget",
        solution=81,
        mistakes=[
            Mistake(
                "the rates alone",
                9,
                "That is what gradient descent has had. How many combinations has Adam been tried on?",
            ),
            Mistake(
                "added up",
                15,
                "9 + 3 + 3 would be the number of values. All combinations were tried, and they multiply.",
            ),
            Mistake(
                "one beta",
                27,
                "That is the rates times one of the betas. There are two, with three values each.",
            ),
            Mistake(
                "the extra ones only",
                72,
                "That is how many more settings Adam had. The question is how many gradient descent should be allowed in all.",
            ),
        ],
        right="81: a finer and wider grid of rates, say, or rates with schedules and momentum.",
        unfinished="Count the combinations that Adam was tried on.",
    ),
]
