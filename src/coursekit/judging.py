"""How an answer is judged: run it on the probes, watch what it does, and say what is wrong."""

import contextlib
import copy
import inspect
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coursekit.comparing import agrees, identical, is_truth, numeric
from coursekit.wording import call, error, kind, show, source_line, where

if TYPE_CHECKING:
    from coursekit.exercises import Exercise

RIGHT, AGAIN, NOT_YET = "right", "look again", "not yet"


@dataclass(frozen=True)
class Verdict:
    """What is said about an answer.

    Attributes:
        status: ``"right"``, ``"look again"`` or ``"not yet"``.
        message: What to say, in the markup of `coursekit.cards.prose`.
        code: The line of the learner's code it is about, or "".
        mistake: The name of the recognized `Mistake`, or None.
    """

    status: str
    message: str
    code: str = ""
    mistake: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a function did on one probe: a value or an exception, and which arguments it changed."""

    value: Any = None
    error: Exception | None = None
    changed: tuple[int, ...] = ()


def run(function: Callable, probe: Sequence) -> Outcome:
    """Call a function with a copy of the probe's arguments and watch what it does."""
    arguments = copy.deepcopy(tuple(probe))
    value, error = None, None
    try:
        value = function(*arguments)
    except Exception as raised:  # reported to the learner, with the line that raised
        error = raised
    changed = tuple(
        i for i, (a, b) in enumerate(zip(arguments, probe, strict=True)) if not identical(a, b)
    )
    if isinstance(value, list | np.ndarray):
        value = copy.copy(value)  # the function may go on writing to what it returned
    return Outcome(value, error, changed)


def behaves_like(exercise: "Exercise", mine: list[Outcome], other: list[Outcome]) -> bool:
    """Whether two functions did the same on every probe: value, error type, arguments changed."""
    for a, b in zip(mine, other, strict=True):
        if type(a.error) is not type(b.error) or a.changed != b.changed:
            return False
        if a.error is None and not agrees(exercise.compare, a.value, b.value):
            return False
    return True


def unfinished(value: Any) -> bool:
    """Whether a value is what a stub leaves: ``...`` or None, also inside a list or tuple."""
    if value is None or value is Ellipsis:
        return True
    return isinstance(value, list | tuple) and any(item is Ellipsis for item in value)


# --- values -----------------------------------------------------------------------------------


def judge_value(exercise: "Exercise", answer: Any) -> Verdict:
    """Judge an answer to an exercise whose solution is a value."""
    if unfinished(answer):
        return Verdict(NOT_YET, "Put your answer in place of `...` and run the cell again.")
    if agrees(exercise.compare, answer, exercise.solution):
        return Verdict(RIGHT, exercise.right)
    for mistake in exercise.mistakes:
        if agrees(exercise.compare, answer, mistake.wrong):
            return Verdict(AGAIN, mistake.message, mistake=mistake.name)
    if callable(answer):
        return Verdict(AGAIN, "The answer is a value, not a function: pass what the call returns.")
    if isinstance(exercise.solution, str):
        choices = sorted([exercise.solution, *(m.wrong for m in exercise.mistakes)])
        listed = ", ".join(f"`{show(choice)}`" for choice in choices)
        return Verdict(AGAIN, f"`{show(answer)}` is none of the answers: {listed}.")
    trouble = wrong_kind(answer, exercise.solution)
    if trouble:
        return Verdict(AGAIN, f"Your answer is `{show(answer)}`, {trouble}")
    return Verdict(AGAIN, f"`{show(answer)}` is not it.{near_miss(answer, exercise.solution)}")


def near_miss(got: Any, expected: Any) -> str:
    """A hint for a value that is nearly right and gives nothing else away."""
    mine, target = numeric(got), numeric(expected)
    if mine is None or target is None or is_truth(expected):
        return ""
    if np.allclose(-mine, target, rtol=1e-2):
        return " The size is right, the sign is not."
    if np.allclose(mine, target, rtol=1e-2):
        return " It is within 1 %: give more digits, or round less on the way."
    return ""


# --- functions --------------------------------------------------------------------------------


