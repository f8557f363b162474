"""A learner's progress: a line of JSON for each check, answered quiz and kept guess, in their own folder.

``coursekit start`` makes that folder, and in it ``.coursekit``. A kernel that runs anywhere below writes to
``.coursekit/progress.jsonl``; a kernel that runs elsewhere writes nothing. Nothing is sent anywhere, unless
the learner has joined a class board: see `coursekit.sending`.

A line is on the disk before the check's cell has ended, so a kernel that is killed right after loses none.
A line that was cut off is left where it is and passed over.
"""

import errno
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coursekit import sending

__all__ = ["FILE", "MARK", "find_folder", "now", "parse", "read", "record"]

#: The folder that marks a learner's folder, and the file inside.
MARK = ".coursekit"
FILE = "progress.jsonl"
_told = False


def find_folder(start: Path | None = None) -> Path | None:
    """Return the learner's folder: the nearest at or above ``start`` that has a ``.coursekit``.

    Args:
        start: Where to begin; the folder this process runs in if not given.
    """
    try:
        place = Path(start or Path.cwd()).resolve()
        return next((f for f in (place, *place.parents) if (f / MARK).is_dir()), None)
    except OSError:  # the folder was removed under the kernel, or may not be looked into
        return None


def record(event: dict[str, Any]) -> None:
    """Append an event, with the time, to the progress file of the learner's folder, if there is one.

    What stands in the way of writing is told once per kernel, in one line, and raises nothing.

    Args:
        event: What happened, as JSON can hold it: ``{"exercise": "1.1.2", "status": "right",
            "mistake": None}``, ``{"quiz": "1.1", "right": 3, "of": 4}`` or ``{"prediction":
            "step-size", "guess": 0.3}``.
    """
    global _told
    folder = find_folder()
    if folder is None:
        return
    line = json.dumps({"time": now(), **event}, ensure_ascii=False)
    try:
        _append(folder / MARK / FILE, line.encode() + b"\n")
    except OSError as error:
        if not _told:
            _told = True
            print(_trouble(folder / MARK / FILE, error))
        return
    notice = sending.wake(folder, telling="exercise" in event)
    if notice:
        print(notice)


def _trouble(path: Path, error: OSError) -> str:
    """Say why progress could not be noted, and what to do where the learner can do something."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return (
            "The disk is full: your answer was checked, but your progress could not be noted. Delete "
            "files that you no longer need, save this notebook, then run the cell again."
        )
    return f"Your progress could not be noted in {path}: {error.strerror}."


def now() -> str:
    """Return the time as events have it: "2026-11-22T04:10:00.123Z"."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _append(path: Path, line: bytes) -> None:
    """Append a whole line in one write, after closing a line that was cut off, and wait for the disk."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0))
    try:
        end = os.lseek(descriptor, 0, os.SEEK_END)
        if end:
            os.lseek(descriptor, end - 1, os.SEEK_SET)
            if os.read(descriptor, 1) != b"\n":
                line = b"\n" + line
        while line:
            line = line[os.write(descriptor, line) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the events noted in a learner's folder, oldest first; lines that are no event are left out.

    Args:
        folder: The learner's folder, the one that has a ``.coursekit``.

    Raises:
        OSError: If the file is there and cannot be read.
    """
    path = Path(folder) / MARK / FILE
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    return [event for event in map(parse, lines) if event is not None]


def parse(line: bytes) -> dict[str, Any] | None:
    """Return the event that a line of the progress file holds, or None if it holds none.

    Args:
        line: The line; its end may be missing.
    """
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):  # cut off, or not text
        return None
    return event if _is_event(event) else None


def _is_event(event: Any) -> bool:
    """Say whether a line has the fields of a check, a quiz or a guess, each of its own type."""
    if not isinstance(event, dict) or not isinstance(event.get("time"), str):
        return False
    if isinstance(event.get("exercise"), str):
        return isinstance(event.get("status"), str) and isinstance(event.get("mistake"), str | None)
    if isinstance(event.get("prediction"), str):
        guess = event.get("guess")
        return isinstance(guess, str | int | float) and not isinstance(guess, bool)
    return (
        isinstance(event.get("quiz"), str)
        and isinstance(event.get("right"), int)
        and isinstance(event.get("of"), int)
    )
