"""Which board a learner's folder has joined, and as whom: ``.coursekit/board.json``.

Only the owner can read the file: its token is what speaks for the learner.
"""

import json
import os
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from coursekit.progress import MARK
from coursekit.sending import FILE

#: The board that was left; the token in it can still erase what is there.
LEFT = "board-left.json"


@dataclass(frozen=True)
class Membership:
    """What a board gave when the folder joined.

    Attributes:
        url: The board's address; ends with "/".
        learner: Who the learner is there.
        token: What proves it.
        alias: The name the teacher sees.
        since: When the folder joined; what was checked before is never sent.
    """

    url: str
    learner: str
    token: str
    alias: str
    since: str

    def __post_init__(self) -> None:
        """Refuse what no board gives.

        Raises:
            ValueError: If a part is not of its form; the message names it.
        """
        forms = {
            "url": r"https?://[!-~]+/",
            "learner": r"[0-9a-f]{16}",
            "token": r"[\w-]{20,200}",
            "alias": r".{1,200}",
        }
        for name, form in forms.items():
            value = getattr(self, name)
            if not isinstance(value, str) or not re.fullmatch(form, value, flags=re.ASCII):
                raise ValueError(f"{name} must match {form}, got {value!r}")
        if not self.alias.isprintable():
            raise ValueError(f"alias must be printable, got {self.alias!r}")
        if not isinstance(self.since, str) or datetime.fromisoformat(self.since).tzinfo is None:
            raise ValueError(f"since must be a time with its zone, got {self.since!r}")


def load(folder: Path, name: str = FILE) -> Membership | None:
    """Return the board that a folder has joined; None if there is none, or the file is damaged."""
    try:
        return Membership(**json.loads((folder / MARK / name).read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def save(folder: Path, membership: Membership, name: str = FILE) -> None:
    """Note which board a folder has joined.

    Raises:
        OSError: If the file can't be written.
    """
    write(folder / MARK / name, asdict(membership))


def remove(folder: Path, name: str = FILE) -> None:
    """Forget a board.

    Raises:
        OSError: If the file is there and can't be removed.
    """
    (folder / MARK / name).unlink(missing_ok=True)


def write(path: Path, data: dict[str, Any]) -> None:
    """Write JSON that only its owner can read, at once: the file is the old one or the new one.

    Raises:
        OSError: If it can't be written; the file is what it was.
    """
    # Not in the box of coursekit.learner.files: an update at this moment would sweep it out.
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(json.dumps(data, indent=1).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
