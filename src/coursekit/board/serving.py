"""The board's application, and running it: alone, or as a hub's service."""

import asyncio
import mimetypes
import re
import secrets
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import tornado.httpserver
import tornado.netutil
import tornado.web

from coursekit.board import catalog, instructor, learners, stream, web
from coursekit.board.desk import Desk
from coursekit.board.limits import Limit
from coursekit.board.refusal import Refusal
from coursekit.board.store import Store

STATIC = Path(__file__).parent / "static"
_TEXT = ("text/", "application/json", "application/javascript", "image/svg")


class Board:
    """A class board: what its addresses share.

    Attributes:
        desk: The way to the database.
        catalog: What the course has.
        door: Who may join and who may watch: a `coursekit.board.alone.Alone` or a `coursekit.board.hub.Hub`.
        prefix: The path of its addresses, with a slash at its end.
        posts: How often a learner may post.
        files: The page's files, by name: content type and bytes.
        news: Set as soon as something changes; then there is another one.
    """

    def __init__(self, desk: Desk, door: Any, prefix: str) -> None:
        self.desk, self.door, self.prefix = desk, door, prefix
        self.catalog = catalog.load()
        self.posts = Limit(30, 10)
        self.files = {path.name: (_kind(path), path.read_bytes()) for path in STATIC.iterdir()}
        self.news = asyncio.Event()

    def stir(self) -> None:
        """Wake those who wait for news."""
        self.news.set()
        self.news = asyncio.Event()

    async def erase(
        self, function: Callable, *arguments: Any, done: Callable | None = None, **kept: Any
    ) -> None:
        """Erase something, and have no byte of it left in the files.

        Args:
            function: Of the store: what to erase.
            *arguments: Of the function.
            done: What to call with ``kept`` once it is erased.
            **kept: What to keep in place of it; for the function, too.

        Raises:
            Refusal: 507 if the disk is full. What the function raises.
        """
        await self.desk.write(function, *arguments, **kept)
        if done:
            done(kept)
        self.stir()
        await self.desk.read(self.desk.store.clean)

    async def tidy(self) -> None:
        """Try again once in a while to clean what could not be cleaned for a full disk."""
        while True:
            await asyncio.sleep(30)
            with suppress(Refusal):
                await self.desk.read(self.desk.store.clean)

    def application(self) -> tornado.web.Application:
        """Return the application."""
        routes = [
            ("api/join", learners.Join),
            ("api/events", learners.Events),
            ("api/mine", learners.Mine),
            ("api/room", instructor.Room),
            ("api/stream", stream.Stream),
            ("api/stored", instructor.Stored),
            ("api/learners/([0-9a-f]+)", instructor.Learner),
            ("static/(.+)", instructor.File),
            *self.door.routes(),
        ]
        return tornado.web.Application(
            [(re.escape(self.prefix) + path, handler) for path, handler in routes],
            default_handler_class=web.Missing,
            board=self,
            cookie_secret=secrets.token_hex(32),
            log_function=lambda handler: None,  # addresses may hold the instructor's key
        )


def _kind(path: Path) -> str:
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
    kind = kind or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(_TEXT) else kind


async def serve(
    sockets: list[socket.socket],
    data: Path,
    prefix: str,
    door: Callable[[Desk], Any],
    started: Callable[[Board], None] = lambda board: None,
) -> None:
    """Run a board until the process is asked to end (SIGINT or SIGTERM).

    Args:
        sockets: Where it listens.
        data: The database's file.
        prefix: The path of the board's addresses, with a slash at its end.
        door: Makes who may join and who may watch.
        started: Called when the board can be reached.

    Raises:
        OSError: If the database can't be used; the message says why.
    """
    desk = Desk(Store(data))
    try:
        board = Board(desk, door(desk), prefix)
        await board.door.open()
        server = tornado.httpserver.HTTPServer(
            board.application(),
            xheaders=prefix != "/",  # a hub's proxy says who is behind it
            no_keep_alive=False,
            max_body_size=2**40,  # `Posted` counts by itself, and says no in words
            max_header_size=2**14,
            body_timeout=20,
            idle_connection_timeout=75,
        )
        server.add_sockets(sockets)
        ended = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows raises KeyboardInterrupt instead
                asyncio.get_running_loop().add_signal_handler(name, ended.set)
        tidying = asyncio.ensure_future(board.tidy())
        started(board)
        await ended.wait()
        tidying.cancel()
        server.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.close_all_connections(), 5)
    finally:
        desk.close()


def listen(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen; port 0 picks a free one.

    Raises:
        OSError: If the port is taken, or the address is not this machine's.
    """
    try:
        return tornado.netutil.bind_sockets(port, host, family=socket.AF_INET)
    except OSError as error:
        raise OSError(
            f"cannot listen at {host}:{port}: {error.strerror}; try another --port"
        ) from error
