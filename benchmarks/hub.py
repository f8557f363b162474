"""How many learners a JupyterHub on this machine holds: ``python -m benchmarks.hub --learners 10``.

It starts the class server of ``deploy/server`` on the loopback, in a folder of its own, and lets simulated
learners log in through the form, start a server, open the student edition of a chapter, run all its cells
through the kernel protocol and save. Each row of the table is a class on a fresh server.

Without ``--learners`` the class grows, 1, 2, 5, 10, 20 and so on, until one of these is passed:
no learner is refused or cut off; 95 % of the starts take at most 60 s; 95 % of the trivial cells (``1``)
take at most 1 s; all are through within seven minutes; the class fits in 90 % of the memory that was free.

Needs configurable-http-proxy (``npm ci`` in deploy/server, or GRADIENTS_PROXY names its folder). As root,
each learner has a Linux account, which is removed in the end; otherwise all run as you.
"""

import argparse
import signal
import sys

import psutil

from benchmarks.classroom.lesson import Measured, hold
from benchmarks.table import percentile

CHAPTERS = {"light": "gradients/slope.ipynb", "heavy": "frameworks/pytorch.ipynb"}
GROWTH = (1, 2, 5, 10, 20, 30, 40, 60, 80, 100)
THINK = 5.0
HEAD = (
    "| chapter | thinking | learners | start p50 / p95 | kernel p50 | cell p50 / p95 | `1` p50 / p95 "
    "| MB a learner, mean / most | MB hub / proxy | CPU | took | limit passed |\n"
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|"
)


def row(kind: str, think: float, found: Measured, memory: float) -> str:
    """Return a class as a row of the table.

    Args:
        kind: The chapter, "light" or "heavy".
        think: Seconds that learners think, on average.
        found: What was measured.
        memory: How many MB there are for the class.
    """

    def two(values: list[float], scale: float = 1.0, unit: str = "s") -> str:
        if not values:
            return ""
        middle, late = (percentile(values, share) * scale for share in (0.5, 0.95))
        return (
            f"{middle:.1f} / {late:.1f} {unit}"
            if scale == 1
            else f"{middle:.0f} / {late:.0f} {unit}"
        )

    sizes = list(found.memory.values()) or [0.0]
    cells = [
        kind,
        f"{think:g} s" if think else "none",
        str(found.learners),
        two(found.starts),
        f"{percentile(found.kernels, 0.5):.1f} s" if found.kernels else "",
        two(found.cells, 1000, "ms"),
        two(found.trivial, 1000, "ms"),
        f"{sum(sizes) / len(sizes):.0f} / {max(sizes):.0f}",
        f"{found.hub:.0f} / {found.proxy:.0f}",
        f"{found.cpu:.0%}",
        f"{found.seconds:.0f} s",
        found.too_much(memory) or "none",
    ]
    return f"| {' | '.join(cells)} |"


def main(arguments: list[str] | None = None) -> int:
    """Print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hub",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--learners", type=int, nargs="*", help="sizes of the class, each one measured"
    )
    parser.add_argument("--chapter", choices=CHAPTERS, nargs="*", default=list(CHAPTERS))
    parser.add_argument(
        "--think",
        type=float,
        nargs="*",
        default=[0.0, THINK],
        help=f"mean seconds of thinking before a cell (default: none, then {THINK:g}; real learners "
        "think longer)",
    )
    parser.add_argument("--most", type=int, default=60, help="largest class tried (default: 60)")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that all is cleaned up
    free = psutil.virtual_memory().available / 1e6
    print(f"{psutil.cpu_count()} cores, {free:.0f} MB of memory free\n\n{HEAD}", flush=True)
    for kind in given.chapter:
        for think in given.think:
            for count in given.learners or [n for n in GROWTH if n <= given.most]:
                found = hold(count, CHAPTERS[kind], think)
                print(row(kind, think, found, 0.9 * free), flush=True)
                if not given.learners and found.too_much(0.9 * free):
                    break
    return 0


if __name__ == "__main__":
    sys.exit(main())
