"""How light the library and the stored notebooks are."""

import json
import subprocess
import sys
from statistics import median

from benchmarks.table import Row
from tests.tools import ROOT

RUNS = 7
HEAVY = ("torch", "matplotlib", "ipywidgets", "anywidget", "IPython")
_IMPORT = """
import json, sys, time
start = time.perf_counter()
import coursekit
print(json.dumps([time.perf_counter() - start, sorted(sys.modules)]))
"""


def importing() -> Row:
    """Import the package in fresh interpreters."""
    times, loaded = [], set()
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, "-c", _IMPORT], capture_output=True, text=True, check=True
        )
        seconds, modules = json.loads(done.stdout)
        times.append(seconds)
        loaded |= {name for name in HEAVY if name in modules}
    note = f"loads {', '.join(sorted(loaded))}" if loaded else f"loads none of {', '.join(HEAVY)}"
    return Row("import coursekit", median(times), "s", 0.3, note=note)


def notebooks() -> Row:
    """Find the largest notebook stored in the repository."""
    sizes = {path.name: path.stat().st_size / 1000 for path in (ROOT / "book").rglob("*.ipynb")}
    name = max(sizes, key=sizes.get)
    return Row("largest stored notebook", sizes[name], "kB", 150, note=f"{name}, of {len(sizes)}")


def measure() -> list[Row]:
    """Measure both."""
    return [importing(), notebooks()]
