"""Exercises of 9.1, More than one batch holds: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def rows_that_fit(budget, parameters, per_row):
    return max(0, (budget - 16 * parameters) // per_row)


def weights_only(budget, parameters, per_row):
    return max(0, (budget - 4 * parameters) // per_row)


def without_adam(budget, parameters, per_row):
    return max(0, (budget - 8 * parameters) // per_row)


def one_average(budget, parameters, per_row):
    return max(0, (budget - 12 * parameters) // per_row)


def numbers_for_bytes(budget, parameters, per_row):
    return max(0, (budget - 4 * parameters) // (4 * per_row))


def rounded_up(budget, parameters, per_row):
    return max(0, -(-(budget - 16 * parameters) // per_row))


def negative_rows(budget, parameters, per_row):
    return (budget - 16 * parameters) // per_row


def not_whole(budget, parameters, per_row):
    return max(0, (budget - 16 * parameters) / per_row)


def factors(words):
    return np.array(words) / sum(words)


def equal_shares(words):
    return np.ones(len(words)) / len(words)


def undivided(words):
    return np.ones(len(words))


def not_normalized(words):
    return np.array(words, dtype=float)


def divided_again(words):
    return np.array(words) / sum(words) / len(words)


def of_the_mean(words):
    return np.array(words) / np.mean(words)


def inverse(words):
    return 1 / np.array(words)


def one_of_all(words):
    return np.ones(len(words)) / sum(words)


def next_scale(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0
    if good + 1 >= patience:
        return scale * 2, 0
    return scale, good + 1


def doubled_on_overflow(scale, good, finite, patience):
    if not finite:
        return scale * 2, 0
    if good + 1 == patience:
        return scale / 2, 0
    return scale, good + 1


def count_goes_on(scale, good, finite, patience):
    if not finite:
        return scale / 2, good
    if good + 1 == patience:
        return scale * 2, 0
    return scale, good + 1


def overflow_counted(scale, good, finite, patience):
    if not finite:
        return scale / 2, good + 1
    if good + 1 == patience:
        return scale * 2, 0
    return scale, good + 1


def count_kept_after_doubling(scale, good, finite, patience):
    if not finite:
        return scale / 2, 0
    if good + 1 == patience:
        return scale * 2, good + 1
    return scale, good + 1


def never_up(scale, good, finite, patience):
    return (scale, good + 1) if finite else (scale / 2, 0)


def always_up(scale, good, finite, patience):
    return (scale * 2, 0) if finite else (scale / 2, 0)


def room(sizes, starts):
    ends = [*starts[1:], len(sizes)]
    inside = [sum(sizes[b + 1 : e]) for b, e in zip(starts, ends, strict=True)]
    return sum(sizes[b] for b in starts) + max(inside)


def everything(sizes, starts):
    return sum(sizes)


def entry_twice(sizes, starts):
    ends = [*starts[1:], len(sizes)]
    whole = [sum(sizes[b:e]) for b, e in zip(starts, ends, strict=True)]
    return sum(sizes[b] for b in starts) + max(whole)


def kept_forgotten(sizes, starts):
    ends = [*starts[1:], len(sizes)]
    return max(sum(sizes[b:e]) for b, e in zip(starts, ends, strict=True))


def kept_only(sizes, starts):
    return sum(sizes[b] for b in starts)


def longest(sizes, starts):
    ends = [*starts[1:], len(sizes)]
    b, e = max(
        zip(starts, ends, strict=True), key=lambda pair: pair[1] - pair[0]
    )
    return sum(sizes[b] for b in starts) + sum(sizes[b + 1 : e])


def last_forgotten(sizes, starts):
    inside = [
        sum(sizes[b + 1 : e]) for b, e in zip(starts, starts[1:], strict=False)
    ]
    return sum(sizes[b] for b in starts) + max(inside, default=0)


def counted_layers(sizes, starts):
    ends = [*starts[1:], len(sizes)]
    return len(starts) + max(
        e - b - 1 for b, e in zip(starts, ends, strict=True)
    )


EXERCISES = [
    Exercise(
        id="9.1.1",
        title="Rows that fit",
        solution=rows_that_fit,
        probes=[
            (1_000_000, 33_930, 2_400),
            (100_000, 5_000, 300),
            (20_000, 1_000, 1_000),
            (50_000, 4_000, 100),
        ],
        mistakes=[
            Mistake(
                "weights only",
                weights_only,
                "You left room for the weights alone. There is a gradient for each, and Adam keeps "
                "two averages.",
            ),
            Mistake(
                "without Adam",
                without_adam,
                "Weights and gradients are there, and Adam's two averages for each weight are "
                "missing: 16 bytes for each parameter, not 8.",
            ),
            Mistake(
                "three numbers",
                one_average,
                "That is three numbers for each parameter. There are four: the weight, its gradient, "
                "and *two* averages.",
            ),
            Mistake(
                "numbers for bytes",
                numbers_for_bytes,
                "`per_row` is in bytes already. It is the parameters that have to be turned into "
                "bytes: four numbers each, of 4 bytes.",
            ),
            Mistake(
                "rounded up",
                rounded_up,
                "One row too many: the last one fits only in part. Round down.",
            ),
            Mistake(
                "negative",
                negative_rows,
                "Right while there is room. Where the parameters alone are over the budget, return 0.",
            ),
            Mistake(
                "not whole",
                not_whole,
                "A part of a row cannot be taken: divide with `//`.",
            ),
        ],
        right="If it says 0, no piece is small enough: then the parameters have to be shared out.",
    ),
    Exercise(
        id="9.1.2",
        title="A factor for each piece",
        solution=factors,
        probes=[
            ([100, 100, 56],),
            ([3, 1],),
            ([7, 20, 5, 8],),
            ([50, 50],),
        ],
        mistakes=[
            Mistake(
                "equal shares",
                equal_shares,
                "That divides by the number of pieces, which is right for pieces of equal length "
                "only. A word in a short piece would count more.",
            ),
            Mistake(
                "undivided",
                undivided,
                "Then the gradients of several means are added up, and the step is about as many "
                "times too long as there are pieces.",
            ),
            Mistake(
                "not normalized",
                not_normalized,
                "The proportions are right, but this gives the gradient of the *sum* over all words. "
                "Divide by the number of all words.",
            ),
            Mistake(
                "divided again",
                divided_again,
                "Divided once too often: the shares of all words add up to 1 already.",
            ),
            Mistake(
                "share of the mean",
                of_the_mean,
                "Divide by all words, not by the mean length of a piece: the factors must add up to 1.",
            ),
            Mistake(
                "inverse",
                inverse,
                "The loss of a piece has been divided by its words already. A long piece should "
                "count *more*.",
            ),
            Mistake(
                "one of all",
                one_of_all,
                "Dividing by the number of all words would be right for *sums* over the pieces. Yours "
                "are means: multiply by the piece's words first.",
            ),
        ],
        right="To know the sum, all pieces have to be counted before the first backward pass.",
    ),
    Exercise(
        id="9.1.3",
        title="The next scale",
        solution=next_scale,
        probes=[
            (1024.0, 5, False, 10),
            (1024.0, 9, True, 10),
            (1024.0, 3, True, 10),
            (64.0, 10, True, 20),
            (8.0, 9, False, 10),
        ],
        mistakes=[
            Mistake(
                "the wrong way",
                doubled_on_overflow,
                "The wrong way round: infinite gradients were *too large*, so the scale has to come "
                "down.",
            ),
            Mistake(
                "count goes on",
                count_goes_on,
                "After an overflow the row of good steps is broken: the count begins again at 0.",
            ),
            Mistake(
                "overflow counted",
                overflow_counted,
                "You counted the skipped step as a good one. The count begins again at 0.",
            ),
            Mistake(
                "count kept after doubling",
                count_kept_after_doubling,
                "After the scale is doubled the count begins again at 0.",
            ),
            Mistake(
                "not doubled",
                never_up,
                "The scale has not doubled after `patience` good steps in a row. This step is a good "
                "one as well: with it there are `good + 1`.",
            ),
            Mistake(
                "always up",
                always_up,
                "You double after every good step, so that soon every other step is skipped. Wait for "
                "`patience` good ones in a row.",
            ),
        ],
        right="Halve at once, double with patience: a skipped step costs a whole pass.",
    ),
    Exercise(
        id="9.1.4",
        title="Where to cut",
        solution=room,
        probes=[
            ([8, 4, 4, 2, 2, 1, 1, 1], [0, 3, 5]),
            ([1, 2, 3, 4, 5, 6], [0, 2]),
            ([5, 1, 9, 2, 2, 2, 2], [0, 3]),
            ([3, 3, 3, 3], [0]),
        ],
        mistakes=[
            Mistake(
                "everything",
                everything,
                "That is what is held *without* recomputing. Of the insides, only one is there at "
                "a time.",
            ),
            Mistake(
                "entry counted twice",
                entry_twice,
                "What enters a segment is counted among what is kept already. Its inside begins one "
                "layer later.",
            ),
            Mistake(
                "what is kept forgotten",
                kept_forgotten,
                "That is the largest segment. What enters all the *other* segments is in memory, too.",
            ),
            Mistake(
                "kept only",
                kept_only,
                "That is only what is kept throughout. While a segment is undone, its inside has to "
                "be there as well.",
            ),
            Mistake(
                "longest segment",
                longest,
                "You took the segment with the most *layers*. Another may have more bytes.",
            ),
            Mistake(
                "last segment forgotten",
                last_forgotten,
                "The last segment is missing: it ends where the layers end.",
            ),
            Mistake(
                "layers counted",
                counted_layers,
                "You counted layers. They differ in size: add up their bytes.",
            ),
        ],
        right="So it pays to cut where little passes from one layer to the next.",
    ),
]
