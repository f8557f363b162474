"""Exercises of 7.4, One trajectory, four engines: solutions, probes, wrong answers."""

import numpy as np

from coursekit.exercises import Exercise, Mistake, close


def to_pytorch(weights):
    return [array.T for array in weights]


def reshaped(weights):
    return [np.reshape(w, w.shape[::-1]) for w in weights]


def unchanged(weights):
    return list(weights)


def only_where_it_errs(weights):
    return [
        w if w.ndim == 2 and w.shape[0] == w.shape[1] else w.T for w in weights
    ]


def reversed_order(weights):
    return [w.T for w in weights[::-1]]


def kernels_only(weights):
    return [w.T for w in weights if w.ndim == 2]


def column_biases(weights):
    return [w.T if w.ndim == 2 else w[:, None] for w in weights]


def pytorch_eps(epsilon, beta2, t):
    return epsilon / np.sqrt(1 - beta2**t)


def multiplied(epsilon, beta2, t):
    return epsilon * np.sqrt(1 - beta2**t)


def rootless(epsilon, beta2, t):
    return epsilon / (1 - beta2**t)


def counted_from_zero(epsilon, beta2, t):
    return epsilon / np.sqrt(1 - beta2 ** (t + 1))


def without_t(epsilon, beta2, t):
    return epsilon / np.sqrt(1 - beta2)


def not_converted(epsilon, beta2, t):
    return epsilon


def keras_rmsprop(w, v, grad, lr, rho, epsilon):
    v = rho * v + (1 - rho) * grad**2
    return w - lr * grad / np.sqrt(v + epsilon), v


def beside_the_root(w, v, grad, lr, rho, epsilon):
    v = rho * v + (1 - rho) * grad**2
    return w - lr * grad / (np.sqrt(v) + epsilon), v


def old_average(w, v, grad, lr, rho, epsilon):
    return w - lr * grad / np.sqrt(v + epsilon), rho * v + (1 - rho) * grad**2


def shares_swapped(w, v, grad, lr, rho, epsilon):
    v = (1 - rho) * v + rho * grad**2
    return w - lr * grad / np.sqrt(v + epsilon), v


def not_squared(w, v, grad, lr, rho, epsilon):
    v = rho * v + (1 - rho) * abs(grad)
    return w - lr * grad / np.sqrt(v + epsilon), v


def no_root(w, v, grad, lr, rho, epsilon):
    v = rho * v + (1 - rho) * grad**2
    return w - lr * grad / (v + epsilon), v


def without_average(w, v, grad, lr, rho, epsilon):
    v = rho * v + (1 - rho) * grad**2
    return w - lr * grad / np.sqrt(v + epsilon)


def velocity_factor(old, new):
    return old / new


def upside_down(old, new):
    return new / old


def left_alone(old, new):
    return 1.0


def forgotten(old, new):
    return 0.0


def difference(old, new):
    return new - old


def own_sign(old, new):
    return -old / new


def layers(*shapes):
    """A list of arrays of these shapes, all of whose numbers differ."""
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    return [
        np.arange(end - np.prod(shape), end, dtype=float).reshape(shape)
        for shape, end in zip(shapes, ends, strict=True)
    ]


