"""Exercises of 5.3, Gradient checking: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake

# 5.3.1 The loop


def cubes(x):
    """Σ x³"""
    return np.sum(x**3)


def products(x):
    """x₁² + x₁x₂ + x₂x₃ + …"""
    flat = np.ravel(x)
    return np.sum(flat[1:] * flat[:-1]) + flat[0] ** 2


def numerical_gradient(f, x, h):
    place = np.array(x, dtype=float)
    result = np.empty_like(place)
    for i in np.ndindex(place.shape):
        kept = place[i]
        place[i] = kept + h
        above = f(place)
        place[i] = kept - h
        below = f(place)
        place[i] = kept
        result[i] = (above - below) / (2 * h)
    return result


def not_put_back(f, x, h):
    place = np.array(x, dtype=float)
    result = np.empty_like(place)
    for i in np.ndindex(place.shape):
        place[i] += h
        above = f(place)
        place[i] -= 2 * h
        below = f(place)
        result[i] = (above - below) / (2 * h)
    return result


def one_sided(f, x, h):
    place = np.array(x, dtype=float)
    result = np.empty_like(place)
    here = f(place)
    for i in np.ndindex(place.shape):
        kept = place[i]
        place[i] = kept + h
        result[i] = (f(place) - here) / h
        place[i] = kept
    return result


def in_whole_numbers(f, x, h):
    """Edits a copy of x's own type: for integers, x + h is cut off."""
    place = np.array(x)
    result = np.empty(place.shape)
    for i in np.ndindex(place.shape):
        kept = place[i]
        place[i] = kept + h
        above = f(place)
        place[i] = kept - h
        below = f(place)
        place[i] = kept
        result[i] = (above - below) / (2 * h)
    return result


def whole_numbers_out(f, x, h):
    """Measures in float64 and writes the result into an array of x's type."""
    result = np.zeros_like(x)
    result[...] = numerical_gradient(f, x, h)
    return result


def all_at_once(f, x, h):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return np.full(np.shape(x), slope)


def divided_by_h(f, x, h):
    return 2 * numerical_gradient(f, x, h)


def flattened(f, x, h):
    return numerical_gradient(f, x, h).ravel()


def in_the_callers_array(f, x, h):
    """Edits the argument itself and leaves it moved."""
    result = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        x[i] = x[i] + h
        above = f(x)
        x[i] = x[i] - 2 * h
        below = f(x)
        result[i] = (above - below) / (2 * h)
    return result


# 5.3.2 One direction


def direction_error(f, x, grad, d, h):
    unit = d / np.linalg.norm(d)
    measured_slope = (f(x + h * unit) - f(x - h * unit)) / (2 * h)
    predicted = grad @ unit
    size = max(abs(measured_slope), abs(predicted))
    return abs(measured_slope - predicted) / size if size > 0 else 0.0


def prediction_not_per_unit(f, x, grad, d, h):
    unit = d / np.linalg.norm(d)
    slope = (f(x + h * unit) - f(x - h * unit)) / (2 * h)
    size = max(abs(slope), abs(grad @ d))
    return abs(slope - grad @ d) / size if size > 0 else 0.0


def moved_too_far(f, x, grad, d, h):
    """Moves by h times d, and says so consistently: another distance than asked for."""
    slope = (f(x + h * d) - f(x - h * d)) / (2 * h)
    size = max(abs(slope), abs(grad @ d))
    return abs(slope - grad @ d) / size if size > 0 else 0.0


def absolute(f, x, grad, d, h):
    unit = d / np.linalg.norm(d)
    slope = (f(x + h * unit) - f(x - h * unit)) / (2 * h)
    return abs(slope - grad @ unit)


def forward_only(f, x, grad, d, h):
    unit = d / np.linalg.norm(d)
    slope = (f(x + h * unit) - f(x)) / h
    size = max(abs(slope), abs(grad @ unit))
    return abs(slope - grad @ unit) / size if size > 0 else 0.0


def sizes_only(f, x, grad, d, h):
    unit = d / np.linalg.norm(d)
    slope = (f(x + h * unit) - f(x - h * unit)) / (2 * h)
    size = max(abs(slope), abs(grad @ unit))
    return abs(abs(slope) - abs(grad @ unit)) / size if size > 0 else 0.0


