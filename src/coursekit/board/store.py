"""The board's database: one SQLite file, and every question that is put to it.

Events are kept as they came; ``latest`` holds the newest of each learner and exercise, quiz or prediction,
which is what the board shows. Each change has a number (``seq``), so that "what is new since" is one query.

A `Store` belongs to one thread (see `coursekit.board.desk`), and its file to one process.
"""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from coursekit.board.refusal import Refusal
from coursekit.board.rules import Fact, same_alias

VERSION = 1
ROOM = 1000
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('seq', 1), ('erased', 1);
CREATE TABLE watchers (token BLOB PRIMARY KEY, since TEXT) WITHOUT ROWID;
CREATE TABLE learners (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, alias TEXT, same TEXT UNIQUE, token BLOB UNIQUE,
    account BLOB UNIQUE, since TEXT, seen TEXT, seq INTEGER);
CREATE TABLE events (learner INTEGER, key BLOB, line TEXT, PRIMARY KEY (learner, key)) WITHOUT ROWID;
CREATE TABLE latest (
    learner INTEGER, kind TEXT, name TEXT, a, b, tries INTEGER, time TEXT, seq INTEGER,
    PRIMARY KEY (learner, kind, name)) WITHOUT ROWID;
CREATE INDEX latest_seq ON latest (seq);
CREATE INDEX learners_seq ON learners (seq);
"""
_NOTE = """
INSERT INTO latest VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    a = iif(excluded.time >= time, excluded.a, a), b = iif(excluded.time >= time, excluded.b, b),
    time = max(time, excluded.time), tries = tries + excluded.tries, seq = excluded.seq
"""


def digest(secret: str) -> bytes:
    """Return what is kept of a token; the token itself is not."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


