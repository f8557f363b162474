"""Points come from the course's judge, and each chapter is an assignment that nbgrader takes."""

import runpy
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbgrader.nbgraderformat import ValidationError, read

import coursekit
from coursekit import content, editions, exercises, judging
from coursekit.grading import JUDGE, NoPoints, grade, sources
from coursekit.learner import chapters
from tests.nbgrader_course import (
    active,  # noqa: F401
    interface,
    maximum,
    name_of,
    succeeded,
)
from tests.test_editions import leaks, solution_lines

CHAPTERS = chapters.find()
SLOPE = content.root() / "gradients" / "slope.ipynb"


def right(w, slope, lr):
    return w - lr * slope


def uphill(w, slope, lr):
    return w + lr * slope


# --- grade ------------------------------------------------------------------------------------


def test_a_right_answer_is_told_and_raises_nothing(capsys):
    assert grade("1.1.3", right) is None
    assert "Exercise 1.1.3, One step: right." in capsys.readouterr().out


def test_any_other_answer_raises_what_check_says(capsys):
    with pytest.raises(NoPoints, match=r"^Exercise 1\.1\.3, One step: look again\.") as raised:
        grade("1.1.3", uphill)
    verdict = exercises.judge(exercises.find()["1.1.3"], uphill)
    assert verdict.mistake
    assert str(raised.value) == exercises.card(exercises.find()["1.1.3"], verdict).text
    assert raised.value._render_traceback_() == str(raised.value).splitlines()
    for untouched in (..., lambda w, slope, lr: None):
        with pytest.raises(NoPoints, match="not yet"):
            grade("1.1.3", untouched)
    assert "right" not in capsys.readouterr().out


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match=r"id must be the number of an exercise.*'9\.9\.9'"):
        grade("9.9.9", right)


def test_what_a_notebook_makes_of_the_judge_does_not_count(monkeypatch):
    known = {name: sys.modules[f"coursekit.{name}"] for name in JUDGE}
    praise = judging.Verdict(judging.RIGHT, "Well done.")
    monkeypatch.setattr(exercises, "judge", lambda *_: praise)
    monkeypatch.setattr(judging, "judge_function", lambda *_: praise)
    monkeypatch.setattr("coursekit.comparing.same", lambda *_, **__: True)
    monkeypatch.setattr("coursekit.judging.agrees", lambda *_: True)
    monkeypatch.setattr(judging, "RIGHT", "look again")
    exercises.find()["1.1.3"].mistakes.clear()
    with pytest.raises(NoPoints, match="look again.\nThat walks uphill"):
        grade("1.1.3", uphill)
    monkeypatch.undo()
    for name, module in known.items():  # and it is left as it was, for whoever uses it
        assert sys.modules[f"coursekit.{name}"] is getattr(coursekit, name) is module
    exercises._loaded.clear()


