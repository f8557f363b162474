"""Exercises of 3.4, Normalization and residuals: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def batch_norm(z, gamma, beta, mean, var, eps):
    if mean is None:
        mean, var = z.mean(axis=0), z.var(axis=0)
    return gamma * (z - mean) / np.sqrt(var + eps) + beta


def over_the_units(z, gamma, beta, mean, var, eps):
    if mean is None:
        mean, var = z.mean(axis=1, keepdims=True), z.var(axis=1, keepdims=True)
    return gamma * (z - mean) / np.sqrt(var + eps) + beta


def over_everything(z, gamma, beta, mean, var, eps):
    if mean is None:
        mean, var = z.mean(), z.var()
    return gamma * (z - mean) / np.sqrt(var + eps) + beta


def unbiased(z, gamma, beta, mean, var, eps):
    if mean is None:
        mean, var = z.mean(axis=0), z.var(axis=0, ddof=1)
    return gamma * (z - mean) / np.sqrt(var + eps) + beta


def root_forgotten(z, gamma, beta, mean, var, eps):
    if mean is None:
        mean, var = z.mean(axis=0), z.var(axis=0)
    return gamma * (z - mean) / (var + eps) + beta


def eps_outside(z, gamma, beta, mean, var, eps):
    if mean is None:
        mean, var = z.mean(axis=0), z.var(axis=0)
    return gamma * (z - mean) / (np.sqrt(var) + eps) + beta


def eps_forgotten(z, gamma, beta, mean, var, eps):
    if mean is None:
        mean, var = z.mean(axis=0), z.var(axis=0)
    return gamma * (z - mean) / np.sqrt(var) + beta


def always_training(z, gamma, beta, mean, var, eps):
    return gamma * (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + eps) + beta


def not_scaled(z, gamma, beta, mean, var, eps):
    if mean is None:
        mean, var = z.mean(axis=0), z.var(axis=0)
    return (z - mean) / np.sqrt(var + eps)


def standardize(train, test):
    mean, sd = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / sd, (test - mean) / sd


def each_by_itself(train, test):
    return (
        (train - train.mean(axis=0)) / train.std(axis=0),
        (test - test.mean(axis=0)) / test.std(axis=0),
    )


def leak(train, test):
    both = np.vstack([train, test])
    mean, sd = both.mean(axis=0), both.std(axis=0)
    return (train - mean) / sd, (test - mean) / sd


def test_left_alone(train, test):
    return (train - train.mean(axis=0)) / train.std(axis=0), test


def one_number_for_all(train, test):
    mean, sd = train.mean(), train.std()
    return (train - mean) / sd, (test - mean) / sd


def by_variance(train, test):
    mean, var = train.mean(axis=0), train.var(axis=0)
    return (train - mean) / var, (test - mean) / var


def not_centered(train, test):
    sd = train.std(axis=0)
    return train / sd, test / sd


def residual_gradient(J, upstream):
    return upstream + J.T @ upstream


def without_skip(J, upstream):
    return J.T @ upstream


def not_transposed(J, upstream):
    return upstream + J @ upstream


def one_added(J, upstream):
    return 1 + J.T @ upstream


def only_skip(J, upstream):
    return upstream.copy()


def ones_for_identity(J, upstream):
    return (np.ones_like(J) + J).T @ upstream


def branch_scale(depth, growth):
    return np.sqrt(growth ** (2 / depth) - 1)


def mean_square(depth, growth):
    return np.sqrt(growth ** (1 / depth) - 1)


def scale_squared(depth, growth):
    return growth ** (2 / depth) - 1


def added(depth, growth):
    return growth ** (1 / depth) - 1


def divided(depth, growth):
    return np.sqrt(growth**2 / depth)


def linear_in_depth(depth, growth):
    return np.sqrt((growth**2 - 1) / depth)


def one_forgotten(depth, growth):
    return growth ** (1 / depth)


BATCH = np.array(
    [[1.0, -2.0, 0.5], [3.0, 0.0, 0.4], [2.0, 5.0, 0.9], [6.0, 1.0, 0.2]]
)
GAMMA, BETA = np.array([1.0, 2.0, 0.5]), np.array([0.0, -1.0, 3.0])
RUNNING_MEAN, RUNNING_VAR = (
    np.array([2.5, 0.5, 0.4]),
    np.array([4.0, 9.0, 0.25]),
)
TRAIN = np.array([[1.0, 520.0], [-0.5, 410.0], [0.2, 650.0], [-1.4, 480.0]])
TEST = np.array([[2.0, 900.0], [0.1, 500.0]])
JACOBIAN = np.array([[0.5, -1.0], [2.0, 0.25]])

EXERCISES = [
    Exercise(
        id="3.4.1",
        title="Batch normalization, both modes",
        solution=batch_norm,
        probes=[
            (BATCH, GAMMA, BETA, None, None, 1e-5),
            (0.1 * BATCH, np.ones(3), np.zeros(3), None, None, 0.1),
            (BATCH, GAMMA, BETA, RUNNING_MEAN, RUNNING_VAR, 1e-5),
            (BATCH[:1], GAMMA, BETA, RUNNING_MEAN, RUNNING_VAR, 1e-3),
        ],
        mistakes=[
            Mistake(
                "over the units",
                over_the_units,
                "You took mean and variance over the units of each example: that is *layer* "
                "normalization. Batch normalization goes down the column, over the rows: `axis=0`.",
            ),
            Mistake(
                "over everything",
                over_everything,
                "One mean and one variance for all numbers together leaves the units uneven. Each unit "
                "has its own: say over which axis.",
            ),
            Mistake(
                "divided by n − 1",
                unbiased,
                "You divided the variance by n − 1. The batch is standardized with the variance over n, "
                "NumPy's default; only the running average that PyTorch keeps is over n − 1.",
            ),
            Mistake(
                "root forgotten",
                root_forgotten,
                "You divided by the variance. Divide by its square root, the standard deviation.",
            ),
            Mistake(
                "eps outside",
                eps_outside,
                "You added `eps` to the standard deviation. It belongs under the root, with the variance.",
            ),
            Mistake(
                "eps forgotten",
                eps_forgotten,
                "`eps` is missing. A unit that is the same in all rows would be divided by zero.",
            ),
            Mistake(
                "always training",
                always_training,
                "In evaluation, too, you took the batch's own mean and variance. When `mean` and `var` are "
                "given, use them.",
            ),
            Mistake(
                "not scaled",
                not_scaled,
                "The second half is missing: multiply by `gamma`, then add `beta`.",
            ),
        ],
        right="In evaluation a single row is no trouble: nothing is computed from the batch.",
        unfinished="Begin with training: `mean` is None, so take mean and variance of `z` over the rows.",
    ),
    Exercise(
        id="3.4.2",
        title="Standardize without a leak",
        solution=standardize,
        probes=[
            (TRAIN, TEST),
            (TEST, TRAIN),
            (TRAIN**2, 3 + TEST),
        ],
        mistakes=[
            Mistake(
                "each by itself",
                each_by_itself,
                "You standardized the test part by its own numbers. The same raw value now means two "
                "different things in the two parts; and a single test example could not be scaled at all.",
            ),
            Mistake(
                "leak",
                leak,
                "That is the leak: your mean and deviation have seen the test part. Fit them on `train` alone.",
            ),
            Mistake(
                "test left alone",
                test_left_alone,
                "The test part is still on the old scale. Apply the training part's numbers to it as well.",
            ),
            Mistake(
                "one number for all",
                one_number_for_all,
                "One mean for both features: the large one drowns the small one. Take them over the rows, "
                "`axis=0`, one for each feature.",
            ),
            Mistake(
                "by the variance",
                by_variance,
                "You divided by the variance; divide by its root, the standard deviation.",
            ),
            Mistake(
                "not centered",
                not_centered,
                "The means are still there. Subtract them before you divide: they are the worse part of "
                "the uneven curvature.",
            ),
        ],
        right="The test part comes out with a mean that is not quite 0, and that is as it should be.",
        unfinished="Return two arrays: `return scaled_train, scaled_test`.",
    ),
    Exercise(
        id="3.4.3",
        title="Back through a residual block",
        solution=residual_gradient,
        probes=[
            (JACOBIAN, np.array([1.0, 3.0])),
            (np.zeros((2, 2)), np.array([-2.0, 0.5])),
            (
                np.array([[0.0, 1.0, 2.0], [-1.0, 0.5, 0.0], [3.0, 0.0, 1.0]]),
                np.array([1.0, -1.0, 2.0]),
            ),
        ],
        mistakes=[
            Mistake(
                "without the skip",
                without_skip,
                "That is what comes back through the branch. The skip carries `upstream` itself, and the "
                "two add up.",
            ),
            Mistake(
                "not transposed",
                not_transposed,
                "`J @ upstream` sends a change *forward*. On the way back it is the transpose, `J.T`.",
            ),
            Mistake(
                "one added",
                one_added,
                "You added 1 to the gradient. The derivative of the skip is 1, and by the chain rule it is "
                "*multiplied* by `upstream`.",
            ),
            Mistake(
                "only the skip",
                only_skip,
                "That is what comes by way of the skip. The branch sends something back as well.",
            ),
            Mistake(
                "ones for the identity",
                ones_for_identity,
                "A matrix full of ones mixes all the entries. The identity has ones on the diagonal only: "
                "`np.eye`.",
            ),
        ],
        right="With J = 0 the gradient comes through unaltered: a branch that has died cannot stop it.",
        unfinished="Two terms: what comes by the skip, and what comes through F.",
    ),
    Exercise(
        id="3.4.4",
        title="How strong a branch?",
        solution=branch_scale,
        probes=[(30, 2.0), (1, 3.0), (100, 1.5)],
        mistakes=[
            Mistake(
                "mean square",
                mean_square,
                "With that the *mean square* grows by `growth`. Its root is asked for, so the mean square may "
                "grow by `growth**2`.",
            ),
            Mistake(
                "square of the scale",
                scale_squared,
                "That is s². Take the root.",
            ),
            Mistake(
                "added instead of squared",
                added,
                "You took 1 + s for the factor of a block: that is for a branch that points the same way as "
                "the skip. At right angles it is √(1 + s²).",
            ),
            Mistake(
                "the one forgotten",
                one_forgotten,
                "That is the factor of one block, √(1 + s²). Solve it for s.",
            ),
            Mistake(
                "divided by the depth",
                divided,
                "The blocks multiply, so the share of each is a *root* of the whole, not the whole divided by "
                "the depth.",
            ),
            Mistake(
                "linear in the depth",
                linear_in_depth,
                "You took the growth as a sum, 1 + depth · s². The blocks *multiply*: (1 + s²) to the power "
                "`depth`.",
            ),
        ],
        right="For a deep net s is about √(2 ln(growth) / depth): it falls with the root of the depth.",
    ),
]
