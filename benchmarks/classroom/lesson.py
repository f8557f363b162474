"""A class works through a chapter, and what was measured meanwhile."""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field

import psutil

from benchmarks.classroom import usage
from benchmarks.classroom.learner import PATIENCE, Learner, Refused
from benchmarks.classroom.server import CLASS_PASSWORD, ClassServer
from benchmarks.table import percentile

#: A lesson ends after so many seconds; whoever is not through stops there.
LONGEST = 420.0
_PROBE_EVERY = 4  # cells; then a trivial cell is run, which shows what the system adds


@dataclass
class Measured:
    """What a class's lesson took.

    Attributes:
        learners: How many there were.
        starts: Seconds from "Start" to JupyterLab, waiting for one's turn included.
        kernels: Seconds until a notebook's kernel answered.
        cells: Seconds for each of the chapter's cells.
        trivial: Seconds for each cell ``1``.
        memory: Each learner's largest memory, in MB.
        total: The largest memory of all together, in MB.
        hub: The largest memory of the hub and what it runs, in MB.
        proxy: The largest memory of the proxy, in MB.
        cpu: Share of the machine's cores that were busy, 0 to 1, by whomever.
        seconds: From the first login to the last cell.
        unfinished: How many learners had cells left when the time was up.
        failed: What went wrong, one sentence each.
    """

    learners: int
    starts: list[float] = field(default_factory=list)
    kernels: list[float] = field(default_factory=list)
    cells: list[float] = field(default_factory=list)
    trivial: list[float] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)
    total: float = 0.0
    hub: float = 0.0
    proxy: float = 0.0
    cpu: float = 0.0
    seconds: float = 0.0
    unfinished: int = 0
    failed: list[str] = field(default_factory=list)

    def too_much(self, memory: float) -> str:
        """Say which limit of a class that works was passed, or return an empty string.

        Args:
            memory: How many MB of memory there are for the class.
        """
        if self.failed:
            return f"{len(self.failed)} failed: {self.failed[0]}"
        if percentile(self.starts, 0.95) > 60:
            return "start p95 over 60 s"
        if percentile(self.trivial, 0.95) > 1:
            return "trivial cell p95 over 1 s"
        if self.unfinished:
            return f"{self.unfinished} not through after {LONGEST:.0f} s"
        if self.total > memory:
            return f"more than {memory:.0f} MB"
        return ""


async def _start(learner: Learner, measured: Measured) -> None:
    """Log in and start a server, as often as the hub asks to try again."""
    await learner.log_in()
    begun = time.monotonic()
    while True:
        try:
            await learner.start_server()
        except Refused as refused:
            if refused.status != 429 or time.monotonic() - begun > PATIENCE:
                raise
            await asyncio.sleep(random.uniform(2, 5))
        else:
            measured.starts.append(time.monotonic() - begun)
            return


async def _attend(
    learner: Learner, chapter: str, think: float, end: float, measured: Measured
) -> None:
    """Work through the chapter: run each cell, think, save now and then."""
    try:
        await _start(learner, measured)
        notebook = await learner.open_notebook(chapter)
        measured.kernels.append(await learner.start_kernel(chapter))
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for count, cell in enumerate(code):
            if think:
                await asyncio.sleep(random.expovariate(1 / think))
            if time.monotonic() > end:
                measured.unfinished += 1
                break
            ran = await learner.run(cell["source"])
            measured.cells.append(ran.seconds)
            cell["outputs"], cell["execution_count"] = [], count + 1
            if count % _PROBE_EVERY == 0:
                measured.trivial.append((await learner.run("1")).seconds)
                await learner.save(chapter, notebook)
        await learner.save(chapter, notebook)
    except (Refused, OSError, TimeoutError) as error:
        measured.failed.append(f"{learner.name}: {type(error).__name__}: {error}"[:300])


async def _watch(server: ClassServer, measured: Measured) -> None:
    """Note the largest use of memory, every two seconds."""
    while True:
        use = await asyncio.to_thread(usage.look, server.base, server.hub.pid, server.proxy.pid)
        for name, megabytes in use.learners.items():
            measured.memory[name] = max(measured.memory.get(name, 0.0), megabytes)
        everything = sum(use.learners.values()) + use.hub + use.proxy
        measured.total = max(measured.total, everything)
        measured.hub = max(measured.hub, use.hub)
        measured.proxy = max(measured.proxy, use.proxy)
        await asyncio.sleep(2)


async def _hold(server: ClassServer, count: int, chapter: str, think: float) -> Measured:
    measured = Measured(count)
    class_ = [Learner(server.url, f"learner{i + 1}", password=CLASS_PASSWORD) for i in range(count)]
    before, begun = psutil.cpu_times(), time.monotonic()
    watching = asyncio.create_task(_watch(server, measured))
    try:
        end = begun + LONGEST
        await asyncio.gather(*(_attend(one, chapter, think, end, measured) for one in class_))
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        for one in class_:
            await one.close()
    measured.seconds = time.monotonic() - begun
    after = psutil.cpu_times()
    idle = (after.idle + after.iowait) - (before.idle + before.iowait)
    measured.cpu = 1 - idle / (measured.seconds * psutil.cpu_count())
    return measured


def hold(count: int, chapter: str, think: float) -> Measured:
    """Let a class work through a chapter on a fresh class server.

    Args:
        count: How many learners.
        chapter: The notebook, such as ``gradients/slope.ipynb``.
        think: Mean of the seconds that a learner thinks before each cell (exponentially distributed);
            0 for all cells at once.
    """
    with ClassServer(learners=count, starting=4, start_seconds=120) as server:
        return asyncio.run(_hold(server, count, chapter, think))
