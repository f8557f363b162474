"""A copy of the course's sources, to be built apart from the working tree."""

import os
import shutil
from pathlib import Path

from tests.tools import ROOT

#: All that a build reads.
SOURCES = (
    "book", "src", "assets", "_config.yml", "_toc.yml",
    "requirements.txt", "constraints.txt", "pyproject.toml",
)  # fmt: skip


def copy_course(folder: Path) -> dict[str, str]:
    """Copy the sources into a folder that exists; return the environment in which it uses its own library."""
    left_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.egg-info")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=left_out)
        else:
            shutil.copy(source, folder / name)
    return os.environ | {"PYTHONPATH": str(folder / "src")}