def judge_function(exercise: "Exercise", answer: Any) -> Verdict:
    """Judge an answer to an exercise whose solution is a function."""
    name = exercise.solution.__name__
    if unfinished(answer):
        return Verdict(NOT_YET, f"Write `{name}` and pass it to `check`.")
    if not callable(answer):
        text = f'Pass the function itself, without calling it: `check("{exercise.id}", {name})`.'
        return Verdict(AGAIN, f"That is {kind(answer)}. {text}")
    trouble = arity(exercise, answer)
    if trouble:
        return Verdict(AGAIN, trouble)

    mine = [run(answer, probe) for probe in exercise.probes]
    if all(is_stub(outcome) for outcome in mine):
        empty = all(outcome.error is None and outcome.value is None for outcome in mine)
        still = "returns `None`" if empty else "has a `...` to fill in"
        text = f"`{name}` still {still}: write its body, and end it with `return`."
        return Verdict(NOT_YET, text)
    theirs = [run(exercise.solution, probe) for probe in exercise.probes]
    if behaves_like(exercise, mine, theirs):
        return unsteady(exercise, answer, mine) or Verdict(RIGHT, exercise.right)
    for mistake in exercise.mistakes:
        if behaves_like(exercise, mine, [run(mistake.wrong, p) for p in exercise.probes]):
            return Verdict(AGAIN, mistake.message, mistake=mistake.name)
    return unsteady(exercise, answer, mine) or difference(exercise, answer, mine, theirs)


def is_stub(outcome: Outcome) -> bool:
    """Whether a call did what an unwritten function does."""
    if outcome.error is None:
        return unfinished(outcome.value)
    if isinstance(outcome.error, NotImplementedError):
        return True
    return isinstance(outcome.error, TypeError | AttributeError) and "ellipsis" in str(
        outcome.error
    )


def parameters(function: Callable) -> list[str] | None:
    """A function's parameters as they are written; None for one that does not tell."""
    try:
        return [str(p) for p in inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):  # some built-in functions have no signature
        return None


def arity(exercise: "Exercise", answer: Callable) -> str:
    """Say that a function can't be called with the probes' arguments, or ""."""
    mine = parameters(answer)
    if mine is None:
        return ""
    for probe in exercise.probes:
        try:
            inspect.signature(answer).bind(*probe)
        except TypeError:
            count = f"{len(probe)} argument{'s' if len(probe) != 1 else ''}"
            takes = f"takes `({', '.join(mine)})`"
            expected = ", ".join(parameters(exercise.solution) or [])
            return (
                f"Your function {takes}; here it is called with {count}, "
                f"`{exercise.solution.__name__}({expected})`."
            )
    return ""


def unsteady(exercise: "Exercise", answer: Callable, first: list[Outcome]) -> Verdict | None:
    """Say that a second run gave something else than the first, or None."""
    for probe, before in zip(exercise.probes, first, strict=True):
        if before.error is not None:
            continue
        with contextlib.redirect_stdout(io.StringIO()):  # its output was shown the first time
            again = run(answer, probe)
        stays = identical(again.value, before.value)
        if again.error or not (stays or agrees(exercise.compare, again.value, before.value)):
            now = f"raised `{error(again)}`" if again.error else f"gave `{show(again.value)}`"
            return Verdict(
                AGAIN,
                f"Two calls with the same arguments differ: `{call(exercise, probe)}` gave "
                f"`{show(before.value, again.value)}`, then {now}. Does it draw random numbers, "
                "or keep something from one call to the next?",
            )
    return None


def difference(
    exercise: "Exercise", answer: Callable, mine: list[Outcome], theirs: list[Outcome]
) -> Verdict:
    """Describe the first probe on which an answer does something else than the solution."""
    for probe, got, expected in zip(exercise.probes, mine, theirs, strict=True):
        called = f"`{call(exercise, probe)}`"
        if got.error is not None and type(got.error) is not type(expected.error):
            return Verdict(AGAIN, f"{called} raised `{error(got)}`.", source_line(got, answer))
        if got.changed != expected.changed:
            return Verdict(AGAIN, changed_arguments(exercise, called, got, expected))
        if expected.error is not None and got.error is None:
            kind_of_error = type(expected.error).__name__
            text = f"{called} gave `{show(got.value)}`; it should raise a `{kind_of_error}`."
            return Verdict(AGAIN, text)
        if got.error is None and not agrees(exercise.compare, got.value, expected.value):
            return Verdict(AGAIN, different_value(exercise, called, probe, mine, theirs, got))
    raise AssertionError("difference() needs outcomes that differ")


