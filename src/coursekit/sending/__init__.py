"""Sending a learner's results to the class board, for those who have said ``coursekit join``.

* ``membership``: which board a folder has joined, in ``.coursekit/board.json``
* ``addresses``: a board's address, and whether it may be spoken to without encryption
* ``asking``: one request, bounded in time and size
* ``pending``: the lines of the progress file that the board does not have yet
* ``courier``: taking them there, a batch at a time
* ``sender``: a thread of the kernel that does so while the learner works
* ``joining``: what ``coursekit join`` and ``coursekit leave`` do

What is sent are the lines of the progress file from the moment of joining on, and nothing else. Whoever has
not joined sends nothing, and nothing of this package but this file is loaded.
"""

from pathlib import Path

__all__ = ["FILE", "BoardError", "has_joined", "prepare", "wake"]

#: What says in a learner's ``.coursekit`` that the folder has joined a board, and which.
FILE = "board.json"


class BoardError(Exception):
    """The board can't be joined, left or reached; the message says why, and what to do about it."""


def has_joined(folder: Path) -> bool:
    """Say whether a learner's folder has joined a board."""
    from coursekit.progress import MARK

    return (folder / MARK / FILE).is_file()


def prepare() -> None:
    """Load what sends, if the folder this process runs in has joined: then no check waits for that."""
    from coursekit.progress import find_folder

    folder = find_folder()
    if folder is not None and has_joined(folder):
        import coursekit.sending.sender  # noqa: F401


def wake(folder: Path, telling: bool = True) -> str:
    """Have this kernel's thread send what is new; takes no time, and never raises.

    Args:
        folder: The learner's folder.
        telling: Whether there is a cell where a notice can be shown.

    Returns:
        A line to show below the check, when the board has said no; else "".
    """
    try:
        if not has_joined(folder):
            return ""
        from coursekit.sending import sender

        return sender.wake(folder, telling)
    except Exception:  # no thread to be had, or a folder that went away: the check comes first
        return ""
