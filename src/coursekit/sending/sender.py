"""A thread of the kernel that sends what was checked, while the learner works on.

It prints nothing, and nothing waits for it: a kernel ends without it, and what it has not sent by then, the
next one sends. A process that was forked off a kernel leaves the sending to the kernel.
"""

import os
import random
import threading
import time
from pathlib import Path

from coursekit.sending.courier import GAP, IDLE, LATER, SENT, UNKNOWN, Courier, Step

#: Seconds for which checks are gathered before they are sent: those of cells run together go together, and
#: the cell that has called has ended.
GATHER = 0.2
#: Seconds to wait after a first failure, and at most; doubled from one to the next.
FIRST, LONGEST = 1.0, 60.0
#: The longest wait that a board can ask for.
PATIENCE = 600.0

#: What is shown below a check when the board has said no, by what that came to.
NOTICES = {
    UNKNOWN: "The class board no longer takes results from this folder ({why}) "
    "To join again, say in a terminal: coursekit leave, then coursekit join.",
    SENT: "The class board did not take a result from this folder ({why}) The others go there as before.",
}

_senders: dict[Path, "Sender"] = {}
_owner = 0


def wake(folder: Path, telling: bool) -> str:
    """Have what is new sent; return a notice, once for each kind, if the board has said no.

    Args:
        folder: The learner's folder, with its links resolved.
        telling: Whether a notice would be seen; it is kept back until it would.

    Raises:
        RuntimeError: If no thread can be started.
    """
    global _owner
    if not _senders:
        _owner = os.getpid()
    # A fork of a kernel: its locks may be held by threads that it does not have.
    if os.getpid() != _owner:
        return ""
    if folder not in _senders:
        made = Sender(folder)
        made.start()
        _senders[folder] = made
    sender = _senders[folder]
    sender.bell.set()
    return sender.notices.pop(0) if telling and sender.notices else ""


class Sender(threading.Thread):
    """Sends the results of one folder whenever its bell rings.

    Attributes:
        bell: Set it when something new was noted.
        notices: What the learner is to be told, oldest first.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(name="coursekit-sender", daemon=True)
        self.bell = threading.Event()
        self.notices: list[str] = []
        self._kinds: set[str] = set()
        self._courier = Courier(folder)
        # Of its own: a draw from the shared one would change what a learner's seeded cell draws.
        self._random = random.Random()

    def run(self) -> None:
        """Wait for the bell, send, and so on as long as the kernel lives."""
        while True:
            self.bell.wait()
            time.sleep(GATHER)
            self.bell.clear()
            self._send_all()

    def _send_all(self) -> None:
        failures = 0
        while True:
            try:
                step = self._courier.step()
            except Exception:  # a full disk, say; the learner is told of that where it matters
                step = Step(LATER)
            if step.why and step.outcome in NOTICES and step.outcome not in self._kinds:
                self._kinds.add(step.outcome)
                self.notices.append(NOTICES[step.outcome].format(why=step.why))
            if step.outcome in (IDLE, UNKNOWN):
                return
            if step.outcome == SENT:
                failures = 0
                time.sleep(GAP)
                continue
            time.sleep(self._pause(failures, step.wait))
            failures += 1

    def _pause(self, failures: int, asked: float | None) -> float:
        """Seconds until the next try; at random, so that a room does not come back all at once."""
        pause = min(LONGEST, FIRST * 2.0 ** min(failures, 10))
        if asked is None:
            return pause * self._random.uniform(0.5, 1)
        return min(PATIENCE, asked) + pause * self._random.uniform(0, 0.5)