EXERCISES = [
    Exercise(
        id="7.4.1",
        title="Into PyTorch's layout",
        solution=to_pytorch,
        probes=[
            (layers((2, 3), (3,), (3, 3), (3,)),),
            (layers((4, 2), (2,), (2, 1), (1,)),),
            (layers((2, 2), (2,)),),
        ],
        mistakes=[
            Mistake(
                "reshaped",
                reshaped,
                "The shapes are right and the numbers in the wrong places: `reshape` reads row by row. "
                "Rows have to become columns.",
            ),
            Mistake(
                "unchanged",
                unchanged,
                "That is Keras's layout still: (inputs, units). PyTorch's has the units first.",
            ),
            Mistake(
                "square ones left out",
                only_where_it_errs,
                "The square kernels must be transposed, too. Nothing complains if you leave them as they "
                "are, and the net is another.",
            ),
            Mistake(
                "order of layers reversed",
                reversed_order,
                "You also reversed the list. The layers keep their order; only rows and columns swap.",
            ),
            Mistake(
                "biases dropped",
                kernels_only,
                "The biases are missing. They are arrays of one axis and can go through as they are.",
            ),
            Mistake(
                "biases as columns",
                column_biases,
                "The biases have become columns. `torch.nn.Linear` keeps them as arrays of one axis.",
            ),
        ],
        right="The transpose of an array of one axis is itself, so one rule does for kernels and biases.",
        unfinished="One line will do: a list with each array transposed.",
    ),
    Exercise(
        id="7.4.2",
        title="The hat",
        solution=pytorch_eps,
        probes=[
            (1e-7, 0.999, 1),
            (1e-7, 0.999, 200),
            (1e-3, 0.9, 5),
            (0.1, 0.5, 2),
        ],
        compare=close(rtol=1e-9, atol=0.0),
        mistakes=[
            Mistake(
                "multiplied",
                multiplied,
                "The other way round: Keras's ε weighs *more* in the first steps, since √v is small there.",
            ),
            Mistake(
                "root forgotten",
                rootless,
                "v̂ is v / (1 − β₂ᵗ), but what stands in the divisor is its root. Take the root of the "
                "correction as well.",
            ),
            Mistake(
                "counted from zero",
                counted_from_zero,
                "One step off: here t is 1 at the first step, and so is the exponent.",
            ),
            Mistake(
                "without t",
                without_t,
                "That is right at the first step only. The correction fades: 1 − β₂ᵗ grows to 1.",
            ),
            Mistake(
                "not converted",
                not_converted,
                "That is right after many steps only. In the first ones √v is far from √v̂, and ε stands "
                "beside another number.",
            ),
        ],
        right="With β₂ = 0.999 it is 32 times Keras's ε at the first step, and nearly the same after some "
        "thousands.",
        unfinished="One division is enough.",
    ),
    Exercise(
        id="7.4.3",
        title="Keras's RMSprop",
        solution=keras_rmsprop,
        probes=[
            (1.0, 0.0, 2.0, 0.1, 0.9, 0.01),
            (-2.0, 0.5, 0.3, 0.5, 0.75, 0.1),
            (0.0, 2.0, -1.0, 1.0, 0.99, 0.5),
        ],
        mistakes=[
            Mistake(
                "beside the root",
                beside_the_root,
                "That is PyTorch's RMSprop: ε beside the root. Keras has it inside.",
            ),
            Mistake(
                "old average",
                old_average,
                "You divided by the average from before the step. The newest gradient goes in first.",
            ),
            Mistake(
                "shares swapped",
                shares_swapped,
                "`rho` is the share of the *old* average that is kept.",
            ),
            Mistake(
                "not squared",
                not_squared,
                "The average is one of *squares*: `grad**2`.",
            ),
            Mistake(
                "no root",
                no_root,
                "The root is missing. Without it the step has the unit 1/gradient.",
            ),
            Mistake(
                "average not returned",
                without_average,
                "Return two things: the new weight and the new average, which the next step needs.",
            ),
        ],
        right="With a gradient of 0 the step is 0, and the divisor at least √ε.",
        unfinished="Two lines: the average, then the step.",
    ),
    Exercise(
        id="7.4.4",
        title="A change of rate",
        solution=velocity_factor,
        probes=[(0.1, 0.01), (0.05, 0.1), (0.3, 0.2)],
        mistakes=[
            Mistake(
                "upside down",
                upside_down,
                "Upside down. If the rate falls tenfold, the velocity must be ten times as large for ηv to "
                "stay as it is.",
            ),
            Mistake(
                "left alone",
                left_alone,
                "That is PyTorch as it comes: the new rate then acts on all that is remembered.",
            ),
            Mistake(
                "forgotten",
                forgotten,
                "With 0 the memory is lost. Keras keeps its last update when the rate changes.",
            ),
            Mistake(
                "difference",
                difference,
                "The product of rate and velocity must stay the same: that takes a ratio, not a difference.",
            ),
            Mistake(
                "sign",
                own_sign,
                "The sign is the velocity's own business; you would turn the motion round.",
            ),
        ],
        right="The product ηv, which is the update, is then the same just before and just after the change.",
        unfinished="The update ηv must not jump.",
    ),
]
