"""The class board that a folder has joined: does it answer, and does it know the learner?"""

from pathlib import Path

from coursekit.doctor.finding import NOTE, OK, Finding
from coursekit.sending import courier, membership
from coursekit.sending.asking import Unreachable, ask


def board(folder: Path, timeout: float = 5) -> Finding:
    """Ask the board what it has of this learner; none of it is kept.

    Args:
        folder: The learner's folder, which has joined a board.
        timeout: Seconds to wait for an answer.
    """
    member = membership.load(folder)
    if member is None:
        return _note("the record of the board that was joined is damaged", "coursekit leave")
    count = courier.waiting(folder, member)
    wait = f"{count or 'no'} result{' waits' if count == 1 else 's wait'} to be sent"
    try:
        answer = ask(
            "GET", f"{member.url}api/mine", token=member.token, timeout=timeout, longest=1 << 22
        )
    except Unreachable as error:
        return _note(
            f"{member.url} does not answer ({error}); {wait}, and will be when it does",
            "be in the network of the class; if the class is over: coursekit leave",
        )
    if answer.status == 200 and answer.data is not None:
        mend = "coursekit join" if count else ""
        return Finding(
            NOTE if count else OK,
            "board",
            f"{member.url} knows you as {member.alias}; {wait}",
            mend,
        )
    if answer.status in (401, 403) and answer.error:
        return _note(
            f"{member.url} takes no more from this folder ({answer.error})",
            "coursekit leave, and then join again",
        )
    return _note(
        f"what answers at {member.url} is no class board (status {answer.status}); {wait}",
        "be in the network of the class; if the class is over: coursekit leave",
    )


def _note(said: str, mend: str) -> Finding:
    return Finding(NOTE, "board", said, mend)  # the course works without
