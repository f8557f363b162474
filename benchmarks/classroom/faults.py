"""What goes wrong in a class, done on purpose, and what a learner sees of it.

Each function does one thing to a running class server and returns what happened; nothing is asserted here.
"""

import asyncio
import json
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.classroom.learner import Learner, Refused
from benchmarks.classroom.server import ClassServer

CHAPTER = "gradients/slope.ipynb"
CHECK = 'from coursekit.exercises import check\ncheck("1.1.1", ...)'
_SLOW = "import time\nfor i in range(6):\n    time.sleep(0.5)\nprint('the long cell is through')"
_MADE_UP = "fill.bin"


@dataclass
class Happened:
    """What a fault did.

    Attributes:
        seen: What the learner saw, word for word, by situation.
        seconds: How long something took, by what.
        kept: What was to be kept, and whether it was.
    """

    seen: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    kept: dict[str, bool] = field(default_factory=dict)


async def _page(learner: Learner, path: str) -> str:
    """Return the status and the words of a page, whatever they are."""
    answer = await learner.http.get(path)
    return str(Refused(answer.status_code, answer.text))


async def hub_killed(server: ClassServer, learner: Learner) -> Happened:
    """Kill the hub while a cell runs, work on without it, start it again."""
    found = Happened()
    await learner.run("x = 41")
    server_before = (await learner.run("import os; print(os.getppid())")).text
    slow = await learner.send(_SLOW)
    server.kill(server.hub)
    found.kept["a running cell's output"] = "is through" in (await learner.outcome(slow)).text
    ran = await learner.run("print(x + 1)")
    found.kept["the kernel's state, hub down"] = "42" in ran.text
    notebook = await learner.open_notebook(CHAPTER)
    notebook["metadata"]["saved while the hub was down"] = True
    await learner.save(CHAPTER, notebook)
    on_disk = json.loads((server.folder(learner.name) / CHAPTER).read_text())
    found.kept["a notebook saved, hub down"] = "saved while the hub was down" in on_disk["metadata"]
    found.seen["the hub's pages, hub down"] = await _page(learner, "hub/home")
    begun = time.monotonic()
    await asyncio.to_thread(server.start_hub)
    found.seconds["hub answers again"] = time.monotonic() - begun
    home = await learner.http.get("hub/home")
    found.kept["logged in"] = home.status_code == 200 and "hub/login" not in str(home.url)
    spawn = await learner.http.get("hub/spawn")
    found.kept["the server, not a second one"] = f"/user/{learner.name}/" in str(spawn.url)
    ran = await learner.run("import os; print(x + 1, os.getppid())")
    found.kept["the kernel's state, hub back"] = f"42 {server_before.strip()}" in ran.text
    return found


async def proxy_killed(server: ClassServer, learner: Learner) -> Happened:
    """Kill the proxy while a cell runs; it is started again as systemd does, half a second later."""
    found = Happened()
    await learner.run("y = 6")
    slow = await learner.send(_SLOW)
    await learner.begun(slow)  # a request still on its way through the proxy would be lost with it
    begun = time.monotonic()
    server.kill(server.proxy)
    try:
        await learner.outcome(slow)
        raise RuntimeError("the proxy was killed, and the kernel's connection outlived it")
    except ConnectionError as error:
        found.seen["the kernel's connection"] = str(error)
    try:
        await learner.http.get("hub/home")
    except httpx.HTTPError as error:
        found.seen["a page, proxy down"] = type(error).__name__
    await asyncio.sleep(0.5)
    await asyncio.to_thread(server.start_proxy)
    await learner.connect()
    found.seconds["connected again, since the kill"] = time.monotonic() - begun
    outputs = await learner.outcome(slow, 30)
    found.kept["the running cell's output"] = "is through" in outputs.text
    found.kept["the kernel's state"] = "42" in (await learner.run("print(y * 7)")).text
    notebook = await learner.open_notebook(CHAPTER)
    await learner.save(CHAPTER, notebook)
    found.kept["saving"] = True
    home = await learner.http.get("hub/home")
    found.kept["logged in"] = "hub/login" not in str(home.url)
    return found


