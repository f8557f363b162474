"""Build the book, or serve the built site: ``python -m coursekit.site [serve]``."""

import argparse
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

from coursekit.site.serve import HOST, server


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
    command = [sys.executable, "-m", "jupyter_book", "build", "book"]
    command += ["--config", "_config.yml", "--toc", str(root / "_toc.yml"), "--path-output", "."]
    command += ["-W", "--keep-going", "-q"]
    # -q: only warnings and errors; kernels' own chatter about local sockets is not about the book.
    done = subprocess.run(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        env=os.environ | {"PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", "default")},
    )  # fmt: skip
    lines = done.stdout.splitlines()
    print("\n".join(line for line in lines if not is_chatter(line)))
    index = root / "_build" / "html" / "index.html"
    if done.returncode:
        print(f"\nThe book was not built. The reason: {reason(lines)}", file=sys.stderr)
        return 1
    print(f"The book is built: {index}\nOpen it: {index.as_uri()}")
    return 0


def is_chatter(line: str) -> bool:
    """Say whether a line of the build's output tells a reader nothing."""
    return not line.strip() or line.startswith(("[IPKernelApp]", "====", "\x1b[91m===="))


def reason(lines: list[str]) -> str:
    """Return the line of a failed build's output that says why, the most telling kind first."""
    plain = [line.strip() for line in lines if not is_chatter(line)]
    for mark in ("Extension error", "ExecutionError", "Error: ", "ERROR", "WARNING", "Exception"):
        for place, line in enumerate(plain):
            if mark in line:
                rest = plain[place + 1 : place + 2] if line.rstrip("\x1b[0m").endswith(":") else []
                return " ".join([line, *rest])
    return plain[-1] if plain else "jupyter-book said nothing; is it installed?"


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
        print(f"port {port} is taken; choose another: --port {port + 1}", file=sys.stderr)
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
