"""A real JupyterHub that starts the class board as its service, for tests.

It has no proxy: the tests send what begins with /hub to the hub and the rest to the board, as a proxy would.
Its learners have no servers; they get tokens with a server's scopes instead.
"""

import http.cookiejar
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from tests.board_room import Answer, ask

CONFIG = """
import sys
from jupyterhub.proxy import Proxy

class NoProxy(Proxy):
    should_start = False
    async def add_route(self, routespec, target, data): pass
    async def delete_route(self, routespec): pass
    async def get_all_routes(self): return {{}}
    async def check_routes(self, *a, **k): pass

c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {{"root"}}
c.JupyterHub.load_groups = {{"instructors": {{"users": ["teacher"]}}}}
c.JupyterHub.custom_scopes = {{"custom:board:watch": {{"description": "See the class board"}}}}
c.JupyterHub.services = [
    {{"name": "board", "url": "http://127.0.0.1:{board}", "oauth_no_confirm": True,
      "command": [sys.executable, "-m", "coursekit.board", "--data", "{folder}/board.sqlite"],
      "oauth_client_allowed_scopes": ["custom:board:watch"]}},
    {{"name": "tests", "api_token": "{token}"}},
]
c.JupyterHub.load_roles = [
    {{"name": "user", "scopes": ["self", "access:services!service=board"]}},
    {{"name": "watching", "scopes": ["custom:board:watch"], "users": ["assistant"]}},
    {{"name": "board", "scopes": ["read:users:groups"], "services": ["board"]}},
    {{"name": "tests", "scopes": ["admin:users", "tokens"], "services": ["tests"]}},
]
"""


class Hub:
    """A running hub with a board.

    Attributes:
        base: The board's address.
        data: The board's database.
    """

    def __init__(self, folder: Path) -> None:
        public, self._port, board = _ports(3)
        self._secret = secrets.token_hex(16)
        self.data = folder / "board.sqlite"
        self.base = f"http://127.0.0.1:{board}/services/board/"
        self._hub = f"http://127.0.0.1:{self._port}"
        config = folder / "config.py"
        config.write_text(
            CONFIG.format(
                public=public, hub=self._port, board=board, folder=folder, token=self._secret
            )
        )
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "--config", config],
                cwd=folder, stdout=log, stderr=subprocess.STDOUT,
                env=os.environ | {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16)},
            )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 90
        while True:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            try:
                assert ask(self.base, "GET", "api/room").status == 401
                assert ask(self._hub, "GET", "/hub/api/").status == 200
                return
            except OSError:
                assert time.monotonic() < end, self.log.read_text()[-3000:]
                time.sleep(0.2)

    def api(self, method: str, path: str, body=None) -> Answer:
        """Ask the hub's API as an administrator."""
        return ask(
            self._hub, method, f"/hub/api{path}", body, Authorization=f"token {self._secret}"
        )

    def user(self, name: str) -> None:
        """Make a user."""
        assert self.api("POST", f"/users/{name}").status in (201, 409)

    def token(self, name: str, *scopes: str) -> str:
        """Return a new token of a user, with the scopes of a learner's server if no others."""
        self.user(name)
        body = {"scopes": list(scopes or ("users:activity!user", "access:servers!user"))}
        answer = self.api("POST", f"/users/{name}/tokens", body)
        assert answer.status == 201, answer.body
        return answer.json["token"]

    def join(self, alias: str, token: str | None) -> Answer:
        """Ask to join with a hub token."""
        headers = {} if token is None else {"Authorization": f"token {token}"}
        return ask(self.base, "POST", "api/join", {"alias": alias}, **headers)

    def pause(self) -> None:
        """Have the hub not answer any more."""
        os.kill(self.process.pid, 19)

    def resume(self) -> None:
        """Have it answer again."""
        os.kill(self.process.pid, 18)

    def end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Browser:
    """Somebody's browser: keeps cookies, follows redirects between the hub and the board."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._jar = http.cookiejar.CookieJar()

    def ask(self, method: str, path: str, form=None, **headers) -> tuple[int, str, bytes]:
        """Ask for a path; return the status, the path it ended at, and the body."""

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *arguments):
                return None

        opener = urllib.request.build_opener(Stay, urllib.request.HTTPCookieProcessor(self._jar))
        for _ in range(12):
            where = (
                self._hub._hub
                if path.startswith("/hub")
                else self._hub.base[: -len("/services/board/")]
            )
            data = form and urllib.parse.urlencode(form).encode()
            request = urllib.request.Request(where + path, data, method=method)
            for name, value in headers.items():
                request.add_header(name.replace("_", "-"), value)
            try:
                with opener.open(request, timeout=60) as answer:
                    return answer.status, path, answer.read()
            except urllib.error.HTTPError as answer:
                if answer.status not in (301, 302, 303, 307):
                    return answer.status, path, answer.read()
                to = urllib.parse.urlsplit(urllib.parse.urljoin(path, answer.headers["Location"]))
                path, method, form = f"{to.path}?{to.query}" if to.query else to.path, "GET", None
        raise AssertionError(f"redirected in a circle: {path}")

    def log_in(self, name: str) -> None:
        """Log in to the hub."""
        self._hub.user(name)
        _, _, page = self.ask("GET", "/hub/login")
        (xsrf,) = re.findall(r'name="_xsrf" value="([^"]+)"', page.decode())
        form = {"username": name, "password": "x", "_xsrf": xsrf}
        status, path, _ = self.ask("POST", "/hub/login?next=%2Fhub%2Fhome", form)
        assert (status, path) == (200, "/hub/home"), (status, path)

    def json(self, path: str, **headers):
        """Ask the board as its page does; return status and JSON."""
        status, _, body = self.ask(
            "GET",
            f"/services/board/{path}",
            Sec_Fetch_Mode="cors",
            Sec_Fetch_Site="same-origin",
            **headers,
        )
        return status, json.loads(body)


def _ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