class Store:
    """The database.

    Args:
        path: Its file; made if it is not there, readable by its owner alone.

    Raises:
        OSError: If the file can't be made or read, is no board's, is a newer version's, or another
            process has it open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.5)
        try:
            self._open()
        except sqlite3.Error as error:
            self._db.close()
            taken = "locked" in str(error)
            problem = "another board has it open" if taken else f"not a board's file ({error})"
            raise OSError(f"{path}: {problem}; name another file with --data") from error
        except OSError:
            self._db.close()
            raise

    def _open(self) -> None:
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise OSError(f"{self.path}: of a newer coursekit; update, or name another with --data")
        empty = self._db.execute("SELECT 1 FROM sqlite_master").fetchone() is None
        if (version == 0) != empty:
            raise OSError(f"{self.path}: not a board's file; name another one with --data")
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY",
        ):  # fmt: skip
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("BEGIN EXCLUSIVE")
        if empty:
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version={VERSION}")
        self._db.execute("COMMIT")
        self.clean()

    def close(self) -> None:
        """Fold the write-ahead log into the file, and close it."""
        self._db.close()

    # --- transactions -------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin a transaction; raises sqlite3.Error as all of these do."""
        self._db.execute("BEGIN IMMEDIATE")

    def savepoint(self) -> None:
        """Mark where `undo` goes back to."""
        self._db.execute("SAVEPOINT one")

    def undo(self) -> None:
        """Undo what happened since the savepoint."""
        self._db.execute("ROLLBACK TO one")
        self.settle()

    def settle(self) -> None:
        """Drop the savepoint and keep what happened since."""
        self._db.execute("RELEASE one")

    def commit(self) -> None:
        """Have the transaction on the disk."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the whole transaction, unless SQLite has done so."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    # --- small things -------------------------------------------------------------------------

    def get(self, name: str) -> Any:
        """Return a value kept under a name, or None."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row and row[0]

    def put(self, name: str, value: Any) -> None:
        """Keep a value under a name."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def keep(self, name: str, value: Any) -> Any:
        """Return the value kept under a name; if there is none, keep this one."""
        self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, value))
        return self.get(name)

    def _next(self) -> int:
        self._db.execute("UPDATE meta SET value = value + 1 WHERE name = 'seq'")
        return self.get("seq")

    def admit_watcher(self, token: str, now: str) -> None:
        """Remember an instructor's browser."""
        self._db.execute("INSERT INTO watchers VALUES (?, ?)", (digest(token), now))

    def is_watcher(self, token: str) -> bool:
        """Say whether this is an instructor's browser."""
        found = self._db.execute("SELECT 1 FROM watchers WHERE token = ?", (digest(token),))
        return found.fetchone() is not None

    # --- learners -----------------------------------------------------------------------------

    def join(self, alias: str, token: str, account: bytes | None, now: str) -> str:
        """Let a learner in, or back in, and return the learner's id.

        Args:
            alias: The name to be shown under.
            token: The learner's token: a new one, or that of who was here before.
            account: What is kept of the learner's account on the hub, if there is one.
            now: The present time.

        Raises:
            Refusal: 409 if another learner has the alias, 503 if the room is full.
        """
        same = same_alias(alias)
        other = self._db.execute("SELECT id FROM learners WHERE same = ?", (same,)).fetchone()
        back = self._db.execute(
            "SELECT id FROM learners WHERE account = ? OR token = ?", (account, digest(token))
        ).fetchone()
        if other and other != back:
            raise Refusal(409, f"{alias} is taken in this room: choose another name.")
        seq = self._next()
        if back:
            self._db.execute(
                "UPDATE learners SET alias = ?, same = ?, token = ?, seen = ?, seq = ? WHERE id = ?",
                (alias, same, digest(token), now, seq, back[0]),
            )
            return back[0]
        (count,) = self._db.execute("SELECT count(*) FROM learners").fetchone()
        if count >= ROOM:
            raise Refusal(503, f"The room is full ({ROOM} learners): tell your instructor.", 60)
        id = secrets.token_hex(8)
        self._db.execute(
            "INSERT INTO learners (id, alias, same, token, account, since, seen, seq) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (id, alias, same, digest(token), account, now, now, seq),
        )
        return id

    def whose(self, token: str) -> str | None:
        """Return the id of the learner who has a token, or None."""
        row = self._db.execute(
            "SELECT id FROM learners WHERE token = ?", (digest(token),)
        ).fetchone()
        return row and row[0]

    def _number(self, token: str) -> int:
        """Return the number of the learner who has a token; it may have gone since it was looked up."""
        row = self._db.execute(
            "SELECT number FROM learners WHERE token = ?", (digest(token),)
        ).fetchone()
        if row is None:
            raise Refusal(401, "This token is not valid any more: join again with coursekit join.")
        return row[0]

    def note(self, token: str, facts: Iterable[Fact], now: str) -> tuple[int, int]:
        """Store a learner's events; return how many were new and how many were known.

        Raises:
            Refusal: 401 if the token is no learner's, 409 if all of the events are known.
        """
        number, stored, known, seq = self._number(token), 0, 0, self._next()
        for fact in facts:
            added = self._db.execute(
                "INSERT OR IGNORE INTO events VALUES (?, ?, ?)", (number, fact.key, fact.line)
            )
            if not added.rowcount:
                known += 1
                continue
            stored += 1
            self._db.execute(
                _NOTE, (number, fact.kind, fact.name, fact.a, fact.b, fact.tries, fact.time, seq)
            )
        if not stored:
            raise Refusal(409, f"All {known} events are stored already: there is nothing to do.")
        self._db.execute(
            "UPDATE learners SET seen = ?, seq = ? WHERE number = ?", (now, seq, number)
        )
        return stored, known

    # --- what the board shows -----------------------------------------------------------------

    def since(self, seq: int) -> dict[str, Any]:
        """Return what has changed since a change's number; all of it since 0.

        ``reload`` says that something was erased since, so that changes alone do not tell all.
        """
        changed: dict[str, Any] = {
            "seq": self.get("seq"), "reload": not self.get("erased") <= seq <= self.get("seq"),
            "learners": [], "cells": [], "quizzes": [], "guesses": [],
        }  # fmt: skip
        for id, alias, since, seen in self._db.execute(
            "SELECT id, alias, since, seen FROM learners WHERE seq > ? ORDER BY number", (seq,)
        ):
            changed["learners"].append({"id": id, "alias": alias, "since": since, "seen": seen})
        ids = dict(self._db.execute("SELECT number, id FROM learners"))
        for learner, kind, name, a, b, tries, time in self._db.execute(
            "SELECT learner, kind, name, a, b, tries, time FROM latest WHERE seq > ?", (seq,)
        ):
            at = {"learner": ids[learner], kind: name}
            if kind == "exercise":
                changed["cells"].append(
                    at | {"status": a, "mistake": b, "tries": tries, "time": time}
                )
            elif kind == "quiz":
                changed["quizzes"].append(at | {"right": a, "of": b, "time": time})
            else:
                changed["guesses"].append(at | {"guess": a, "time": time})
        return changed

    def stored(self) -> list[dict[str, Any]]:
        """Return for each learner what is stored, in numbers."""
        rows = self._db.execute(
            "SELECT id, alias, since, seen, (SELECT count(*) FROM events WHERE learner = number) "
            "FROM learners ORDER BY number"
        )
        return [
            {"id": id, "alias": alias, "since": since, "seen": seen, "events": events}
            for id, alias, since, seen, events in rows
        ]

    def mine(self, token: str) -> dict[str, Any]:
        """Return all that is stored about the learner who has a token; events as (key, line) pairs.

        Raises:
            Refusal: 401 if the token is no learner's.
        """
        number = self._number(token)
        id, alias, since, seen, account = self._db.execute(
            "SELECT id, alias, since, seen, account FROM learners WHERE number = ?", (number,)
        ).fetchone()
        events = self._db.execute("SELECT key, line FROM events WHERE learner = ?", (number,))
        return {
            "learner": id, "alias": alias, "since": since, "seen": seen,
            "account": account is not None, "events": events.fetchall(),
        }  # fmt: skip

    # --- erasing ------------------------------------------------------------------------------

    def erase_mine(self, token: str) -> None:
        """Erase a learner; the learner's own wish. Raises Refusal (401) if the token is no learner's."""
        self._erase(self._number(token))

    def erase_learner(self, id: str) -> None:
        """Erase a learner; the instructor's wish. Raises Refusal (404) if there is none of that id."""
        row = self._db.execute("SELECT number FROM learners WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise Refusal(404, "There is no such learner (any more): load the board again.")
        self._erase(row[0])

    def erase_all(self, **fresh: Any) -> None:
        """Erase everybody, and what is kept under these names in favor of new values."""
        for (number,) in self._db.execute("SELECT number FROM learners").fetchall():
            self._erase(number)
        for name, value in fresh.items():
            self.put(name, value)

    def _erase(self, number: int) -> None:
        self._db.execute("DELETE FROM events WHERE learner = ?", (number,))
        self._db.execute("DELETE FROM latest WHERE learner = ?", (number,))
        self._db.execute("DELETE FROM learners WHERE number = ?", (number,))
        self.put("erased", self._next())
        self.put("unclean", 1)

    def clean(self) -> None:
        """Have no byte of what was erased left in the files.

        Deleted rows are overwritten, but what SQLite moved about within a page may have left copies: the
        file is written anew, and the log cut to nothing. What is to be cleaned is remembered until done.

        Raises:
            sqlite3.Error: If the disk is full; nothing is lost, and it can be tried again.
        """
        if not self.get("unclean"):
            return
        self._db.execute("VACUUM")
        busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("the log is in use")
        self._db.execute("DELETE FROM meta WHERE name = 'unclean'")
