"""Points for an exercise, given by the course's own judge in a cell that nbgrader locks.

A learner's `check` stays what it is: friendly, and never an error. `grade` says the same, and raises where
there are no points, which is what nbgrader looks for. ``python -m coursekit.grading FOLDER`` writes the
chapters as nbgrader takes them: see `coursekit.grading.sources`.

nbgrader writes a locked cell anew before it runs it, and the cell loads this module and the judge anew. So it
does not matter what a notebook has made of that cell, or of ``check``, ``grade`` or the judge's functions. It
is no wall: answers run in the process that judges them, and whoever sets out to deceive it there (by patching
NumPy, say) can. What they wrote stands in the feedback, to be read.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from IPython.display import clear_output

import coursekit

__all__ = ["NoPoints", "grade"]

#: What a verdict depends on, each after what it imports.
JUDGE = ("content", "comparing", "wording", "judging", "exercises")


class NoPoints(Exception):
    """An answer that is not right; what it says is for the learner, so no traceback is shown with it."""

    def _render_traceback_(self) -> list[str]:
        """Give IPython what to show in place of a traceback."""
        return str(self).splitlines()


@contextmanager
def _fresh_exercises() -> Iterator[ModuleType]:
    """Lend `coursekit.exercises` and what it rests on as they are on the disk."""
    names = {f"{coursekit.__name__}.{name}": name for name in JUDGE}
    known = {full: sys.modules.pop(full) for full in names if full in sys.modules}
    try:
        for full in names:
            importlib.import_module(full)
        yield sys.modules[f"{coursekit.__name__}.exercises"]
    finally:
        for full, module in known.items():
            sys.modules[full] = module
            setattr(coursekit, names[full], module)


def grade(id: str, answer: Any) -> None:
    """Show the verdict on a right answer, and raise on any other: all of the cell's points, or none.

    How many points there are is said in the cell's nbgrader metadata alone. What the answer printed while
    it was tried is taken away again: nbgrader reads points from what a cell shows, and a warning would cost
    them.

    Args:
        id: The exercise's number, for example "1.1.2".
        answer: The function (not a call of it) or the value asked for.

    Raises:
        NoPoints: If the answer is not right; it says what `coursekit.exercises.check` says.
        ValueError: If there is no such exercise.
    """
    with _fresh_exercises() as exercises:
        known = exercises.find()
        if id not in known:
            raise ValueError(f"id must be the number of an exercise, such as '1.1.2', got {id!r}")
        verdict = exercises.judge(known[id], answer)
        card = exercises.card(known[id], verdict)
    clear_output()
    if verdict.status != exercises.judging.RIGHT:
        raise NoPoints(card.text)
    card.show()
