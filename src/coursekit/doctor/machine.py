"""The machine and the folder: memory, disk, permission, fonts, and the course's content."""

import os
import shutil
import tempfile
from pathlib import Path

from coursekit.doctor.finding import NOTE, OK, TROUBLE, Finding, pip_install

#: Peak memory of a chapter's kernel in MB, measured on Linux with the versions of requirements.txt: most
#: chapters, and the largest.
MOST, LARGEST, LARGEST_IS = 500, 1200, "7.4"
#: Room in MB: for the chapters with their outputs, and for comfort.
ROOM, COMFORT = 50, 500


def memory(proc: Path = Path("/proc/meminfo"), group: Path = Path("/sys/fs/cgroup")) -> Finding:
    """Is there memory for a chapter's kernel?

    Args:
        proc: Where Linux tells what is available.
        group: Where it tells what a container may use.
    """
    free = _available(proc, group)
    need = f"most chapters need {MOST} MB, the largest ({LARGEST_IS}) {LARGEST} MB"
    if free is None:
        return Finding(NOTE, "memory", f"this system does not say how much is free; {need}")
    said = f"{free:,.0f} MB free; {need}"
    mend = "close other programs, and shut down the kernels of chapters you are done with"
    if free < MOST:
        return Finding(TROUBLE, "memory", said, mend)
    return Finding(NOTE, "memory", said, mend) if free < LARGEST else Finding(OK, "memory", said)


def _available(proc: Path, group: Path) -> float | None:
    """Megabytes that a new process may take, or None if the system does not say."""
    free = []
    try:
        lines = dict(line.split(":") for line in proc.read_text().splitlines())
        free.append(int(lines["MemAvailable"].split()[0]) / 1024)
    except (OSError, ValueError, KeyError, IndexError):
        pass
    try:
        limit, used = ((group / name).read_text() for name in ("memory.max", "memory.current"))
        stat = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        free.append((int(limit) - int(used) + int(stat.get("inactive_file", 0))) / 2**20)
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        pass
    return min(free, default=None)


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(f for f in (folder.resolve(), *folder.resolve().parents) if f.exists())


def disk(folder: Path) -> Finding:
    """Is there room for the chapters and their outputs?"""
    free = shutil.disk_usage(_there(folder)).free / 1e6
    said = f"{free:,.0f} MB free in {_there(folder)}"
    mend = f"make room, or name a folder on another disk; the chapters with their outputs need {ROOM} MB"
    if free < ROOM:
        return Finding(TROUBLE, "disk", said, mend)
    return Finding(NOTE, "disk", said, mend) if free < COMFORT else Finding(OK, "disk", said)


def writable(folder: Path) -> Finding:
    """May this user write in the folder?"""
    place = _there(folder)
    mend = f"name a folder that is yours: coursekit start {Path('~') / folder.name}"
    if not place.is_dir():
        return Finding(TROUBLE, "folder", f"{place} is a file", mend)
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".coursekit-") as file:
            file.write(b"x")
    except OSError as error:
        return Finding(TROUBLE, "folder", f"{place} can't be written: {error.strerror}", mend)
    is_there = place == folder.resolve()
    return Finding(
        OK, "folder", f"{place} can be written{'' if is_there else ' (yours will be made there)'}"
    )


def fonts() -> Finding:
    """Does matplotlib find a font for the course's figures, and the one for their formulas?"""
    from matplotlib import font_manager, get_cachedir, rc_context

    from coursekit import plots

    style = Path(plots.__file__).with_name("course.mplstyle")
    found = []
    with rc_context(fname=style):
        for family in ("sans-serif", "DejaVu Sans"):
            wanted = font_manager.FontProperties(family=[family])
            try:
                found.append(Path(font_manager.findfont(wanted, fallback_to_default=False)))
            except ValueError:
                found.append(None)
            if found[-1] is None or not found[-1].is_file():
                return Finding(
                    TROUBLE, "fonts", f"matplotlib finds no font for {family!r}",
                    f"delete {get_cachedir()}, then {pip_install('--force-reinstall', 'matplotlib')}",
                )  # fmt: skip
    return Finding(OK, "fonts", f"figures are set in {os.path.splitext(found[0].name)[0]}")


def course() -> Finding:
    """Is the course's content where the library looks for it?"""
    from coursekit import content
    from coursekit.learner import chapters

    try:
        there = chapters.find()
    except FileNotFoundError as error:
        return Finding(TROUBLE, "course", str(error), _reinstall())
    if not there:
        return Finding(TROUBLE, "course", f"there is no chapter in {content.root()}", _reinstall())
    return Finding(OK, "course", f"{len(there)} chapters in {content.root()}")


def _reinstall() -> str:
    return f"in the folder of the course: {pip_install('--force-reinstall', '--no-deps', '.')}"
