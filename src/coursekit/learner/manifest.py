"""The record of what was delivered to a learner's folder: ``.coursekit/manifest.json``."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from coursekit.learner import files
from coursekit.progress import MARK

NAME = "manifest.json"
#: Raised when the file's shape changes; a file of another shape counts as damaged.
FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """One delivered file.

    Attributes:
        cells: `fingerprint` of what was delivered; empty when that is not known.
        file: `digest` of the bytes that were delivered.
        offered: `fingerprint` of a newer version that was laid beside an edited file, or empty.
    """

    cells: str
    file: str
    offered: str = ""


@dataclass
class Manifest:
    """What was delivered: the course's version, the edition, and an entry for each path."""

    version: str = ""
    edition: str = ""
    files: dict[str, Entry] = field(default_factory=dict)


def digest(data: bytes) -> str:
    """Return a hash of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(data: bytes) -> str | None:
    """Return a hash of what is written in a notebook's cells, or None if the bytes are no notebook.

    Outputs, execution counts, metadata and empty cells don't count: running a notebook to its end edits
    nothing.

    Example:
        >>> fingerprint(b'{"cells": []}') == fingerprint(b'{"cells": [], "metadata": {}}')
        True
        >>> fingerprint(b'{"cells": [')
    """
    try:
        cells = json.loads(data.decode("utf-8-sig"))["cells"]
        written = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    kept = [(kind, source) for kind, source in written if source.strip()]
    return digest(json.dumps(kept).encode())


def load(folder: Path) -> Manifest | None:
    """Read the manifest of a learner's folder; None if there is none, or it can't be understood."""
    try:
        raw = json.loads((folder / MARK / NAME).read_bytes())
        if raw["format"] != FORMAT:
            return None
        entries = {path: Entry(**entry) for path, entry in raw["files"].items()}
        manifest = Manifest(raw["version"], raw["edition"], entries)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    texts = [manifest.version, manifest.edition]
    texts += [text for entry in entries.values() for text in asdict(entry).values()]
    return manifest if all(isinstance(text, str) for text in texts) else None


def save(folder: Path, manifest: Manifest, box: Path) -> None:
    """Write the manifest, in place of the one that is there."""
    text = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1, sort_keys=True)
    files.replace(folder / MARK / NAME, text.encode() + b"\n", box)
