"""Exercises of 4.2, Adaptive methods: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake, close


def rmsprop_step(w, grad, v, lr, alpha, eps):
    v = alpha * v + (1 - alpha) * grad**2
    return w - lr * grad / (np.sqrt(v) + eps), v


def eps_inside_the_root(w, grad, v, lr, alpha, eps):
    v = alpha * v + (1 - alpha) * grad**2
    return w - lr * grad / np.sqrt(v + eps), v


def not_squared(w, grad, v, lr, alpha, eps):
    v = alpha * v + (1 - alpha) * grad
    return w - lr * grad / (np.sqrt(abs(v)) + eps), v


def no_root(w, grad, v, lr, alpha, eps):
    v = alpha * v + (1 - alpha) * grad**2
    return w - lr * grad / (v + eps), v


def shares_swapped(w, grad, v, lr, alpha, eps):
    v = (1 - alpha) * v + alpha * grad**2
    return w - lr * grad / (np.sqrt(v) + eps), v


def summed_like_adagrad(w, grad, v, lr, alpha, eps):
    v = v + grad**2
    return w - lr * grad / (np.sqrt(v) + eps), v


def divided_by_the_old_average(w, grad, v, lr, alpha, eps):
    new = alpha * v + (1 - alpha) * grad**2
    return w - lr * grad / (np.sqrt(v) + eps), new


def corrected_average(grads, beta):
    m = 0.0
    for grad in grads:
        m = beta * m + (1 - beta) * grad
    return m / (1 - beta ** len(grads))


def correction_forgotten(grads, beta):
    m = 0.0
    for grad in grads:
        m = beta * m + (1 - beta) * grad
    return m


def one_step_early(grads, beta):
    m = 0.0
    for grad in grads:
        m = beta * m + (1 - beta) * grad
    return m / (1 - beta ** (len(grads) - 1)) if len(grads) > 1 else m


def one_step_late(grads, beta):
    m = 0.0
    for grad in grads:
        m = beta * m + (1 - beta) * grad
    return m / (1 - beta ** (len(grads) + 1))


def corrected_without_power(grads, beta):
    m = 0.0
    for grad in grads:
        m = beta * m + (1 - beta) * grad
    return m / (1 - beta)


def corrected_again_at_each_step(grads, beta):
    m = 0.0
    for t, grad in enumerate(grads, start=1):
        m = (beta * m + (1 - beta) * grad) / (1 - beta**t)
    return m


def plain_mean(grads, beta):
    return sum(grads) / len(grads)


def adamw_step(w, direction, lr, weight_decay):
    return (1 - lr * weight_decay) * w - lr * direction


def decay_without_rate(w, direction, lr, weight_decay):
    return (1 - weight_decay) * w - lr * direction


def decay_forgotten(w, direction, lr, weight_decay):
    return w - lr * direction


def everything_shrunk(w, direction, lr, weight_decay):
    return (1 - lr * weight_decay) * (w - lr * direction)


def growing(w, direction, lr, weight_decay):
    return (1 + lr * weight_decay) * w - lr * direction


def only_decay(w, direction, lr, weight_decay):
    return (1 - lr * weight_decay) * w


EXERCISES = [
    Exercise(
        id="4.2.1",
        title="A step of RMSProp",
        solution=rmsprop_step,
        probes=[
            (1.0, 2.0, 1.0, 0.1, 0.9, 0.01),
            (-3.0, -0.5, 4.0, 0.2, 0.99, 0.1),
            (0.0, 3.0, 0.25, 0.01, 0.6, 0.5),
        ],
        mistakes=[
            Mistake(
                "eps inside the root",
                eps_inside_the_root,
                "You added `eps` before taking the root, as Keras does. PyTorch adds it to the root: "
                "`np.sqrt(v) + eps`.",
            ),
            Mistake(
                "gradient not squared",
                not_squared,
                "The average is of *squared* gradients. Without the square, gradients of opposite signs "
                "cancel, and the average says nothing about their size.",
            ),
            Mistake(
                "no root",
                no_root,
                "The root is missing. Without it the step gets *shorter* the larger the gradients "
                "are: g / g² is 1 / g.",
            ),
            Mistake(
                "shares swapped",
                shares_swapped,
                "The shares are swapped: `alpha` is the part of the *old* average that is kept, and the "
                "new square gets `1 - alpha`.",
            ),
            Mistake(
                "summed",
                summed_like_adagrad,
                "That is AdaGrad: the squares are summed and nothing is forgotten. RMSProp keeps only a "
                "share `alpha` of the past.",
            ),
            Mistake(
                "old average used",
                divided_by_the_old_average,
                "You divided by the root of the *old* average. Update it first: at the start the old "
                "one is 0, and the step would be enormous.",
            ),
        ],
        right="Start it with v = 0 and the first step is lr / √(1 − α), whatever the gradient.",
        unfinished="Two lines: the new average, then the new weight. Return both.",
    ),
    Exercise(
        id="4.2.2",
        title="An average that starts at zero",
        solution=corrected_average,
        probes=[
            ([4.0], 0.9),
            ([1.0, 1.0, 1.0], 0.9),
            ([2.0, -1.0, 5.0, 0.5], 0.8),
            ([0.0, 3.0], 0.5),
        ],
        mistakes=[
            Mistake(
                "correction forgotten",
                correction_forgotten,
                "That is the average without its correction. It starts at 0 and is too small: one "
                "gradient of 4 at `beta` = 0.9 gives 0.4.",
            ),
            Mistake(
                "exponent one too small",
                one_step_early,
                "The exponent is one too small: the first step has t = 1, not 0. After a list of n "
                "gradients, the factor to divide by is `1 - beta**n`.",
            ),
            Mistake(
                "exponent one too large",
                one_step_late,
                "The exponent is one too large. After a list of n gradients, the factor to divide by is "
                "`1 - beta**n`.",
            ),
            Mistake(
                "no exponent",
                corrected_without_power,
                "You divided by `1 - beta` however long the list. That is right after one gradient; "
                "later less and less has to be corrected: `1 - beta**t`.",
            ),
            Mistake(
                "corrected inside the loop",
                corrected_again_at_each_step,
                "You put the corrected value back into the average, so it gets corrected again and again. "
                "Keep the raw average, and divide only what you return.",
            ),
            Mistake(
                "plain mean",
                plain_mean,
                "That is the plain mean, in which all gradients count alike. A moving average weighs the "
                "newest one most.",
            ),
        ],
        right="The weights (1 − β)βᵏ that the average gives to the gradients add up to 1 − βᵗ; dividing "
        "by that makes them add up to 1.",
        unfinished="Write the loop over the gradients first, and correct at the end.",
    ),
    Exercise(
        id="4.2.3",
        title="A step of AdamW",
        solution=adamw_step,
        probes=[
            (2.0, 1.0, 0.1, 0.5),
            (-1.0, -0.3, 0.01, 0.1),
            (4.0, 0.0, 0.2, 0.25),
        ],
        mistakes=[
            Mistake(
                "decay without the rate",
                decay_without_rate,
                "You shrank by `1 - weight_decay`. In PyTorch and Keras the decay is multiplied by the "
                "learning rate too: `1 - lr * weight_decay`.",
            ),
            Mistake(
                "decay forgotten",
                decay_forgotten,
                "That is Adam: the weight is not shrunk.",
            ),
            Mistake(
                "step shrunk too",
                everything_shrunk,
                "You took the step and then shrank the result, the step included. Shrink the old weight; "
                "the step comes at its full length.",
            ),
            Mistake(
                "weight grows",
                growing,
                "The sign of the decay is reversed: the weight grows. It should be pulled toward 0.",
            ),
            Mistake(
                "only the decay",
                only_decay,
                "That is the decay alone. Adam's step, `lr * direction`, is missing.",
            ),
        ],
        right="The decay never meets the division by √v̂: all weights shrink at one rate.",
    ),
    Exercise(
        id="4.2.4",
        title="How long is the memory?",
        solution=float(np.log(0.5) / np.log(0.99)),
        mistakes=[
            Mistake(
                "one over one minus beta",
                100,
                "1 / (1 − β₂) is the length of the memory in the sense that a spike has faded to 1/e. "
                "Half of it is gone earlier.",
            ),
            Mistake(
                "linear decay",
                50,
                "You took away the same amount, a hundredth of the spike, at each step. Each step takes "
                "a hundredth of *what is left*: the spike shrinks by a factor of 0.99.",
            ),
            Mistake(
                "half-life of 0.999",
                float(np.log(0.5) / np.log(0.999)),
                "That is the half-life for β₂ = 0.999. The question has 0.99.",
            ),
            Mistake(
                "upside down",
                float(np.log(0.99) / np.log(0.5)),
                "The quotient is upside down: 0.99ᵗ = ½ means t · log 0.99 = log ½.",
            ),
            Mistake(
                "half-life of the root",
                float(2 * np.log(0.5) / np.log(0.99)),
                "That is when the *root* of the average has halved, so the rate has doubled. The average "
                "itself halves in half that time.",
            ),
        ],
        compare=close(rtol=1e-3),
        right="About 69 steps, ln 2 times 1 / (1 − β₂). For Adam's default of 0.999 it is 693.",
    ),
]
