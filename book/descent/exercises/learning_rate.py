"""Exercises of 2.2, Learning rate: solutions, probes, wrong answers."""

import math

import numpy as np

from coursekit.exercises import Exercise, Mistake


def edge_of(H):
    return 2 / np.linalg.eigvalsh(H).max()


def from_the_trace(H):
    return 2 / np.trace(H)


def from_the_largest_entry(H):
    return 2 / np.max(H)


def one_over_curvature(H):
    return 1 / np.linalg.eigvalsh(H).max()


def from_the_smallest(H):
    return 2 / np.linalg.eigvalsh(H).min()


def from_both_ends(H):
    eigenvalues = np.linalg.eigvalsh(H)
    return 2 / (eigenvalues.min() + eigenvalues.max())


def largest_curvature_itself(H):
    return np.linalg.eigvalsh(H).max()


def every_edge(H):
    return 2 / np.linalg.eigvalsh(H)


def steps_needed(smallest, largest, share):
    lr = 2 / (smallest + largest)
    factor = 1 - lr * smallest
    return int(np.ceil(np.log(share) / np.log(factor)))


def not_rounded(smallest, largest, share):
    return math.log(share) / math.log(
        (largest - smallest) / (largest + smallest)
    )


def rounded_down(smallest, largest, share):
    return math.floor(not_rounded(smallest, largest, share))


def at_one_over_largest(smallest, largest, share):
    return math.ceil(math.log(share) / math.log(1 - smallest / largest))


def of_the_loss(smallest, largest, share):
    return math.ceil(0.5 * not_rounded(smallest, largest, share))


def just_below_the_edge(smallest, largest, share):
    return math.ceil(
        math.log(share) / math.log(abs(1 - 2 * smallest / largest))
    )


def linear_decrease(smallest, largest, share):
    factor = (largest - smallest) / (largest + smallest)
    return math.ceil((1 - share) / (1 - factor))


def rate_grid(low, high, n):
    return np.geomspace(low, high, n)


def equal_differences(low, high, n):
    return np.linspace(low, high, n)


def values_as_exponents(low, high, n):
    return np.logspace(low, high, n)


def natural_exponents(low, high, n):
    return np.logspace(np.log(low), np.log(high), n)


def exponents_only(low, high, n):
    return np.linspace(np.log10(low), np.log10(high), n)


def end_left_out(low, high, n):
    return np.geomspace(low, high, n, endpoint=False)


def one_too_many(low, high, n):
    return np.geomspace(low, high, n + 1)


def descending(low, high, n):
    return np.geomspace(high, low, n)


