"""``python -m coursekit.board``: the class board as a service of a JupyterHub.

The hub's environment variables say where it listens (``JUPYTERHUB_SERVICE_URL``) and below which path
(``JUPYTERHUB_SERVICE_PREFIX``); ``--data`` or ``COURSEKIT_BOARD_DATA`` names the database's file.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit


def main() -> int:
    """Run the service; return its exit status."""
    from coursekit.board.room import DATA

    parser = argparse.ArgumentParser(prog="python -m coursekit.board", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("COURSEKIT_BOARD_DATA", DATA))
    data = Path(parser.parse_args().data)
    address, prefix = (os.environ.get(f"JUPYTERHUB_SERVICE_{n}", "") for n in ("URL", "PREFIX"))
    if not (address and prefix):
        parser.error("no hub has started this; for a board without one, say: coursekit board")
    from coursekit.board.hub import Hub
    from coursekit.board.serving import listen, serve

    where = urlsplit(address)
    try:
        sockets = listen(where.hostname or "127.0.0.1", where.port or 80)
        asyncio.run(serve(sockets, data, f"/{prefix.strip('/')}/", Hub))
    except OSError as error:
        print(f"coursekit.board: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
