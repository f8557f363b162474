"""Exercises of 2.3, Batch, stochastic, mini-batch: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def batch_gradient(w, X, y, rows):
    error = X[rows] @ w - y[rows]
    return X[rows].T @ error / len(rows)


def summed(w, X, y, rows):
    return X[rows].T @ (X[rows] @ w - y[rows])


def divided_by_all(w, X, y, rows):
    return X[rows].T @ (X[rows] @ w - y[rows]) / len(y)


def all_rows(w, X, y, rows):
    return X.T @ (X @ w - y) / len(y)


def first_rows(w, X, y, rows):
    size = len(rows)
    return X[:size].T @ (X[:size] @ w - y[:size]) / size


def error_reversed(w, X, y, rows):
    return X[rows].T @ (y[rows] - X[rows] @ w) / len(rows)


def twice(w, X, y, rows):
    return 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)


def one_for_each_row(w, X, y, rows):
    return X[rows] * (X[rows] @ w - y[rows])[:, np.newaxis]


def steps_per_epoch(n, batch_size, drop_last):
    whole, rest = divmod(n, batch_size)
    return whole if drop_last or rest == 0 else whole + 1


def always_down(n, batch_size, drop_last):
    return n // batch_size


def always_up(n, batch_size, drop_last):
    return -(-n // batch_size)


def one_more(n, batch_size, drop_last):
    return n // batch_size if drop_last else n // batch_size + 1


def swapped(n, batch_size, drop_last):
    return -(-n // batch_size) if drop_last else n // batch_size


def a_fraction(n, batch_size, drop_last):
    return n // batch_size if drop_last else n / batch_size


def rounded(n, batch_size, drop_last):
    return n // batch_size if drop_last else round(n / batch_size)


def accumulate(gradients, sizes):
    return np.average(gradients, axis=0, weights=sizes)


def plain_mean(gradients, sizes):
    return np.mean(gradients, axis=0)


def plain_sum(gradients, sizes):
    return np.sum(gradients, axis=0)


def weighted_sum(gradients, sizes):
    return np.sum(
        [g * n for g, n in zip(gradients, sizes, strict=True)], axis=0
    )


def weighted_by_chunks(gradients, sizes):
    return weighted_sum(gradients, sizes) / len(sizes)


def sum_over_examples(gradients, sizes):
    return plain_sum(gradients, sizes) / sum(sizes)


def last_only(gradients, sizes):
    return gradients[-1]


def over_everything(gradients, sizes):
    return np.mean(gradients)


def rate_for(lr, batch_size, new_size, limit):
    return min(lr * new_size / batch_size, limit)


def without_limit(lr, batch_size, new_size, limit):
    return lr * new_size / batch_size


def upside_down(lr, batch_size, new_size, limit):
    return min(lr * batch_size / new_size, limit)


def square_root(lr, batch_size, new_size, limit):
    return min(lr * np.sqrt(new_size / batch_size), limit)


def unchanged(lr, batch_size, new_size, limit):
    return min(lr, limit)


def maximum(lr, batch_size, new_size, limit):
    return max(lr * new_size / batch_size, limit)


def times_new_size(lr, batch_size, new_size, limit):
    return min(lr * new_size, limit)


DATA = (
    np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5], [-2.0, 1.0], [0.5, 0.5]]),
    np.array([1.0, 2.0, -1.0, 0.0, 4.0]),
)
CHUNKS = np.array([[1.0, -2.0, 0.5], [4.0, 0.0, 3.0], [-1.0, 7.0, 2.0]])

EXERCISES = [
    Exercise(
        id="2.3.1",
        title="The gradient of a mini-batch",
        solution=batch_gradient,
        probes=[
            (np.array([0.5, -1.0]), *DATA, np.array([3, 1])),
            (np.array([0.0, 0.0]), *DATA, np.array([4, 0, 2])),
            (np.array([2.0, 1.0]), *DATA, np.array([1, 2, 3, 4])),
        ],
        mistakes=[
            Mistake(
                "sum instead of mean",
                summed,
                "That is the sum over the batch. Take the mean: otherwise a batch twice as large makes "
                "the step twice as long.",
            ),
            Mistake(
                "divided by all",
                divided_by_all,
                "You divided by the number of *all* examples. The mean is over those in the batch, "
                "`len(rows)`.",
            ),
            Mistake(
                "all rows",
                all_rows,
                "That is the gradient on all the data. Take only the rows of the batch, `X[rows]` and "
                "`y[rows]`.",
            ),
            Mistake(
                "first rows",
                first_rows,
                "You took the first rows, as many as the batch has. `rows` says which ones they are: "
                "`X[rows]`.",
            ),
            Mistake(
                "error reversed",
                error_reversed,
                "The sign is reversed: the error is prediction minus target, `X[rows] @ w - y[rows]`.",
            ),
            Mistake(
                "factor 2",
                twice,
                "Twice too large. The loss is *half* the mean squared error, and the half cancels the 2 "
                "of the square.",
            ),
            Mistake(
                "one for each row",
                one_for_each_row,
                "Those are the gradients of the single examples, one per row. Average them over the "
                "batch.",
            ),
        ],
        right="With one row number it is the stochastic gradient, with all of them the batch gradient.",
    ),
    Exercise(
        id="2.3.2",
        title="Steps in an epoch",
        solution=steps_per_epoch,
        probes=[
            (332, 16, False),
            (332, 16, True),
            (100, 25, False),
            (100, 25, True),
            (7, 4, False),
            (5, 4, False),
            (3, 8, False),
            (3, 8, True),
        ],
        mistakes=[
            Mistake(
                "always down",
                always_down,
                "`//` leaves out the smaller last batch, also where `drop_last` is false.",
            ),
            Mistake(
                "always up",
                always_up,
                "You count the smaller last batch always. With `drop_last` it is left out.",
            ),
            Mistake(
                "one more",
                one_more,
                "One too many where the batches come out even: 100 examples in batches of 25 are 4 steps.",
            ),
            Mistake(
                "swapped",
                swapped,
                "The wrong way round: with `drop_last` the smaller last batch is left out, without it "
                "it counts.",
            ),
            Mistake(
                "a fraction",
                a_fraction,
                "There are no fractions of a step: a smaller last batch is a step of its own.",
            ),
            Mistake(
                "rounded",
                rounded,
                "`round` goes to the nearest number. One example left over makes a batch already: "
                "round *up*.",
            ),
        ],
        right="Leaving the rest out loses little, since a new shuffle leaves out others next time; but "
        "if all the data are fewer than a batch, nothing remains.",
    ),
    Exercise(
        id="2.3.3",
        title="Accumulate",
        solution=accumulate,
        probes=[
            (CHUNKS, [20, 20, 2]),
            (CHUNKS[:2], [1, 3]),
            (CHUNKS, [5, 8, 13]),
        ],
        mistakes=[
            Mistake(
                "plain mean",
                plain_mean,
                "You gave every chunk the same say. Each of its examples should have the same: weigh "
                "the chunks by their sizes.",
            ),
            Mistake(
                "sum of chunks",
                plain_sum,
                "Adding up means counts each chunk in full. Weigh each by its share of the examples.",
            ),
            Mistake(
                "never divided",
                weighted_sum,
                "That is the sum over all examples. Divide by their number, `sum(sizes)`.",
            ),
            Mistake(
                "divided by chunks",
                weighted_by_chunks,
                "You divided by the number of chunks. There are `sum(sizes)` examples.",
            ),
            Mistake(
                "sizes forgotten above",
                sum_over_examples,
                "You divided by the number of examples, but a chunk's gradient is already a mean: "
                "multiply it by its size first.",
            ),
            Mistake(
                "last only",
                last_only,
                "That is the last chunk's gradient alone. Add to the total instead of replacing it.",
            ),
            Mistake(
                "mean over everything",
                over_everything,
                "One number came out: `np.mean` averaged over the weights too. Average over the chunks, "
                "the first axis.",
            ),
        ],
        right="Dividing each chunk's loss by the number of chunks, as many training loops do, is right "
        "only if the chunks are of one size.",
    ),
    Exercise(
        id="2.3.4",
        title="Another batch size",
        solution=rate_for,
        probes=[
            (0.01, 16, 32, 1.0),
            (0.1, 64, 4, 1.0),
            (0.1, 16, 256, 0.86),
            (0.05, 8, 24, 0.5),
        ],
        mistakes=[
            Mistake(
                "without limit",
                without_limit,
                "Right in between, but not for large batches: beyond `limit` the descent diverges, "
                "however little noise there is.",
            ),
            Mistake(
                "upside down",
                upside_down,
                "The wrong way round: a larger batch is less noisy, so the rate may *grow*.",
            ),
            Mistake(
                "square root",
                square_root,
                "The square root keeps the noise of a *step* the same, lr / √B. The floor follows lr / B.",
            ),
            Mistake(
                "unchanged",
                unchanged,
                "You kept the rate. Then lr / B changes with the batch, and so does the floor.",
            ),
            Mistake(
                "larger instead of smaller",
                maximum,
                "You took the larger of the two. The limit is not to be exceeded: take the smaller.",
            ),
            Mistake(
                "old size forgotten",
                times_new_size,
                "The rate grows with the *ratio* of the sizes: divide by the old size too.",
            ),
        ],
        right="The limit is why the rule ends somewhere: beyond that batch size the rate can't follow, "
        "and larger batches save no steps.",
    ),
]
