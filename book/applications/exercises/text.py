"""Exercises of 8.3, Text: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def given_to(p, letters):
    return p[np.arange(len(letters)), letters]


def nats(p, letters):
    return -np.mean(np.log(given_to(p, letters)))


def log_likelihood(p, letters):
    return np.mean(np.log(given_to(p, letters)))


def in_bits(p, letters):
    return -np.mean(np.log2(given_to(p, letters)))


def summed(p, letters):
    return -np.sum(np.log(given_to(p, letters)))


def log_of_mean(p, letters):
    return -np.log(np.mean(given_to(p, letters)))


def entropy(p, letters):
    return -np.mean(np.sum(p * np.log(p), axis=1))


def whole_columns(p, letters):
    return -np.mean(np.log(p[:, letters]))


def softmax(w):
    raised = np.exp(w - w.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def errors(w, a, b):
    difference = softmax(w[a])
    difference[np.arange(len(b)), b] -= 1
    return difference


def bigram_gradient(w, a, b):
    grad = np.zeros(w.shape)
    np.add.at(grad, a, errors(w, a, b) / len(b))
    return grad


def written_once(w, a, b):
    grad = np.zeros(w.shape)
    grad[a] += errors(w, a, b) / len(b)
    return grad


def one_hot_once(w, a, b):
    pairs = np.zeros(w.shape)
    pairs[a, b] += 1
    visits = np.bincount(a, minlength=len(w))[:, None]
    return (visits * softmax(w) - pairs) / len(b)


def not_averaged(w, a, b):
    return bigram_gradient(w, a, b) * len(b)


def averaged_by_row(w, a, b):
    visits = np.bincount(a, minlength=len(w))[:, None]
    return bigram_gradient(w, a, b) * len(b) / np.maximum(visits, 1)


def observed_less_expected(w, a, b):
    return -bigram_gradient(w, a, b)


def roles_swapped(w, a, b):
    return bigram_gradient(w, b, a)


def one_for_each_place(w, a, b):
    return errors(w, a, b) / len(b)


def add_alpha(counts, alpha):
    raised = counts + alpha
    return raised / raised.sum(axis=1, keepdims=True)


def divided_by_counts(counts, alpha):
    return (counts + alpha) / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def alpha_once_below(counts, alpha):
    return (counts + alpha) / (counts.sum(axis=1, keepdims=True) + alpha)


def over_all(counts, alpha):
    return (counts + alpha) / (counts + alpha).sum()


def over_columns(counts, alpha):
    return (counts + alpha) / (counts + alpha).sum(axis=0, keepdims=True)


def added_afterwards(counts, alpha):
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) + alpha


def where_empty(counts, alpha):
    raised = np.where(counts == 0, alpha, counts)
    return raised / raised.sum(axis=1, keepdims=True)


def perplexity_of(bits):
    return 2.0**bits


def as_if_nats(bits):
    return np.exp(bits)


def converted_wrongly(bits):
    return np.exp(bits / np.log(2))


def only_nats(bits):
    return bits * np.log(2)


def inverse(bits):
    return 2.0**-bits


def logarithm(bits):
    return np.log2(bits)


UNSURE = np.array(
    [[0.5, 0.25, 0.25], [0.1, 0.7, 0.2], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]]
)
SURE = np.array([[0.9, 0.1], [0.2, 0.8], [0.99, 0.01]])
WEIGHTS = np.array([[0.0, 1.0, -1.0], [0.5, 0.0, 2.0], [1.0, 1.0, 0.0]])

EXERCISES = [
    Exercise(
        id="8.3.1",
        title="Cross-entropy in nats",
        solution=nats,
        probes=[
            (UNSURE, np.array([0, 1, 2, 1])),
            (UNSURE, np.array([2, 0, 1, 2])),
            (SURE, np.array([0, 1, 1])),
        ],
        mistakes=[
            Mistake(
                "sign forgotten",
                log_likelihood,
                "The sign is missing: the logarithm of a probability is negative, and a loss should be "
                "small where the probability is large.",
            ),
            Mistake(
                "bits",
                in_bits,
                "That is in bits, with the logarithm to base 2. Nats take the natural one, `np.log`.",
            ),
            Mistake(
                "sum instead of mean",
                summed,
                "You added the places up. The sum grows with the length of the text; take the mean.",
            ),
            Mistake(
                "logarithm of the mean",
                log_of_mean,
                "First the logarithm, then the mean. The mean of the probabilities hides a single very "
                "small one, and the loss must not.",
            ),
            Mistake(
                "entropy of the model",
                entropy,
                "That is how unsure the model *believes* it is, whatever came. Use the letters that came.",
            ),
            Mistake(
                "every letter from every row",
                whole_columns,
                "`p[:, letters]` takes all letters from each row. One from each: "
                "`p[np.arange(len(letters)), letters]`.",
            ),
        ],
        right="One place at which the right letter gets next to nothing can outweigh many good ones: "
        "−log p has no ceiling.",
    ),
    Exercise(
        id="8.3.2",
        title="The gradient of a batch of bigrams",
        solution=bigram_gradient,
        probes=[
            (WEIGHTS, np.array([0, 0, 1, 0]), np.array([1, 1, 2, 2])),
            (WEIGHTS, np.array([2, 1, 2, 2, 1]), np.array([0, 1, 1, 0, 0])),
            (np.zeros((3, 3)), np.array([1, 1]), np.array([2, 2])),
        ],
        mistakes=[
            Mistake(
                "each row written once",
                written_once,
                "A letter that occurs twice in `a` got only its last share: `grad[a] += …` writes each "
                "row once. Use `np.add.at(grad, a, …)`.",
            ),
            Mistake(
                "each pair counted once",
                one_hot_once,
                "A pair that occurs twice was observed once: `pairs[a, b] += 1` writes each cell once. "
                "Use `np.add.at(pairs, (a, b), 1)`.",
            ),
            Mistake(
                "not averaged",
                not_averaged,
                "That is the gradient of the sum of the losses. The loss is their mean: divide by the "
                "length of the batch.",
            ),
            Mistake(
                "each row averaged by itself",
                averaged_by_row,
                "You divided each row by its own number of visits. The loss is the mean over the whole "
                "batch, so rare rows get a small gradient.",
            ),
            Mistake(
                "observed minus expected",
                observed_less_expected,
                "The sign is reversed. The gradient is expected minus observed; descent subtracts it, "
                "and so raises what was observed.",
            ),
            Mistake(
                "a and b swapped",
                roles_swapped,
                "The row is the letter that was there, `a`; the 1 is taken away at the one that "
                "followed, `b`.",
            ),
            Mistake(
                "one row for each place",
                one_for_each_place,
                "That is p − one-hot for each place of the batch. Add each of them to row `a[i]` of an "
                "array of zeros of the shape of `w`.",
            ),
        ],
        right="Rows of letters that are not in the batch stay exactly zero: a sparse gradient.",
        unfinished="Begin with `softmax(w[a])`, one row for each place of the batch.",
    ),
    Exercise(
        id="8.3.3",
        title="Add-α",
        solution=add_alpha,
        probes=[
            (np.array([[3.0, 1.0, 0.0], [0.0, 0.0, 0.0]]), 0.1),
            (np.array([[0.0, 5.0], [2.0, 2.0], [1.0, 0.0]]), 1.0),
        ],
        mistakes=[
            Mistake(
                "divided by the old sum",
                divided_by_counts,
                "The rows no longer sum to 1: you added α to each count, and divided by the sum "
                "before that.",
            ),
            Mistake(
                "α only once in the sum",
                alpha_once_below,
                "Each entry of the row got α, so the row's sum grows by α times the number of columns.",
            ),
            Mistake(
                "divided by the total",
                over_all,
                "Those are probabilities of pairs. Asked for is what follows *given* the context: each "
                "row sums to 1.",
            ),
            Mistake(
                "columns in place of rows",
                over_columns,
                "Your columns sum to 1. A row holds what may follow one context: sum over `axis=1`.",
            ),
            Mistake(
                "α added to the probabilities",
                added_afterwards,
                "α belongs to the counts, before the division. Added to probabilities it makes the rows "
                "sum to more than 1.",
            ),
            Mistake(
                "only where a count is zero",
                where_empty,
                "You raised only the empty cells. Every count gets α; else one letter seen once would "
                "be as likely as one never seen when α = 1.",
            ),
        ],
        right="A row without counts becomes uniform. With α = 0 it would be 0/0.",
    ),
    Exercise(
        id="8.3.4",
        title="Bits and perplexity",
        solution=perplexity_of,
        probes=[(3.0,), (1.0,), (4.25,), (0.0,)],
        mistakes=[
            Mistake(
                "as if they were nats",
                as_if_nats,
                "exp undoes the natural logarithm. These are bits: what undoes the logarithm to base 2?",
            ),
            Mistake(
                "divided by log 2",
                converted_wrongly,
                "One bit is *less* than one nat, log 2 ≈ 0.69 of it: multiply by log 2, don't divide.",
            ),
            Mistake(
                "only converted",
                only_nats,
                "That is the loss in nats. The perplexity is exp of it.",
            ),
            Mistake(
                "inverse",
                inverse,
                "That is the (geometric) mean probability of the right letter. The perplexity is 1 "
                "divided by it.",
            ),
            Mistake(
                "another logarithm",
                logarithm,
                "The bits are a logarithm already. Undo it.",
            ),
        ],
        right="Three bits are eight equally likely letters; the base is gone, as it should be.",
    ),
]
