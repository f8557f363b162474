"""Predict, then run: the reader commits a guess, and a later cell holds it against the result.

`predict` and `reveal` find each other by an id: in the page through the browser's storage, so it
works with no kernel, and in a kernel through the trait ``guess``.
"""

import math
import re
from collections.abc import Sequence
from numbers import Real
from typing import Any

import traitlets

from coursekit import progress
from coursekit.amounts import amount
from coursekit.cards import plain, prose
from coursekit.heights import lines
from coursekit.widgets.base import STATIC, CourseWidget

__all__ = ["Predict", "Reveal", "compare", "predict", "reveal"]


def compare(guess: float, measured: float, log: bool = False, unit: str = "") -> str:
    """Say how far a guess is off: in percent, or by a factor on a logarithmic scale.

    A guess that is itself in percent is off by percentage points.

    Example:
        >>> compare(0.3, 0.21)
        'You guessed 0.3; measured 0.21: off by 43%.'
        >>> compare(1e-3, 2e-5, log=True)
        'You guessed 0.001; measured 2 × 10⁻⁵: off by a factor of 50.'
    """
    head = f"You guessed {amount(guess, unit)}; measured {amount(measured, unit)}"
    if amount(guess) == amount(measured):
        return f"{head}: the same to three digits."
    if unit == "%" and not log:
        return f"{head}: off by {amount(abs(guess - measured))} percentage points."
    if measured == 0:
        return f"{head}: off by {amount(abs(guess), unit)}."
    ratio = guess / measured
    share = abs(guess - measured) / abs(measured)
    if ratio > 0 and (log or share >= 10) and max(ratio, 1 / ratio) >= 1.05:
        return f"{head}: off by a factor of {amount(max(ratio, 1 / ratio))}."
    if share < 0.01:
        return f"{head}: off by less than 1%."
    return f"{head}: off by {math.floor(100 * share + 0.5):,}%."


class _Prediction(CourseWidget):
    """What `Predict` and `Reveal` share: the id, as `key`, and the guess (a number or a text)."""

    _esm = STATIC / "course.js"

    key = traitlets.Unicode(read_only=True).tag(sync=True)
    options = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True)
    low = traitlets.Float(None, allow_none=True, read_only=True).tag(sync=True)
    high = traitlets.Float(None, allow_none=True, read_only=True).tag(sync=True)
    log = traitlets.Bool(False, read_only=True).tag(sync=True)
    unit = traitlets.Unicode("", read_only=True).tag(sync=True)
    guess = traitlets.Any(None, allow_none=True).tag(sync=True)

    @traitlets.validate("guess")
    def _valid_guess(self, proposal: dict[str, Any]) -> float | str | None:
        guess = proposal["value"]
        if guess is None:
            return None
        texts = [option["value"] for option in self.options]
        if texts:
            if guess not in texts:
                raise ValueError(f"guess must be one of {texts}, got {guess!r}")
            return guess
        number = _number(guess, "guess")
        if not self.low <= number <= self.high:
            raise ValueError(f"guess must be from {self.low} to {self.high}, got {guess!r}")
        return number


class Predict(_Prediction):
    """Asks the reader for a guess; ``guess`` holds it once the reader keeps it, else None."""

    question = traitlets.Unicode(read_only=True).tag(sync=True)

    def __init__(self, id: str, question: str, **scale: Any) -> None:
        self._plain = plain(question)
        self.set_trait("kind", "predict")
        self.set_trait("key", id)
        self.set_trait("question", prose(question))
        for name, value in scale.items():
            self.set_trait(name, value)
        self.set_trait("reserve", [self._height(720), self._height(360)])
        super().__init__()

    @traitlets.observe("guess")
    def _keep(self, change: Any) -> None:
        """Note the guess in a learner's folder; the page sets it anew whenever the cell is run again."""
        if change.new is not None and _kept.get(self.key) != change.new:
            _kept[self.key] = change.new
            progress.record({"prediction": self.key, "guess": change.new})

    def _height(self, width: int) -> int:
        total = 48 + 24 * lines(f"Predict: {self._plain}", width - 19, 17)
        total += 0 if width >= 480 else 24  # the line that says what is kept
        if self.options:
            return total + sum(
                10 + 22 * lines(option["html"], width - 47, 16) for option in self.options
            )
        return total + (50 if width >= 480 else 104)

    def describe(self) -> str:
        """The question and what can be guessed."""
        if self.options:
            choice = " / ".join(plain(option["value"]) for option in self.options)
        else:
            choice = (
                f"a number from {amount(self.low, self.unit)} to {amount(self.high, self.unit)}"
            )
        return f"Predict: {self._plain} ({choice})"


#: What `Reveal` says while no guess is kept (reveal.js).
WAITING = "Keep a guess above, and here you see how it fares."


