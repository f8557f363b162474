"""``coursekit board``: the board on the instructor's machine, and what the terminal says about it."""

import asyncio
import contextlib
import ipaddress
import socket
from pathlib import Path

from coursekit.board.alone import Alone
from coursekit.board.serving import Board, listen, serve

DATA = "class-board.sqlite"
_TOLD = """\
The class board is open.

  For you alone, in a browser on this machine:
    {instructor}

  For the wall; learners say this in a terminal in their course's folder:
    coursekit join {address} {code} --as NAME
{alone}
  What is stored lies in {data}
  The board's page lists it, and erases it on a button; or stop the board (Ctrl+C) and delete the file.
"""

_FOR_ONE = """\
  This address works on this machine alone. For a room: connect the machine to the room's network,
  stop the board (Ctrl+C) and say
    coursekit board --host 0.0.0.0
"""


def run(host: str, port: int, data: Path) -> None:
    """Run the board until it is stopped.

    Args:
        host: Where it listens: 127.0.0.1 for this machine alone, 0.0.0.0 for everybody in the room.
        port: At which port; 0 picks a free one.
        data: The database's file.

    Raises:
        OSError: If the port is taken, or the file can't be used; the message says what to do.
    """
    sockets = listen(host, port)
    port = sockets[0].getsockname()[1]
    everybody = host in ("0.0.0.0", "")
    name = lan_address() if everybody else sockets[0].getsockname()[0]
    here = "127.0.0.1" if everybody else name
    learners = f"http://{name}:{port}/"
    alone = _FOR_ONE if ipaddress.ip_address(name).is_loopback else ""

    def tell(board: Board) -> None:
        door = board.door
        instructor = f"http://{here}:{port}/enter?key={door.key}"
        told = _TOLD.format(
            instructor=instructor,
            address=door.address,
            code=door.code,
            alone=alone,
            data=data.resolve(),
        )
        print(told, flush=True)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(sockets, data, "/", lambda desk: Alone(desk, learners), tell))
    print("The class board is closed. What is stored stays until you erase it.", flush=True)


def lan_address() -> str:
    """Return this machine's address in its local network, or 127.0.0.1 if it has none; asks nobody."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 9))  # sends nothing: it only picks the way
            return probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"
