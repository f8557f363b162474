"""One simulated learner: logs in, starts a server, opens a chapter, runs its cells, saves."""

import asyncio
import json
import re
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin

import httpx
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

PROTOCOL = "v1.kernel.websocket.jupyter.org"
PATIENCE = 180.0


class Refused(Exception):
    """The server answered with an error.

    Attributes:
        status: The HTTP status.
        page: What it said.
    """

    def __init__(self, status: int, page: str):
        super().__init__(f"{status}: {_words(page)[:600]}")
        self.status, self.page = status, page


def _words(page: str) -> str:
    """Return what a page says, without its markup."""
    page = re.sub(r"(?s)<(script|style|noscript|nav).*?</\1>|<!--.*?-->", " ", page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


@dataclass
class Ran:
    """What a cell did: how long it took, and its outputs as messages."""

    seconds: float
    status: str
    outputs: list[dict] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that was printed, shown or raised, as text."""
        found = []
        for output in self.outputs:
            found.append(output.get("text", ""))
            found.append(str(output.get("data", {}).get("text/plain", "")))
            found.append("\n".join(output.get("traceback", [])))
        return "\n".join(filter(None, found))


class Learner:
    """A learner with a browser's cookies; nothing is asked for that a browser would not ask for."""

    def __init__(self, base: str, name: str, *, password: str, own: str = "my-own-word"):
        """Set one up; nothing is sent yet.

        Args:
            base: The class server's address, with a slash at its end.
            name: The name to log in with.
            password: The class's password, or the instructors'.
            own: The learner's own.
        """
        self.base, self.name = base, name
        self.password, self.own = password, own
        self.http = httpx.AsyncClient(
            base_url=base,
            follow_redirects=True,
            timeout=PATIENCE,
            headers={"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"},
        )
        self.socket: WebSocketClientConnection | None = None
        self.kernel = ""
        self._session = uuid.uuid4().hex

    async def close(self) -> None:
        """Close the tab: the server goes on."""
        if self.socket:
            self.socket.close()
        await self.http.aclose()

    async def _get(self, path: str, **more) -> httpx.Response:
        answer = await self.http.get(path, **more)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.text)
        return answer

    async def log_in(self) -> None:
        """Fill in the login form.

        Raises:
            Refused: With the page that says why.
        """
        form = (await self._get("hub/login", params={"next": "/hub/home"})).text
        token = re.search(r'name="_xsrf" value="([^"]+)"', form)[1]
        answer = await self.http.post(
            "hub/login",
            params={"next": "/hub/home"},
            data={
                "_xsrf": token,
                "username": self.name,
                "password": self.password,
                "own": self.own,
            },
        )
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.text)

    async def start_server(self) -> float:
        """Press "Start", watch the progress, and open JupyterLab; return the seconds it took.

        Raises:
            Refused: The hub has no room, or the server did not start.
        """
        begun = time.monotonic()
        page = await self._get("hub/spawn")
        if "spawn-pending" in str(page.url):
            progress = re.search(r'EventSource\("([^"]+)"\)', page.text)[1]
            await self._watch(json.loads(f'"{progress}"'))
            page = await self._get(f"user/{self.name}/lab/tree/start.ipynb")
        if f"/user/{self.name}/lab" not in str(page.url):
            raise Refused(page.status_code, page.text)
        return time.monotonic() - begun

    async def _watch(self, progress: str) -> None:
        async with self.http.stream(
            "GET", progress.replace("&amp;", "&"), headers={"Accept": "text/event-stream"}
        ) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                event = json.loads(line[5:])
                if event.get("failed"):
                    raise Refused(500, event.get("message", ""))
                if event.get("ready"):
                    return
        raise Refused(500, "the progress of the server's start ended too early")

    async def api(
        self, method: str, path: str, body: object = None, *, of: str = ""
    ) -> httpx.Response:
        """Ask a learner's server, one's own unless ``of`` names another; errors are returned as they are."""
        place = f"/user/{of or self.name}/"
        tokens = {c.path: c.value for c in self.http.cookies.jar if c.name == "_xsrf"}
        headers = {"X-XSRFToken": tokens.get(place, ""), "Sec-Fetch-Mode": "cors"}
        return await self.http.request(
            method, f"{place[1:]}api/{path}", json=body, headers=headers, follow_redirects=False
        )

    async def _json(self, method: str, path: str, body: object = None) -> dict:
        answer = await self.api(method, path, body)
        if answer.status_code >= 300:
            raise Refused(answer.status_code, answer.text)
        return answer.json() if answer.content else {}

    async def open_notebook(self, path: str) -> dict:
        """Return a notebook of one's folder."""
        return (await self._json("GET", f"contents/{quote(path)}"))["content"]

    async def save(self, path: str, notebook: dict) -> None:
        """Save a notebook as JupyterLab does.

        Raises:
            Refused: With what the server said.
        """
        body = {"type": "notebook", "format": "json", "content": notebook}
        await self._json("PUT", f"contents/{quote(path)}", body)

    async def start_kernel(self, path: str) -> float:
        """Start the notebook's kernel and connect; return the seconds until it answered a first cell."""
        begun = time.monotonic()
        body = {"path": path, "type": "notebook", "name": path, "kernel": {"name": "python3"}}
        self.kernel = (await self._json("POST", "sessions", body))["kernel"]["id"]
        await self.connect()
        await self.run("1")
        return time.monotonic() - begun

    async def connect(self) -> None:
        """Open the kernel's websocket, again if it was closed."""
        path = f"api/kernels/{self.kernel}/channels"
        self.socket = await websocket_connect(
            self._upgrade(path, session_id=self._session),
            subprotocols=[PROTOCOL],
            max_message_size=2**28,
        )

    def _upgrade(self, path: str, **query: str) -> HTTPRequest:
        base = urljoin(self.base, f"user/{self.name}/{path}")
        cookies = self.http.build_request("GET", base).headers.get("Cookie", "")
        return HTTPRequest(
            str(httpx.URL(base.replace("http", "ws", 1), params=query)),
            headers={"Cookie": cookies, "Origin": self.base.rstrip("/")},
            connect_timeout=PATIENCE,
            request_timeout=PATIENCE,
        )

    async def type(self, line: str, timeout: float = PATIENCE) -> str:
        """Type a command in a new terminal, and ``exit``; return what was seen there.

        Raises:
            TimeoutError: It took longer than ``timeout`` seconds.
        """
        name = (await self._json("POST", "terminals"))["name"]
        socket = await websocket_connect(self._upgrade(f"terminals/websocket/{name}"))
        await socket.write_message(json.dumps(["stdin", f"{line}; exit\r"]))
        seen = ""
        async with asyncio.timeout(timeout):
            while raw := await socket.read_message():
                kind, *words = json.loads(raw)
                if kind == "disconnect":
                    break
                seen += words[0] if kind == "stdout" else ""
        socket.close()
        return seen

    async def run(self, code: str, timeout: float = PATIENCE) -> Ran:
        """Run a cell: from its request to the kernel's reply and to its being idle again.

        Raises:
            ConnectionError: The connection was closed meanwhile.
            TimeoutError: It took longer than ``timeout`` seconds.
        """
        id = await self.send(code)
        return await self.outcome(id, timeout)

    async def send(self, code: str) -> str:
        """Ask for a cell to be run; return the message's id."""
        id = uuid.uuid4().hex
        header = {"msg_id": id, "msg_type": "execute_request", "session": self._session}
        header |= {"username": self.name, "version": "5.3", "date": "2026-01-01T00:00:00Z"}
        content = {"code": code, "silent": False, "store_history": True}
        content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        await self.socket.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
        return id

    async def begun(self, id: str, timeout: float = PATIENCE) -> None:
        """Wait until the kernel says that it works on a cell; see `run` for what is raised."""
        async for kind, content in self._messages(id, timeout):
            if kind == "status" and content["execution_state"] == "busy":
                return

    async def outcome(self, id: str, timeout: float = PATIENCE) -> Ran:
        """Wait for what a cell has done; see `run`."""
        begun = time.monotonic()
        outputs, status, idle = [], "", False
        async for kind, content in self._messages(id, timeout):
            if kind == "execute_reply":
                status = content["status"]
            elif kind == "status":
                idle = content["execution_state"] == "idle"
            elif kind in ("stream", "display_data", "execute_result", "error"):
                outputs.append({"output_type": kind, **content})
            if status and idle:
                break
        return Ran(time.monotonic() - begun, status, outputs)

    async def _messages(self, id: str, timeout: float) -> AsyncIterator[tuple[str, dict]]:
        """Yield kind and content of each message that answers ``id``, for at most ``timeout`` seconds."""
        end = time.monotonic() + timeout
        while True:
            left = max(end - time.monotonic(), 0.001)
            raw = await asyncio.wait_for(self.socket.read_message(), left)
            if raw is None:
                raise ConnectionError("the connection to the kernel was closed")
            _, parts = deserialize_msg_from_ws_v1(raw)
            header, parent, _, content = (json.loads(part) for part in parts[:4])
            if parent.get("msg_id") == id:
                yield header["msg_type"], content
            elif header["msg_type"] == "status" and content["execution_state"] in DIED:
                raise ConnectionError(f"the kernel is {content['execution_state']}")


#: What a kernel's status says when it was killed.
DIED = ("restarting", "autorestarting", "dead")
