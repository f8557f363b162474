"""What must hold for every exercise; used on the course's catalog and on a made-up one."""

import inspect
from collections.abc import Callable, Iterator

from coursekit.exercises import Exercise, judge


def stubs(exercise: Exercise) -> Iterator[object]:
    """The ways a notebook leaves an exercise untouched."""
    yield ...
    if not callable(exercise.solution):
        return
    names = list(inspect.signature(exercise.solution).parameters)
    for body in ("...", "return ...", "raise NotImplementedError", "return 2 * ..."):
        scope: dict[str, Callable] = {}
        exec(f"def stub({', '.join(names)}):\n    {body}", scope)
        yield scope["stub"]


def problems(exercise: Exercise) -> list[str]:
    """Say all that is wrong with an exercise; an empty list is what a test wants to see."""
    found = []
    verdict = judge(exercise, exercise.solution)
    if verdict.status != "right":
        found.append(f"the solution is not right: {verdict.message}")
    for stub in stubs(exercise):
        verdict = judge(exercise, stub)
        if verdict.status != "not yet":
            found.append(f"an untouched stub is {verdict.status!r}: {verdict.message}")
    if not exercise.mistakes:
        found.append("it knows no mistake")
    for mistake in exercise.mistakes:
        verdict = judge(exercise, mistake.wrong)
        if verdict.status == "right":
            found.append(f"mistake {mistake.name!r} passes as right")
        elif verdict.mistake != mistake.name or verdict.message != mistake.message:
            found.append(f"mistake {mistake.name!r} is told as {verdict.mistake!r}")
    messages = [mistake.message for mistake in exercise.mistakes]
    if len(set(messages)) != len(messages):
        found.append("two mistakes have the same message")
    return found
