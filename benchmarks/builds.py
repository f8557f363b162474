"""How long the book takes to build: with nothing changed, and from nothing."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jupyter_cache import get_cache

from benchmarks.table import Row
from tests.course_copy import copy_course
from tests.tools import ROOT


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
    """Build a copy that was never built before: every chapter is executed."""
    with tempfile.TemporaryDirectory() as folder:
        environment = copy_course(Path(folder))
        seconds = timed([sys.executable, "-m", "coursekit.site"], Path(folder), environment)
        name, slowest = slowest_notebook(Path(folder, "_build", ".jupyter_cache"))
    return [
        Row(
            "the book from nothing, all chapters executed",
            seconds,
            "s",
            360,
            note=f"{os.cpu_count()} cores",
        ),
        Row("slowest notebook", slowest, "s", 30, note=name),
    ]


def slowest_notebook(folder: Path) -> tuple[str, float]:
    """Return name and seconds of the notebook that took longest, from the build's cache of results."""
    records = [r for cache in folder.iterdir() for r in get_cache(cache).list_cache_records()]
    seconds = {Path(record.uri).name: record.data["execution_seconds"] for record in records}
    name = max(seconds, key=seconds.get)
    return name, seconds[name]


def measure() -> list[Row]:
    """Measure both builds."""
    return [warm(), *cold()]
