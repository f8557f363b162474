"""The addresses for the instructor: the page, the room, what is stored, and erasing it."""

import os

from coursekit.board.refusal import Refusal
from coursekit.board.web import Base, now

KEPT = [
    "Of each learner: the alias, when they joined, when something came last, and what tells their token "
    "from others (not the token itself).",
    "Of each learner on a hub: what tells their account from others (not its name).",
    "Of each check: when, which exercise, the verdict and the recognized mistake; never the answer itself.",
    "Of each quiz: when, how many answers were right.",
    "Of each prediction: when, and the guess.",
    "Of an instructor's browser: when it came, and what tells it from others.",
]


class Watched(Base):
    """An address for the instructor alone."""

    async def prepare(self) -> None:
        """Turn everybody else away."""
        await self.board.door.watcher(self)
        if self.request.method == "DELETE" and self.request.headers.get("X-Board") != "1":
            raise Refusal(403, "Erasing needs the header X-Board: 1, which the board's page sends.")


class Page(Base):
    """The board's page, the same for everybody who may see it."""

    page = True

    async def get(self) -> None:
        """Show it."""
        try:
            await self.board.door.watcher(self)
        except Refusal as refused:
            if refused.status == 401 and self.login():
                self.redirect(self.login())
                return
            raise
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.board.files["board.html"][1])

    def login(self) -> str:
        """Return where to log in, or "" where there is no such address."""
        return ""


class File(Base):
    """A file of the page; only those that were there at the start, whatever the path says."""

    def get(self, name: str) -> None:
        """Send it."""
        if name not in self.board.files:
            raise Refusal(404, "There is no such file: check the address.")
        kind, content = self.board.files[name]
        self.set_header("Content-Type", kind)
        self.set_header("Cache-Control", "no-cache")
        self.finish(content)  # with an ETag: an unchanged file is not sent again


class Room(Watched):
    """All that the board shows now."""

    async def get(self) -> None:
        """Tell it."""
        told = await self.board.desk.read(self.board.desk.store.since, 0)
        del told["reload"]
        head = {"now": now(), "join": self.board.door.join(self)}
        self.answer(head | {"chapters": self.board.catalog.chapters} | told)


class Stored(Watched):
    """What is stored."""

    async def get(self) -> None:
        """List it."""
        store = self.board.desk.store
        learners = await self.board.desk.read(store.stored)
        size = sum(
            os.path.getsize(path)
            for path in (f"{store.path}{end}" for end in ("", "-wal"))
            if os.path.exists(path)
        )
        self.answer(
            {
                "file": str(store.path),
                "bytes": size,
                "kept": KEPT,
                "learners": learners,
                "now": now(),
            }
        )

    async def delete(self) -> None:
        """Erase everybody; the room gets a new code."""
        door = self.board.door
        fresh = door.fresh()
        await self.board.erase(self.board.desk.store.erase_all, **fresh, done=door.renew)
        self.set_status(204)


class Learner(Watched):
    """One learner."""

    async def delete(self, id: str) -> None:
        """Erase the learner."""
        await self.board.erase(self.board.desk.store.erase_learner, id)
        self.set_status(204)
