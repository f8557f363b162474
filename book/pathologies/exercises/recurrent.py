"""Exercises of 3.5, Recurrent nets: solutions, probes, typical wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake


def slope_by_w(w, x):
    h, slope = 0.0, 0.0
    for number in x:
        new = np.tanh(w * h + number)
        slope = (1 - new**2) * (h + w * slope)
        h = new
    return slope


def only_the_last_step(w, x):
    h, slope = 0.0, 0.0
    for number in x:
        new = np.tanh(w * h + number)
        slope = (1 - new**2) * h
        h = new
    return slope


def tanh_forgotten(w, x):
    h, slope = 0.0, 0.0
    for number in x:
        slope = h + w * slope
        h = np.tanh(w * h + number)
    return slope


def value_for_slope(w, x):
    h, slope = 0.0, 0.0
    for number in x:
        new = np.tanh(w * h + number)
        slope = new * (h + w * slope)
        h = new
    return slope


def through_the_state_only(w, x):
    h, slope = 0.0, 1.0
    for number in x:
        h = np.tanh(w * h + number)
        slope = (1 - h**2) * w * slope
    return slope


def weight_missing_on_the_way(w, x):
    h, slope = 0.0, 0.0
    for number in x:
        new = np.tanh(w * h + number)
        slope = (1 - new**2) * (h + slope)
        h = new
    return slope


def state_too_new(w, x):
    h, slope = 0.0, 0.0
    for number in x:
        h = np.tanh(w * h + number)
        slope = (1 - h**2) * (h + w * slope)
    return slope


def inputs_forgotten(w, x):
    h, slope = 0.0, 0.0
    for number in x:
        new = np.tanh(w * h + number)
        slope = (1 - new**2) * (number + w * slope)
        h = new
    return slope


def forget_bias(keep, steps):
    gate = keep ** (1 / steps)
    return np.log(gate / (1 - gate))


def the_gate_itself(keep, steps):
    return keep ** (1 / steps)


def one_step(keep, steps):
    return np.log(keep / (1 - keep))


def power_for_root(keep, steps):
    gate = keep**steps
    return np.log(gate / (1 - gate))


def sign_turned(keep, steps):
    gate = keep ** (1 / steps)
    return np.log((1 - gate) / gate)


def loss_shared_out(keep, steps):
    gate = 1 - (1 - keep) / steps
    return np.log(gate / (1 - gate))


def logarithm_only(keep, steps):
    return np.log(keep) / steps


def clip(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    scale = limit / norm if norm > limit else 1.0
    return [scale * g for g in grads]


def each_on_its_own(grads, limit):
    return [
        g * (limit / n if (n := np.linalg.norm(g)) > limit else 1.0)
        for g in grads
    ]


def always_scaled(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    with np.errstate(all="ignore"):
        return [limit / norm * g for g in grads]


def always_scaled_but_zero(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    return [limit / norm * g if norm > 0 else 1.0 * g for g in grads]


def divided_by_zero(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    with np.errstate(all="ignore"):
        return [g / norm * min(norm, limit) for g in grads]


def by_value(grads, limit):
    return [np.clip(g, -limit, limit) for g in grads]


def root_forgotten(grads, limit):
    squares = sum(np.sum(g**2) for g in grads)
    scale = limit / squares if squares > limit else 1.0
    return [scale * g for g in grads]


def length_one(grads, limit):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    scale = 1 / norm if norm > limit else 1.0
    return [scale * g for g in grads]


def norms_added(grads, limit):
    norm = sum(np.linalg.norm(g) for g in grads)
    scale = limit / norm if norm > limit else 1.0
    return [scale * g for g in grads]


GATES, CLIP, WEIGHTS, THRESHOLD = (
    "gates",
    "clip",
    "smaller weights",
    "higher threshold",
)

EXERCISES = [
    Exercise(
        id="3.5.1",
        title="The slope through time",
        solution=slope_by_w,
        probes=[
            (0.9, [0.5, -0.2, 0.8, 0.1]),
            (1.6, [0.3, 0.7, -1.1]),
            (-0.7, [1.0, 0.4]),
            (1.1, [0.6]),
        ],
        mistakes=[
            Mistake(
                "only the last step",
                only_the_last_step,
                "You held the earlier state fixed. It depends on w as well, and its slope comes along, times w.",
            ),
            Mistake(
                "tanh forgotten",
                tanh_forgotten,
                "The slope of tanh is missing: at each step all is multiplied by 1 − h², with the new h.",
            ),
            Mistake(
                "value for slope",
                value_for_slope,
                "You multiplied by tanh itself. Its slope is 1 − h².",
            ),
            Mistake(
                "through the state only",
                through_the_state_only,
                "That is how the last state depends on the first. w has its own say at *every* step: add h.",
            ),
            Mistake(
                "w missing on the way",
                weight_missing_on_the_way,
                "The slope of w·h by w is h + w·(dh/dw): the earlier slope is multiplied by w.",
            ),
            Mistake(
                "state too new",
                state_too_new,
                "What w is multiplied by is the state *before* the step. Keep it until the slope is worked out.",
            ),
            Mistake(
                "the input for the state",
                inputs_forgotten,
                "w multiplies the state, and not the input: the slope by w itself is the old h.",
            ),
        ],
        right="A sum over all steps, each term with its own product of w·(1 − h²): the weight gradient of "
        "a recurrent net.",
        unfinished="Start with `h = 0.0` and a slope of 0.0, and update both for each x.",
    ),
    Exercise(
        id="3.5.2",
        title="A bias for a memory",
        solution=forget_bias,
        probes=[(0.5, 100), (0.9, 20), (0.1, 1000), (0.3, 2)],
        mistakes=[
            Mistake(
                "the gate itself",
                the_gate_itself,
                "That is f, the gate. The bias is what goes into the sigmoid: log(f / (1 − f)).",
            ),
            Mistake(
                "one step",
                one_step,
                "With this bias `keep` is left after one step. After n steps it is fⁿ.",
            ),
            Mistake(
                "power for root",
                power_for_root,
                "You raised `keep` to the power of `steps`. From fⁿ = keep follows the n-th *root*.",
            ),
            Mistake(
                "sign turned",
                sign_turned,
                "The sign is turned: a gate near 1 needs a large positive bias.",
            ),
            Mistake(
                "loss shared out",
                loss_shared_out,
                "You shared the loss out evenly. Each step *multiplies* by f, so f is the n-th root of `keep`.",
            ),
            Mistake(
                "logarithm only",
                logarithm_only,
                "That is log f. The inverse of the sigmoid is log(f / (1 − f)).",
            ),
        ],
        right="For half of it after 100 steps: b = 5.0. Each tenfold memory takes about 2.3 more.",
        unfinished="Which gate f has `f**steps == keep`?",
    ),
    Exercise(
        id="3.5.3",
        title="Clip by norm",
        solution=clip,
        probes=[
            ([np.array([3.0, 0.0]), np.array([[4.0], [12.0]])], 2.0),
            ([np.array([0.3, -0.4]), np.array([1.2])], 3.0),
            ([np.zeros(2), np.zeros((2, 1))], 1.0),
            ([np.array([0.8, 0.0]), np.array([0.3, 0.3, -0.9])], 1.0),
        ],
        mistakes=[
            Mistake(
                "each on its own",
                each_on_its_own,
                "You clipped each array by its own norm: that turns the whole gradient. One norm, one factor.",
            ),
            Mistake(
                "always scaled",
                always_scaled,
                "Short gradients are stretched to `limit`, and zeros become NaN. Scale only what is longer.",
            ),
            Mistake(
                "stretched",
                always_scaled_but_zero,
                "Gradients shorter than `limit` are stretched to it. The factor is at most 1.",
            ),
            Mistake(
                "0/0",
                divided_by_zero,
                "Right, but for a gradient of zero: 0/0 is NaN. Divide only if the norm is above `limit`.",
            ),
            Mistake(
                "by value",
                by_value,
                "That is clipping by value, which turns the direction.",
            ),
            Mistake(
                "root forgotten",
                root_forgotten,
                "The norm is the *root* of the sum of squares.",
            ),
            Mistake(
                "length 1",
                length_one,
                "What is too long gets the length 1. It should get the length `limit`.",
            ),
            Mistake(
                "norms added",
                norms_added,
                "Norms don't add. Add the squares of all numbers, then take the root.",
            ),
        ],
        right="That is `coursekit.clipping.clip_by_norm`, save for numbers that are not finite.",
        unfinished="First the norm of all numbers together.",
    ),
    Exercise(
        id="3.5.4",
        title="Four logs, four remedies",
        solution=[GATES, CLIP, WEIGHTS, THRESHOLD],
        mistakes=[
            Mistake(
                "clip for the NaN",
                [GATES, WEIGHTS, CLIP, THRESHOLD],
                "Run 2 is clipped already, and 0 · ∞ is NaN. The gradient overflows before the first step, so the "
                "start is to blame. Run 1 needs the clipping.",
            ),
            Mistake(
                "clip for what vanishes",
                [CLIP, GATES, WEIGHTS, THRESHOLD],
                "Clipping can't bring back what has vanished, as in run 0. Run 1 has one gradient that is far too long.",
            ),
            Mistake(
                "threshold for the NaN",
                [GATES, CLIP, THRESHOLD, WEIGHTS],
                "No threshold helps against a norm of ∞. And in run 3 nothing is wrong with the gradients.",
            ),
            Mistake(
                "weights for what vanishes",
                [WEIGHTS, CLIP, GATES, THRESHOLD],
                "Smaller weights let the gradient of run 0 vanish faster still. And run 2 explodes, which gates don't stop.",
            ),
            Mistake(
                "threshold for what vanishes",
                [THRESHOLD, CLIP, WEIGHTS, GATES],
                "Run 0 is a plain RNN whose early steps get 10⁻²⁰: no threshold is in play. Run 3 cuts each step "
                "to a 2,000th.",
            ),
        ],
        right="Look at where the gradient is lost before choosing the cure: over time, in one step, before the "
        "first step, or in the clipping itself.",
    ),
]
