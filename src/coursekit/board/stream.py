"""What changes on the board, as server-sent events."""

import asyncio
import json
import time

from tornado.iostream import StreamClosedError

from coursekit.board.instructor import Watched
from coursekit.board.web import now

#: Seconds: between two messages at least, between two signs of life at most, and until the browser has to
#: connect again, and is asked who it is.
APART, QUIET, LONGEST = 0.25, 15.0, 3600.0


class Stream(Watched):
    """Sends what has changed since what the browser has seen; all of it to one that has seen nothing."""

    async def get(self) -> None:
        """Send until the browser goes."""
        seen = self.request.headers.get("Last-Event-ID") or self.get_query_argument("since", "0")
        last = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("X-Accel-Buffering", "no")
        end = time.monotonic() + LONGEST
        try:
            self.write(": the class board\n\n")
            await self.flush()
            while time.monotonic() < end:
                news = self.board.news
                last = await self._send(last)
                await asyncio.sleep(APART)
                await self._wait(news)
        except StreamClosedError:
            return

    async def _send(self, last: int) -> int:
        told = await self.board.desk.read(self.board.desk.store.since, last)
        seq = told["seq"]
        if told.pop("reload") and last:
            await self._write(seq, "reload", {"seq": seq})
        elif seq > last:
            await self._write(seq, "change", told | {"now": now()})
        return seq

    async def _write(self, seq: int, name: str, value: dict) -> None:
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        self.write(f"id: {seq}\nevent: {name}\ndata: {data}\n\n")
        await self.flush()

    async def _wait(self, news: asyncio.Event) -> None:
        """Wait for news; meanwhile show that the line is up."""
        while not news.is_set():
            try:
                await asyncio.wait_for(news.wait(), QUIET)
            except TimeoutError:
                self.write(":\n\n")
                await self.flush()