def whole_lines(file: Path) -> bool:
    """Say whether a progress file has only whole lines, and at least one."""
    lines = file.read_bytes().split(b"\n")
    try:
        return len(lines) > 1 and lines[-1] == b"" and all(json.loads(line) for line in lines[:-1])
    except ValueError:
        return False


async def kernel_killed(server: ClassServer, learner: Learner) -> Happened:
    """Kill a kernel in the middle of a cell, right after a check."""
    found = Happened()
    folder = server.folder(learner.name)
    before = (folder / CHAPTER).read_bytes()
    pid = int((await learner.run("import os\nz = 1\nprint(os.getpid())")).text.split()[-1])
    found.seen["the check"] = (await learner.run(CHECK)).text
    begun = time.monotonic()
    slow = await learner.send(_SLOW)
    await learner.begun(slow)
    os.kill(pid, signal.SIGKILL)
    try:
        await learner.outcome(slow, 30)
    except (ConnectionError, TimeoutError) as error:
        found.seen["the cell"] = str(error)
    progress = folder / ".coursekit" / "progress.jsonl"
    found.kept["progress"] = whole_lines(progress) and b'"1.1.1"' in progress.read_bytes()
    found.kept["the saved notebook"] = (folder / CHAPTER).read_bytes() == before
    while True:
        try:
            ran = await learner.run("z", 5)
            break
        except (ConnectionError, TimeoutError):
            if time.monotonic() - begun > 60:
                raise
            await learner.connect()
    found.seconds["kernel answers again"] = time.monotonic() - begun
    found.kept["a kernel, a new one"] = "NameError" in ran.text
    found.seen["the next cell"] = ran.text.strip().splitlines()[-1]
    return found


async def disk_full(server: ClassServer, learner: Learner, other: Learner) -> Happened:
    """Fill one learner's disk, go on working, make room as the learner would."""
    found = Happened()
    folder = server.folder(learner.name)
    saved = (folder / CHAPTER).read_bytes()
    notebook = await learner.open_notebook(CHAPTER)
    notebook["cells"][0]["source"] += "\n" + "written on a full disk " * 20_000
    fill = (
        f"out = open('../{_MADE_UP}', 'wb')\n"
        "try:\n    while True: out.write(b'x' * 4096); out.flush()\n"
        "except OSError as error: print(error)"
    )
    found.seen["the learner's own program"] = (await learner.run(fill)).text.strip()
    try:
        await learner.save(CHAPTER, notebook)
    except Refused as refused:
        found.seen["saving"] = str(refused)
    found.kept["the last saved notebook"] = (folder / CHAPTER).read_bytes() == saved
    ran = await learner.run(CHECK)
    found.seen["the check"] = ran.text
    found.kept["the check answers"] = ran.status == "ok"
    theirs = await other.open_notebook(CHAPTER)
    theirs["metadata"]["while another's disk was full"] = True
    await other.save(CHAPTER, theirs)
    found.kept["the others"] = (await other.run("print(6 * 7)")).text.strip() == "42"
    answer = await learner.api("DELETE", f"contents/{_MADE_UP}")
    await learner.run("out.close()")
    found.kept["deleting makes room"] = answer.status_code == 204
    await learner.save(CHAPTER, notebook)
    on_disk = json.loads((folder / CHAPTER).read_text())
    found.kept["saving, with room"] = "full disk" in "".join(on_disk["cells"][0]["source"])
    await learner.run(CHECK)
    found.kept["progress, with room"] = (
        b'"1.1.1"' in (folder / ".coursekit" / "progress.jsonl").read_bytes().split(b"\n")[-2]
    )
    return found
