"""Writing into a learner's folder: each file is whole or not there, and nothing is written over unseen.

A file is written to a box beside its target (same disk), forced to the disk, then moved into place. A
process that is killed leaves at most something in the box, which the next one sweeps out.
"""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coursekit.learner.trouble import LearnerError


def sweep(box: Path) -> None:
    """Empty the box of what a killed process has left; make it if it is not there."""
    box.mkdir(exist_ok=True)
    for left in box.iterdir():
        left.unlink()


def replace(path: Path, data: bytes, box: Path) -> None:
    """Write a file at once, in place of what stands there."""
    temporary = _write_aside(data, box)
    try:
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _settle(path.parent)


def add(path: Path, data: bytes, box: Path) -> Path:
    """Write a file under a name that is free; a file of the same bytes already there will do.

    Returns:
        The name: ``path``, or the same with -2, -3 and so on at the end of its stem.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _write_aside(data, box)
    try:
        number = 1
        while True:
            name = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
            if name.is_file() and not name.is_symlink() and name.read_bytes() == data:
                return name
            if _move_to_free(temporary, name):
                _settle(name.parent)
                return name
            number += 1
    finally:
        temporary.unlink(missing_ok=True)


def _move_to_free(temporary: Path, name: Path) -> bool:
    """Move a file to a name, unless something stands there; say whether it was moved."""
    if os.path.lexists(name):
        return False
    try:
        os.link(temporary, name)  # unlike a move, this never takes the place of a file
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if os.path.lexists(name):
            return False
        os.replace(temporary, name)
    return True


def _write_aside(data: bytes, box: Path) -> Path:
    temporary = box / uuid.uuid4().hex
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _settle(folder: Path) -> None:
    """Have the folder's list of names on the disk, where the system can do that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file while the body runs.

    The operating system holds the lock for this process and lets it go when the process ends in any way: a
    file that is left over locks nobody out.

    Raises:
        LearnerError: When another process holds it; the message names it.
    """
    with open(path, "a+b") as file:
        if not _lock(file.fileno()):
            raise LearnerError(
                f"another coursekit{_holder(path)} is at work in {path.parent.parent}: "
                "wait until it has ended, then say this again"
            )
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid()}).encode())
        file.flush()
        yield


def _lock(descriptor: int) -> bool:
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # a byte that nobody reads
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _holder(path: Path) -> str:
    try:
        return f" (process {int(json.loads(path.read_bytes())['pid'])})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
