"""A small local server for the built site: compresses text, tells browsers what to keep and to refuse."""

import gzip
import mimetypes
from functools import lru_cache
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from coursekit.site import policy

HOST = "127.0.0.1"
_TEXT = {".html", ".css", ".js", ".svg", ".json", ".ipynb", ".xml", ".txt"}
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/x-ipynb+json", ".ipynb")


@lru_cache(maxsize=256)
def compressed(path: Path, modified: int) -> bytes:
    """Return a file's content compressed; ``modified`` (ns) makes a changed file a new entry."""
    return gzip.compress(path.read_bytes(), 6, mtime=0)


def cache_control(address: str) -> str:
    """Return the header for an address: what carries a hash never changes, the rest is asked for again."""
    parts = urlsplit(address)
    lasting = parts.query.startswith("v=") or "/_static/widgets/" in parts.path
    return "public, max-age=31536000, immutable" if lasting else "no-cache"


class SiteHandler(SimpleHTTPRequestHandler):
    """Serves files of one folder; text is compressed for browsers that take it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the compressed file where that helps, else as the standard library does."""
        path = Path(self.translate_path(self.path))
        if path.is_dir() and urlsplit(self.path).path.endswith("/"):
            path /= "index.html"
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepts and path.is_file() and path.suffix in _TEXT):
            super().do_GET()
            return
        body = compressed(path, path.stat().st_mtime_ns)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def guess_type(self, path: str) -> str:
        """Return the content type; text is UTF-8."""
        kind = super().guess_type(path)
        is_text = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml"))
        return f"{kind}; charset=utf-8" if is_text else kind

    def end_headers(self) -> None:
        """Add the headers on caching and on what a page may do to every answer."""
        for name, value in policy.headers().items():
            self.send_header(name, value)
        self.send_header("Cache-Control", cache_control(self.path))
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: errors show in the browser."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server, not yet running, for the site in ``folder``; port 0 picks a free one.

    Raises:
        FileNotFoundError: no site is built there.
        OSError: the port is taken.
    """
    if not (folder / "index.html").is_file():
        raise FileNotFoundError(f"no site in {folder}; build it first: python -m coursekit.site")

    def handler(*arguments: object) -> SiteHandler:
        return SiteHandler(*arguments, directory=str(folder))

    return ThreadingHTTPServer((HOST, port), handler)
