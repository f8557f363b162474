"""Exercises of 2.1, The update rule: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def update(w, b, x, y, lr):
    error = w * x + b - y
    return w - lr * np.mean(error * x), b - lr * np.mean(error)


def weight_first(w, b, x, y, lr):
    w = w - lr * np.mean((w * x + b - y) * x)
    return w, b - lr * np.mean(w * x + b - y)


def bias_first(w, b, x, y, lr):
    b = b - lr * np.mean(w * x + b - y)
    return w - lr * np.mean((w * x + b - y) * x), b


def uphill(w, b, x, y, lr):
    error = w * x + b - y
    return w + lr * np.mean(error * x), b + lr * np.mean(error)


def factor_two(w, b, x, y, lr):
    error = w * x + b - y
    return w - lr * np.mean(2 * error * x), b - lr * np.mean(2 * error)


def summed(w, b, x, y, lr):
    error = w * x + b - y
    return w - lr * np.sum(error * x), b - lr * np.sum(error)


def input_forgotten(w, b, x, y, lr):
    error = w * x + b - y
    return w - lr * np.mean(error), b - lr * np.mean(error)


def finished(gradient, step, tolerance, budget):
    return np.linalg.norm(gradient) <= tolerance or step >= budget


def both_needed(gradient, step, tolerance, budget):
    return np.linalg.norm(gradient) <= tolerance and step >= budget


def budget_forgotten(gradient, step, tolerance, budget):
    return np.linalg.norm(gradient) <= tolerance


def gradient_forgotten(gradient, step, tolerance, budget):
    return step >= budget


def largest_entry(gradient, step, tolerance, budget):
    return np.max(np.abs(gradient)) <= tolerance or step >= budget


def entries_added(gradient, step, tolerance, budget):
    return np.sum(gradient) <= tolerance or step >= budget


def squared_length(gradient, step, tolerance, budget):
    return np.sum(np.square(gradient)) <= tolerance or step >= budget


def reversed_rule(gradient, step, tolerance, budget):
    return not finished(gradient, step, tolerance, budget)


def losses_of(loss, gradient, theta, lr, steps):
    losses = [loss(theta)]
    for _ in range(steps):
        theta = theta - lr * gradient(theta)
        losses.append(loss(theta))
    return losses


def without_start(loss, gradient, theta, lr, steps):
    return losses_of(loss, gradient, theta, lr, steps)[1:]


def without_end(loss, gradient, theta, lr, steps):
    return losses_of(loss, gradient, theta, lr, steps)[:-1]


def one_step_short(loss, gradient, theta, lr, steps):
    losses = losses_of(loss, gradient, theta, lr, steps)
    return [losses[0], *losses[:-1]]


def climbs(loss, gradient, theta, lr, steps):
    return losses_of(loss, gradient, theta, -lr, steps)


def gradient_of_the_start(loss, gradient, theta, lr, steps):
    losses, g = [loss(theta)], gradient(theta)
    for _ in range(steps):
        theta = theta - lr * g
        losses.append(loss(theta))
    return losses


def in_place(loss, gradient, theta, lr, steps):
    losses = [loss(theta)]
    for _ in range(steps):
        theta -= lr * gradient(theta)
        losses.append(loss(theta))
    return losses


def places(loss, gradient, theta, lr, steps):
    visited = [theta]
    for _ in range(steps):
        visited.append(visited[-1] - lr * gradient(visited[-1]))
    return visited


def only_the_last(loss, gradient, theta, lr, steps):
    return losses_of(loss, gradient, theta, lr, steps)[-1]


def parabola(theta):
    """½ θ²"""
    return 0.5 * theta**2


def parabola_slope(theta):
    """θ"""
    return 1.0 * theta


def ravine(theta):
    """θ₀² + 4 θ₁²"""
    return theta[0] ** 2 + 4 * theta[1] ** 2


def ravine_gradient(theta):
    """(2 θ₀, 8 θ₁)"""
    return np.array([2.0, 8.0]) * theta


LINE = (np.array([1.0, 2.0, 4.0]), np.array([2.0, 3.0, 7.0]))

EXERCISES = [
    Exercise(
        id="2.1.1",
        title="Both at once",
        solution=update,
        probes=[
            (0.0, 0.0, *LINE, 0.1),
            (1.0, -2.0, *LINE, 0.05),
            (-1.0, 3.0, np.array([0.5, -2.0]), np.array([1.0, 4.0]), 0.5),
        ],
        mistakes=[
            Mistake(
                "weight moved first",
                weight_first,
                "You moved `w`, and then measured the slope for `b` at the *new* `w`. Both slopes "
                "belong to the place where the step begins: compute the error once, then move both.",
            ),
            Mistake(
                "bias moved first",
                bias_first,
                "You moved `b`, and then measured the slope for `w` at the *new* `b`. Both slopes "
                "belong to the place where the step begins: compute the error once, then move both.",
            ),
            Mistake(
                "uphill",
                uphill,
                "That walks uphill: take the gradient *away*, don't add it.",
            ),
            Mistake(
                "factor 2",
                factor_two,
                "Twice too far. The loss here is *half* the mean square, so that its derivative has "
                "no factor 2.",
            ),
            Mistake(
                "sum instead of mean",
                summed,
                "You added the rows up; the loss is their mean, and so are its slopes. With a sum "
                "the step would grow with the number of rows.",
            ),
            Mistake(
                "input forgotten",
                input_forgotten,
                "Both of yours move by the same amount. The inner derivative for `w` is `x`: its "
                "slope is the mean of error times `x`.",
            ),
        ],
        right="One place, one gradient, one move. With a million parameters it is the same line.",
        unfinished="Begin with the error, `w * x + b - y`; both slopes need it.",
    ),
    Exercise(
        id="2.1.2",
        title="Is it finished?",
        solution=finished,
        probes=[
            (np.array([0.3, -0.4]), 10, 0.6, 100),
            (np.array([0.3, -0.4]), 10, 0.45, 100),
            (np.array([0.3, -0.4]), 100, 0.1, 100),
            (np.array([3.0, -3.0]), 5, 0.1, 100),
            (np.array([0.3, -0.4]), 10, 0.26, 100),
            (np.array([0.0, 0.0]), 100, 0.0, 100),
            (np.array([0.0, 0.0]), 3, 0.0, 100),
        ],
        mistakes=[
            Mistake(
                "and for or",
                both_needed,
                "You ask for both at once. A run should end when *either* holds, or a run that "
                "never gets there would never end.",
            ),
            Mistake(
                "budget forgotten",
                budget_forgotten,
                "Where the gradient never gets short enough, this loop never ends. Stop at the "
                "budget too.",
            ),
            Mistake(
                "gradient forgotten",
                gradient_forgotten,
                "That spends the whole budget even when the gradient is zero. Look at its length, too.",
            ),
            Mistake(
                "largest entry",
                largest_entry,
                "You looked at the largest entry alone. That is a rule as well, but what is asked for "
                "is the *length* of the gradient, `np.linalg.norm(gradient)`.",
            ),
            Mistake(
                "entries added",
                entries_added,
                "A sum lets entries of opposite sign cancel: (3, −3) is not short. Take the length.",
            ),
            Mistake(
                "squared length",
                squared_length,
                "That is the *square* of the length. Below 1 it is smaller than the length, so you "
                "stop too early: take the root.",
            ),
            Mistake(
                "reversed",
                reversed_rule,
                "The other way round: yours says `True` while there is still work to do.",
            ),
        ],
        right="Keep the reason along with the answer when you write your own: converged, or out of "
        "budget, are different news.",
        unfinished="Two conditions, joined by one word.",
    ),
    Exercise(
        id="2.1.3",
        title="The loop",
        solution=losses_of,
        probes=[
            (parabola, parabola_slope, 2.0, 0.5, 3),
            (ravine, ravine_gradient, np.array([1.0, -1.0]), 0.1, 4),
            (ravine, ravine_gradient, np.array([3.0, 0.5]), 0.05, 1),
        ],
        mistakes=[
            Mistake(
                "start missing",
                without_start,
                "The loss at the start is missing: `steps` steps have `steps + 1` places.",
            ),
            Mistake(
                "end missing",
                without_end,
                "The last loss is missing. You note the loss *before* each step; note it once more "
                "after the last one.",
            ),
            Mistake(
                "one step short",
                one_step_short,
                "The loss at the start stands there twice, and the last step is missing: note the "
                "loss *after* each step.",
            ),
            Mistake(
                "uphill",
                climbs,
                "The losses grow: take the gradient *away*, don't add it.",
            ),
            Mistake(
                "gradient of the start",
                gradient_of_the_start,
                "You computed the gradient once, at the start, and used it for every step. Ask for "
                "it again at each new place.",
            ),
            Mistake(
                "start changed",
                in_place,
                "The losses are right, but `theta -= …` changed the caller's array: their start is "
                "gone. Write `theta = theta - …`, or copy it first.",
            ),
            Mistake(
                "places instead of losses",
                places,
                "Those are the places. What is asked for is the loss at each of them.",
            ),
            Mistake(
                "only the last",
                only_the_last,
                "That is the last loss alone. Collect them in a list, from the start on.",
            ),
        ],
        right="That is all of gradient descent. Whether `theta` holds one number or a million, no "
        "line changes.",
        unfinished="Begin with `losses = [loss(theta)]`.",
    ),
    Exercise(
        id="2.1.4",
        title="How many steps?",
        solution=14,
        mistakes=[
            Mistake(
                "rounded down",
                13,
                "After 13 steps 0.6¹³ = 0.0013 is left, which is still too much. Round up.",
            ),
            Mistake(
                "not rounded",
                float(np.log(1000) / np.log(1 / 0.6)),
                "Nearly: steps come whole. Which whole number is the first that is enough?",
            ),
            Mistake(
                "loss instead of distance",
                7,
                "You counted with 0.36, which is how the *loss* shrinks: it goes with the square of "
                "the distance. The distance shrinks by 0.6.",
            ),
            Mistake(
                "curvature forgotten",
                66,
                "You took 1 − 0.1 = 0.9. The slope is curvature times distance, so a step multiplies "
                "the distance by 1 − lr · curvature.",
            ),
            Mistake(
                "what is taken for what is left",
                8,
                "You counted with 0.4. That is the share that a step takes away; what is *left* is "
                "1 − 0.4 = 0.6.",
            ),
        ],
        right="Each further factor of 1,000 costs another 14 steps: in a bowl the digits come at a "
        "steady pace.",
    ),
]
