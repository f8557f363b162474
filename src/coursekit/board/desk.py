"""The one thread that works with the database: requests wait for it without holding up the others.

Writes that arrive while it is busy share one transaction, and so one wait for the disk: each is
undone by itself if it is refused, and each is answered only after the commit.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby
from typing import Any

from coursekit.board.refusal import Refusal
from coursekit.board.store import Store

_MOST = 200
_LOG = logging.getLogger(__name__)


class Desk:
    """Runs functions on the store's thread.

    Args:
        store: The database; nobody else uses it from now on.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._jobs: queue.SimpleQueue = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="board-store", daemon=True)
        self._thread.start()

    async def read(self, function: Callable, *arguments: Any, **more: Any) -> Any:
        """Return what a function returns that changes nothing, or cleans up.

        Raises:
            Refusal: 507 if the disk is full; and what the function raises.
        """
        return await self._put(False, function, arguments, more)

    async def write(self, function: Callable, *arguments: Any, **more: Any) -> Any:
        """Return what a function returns that changes something, once it is on the disk.

        Raises:
            Refusal: 507 if the disk is full: nothing was changed. And what the function raises: then
                nothing was changed, either.
        """
        return await self._put(True, function, arguments, more)

    def close(self) -> None:
        """End the thread after what is waiting, and close the database."""
        self._jobs.put(None)
        self._thread.join()
        self.store.close()

    async def _put(self, writes: bool, function: Callable, arguments: tuple, more: dict) -> Any:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._jobs.put((writes, lambda: function(*arguments, **more), loop, future))
        return await future

    def _work(self) -> None:
        while True:
            jobs = [self._jobs.get()]
            while len(jobs) < _MOST:
                try:
                    jobs.append(self._jobs.get_nowait())
                except queue.Empty:
                    break
            todo = jobs[: jobs.index(None)] if None in jobs else jobs
            for writes, group in groupby(todo, key=lambda job: job[0]):
                members = list(group)
                calls = [call for _, call, _, _ in members]
                outcomes = self._together(calls) if writes else [_outcome(c) for c in calls]
                for (_, _, loop, future), outcome in zip(members, outcomes, strict=True):
                    with suppress(RuntimeError):  # the loop has ended, and nobody waits
                        loop.call_soon_threadsafe(_settle, future, outcome)
            if len(todo) < len(jobs):
                return

    def _together(self, calls: list[Callable]) -> list[tuple[Any, Exception | None]]:
        """Run functions in one transaction; return for each what it returned or raised."""
        outcomes = []
        try:
            self.store.begin()
            for call in calls:
                self.store.savepoint()
                try:
                    outcomes.append((call(), None))
                    self.store.settle()
                except sqlite3.Error:
                    raise
                except Exception as error:
                    self.store.undo()
                    outcomes.append((None, error))
            self.store.commit()
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self.store.rollback()
            return [(None, _trouble(error)) for _ in calls]
        return outcomes


def _outcome(call: Callable) -> tuple[Any, Exception | None]:
    try:
        return call(), None
    except sqlite3.Error as error:
        return None, _trouble(error)
    except Exception as error:
        return None, error


def _trouble(error: sqlite3.Error) -> Refusal:
    _LOG.error("The board's disk: %s", error)
    return Refusal(
        507, "The board's disk does not take it: nothing is stored. Try again later.", 30
    )


def _settle(future: asyncio.Future, outcome: tuple[Any, Exception | None]) -> None:
    value, error = outcome
    if future.done():  # whoever asked has gone
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
