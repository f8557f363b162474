"""A course folder in which nbgrader itself is run, and what learners hand in to it."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from tests.tools import beside_python, node_environment


@pytest.fixture(scope="module", autouse=True)
def active() -> Iterator[None]:
    """The environment is active: nbgrader calls ``alembic`` by its name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", node_environment()["PATH"])
        yield


def nbgrader(folder: Path, *arguments: str) -> str:
    """Run an nbgrader command in a course folder, as a teacher does; return what it said."""
    ran = subprocess.run(
        [beside_python("nbgrader"), *arguments],
        cwd=folder,
        env=os.environ | {"JUPYTER_CONFIG_DIR": str(folder / "no-other-config")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


def interface(folder: Path, **options: dict) -> NbGraderAPI:
    """nbgrader's own interface to a course folder, with its configuration: quicker than a command each.

    More options are given by section: ``Execute={"timeout": 10}``.
    """
    config = Config(PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config())
    config.merge(Config({"CourseDirectory": {"root": str(folder)}, **options}))
    return NbGraderAPI(config=config)


class Submission:
    """A learner's copy of a released notebook: its cells by nbgrader's names, to be edited and handed in.

    Of the chapter, only the first code cell and all from the exercises on is kept, to run in less time.
    """

    def __init__(self, released: Path) -> None:
        """Read it."""
        self.assignment, self.name = released.parent.name, released.name
        self.notebook = nbformat.read(released, as_version=4)
        cells = self.notebook.cells
        at = next(i for i, c in enumerate(cells) if c.source.startswith("## Exercises"))
        self.first = next(c for c in cells if c.cell_type == "code")
        self.notebook.cells = [self.first, *cells[at:]]

    def cell(self, grade_id: str):
        """The cell of that name."""
        (found,) = [c for c in self.notebook.cells if name_of(c) == grade_id]
        return found

    def answer(self, number: str, code: str) -> None:
        """Write an answer in place of the stub, above its check."""
        cell = self.cell(f"answer-{number.replace('.', '-')}")
        cell.source = code.strip() + "\n\n" + re.search(r"^check\(.*", cell.source, flags=re.M)[0]

    def hand_in(self, folder: Path, learner: str) -> None:
        """Lay it where nbgrader looks for it."""
        place = folder / "submitted" / learner / self.assignment
        place.mkdir(parents=True, exist_ok=True)
        nbformat.write(self.notebook, place / self.name)


def name_of(cell) -> str | None:
    """A cell's name in nbgrader, if it has one."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def succeeded(result: dict) -> None:
    """Hold that nbgrader did what its interface was asked for; show what it says if not."""
    assert result["success"], result.get("error", "") + result.get("log", "")


def scores(folder: Path, assignment: str, learner: str) -> dict[str, float]:
    """What nbgrader gave for each exercise: {"1.1.1": 1.0}, or None for one that it could not grade."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(assignment, learner)
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        return {
            grade.name.removeprefix("grade-").replace("-", "."): grade.auto_score
            for grade in sorted(grades, key=lambda grade: grade.name)
        }


def maximum(folder: Path, assignment: str) -> float:
    """The points that an assignment is worth, as the gradebook has them."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return gradebook.find_assignment(assignment).max_score


def feedback(folder: Path, assignment: str, learner: str) -> str:
    """The page that a learner gets, its tags left out."""
    (page,) = (folder / "feedback" / learner / assignment).glob("*.html")
    body = page.read_text("utf-8").partition("<body")[2]
    return re.sub(r"<[^>]+>", "", body)
