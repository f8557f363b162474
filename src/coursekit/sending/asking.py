"""One request to a board, bounded in time and in size.

A board never redirects, so no redirect is followed: the token goes to the board's address only. A proxy that
the environment names is used for https to a host outside the private network, where it sees nothing of the
request; without encryption, or in the room's own network, the way is direct.
"""

import functools
import http.client
import io
import json
import re
import ssl
import time
import urllib.request
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from coursekit.sending import addresses


class Unreachable(Exception):
    """No answer came; the message says why, in a few words."""


@dataclass(frozen=True)
class Answer:
    """What a board, or whatever stands at its address, has answered.

    Attributes:
        status: The number of HTTP.
        data: The JSON object of the body, or None if it is none.
        retry_after: Seconds after which to ask again, if it says so.
    """

    status: int
    data: dict[str, Any] | None
    retry_after: float | None = None

    @property
    def error(self) -> str:
        """The sentence in which a board says what was wrong; "" if this is no board's answer."""
        said = (self.data or {}).get("error")
        if not isinstance(said, str):
            return ""
        # What comes from the network must not move the cursor of a terminal.
        kept = "".join(c if c.isprintable() else " " for c in said)
        return " ".join(kept.split())[:300]


def ask(
    method: str,
    url: str,
    body: bytes | None = None,
    *,
    token: str = "",
    timeout: float = 10,
    longest: int = 1 << 16,
) -> Answer:
    """Send a request and return the answer, whatever its status.

    Args:
        method: "POST", say.
        url: The whole address.
        body: JSON.
        token: What proves who is asking.
        timeout: Seconds for the connection, for the request, and for the whole of the answer: one that comes
            byte by byte gets no more.
        longest: How many bytes of the answer's body are read; a board's own have some hundred.

    Raises:
        Unreachable: If no answer came.
    """
    headers = {"User-Agent": "coursekit", "Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if token:
        headers["Authorization"] = f"token {token}"
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with _opener(url).open(request, timeout=timeout) as response:
            raw = response.read(longest)
            return Answer(response.status, _object(raw), _seconds(response.headers["Retry-After"]))
    except TimeoutError as error:
        raise Unreachable(f"no answer in {timeout:g} seconds") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise Unreachable(f"no answer in {timeout:g} seconds") from error
        raise Unreachable(_words(error.reason)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(_words(error)) from error


def _words(error: Any) -> str:
    if isinstance(error, ssl.SSLError):
        return f"no secure connection ({getattr(error, 'verify_message', '') or error.reason})"
    if isinstance(error, http.client.HTTPException):
        return "what answers does not speak HTTP"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _seconds(said: str | None) -> float | None:
    if said is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", said.strip()):
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _opener(url: str) -> urllib.request.OpenerDirector:
    """Only what is needed: no redirects, no cookies, no passwords, no other schemes."""
    opener = urllib.request.OpenerDirector()
    proxies = urllib.request.getproxies()
    parts = urlsplit(url)
    if parts.scheme == "https" and "https" in proxies and not _near(parts.hostname):
        opener.add_handler(urllib.request.ProxyHandler({"https": proxies["https"]}))
    opener.add_handler(_Plain())
    opener.add_handler(_Secure())
    return opener


def _near(host: str) -> bool:
    try:
        return addresses.near(host)
    except (OSError, UnicodeError):  # a host that only the proxy can find
        return False


@functools.cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Timed(io.RawIOBase):
    """The receiving end of a socket, with a time by which all must have come."""

    def __init__(self, raw: io.RawIOBase, sock: Any) -> None:
        self._raw, self._sock = raw, sock
        self._until = time.monotonic() + (sock.gettimeout() or 10)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """Without this, each byte that arrives would start the timeout anew."""

    def __init__(self, sock: Any, *more: Any, **named: Any) -> None:
        super().__init__(sock, *more, **named)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock))


class _PlainConnection(http.client.HTTPConnection):
    response_class = _Response


class _SecureConnection(http.client.HTTPSConnection):
    response_class = _Response


class _Plain(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_PlainConnection, request)


class _Secure(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, request, context=_certificates())
