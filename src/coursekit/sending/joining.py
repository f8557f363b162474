"""What ``coursekit join`` and ``coursekit leave`` do, and what they say."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from coursekit.progress import MARK, now
from coursekit.sending import FILE, BoardError, addresses, courier, membership, pending
from coursekit.sending.asking import Answer, Unreachable, ask
from coursekit.sending.membership import LEFT, Membership

#: The board's address on a hub, and what proves there who one is.
BOARD, HUB_TOKEN = "COURSEKIT_BOARD", "JUPYTERHUB_API_TOKEN"
#: Seconds that a command waits for a board.
PATIENCE = 5

_JOINED = """\
You have joined {url} as {alias}.
From now on what you check goes there: for each check the exercise, whether it is right or which mistake
was recognized, and the time; your quiz scores; your predictions. Your code and your answers' text stay here,
and so does what you checked before.
The teacher sees it, under the name {alias}; the others don't.
To stop: coursekit leave. To stop and erase all of it there: coursekit leave --erase."""


def join(
    folder: Path,
    alias: str,
    *,
    url: str | None = None,
    code: str | None = None,
    insecure: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """Join a board: from now on what is checked in the folder is sent to it.

    Args:
        folder: The learner's folder.
        alias: The name the teacher shall see.
        url: The board's address; the hub's board if not given.
        code: The room's code; on a hub there is none.
        insecure: Whether the way may lead through a public network without encryption.
        environment: Where a hub says where its board is.

    Returns:
        What to tell the learner.

    Raises:
        BoardError: If the folder can't join; nothing has changed then.
        OSError: If the folder can't be written to.
    """
    _of_the_course(folder)
    member = membership.load(folder)
    if member:
        raise BoardError(
            f"this folder has joined {member.url} as {member.alias}: say coursekit leave first"
        )
    hub = environment.get(BOARD)
    url = addresses.understand(url) if url else None
    if hub and (url is None or (url == addresses.understand(hub) and code is None)):
        # Whoever runs the hub runs the board and this server, and has decided on the way between them.
        url, token, body, warning = addresses.understand(hub), environment.get(HUB_TOKEN), {}, ""
        if not token:
            raise BoardError(
                f"{HUB_TOKEN} is not set, which proves who you are: restart your server"
            )
    elif url is None:
        raise BoardError(
            "say where the board is, and the room's code: coursekit join URL CODE --as NAME"
        )
    elif code is None:
        raise BoardError(f"say the room's code, too: coursekit join {url} CODE --as NAME")
    else:
        left = membership.load(folder, LEFT)  # who was there before comes back as the same learner
        token = left.token if left and left.url == url else ""
        body = {"code": code.strip().upper()}
        warning = addresses.guard(url, insecure)
    answer = _ask("POST", url, "api/join", {"alias": alias, **body}, token)
    member = _understood(answer, url)
    back = member.token == token
    try:
        pending.begin(folder, member)  # first, so that nothing older is ever sent
        membership.save(folder, member)
        if back:
            membership.remove(folder, LEFT)
    except OSError:
        membership.remove(folder)
        if not back:
            _erase(member)  # as if nothing had been
        raise
    return "\n".join(filter(None, [_JOINED.format(url=url, alias=member.alias), warning]))


def leave(folder: Path, erase: bool = False) -> str:
    """Leave the board: nothing more is sent.

    Args:
        folder: The learner's folder.
        erase: Whether to erase what is stored there, also on a board that was left before.

    Returns:
        What to tell the learner.

    Raises:
        BoardError: If there is no board to leave, or what is stored there could not be erased; nothing is
            sent any more in either case.
        OSError: If the folder can't be written to.
    """
    _of_the_course(folder)
    member, left = membership.load(folder), membership.load(folder, LEFT)
    damaged = member is None and (folder / MARK / FILE).exists()
    if not (member or damaged or (erase and left)):
        raise BoardError("this folder has joined no board")
    if member:
        membership.save(folder, member, LEFT)
    membership.remove(folder)
    membership.remove(folder, pending.SENT)
    if damaged:
        return "The record of the board was damaged; it is removed, and nothing more is sent."
    if not erase:
        return (
            f"You have left {member.url}: nothing more is sent. What is there stays there, under the name "
            f"{member.alias}; to erase it: coursekit leave --erase. To come back: join again."
        )
    for each in dict.fromkeys(filter(None, (left, member))):
        trouble = _erase(each)
        if trouble:
            membership.save(folder, each, LEFT)
            raise BoardError(
                f"nothing more is sent, but what {each.url} has of you could not be erased ({trouble}): "
                "say coursekit leave --erase again when it can be reached, or ask the teacher"
            )
    membership.remove(folder, LEFT)
    return f"You have left {(member or left).url}, and what it had of you is erased."


def words(folder: Path) -> str:
    """Send what waits; say as whom the folder has joined and what still waits, or "" if it has not."""
    member = membership.load(folder)
    if member is None:
        return ""
    try:
        step = courier.deliver(folder, PATIENCE)
        count, refused = courier.waiting(folder, member), pending.refused(folder, member)
    except OSError as error:
        return f"Joined {member.url} as {member.alias}; your results can't be read: {error}."
    if step.outcome == courier.UNKNOWN:
        return (
            f"You joined {member.url} as {member.alias}, but the board takes no more from this folder "
            f"({step.why}) To join again, leave first: coursekit leave."
        )
    said = f"Joined {member.url} as {member.alias}; {_count(count)} to be sent"
    if count and step.why:
        said += f" ({step.why})"
    if refused:
        said += f"; {refused} were not taken by the board"
    return f"{said}."


def _count(count: int) -> str:
    if count == 1:
        return "1 result waits"
    return f"{count or 'no'} results wait"


def _of_the_course(folder: Path) -> None:
    if not (folder / MARK).is_dir():
        raise BoardError(f"{folder} is not a folder of the course: say coursekit start {folder}")


def _ask(method: str, url: str, path: str, body: dict | None, token: str) -> Answer:
    data = None if body is None else json.dumps(body).encode()
    try:
        return ask(method, url + path, data, token=token, timeout=PATIENCE)
    except Unreachable as error:
        raise BoardError(
            f"{url} can't be reached ({error}): look whether this machine is in the network of the class, "
            "and the address is the one on the teacher's screen"
        ) from error


def _understood(answer: Answer, url: str) -> Membership:
    if answer.error:
        raise BoardError(answer.error)
    try:
        if answer.status == 201:
            given = {name: answer.data[name] for name in ("learner", "token", "alias")}
            return Membership(url=url, since=now(), **given)
    except (KeyError, TypeError, ValueError):
        pass
    raise BoardError(
        f"what answers at {url} is no class board (status {answer.status}): look at the address again"
    )


def _erase(member: Membership) -> str:
    """Erase a learner on a board; return what stood in the way, or ""."""
    try:
        answer = ask("DELETE", f"{member.url}api/mine", token=member.token, timeout=PATIENCE)
    except Unreachable as error:
        return str(error)
    if answer.status == 204 or (answer.status == 401 and answer.error):  # erased, or long since
        return ""
    return answer.error or f"its address answered with status {answer.status}"
