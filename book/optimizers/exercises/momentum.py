"""Exercises of 4.1, Momentum: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def bowl_gradient(w):
    """4 w"""
    return 4.0 * w


def cubic_gradient(w):
    """w³"""
    return w**3


def momentum_step(w, v, grad, lr, beta):
    v = beta * v + grad
    return w - lr * v, v


def rate_twice(w, v, grad, lr, beta):
    v = beta * v + lr * grad
    return w - lr * v, v


def update_form(w, v, grad, lr, beta):
    v = beta * v - lr * grad
    return w + v, v


def uphill(w, v, grad, lr, beta):
    v = beta * v + grad
    return w + lr * v, v


def old_velocity(w, v, grad, lr, beta):
    return w - lr * v, beta * v + grad


def average(w, v, grad, lr, beta):
    v = beta * v + (1 - beta) * grad
    return w - lr * v, v


def only_the_gradient(w, v, grad, lr, beta):
    return w - lr * grad, beta * v + grad


def swapped_order(w, v, grad, lr, beta):
    v = beta * v + grad
    return v, w - lr * v


def critical_beta(lr, curvature):
    return (1 - np.sqrt(lr * curvature)) ** 2


def not_squared(lr, curvature):
    return 1 - np.sqrt(lr * curvature)


def root_forgotten(lr, curvature):
    return (1 - lr * curvature) ** 2


def other_solution(lr, curvature):
    return (1 + np.sqrt(lr * curvature)) ** 2


def plain_factor(lr, curvature):
    return 1 - lr * curvature


def rate_only(lr, curvature):
    return (1 - np.sqrt(lr)) ** 2


def nesterov_step(w, update, gradient, lr, beta):
    ahead = w + beta * update
    return w + beta * update - lr * gradient(ahead)


def gradient_here(w, update, gradient, lr, beta):
    return w + beta * update - lr * gradient(w)


def whole_update_ahead(w, update, gradient, lr, beta):
    return w + beta * update - lr * gradient(w + update)


def looked_back(w, update, gradient, lr, beta):
    return w + beta * update - lr * gradient(w - beta * update)


def memory_lost(w, update, gradient, lr, beta):
    return w - lr * gradient(w + beta * update)


def only_the_update(w, update, gradient, lr, beta):
    return beta * update - lr * gradient(w + beta * update)


def memory_times_rate(w, update, gradient, lr, beta):
    return w + lr * (beta * update - gradient(w + beta * update))


def rate_of_average(lr, beta):
    return lr / (1 - beta)


def same_rate(lr, beta):
    return lr


def smaller(lr, beta):
    return lr * (1 - beta)


def over_beta(lr, beta):
    return lr / beta


def over_one_plus_beta(lr, beta):
    return lr / (1 + beta)


EXERCISES = [
    Exercise(
        id="4.1.1",
        title="One step of momentum",
        solution=momentum_step,
        probes=[
            (3.0, 0.0, 2.0, 0.1, 0.9),
            (1.0, 5.0, -2.0, 0.25, 0.5),
            (-2.0, 4.0, 0.0, 0.5, 0.8),
            (
                np.array([1.0, -1.0]),
                np.array([0.5, 2.0]),
                np.array([3.0, -4.0]),
                0.01,
                0.9,
            ),
        ],
        mistakes=[
            Mistake(
                "rate twice",
                rate_twice,
                "The learning rate is in there twice: once in the velocity, and again in the step. "
                "In this form it stands outside the velocity only.",
            ),
            Mistake(
                "update form",
                update_form,
                "That is the update form: its memory is the last *step*, with rate and sign inside. "
                "It walks the same path at a constant rate, but what is asked for is the velocity form, "
                "in which v has neither.",
            ),
            Mistake(
                "uphill",
                uphill,
                "That goes uphill: the velocity is a sum of gradients, and the weight moves *against* it.",
            ),
            Mistake(
                "old velocity",
                old_velocity,
                "The weight moved by the old velocity, so it learns of this gradient only one step later. "
                "Update `v` first, then use it.",
            ),
            Mistake(
                "average",
                average,
                "That is the average form: you weighted the gradient with `1 - beta`. The velocity form "
                "adds it in full.",
            ),
            Mistake(
                "only the gradient",
                only_the_gradient,
                "The velocity is kept but never used: the weight moved by the gradient alone, which is "
                "plain descent. It has to move by the velocity.",
            ),
            Mistake(
                "order",
                swapped_order,
                "Both are right, in the wrong order: return the weight first, then the velocity.",
            ),
        ],
        right="With v = 0 the first step is that of plain descent. The memory shows from the second on.",
        unfinished="Two lines: the velocity, then the weight.",
    ),
    Exercise(
        id="4.1.2",
        title="Critical damping",
        solution=critical_beta,
        probes=[(0.04, 1.0), (0.01, 9.0), (0.1, 2.5), (0.002, 100.0)],
        mistakes=[
            Mistake(
                "not squared",
                not_squared,
                "That is √β: the factor left per step, and half of the solution. Square it.",
            ),
            Mistake(
                "root forgotten",
                root_forgotten,
                "The square root is missing: (1 + β − ηλ)² = 4β becomes 1 + β − ηλ = 2√β, "
                "which is (1 − √β)² = ηλ.",
            ),
            Mistake(
                "the other solution",
                other_solution,
                "That solution is above 1: with such a β the ball would gain speed. Take the other sign "
                "of the root.",
            ),
            Mistake(
                "plain factor",
                plain_factor,
                "1 − ηλ is the factor of plain descent per step. With momentum the two roots must coincide: "
                "solve (1 + β − ηλ)² = 4β for β.",
            ),
            Mistake(
                "curvature forgotten",
                rate_only,
                "The curvature is missing. A steep direction needs less memory than a gentle one, at one rate.",
            ),
        ],
        right="The factor per step is √β = 1 − √(ηλ). At ηλ = 0.01 that is 0.9, where plain descent has 0.99.",
        unfinished="It is one expression in `lr * curvature`.",
    ),
    Exercise(
        id="4.1.3",
        title="Where to look",
        solution=nesterov_step,
        probes=[
            (3.0, -0.5, bowl_gradient, 0.1, 0.9),
            (1.0, 2.0, cubic_gradient, 0.05, 0.5),
            (-2.0, 1.0, cubic_gradient, 0.01, 0.8),
        ],
        mistakes=[
            Mistake(
                "gradient where it stands",
                gradient_here,
                "That is the heavy ball: the gradient is taken at `w`. Take it where the memory alone "
                "would bring the weight.",
            ),
            Mistake(
                "looked too far",
                whole_update_ahead,
                "You looked a whole update ahead. Only `beta` times the update is kept, so that is how far "
                "the memory brings the weight.",
            ),
            Mistake(
                "looked back",
                looked_back,
                "You looked backward: that is about where the weight has been. Ahead is in the direction "
                "of the update.",
            ),
            Mistake(
                "memory lost",
                memory_lost,
                "The gradient is taken at the right place, but then the step forgets the memory: add "
                "`beta * update`.",
            ),
            Mistake(
                "only the update",
                only_the_update,
                "That is the new update. Return the new weight: the old one plus the update.",
            ),
            Mistake(
                "rate on the memory",
                memory_times_rate,
                "`lr` multiplies the memory too. The last update has its rate in it already; only the "
                "gradient needs one.",
            ),
        ],
        right="One gradient per step, as in every method here; it is only taken somewhere else.",
        unfinished="First name the place: `ahead = ...`. Then take the step.",
    ),
    Exercise(
        id="4.1.4",
        title="From PyTorch to an average",
        solution=rate_of_average,
        probes=[(0.1, 0.9), (0.01, 0.5), (0.5, 0.99)],
        mistakes=[
            Mistake(
                "the same rate",
                same_rate,
                "With the same rate the steps are too small, by the factor `1 - beta`: the average is that "
                "much smaller than the sum.",
            ),
            Mistake(
                "the wrong way",
                smaller,
                "That is the conversion in the other direction, from an average to PyTorch. The average is "
                "smaller than the sum, so its rate must be larger.",
            ),
            Mistake(
                "over beta",
                over_beta,
                "The gradient enters the average with the weight `1 - beta`, not `beta`.",
            ),
            Mistake(
                "over one plus beta",
                over_one_plus_beta,
                "1/(1 + β) is what alternating gradients leave of a step. Here compare the two memories: "
                "how much of a gradient does each take in?",
            ),
        ],
        right="It is PyTorch's effective rate, η/(1 − β). A setting copied without the factor is off "
        "tenfold at β = 0.9.",
        unfinished="It is one expression in `lr` and `beta`.",
    ),
]
