"""Taking to the board what it does not have yet, a batch at a time.

A batch counts as delivered when the board has answered that it keeps it. An answer that is not a board's own,
such as a proxy's page or that of a network's log-in, changes nothing: the batch is sent again.
"""

import json
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from coursekit.sending import membership, pending
from coursekit.sending.asking import Answer, Unreachable, ask
from coursekit.sending.membership import Membership

#: A post's largest number of events, and of bytes (the board takes 64 KiB).
MOST, LARGEST = 100, 60_000
#: Seconds between two posts: well below the 30 posts in 10 seconds that a board takes from a learner.
GAP = 0.4

#: What a step can come to: there is nothing to send; something was sent; try again later; the board does not
#: know this learner any more.
IDLE, SENT, LATER, UNKNOWN = "idle", "sent", "later", "unknown"


@dataclass(frozen=True)
class Step:
    """What a step has come to.

    Attributes:
        outcome: `IDLE`, `SENT`, `LATER` or `UNKNOWN`.
        why: Why not, or why a line was passed over, in the board's words or in a few others.
        wait: Seconds that the board asks for before the next try, if it does.
    """

    outcome: str
    why: str = ""
    wait: float | None = None


class Courier:
    """Takes the results of one folder to the board that it has joined.

    Args:
        folder: The learner's folder.
        timeout: See `coursekit.sending.asking.ask`.
    """

    def __init__(self, folder: Path, timeout: float = 10) -> None:
        self._folder, self._timeout = folder, timeout
        self._suspects = 0  # among so many events that come next is one that the board refuses
        self._unknown = ""

    def step(self) -> Step:
        """Send one batch, and note what has become of it.

        Raises:
            OSError: If the progress file can't be read, or the note can't be written.
        """
        member = membership.load(self._folder)
        if member is None or member.token == self._unknown:
            return Step(IDLE)
        events, end = self._batch(member)
        if not events:
            if end:
                self._note(member, end)
            return Step(IDLE)
        body = json.dumps({"learner": member.learner, "events": list(events.values())})
        try:
            answer = ask(
                "POST", f"{member.url}api/events", body.encode(),
                token=member.token, timeout=self._timeout,
            )  # fmt: skip
        except Unreachable as error:
            return Step(LATER, str(error))
        return self._judge(member, answer, len(events), end)

    def _batch(self, member: Membership) -> tuple[dict[str, Any], int]:
        """The next events by their keys, and where the last line looked at ends (0 if there is none)."""
        events, end, size = {}, 0, 0
        most = max(1, self._suspects // 2) if self._suspects else MOST
        for line in pending.lines(self._folder, member):
            if line.event is not None:
                size += len(json.dumps(line.event)) + 2
                if events and (size > LARGEST or len(events) >= most):
                    break
                events[line.event["key"]] = line.event
            end = line.end
        return events, end

    def _judge(self, member: Membership, answer: Answer, count: int, end: int) -> Step:
        data = answer.data or {}
        kept = answer.status == 200 and {type(data.get(k)) for k in ("stored", "known")} == {int}
        if kept or (answer.status == 409 and answer.error):
            self._note(member, end)
            self._suspects = max(0, self._suspects - count)
            return Step(SENT)
        if answer.status in (401, 403, 404) and answer.error:
            self._unknown = member.token
            return Step(UNKNOWN, answer.error)
        if answer.status in (400, 413, 422) and answer.error:
            # Nothing of the batch was stored: halve it until the line it is about is alone.
            self._suspects = count if count > 1 else 0
            if count > 1:
                return Step(SENT)
            self._note(member, end, refused=True)
            return Step(SENT, answer.error)
        why = answer.error or f"the board's address answered with status {answer.status}"
        return Step(LATER, why, answer.retry_after)

    def _note(self, member: Membership, end: int, refused: bool = False) -> None:
        if membership.load(self._folder) == member:  # not left meanwhile
            pending.note(self._folder, member, end, refused)


def deliver(folder: Path, seconds: float) -> Step:
    """Send all that waits, in this thread; return the last step.

    Args:
        folder: The learner's folder.
        seconds: No batch is begun after these; the last one may take as long again.

    Raises:
        OSError: See `Courier.step`.
    """
    courier, until = Courier(folder, timeout=seconds), time.monotonic() + seconds
    while True:
        step = courier.step()
        if step.outcome != SENT or time.monotonic() > until:
            return step
        time.sleep(GAP)


def waiting(folder: Path, member: Membership) -> int:
    """Return how many results the board does not have yet; at most 10,000 are counted.

    Raises:
        OSError: If the progress file is there and can't be read.
    """
    found = (line for line in pending.lines(folder, member) if line.event is not None)
    return sum(1 for _ in islice(found, 10_000))
