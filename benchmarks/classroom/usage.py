"""Memory and CPU of the processes of a class server."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass
class Use:
    """What was used.

    Attributes:
        learners: Name to memory in MB: the server and its kernels, shared pages split among their users.
        hub: The hub's and its services' memory, in MB.
        proxy: The proxy's memory, in MB.
    """

    learners: dict[str, float]
    hub: float
    proxy: float


def proportional(process: psutil.Process) -> float:
    """Return a process's proportional set size in MB: what is shared is divided by its users."""
    try:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024 / 1e6
    except (OSError, ProcessLookupError):  # it has ended meanwhile
        pass
    return 0.0


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all below it."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def servers(base: Path) -> dict[str, psutil.Process]:
    """Return the learners' servers of a class server: name to process."""
    found = {}
    for process in psutil.process_iter():
        try:
            variables = process.environ()
        except (psutil.Error, OSError):
            continue
        home = Path(variables.get("HOME", "/"))
        if home.parent == base / "homes" and "jupyterhub.singleuser" in process.cmdline():
            found[home.name] = process
    return found


def processes_of(base: Path) -> list[psutil.Process]:
    """Return all processes that were started for a class server's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            variables = process.environ()
        except (psutil.Error, OSError):
            continue
        if variables.get("HOME", "").startswith(f"{base}/") or variables.get(
            "GRADIENTS_CLASS", ""
        ).startswith(f"{base}/"):
            found.append(process)
    return found


def look(base: Path, hub: int, proxy: int) -> Use:
    """Measure what a class server uses now.

    Args:
        base: The class server's folder.
        hub: The hub's process id.
        proxy: The proxy's process id.
    """
    of_learners = defaultdict(float)
    counted = set()
    for name, server in servers(base).items():
        for process in family(server.pid):
            counted.add(process.pid)
            of_learners[name] += proportional(process)
    own = [process for process in family(hub) if process.pid not in counted]
    return Use(
        dict(of_learners), sum(map(proportional, own)), sum(map(proportional, family(proxy)))
    )
