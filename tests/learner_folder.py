"""A small course and a learner's folder, for tests of what an update does."""

import json
from pathlib import Path

from coursekit.learner import merge


def notebook(*cells, **more) -> bytes:
    """A notebook of code cells; ``more`` goes into each cell, such as outputs."""
    made = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [], "source": text}
        | {"execution_count": None, **more}
        for i, text in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def course(version: int, names=("a/one", "a/two", "b/three")) -> dict[str, bytes]:
    """The course at a version: each chapter has a line of its own, and the version's."""
    return {f"{n}.ipynb": notebook(f"print('{n}')", f"version = {version}") for n in names}


def update(folder: Path, version: int | dict, **more) -> merge.Report:
    """Deliver a version of the course, or the course given."""
    given = course(version) if isinstance(version, int) else version
    return merge.deliver(folder, given, version=str(version), edition="student", **more)


def happened(report: merge.Report) -> dict[str, list[str]]:
    """What happened, without what did not."""
    return {name: paths for name, paths in report.done.items() if paths}


def files(folder: Path) -> dict[str, bytes]:
    """All files of a folder, its own records aside."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "lock")
    }