def against_length(f, x, grad, d, h):
    unit = d / np.linalg.norm(d)
    slope = (f(x + h * unit) - f(x - h * unit)) / (2 * h)
    size = max(abs(slope), np.linalg.norm(grad))
    return abs(slope - np.linalg.norm(grad)) / size if size > 0 else 0.0


def zero_by_zero(f, x, grad, d, h):
    unit = d / np.linalg.norm(d)
    slope = (f(x + h * unit) - f(x - h * unit)) / (2 * h)
    with np.errstate(invalid="ignore"):
        return np.abs(slope - grad @ unit) / np.maximum(
            np.abs(slope), np.abs(grad @ unit)
        )


def first_squared(x):
    """x₁²"""
    return x[0] ** 2


# 5.3.3 A step for float16


def within_a_factor_of_two(got, expected):
    return 0.5 <= got / expected <= 2


# 5.3.4 Five suspects


def same_letters(got, expected):
    """The letters in any order and any case, with or without commas."""

    def letters(answer):
        if not isinstance(answer, str | list | tuple | set):
            return None
        return {c for c in "".join(answer).upper() if c.isalnum()}

    return letters(got) == letters(expected)


GRID = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]])
WHOLE = np.array([2, -1, 3])

EXERCISES = [
    Exercise(
        id="5.3.1",
        title="The loop",
        solution=numerical_gradient,
        probes=[
            (cubes, GRID, 0.1),
            (cubes, WHOLE, 0.25),
            (products, -GRID, 0.5),
        ],
        mistakes=[
            Mistake(
                "not put back",
                not_put_back,
                "The entries before the current one are still moved: put each one back to what it was, "
                "before the next. The first entry is right, and from there on it drifts off.",
            ),
            Mistake(
                "the caller's array moved",
                in_the_callers_array,
                "You edit `x` itself and leave it moved: the training would go on from another point. "
                "Work on a copy in float64, and put each entry back to what it was.",
            ),
            Mistake(
                "one-sided",
                one_sided,
                "That is the forward difference. The central one looks at `x + h` and `x - h`, and its "
                "error shrinks with h².",
            ),
            Mistake(
                "in whole numbers",
                in_whole_numbers,
                "For an array of integers your `x + h` is cut off to a whole number: make the copy with "
                "`dtype=float`.",
            ),
            Mistake(
                "result in whole numbers",
                whole_numbers_out,
                "The slopes are right until they are stored: the array for the result takes the type "
                "of `x`, and with integers it drops the digits after the point.",
            ),
            Mistake(
                "all at once",
                all_at_once,
                "You moved all entries together. That gives one slope, the sum of all partial "
                "derivatives; move one entry at a time.",
            ),
            Mistake(
                "divided by h",
                divided_by_h,
                "Twice too large: the two points are `2 * h` apart.",
            ),
            Mistake(
                "flattened",
                flattened,
                "The numbers are right, the shape is not: a gradient has the shape of `x`.",
            ),
        ],
        right="`place[i] = kept` puts back exactly what was there; adding and subtracting `h` would leave "
        "rounding behind in every entry.",
        unfinished="Begin with a copy of `x` in float64 and an empty array for the result.",
    ),
    Exercise(
        id="5.3.2",
        title="One direction",
        solution=direction_error,
        probes=[
            (
                cubes,
                np.array([1.0, -2.0]),
                np.array([3.0, 10.0]),
                np.array([3.0, 4.0]),
                0.5,
            ),
            (
                cubes,
                np.array([1.0, 0.5, -1.0]),
                np.array([3.0, 0.75, 3.0]),
                np.array([-2.0, 1.0, -2.0]),
                0.25,
            ),
            (
                products,
                np.array([1.0, 2.0, 3.0]),
                np.array([-4.0, -4.0, -2.0]),
                np.array([0.5, 0.5, 0.0]),
                0.5,
            ),
            (
                first_squared,
                np.array([1.0, 2.0]),
                np.array([2.0, 0.0]),
                np.array([0.0, 2.0]),
                0.5,
            ),
        ],
        mistakes=[
            Mistake(
                "prediction not per unit",
                prediction_not_per_unit,
                "You measured per unit of distance, and predicted with `d` at its own length. Take the "
                "direction of length 1 for both.",
            ),
            Mistake(
                "distance not h",
                moved_too_far,
                "You moved by `h * d`, which is h times the length of `d`. The distance should be `h`: "
                "divide `d` by its length first.",
            ),
            Mistake(
                "absolute error",
                absolute,
                "That is the difference itself. Whether it is large or small depends on the units of the "
                "loss: divide by the larger of the two slopes.",
            ),
            Mistake(
                "forward only",
                forward_only,
                "You measured to one side only. Move by `h` forward and backward, and divide by `2 * h`.",
            ),
            Mistake(
                "sizes only",
                sizes_only,
                "You compared the sizes, and so a gradient with all signs reversed passes. Take the "
                "difference first, then its size.",
            ),
            Mistake(
                "against the gradient's length",
                against_length,
                "You compared with the length of `grad`, which is the slope in the steepest direction. "
                "Along `d` it is the dot product with `d`, at length 1.",
            ),
            Mistake(
                "zero by zero",
                zero_by_zero,
                "Where both slopes are 0 you divide 0 by 0. They agree: return 0.",
            ),
        ],
        right="Two calls of `f`, however many entries `x` has.",
        unfinished="First make a direction of length 1.",
    ),
    Exercise(
        id="5.3.3",
        title="A step for float16",
        solution=0.1,
        compare=within_a_factor_of_two,
        mistakes=[
            Mistake(
                "the step of float64",
                1e-5,
                "That suits float64. In float16, 1 + 10⁻⁵ is 1, and the difference is 0.",
            ),
            Mistake(
                "the step of the forward difference",
                0.0316,
                "That is the square root of ε, the best step of a *forward* difference. The central one "
                "has a smaller truncation error and can afford a larger step.",
            ),
            Mistake(
                "ε itself",
                1e-3,
                "That is ε. With such a step the two values of the loss differ in their last digit only, "
                "and the slope is rounding.",
            ),
            Mistake(
                "the square",
                1e-6,
                "A smaller step needs more digits, and float16 has only three: ε has to be taken to a "
                "power *below* 1.",
            ),
            Mistake(
                "the error instead of the step",
                0.0089,
                "That is the error to expect, about ε to the power 2/3. The step is larger.",
            ),
        ],
        right="The error left is about ε to the power 2/3, that is 0.01: in float16, a check sees a digit or two.",
        unfinished="Which power of ε belongs to the central difference?",
    ),
    Exercise(
        id="5.3.4",
        title="Five suspects",
        solution="D",
        compare=same_letters,
        mistakes=[
            Mistake(
                "checked with zero bias",
                "AD",
                "Did you check with `b` zero? A recomputes the slope without the bias, and at b = 0 "
                "nobody can tell.",
            ),
            Mistake(
                "checked without decay",
                "BD",
                "Did you check with `decay` zero, or at W = 0? B has no term for the penalty, and there "
                "it is none.",
            ),
            Mistake(
                "checked with one row",
                "CD",
                "Did you check with a single row, or W only? C takes the mean over the rows in place of "
                "the sum, which for one row is the same.",
            ),
            Mistake(
                "compared directions only",
                "DE",
                "E is exactly half of the gradient: the direction is right, the length is not. Compare "
                "the numbers.",
            ),
            Mistake(
                "the wrong ones",
                "ABCE",
                "Those are the wrong ones. Give the letters of all that are *right*.",
            ),
            Mistake(
                "the plainest",
                "A",
                "A looks right, and it is wrong wherever `b` is not zero. Check at random points, biases "
                "included.",
            ),
            Mistake(
                "none",
                "",
                "One of them is right, if odd to look at. A check doesn't mind looks: which one passes "
                "at every random point?",
            ),
        ],
        right="The oddest one is right: (1 − P)(2 + 2P) is 2(1 − P²), and a sum over rows may be written "
        "as a product with ones.",
        unfinished="Draw W, b, X, Y at random, take a `decay` that is not zero, and more than one row.",
    ),
]
