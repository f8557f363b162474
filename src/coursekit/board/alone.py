"""Without a hub: who knows the room's code may join, who has the terminal's secret address may watch."""

import hmac
import secrets
from typing import Any

from coursekit.board.desk import Desk
from coursekit.board.instructor import Page
from coursekit.board.limits import Limit
from coursekit.board.refusal import Refusal
from coursekit.board.web import Base, now

#: No 0 and O, no 1, I and L: a code is read from a wall.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
COOKIE = "coursekit-board"


def new_code() -> str:
    """Return a room's code, such as "K7QM-2XPD"."""
    letters = [secrets.choice(LETTERS) for _ in range(8)]
    return "".join([*letters[:4], "-", *letters[4:]])


def same_code(given: Any, code: str) -> bool:
    """Compare codes, whatever their case, dashes and spaces, in a time that tells nothing.

    Example:
        >>> same_code(" k7qm 2xpd", "K7QM-2XPD")
        True
    """

    def bare(text: str) -> bytes:
        return "".join(text.split()).replace("-", "").upper().encode("utf-8", "replace")

    return isinstance(given, str) and hmac.compare_digest(bare(given), bare(code))


class Alone:
    """The door of a board that runs by itself.

    Args:
        desk: Keeps the code and the instructor's browsers over a restart.
        address: The board's address, for learners.
    """

    def __init__(self, desk: Desk, address: str) -> None:
        self._desk, self.address = desk, address
        self.key = secrets.token_urlsafe(32)
        self.code = ""
        self._wrong = Limit(20, 60)

    async def open(self) -> None:
        """Find the room's code, or make one."""
        self.code = await self._desk.write(self._desk.store.keep, "code", new_code())

    async def account(self, handler: Base, body: dict[str, Any]) -> None:
        """Let in who knows the code; nobody here has an account.

        Raises:
            Refusal: 403 if it is wrong, 429 if it was wrong too often.
        """
        who = handler.request.remote_ip or ""
        wait = self._wrong.wait(who)
        if wait is not None:
            raise Refusal(429, "Too many wrong room codes: wait, then read it from the wall.", wait)
        if not same_code(body.get("code"), self.code):
            self._wrong.count(who)
            raise Refusal(403, "This is not the room's code: read it from the wall once more.")

    async def watcher(self, handler: Base) -> None:
        """Let the instructor pass.

        Raises:
            Refusal: 401 for everybody else, 403 for a learner's token.
        """
        cookie = handler.get_cookie(COOKIE) or ""
        if cookie and await self._desk.read(self._desk.store.is_watcher, cookie):
            return
        if handler.token():
            raise Refusal(403, "Only the instructor sees the board.")
        raise Refusal(401, "Open the instructor's address that coursekit board has printed.")

    def join(self, handler: Base) -> dict[str, Any]:
        """Return what learners need in order to join."""
        return {"url": self.address, "code": self.code}

    def fresh(self) -> dict[str, Any]:
        """Return what is to be kept of a room in which all is erased."""
        return {"code": new_code()}

    def renew(self, kept: dict[str, Any]) -> None:
        """Use what is now kept."""
        self.code = kept["code"]

    def routes(self) -> list[tuple]:
        """Return the addresses that depend on the door."""
        return [("", Page), ("enter", Enter)]


class Enter(Base):
    """The address in the terminal: it makes the browser that opens it the instructor's."""

    page = True

    async def get(self) -> None:
        """Set the cookie and go to the board."""
        door = self.board.door
        if not hmac.compare_digest(self.get_query_argument("key", "").encode(), door.key.encode()):
            raise Refusal(403, "This is not the address that coursekit board has printed last.")
        token = secrets.token_urlsafe(32)
        await self.board.desk.write(self.board.desk.store.admit_watcher, token, now())
        self.set_cookie(COOKIE, token, httponly=True, samesite="Strict", path=self.board.prefix)
        self.redirect(self.board.prefix, status=303)