class Reveal(_Prediction):
    """Holds the reader's guess against what was measured."""

    measured = traitlets.Any().tag(sync=True)
    text = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(self, asked: Predict, measured: float | str, text: str) -> None:
        self._plain = plain(text)
        self.set_trait("kind", "reveal")
        for name in ("key", "options", "low", "high", "log", "unit"):
            self.set_trait(name, getattr(asked, name))
        self.set_trait("text", prose(text))
        self.set_trait("reserve", [self._height(720), self._height(360)])
        super().__init__(measured=measured, guess=asked.guess)
        self._link = traitlets.dlink((asked, "guess"), (self, "guess"))

    def _height(self, width: int) -> int:
        """Room for what it shows while no guess is kept; a guess opens it."""
        return 36 + 22 * lines(WAITING, width - 19, 16)

    def describe(self) -> str:
        """The guess against the measurement, and why."""
        numeric = not self.options
        shown = amount(self.measured, self.unit) if numeric else plain(self.measured)
        if self.guess is None:
            said = f"You kept no guess. Measured: {shown}."
        elif numeric:
            said = compare(self.guess, self.measured, self.log, self.unit)
        elif self.guess == self.measured:
            said = f"You guessed right: {shown}."
        else:
            said = f"You guessed: {plain(self.guess)}. Measured: {shown}."
        return f"{said} {self._plain}".strip()


_asked: dict[str, Predict] = {}
_kept: dict[str, float | str] = {}


def predict(
    id: str,
    question: str,
    *,
    options: Sequence[str] | None = None,
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
    unit: str = "",
) -> Predict:
    """Ask for a guess before a result is shown: one of some options, or a number.

    Running the cell again replaces the earlier question of the same id.

    Args:
        id: Names the question for `reveal`; letters, digits, ``. _ -``; unique in the course.
        question: What to guess, in the markup of `coursekit.cards.prose`.
        options: Two to six texts to choose from; else ``low`` and ``high``.
        low: The least number that can be guessed.
        high: The largest number that can be guessed.
        log: Whether the scale is logarithmic (then ``low`` must be positive).
        unit: The number's unit, for example "m".

    Raises:
        ValueError: If the arguments don't fit together; the message names the argument.
        TypeError: If a text is not a string or a limit not a number.
    """
    if not isinstance(id, str) or not re.fullmatch(r"[\w.-]+", id):
        raise ValueError(f"id must be letters, digits, '.', '_' or '-', got {id!r}")
    _text(question, "question")
    if not isinstance(unit, str):
        raise TypeError(f"unit must be a string, got {unit!r}")
    if options is not None:
        if low is not None or high is not None or log or unit:
            raise ValueError("give either options, or low and high (with log and unit), not both")
        if isinstance(options, str) or not 2 <= len(options) <= 6:
            raise ValueError(f"options must be a list of 2 to 6 texts, got {options!r}")
        texts = [_text(option, "each of options") for option in options]
        if len(set(texts)) != len(texts):
            raise ValueError(f"two options are the same: {texts}")
        scale = {"options": [{"value": text, "html": prose(text)} for text in texts]}
    else:
        if low is None or high is None:
            raise ValueError("give options, or both low and high")
        least, most = _number(low, "low"), _number(high, "high")
        if not least < most:
            raise ValueError(f"low must be less than high, got low={low!r}, high={high!r}")
        if log and least <= 0:
            raise ValueError(f"low must be positive on a logarithmic scale, got {low!r}")
        scale = {"low": least, "high": most, "log": bool(log), "unit": unit}
    _asked[id] = Predict(id, question, **scale)
    return _asked[id]


def reveal(id: str, measured: float | str, text: str = "") -> Reveal:
    """Show the reader's guess against what was measured.

    Args:
        id: The id given to `predict` in this kernel.
        measured: A finite number, or one of the options, letter for letter.
        text: A sentence that says why, in the markup of `coursekit.cards.prose`.

    Raises:
        ValueError: If nothing was predicted under ``id``, or ``measured`` does not fit the
            question: not one of the options, not finite, or not positive on a logarithmic scale.
        TypeError: If ``measured`` is not a number where one was asked for.
    """
    if id not in _asked:
        known = ", ".join(_asked) or "none so far"
        raise ValueError(f"nothing was predicted under {id!r} (run its cell first); known: {known}")
    asked = _asked[id]
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {text!r}")
    if not asked.options:
        number = _number(measured, "measured")
        if asked.log and number <= 0:
            raise ValueError(f"measured must be positive on a logarithmic scale, got {measured!r}")
        return Reveal(asked, number, text)
    texts = [option["value"] for option in asked.options]
    if measured not in texts:
        raise ValueError(f"measured must be one of the options {texts}, got {measured!r}")
    return Reveal(asked, measured, text)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {value!r}")
    if not value.strip():
        raise ValueError(f"{name} must not be empty")
    return value


def _number(value: Any, name: str) -> float:
    if hasattr(value, "item") and getattr(value, "size", 0) == 1:
        value = value.item()
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value!r}")
    return float(value)