def schedule(step, lr, warm_up, every):
    if step < warm_up:
        return lr * (step + 1) / warm_up
    return lr * 0.5 ** ((step - warm_up) // every)


def starts_at_zero(step, lr, warm_up, every):
    if step < warm_up:
        return lr * step / warm_up
    return lr * 0.5 ** ((step - warm_up) // every)


def smooth(step, lr, warm_up, every):
    if step < warm_up:
        return lr * (step + 1) / warm_up
    return lr * 0.5 ** ((step - warm_up) / every)


def counted_from_the_start(step, lr, warm_up, every):
    if step < warm_up:
        return lr * (step + 1) / warm_up
    return lr * 0.5 ** (step // every)


def whole_number_warm_up(step, lr, warm_up, every):
    if step < warm_up:
        return lr * ((step + 1) // warm_up)
    return lr * 0.5 ** ((step - warm_up) // every)


def without_warm_up(step, lr, warm_up, every):
    return lr * 0.5 ** (step // every)


def halved_too_early(step, lr, warm_up, every):
    if step < warm_up:
        return lr * (step + 1) / warm_up
    return lr * 0.5 ** ((step - warm_up + 1) // every)


def halved_at_once(step, lr, warm_up, every):
    if step < warm_up:
        return lr * (step + 1) / warm_up
    return lr * 0.5 ** ((step - warm_up) // every + 1)


EXERCISES = [
    Exercise(
        id="2.2.1",
        title="The edge of a bowl",
        solution=edge_of,
        probes=[
            (np.array([[2.0, 1.0], [1.0, 2.0]]),),
            (np.array([[10.0, 0.0], [0.0, 0.5]]),),
            (np.array([[5.0, -2.0, 0.0], [-2.0, 5.0, 0.0], [0.0, 0.0, 1.0]]),),
        ],
        mistakes=[
            Mistake(
                "trace",
                from_the_trace,
                "You divided by the trace, the *sum* of the curvatures. A rate below that is safe, but the "
                "edge is set by the largest one alone.",
            ),
            Mistake(
                "largest entry",
                from_the_largest_entry,
                "You used the largest entry of the matrix. That is the largest curvature only if the matrix "
                "is diagonal; in general take its largest eigenvalue.",
            ),
            Mistake(
                "one over curvature",
                one_over_curvature,
                "Half of it: at 1 / λmax the steepest direction lands in one step. It may overshoot and "
                "still come closer, up to 2 / λmax.",
            ),
            Mistake(
                "smallest eigenvalue",
                from_the_smallest,
                "You used the smallest curvature. With that rate the flattest direction would be at its "
                "edge, and all the others far beyond theirs.",
            ),
            Mistake(
                "best rate",
                from_both_ends,
                "That is the *best* constant rate, 2 / (λmin + λmax). There is room beyond it, up to the edge.",
            ),
            Mistake(
                "curvature",
                largest_curvature_itself,
                "That is the largest curvature. The edge is 2 divided by it.",
            ),
            Mistake(
                "an edge for each direction",
                every_edge,
                "These are the edges of all directions. One rate has to suit them all: return the "
                "smallest of them, a single number.",
            ),
        ],
        right="One steep direction limits the step in all the others: that is what makes a large condition "
        "number slow.",
        unfinished="Begin with the eigenvalues.",
    ),
    Exercise(
        id="2.2.2",
        title="How many steps?",
        solution=steps_needed,
        probes=[(1.0, 10.0, 0.001), (1.0, 100.0, 0.01), (0.5, 3.0, 1e-6)],
        mistakes=[
            Mistake(
                "not rounded",
                not_rounded,
                "The number is right, but steps are whole: round it up with `np.ceil`.",
            ),
            Mistake(
                "rounded down",
                rounded_down,
                "One short: after that many steps a little more than `share` is left. Round up.",
            ),
            Mistake(
                "rate 1 over largest",
                at_one_over_largest,
                "That is for the rate 1 / largest. The best constant rate is 2 / (smallest + largest), "
                "nearly twice as large.",
            ),
            Mistake(
                "loss instead of distance",
                of_the_loss,
                "That is when the *loss* is down to `share`: it goes with the square of the distance, so it "
                "takes half as many steps. The question is about the distance.",
            ),
            Mistake(
                "rate 2 over largest",
                just_below_the_edge,
                "That is for the rate 2 / largest, which is the edge: there the steep direction never "
                "arrives. The best rate is 2 / (smallest + largest).",
            ),
            Mistake(
                "linear",
                linear_decrease,
                "You let every step take the same length off. Each step leaves the same *share* of what "
                "was left before it: after n steps, factor ** n.",
            ),
        ],
        right="For a large condition number κ this is about ½ κ · log(1/share): ten times the condition "
        "number, ten times the steps.",
    ),
    Exercise(
        id="2.2.3",
        title="A grid of rates",
        solution=rate_grid,
        probes=[(1e-4, 1.0, 5), (0.01, 10.0, 4), (2e-6, 0.3, 3)],
        mistakes=[
            Mistake(
                "equal differences",
                equal_differences,
                "These are equally far *apart*: nearly all of them lie in the largest decade. You want equal "
                "ratios.",
            ),
            Mistake(
                "values as exponents",
                values_as_exponents,
                "`np.logspace` takes *exponents* of 10: `np.logspace(-4, 0, 5)` starts at 0.0001. Give it "
                "`np.log10(low)` and `np.log10(high)`, or use `np.geomspace`, which takes the values.",
            ),
            Mistake(
                "natural logarithm",
                natural_exponents,
                "`np.logspace` raises 10 to its exponents, and `np.log` is the logarithm to base e. Use "
                "`np.log10`.",
            ),
            Mistake(
                "exponents only",
                exponents_only,
                "Those are the exponents, some of them negative. The rates are 10 raised to them.",
            ),
            Mistake(
                "end left out",
                end_left_out,
                "The last rate is missing: `high` belongs to the grid.",
            ),
            Mistake(
                "one too many",
                one_too_many,
                "One rate too many: n values have n − 1 gaps between them, and you made n gaps.",
            ),
            Mistake(
                "descending",
                descending,
                "The right rates in the wrong order: from `low` up to `high`, please.",
            ),
        ],
        right="With 5 values from 0.0001 to 1 the factor is 10: n values leave n − 1 equal gaps between "
        "their logarithms.",
    ),
    Exercise(
        id="2.2.4",
        title="Warm up, then halve",
        solution=schedule,
        probes=[
            (0, 0.4, 4, 10),
            (2, 0.4, 4, 10),
            (3, 0.4, 4, 10),
            (4, 0.4, 4, 10),
            (9, 0.4, 4, 10),
            (13, 0.4, 4, 10),
            (14, 0.4, 4, 10),
            (37, 0.4, 4, 10),
            (12, 1.0, 5, 3),
        ],
        mistakes=[
            Mistake(
                "starts at zero",
                starts_at_zero,
                "At step 0 your rate is 0, so the first step does not move. It should be `lr / warm_up` "
                "there, and reach `lr` at step `warm_up - 1`.",
            ),
            Mistake(
                "falls smoothly",
                smooth,
                "After the warm-up your rate falls at every step. It should stay for `every` steps and then "
                "halve: use `//`, which counts whole periods.",
            ),
            Mistake(
                "counted from the start",
                counted_from_the_start,
                "You count the halvings from step 0. They begin after the warm-up: count the steps since "
                "then.",
            ),
            Mistake(
                "whole-number division in the warm-up",
                whole_number_warm_up,
                "During the warm-up your rate is 0 until the last step: `//` drops the fraction. Use `/` "
                "there.",
            ),
            Mistake(
                "no warm-up",
                without_warm_up,
                "There is no warm-up: at step 0 the rate is already `lr`.",
            ),
            Mistake(
                "halved one step early",
                halved_too_early,
                "The halving comes one step too early. The first step after the warm-up is number 0 of its "
                "period.",
            ),
            Mistake(
                "halved at once",
                halved_at_once,
                "Right after the warm-up your rate is already half of `lr`. For the first `every` steps it "
                "should be `lr` itself.",
            ),
        ],
        right="Such a function is all that a training loop needs: it sets the rate before each step.",
    ),
]