def test_the_cell_brings_grade_back():
    """What the locked cell says, run where `grade` and the module's have been replaced."""
    (cell,) = [c for c in sources.source(SLOPE).cells if name_of(c) == "grade-1-1-3"]
    script = (
        "import coursekit.grading\n"
        "grade = check = coursekit.grading.grade = lambda *_: print('full marks')\n"
        f"step = lambda w, slope, lr: w + lr * slope\n{cell.source}"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 1
    assert "NoPoints: Exercise 1.1.3" in ran.stderr
    assert "full marks" not in ran.stdout


# --- the source -------------------------------------------------------------------------------


def test_an_exercise_that_does_not_fit_is_named(tmp_path):
    def refused(message):
        nbformat.write(notebook, tmp_path / "n.ipynb")
        with pytest.raises(ValueError, match=message):
            sources.source(tmp_path / "n.ipynb")

    shutil.copy(content.root() / "references.bib", tmp_path)
    notebook = nbformat.read(SLOPE, as_version=4)
    at = next(i for i, c in enumerate(notebook.cells) if "solution" in c.metadata.get("tags", []))
    stub, solution = notebook.cells[at - 1 : at + 1]
    kept = solution.source
    solution.source = kept.replace("1.1.1", "1.1.2")
    refused(rf"exercise in cell '{stub.id}': .* end with an empty line and the same")
    solution.source = kept + "\nprint()"
    refused("must end with an empty line and the same")
    solution.source, solution.metadata["tags"] = kept, []
    refused(f"exercise in cell '{stub.id}': expected a cell tagged 'solution' right after it")


def test_what_a_teacher_changed_is_left_as_it_is(tmp_path):
    written = sources.write_course(tmp_path, ["1.1", "6.2"])
    assert all(written.values())
    assert {p.relative_to(tmp_path).as_posix() for p in written} == {
        "nbgrader_config.py", "README.md",
        "source/1-1-slope/slope.ipynb", "source/6-2-practice/practice.ipynb",
    }  # fmt: skip
    mine = tmp_path / "source/1-1-slope/slope.ipynb"
    mine.write_text("mine")
    (tmp_path / "README.md").unlink()
    again = sources.write_course(tmp_path, ["1.1", "6.2"])
    assert mine.read_text() == "mine"
    assert [path.name for path, new in again.items() if new] == ["README.md"]


def test_the_command(tmp_path, monkeypatch, capsys):
    def said(*arguments):
        monkeypatch.setattr(sys, "argv", ["grading", str(tmp_path / "a"), *arguments])
        runpy.run_module("coursekit.grading", run_name="__main__")
        return capsys.readouterr().out.splitlines()

    names = ("nbgrader_config.py", "README.md", "source/1-1-slope/slope.ipynb")
    paths = [str(tmp_path / "a" / name) for name in names]
    assert said("1.1") == paths
    assert said("1.1") == [f"{path} (left as it was)" for path in paths]
    with pytest.raises(SystemExit, match="2"):
        said("1.9")
    assert "'1.9' is no chapter; choose from 1.1, 1.2" in capsys.readouterr().err


# --- all chapters, through nbgrader -----------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """All chapters in a course folder, and nbgrader's own interface to it."""
    folder = tmp_path_factory.mktemp("course")
    sources.write_course(folder)
    return folder, interface(folder)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.path)
def test_nbgrader_makes_of_each_chapter_the_student_edition_and_locked_cells(course, chapter):
    folder, api = course
    name = sources.assignment(chapter)
    succeeded(api.generate_assignment(name))
    (path,) = (folder / "release" / name).glob("*.ipynb")
    with path.open() as file:
        released = read(file, as_version=4)  # nbgrader's own, which checks its metadata
    book = content.root() / chapter.path

    locked = [c for c in released.cells if name_of(c) and name_of(c).startswith("grade-")]
    assert [c.source for c in released.cells if c not in locked] == [
        c.source for c in editions.student(book).cells
    ]
    assert all(not c.metadata.editable and not c.metadata.deletable for c in locked)
    numbers = [number.replace(".", "-") for number in chapter.exercises]
    assert [name_of(c) for c in released.cells if name_of(c)] == [
        f"{kind}-{number}" for number in numbers for kind in ("answer", "grade")
    ]
    assert maximum(folder, name) == len(numbers)

    assert solution_lines(book)
    assert leaks(book, released) == []
    assert "BEGIN SOLUTION" not in path.read_text()
    assert "For the instructor" not in path.read_text()


def test_two_cells_of_one_name_would_be_refused(course, tmp_path):
    notebook = sources.source(SLOPE)
    for cell in notebook.cells:
        if name_of(cell) == "grade-1-1-2":
            cell.metadata.nbgrader.grade_id = "grade-1-1-1"
    nbformat.write(notebook, tmp_path / "n.ipynb")
    with (tmp_path / "n.ipynb").open() as file, pytest.raises(ValidationError, match="Duplicate"):
        read(file, as_version=4)
