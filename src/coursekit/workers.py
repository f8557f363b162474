"""Start worker processes from a notebook, watch them, and leave none behind.

Each worker is a Python process of its own, which is handed a function of the notebook together with
all that it uses there. What a worker must not do to its notebook is hang, or outlive it. So a run has a time
limit, at its end no worker is left, and workers end by themselves when the notebook's process does.

>>> def twice(rank, count, meeting):
...     return 2 * rank
>>> [end.value for end in run(twice, 2)]
[0, 2]
"""

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle  # packs functions of a notebook, which plain pickle cannot

__all__ = ["Ended", "run"]

#: How long the others may go on when one has failed: they should notice by themselves.
GRACE = 20.0
PAUSE = 0.02
TASK, MEETING = "task", "meeting"
#: What tells the numerical libraries how many threads to use; read when they are loaded. Processes that
#: run side by side get one thread each, unless the environment says otherwise.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Ended:
    """How a worker ended.

    Attributes:
        rank: The worker's number, from 0.
        exit_code: 0 if the function returned, 1 if it raised, −9 if the process was killed (SIGKILL).
        value: What the function returned.
        error: The exception in its own words, if there was one.
    """

    rank: int
    exit_code: int
    value: Any = None
    error: str = ""


def run(
    function: Callable, count: int, *arguments: Any, timeout: float = 90.0, may_fail: bool = False
) -> list[Ended]:
    """Call ``function(rank, count, meeting, *arguments)`` in worker processes, and wait for all of them.

    Args:
        function: What each worker does. Functions and values of the notebook that it uses are sent along; a
            change that a worker makes to them stays in the worker.
        count: The number of workers; their ranks are 0, 1, …
        *arguments: Further arguments, sent to each worker. ``meeting`` is the path of a file that does not
            exist yet, the same for all, by which the workers can find each other.
        timeout: Seconds until workers that are still running are killed.
        may_fail: Whether a worker may raise an exception or be killed; it is then reported as the others are.

    Returns:
        How each worker ended, in the order of their ranks.

    Raises:
        ValueError: If ``count`` or ``timeout`` is not positive.
        TimeoutError: If a worker had not ended in time.
        RuntimeError: If a worker failed that may not; with what it said last.
    """
    if count < 1 or not timeout > 0:
        raise ValueError(f"count and timeout must be positive, got {count} and {timeout}")
    with tempfile.TemporaryDirectory(prefix="workers-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / TASK).write_bytes(cloudpickle.dumps((function, count, arguments)))
        processes: list[subprocess.Popen] = []
        try:
            for rank in range(count):
                processes.append(_start(folder, rank))
            failed = _watch(processes, timeout)
        finally:
            _stop(processes)
        if failed and not may_fail:
            raise RuntimeError("\n".join(_last_words(folder, r, processes[r]) for r in failed))
        return [_ended(folder, rank, process) for rank, process in enumerate(processes)]


def _start(folder: Path, rank: int) -> subprocess.Popen:
    environment = {name: "1" for name in THREADS} | os.environ
    for _, name in socket.if_nameindex():
        if name.startswith("lo"):  # gloo is to talk within this machine
            environment.setdefault("GLOO_SOCKET_IFNAME", name)
    with (folder / f"log-{rank}").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "coursekit.workers", str(folder), str(rank)],
            stdin=subprocess.PIPE,  # nothing is sent: it closes when this process ends
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,  # an interrupt is for the notebook, which then stops them
        )


def _watch(processes: list[subprocess.Popen], timeout: float) -> list[int]:
    """Wait until all have ended; return who failed by themselves, the first one first."""
    end = time.monotonic() + timeout
    limit, failed = end, []
    while running := [rank for rank, p in enumerate(processes) if p.poll() is None]:
        failed += [r for r, p in enumerate(processes) if p.returncode and r not in failed]
        if failed:
            limit = min(limit, time.monotonic() + GRACE)
        if time.monotonic() >= end:
            raise TimeoutError(
                f"workers {running} had not ended after {timeout:g} s, and were killed"
            )
        if time.monotonic() >= limit:
            return failed
        time.sleep(PAUSE)
    return failed + [r for r, p in enumerate(processes) if p.returncode and r not in failed]


def _stop(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        if process.poll() is None and hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with whatever it has started itself
        else:
            process.kill()
    for process in processes:
        process.stdin.close()
        process.wait()


def _last_words(folder: Path, rank: int, process: subprocess.Popen) -> str:
    words = (folder / f"log-{rank}").read_text(encoding="utf-8", errors="replace").strip()
    return f"worker {rank} failed (exit code {process.returncode}):\n{words[-2000:]}"


def _ended(folder: Path, rank: int, process: subprocess.Popen) -> Ended:
    result = folder / f"result-{rank}"
    value, error = pickle.loads(result.read_bytes()) if result.exists() else (None, "")
    return Ended(rank, process.returncode, value, error)


def _work(folder: Path, rank: int) -> None:
    """Do a worker's part; this is what runs in its process."""
    threading.Thread(target=_end_with_the_notebook, args=[folder], daemon=True).start()
    exit_code = 0
    try:
        function, count, arguments = pickle.loads((folder / TASK).read_bytes())
        value = function(rank, count, str(folder / MEETING), *arguments)
        result = cloudpickle.dumps((value, ""))
    except (Exception, SystemExit) as exception:
        traceback.print_exc()
        exit_code = 1
        said = "".join(traceback.format_exception_only(exception)).strip()
        result = cloudpickle.dumps((None, said))
    unfinished = folder / f"unfinished-{rank}"
    unfinished.write_bytes(result)
    unfinished.rename(folder / f"result-{rank}")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)  # whatever threads a library may have left


def _end_with_the_notebook(folder: Path) -> None:
    while os.read(0, 1):  # empty when the other end is closed
        pass
    shutil.rmtree(folder, ignore_errors=True)  # there is nobody left to do it
    os._exit(1)


if __name__ == "__main__":
    _work(Path(sys.argv[1]), int(sys.argv[2]))
