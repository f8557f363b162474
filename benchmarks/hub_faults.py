"""What a class sees when something breaks: ``python -m benchmarks.hub_faults``.

It starts the class server of ``deploy/server`` on the loopback with three simulated learners, and kills the
hub, the proxy and a kernel, and fills a learner's disk (that one as root only). For each it prints what was
kept, how long it took, and what the learner was told, word for word.
"""

import asyncio
import signal
import sys

from benchmarks.classroom import faults
from benchmarks.classroom.learner import Learner
from benchmarks.classroom.server import CLASS_PASSWORD, ClassServer


def told(name: str, found: faults.Happened) -> str:
    """Return a fault as lines of Markdown."""
    lines = [f"\n## {name}\n"]
    lines += [f"- kept: {what}: {'yes' if kept else 'NO'}" for what, kept in found.kept.items()]
    lines += [f"- {what}: {seconds:.1f} s" for what, seconds in found.seconds.items()]
    lines += [f"- seen, {where}: {' '.join(words.split())}" for where, words in found.seen.items()]
    return "\n".join(lines)


async def _all(server: ClassServer) -> bool:
    class_ = {
        name: Learner(server.url, name, password=CLASS_PASSWORD) for name in ("ada", "bob", "carol")
    }
    try:
        for learner in class_.values():
            await learner.log_in()
            await learner.start_server()
            await learner.start_kernel(faults.CHAPTER)
        ada, bob, carol = class_.values()
        every = {
            "The hub is killed": await faults.hub_killed(server, ada),
            "The proxy is killed": await faults.proxy_killed(server, ada),
        }
        await bob.connect()  # the proxy's end cut everybody off
        await carol.connect()
        every["A kernel is killed"] = await faults.kernel_killed(server, bob)
        if server.mounted:
            every["A learner's disk is full"] = await faults.disk_full(server, carol, ada)
        for name, found in every.items():
            print(told(name, found))
        return all(kept for found in every.values() for kept in found.kept.values())
    finally:
        for learner in class_.values():
            await learner.close()


def main() -> int:
    """Do all of it; 0 if all was kept that is to be kept."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that all is cleaned up
    with ClassServer(small_disks=["carol"]) as server:
        return 0 if asyncio.run(_all(server)) else 1


if __name__ == "__main__":
    sys.exit(main())
