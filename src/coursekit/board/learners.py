"""The addresses for learners: join, send events, see and erase what is stored."""

import json
import secrets
from datetime import UTC, datetime

from coursekit.board import rules
from coursekit.board.refusal import Refusal
from coursekit.board.web import Base, Posted, now


class Join(Posted):
    """Where a learner gets a token."""

    most = 4 * 1024

    async def post(self) -> None:
        """Let a learner in, or back in with the token of before."""
        body = self.body()
        account = await self.board.door.account(self, body)
        alias = rules.alias(body)
        desk, token = self.board.desk, self.token()
        if not await desk.read(desk.store.whose, token):
            token = secrets.token_urlsafe(32)
        learner = await desk.write(desk.store.join, alias, token, account, now())
        self.board.stir()
        self.answer({"learner": learner, "token": token, "alias": alias}, 201)


class Events(Posted):
    """Where a learner's events come in."""

    most = 64 * 1024

    async def post(self) -> None:
        """Store them, and answer once they are on the disk."""
        desk, token = self.board.desk, self.token()
        learner = await _learner(self)
        wait = self.board.posts.wait(learner)
        if wait is not None:
            raise Refusal(429, "Too many posts at once: wait, then send more events in one.", wait)
        self.board.posts.count(learner)
        facts = rules.events(self.body(), learner, self.board.catalog, datetime.now(UTC))
        stored, known = await desk.write(desk.store.note, token, facts, now())
        self.board.stir()
        self.answer({"stored": stored, "known": known})


class Mine(Base):
    """What is stored about a learner, for that learner."""

    async def get(self) -> None:
        """List it."""
        await _learner(self)
        mine = await self.board.desk.read(self.board.desk.store.mine, self.token())
        events = [json.loads(line) | {"key": key.hex()} for key, line in mine["events"]]
        mine["events"] = sorted(events, key=lambda event: event["time"])
        self.answer(mine)

    async def delete(self) -> None:
        """Erase it, and the token."""
        await _learner(self)
        await self.board.erase(self.board.desk.store.erase_mine, self.token())
        self.set_status(204)


async def _learner(handler: Base) -> str:
    """Return the id of the learner whose token comes with a request; raises Refusal (401) without."""
    token = handler.token()
    learner = token and await handler.board.desk.read(handler.board.desk.store.whose, token)
    if not learner:
        raise Refusal(401, "No valid token came with this: join with coursekit join.")
    return learner
