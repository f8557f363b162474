"""Exercises of 7.1, PyTorch: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def linear_gradients(X, weight, bias, y):
    slope = 2 * (X @ weight.T + bias - y) / y.size
    return slope.T @ X, slope.sum(axis=0)


def transposed(X, weight, bias, y):
    of_weight, of_bias = linear_gradients(X, weight, bias, y)
    return of_weight.T, of_bias


def without_two(X, weight, bias, y):
    of_weight, of_bias = linear_gradients(X, weight, bias, y)
    return of_weight / 2, of_bias / 2


def summed(X, weight, bias, y):
    of_weight, of_bias = linear_gradients(X, weight, bias, y)
    return of_weight * len(y), of_bias * len(y)


def reversed_error(X, weight, bias, y):
    of_weight, of_bias = linear_gradients(X, weight, bias, y)
    return -of_weight, -of_bias


def bias_for_each_row(X, weight, bias, y):
    slope = 2 * (X @ weight.T + bias - y) / y.size
    return slope.T @ X, slope


def bias_left_out(X, weight, bias, y):
    return linear_gradients(X, weight, 0 * bias, y)


def strict_mse(predictions, labels):
    if predictions.shape != labels.shape:
        raise ValueError(f"{predictions.shape} against {labels.shape}")
    return np.mean((predictions - labels) ** 2)


def trusting(predictions, labels):
    return np.mean((predictions - labels) ** 2)


def compares_lengths(predictions, labels):
    if len(predictions) != len(labels):
        raise ValueError("different lengths")
    return np.mean((predictions - labels) ** 2)


def compares_sizes(predictions, labels):
    if predictions.size != labels.size:
        raise ValueError("different sizes")
    return np.mean((predictions - labels) ** 2)


def mends(predictions, labels):
    if predictions.size != labels.size:
        raise ValueError("different sizes")
    return np.mean((predictions - labels.reshape(predictions.shape)) ** 2)


def strict_sum(predictions, labels):
    return strict_mse(predictions, labels) * predictions.size


def strict_half(predictions, labels):
    return strict_mse(predictions, labels) / 2


def never_cleared(w, gradient, lr, steps):
    held = 0.0
    for _ in range(steps):
        held = held + gradient(w)
        w = w - lr * held
    return w


def cleared(w, gradient, lr, steps):
    for _ in range(steps):
        w = w - lr * gradient(w)
    return w


def doubled(w, gradient, lr, steps):
    held = 0.0
    for _ in range(steps):
        held = 2 * held + gradient(w)
        w = w - lr * held
    return w


def one_step_behind(w, gradient, lr, steps):
    held = 0.0
    for _ in range(steps):
        w = w - lr * held
        held = held + gradient(w)
    return w


def averaged(w, gradient, lr, steps):
    held = 0.0
    for step in range(1, steps + 1):
        held = held + gradient(w)
        w = w - lr * held / step
    return w


def accumulated(w, gradient, lr, steps):
    held = 0.0
    for _ in range(steps):
        held = held + gradient(w)
    return w - lr * held


def uphill(w, gradient, lr, steps):
    held = 0.0
    for _ in range(steps):
        held = held + gradient(w)
        w = w + lr * held
    return w


def twice_w(w):
    """2w"""
    return 2 * w


def cubed(w):
    """w³"""
    return w**3


def layer(rows, inputs, seed):
    rng = np.random.default_rng(seed)
    X, weight = rng.normal(size=(rows, inputs)), rng.normal(size=(1, inputs))
    return X, weight, rng.normal(size=1), rng.normal(size=(rows, 1))


COLUMN = np.array([[1.0], [2.0], [4.0]])

EXERCISES = [
    Exercise(
        id="7.1.1",
        title="The gradients of a linear layer",
        solution=linear_gradients,
        probes=[layer(4, 3, 0), layer(6, 2, 1), layer(2, 5, 2)],
        mistakes=[
            Mistake(
                "transposed",
                transposed,
                "The weight's gradient is transposed: the weight is (1, inputs), and its gradient has "
                "the same shape.",
            ),
            Mistake(
                "factor 2 forgotten",
                without_two,
                "Half of what it should be: `nn.MSELoss` has no factor ½, so the square brings down a 2.",
            ),
            Mistake(
                "sum instead of mean",
                summed,
                "These are the gradients of the *sum* of squares. `nn.MSELoss` takes the mean: divide by N.",
            ),
            Mistake(
                "error reversed",
                reversed_error,
                "The sign is reversed: the error is prediction minus label.",
            ),
            Mistake(
                "bias for each row",
                bias_for_each_row,
                "The bias has one gradient per row. It was added to every row, so its shares are summed: "
                "used N times, added N times.",
            ),
            Mistake(
                "bias left out",
                bias_left_out,
                "The prediction lacks its bias: the layer computes `X @ weight.T + bias`.",
            ),
        ],
        right="These are the numbers that `loss.backward()` adds to `weight.grad` and `bias.grad`.",
        unfinished="Begin with the slope of the loss with respect to the predictions.",
    ),
    Exercise(
        id="7.1.2",
        title="What the optimizer is given",
        solution=321,
        mistakes=[
            Mistake(
                "list counted",
                2433,
                "That counts the layers in `middle`. It is a plain list, and a module does not look "
                "into lists.",
            ),
            Mistake(
                "everything counted",
                2434,
                "That is all there is. Two of the four attributes are neither a module nor an "
                "`nn.Parameter`.",
            ),
            Mistake(
                "plain tensor counted",
                322,
                "One too many: `scale` gets a gradient, but it is a plain tensor. Only an "
                "`nn.Parameter` enters itself in the register.",
            ),
            Mistake(
                "biases forgotten",
                288,
                "Those are the weights of the two registered layers without their biases (or the first "
                "layer alone).",
            ),
            Mistake(
                "one by one",
                2,
                "That counts layers. Count the numbers in their weights and biases.",
            ),
            Mistake(
                "arrays counted",
                4,
                "That many arrays there are: two weights, two biases. Count the numbers in them.",
            ),
        ],
        right="The 2,112 numbers of the middle and the scale get gradients and are never moved. "
        "`nn.ModuleList` and `nn.Parameter` would register them.",
    ),
    Exercise(
        id="7.1.3",
        title="A loss that refuses",
        solution=strict_mse,
        probes=[
            (COLUMN, np.array([[1.5], [1.0], [5.0]])),
            (COLUMN, np.array([1.5, 1.0, 5.0])),
            (COLUMN, np.array([[2.0]])),
            (np.ones((2, 3)), np.array([[0.0, 2.0, 1.0], [4.0, 1.0, 1.0]])),
            (np.ones((2, 3)), np.ones((3, 2))),
            (np.ones((2, 3)), np.zeros((2, 1))),
        ],
        mistakes=[
            Mistake(
                "never refuses",
                trusting,
                "That is right for equal shapes, and silent for (3, 1) against (3,), which NumPy "
                "broadcasts to 3 × 3. Compare the shapes first.",
            ),
            Mistake(
                "compares lengths",
                compares_lengths,
                "`len` is the size of the first axis alone: (3, 1) and (3,) are equally long. Compare "
                "`shape`.",
            ),
            Mistake(
                "compares sizes",
                compares_sizes,
                "(3, 1) and (3,) have the same `size`, and broadcast to 3 × 3. Compare `shape`.",
            ),
            Mistake(
                "mends in silence",
                mends,
                "You reshaped the labels. For (3, 2) against (2, 3) that pairs the wrong numbers, "
                "without a word: refuse, and let the caller say what was meant.",
            ),
            Mistake(
                "sum instead of mean",
                strict_sum,
                "That is the sum of the squared errors; divide by how many there are.",
            ),
            Mistake(
                "half",
                strict_half,
                "Half of what it should be: `nn.MSELoss` has no factor ½.",
            ),
        ],
        right="Three lines that turn a wasted training run into an error message.",
    ),
    Exercise(
        id="7.1.4",
        title="The loop without `zero_grad`",
        solution=never_cleared,
        probes=[
            (1.0, twice_w, 0.1, 3),
            (1.0, twice_w, 0.1, 10),
            (-2.0, cubed, 0.01, 5),
            (3.0, twice_w, 0.2, 1),
        ],
        mistakes=[
            Mistake(
                "cleared",
                cleared,
                "That is plain descent: each step uses its own gradient alone. Here the old ones stay "
                "in `.grad`.",
            ),
            Mistake(
                "doubled",
                doubled,
                "What is held is doubled at every step. `backward` adds the new gradient to it, once.",
            ),
            Mistake(
                "one step behind",
                one_step_behind,
                "You step before you call `backward`: each step misses the newest gradient.",
            ),
            Mistake(
                "averaged",
                averaged,
                "You took the mean of the gradients so far. `backward` adds; nothing divides.",
            ),
            Mistake(
                "accumulated",
                accumulated,
                "You took one step at the end. The loop calls `step` after each `backward`, so the "
                "gradients are measured at different places.",
            ),
            Mistake(
                "uphill",
                uphill,
                "That walks uphill: `step` subtracts.",
            ),
        ],
        right="With the slope 2w and the rate 0.1 it swings through 0 and back, for good: momentum with "
        "β = 1.",
        unfinished="Two variables change: `w`, and what `.grad` holds.",
    ),
]
