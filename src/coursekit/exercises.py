"""Exercises that check themselves and name the mistake.

A notebook's exercises stand in ``book/<part>/exercises/<notebook>.py`` as a list ``EXERCISES``;
the notebook has the stub and calls `check`. An answer is a function, judged by what it does on
probe arguments, or a value. When it behaves as a known wrong answer does, the learner is told that
mistake.
"""

import difflib
import importlib.util
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from coursekit import comparing, content, judging, progress
from coursekit.cards import EDGE, Card, plain, prose
from coursekit.judging import Verdict

__all__ = ["Exercise", "Mistake", "Verdict", "card", "check", "close", "find", "judge"]


def close(rtol: float = 1e-6, atol: float = 1e-9) -> Callable[[Any, Any], bool]:
    """Make a comparison: numbers and arrays agree within ``atol + rtol * |expected|``.

    Shapes must be equal; lists count as arrays; texts agree but for case and outer spaces.

    Raises:
        ValueError: If a tolerance is negative.
    """
    if not (rtol >= 0 and atol >= 0):
        raise ValueError(f"rtol and atol must not be negative, got rtol={rtol}, atol={atol}")
    return partial(comparing.same, rtol=rtol, atol=atol)


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer, and what to say to who gives it.

    Attributes:
        name: A few words, for tests and for the card's metadata.
        wrong: The wrong answer: a function of the exercise's arguments, or a value.
        message: Which mistake it is and what to look at, in the markup of `coursekit.cards.prose`.
    """

    name: str
    wrong: Any
    message: str


@dataclass(frozen=True)
class Exercise:
    """One exercise: its solution, the probes it is tried on, and the mistakes it can name.

    Attributes:
        id: ``part.notebook.number``, for example "1.1.2".
        title: As in the notebook's heading.
        solution: A named function (its name and parameters are shown in messages) or a value.
        probes: Argument tuples, for a function; every function inside has a name, and the first
            line of its docstring ("x²") is told to the learner.
        mistakes: The wrong answers that have a message of their own.
        compare: ``(got, expected) -> bool``; `close()` if not given.
        right: What to say when it is right, ideally with the insight.
        unfinished: What to add to "not yet", for example where to begin.

    Raises:
        ValueError: If the parts do not fit together; the message names the exercise.
    """

    id: str
    title: str
    solution: Any
    probes: Sequence[tuple] = ()
    mistakes: Sequence[Mistake] = ()
    compare: Callable[[Any, Any], bool] = field(default_factory=close)
    right: str = "It does on every call tried what it should."
    unfinished: str = ""

    def __post_init__(self) -> None:
        def require(condition: bool, problem: str) -> None:
            if not condition:
                raise ValueError(f"exercise {self.id!r}: {problem}")

        require(
            bool(re.fullmatch(r"\d+\.\d+\.\d+", str(self.id))),
            "id must be part.notebook.number, for example '1.1.2'",
        )
        require(bool(self.title and self.right), "title and right must not be empty")
        require(callable(self.compare), f"compare must be a function, got {self.compare!r}")
        function = callable(self.solution)
        if function:
            require(len(self.probes) > 0, "a function is judged on probes, but there are none")
            require(
                getattr(self.solution, "__name__", "<lambda>") != "<lambda>",
                "the solution's name is shown in messages: define it with def",
            )
        else:
            require(len(self.probes) == 0, "probes are for functions; the solution is a value")
            require(not judging.unfinished(self.solution), "the solution is missing")
        for probe in self.probes:
            require(isinstance(probe, tuple), f"a probe is a tuple of arguments, got {probe!r}")
            require(
                all(getattr(argument, "__name__", "") != "<lambda>" for argument in probe),
                "a function in a probe is shown by its name: define it with def",
            )
        names = [mistake.name for mistake in self.mistakes]
        require(len(set(names)) == len(names), f"two mistakes share a name: {names}")
        for mistake in self.mistakes:
            require(bool(mistake.name and mistake.message), "a mistake has a name and a message")
            require(
                callable(mistake.wrong) == function,
                f"mistake {mistake.name!r}: wrong must be a {'function' if function else 'value'}",
            )


class _PlainLoader(SourceFileLoader):
    """Loads a content file without leaving a ``__pycache__`` beside it."""

    def set_data(self, path: str, data: bytes, *, _mode: int = 0o666) -> None:
        """Write no bytecode."""


_loaded: dict[Path, tuple[int, list[Exercise]]] = {}


def _load(path: Path) -> list[Exercise]:
    changed = path.stat().st_mtime_ns
    if path not in _loaded or _loaded[path][0] != changed:
        name = f"coursekit_exercises_{path.parents[1].name}_{path.stem}"
        spec = importlib.util.spec_from_file_location(
            name, path, loader=_PlainLoader(name, str(path))
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        exercises = getattr(module, "EXERCISES", None)
        if not isinstance(exercises, list) or not all(isinstance(e, Exercise) for e in exercises):
            raise ValueError(f"{path} must define EXERCISES, a list of Exercise")
        _loaded[path] = (changed, exercises)
    return _loaded[path][1]


def find() -> dict[str, Exercise]:
    """Collect the exercises of every part of the course, by id.

    Raises:
        ValueError: If a file has no list ``EXERCISES`` or an id is used twice; names the files.
    """
    found: dict[str, Exercise] = {}
    origin: dict[str, Path] = {}
    for path in sorted(content.root().glob("*/exercises/*.py")):
        for exercise in _load(path):
            if exercise.id in found:
                raise ValueError(
                    f"exercise {exercise.id} is defined twice: in {origin[exercise.id]} and {path}"
                )
            found[exercise.id] = exercise
            origin[exercise.id] = path
    return found


def judge(exercise: Exercise, answer: Any) -> Verdict:
    """Judge an answer; a wrong one is described, never raised."""
    kind = judging.judge_function if callable(exercise.solution) else judging.judge_value
    verdict = kind(exercise, answer)
    if verdict.status == judging.NOT_YET and exercise.unfinished:
        return Verdict(verdict.status, f"{verdict.message} {exercise.unfinished}")
    return verdict


def card(exercise: Exercise, verdict: Verdict) -> Card:
    """Make the card that shows a verdict."""
    status = verdict.status.capitalize()
    text = f"Exercise {exercise.id}, {plain(exercise.title)}: {verdict.status}.\n"
    text += plain(verdict.message) + (f"\n    {verdict.code}" if verdict.code else "")
    code = f'<pre class="ck-check-code">{escape(verdict.code)}</pre>' if verdict.code else ""
    html = (
        f'<div class="ck-card ck-check" data-status="{verdict.status}" {EDGE}>'
        f'<p class="ck-check-head"><strong class="ck-check-status">{status}</strong> '
        f'<span class="ck-check-title">Exercise {exercise.id} · {prose(exercise.title)}</span></p>'
        f'<p class="ck-check-text">{prose(verdict.message)}</p>{code}</div>'
    )
    facts = {"exercise": exercise.id, "status": verdict.status, "mistake": verdict.mistake}
    return Card(text, html, facts)


def check(id: str, answer: Any) -> None:
    """Check an answer and show what is right or wrong about it.

    In a learner's folder it is noted, too: see `coursekit.progress`.

    Args:
        id: The exercise's number, for example "1.1.2".
        answer: The function (not a call of it) or the value asked for.

    Raises:
        ValueError: If there is no such exercise; the message lists the near ones. A wrong answer
            raises nothing.
    """
    exercises = find()
    if id not in exercises:
        near = difflib.get_close_matches(str(id), exercises, n=3, cutoff=0.5) or list(exercises)
        told = f"did you mean {', '.join(near)}?" if near else "the course has none so far"
        raise ValueError(f"there is no exercise {id!r}; {told}")
    exercise = exercises[id]
    verdict = card(exercise, judge(exercise, answer))
    verdict.show()
    progress.record(verdict.metadata)
