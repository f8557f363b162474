"""Exercises of 6.2, Boosting in practice: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def trees_grown(losses, patience):
    record, waited = np.inf, 0
    for count, held_out in enumerate(losses, start=1):
        waited = 0 if held_out < record else waited + 1
        record = min(record, held_out)
        if waited == patience:
            return count
    return len(losses)


def the_best_stage(losses, patience):
    return trees_grown(losses, patience) - patience


def lowest_of_all(losses, patience):
    return int(np.argmin(losses)) + 1


def against_the_last(losses, patience):
    waited = 0
    for m in range(1, len(losses)):
        waited = 0 if losses[m] < losses[m - 1] else waited + 1
        if waited == patience:
            return m + 1
    return len(losses)


def one_too_few(losses, patience):
    stop = trees_grown(losses, patience)
    return stop - 1 if stop < len(losses) else stop


def never_reset(losses, patience):
    record, waited = np.inf, 0
    for count, held_out in enumerate(losses, start=1):
        waited += held_out >= record
        record = min(record, held_out)
        if waited == patience:
            return count
    return len(losses)


def one_too_patient(losses, patience):
    return trees_grown(losses, patience + 1)


def residuals_after(residuals, leaf, lr):
    value = np.bincount(leaf, residuals) / np.bincount(leaf)
    return residuals - lr * value[leaf]


def sums_in_leaves(residuals, leaf, lr):
    return residuals - lr * np.bincount(leaf, residuals)[leaf]


def added(residuals, leaf, lr):
    return 2 * residuals - residuals_after(residuals, leaf, lr)


def rate_forgotten(residuals, leaf, lr):
    return residuals_after(residuals, leaf, 1.0)


def one_mean_for_all(residuals, leaf, lr):
    return residuals - lr * np.mean(residuals)


def only_the_step(residuals, leaf, lr):
    return residuals - residuals_after(residuals, leaf, lr)


def own_residual(residuals, leaf, lr):
    return (1 - lr) * residuals


def leaf_value(y, p, lam):
    return np.sum(y - p) / (np.sum(p * (1 - p)) + lam)


def sign_reversed(y, p, lam):
    return -leaf_value(y, p, lam)


def penalty_forgotten(y, p, lam):
    return leaf_value(y, p, 0.0)


def penalty_for_each_row(y, p, lam):
    return leaf_value(y, p, lam * len(y))


def rows_for_hessian(y, p, lam):
    return np.sum(y - p) / (len(y) + lam)


def squared_slopes(y, p, lam):
    return np.sum(y - p) / (np.sum((y - p) ** 2) + lam)


def ratio_of_each_row(y, p, lam):
    return np.mean((y - p) / (p * (1 - p) + lam))


FALLS_AND_RISES = [5.0, 4.0, 3.0, 3.5, 3.2, 3.1, 3.3, 2.0]
ROWS = np.array([3.0, -1.0, 4.0, 2.0, -6.0])
LEAVES = np.array([0, 0, 1, 1, 1])

EXERCISES = [
    Exercise(
        id="6.2.1",
        title="Patience",
        solution=trees_grown,
        probes=[
            (FALLS_AND_RISES, 2),
            (FALLS_AND_RISES, 3),
            ([5.0, 4.5, 4.6, 4.2, 4.3, 4.0, 4.4, 4.5, 4.6, 3.0], 2),
            ([3.0, 2.0, 1.0], 1),
            ([2.0, 2.0, 2.0, 2.0], 2),
            (FALLS_AND_RISES, 8),
        ],
        mistakes=[
            Mistake(
                "the best stage",
                the_best_stage,
                "That is where the lowest loss was reached. When boosting stops, `patience` more trees "
                "have been grown since.",
            ),
            Mistake(
                "lowest of all",
                lowest_of_all,
                "That looks at all the losses. At the moment of stopping, the later ones are not known.",
            ),
            Mistake(
                "against the last loss",
                against_the_last,
                "You compare each loss with the one before it. What counts is the lowest so far: after "
                "a bad tree, the next is often better than that one without being any progress.",
            ),
            Mistake(
                "never reset",
                never_reset,
                "The trees without progress have to come in a row: start counting again at each new "
                "lowest loss.",
            ),
            Mistake(
                "index for count",
                one_too_few,
                "One too few: after the tree with index m, m + 1 trees have been grown.",
            ),
            Mistake(
                "one too patient",
                one_too_patient,
                "One tree too many: stop as soon as `patience` trees in a row brought no new lowest "
                "loss.",
            ),
        ],
        right="A loss that only equals the lowest is no progress. With `tol` libraries ask for a little "
        "more than that.",
        unfinished="You need two numbers besides the count: the lowest loss so far, and how long ago it "
        "was.",
    ),
    Exercise(
        id="6.2.2",
        title="What one tree leaves",
        solution=residuals_after,
        probes=[
            (ROWS, LEAVES, 1.0),
            (ROWS, LEAVES, 0.1),
            (ROWS, np.array([1, 0, 1, 0, 2]), 0.5),
            (ROWS, LEAVES, 2.0),
        ],
        mistakes=[
            Mistake(
                "sums",
                sums_in_leaves,
                "Your leaves hold the *sums* of their rows' residuals. Divide by the number of rows.",
            ),
            Mistake(
                "added",
                added,
                "The sign is reversed: the tree's value is added to F, so it is *taken away* from "
                "y − F.",
            ),
            Mistake(
                "rate forgotten",
                rate_forgotten,
                "The learning rate is missing: only `lr` times the leaf's value is added.",
            ),
            Mistake(
                "one mean for all",
                one_mean_for_all,
                "You took the mean of all residuals. Each leaf has its own.",
            ),
            Mistake(
                "only the step",
                only_the_step,
                "That is what is added to F. Return what is left of the residuals.",
            ),
            Mistake(
                "own residual",
                own_residual,
                "That would be so if each row had a leaf to itself. Rows in one leaf share its mean.",
            ),
        ],
        right="At lr = 2 the sum of squares is what it was before, and beyond 2 it grows.",
    ),
    Exercise(
        id="6.2.3",
        title="A Newton leaf",
        solution=leaf_value,
        probes=[
            (np.ones(4), np.array([0.5, 0.6, 0.9, 0.8]), 1.0),
            (np.array([0.0, 1.0, 0.0]), np.array([0.5, 0.7, 0.4]), 0.0),
            (np.array([0.0, 0.0, 1.0]), np.array([0.2, 0.1, 0.3]), 2.0),
        ],
        mistakes=[
            Mistake(
                "sign reversed",
                sign_reversed,
                "The sign is reversed: g = p − y, and the value is *minus* G over H + λ.",
            ),
            Mistake(
                "penalty forgotten",
                penalty_forgotten,
                "The penalty is missing: divide by H + `lam`.",
            ),
            Mistake(
                "penalty for each row",
                penalty_for_each_row,
                "You added `lam` once for each row. It stands once for the whole leaf.",
            ),
            Mistake(
                "rows for H",
                rows_for_hessian,
                "You divided by the number of rows: that is H of the *squared* loss. Here h = p(1 − p).",
            ),
            Mistake(
                "squared slopes",
                squared_slopes,
                "H is the sum of second derivatives p(1 − p), not of squared first derivatives.",
            ),
            Mistake(
                "ratio of each row",
                ratio_of_each_row,
                "Sum first, then divide: a ratio for each row would let the rows the model is sure of "
                "speak loudest.",
            ),
        ],
        right="All rows of a leaf take one step together; the surer the model is of them, the smaller H, "
        "and the more λ holds it back.",
    ),
    Exercise(
        id="6.2.4",
        title="How much λ takes",
        solution=4,
        mistakes=[
            Mistake(
                "counted λ as a row",
                5,
                "With n = 5, n/(n + 1) is 5/6. You gave n + 1; the rows are n.",
            ),
            Mistake(
                "the factor",
                0.8,
                "That is the factor itself. Solve n/(n + 1) = 0.8 for n.",
            ),
            Mistake(
                "the share taken",
                0.25,
                "That is λ/H. H = n is the other way round.",
            ),
            Mistake(
                "logistic loss",
                16,
                "That would be right for the logistic loss where p = ½ and so h = ¼. For the squared "
                "loss h = 1.",
            ),
            Mistake(
                "a fifth",
                20,
                "A leaf of 20 rows keeps 20/21, which is 95%.",
            ),
        ],
        right="A leaf of 20 rows keeps 95%, and one of a single row only half.",
    ),
]
