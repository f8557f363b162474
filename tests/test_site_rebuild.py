"""Building the book again: what has not changed stays, and what is made from a changed file is made anew."""

import hashlib
import re
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


def run(folder, environment):
    """Build the copy; return what came of it."""
    return subprocess.run(
        [sys.executable, "-m", "coursekit.site"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def build(folder, environment):
    """Build the copy; return a hash of each file of the site."""
    done = run(folder, environment)
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


def test_a_changed_outline_changes_the_pages_made_from_it_and_runs_nothing(course):
    folder, _ = course
    before, outline = build(*course), folder / "book" / "course.yml"
    outline.write_text(
        outline.read_text("utf8").replace("Where descent ends,", "Where it ends,"), "utf8"
    )
    after = build(*course)
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {"searchindex.js"} == {"descent/index.html"}
    assert "Where it ends," in (folder / "_build/html/descent/index.html").read_text("utf8")


def test_a_plan_that_overruns_stops_the_build(course):
    folder, _ = course
    plans = folder / "book" / "workshop" / "plans.yml"
    plans.write_text(plans.read_text("utf8").replace("minutes: 210", "minutes: 180"), "utf8")
    done = run(*course)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert re.search(r"half-day: day 1 takes (19|20|21)\d minutes and has 180", last)
