"""What is to happen to a file of a learner's folder.

Three versions of it meet: what was delivered (the manifest remembers it), what stands in the folder now, and
what the course has now.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from coursekit.learner.manifest import Entry, fingerprint

#: Each thing that can happen to a file, and how the report says it.
OUTCOMES = {
    "new": "new in the folder",
    "restored": "brought back",
    "replaced": "brought up to date (you had not edited them)",
    "beside": "edited by you and changed in the course: yours stays, the course's lies beside it",
    "edited": "edited by you, left as they are",
    "damaged": "could not be read as notebooks: kept under another name, delivered afresh",
    "deleted": "deleted by you, left out (to get one back: coursekit update --restore NAME)",
    "gone": "no longer in the course, left as they are",
    "blocked": "not delivered, something is in the way",
    "current": "up to date",
}


@dataclass(frozen=True)
class Found:
    """What stands at a path: nothing, bytes (of a notebook or not), or something in the way."""

    data: bytes | None = None
    obstacle: str = ""

    @property
    def cells(self) -> str | None:
        """The fingerprint, or None for nothing and for what is no notebook."""
        return None if self.data is None else fingerprint(self.data)


def look(folder: Path, path: str) -> Found:
    """See what stands at a path below the folder; nothing is followed out of the folder."""
    try:
        return _look(folder, path)
    except OSError as error:
        return Found(obstacle=f"{path} can't be read ({error.strerror})")


def _look(folder: Path, path: str) -> Found:
    parts = PurePosixPath(path).parts
    for depth in range(1, len(parts) + 1):
        here, name = folder.joinpath(*parts[:depth]), "/".join(parts[:depth])
        if here.is_symlink():
            return Found(obstacle=f"{name} is a link to elsewhere")
        if not here.exists():
            return Found()
        if depth < len(parts) and not here.is_dir():
            return Found(obstacle=f"{name} is a file, where the course has a folder")
    if here.is_dir():
        return Found(obstacle=f"{name} is a folder, where the course has a notebook")
    return Found(here.read_bytes())


def decide(found: Found, entry: Entry | None, new: str, restore: bool = False) -> str:
    """Say what is to happen to a file; one of `OUTCOMES`.

    Args:
        found: What stands there.
        entry: What was delivered, as far as it is known.
        new: Fingerprint of what the course has now.
        restore: Whether the learner asks for the file.
    """
    if found.obstacle:
        return "blocked"
    if found.data is None:
        return "new" if entry is None else "restored" if restore else "deleted"
    if found.cells is None:
        return "damaged"
    if found.cells == new:
        return "current"
    if entry is not None and found.cells == entry.cells:
        return "replaced"
    if entry is not None and new in (entry.cells, entry.offered):
        return "edited"
    return "beside"
