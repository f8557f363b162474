"""Exercises of 7.3, JAX: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def stepped(params, grads, lr):
    if isinstance(params, dict):
        return {key: stepped(params[key], grads[key], lr) for key in params}
    return params - lr * grads


def climbed(params, grads, lr):
    return stepped(params, grads, -lr)


def in_place(params, grads, lr):
    for key in params:
        if isinstance(params[key], dict):
            in_place(params[key], grads[key], lr)
        else:
            params[key] -= lr * grads[key]
    return params


def one_level(params, grads, lr):
    return {key: params[key] - lr * grads[key] for key in params}


def top_moved(params, grads, lr):
    return {
        key: value if isinstance(value, dict) else value - lr * grads[key]
        for key, value in params.items()
    }


def steps_alone(params, grads, lr):
    if isinstance(params, dict):
        return {
            key: steps_alone(params[key], grads[key], lr) for key in params
        }
    return -lr * grads


def without_rate(params, grads, lr):
    return stepped(params, grads, 1.0)


def by_order(params, grads, lr):
    if isinstance(params, dict):
        pairs = zip(params.items(), grads.values(), strict=True)
        return {key: by_order(value, grad, lr) for (key, value), grad in pairs}
    return params - lr * grads


def clipped_mean(each, limit):
    length = np.linalg.norm(each, axis=1, keepdims=True)
    return (each * limit / np.maximum(length, limit)).mean(axis=0)


def mean_clipped(each, limit):
    return clipped_mean(each.mean(axis=0)[None], limit)


def by_value(each, limit):
    return np.clip(each, -limit, limit).mean(axis=0)


def all_to_limit(each, limit):
    length = np.linalg.norm(each, axis=1, keepdims=True)
    return (each * limit / np.where(length > 0, length, 1.0)).mean(axis=0)


def divided_by_zero(each, limit):
    with np.errstate(all="ignore"):
        length = np.linalg.norm(each, axis=1, keepdims=True)
        return (each * np.where(length > limit, limit, length) / length).mean(
            axis=0
        )


def left_out(each, limit):
    return each[np.linalg.norm(each, axis=1) <= limit].sum(axis=0) / len(each)


def summed(each, limit):
    return clipped_mean(each, limit) * len(each)


def wrong_axis(each, limit):
    length = np.linalg.norm(each, axis=0, keepdims=True)
    return (each * limit / np.maximum(length, limit)).mean(axis=0)


def gradient_of_known(w, X, y):
    known = ~np.isnan(y)
    return 2 * X[known].T @ (X[known] @ w - y[known]) / known.sum()


def times_mask(w, X, y):
    known = ~np.isnan(y)
    return 2 * X.T @ ((X @ w - y) * known) / known.sum()


def all_rows_counted(w, X, y):
    return gradient_of_known(w, X, y) * np.mean(~np.isnan(y))


def as_zero(w, X, y):
    return 2 * X.T @ (X @ w - np.nan_to_num(y)) / len(y)


def wiped(w, X, y):
    return np.nan_to_num(times_mask(w, X, y))


def without_two(w, X, y):
    return gradient_of_known(w, X, y) / 2


def reversed_error(w, X, y):
    return -gradient_of_known(w, X, y)


def pushed(x, dx, W, b):
    t = np.tanh(x @ W + b)
    return t, (1 - t**2) * (dx @ W)


def without_slope(x, dx, W, b):
    return np.tanh(x @ W + b), dx @ W


def bias_moves(x, dx, W, b):
    t = np.tanh(x @ W + b)
    return t, (1 - t**2) * (dx @ W + b)


def slope_of_sum(x, dx, W, b):
    z = x @ W + b
    return np.tanh(z), (1 - z**2) * (dx @ W)


def through_tanh(x, dx, W, b):
    return np.tanh(x @ W + b), np.tanh(dx @ W + b)


def moved(x, dx, W, b):
    t = np.tanh(x @ W + b)
    return t, t + (1 - t**2) * (dx @ W)


def slope_first(x, dx, W, b):
    t = np.tanh(x @ W + b)
    return (1 - t**2) * (dx @ W), t


FLAT = (
    {"w": np.array([1.0, -2.0]), "b": np.array(0.5)},
    {"w": np.array([0.5, 1.0]), "b": np.array(-1.0)},
)
NESTED = (
    {
        "hidden": {
            "W": np.array([[1.0, 2.0], [3.0, 4.0]]),
            "b": np.array([0.0, 1.0]),
        },
        "out": {"W": np.array([1.0, -1.0]), "scale": {"log": np.array(0.3)}},
        "offset": np.array(2.0),
    },
    {
        "hidden": {
            "W": np.array([[0.1, -0.2], [0.3, 0.5]]),
            "b": np.array([1.0, -1.0]),
        },
        "out": {"W": np.array([2.0, 0.5]), "scale": {"log": np.array(-0.4)}},
        "offset": np.array(0.7),
    },
)
SHUFFLED = (
    {"a": np.array(1.0), "b": np.array(2.0)},
    {"b": np.array(3.0), "a": np.array(-1.0)},
)

EACH = np.array([[3.0, 4.0], [0.3, -0.4], [-6.0, 8.0], [0.0, 1.0]])
WITH_ZERO = np.array([[0.0, 0.0, 0.0], [2.0, -1.0, 2.0], [0.1, 0.2, 0.2]])

ROWS = np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.0], [-1.0, 1.5]])

LAYER = (
    np.array([0.5, -1.0, 2.0]),
    np.array([1.0, 0.0, -0.5]),
    np.array([[0.3, -0.2], [0.8, 0.1], [0.25, 0.6]]),
    np.array([0.1, -0.7]),
)

EXERCISES = [
    Exercise(
        id="7.3.1",
        title="A step through a tree",
        solution=stepped,
        probes=[
            (*FLAT, 0.1),
            (*NESTED, 0.1),
            (*NESTED, 0.5),
            (*SHUFFLED, 0.1),
        ],
        mistakes=[
            Mistake(
                "in place",
                in_place,
                "The numbers are right, but the old parameters are changed. Return new arrays: `p - lr * g`, "
                "not `p -= lr * g`.",
            ),
            Mistake(
                "one level",
                one_level,
                "That works until a value is a dictionary itself. Then the function has to go into it.",
            ),
            Mistake(
                "nested left alone",
                top_moved,
                "What is nested did not move. Call the function again for a value that is a dictionary.",
            ),
            Mistake("uphill", climbed, "That walks uphill: subtract."),
            Mistake(
                "steps alone",
                steps_alone,
                "Those are the steps. Add them to the parameters.",
            ),
            Mistake(
                "no rate",
                without_rate,
                "The whole gradient was subtracted. Multiply it by `lr`.",
            ),
            Mistake(
                "paired by order",
                by_order,
                "You paired the entries by their order. The same keys may stand in another order: look each up "
                "by its name.",
            ),
        ],
        right="That is `jax.tree.map(lambda p, g: p - lr * g, params, grads)`.",
        unfinished="What do you do with a leaf, and what with a dictionary?",
    ),
    Exercise(
        id="7.3.2",
        title="No example may shout",
        solution=clipped_mean,
        probes=[
            (EACH, 1.0),
            (EACH, 5.0),
            (EACH, 100.0),
            (WITH_ZERO, 1.0),
            (EACH[:1], 2.0),
        ],
        mistakes=[
            Mistake(
                "mean first",
                mean_clipped,
                "You clipped the mean. Then one long gradient can still drown the others: clip each row first.",
            ),
            Mistake(
                "by value",
                by_value,
                "You cut the entries one by one, which turns the gradient. Shorten the row as a whole.",
            ),
            Mistake(
                "all to the limit",
                all_to_limit,
                "You brought every gradient to the length `limit`, the short ones too. They should stay as they "
                "are.",
            ),
            Mistake(
                "zero over zero",
                divided_by_zero,
                "A row of zeros became NaN: 0 / 0. Divide by the larger of its length and `limit`.",
            ),
            Mistake(
                "left out",
                left_out,
                "You left the long gradients out. They should count, at the length `limit`.",
            ),
            Mistake(
                "sum",
                summed,
                "That is the sum. Divide by the number of examples.",
            ),
            Mistake(
                "wrong axis",
                wrong_axis,
                "You measured the columns. A gradient is a row: `axis=1`, with `keepdims=True`.",
            ),
        ],
        right="It needs the gradient of each example, which `vmap(grad(loss))` gives.",
        unfinished="Begin with the length of every row.",
    ),
    Exercise(
        id="7.3.3",
        title="A gradient with missing labels",
        solution=gradient_of_known,
        probes=[
            (np.array([0.5, -1.0]), ROWS, np.array([1.0, np.nan, 2.0, -0.5])),
            (np.array([1.0, 2.0]), ROWS, np.array([np.nan, 0.3, np.nan, 1.0])),
            (np.array([1.0, 2.0]), ROWS, np.array([1.0, 0.3, 2.0, 1.0])),
        ],
        mistakes=[
            Mistake(
                "times the mask",
                times_mask,
                "0 · NaN is NaN, so multiplying by a mask does not remove a missing label. Select the rows, or "
                "replace the label before you subtract it.",
            ),
            Mistake(
                "divided by all",
                all_rows_counted,
                "You divided by the number of all rows. The mean runs over the known labels.",
            ),
            Mistake(
                "taken for zero",
                as_zero,
                "The missing labels were taken for zeros, and the gradient pulls those predictions toward 0. "
                "Their rows must not count.",
            ),
            Mistake(
                "NaN wiped away",
                wiped,
                "You replaced NaN in the finished gradient. Each entry is a sum over all rows, and with the NaN "
                "the shares of the known rows were lost, too.",
            ),
            Mistake(
                "without two",
                without_two,
                "The derivative of a square has a factor 2.",
            ),
            Mistake(
                "reversed",
                reversed_error,
                "The sign is reversed: the error is prediction minus label.",
            ),
        ],
        right="Selecting rows is safe, too: what is not selected is never computed. Under `jit` it takes two "
        "wheres, since shapes have to be fixed.",
        unfinished="`np.isnan` says which labels are missing.",
    ),
    Exercise(
        id="7.3.4",
        title="Forward mode by hand",
        solution=pushed,
        probes=[
            LAYER,
            (LAYER[0], np.array([0.0, 1.0, 1.0]), *LAYER[2:]),
            (LAYER[1], LAYER[0], LAYER[2], np.zeros(2)),
        ],
        mistakes=[
            Mistake(
                "slope of tanh missing",
                without_slope,
                "That is the speed of x W + b. tanh passes on 1 − tanh² of it.",
            ),
            Mistake(
                "the bias moves",
                bias_moves,
                "`b` stands still, so it adds nothing to the speed.",
            ),
            Mistake(
                "slope at the sum",
                slope_of_sum,
                "The slope of tanh is 1 − t² with t = tanh(z), not with z itself.",
            ),
            Mistake(
                "through the layer",
                through_tanh,
                "You sent the speed through the layer. A speed is multiplied by the local derivatives only.",
            ),
            Mistake(
                "output and speed added",
                moved,
                "You added the output to its speed. Return them as a pair.",
            ),
            Mistake(
                "order",
                slope_first,
                "Those are the right two, in the other order: output first.",
            ),
        ],
        right="A pass forward with pairs, value and speed: no graph has to be kept.",
        unfinished="Begin with the speed of `x @ W + b`.",
    ),
]
