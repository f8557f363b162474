"""The lines of the progress file that the board does not have yet.

How far the board has them is noted in ``.coursekit/board-sent.json``: an offset into the progress file, with
a fingerprint of what stands right before it. Where that does not fit (the file was cut, deleted or replaced,
or the note is damaged), all that was noted since joining is sent once more; the board knows a line again by
its key.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from coursekit.progress import FILE, MARK, parse
from coursekit.sending.membership import Membership, write

SENT = "board-sent.json"
#: A longer line is no event.
LONGEST = 1 << 14
#: How many bytes before the offset are fingerprinted.
_BEFORE = 256


@dataclass(frozen=True)
class Line:
    """A whole line of the progress file: the event as the board wants it (None for a line that is none), and
    where the line ends.
    """

    event: dict[str, Any] | None
    end: int


@dataclass(frozen=True)
class Sent:
    """How far the board has a learner's results.

    Attributes:
        of: Fingerprint of the membership's token: another membership begins anew.
        offset: Where in the progress file the first line begins that it does not have.
        before: Fingerprint of what stands before that.
        refused: How many lines it did not accept.
    """

    of: str
    offset: int
    before: str
    refused: int = 0


def fingerprint(data: bytes) -> str:
    """Return 32 hexadecimal digits that stand for some bytes; a line's are its key on the board."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _before(file: BinaryIO, offset: int) -> str | None:
    """Fingerprint what stands before an offset; None if the file ends before."""
    start = max(0, offset - _BEFORE)
    file.seek(start)
    data = file.read(offset - start)
    return fingerprint(data) if len(data) == offset - start else None


def begin(folder: Path, member: Membership) -> None:
    """Note that nothing that stands in the progress file now is to be sent.

    Raises:
        OSError: If it can't be noted.
    """
    try:
        with open(folder / MARK / FILE, "rb") as file:
            end = file.seek(0, 2)
            before = _before(file, end)
    except FileNotFoundError:
        end, before = 0, fingerprint(b"")
    write(folder / MARK / SENT, asdict(Sent(_of(member), end, before)))


def note(folder: Path, member: Membership, end: int, refused: bool = False) -> None:
    """Note that the board has all lines up to an offset, unless more is noted already.

    Args:
        folder: The learner's folder.
        member: The board that has them.
        end: Where the last of them ends.
        refused: Whether it is a line that the board does not accept.

    Raises:
        OSError: If it can't be noted: the lines will be sent again.
    """
    with suppress(FileNotFoundError), open(folder / MARK / FILE, "rb") as file:
        known = _sent(folder, member, file)
        if known is None or known.offset < end:
            count = (known.refused if known else 0) + refused
            before = _before(file, end)
            if before is not None:  # else the file was cut meanwhile
                write(folder / MARK / SENT, asdict(Sent(_of(member), end, before, count)))


def lines(folder: Path, member: Membership) -> Iterator[Line]:
    """Go through the whole lines that the board does not have yet, oldest first.

    A line that is still being written is left for later.

    Raises:
        OSError: If the progress file is there and can't be read.
    """
    try:
        file = open(folder / MARK / FILE, "rb")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        return
    with file:
        sent = _sent(folder, member, file)
        begun = sent is not None
        since = datetime.fromisoformat(member.since)
        at = sent.offset if sent else 0
        file.seek(at)
        for line, end in _whole(file, at):
            event = _event(line)
            begun = begun or (event is not None and _time(event) >= since)
            if begun:
                yield Line(event, end)


def _of(member: Membership) -> str:
    return fingerprint(member.token.encode())


def _sent(folder: Path, member: Membership, file: BinaryIO) -> Sent | None:
    """What is noted, if it is of this membership and fits the progress file."""
    try:
        sent = Sent(**json.loads((folder / MARK / SENT).read_bytes()))
        if sent.of != _of(member) or not isinstance(sent.before, str):
            return None
        fits = sent.offset >= 0 and sent.refused >= 0
        return sent if fits and sent.before == _before(file, sent.offset) else None
    except (OSError, ValueError, TypeError, OverflowError, RecursionError):
        return None


def refused(folder: Path, member: Membership) -> int:
    """Return how many lines the board did not accept."""
    try:
        with open(folder / MARK / FILE, "rb") as file:
            sent = _sent(folder, member, file)
    except OSError:
        return 0
    return sent.refused if sent else 0


def _whole(file: BinaryIO, at: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines without their ends, and where they end; of one that is too long, nothing."""
    line, long = b"", False
    while part := file.readline(LONGEST):
        at += len(part)
        long = long or len(line) + len(part) > LONGEST
        line = b"" if long else line + part
        if part.endswith(b"\n"):
            yield line[:-1], at
            line, long = b"", False


def _event(line: bytes) -> dict[str, Any] | None:
    """The event of a line, with its key; None if there is none that can be sent."""
    event = parse(line)
    try:
        json.dumps(event, allow_nan=False)
    except ValueError:  # a number that JSON does not have
        return None
    return None if event is None else {**event, "key": fingerprint(line)}


def _time(event: dict[str, Any]) -> datetime:
    """When it was; the beginning of all time if that can't be read."""
    with suppress(ValueError):
        time = datetime.fromisoformat(event["time"])
        if time.tzinfo is not None:
            return time
    return datetime.fromisoformat("0001-01-02T00:00:00Z")
