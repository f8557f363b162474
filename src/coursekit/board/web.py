"""What all of the board's answers share: headers, errors, and how a body comes in."""

import http
import json
from datetime import UTC, datetime
from typing import Any

import tornado.web

from coursekit.board import rules
from coursekit.board.refusal import Refusal

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: A body that is too long is read to its end so that the refusal arrives; one longer than this is not.
DRAIN = 2**22
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Class board</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>
<body><main><h1>Class board</h1><p>{}</p></main></body></html>
"""


def now() -> str:
    """Return the present time as the course writes it."""
    return rules.stamp(datetime.now(UTC))


class Base(tornado.web.RequestHandler):
    """An address of the board. Its application's settings hold ``board``, a `coursekit.board.serving.Board`.

    Attributes:
        page: Whether errors are told as a page; otherwise as JSON.
    """

    page = False

    @property
    def board(self) -> Any:
        """The board this is an address of."""
        return self.settings["board"]

    def set_default_headers(self) -> None:
        """Let the answer load nothing from elsewhere, be in no frame, and be kept nowhere."""
        self.clear_header("Server")
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    def token(self) -> str:
        """Return what stands in ``Authorization: token …``, or ""."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() in ("token", "bearer") else ""

    def answer(self, value: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def check_xsrf_cookie(self) -> None:
        """Accept no request that a page of another origin sends.

        The hub asks this, too, before it accepts its cookie; its own way needs a header that an
        ``EventSource`` can't send.
        """
        if self.request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            navigates = self.request.headers.get("Sec-Fetch-Mode") == "navigate"
            if not (navigates and self.request.method == "GET"):
                raise tornado.web.HTTPError(403)

    def write_error(self, status_code: int, **more: Any) -> None:
        """Tell what was wrong in a sentence."""
        error = more.get("exc_info", (None, None))[1]
        if isinstance(error, Refusal):
            sentence, status_code = error.sentence, error.status
            self.set_status(status_code)
            if error.retry_after is not None:
                self.set_header("Retry-After", str(error.retry_after))
        elif status_code == 404:
            sentence = "There is nothing at this address: check it."
        elif status_code == 405:
            sentence = "This address does not take such a request."
        elif status_code < 500:
            sentence = f"The request was refused: {http.HTTPStatus(status_code).phrase.lower()}."
        else:
            sentence = (
                "The board made a mistake; nothing is stored. Try again, or tell your instructor."
            )
        if self.page:
            self.finish(_PAGE.format(tornado.web.escape.xhtml_escape(sentence)))
        else:
            self.answer({"error": sentence}, status_code)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what was not meant to happen, but no refusals."""
        if not isinstance(value, Refusal):
            super().log_exception(typ, value, tb)


class Missing(Base):
    """An address that is none."""

    def prepare(self) -> None:
        """Say so."""
        raise Refusal(404, "There is nothing at this address: check it.")


@tornado.web.stream_request_body
class Posted(Base):
    """An address that takes a JSON object.

    Attributes:
        most: The largest body in bytes.
    """

    most = 0

    def prepare(self) -> None:
        """Refuse at once what says that it is endless."""
        self._parts: list[bytes] = []
        self._size = 0
        try:
            said = int(self.request.headers.get("Content-Length", "0"))
        except ValueError:
            said = 0
        if said > DRAIN:
            self._hang_up()

    def data_received(self, chunk: bytes) -> None:
        """Take a part of the body, and count it."""
        self._size += len(chunk)
        if self._size <= self.most:
            self._parts.append(chunk)
        else:
            self._parts.clear()
            if self._size > DRAIN and not self._finished:
                self._hang_up()

    def body(self) -> dict[str, Any]:
        """Return the body.

        Raises:
            Refusal: 415 if it is not said to be JSON, 413 if it is too long, 400 if it is not JSON in UTF-8,
                422 if it is not an object.
        """
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refusal(415, "Send it with Content-Type: application/json.")
        if self._size > self.most:
            raise Refusal(
                413, f"The body is longer than {self.most // 1024} KiB: send less at once."
            )
        return rules.parse(b"".join(self._parts))

    def _hang_up(self) -> None:
        self.set_header("Connection", "close")
        self.answer({"error": f"The body is longer than {self.most // 1024} KiB: send less."}, 413)
