"""Build the book, or serve the built site: ``python -m coursekit.site [serve]``."""

import argparse
import errno
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from coursekit.site.serve import HOST, server

#: Jupyter Book's command, without a grammar of addresses that jsonschema takes a second to compile where it
#: finds it, and that nothing here is checked by.
_JUPYTER_BOOK = """import sys
sys.modules["rfc3987_syntax"] = None
from jupyter_book.cli.main import main
main()
"""


def book_root(start: Path) -> Path:
    """Return the nearest folder at or above ``start`` that holds ``_config.yml`` and ``_toc.yml``.

    Raises:
        FileNotFoundError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "_config.yml").is_file() and (folder / "_toc.yml").is_file():
            return folder
    raise FileNotFoundError(f"no _config.yml with a _toc.yml in {start} or above it")


def build(root: Path, clean: bool = False) -> int:
    """Build the book; warnings are errors.

    Args:
        root: Folder of ``_config.yml``; the site goes to ``_build/html`` in it.
        clean: Remove everything built before, executed results too.

    Returns:
        0 when all went well; the reason for a failure is the last thing printed.
    """
    if clean:
        shutil.rmtree(root / "_build", ignore_errors=True)
    command = [sys.executable, "-c", _JUPYTER_BOOK, "build", "book"]
    command += ["--config", "_config.yml", "--toc", str(root / "_toc.yml"), "--path-output", "."]
    command += ["-W", "--keep-going"]
    built = root / "_build" / "html" / "index.html"
    with tempfile.TemporaryFile("w+", encoding="utf8") as complaints:
        with subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, stderr=complaints, text=True, encoding="utf8"
        ) as running:
            for line in running.stdout:
                if "Executed notebook" in line:
                    print(plain(line).removesuffix(" [mystnb]"), flush=True)
        complaints.seek(0)
        lines = [line for line in map(plain, complaints) if not is_chatter(line)]
    if lines:
        print("\n".join(lines), file=sys.stderr)
    if running.returncode:
        # Sphinx does not repeat its warnings for pages it has read: let the next build read them again.
        shutil.rmtree(root / "_build" / ".doctrees", ignore_errors=True)
        print(f"The book was not built. The reason: {reason(lines)}", file=sys.stderr)
        return 1
    print(f"The book is built: {built}\nOpen it: {built.as_uri()}")
    return 0


def plain(line: str) -> str:
    """Return a line of output without its colors and the space around it."""
    return re.sub(r"\x1b\[[0-9;]*m", "", line).strip()


def is_chatter(line: str) -> bool:
    """Say whether a line of the build's output tells a reader nothing (kernels' words on local sockets)."""
    return not line or line.startswith(("[IPKernelApp]", "===="))


#: What a line that says why a build failed looks like, the most telling kind first. What Sphinx says of a
#: file comes before any error's name: kernels write here, too, and one that closes may complain of sockets.
_TELLING = (
    r"^(Extension|Configuration|Theme|Application|Sphinx) error",
    r"Executing notebook failed",
    r"^Exception occurred",
    r"\.\w+(:\d+)?: (CRITICAL|ERROR|WARNING): ",
    r"^(CRITICAL|ERROR|WARNING): ",
    r"Error: ",
)


def reason(lines: list[str]) -> str:
    """Return the line of a failed build's output that says why, the most telling kind first.

    Of a cell that failed, the line that names the notebook and the last line of its traceback; of an
    exception in the build, its name and message.
    """
    for mark in _TELLING:
        for place, line in enumerate(lines):
            if not re.search(mark, line):
                continue
            if "Executing notebook failed" in line:
                return " ".join([line, *_raised(lines, "CellExecutionError: An error")])
            if line.startswith("Exception occurred"):
                return " ".join([line, *_raised(lines, line)])
            return " ".join([line, *lines[place + 1 : place + 2]]) if line.endswith(":") else line
    return lines[-1] if lines else "jupyter-book ended without a word"


def _raised(lines: list[str], after: str) -> list[str]:
    """The first line that names an exception, if any, behind the first one that holds ``after``."""
    start = next((i for i, line in enumerate(lines) if after in line), len(lines))
    return [line for line in lines[start + 1 :] if re.match(r"[A-Za-z_.]*\w+: ", line)][:1]


def serve(root: Path, port: int) -> int:
    """Serve the built site until interrupted."""
    try:
        running = server(root / "_build" / "html", port)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"port {port} is taken; choose another: make serve PORT={port + 1}", file=sys.stderr)
        return 1
    with running:
        print(f"http://{HOST}:{running.server_port}/  (Ctrl+C ends it)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m coursekit.site", description=__doc__)
    parser.add_argument("command", nargs="?", choices=["build", "serve"], default="build")
    parser.add_argument("--clean", action="store_true", help="build: forget all results first")
    parser.add_argument("--port", type=int, default=8000, help="serve: port, 8000 if not given")
    given = parser.parse_args(arguments)
    try:
        root = book_root(Path.cwd())
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    return serve(root, given.port) if given.command == "serve" else build(root, given.clean)


if __name__ == "__main__":
    raise SystemExit(main())
