"""Building the book again when nothing has changed leaves every file of the site as it was."""

import hashlib
import shutil
import subprocess
import sys

import pytest

from tests.course_copy import copy_course
from tests.tools import ROOT

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course with the results of cells that are already there, and its environment."""
    folder = tmp_path_factory.mktemp("course")
    environment = copy_course(folder)
    results = ROOT / "_build" / ".jupyter_cache"
    if results.is_dir():
        shutil.copytree(results, folder / "_build" / ".jupyter_cache")
    return folder, environment


def build(folder, environment):
    """Build the copy; return a hash of each file of the site."""
    done = subprocess.run(
        [sys.executable, "-m", "coursekit.site"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stdout[-3000:] + done.stderr[-3000:], pytrace=False)
    site = folder / "_build" / "html"
    files = (path for path in site.rglob("*") if path.is_file() and path.name != ".buildinfo")
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_a_second_build_changes_nothing(course):
    first, second = build(*course), build(*course)
    assert "index.html" in first
    assert sorted(second) == sorted(first)
    assert [name for name in first if first[name] != second[name]] == []
