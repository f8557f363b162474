"""``coursekit doctor``: what is wrong on this machine, and how to mend it.

A check is a function that returns a `Finding` and changes nothing. One that fails itself is reported as
trouble, in one line like the others.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from coursekit import sending
from coursekit.doctor import board, kernel, machine, packages, widgets
from coursekit.doctor.finding import NOTE, TROUBLE, Finding

__all__ = ["Finding", "checks", "examine", "main"]


def checks(folder: Path) -> dict[str, Callable[[], Finding]]:
    """Return all checks, by what they look at, in the order of the report.

    Args:
        folder: The learner's folder; it need not be there yet. Its board is looked at if it has joined one.
    """
    joined = {"board": partial(board.board, folder)} if sending.has_joined(folder) else {}
    return {
        "Python": packages.python,
        "packages": packages.required,
        "JupyterLab": packages.for_lab,
        "course": machine.course,
        "chapters": packages.optional,
        "kernel": partial(kernel.kernel, folder),
        "widgets": widgets.widgets,
        "fonts": machine.fonts,
        "memory": machine.memory,
        "disk": partial(machine.disk, folder),
        "folder": partial(machine.writable, folder),
        **joined,
    }


def examine(all_checks: dict[str, Callable[[], Finding]]) -> Iterator[Finding]:
    """Run the checks one after the other; never raises."""
    for name, check in all_checks.items():
        try:
            yield check()
        except Exception as error:  # the doctor reports, whatever state the machine is in
            said = " ".join(f"{type(error).__name__}: {error}".split())
            yield Finding(
                TROUBLE,
                name,
                f"could not be looked at: {said}",
                "mend what is named above, then say this again",
            )


def main(folder: Path) -> int:
    """Print the findings as they come; return 1 if there is trouble, else 0."""
    grades = []
    for finding in examine(checks(folder)):
        grades.append(finding.grade)
        print(finding.words(), flush=True)
    trouble, notes = grades.count(TROUBLE), grades.count(NOTE)
    if trouble:
        print(f"\nTrouble in {trouble} of {len(grades)} checks. Mend the first one first.")
    else:
        print(f"\nAll is well{' but for what is noted' if notes else ''}: coursekit start")
    return 1 if trouble else 0
