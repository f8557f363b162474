"""What a class needs of its machines, from what each chapter was measured to need.

``python -m benchmarks.sizes`` measures and writes ``workshop/sizes.yml``. The tables of the guide for a large
class are made from it, and a test holds the sizes in ``deploy`` to it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import yaml

from coursekit.site.entries import Entry, OutlineError

FILE = "workshop/sizes.yml"
_HEAD = """\
# What one learner needs, measured by: python -m benchmarks.sizes
# memory: MB at the peak. processor: seconds of one core for the whole notebook.
"""
#: A machine of a common size in the cloud: its memory in MB, and what share of it the system, the hub and the
#: proxy leave to learners.
MEMORY, SHARE = 32_000, 0.9
#: What such a machine is taken to cost in an hour. A round figure to calculate with, no quotation.
PRICE = 0.40
CLASS = 100


@dataclass(frozen=True)
class Sizes:
    """What one learner needs.

    Attributes:
        cores: Processor cores of the machine that it was measured on.
        server: Megabytes of JupyterLab itself, without a kernel.
        memory: For each chapter the peak of its kernel, in megabytes.
        processor: For each chapter the seconds that one core is busy with the whole notebook.
    """

    cores: int
    server: int
    memory: Mapping[str, int]
    processor: Mapping[str, float]

    @property
    def usual(self) -> int:
        """Megabytes that are set aside for a learner: JupyterLab and the kernel of a usual chapter."""
        return step(self.server + median(self.memory.values()), 64)

    @property
    def most(self) -> int:
        """Megabytes that a learner can take: the largest chapter with a usual one left open beside it."""
        return step(self.server + max(self.memory.values()) + median(self.memory.values()), 256)


def step(value: float, size: int) -> int:
    """Round up to a multiple of ``size``.

    Example:
        >>> step(513, 256)
        768
    """
    return math.ceil(value / size) * size


def machines(learners: int, memory: float) -> int:
    """Return how many machines of `MEMORY` hold a class.

    Args:
        learners: How many there are at the same time.
        memory: Megabytes that each needs.

    Example:
        >>> machines(100, 500)
        2
    """
    return math.ceil(learners / (MEMORY * SHARE // memory))


def load(book: Path) -> Sizes:
    """Read what was measured.

    Raises:
        OutlineError: the file is missing or not in its form; says where.
    """
    path = book / FILE
    if not path.is_file():
        raise OutlineError(f"{FILE} is missing; make it with: python -m benchmarks.sizes")
    raw = Entry(yaml.safe_load(path.read_text("utf8")), FILE, {"cores", "server", "chapters"})
    chapters = Entry(raw.given["chapters"], f"{FILE}, chapters").given
    rows = {
        page: Entry(row, f"{FILE}, {page}", {"memory", "processor"})
        for page, row in chapters.items()
    }
    seconds = {page: row.given["processor"] for page, row in rows.items()}
    for page, value in seconds.items():
        if not isinstance(value, float | int) or not value > 0:
            raise OutlineError(f"{FILE}, {page}, processor: expected seconds, got {value!r}")
    memory = {page: row.number("memory") for page, row in rows.items()}
    return Sizes(raw.number("cores"), raw.number("server"), memory, seconds)


def write(book: Path, cores: int, server: int, chapters: Mapping[str, Mapping]) -> None:
    """Write what was measured."""
    data = {"cores": cores, "server": server, "chapters": dict(chapters)}
    (book / FILE).write_text(_HEAD + yaml.safe_dump(data, sort_keys=False), "utf8")
