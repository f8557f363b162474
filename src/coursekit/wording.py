"""Words for values, calls and exceptions, as the messages about an answer use them."""

import inspect
import re
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit.comparing import is_truth, numeric

if TYPE_CHECKING:
    from coursekit.exercises import Exercise
    from coursekit.judging import Outcome

HERE = Path(__file__).parent


def kind(value: Any) -> str:
    """A value's kind in words: "a number", "an array of shape (3,)", "a string"."""
    if value is None:
        return "`None`"
    if isinstance(value, str):
        return "a string"
    if is_truth(value):
        return "a truth value (`True` or `False`)"
    if isinstance(value, dict):
        return "a dictionary"
    array = numeric(value)
    if array is not None:
        return "a number" if array.ndim == 0 else f"an array of shape `{array.shape}`"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)} things"
    if inspect.isgenerator(value):
        return "a generator (make it a list or an array)"
    if inspect.isroutine(value):
        return "a function"
    return f"of type `{type(value).__name__}`"


def show(value: Any, other: Any = None) -> str:
    """Write a value for a message: six digits, or as many as set it apart from ``other``."""
    for digits in (6, 10, 17):
        text = _write(value, digits)
        if other is None or text != _write(other, digits):
            break
    text = " ".join(text.replace("`", "'").split())
    return text if len(text) <= 120 else text[:119] + "…"


def _write(value: Any, digits: int) -> str:
    if isinstance(value, np.ndarray):
        if value.size > 12:
            return f"array of shape {value.shape}"
        value = value.tolist()
    if isinstance(value, list | tuple):
        inside = ", ".join(_write(item, digits) for item in value)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, float | np.floating):
        return f"{float(value):.{digits}g}"
    if isinstance(value, np.generic):
        return repr(value.item())
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    text = repr(value)
    return f"a {type(value).__name__}" if re.search("0x[0-9a-fA-F]{6,}", text) else text


def call(exercise: "Exercise", probe: Sequence) -> str:
    """The call of a probe as one would write it."""
    return f"{exercise.solution.__name__}({', '.join(show(argument) for argument in probe)})"


def where(probe: Sequence) -> str:
    """Explain the functions a probe passes, by the first line of their docstrings."""
    told = []
    for argument in probe:
        if inspect.isfunction(argument) and argument.__doc__:
            line = argument.__doc__.strip().splitlines()[0].rstrip(".")
            told.append(f" Here `{argument.__name__}` is {line}.")
    return "".join(told)


def error(outcome: "Outcome") -> str:
    """An exception's type and message on one line."""
    text = " ".join(f"{type(outcome.error).__name__}: {outcome.error}".replace("`", "'").split())
    return (text if len(text) <= 200 else text[:199] + "…").rstrip(": ")


def source_line(outcome: "Outcome", answer: Callable) -> str:
    """The line of the learner's code where an exception came from, with its number."""
    frames = traceback.extract_tb(outcome.error.__traceback__)
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    others = [frame for frame in frames if Path(frame.filename).parent != HERE]
    own = [frame for frame in frames if frame.filename == file] or others
    if not own:
        return ""
    line = (own[-1].line or "").strip()
    return f"line {own[-1].lineno} of {own[-1].name}: {line}" if line else ""
