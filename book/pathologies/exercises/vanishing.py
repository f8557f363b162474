"""Exercises of 3.1, Vanishing and exploding: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake

NAN, INF = np.nan, np.inf


def forecast(slopes, std, units):
    return std * np.sqrt(units) * np.sqrt(np.mean(np.square(slopes)))


def mean_slope(slopes, std, units):
    return std * np.sqrt(units) * np.mean(slopes)


def units_not_rooted(slopes, std, units):
    return std * units * np.sqrt(np.mean(np.square(slopes)))


def variances(slopes, std, units):
    return std**2 * units * np.mean(np.square(slopes))


def weights_only(slopes, std, units):
    return std * np.sqrt(units)


def units_forgotten(slopes, std, units):
    return std * np.sqrt(np.mean(np.square(slopes)))


def divided_by_root(slopes, std, units):
    return std / np.sqrt(units) * np.sqrt(np.mean(np.square(slopes)))


def depth_until(factor, smallest):
    return int(np.floor(np.log(smallest) / np.log(factor))) + 1


def still_above(factor, smallest):
    return int(np.floor(np.log(smallest) / np.log(factor)))


def as_a_sum(factor, smallest):
    return int(np.floor((1 - smallest) / (1 - factor))) + 1


def logarithms_swapped(factor, smallest):
    return int(np.floor(np.log(factor) / np.log(smallest))) + 1


def quotient_inside(factor, smallest):
    return int(np.floor(np.log(smallest / factor))) + 1


def sign_lost(factor, smallest):
    return int(np.floor(np.log(smallest) * np.log(factor))) + 1


def backward_through(W, z, grad):
    return (grad * (1 - np.tanh(z) ** 2)) @ W


def slope_missing(W, z, grad):
    return grad @ W


def value_for_slope(W, z, grad):
    return (grad * np.tanh(z)) @ W


def tanh_missing(W, z, grad):
    return (grad * (1 - z**2)) @ W


def forward_weights(W, z, grad):
    return W @ (grad * (1 - np.tanh(z) ** 2))


def slope_last(W, z, grad):
    return (1 - np.tanh(z) ** 2) * (grad @ W)


def stopped_at_z(W, z, grad):
    return grad * (1 - np.tanh(z) ** 2)


def first_cause(record):
    for step, row in enumerate(record):
        for name, value in row:
            if not np.isfinite(value):
                return step, name
    return None


def first_nan(record):
    for step, row in enumerate(record):
        for name, value in row:
            if np.isnan(value):
                return step, name
    return None


def first_infinity(record):
    for step, row in enumerate(record):
        for name, value in row:
            if np.isinf(value):
                return step, name
    return None


def last_cause(record):
    found = None
    for step, row in enumerate(record):
        for name, value in row:
            if not np.isfinite(value):
                found = step, name
    return found


def end_of_the_step(record):
    for step, row in enumerate(record):
        bad = [name for name, value in row if not np.isfinite(value)]
        if bad:
            return step, bad[-1]
    return None


def loss_only(record):
    for step, row in enumerate(record):
        for name, value in row:
            if name == "loss" and not np.isfinite(value):
                return step, name
    return None


def counted_from_one(record):
    found = first_cause(record)
    return found and (found[0] + 1, found[1])


def only_the_name(record):
    found = first_cause(record)
    return found and found[1]


def run(*rows):
    """Rows of what was computed in one step, in this order."""
    names = ("h1", "h2", "loss", "gradient", "weights")
    return [list(zip(names, row, strict=True)) for row in rows]


OVERFLOW = run(
    (1.0, 7.0, 2.3, 40.0, 3.0),
    (9.0, 6e7, 1e15, 8e22, 8e20),
    (2e21, INF, NAN, NAN, NAN),
    (NAN, NAN, NAN, NAN, NAN),
)
IN_THE_LOSS = run(
    (1.0, 2.0, 0.7, 0.1, 1.0), (1.0, 3.0, INF, NAN, NAN), (NAN,) * 5
)
IN_THE_GRADIENT = run((1.0, 0.0, 0.0, NAN, NAN), (NAN, NAN, NAN, NAN, NAN))
IN_THE_WEIGHTS = run(
    (1.0, 2.0, 9.0, 3e37, 1.0),
    (1.0, 2.0, 9.0, 3e38, INF),
    (INF, NAN, NAN, NAN, NAN),
)
HEALTHY = run((1.0, 2.0, 0.7, 0.1, 1.0), (1.0, 2.1, 0.6, 0.1, 1.0))

EXERCISES = [
    Exercise(
        id="3.1.1",
        title="Forecast the factor",
        solution=forecast,
        probes=[
            (np.array([1.0, 0.0, 0.0, 1.0, 1.0, 0.0]), 0.125, 64),
            (np.array([0.25, 0.2, 0.05]), 0.5, 100),
            (np.array([0.9, 1.0, 0.4, 0.6]), 0.2, 16),
        ],
        mistakes=[
            Mistake(
                "mean slope",
                mean_slope,
                "You took the mean of the slopes. Sizes are root mean squares: for ReLU, half of whose "
                "slopes are 0, that makes 0.71 and not 0.5.",
            ),
            Mistake(
                "units not rooted",
                units_not_rooted,
                "A sum of n random terms of both signs grows like √n, not like n: they cancel in part.",
            ),
            Mistake(
                "squared",
                variances,
                "That is the factor of the mean *square*. Take the root of it.",
            ),
            Mistake(
                "slopes forgotten",
                weights_only,
                "That is what the weights do. On the way back the signal also passes the slopes.",
            ),
            Mistake(
                "units forgotten",
                units_forgotten,
                "Each entry collects from all the units of the layer: a sum of `units` random terms, "
                "√`units` times as large as one of them.",
            ),
            Mistake(
                "divided by the root",
                divided_by_root,
                "`std` is the standard deviation of the weights as they are. Multiply by √`units`; "
                "Xavier's 1/√64 is there to make up for it.",
            ),
        ],
        right="Sigmoid near 0 has slopes of ¼, so Xavier's weights give about ¼; to bring it to 1 they "
        "would have to be four times as large, and then the slopes are no longer ¼.",
        unfinished="The weights contribute `std * np.sqrt(units)`. What do the slopes contribute?",
    ),
    Exercise(
        id="3.1.2",
        title="How deep until nothing arrives?",
        solution=depth_until,
        probes=[(0.23, 1e-7), (0.1, 2e-45), (0.95, 1e-3), (0.5, 3e-10)],
        mistakes=[
            Mistake(
                "one too few",
                still_above,
                "One too few: after that many layers the signal is still above `smallest`.",
            ),
            Mistake(
                "a sum",
                as_a_sum,
                "You took away `1 - factor` in each layer. Each layer *multiplies*: after n of them "
                "`factor**n` is left.",
            ),
            Mistake(
                "logarithms swapped",
                logarithms_swapped,
                "The quotient is upside down: n · log(factor) = log(smallest), so divide by log(factor).",
            ),
            Mistake(
                "logarithm of the quotient",
                quotient_inside,
                "A quotient of two logarithms is not the logarithm of the quotient.",
            ),
            Mistake(
                "multiplied",
                sign_lost,
                "You multiplied the logarithms. Solve n · log(factor) = log(smallest) for n.",
            ),
        ],
        right="A logarithm: a number format with twice as many decimal places of range buys only twice "
        "the depth.",
        unfinished="After n layers `factor**n` is left. Take logarithms.",
    ),
    Exercise(
        id="3.1.3",
        title="The backward signal by hand",
        solution=backward_through,
        probes=[
            (
                np.array([[2.0, 0.0], [1.0, -1.0]]),
                np.array([0.0, 1.0]),
                np.array([1.0, 3.0]),
            ),
            (
                np.array([[0.5, -1.5], [2.5, 1.0]]),
                np.array([-0.4, 2.0]),
                np.array([2.0, -1.0]),
            ),
        ],
        mistakes=[
            Mistake(
                "slope missing",
                slope_missing,
                "The slope of tanh is missing: that is the backward signal of a linear layer.",
            ),
            Mistake(
                "value for slope",
                value_for_slope,
                "You multiplied by tanh z, the value. Backward it takes the *slope*, 1 − tanh²z.",
            ),
            Mistake(
                "tanh missing in the slope",
                tanh_missing,
                "The slope of tanh is 1 − h² with h = tanh z, not 1 − z².",
            ),
            Mistake(
                "weights of the way forward",
                forward_weights,
                "`W @ …` is the way forward. Backward the weights stand transposed: `W.T @ …`, or `… @ W`.",
            ),
            Mistake(
                "slope last",
                slope_last,
                "Right factors, wrong order: on the way back the activation comes before the weights.",
            ),
            Mistake(
                "stopped at z",
                stopped_at_z,
                "That is the gradient with respect to z. It still has to pass the weights.",
            ),
        ],
        right="Slope, then transposed weights: thirty of these in a row are the chapter.",
        unfinished="First through tanh, then through the weights.",
    ),
    Exercise(
        id="3.1.4",
        title="The first cause",
        solution=first_cause,
        probes=[
            (OVERFLOW,),
            (IN_THE_LOSS,),
            (IN_THE_GRADIENT,),
            (IN_THE_WEIGHTS,),
            (HEALTHY,),
        ],
        mistakes=[
            Mistake(
                "first NaN",
                first_nan,
                "You looked for the first NaN. An infinity may have come before it: `np.isfinite` finds both.",
            ),
            Mistake(
                "first infinity",
                first_infinity,
                "You looked for an infinity only. A NaN may also arise first, as 0/0 does: `np.isfinite` "
                "finds both.",
            ),
            Mistake(
                "last",
                last_cause,
                "That is the last one. Everything after the first is a consequence: return at once.",
            ),
            Mistake(
                "end of the step",
                end_of_the_step,
                "Right step, but the last quantity in it. The order within a step counts, too.",
            ),
            Mistake(
                "only the loss",
                loss_only,
                "You looked only at the loss. Activations come before it, gradients and weights after.",
            ),
            Mistake(
                "counted from one",
                counted_from_one,
                "Steps count from 0, as `enumerate` does.",
            ),
            Mistake(
                "only the name",
                only_the_name,
                "Return both, the step and the name: `return step, name`.",
            ),
        ],
        right="In three of the four broken runs tried, an infinity came first; in none of them was a NaN in "
        "the loss the first cause.",
        unfinished="Go through the steps, and in each step through the pairs, in their order.",
    ),
]
