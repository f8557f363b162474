"""clipping: what clipping by norm and by value do to one gradient, as arrows in a plane."""

from collections.abc import Sequence

import numpy as np
import traitlets

from coursekit._checks import one_of, real_number
from coursekit.amounts import amount
from coursekit.clipping import clip_by_norm, clip_by_value, global_norm
from coursekit.heights import lines
from coursekit.widgets.base import STATIC, CourseWidget

__all__ = ["Clipping"]

RULES = ("norm", "value")
REACH = 8.0  # of an entry of the gradient, on either side
SMALLEST, LARGEST = 0.2, 8.0  # thresholds

CHALLENGES = (
    "Clip by value and turn the gradient as far as you can. Which entries give the largest angle?",
    "Which gradients does one rule shorten and the other leave as they are?",
    "Move the first entry from 6 to 8. What changes with each rule, and what no longer does?",
)


class Clipping(CourseWidget):
    """A gradient of two entries, and what is left of it after clipping.

    The reader drags the arrow or sets its entries, and the threshold. By norm, the arrow is made
    shorter until it ends on a circle: its direction stays. By value, each entry is cut to the range
    from −threshold to +threshold, a square: the direction may turn. The numbers are those of
    `coursekit.clipping`. All traits can be set while the widget is shown.

    Args:
        gradient: the two entries, each from −8 to 8.
        threshold: the largest length of the gradient, or size of an entry; from 0.2 to 8.
        rule: ``"norm"`` or ``"value"``.
        challenges: numbered tasks below the widget; three of its own by default, ``[]`` for none.

    Raises:
        ValueError: if a number is out of range, there are not two entries, or the rule is unknown.
        TypeError: if a number is not a real number.

    Sources: by value, Mikolov (2012), *Statistical language models based on neural networks*; by
    norm, Pascanu, Mikolov and Bengio (2013), *On the difficulty of training recurrent neural
    networks*, ICML.

    Example:
        >>> Clipping(gradient=(6, 2.5), threshold=2, rule="value")
        clipping: the gradient (6, 2.5) of length 6.5, clipped by value at 2, becomes (2, 2) of \
length 2.83 and turns by 22.4°.
    """

    _esm = STATIC / "clipping.js"

    gradient = traitlets.List(traitlets.Float()).tag(sync=True)
    threshold = traitlets.Float(2.0).tag(sync=True)
    rule = traitlets.Unicode("norm").tag(sync=True)

    def __init__(
        self,
        gradient: Sequence[float] = (6.0, 2.5),
        threshold: float = 2.0,
        rule: str = "norm",
        challenges: Sequence[str] = CHALLENGES,
    ):
        super().__init__()
        self.set_trait("kind", "clipping")
        self.challenges = list(challenges)
        self.set_trait("reserve", _reserve(self.challenges))
        with self.hold_sync():
            self.gradient = _two(gradient)
            self.threshold, self.rule = threshold, rule

    @traitlets.validate("gradient")
    def _in_the_plane(self, proposal):
        return _two(proposal["value"])

    @traitlets.validate("threshold")
    def _possible_threshold(self, proposal):
        threshold = real_number("threshold", proposal["value"])
        if not SMALLEST <= threshold <= LARGEST:
            raise ValueError(
                f"threshold must be from {SMALLEST:g} to {LARGEST:g}, got {threshold!r}"
            )
        return threshold

    @traitlets.validate("rule")
    def _known_rule(self, proposal):
        return one_of("rule", proposal["value"], RULES)

    def clipped(self) -> np.ndarray:
        """Return the clipped gradient, an array of two numbers."""
        grads = np.array(self.gradient)
        (clip_by_norm if self.rule == "norm" else clip_by_value)(grads, limit=self.threshold)
        return grads

    def turned(self) -> float:
        """Return the angle between the gradient and the clipped one in degrees, 0 or above."""
        (a, b), (c, d) = self.gradient, self.clipped()
        return abs(float(np.degrees(np.arctan2(a * d - b * c, a * c + b * d))))

    def describe(self) -> str:
        """Say what the gradient was and what it became."""
        before, after = np.array(self.gradient), self.clipped()
        return (
            f"clipping: the gradient {_pair(before)} of length {amount(global_norm(before))}, "
            f"clipped by {self.rule} at {amount(self.threshold)}, becomes {_pair(after)} of length "
            f"{amount(global_norm(after))} and turns by {amount(round(self.turned(), 1))}°."
        )


def _two(gradient):
    """Return two entries within bounds."""
    entries = list(gradient) if isinstance(gradient, (Sequence, np.ndarray)) else gradient
    if not isinstance(entries, list) or isinstance(gradient, str):
        raise TypeError(f"gradient must be two numbers, got {gradient!r}")
    if len(entries) != 2:
        raise ValueError(f"gradient must have two entries, got {len(entries)}: {gradient!r}")
    entries = [real_number("an entry of gradient", entry) for entry in entries]
    if max(abs(entry) for entry in entries) > REACH:
        raise ValueError(f"gradient must have entries from −8 to 8, got {tuple(entries)}")
    return entries


def _pair(gradient):
    return f"({', '.join(amount(float(entry)) for entry in gradient)})"


def _reserve(challenges: Sequence[str]) -> list[int]:
    """The height at 720 and at 360 px: measured without challenges, plus their estimated lines."""
    heights = []
    for bare, room in ((514, 720), (601, 360)):
        rows = sum(lines(text, room - 24, 15) for text in challenges)
        heights.append(bare + (22 + 22 * rows if rows else 0))
    return heights
