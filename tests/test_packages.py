"""What a notebook says when a package it runs on is missing."""

import os
import re
import subprocess
import sys

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from coursekit import content, refresh
from coursekit.packages import TENSORFLOW, MissingPackageError, needs

#: What not every reader will have: `coursekit` itself does not ask for it.
OPTIONAL = ("jax", "lightgbm", "tensorflow", "xgboost")


def test_what_is_there_passes():
    assert needs("numpy", "sklearn") is None


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(
        MissingPackageError, match="runs on nowhere and nothing, which are not"
    ) as e:
        needs("nowhere", "numpy", "nothing")
    assert "%pip install nowhere nothing\n" in str(e.value)
    assert isinstance(e.value, ImportError)


def test_a_notebook_shows_the_message_alone(capsys):
    shell = InteractiveShell.instance()
    shell.run_cell("from coursekit.course import needs\nneeds('nowhere')")
    shown = capsys.readouterr().out
    assert shown.startswith("This notebook runs on nowhere, which is not installed here.")
    assert "Traceback" not in shown
    assert len(shown.strip().splitlines()) == 4


def test_tensorflow_is_told_to_be_quiet_before_it_is_imported():
    code = "from coursekit.course import needs; needs('tensorflow'); import tensorflow"
    environment = {k: v for k, v in os.environ.items() if k not in TENSORFLOW}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert (run.stdout, run.stderr) == ("", "")


@pytest.mark.parametrize(
    "path", refresh.chapters(content.root()), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_a_chapter_asks_for_what_it_imports_before_it_does(path):
    code = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    source = "\n".join(code)
    asked = re.search(r"^needs\((.+?)\)$", source, flags=re.M | re.S)
    for package in OPTIONAL:
        used = re.search(rf"^(?:import|from) {package}\b", source, flags=re.M)
        if used:
            assert asked, f"no needs(...) for {package}"
            assert f'"{package}"' in asked.group(1)
            assert asked.start() < used.start()
