"""How long the book takes to build: with nothing changed, from nothing, and with one chapter edited."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from benchmarks.table import Row
from coursekit.site import outline, times
from tests.course_copy import copy_course
from tests.tools import ROOT

BUILD = [sys.executable, "-m", "coursekit.site"]
#: The chapter that is edited to see how long a build takes then.
EDITED = "gradients/slope"


def timed(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> float:
    """Run a command and return its seconds.

    Raises:
        RuntimeError: it failed; the message ends with what it said.
    """
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return time.perf_counter() - start


def warm() -> Row:
    """Build when nothing has changed; the first of two runs only makes sure of that."""
    seconds = [timed(["make", "--silent", "book"], ROOT) for _ in range(2)][-1]
    return Row("make book, nothing changed", seconds, "s", 15)


def cold() -> list[Row]:
    """Build a copy that was never built before, so that every chapter is executed; then edit a chapter."""
    with tempfile.TemporaryDirectory() as folder:
        environment = copy_course(Path(folder))
        seconds = timed(BUILD, Path(folder), environment)
        ran = run_times(Path(folder))
        name = max(ran, key=ran.get)
        slowest = ran[name]
        edited = after_an_edit(Path(folder), environment)
    return [
        Row(
            "the book from nothing, all chapters executed",
            seconds,
            "s",
            360,
            note=f"{os.cpu_count()} cores",
        ),
        Row("slowest notebook", slowest, "s", 30, note=name),
        edited,
    ]


def after_an_edit(course: Path, environment: dict[str, str]) -> Row:
    """Change the code of a chapter in a copy that is built, and build again."""
    path = course / "book" / f"{EDITED}.ipynb"
    chapter = nbformat.read(path, as_version=4)
    next(cell for cell in chapter.cells if cell.cell_type == "code").source += "\n# edited"
    nbformat.write(chapter, path)
    seconds = timed(BUILD, course, environment)
    ran = run_times(course)[EDITED]
    what = "one edited chapter, besides its own run"
    return Row(what, seconds - ran, "s", 15, note=f"{EDITED}, which runs for {ran:.1f} s")


def run_times(course: Path) -> dict[str, float]:
    """Return the seconds that each chapter ran, in a copy of the course that is built."""
    [cache] = (course / "_build" / ".jupyter_cache").iterdir()
    chapters = list(outline.load(course / "book").chapters)
    return {page: run.seconds for page, run in times.runs(cache, course / "book", chapters).items()}


def measure() -> list[Row]:
    """Measure both builds."""
    return [warm(), *cold()]
