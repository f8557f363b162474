"""A class board for tests of those who send to it: one that keeps the rules, and servers that keep none."""

import json
import re
import secrets
import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CODE = "K7QM-2XPD"
HUB_TOKEN = "hub-token-of-ada"


class Board:
    """A board's memory, and what it is told to do wrong.

    Attributes:
        url: Its address.
        stored: Key to event, of all learners.
        tokens: Token to learner.
        requests: (method, path, headers, parsed body) of each request.
        answers: What the next posts of events are answered with, in place of what is due:
            (status, headers, body).
        refuse: Says which events are none of the course.
    """

    def __init__(self):
        self.url = ""
        self.stored, self.tokens, self.aliases = {}, {}, {}
        self.requests, self.answers = [], []
        self.refuse = lambda event: False

    @property
    def posts(self):
        """The bodies of the posts of events."""
        return [body for _, path, _, body in self.requests if path == "/api/events"]

    def wait(self, count, seconds=20):
        """Wait until so many events are stored."""
        until = time.monotonic() + seconds
        while len(self.stored) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.stored) >= count, f"{len(self.stored)} of {count} came in {seconds} s"

    def answer(self, method, path, headers, body):
        """Return (status, headers, object) for a request."""
        token = headers.get("Authorization", "").removeprefix("token ")
        if (method, path) == ("POST", "/api/join"):
            return self.join(token, body)
        if token not in self.tokens:
            return 401, {}, {"error": "No learner has this token: join again."}
        mine = self.tokens[token]
        if (method, path) == ("DELETE", "/api/mine"):
            del self.tokens[token]
            self.stored = {k: e for k, e in self.stored.items() if e["learner"] != mine}
            return 204, {}, None
        if (method, path) == ("GET", "/api/mine"):
            return 200, {}, {"learner": mine, "events": list(self.stored.values())}
        if self.answers:
            return self.answers.pop(0)
        if body["learner"] != mine:
            return 403, {}, {"error": "The token is another learner's."}
        events = body["events"]
        assert 1 <= len(events) <= 100
        if any(self.refuse(event) for event in events):
            return 422, {}, {"error": "One of these is no event of this course."}
        new = {e["key"]: {**e, "learner": mine} for e in events if e["key"] not in self.stored}
        if not new:
            return 409, {}, {"error": "All of these are here already."}
        self.stored |= new
        return 200, {}, {"stored": len(new), "known": len(events) - len(new)}

    def join(self, token, body):
        """Let a learner in."""
        alias = body["alias"].strip()
        back = self.tokens.get(token)
        if token and not back and token != HUB_TOKEN and "code" not in body:
            return 401, {}, {"error": "The hub does not know this token: log in again."}
        if token != HUB_TOKEN and body.get("code") != CODE:
            return (
                403,
                {},
                {"error": "This is not the room's code:\x1b[2J look at the screen again."},
            )
        if not 1 <= len(alias) <= 40:
            return 422, {}, {"error": "A name has 1 to 40 characters."}
        if alias in [name for learner, name in self.aliases.items() if learner != back]:
            return 409, {}, {"error": f"{alias} is taken: choose another name."}
        learner = back or f"{len(self.aliases) + 1:016x}"
        made = token if back else secrets.token_urlsafe(32)
        self.tokens[made], self.aliases[learner] = learner, alias
        return 201, {}, {"learner": learner, "token": made, "alias": alias}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self):
        board = self.server.board
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        assert len(raw) <= 1 << 16
        body = json.loads(raw) if raw else None
        board.requests.append((self.command, self.path, dict(self.headers), body))
        with self.server.lock:
            status, headers, said = board.answer(self.command, self.path, self.headers, body)
        data = (
            b"" if said is None else said if isinstance(said, bytes) else json.dumps(said).encode()
        )
        self.send_response(status)
        for name, value in {"Content-Length": len(data), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_DELETE = handle_one

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def board(port=0):
    """Run a board on a port of this machine, one that is free if none is given."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    server.daemon_threads = True
    server.board, server.lock = Board(), threading.Lock()
    server.board.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield server.board
    finally:
        server.shutdown()
        server.server_close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#: What a server without manners does after a request, by name.
MANNERS = {
    "hangs": [None],
    "drips": [HEAD + b"Content-Length: 5000\r\n\r\n", *[b" "] * 5000],
    "drips headers": [HEAD, *[b"x"] * 5000],
    "closes": [],
    "garbage": [b"\x00\xff SSH-2.0-what\r\n\r\n" * 20],
    "a page": [HEAD + b"Content-Length: 20\r\n\r\n<html>log in!</html>"],
    "a list": [HEAD + b"Content-Length: 2\r\n\r\n[]"],
    "huge": [HEAD + b"Content-Length: 999999999\r\n\r\n", *[b"[" * 65536] * 2000],
    "endless headers": [HEAD, *[b"x-a: " + b"y" * 60000 + b"\r\n"] * 200],
}


@contextmanager
def rude(manner):
    """Run a server that reads a request and answers as `MANNERS` says; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve(connection):
        with connection, suppress(OSError):
            raw = b""
            while b"\r\n\r\n" not in raw:
                raw += connection.recv(65536)
            length = re.search(rb"Content-Length: (\d+)", raw)
            while length and len(raw.split(b"\r\n\r\n", 1)[1]) < int(length[1]):
                raw += connection.recv(65536)
            for part in MANNERS[manner]:
                if part is None:
                    stop.wait(120)
                else:
                    connection.sendall(part)
                if len(part or b"") == 1:
                    stop.wait(0.05)
                if stop.is_set():
                    return

    def accept():
        while not stop.is_set():
            with suppress(OSError):
                connection, _ = listening.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        stop.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)
