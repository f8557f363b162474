"""JupyterLab on a learner's folder."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from coursekit.learner.trouble import LearnerError


def command(folder: Path, page: str, more: Sequence[str] = ()) -> list[str]:
    """Return the command that starts JupyterLab with this Python.

    Args:
        folder: What JupyterLab shows as its root.
        page: The notebook it opens with, from the folder.
        more: Further arguments for JupyterLab; they come last, and so win.

    Raises:
        LearnerError: If JupyterLab is not installed for this Python.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise LearnerError(
            f'JupyterLab is not installed for {sys.executable}: say pip install "jupyterlab>=4.0", '
            f"or open {folder} in the editor of your choice"
        )
    root = f"--ServerApp.root_dir={folder.resolve()}"
    start = [f"--LabApp.default_url=/lab/tree/{page}"] if (folder / page).is_file() else []
    return [sys.executable, "-m", "jupyterlab", root, *start, *more]


def run(arguments: Sequence[str]) -> NoReturn:
    """Run a command in place of this process, so that Ctrl+C and signals reach it alone."""
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(arguments[0], arguments)
    sys.exit(subprocess.run(arguments).returncode)
