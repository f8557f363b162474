"""The illnesses, and what a finding says about one of them."""

from dataclasses import dataclass

from coursekit._checks import one_of

#: The illnesses the doctor knows, causes before their consequences, and what usually cures them.
ILLNESSES = {
    "not finite": "Begin at the place named here; usual causes are missing values in the data, the "
    "logarithm of 0, a division by 0, and numbers that overflow because the weights or the learning "
    "rate are too large.",
    "no gradient": "If this is not intended, look for requires_grad=False, detach(), no_grad(), a "
    "conversion to NumPy and back, an argmax, or a layer that is made but never used.",
    "identical units": "Initialize the weights at random (Xavier for tanh and sigmoid, He for ReLU); "
    "only biases may start equal.",
    "dead units": "Use a smaller learning rate, biases that start at 0 and He initialization; or a "
    "leaky ReLU, whose slope is never 0.",
    "saturated units": "Standardize the inputs, start with smaller weights (Xavier), or put a "
    "normalization layer in front of the activation.",
    "zero gradient": "Look for weights or factors that are exactly 0, a loss that has reached its "
    "flat bottom, or numbers too small for the floating-point type.",
    "vanishing gradients": "Use ReLU with He initialization (or tanh with Xavier), residual "
    "connections, or normalization; through time: gates (in an LSTM, forget biases that "
    "start at 1), or fewer time steps.",
    "exploding gradients": "Start with smaller weights (He for ReLU, Xavier for tanh), or use "
    "normalization; gradient clipping keeps a single step small.",
    "update too small": "Use a larger learning rate, and check that the optimizer has been given "
    "these parameters and that their gradients are not 0.",
    "update too large": "Use a smaller learning rate, warm-up, or gradient clipping.",
}


@dataclass(frozen=True)
class Finding:
    """One illness, where it is and how it was measured. Print it for plain words.

    Attributes:
        illness: its name, one of ``ILLNESSES``.
        where: the layer or parameter, or the first and the last of several.
        measured: the figure that crossed the threshold.
        threshold: the threshold, or None where any occurrence counts.
        meaning: one or two sentences on what was seen and what it means.
    """

    illness: str
    where: str
    measured: float
    threshold: float | None
    meaning: str

    def __post_init__(self):
        one_of("illness", self.illness, tuple(ILLNESSES))

    @property
    def cure(self):
        """What usually helps, in one sentence."""
        return ILLNESSES[self.illness]

    def __str__(self):
        return f"{self.illness.capitalize()} ({self.where}): {self.meaning} {self.cure}"


def span(names):
    """Name one or several places."""
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"


def percent(share):
    """Write a share as a percentage, and never 100% for not quite all.

    Example:
        >>> percent(0.5), percent(0.99999), percent(1.0)
        ('50%', 'over 99.9%', '100%')
    """
    text = f"{100 * share:.3g}"
    if 0 < share < 1 and text == "100":
        return "over 99.9%"
    return f"{text}%"
