"""What a learner needs of a machine: peak memory and processor time of each chapter's kernel.

``python -m benchmarks.sizes`` runs every chapter's notebook in a kernel of its own, one after the other, and
writes ``book/workshop/sizes.yml``, from which the guide for a large class and the sizes in ``deploy`` follow.

Memory is the proportional set size of the kernel and of the processes it starts, summed, at its highest of
a sample each 0.1 s: what is shared between processes is counted once, as it is in the machine.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

from benchmarks.classroom.usage import family, proportional
from coursekit.site import outline, sizes
from tests.tools import ROOT

BOOK = ROOT / "book"
EVERY = 0.1
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*")


def memory(pid: int) -> float:
    """Return the megabytes that a process and those below it take now."""
    return sum(map(proportional, family(pid)))


class Watch(threading.Thread):
    """Samples a process and those below it until it is told to stop."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid, self.peak, self.seconds = pid, 0.0, {}
        self._over = threading.Event()

    def run(self) -> None:
        """Take samples."""
        while not self._over.wait(EVERY):
            self.peak = max(self.peak, memory(self.pid))
            for process in family(self.pid):
                try:
                    used = process.cpu_times()
                except psutil.Error:
                    continue
                self.seconds[process.pid] = used.user + used.system

    def stop(self) -> tuple[float, float]:
        """Return the peak in MB and the processor's seconds."""
        self._over.set()
        self.join()
        return self.peak, sum(self.seconds.values())


def chapter(page: str) -> dict[str, int | float]:
    """Run a chapter from top to bottom; return its megabytes and its processor's seconds."""
    notebook = nbformat.read(BOOK / f"{page}.ipynb", as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}})
        with client.setup_kernel():
            watch = Watch(client.km.provisioner.pid)
            watch.start()
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            peak, seconds = watch.stop()
    return {"memory": round(peak), "processor": round(seconds, 1)}


def server() -> int:
    """Start JupyterLab, ask it for its page, and return its megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root"]
        log = Path(folder) / "log"
        with log.open("w") as out:
            running = subprocess.Popen(
                command, cwd=folder, stdout=out, stderr=out, env={**os.environ, "HOME": folder}
            )
        try:
            deadline = time.monotonic() + 60
            while not (found := _ADDRESS.search(log.read_text())):
                if time.monotonic() > deadline or running.poll() is not None:
                    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.2)
            urllib.request.urlopen(found[0], timeout=30).read()
            time.sleep(2)
            return round(memory(running.pid))
        finally:
            running.terminate()
            running.wait(30)


def main(arguments: list[str] | None = None) -> int:
    """Measure, write the file, and say what stands in it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizes", description=__doc__)
    parser.add_argument(
        "--only", nargs="*", metavar="PAGE", help="measure these, and write nothing"
    )
    options = parser.parse_args(arguments)
    pages = options.only or list(outline.load(BOOK).chapters)
    measured = {}
    for page in pages:
        measured[page] = chapter(page)
        print(f"{page}: {measured[page]}", flush=True)
    if not options.only:
        sizes.write(BOOK, os.cpu_count(), server(), measured)
        print(f"written: {BOOK / sizes.FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
