"""A class board that runs in a process of its own, and requests to it, for tests."""

import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE = 60


@dataclass
class Answer:
    """What the board answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


def ask(base: str, method: str, path: str, body=None, source=None, **headers) -> Answer:
    """Send one request. A body that is not bytes is sent as JSON; ``X_Board`` becomes ``X-Board``."""
    where = urlsplit(base)
    connection = http.client.HTTPConnection(
        where.hostname, where.port, timeout=PATIENCE, source_address=source and (source, 0)
    )
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        connection.request(method, where.path + path, body, sent)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


@dataclass
class Learner:
    """One who has joined."""

    base: str
    id: str
    token: str
    alias: str

    def ask(self, method, path, body=None, **headers):
        return ask(self.base, method, path, body, Authorization=f"token {self.token}", **headers)

    def post(self, *events, **more):
        body = {"learner": self.id, "events": list(events)} | more
        return self.ask("POST", "api/events", body)


class Room:
    """A board that runs alone.

    Attributes:
        base: Its address.
        code: The room's code.
        key: The instructor's secret.
        data: The database's file.
    """

    def __init__(self, folder: Path) -> None:
        self.data = folder / "board.sqlite"
        self.folder = folder
        self.start()

    def start(self, port: int = 0, **more) -> None:
        command = [
            sys.executable,
            "-m",
            "coursekit",
            "board",
            "--port",
            str(port),
            "--data",
            str(self.data),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **more)
        said = ""
        while "delete the file" not in said:
            line = self.process.stdout.readline()
            assert line, f"the board has ended: {said}"
            said += line
        self.said = said
        self.base, self.key = re.search(r"(http://\S+/)enter\?key=(\S+)", said).groups()
        self.code = re.search(r"coursekit join \S+ (\S+) --as", said)[1]
        self.cookie = None

    def ask(self, method, path, body=None, **headers):
        return ask(self.base, method, path, body, **headers)

    def join(self, alias: str) -> Learner:
        answer = self.ask("POST", "api/join", {"alias": alias, "code": self.code})
        assert answer.status == 201, answer.body
        return Learner(self.base, answer.json["learner"], answer.json["token"], alias)

    def watch(self, method, path, body=None, **headers):
        """Ask as the instructor."""
        if self.cookie is None:
            entered = self.ask("GET", f"enter?key={self.key}")
            assert entered.status == 303, entered.body
            self.cookie = entered.headers["Set-Cookie"].split(";")[0]
        return self.ask(method, path, body, Cookie=self.cookie, **headers)

    def stored(self) -> int:
        """How many events are stored."""
        return sum(
            learner["events"] for learner in self.watch("GET", "api/stored").json["learners"]
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        self.process.stdout.close()


@contextmanager
def room(folder: Path) -> Iterator[Room]:
    """A board that runs alone, with its file in a folder."""
    running = Room(folder)
    try:
        yield running
    finally:
        running.end()


def keyed(event: dict) -> dict:
    """An event with the key that an honest client gives it."""
    line = json.dumps(event, ensure_ascii=False).encode()
    return event | {"key": hashlib.blake2b(line, digest_size=16).hexdigest()}


_count = iter(range(10**9))


def moment() -> str:
    """A time that no other event of this run has."""
    seconds, thousandths = divmod(next(_count), 1000)
    return f"2026-01-01T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}Z"


def check(status="right", mistake=None, exercise="1.1.2", **more) -> dict:
    """A check's event."""
    given = {"time": moment(), "exercise": exercise, "status": status, "mistake": mistake}
    return keyed(given | more)


def quiz(right=3, of=None, **more) -> dict:
    """An answered quiz's event, of 1.1 if no other."""
    from coursekit.quiz import find

    count = len(find()["1.1"]) if of is None else of
    return keyed({"time": moment(), "quiz": "1.1", "right": right, "of": count} | more)


def guess(value=1e-8, prediction="1.1-h", **more) -> dict:
    """A kept guess's event."""
    return keyed({"time": moment(), "prediction": prediction, "guess": value} | more)


def wait_until(true, seconds=PATIENCE) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def environment(**more) -> dict:
    """The environment, with more in it."""
    return os.environ | more
