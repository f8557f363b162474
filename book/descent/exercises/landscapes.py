"""Exercises of 2.4, Landscapes: solutions, probes, wrong answers."""

import math

import numpy as np

from coursekit.exercises import Exercise, Mistake


def square(x):
    """x²"""
    return x**2


def double_well(x):
    """(x² − 1)²"""
    return (x**2 - 1) ** 2


def bend(x):
    """x³"""
    return x**3


def tilted_well(x):
    """(x² − 1)² + 0.3x"""
    return (x**2 - 1) ** 2 + 0.3 * x


def tilted_the_other_way(x):
    """(x² − 1)² − 0.3x"""
    return (x**2 - 1) ** 2 - 0.3 * x


def chord_gap(f, a, b, t):
    return (1 - t) * f(a) + t * f(b) - f((1 - t) * a + t * b)


def gap_reversed(f, a, b, t):
    return f((1 - t) * a + t * b) - ((1 - t) * f(a) + t * f(b))


def weights_swapped(f, a, b, t):
    return t * f(a) + (1 - t) * f(b) - f((1 - t) * a + t * b)


def middle_of_the_chord(f, a, b, t):
    return (f(a) + f(b)) / 2 - f((1 - t) * a + t * b)


def always_the_middle(f, a, b, t):
    return (f(a) + f(b)) / 2 - f((a + b) / 2)


def only_a_distance(f, a, b, t):
    return abs(chord_gap(f, a, b, t))


def yes_or_no(f, a, b, t):
    return chord_gap(f, a, b, t) >= 0


def kind(H):
    curvatures = np.linalg.eigvalsh(H)
    up, down = np.any(curvatures > 1e-9), np.any(curvatures < -1e-9)
    if up and down:
        return "saddle"
    if np.any(abs(curvatures) <= 1e-9):
        return "flat"
    return "minimum" if up else "maximum"


def signs_swapped(H):
    return {"minimum": "maximum", "maximum": "minimum"}.get(kind(H), kind(H))


def by_the_determinant(H):
    determinant = np.linalg.det(H)
    if abs(determinant) <= 1e-9:
        return "flat"
    return "minimum" if determinant > 0 else "saddle"


def textbook_rule(H):
    determinant = np.linalg.det(H)
    if abs(determinant) <= 1e-9:
        return "flat"
    if determinant < 0:
        return "saddle"
    return "minimum" if H[0][0] > 0 else "maximum"


def by_the_diagonal(H):
    diagonal = np.diag(H)
    if np.any(diagonal > 1e-9) and np.any(diagonal < -1e-9):
        return "saddle"
    if np.any(abs(diagonal) <= 1e-9):
        return "flat"
    return "minimum" if diagonal[0] > 0 else "maximum"


def zero_counts_as_up(H):
    curvatures = np.linalg.eigvalsh(H)
    if np.all(curvatures >= -1e-9):
        return "minimum"
    return "maximum" if np.all(curvatures <= 1e-9) else "saddle"


def zero_first(H):
    return "flat" if np.any(abs(np.linalg.eigvalsh(H)) <= 1e-9) else kind(H)


def steps_to_leave(x, lr, curvature, edge):
    return math.ceil(math.log(edge / x) / math.log(1 + lr * abs(curvature)))


def sign_of_the_curvature(x, lr, curvature, edge):
    return math.ceil(math.log(edge / x) / math.log(1 + lr * curvature))


def without_the_rate(x, lr, curvature, edge):
    return math.ceil(math.log(edge / x) / math.log(1 + abs(curvature)))


def one_step_short(x, lr, curvature, edge):
    return math.floor(math.log(edge / x) / math.log(1 + lr * abs(curvature)))


def not_rounded(x, lr, curvature, edge):
    return math.log(edge / x) / math.log(1 + lr * abs(curvature))


def equal_steps(x, lr, curvature, edge):
    return math.ceil((edge - x) / (lr * abs(curvature) * x))


def two_logarithms(x, lr, curvature, edge):
    return math.ceil(math.log10(edge / x) / math.log(1 + lr * abs(curvature)))


