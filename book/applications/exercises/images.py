"""Exercises of 8.1, Images: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def averages(X, y, classes):
    return np.array([X[y == c].mean(axis=0) for c in range(classes)])


def squares(X_test, centers):
    return ((X_test[:, None] - centers) ** 2).sum(axis=2)


def nearest_class(X, y, X_test, classes):
    return squares(X_test, averages(X, y, classes)).argmin(axis=1)


def farthest_class(X, y, X_test, classes):
    return squares(X_test, averages(X, y, classes)).argmax(axis=1)


def nearest_example(X, y, X_test, classes):
    return y[squares(X_test, X).argmin(axis=1)]


def the_class_itself(X, y, X_test, classes):
    return squares(X_test, averages(X, y, classes)).min(axis=1)


def by_dot_product(X, y, X_test, classes):
    return (X_test @ averages(X, y, classes).T).argmax(axis=1)


def averages_of_the_test(X, y, X_test, classes):
    sums = np.array([X[y == c].sum(axis=0) for c in range(classes)])
    return squares(X_test, sums).argmin(axis=1)


def over_the_rows(X, y, X_test, classes):
    return squares(X_test, averages(X, y, classes)).argmin(axis=0)


def signed_differences(X, y, X_test, classes):
    centers = averages(X, y, classes)
    return (X_test[:, None] - centers).sum(axis=2).argmin(axis=1)


def cosines(filters, bank):
    a = filters.reshape(len(filters), -1)
    b = bank.reshape(len(bank), -1)
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    return a @ b.T


def share_matching(filters, bank, threshold):
    return np.mean(abs(cosines(filters, bank)).max(axis=1) > threshold)


def one_sign(filters, bank, threshold):
    return np.mean(cosines(filters, bank).max(axis=1) > threshold)


def pairs(filters, bank, threshold):
    return np.mean(abs(cosines(filters, bank)) > threshold)


def of_the_bank(filters, bank, threshold):
    return np.mean(abs(cosines(filters, bank)).max(axis=0) > threshold)


def a_count(filters, bank, threshold):
    return np.sum(abs(cosines(filters, bank)).max(axis=1) > threshold)


def with_all(filters, bank, threshold):
    return np.mean(abs(cosines(filters, bank)).min(axis=1) > threshold)


def dot_products(filters, bank, threshold):
    a = filters.reshape(len(filters), -1)
    b = bank.reshape(len(bank), -1)
    return np.mean(abs(a @ b.T).max(axis=1) > threshold)


def bank_not_normalized(filters, bank, threshold):
    a = filters.reshape(len(filters), -1)
    b = bank.reshape(len(bank), -1)
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    return np.mean(abs(a @ b.T).max(axis=1) > threshold)


def softmax(z):
    raised = np.exp(z - z.max())
    return raised / raised.sum()


def pixel_gradient(W, b, x, c):
    return W[c] - softmax(W @ x + b) @ W


def score_only(W, b, x, c):
    return W[c]


def of_the_loss(W, b, x, c):
    return -pixel_gradient(W, b, x, c)


def of_the_probability(W, b, x, c):
    return softmax(W @ x + b)[c] * pixel_gradient(W, b, x, c)


def mean_of_rows(W, b, x, c):
    return W[c] - W.mean(axis=0)


def own_share_only(W, b, x, c):
    return (1 - softmax(W @ x + b)[c]) * W[c]


def times_the_ink(W, b, x, c):
    return x * pixel_gradient(W, b, x, c)


def bias_forgotten(W, b, x, c):
    return W[c] - softmax(W @ x) @ W


def _bank(seed, n):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 5, 5))


def _filters(seed, bank, n):
    """Half of the filters near a member of the bank, some of them with reversed sign."""
    rng = np.random.default_rng(seed)
    filters = 0.1 * rng.normal(size=(n, 5, 5))
    for k in range(n // 2 + 1):
        filters[k] += 0.3 * (-1) ** k * bank[k % len(bank)]
    return filters


def _rows(seed, n, pixels, classes):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % classes
    X = (
        rng.normal(size=(n, pixels))
        + 2 * rng.normal(size=(classes, pixels))[y]
    )
    return X, y


X4, Y4 = _rows(0, 24, 6, 4)
X3, Y3 = _rows(1, 15, 4, 3)
BANK = _bank(2, 4)
SMALL = 0.4 * _bank(3, 3)
RNG = np.random.default_rng(4)
W3, B3 = RNG.normal(size=(3, 4)), np.array([0.5, -1.0, 0.2])
W2, B2 = RNG.normal(size=(2, 6)), np.array([1.5, -0.5])

EXERCISES = [
    Exercise(
        id="8.1.1",
        title="Ten averages",
        solution=nearest_class,
        probes=[
            (X4, Y4, X4[:9] + 0.9 * X4[9:18], 4),
            (X3, Y3, RNG.normal(size=(7, 4)) * 3, 3),
            (X3, Y3, X3[::2] * 0.4, 3),
        ],
        mistakes=[
            Mistake(
                "farthest",
                farthest_class,
                "You took the class whose average is farthest. `argmin`, not `argmax`, of the distances.",
            ),
            Mistake(
                "nearest example",
                nearest_example,
                "You compared with the single training images. That is another baseline, the nearest neighbor; "
                "here each class has one average.",
            ),
            Mistake(
                "distance instead of class",
                the_class_itself,
                "You returned the smallest distance. The class is *where* it is smallest: `argmin`.",
            ),
            Mistake(
                "dot product",
                by_dot_product,
                "You took the largest dot product. It prefers averages that are long, whether they are near or not.",
            ),
            Mistake(
                "sums",
                averages_of_the_test,
                "You compared with the sums of the classes. Divide by the number of images: `mean`.",
            ),
            Mistake(
                "wrong axis",
                over_the_rows,
                "You searched along the wrong axis: that gives a row for each class. For each row, search among "
                "the classes.",
            ),
            Mistake(
                "signed differences",
                signed_differences,
                "You added up the differences with their signs, so that they cancel. Square them first.",
            ),
        ],
        right="No gradient, and 90% on the digits. Whatever learns has to beat this.",
        unfinished="Begin with the averages: `X[y == c].mean(axis=0)` for each class c.",
    ),
    Exercise(
        id="8.1.2",
        title="Which filters match?",
        solution=share_matching,
        probes=[
            (_filters(5, BANK, 7), BANK, 0.8),
            (_filters(6, SMALL, 10), SMALL, 0.7),
            (3 * _filters(7, BANK, 5), BANK, 0.9),
        ],
        mistakes=[
            Mistake(
                "one sign",
                one_sign,
                "You left out the absolute value. A detector with all signs reversed answers to the same edges.",
            ),
            Mistake(
                "pairs",
                pairs,
                "You counted pairs of a filter and a detector. A filter matches once, with its best detector.",
            ),
            Mistake(
                "of the bank",
                of_the_bank,
                "That is the share of the *bank* that some filter matches. Take the largest along the other axis.",
            ),
            Mistake(
                "a count",
                a_count,
                "That is the number of filters that match. Divide by all of them.",
            ),
            Mistake(
                "with all",
                with_all,
                "You asked each filter to match every detector. One is enough.",
            ),
            Mistake(
                "dot products",
                dot_products,
                "Those are dot products. Divide by both norms; otherwise large filters match whatever their shape.",
            ),
            Mistake(
                "bank not normalized",
                bank_not_normalized,
                "You divided by the norms of the filters only. The bank's members do not have norm 1 here.",
            ),
        ],
        right="Scale and sign do not count, shape does. Try it on filters before training: hardly any matches.",
        unfinished="Make rows of the filters: `filters.reshape(len(filters), -1)`.",
    ),
    Exercise(
        id="8.1.3",
        title="A saliency map by hand",
        solution=pixel_gradient,
        probes=[
            (W3, B3, np.array([0.3, 1.0, 0.0, 0.7]), 0),
            (W3, B3, np.array([1.0, 0.2, 0.5, 0.0]), 2),
            (W2, B2, np.array([0.0, 0.4, 0.9, 0.1, 1.0, 0.6]), 1),
        ],
        mistakes=[
            Mistake(
                "the score only",
                score_only,
                "That is the gradient of the score. The log-probability also has the logarithm of the sum, which "
                "depends on x through all scores.",
            ),
            Mistake(
                "of the loss",
                of_the_loss,
                "That is the gradient of the loss, −log p_c. The sign is reversed.",
            ),
            Mistake(
                "of the probability",
                of_the_probability,
                "That is the gradient of p_c itself. The logarithm divides it by p_c.",
            ),
            Mistake(
                "mean of rows",
                mean_of_rows,
                "You subtracted the plain mean of the rows of W. They are to be weighted by p.",
            ),
            Mistake(
                "own row only",
                own_share_only,
                "You differentiated the score of class c only. The other scores depend on x, too: their rows come "
                "in with −p.",
            ),
            Mistake(
                "times the ink",
                times_the_ink,
                "You multiplied by the pixels. That estimates what erasing does; the gradient comes without it.",
            ),
            Mistake(
                "bias forgotten",
                bias_forgotten,
                "The bias b is missing in the scores. It has no gradient with respect to x, but it changes p.",
            ),
        ],
        right="The row of the answer minus the average row that the net expects: (one-hot − p) passed back through W.",
        unfinished="Compute p first.",
    ),
]
