"""On a JupyterHub: everybody who has an account there may join, and instructors may watch."""

import asyncio
import hashlib
import os
import secrets
from collections.abc import Awaitable
from typing import Any

import tornado.escape
import tornado.web
from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler, HubOAuthenticated
from jupyterhub.utils import url_path_join

from coursekit.board.desk import Desk
from coursekit.board.instructor import Page
from coursekit.board.refusal import Refusal
from coursekit.board.web import Base

GROUP = "instructors"
SCOPE = "custom:board:watch"
#: Seconds that the hub may take to answer.
PATIENCE = 15.0


class Hub:
    """The door of a board that is a hub's service; the hub's environment variables say where the hub is.

    Args:
        desk: Keeps what accounts' fingerprints are made with.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk, self._salt = desk, b""
        self.auth = HubOAuth.instance()

    async def open(self) -> None:
        """Find what fingerprints are made with, or make it."""
        store = self._desk.store
        self._salt = await self._desk.write(store.keep, "salt", secrets.token_bytes(32))

    async def account(self, handler: Base, body: dict[str, Any]) -> bytes:
        """Return what is kept of the hub account whose token comes with the request.

        Raises:
            Refusal: 401 if the hub knows no user with it, 503 if the hub does not answer.
        """
        token, user = handler.token(), None
        if token:
            user = await _in_time(self.auth.user_for_token(token, sync=False, use_cache=False))
        if user is None or user.get("kind", "user") != "user":
            raise Refusal(
                401, "The hub does not know this token: restart your server, then join again."
            )
        return hashlib.blake2b(user["name"].encode(), key=self._salt, digest_size=16).digest()

    async def watcher(self, handler: Base) -> None:
        """Let instructors pass: admins, members of the group, and who has the scope.

        Raises:
            Refusal: 401 for a browser that is not logged in, 403 for everybody else.
        """
        user = await _in_time(self.auth.get_user(handler, sync=False))
        if user is None:
            if handler.token():
                raise Refusal(403, "Only an instructor sees the board.")
            raise Refusal(401, "Log in to the hub, then open the board again.")
        reaches = self.auth.check_scopes(self.auth.access_scopes, user)
        if not (reaches and user.get("kind", "user") == "user" and await self._instructs(user)):
            raise Refusal(403, "Only an instructor sees the board.")

    async def _instructs(self, user: dict[str, Any]) -> bool:
        if user.get("admin") or SCOPE in user["scopes"]:
            return True
        groups = user.get("groups")
        if groups is None:  # the browser's token does not tell; the board's own may
            groups = await self._groups(user["name"])
        return GROUP in groups

    async def _groups(self, name: str) -> list[str]:
        key = f"groups:{name}"  # kept as long as the hub's other answers are
        if key not in self.auth.cache:
            user = tornado.escape.url_escape(name, plus=False)
            address = url_path_join(self.auth.api_url, "users", user)
            try:
                told = await self.auth._api_request("GET", address, allow_403=True)
            except (
                tornado.web.HTTPError
            ):  # without the scope read:users:groups there is no such user
                told = None
            self.auth.cache[key] = (told or {}).get("groups", [])
        return self.auth.cache[key]

    def join(self, handler: Base) -> dict[str, Any]:
        """Return what learners need in order to join: on a hub no code."""
        here = f"{handler.request.protocol}://{handler.request.host}{handler.board.prefix}"
        address = os.environ.get("JUPYTERHUB_PUBLIC_URL") or here
        return {"url": address.rstrip("/") + "/", "code": None}

    def fresh(self) -> dict[str, Any]:
        """Return what is to be kept of a room in which all is erased."""
        return {"salt": secrets.token_bytes(32)}

    def renew(self, kept: dict[str, Any]) -> None:
        """Use what is now kept."""
        self._salt = kept["salt"]

    def routes(self) -> list[tuple]:
        """Return the addresses that depend on the door."""
        return [("", HubPage), ("oauth_callback", HubOAuthCallbackHandler)]


async def _in_time(asking: Awaitable) -> dict[str, Any] | None:
    """Return the hub's answer; raises Refusal (503) if there is none in time."""
    try:
        return await asyncio.wait_for(asking, PATIENCE)
    except (tornado.web.HTTPError, TimeoutError) as error:
        raise Refusal(503, "The hub does not answer: try again in a minute.", 60) from error


class HubPage(HubOAuthenticated, Page):
    """The board's page, which knows the hub's address for logging in."""

    def login(self) -> str:
        """Return where to log in."""
        return self.get_login_url()