def share_lowest(loss, ends):
    values = loss(ends)
    return np.mean(values <= values.min() + 1e-6)


def lowest_place(loss, ends):
    return np.mean(ends <= ends.min() + 1e-6)


def exactly_equal(loss, ends):
    values = loss(ends)
    return np.mean(values == values.min())


def counted(loss, ends):
    values = loss(ends)
    return np.sum(values <= values.min() + 1e-6)


def the_others(loss, ends):
    values = loss(ends)
    return np.mean(values > values.min() + 1e-6)


def one_over_the_valleys(loss, ends):
    return 1 / len(np.unique(np.round(ends, 4)))


def below_average(loss, ends):
    values = loss(ends)
    return np.mean(values < values.mean())


LEFT, RIGHT = -1.0355787, 0.9601503  # the bottoms of the tilted well
UNEQUAL = np.array([LEFT, LEFT + 1e-8, RIGHT, RIGHT, RIGHT - 1e-8])
MOSTLY_LOW = np.array([LEFT, RIGHT, LEFT - 1e-8, LEFT + 1e-9, LEFT])

EXERCISES = [
    Exercise(
        id="2.4.1",
        title="Under the chord?",
        solution=chord_gap,
        probes=[
            (square, -1.0, 3.0, 0.25),
            (double_well, -1.0, 1.5, 0.4),
            (bend, -2.0, 1.0, 0.7),
            (square, 0.0, 2.0, 0.5),
        ],
        mistakes=[
            Mistake(
                "reversed",
                gap_reversed,
                "The sign is reversed: where the chord lies *above* the curve, as on x², the gap is "
                "positive.",
            ),
            Mistake(
                "weights swapped",
                weights_swapped,
                "The point and the chord don't belong together: at `t = 0` you stand at `a`, so "
                "there the chord must have the height `f(a)`.",
            ),
            Mistake(
                "middle of the chord",
                middle_of_the_chord,
                "You took the height of the chord at its middle, whatever `t` is. Weigh `f(a)` and "
                "`f(b)` as you weighed `a` and `b`.",
            ),
            Mistake(
                "always the middle",
                always_the_middle,
                "That compares curve and chord at the middle only. Where to compare them is what `t` "
                "says.",
            ),
            Mistake(
                "only a distance",
                only_a_distance,
                "Leave the sign: above or below the chord is the question, and the absolute value "
                "wipes out the answer.",
            ),
            Mistake(
                "yes or no",
                yes_or_no,
                "That says *whether* the chord is above the curve. Asked for is by how much: a number.",
            ),
        ],
        right="One negative gap proves that a function is not convex. No number of positive ones "
        "proves that it is; for that, look at its second derivatives.",
        unfinished="The point is `(1 - t) * a + t * b`.",
    ),
    Exercise(
        id="2.4.2",
        title="What kind of level place?",
        solution=kind,
        probes=[
            (np.array([[2.0, 0.0], [0.0, 1.0]]),),
            (np.array([[-1.0, 0.0], [0.0, -3.0]]),),
            (np.array([[1.0, 3.0], [3.0, 1.0]]),),
            (np.diag([2.0, 0.0]),),
            (np.diag([-2.0, -1.0, 3.0]),),
            (np.diag([-1.0, -2.0, -3.0]),),
            (np.diag([1.0, 0.0, -1.0]),),
        ],
        mistakes=[
            Mistake(
                "signs swapped",
                signs_swapped,
                "Minimum and maximum are swapped: in a minimum the loss bends *up* in every "
                "direction, so all curvatures are positive.",
            ),
            Mistake(
                "determinant",
                by_the_determinant,
                "The determinant is the product of the curvatures: two negative ones make it "
                "positive, as on a hilltop. Look at each eigenvalue.",
            ),
            Mistake(
                "textbook rule for two",
                textbook_rule,
                "That rule (determinant, then one corner) is for 2 × 2 matrices. With three "
                "directions, two that fall and one that rises have a positive determinant too. Use the "
                "eigenvalues.",
            ),
            Mistake(
                "diagonal",
                by_the_diagonal,
                "The diagonal holds the curvatures along the axes only. `[[1, 3], [3, 1]]` bends up "
                "along both and falls along the direction (1, −1): take the eigenvalues.",
            ),
            Mistake(
                "zero counts as up",
                zero_counts_as_up,
                "A curvature of zero settles nothing: x² + y⁴ and x² − y⁴ have the same Hessian at the "
                'origin. Without a sign to the contrary, say "flat".',
            ),
            Mistake(
                "zero first",
                zero_first,
                "One direction that rises and one that falls make a saddle, whatever the others do. "
                "Ask that first.",
            ),
        ],
        right="The eigenvalues are the curvatures along the directions that matter. In a network there "
        "are as many as weights, and a minimum needs all of them on one side.",
        unfinished="`np.linalg.eigvalsh(H)` gives the curvatures, smallest first.",
    ),
    Exercise(
        id="2.4.3",
        title="How long does a saddle hold?",
        solution=steps_to_leave,
        probes=[
            (1e-6, 0.1, -1.0, 0.5),
            (1e-3, 0.05, -4.0, 1.0),
            (1e-12, 0.01, -2.0, 0.5),
            (0.2, 0.5, -0.5, 0.7),
        ],
        mistakes=[
            Mistake(
                "sign of the curvature",
                sign_of_the_curvature,
                "With the negative curvature in it your factor `1 + lr * curvature` is below 1: that is "
                "a way *into* the saddle. A step against a slope of `curvature * x` multiplies x by "
                "`1 - lr * curvature`.",
            ),
            Mistake(
                "rate forgotten",
                without_the_rate,
                "The learning rate is missing: each step multiplies the distance by "
                "`1 + lr * abs(curvature)`.",
            ),
            Mistake(
                "one step short",
                one_step_short,
                "One step short: after that many steps it has not reached the edge. Round up.",
            ),
            Mistake(
                "not rounded",
                not_rounded,
                "The logarithms are right. Steps come in whole numbers: round up.",
            ),
            Mistake(
                "equal steps",
                equal_steps,
                "That counts steps as long as the first one. The slope grows with the distance, so "
                "each step is longer than the one before: the distance is *multiplied*.",
            ),
            Mistake(
                "two logarithms",
                two_logarithms,
                "You divided a logarithm to base 10 by a natural one. Any base will do, but the same "
                "for both.",
            ),
        ],
        right="A start that is a thousand times closer costs three decades more of steps, and no more: "
        "a saddle delays, it does not hold.",
        unfinished="After n steps the distance is `x * (1 + lr * abs(curvature)) ** n`.",
    ),
    Exercise(
        id="2.4.4",
        title="How many ended lowest?",
        solution=share_lowest,
        probes=[
            (tilted_well, UNEQUAL),
            (tilted_well, MOSTLY_LOW),
            (tilted_the_other_way, -UNEQUAL),
            (square, np.array([0.0, 1e-9, 1.0, -1.0, 2.0, -3.0])),
        ],
        mistakes=[
            Mistake(
                "lowest place",
                lowest_place,
                "That is the share that ended farthest to the *left*. Lowest is meant on the other "
                "axis: the smallest loss.",
            ),
            Mistake(
                "exactly equal",
                exactly_equal,
                "Two runs into the same valley stop a hair apart, and `==` takes them for two. Allow a "
                "small difference in the loss, such as 1e-6.",
            ),
            Mistake(
                "counted",
                counted,
                "That is how many there are. A share is divided by the number of runs: use the mean.",
            ),
            Mistake(
                "the others",
                the_others,
                "That is the share that ended *higher*. Turn the comparison around.",
            ),
            Mistake(
                "one over the valleys",
                one_over_the_valleys,
                "That would be so if every valley had equally many starts. Their basins differ in "
                "size: count the runs.",
            ),
            Mistake(
                "below average",
                below_average,
                "Better than the average is not the lowest: with three valleys, two of them can be. "
                "Compare with the smallest loss.",
            ),
        ],
        right="It counts as lowest what the best run found. Whether something lower exists, no run "
        "can tell.",
        unfinished="Begin with `values = loss(ends)`.",
    ),
]