def changed_arguments(exercise: "Exercise", called: str, got: Outcome, expected: Outcome) -> str:
    """Say which argument was changed in place, or should have been."""
    names = list(inspect.signature(exercise.solution).parameters)
    for i in got.changed:
        if i not in expected.changed:
            name = names[i] if i < len(names) else f"argument {i + 1}"
            return (
                f"{called} changed its argument `{name}` in place, and its caller may still need "
                f"it. Work on a copy: `{name} = {name}.copy()`, or build a new array instead of "
                "`+=`, `-=` or `a[i] = …`."
            )
    i = next(i for i in expected.changed if i not in got.changed)
    return f"{called} left its argument `{names[i]}` as it was; it should change it in place."


def different_value(
    exercise: "Exercise",
    called: str,
    probe: Sequence,
    mine: list[Outcome],
    theirs: list[Outcome],
    got: Outcome,
) -> str:
    """Say how a returned value differs from the expected one."""
    at = next(i for i, outcome in enumerate(mine) if outcome is got)
    expected = theirs[at].value
    if got.value is None:
        return f"{called} returned `None`: does every branch of it end with a `return`?"
    trouble = wrong_kind(got.value, expected)
    if trouble:
        return f"{called} gave `{show(got.value)}`, {trouble}"
    agreeing = sum(
        a.error is None and b.error is None and agrees(exercise.compare, a.value, b.value)
        for a, b in zip(mine, theirs, strict=True)
    )
    some = f" ({agreeing} of the {len(mine)} calls tried are right.)" if agreeing else ""
    text = f"{called} gave `{show(got.value, expected)}`; expected `{show(expected, got.value)}`."
    return text + pattern(mine, theirs) + some + where(probe)


def wrong_kind(got: Any, expected: Any) -> str:
    """Say that a value has the wrong type or shape or is not finite; "" when none of it."""
    target = numeric(expected)
    if target is None or is_truth(expected):
        if kind(got) != kind(expected):
            return f"which is {kind(got)}; expected {kind(expected)}."
        return ""
    mine = numeric(got)
    if mine is None or is_truth(got):
        return f"which is {kind(got)}; expected {kind(expected)}."
    if mine.shape != target.shape:
        turned = mine.ndim == 2 and mine.T.shape == target.shape
        advice = " Is it transposed?" if turned else ""
        return f"which is {kind(got)}; expected {kind(expected)}.{advice}"
    if not np.all(np.isfinite(mine)) and np.all(np.isfinite(target)):
        found = "holds numbers that are" if mine.ndim else "is"
        return (
            f"which {found} not finite. Look for a division by zero, an overflow, or a root "
            "or logarithm of something negative."
        )
    return ""


def pattern(mine: list[Outcome], theirs: list[Outcome]) -> str:
    """Name a constant factor between all answers and all expected numbers, if there is one."""
    pairs = [(numeric(a.value), numeric(b.value)) for a, b in zip(mine, theirs, strict=True)]
    if any(a is None or b is None or a.shape != b.shape for a, b in pairs):
        return ""
    got = np.concatenate([np.ravel(a) for a, _ in pairs])
    expected = np.concatenate([np.ravel(b) for _, b in pairs])
    size = np.max(np.abs(expected), initial=0.0)
    if got.size < 2 or size == 0 or not np.all(np.isfinite(got)):
        return ""
    factor = np.vdot(expected, got).real / np.vdot(expected, expected).real
    if factor == 0 or not np.allclose(got, factor * expected, rtol=1e-6, atol=1e-9 * size):
        return ""
    if np.isclose(factor, -1, rtol=1e-4):
        return " Every size is right and every sign is wrong."
    return f" All your results are {show(float(f'{factor:.4g}'))} times what is expected."
