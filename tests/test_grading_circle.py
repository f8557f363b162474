"""From the source to the points and the learner's feedback: nbgrader's command, and its interface."""

import html

import nbformat
import pytest

from coursekit import content, exercises
from coursekit.grading import sources
from tests.nbgrader_course import (
    Submission,
    active,  # noqa: F401
    feedback,
    interface,
    name_of,
    nbgrader,
    scores,
    succeeded,
)

#: nbgrader's own, from how it builds its gradebook.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

SLOPE, CHECKING = "1-1-slope", "5-3-checking"
SOLVED = {
    "1.1.1": "def central_difference(f, x, h):\n    return (f(x + h) - f(x - h)) / (2 * h)",
    "1.1.2": "def loss_slope(w, x, y):\n    return np.mean(2 * (w * x - y) * x)",
    "1.1.3": "def step(w, slope, lr):\n    return w - lr * slope",
    "1.1.4": "edge = 1 / 4",
}
#: Right, and it warns in each way that a program can.
NOISY = """
import logging, os, sys, warnings

def loss_slope(w, x, y):
    warnings.warn("noisy")
    logging.warning("noisy")
    print("noisy", file=sys.stderr)
    os.write(2, b"noisy")
    return np.mean(2 * (w * x - y) * x)
"""
#: Wrong, and it shows what nbgrader takes for a point while it is tried.
FORGED = """
def step(w, slope, lr):
    get_ipython().displayhook(1.0)
    return w + lr * slope
"""
#: Wrong, after everything that gives points has been replaced.
REPLACED = """
import sys, coursekit.exercises, coursekit.grading, coursekit.judging
right = coursekit.judging.Verdict("right", "Well done.")
coursekit.exercises.judge = lambda *_: right
coursekit.judging.judge_function = lambda *_: right
coursekit.grading.grade = check = grade = lambda *_: None

def loss_slope(w, x, y):
    return 0
"""
#: Never ends, and leaves the core to others until it is stopped.
ENDLESS = """
import time

def central_difference(f, x, h):
    while True:
        time.sleep(0.1)
"""
LIGHT = "import numpy as np\nfrom coursekit.course import check, quiz"
WRONG = {
    "1.1.1": "def central_difference(f, x, h):\n    return (f(x + h) - f(x)) / h",
    "1.1.2": "def loss_slope(w, x, y):\n    return np.sum(2 * (w * x - y) * x)",
    "1.1.3": FORGED,
    "1.1.4": "edge = 1 / 2",
}


def solution(number: str) -> str:
    """The chapter's own solution, without its check."""
    cells = nbformat.read(content.root() / "backprop/checking.ipynb", as_version=4).cells
    (cell,) = [c for c in cells if number in c.source and "solution" in c.metadata.get("tags", [])]
    return cell.source.partition("\n\ncheck(")[0].rstrip()


def message(number: str, mistake: str) -> str:
    """What the course says to that mistake."""
    exercise = exercises.find()[number]
    (said,) = [m.message for m in exercise.mistakes if m.name == mistake]
    return exercises.plain(said)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A course whose learners have handed in, been graded and got their feedback."""
    folder = tmp_path_factory.mktemp("course")
    sources.write_course(folder, ["1.1", "5.3"])
    nbgrader(folder, "generate_assignment", SLOPE)

    def answered(assignment, learner, answers):
        (released,) = (folder / "release" / assignment).glob("*.ipynb")
        submission = Submission(released)
        for number, code in answers.items():
            submission.answer(number, code)
        submission.hand_in(folder, learner)
        return submission

    answered(SLOPE, "solved", SOLVED | {"1.1.2": NOISY})
    answered(SLOPE, "untouched", {})
    answered(SLOPE, "mistaken", WRONG)
    tampered = answered(SLOPE, "tampered", WRONG | {"1.1.2": REPLACED, "1.1.4": SOLVED["1.1.4"]})
    tampered.cell("grade-1-1-1").update(source="print('full marks')")
    tampered.cell("grade-1-1-1").metadata.nbgrader.update(points=100, locked=False)
    gone = ("grade-1-1-3", "grade-1-1-4")
    tampered.notebook.cells = [c for c in tampered.notebook.cells if name_of(c) not in gone]
    tampered.hand_in(folder, "tampered")
    nbgrader(folder, "autograde", SLOPE)

    endless = answered(SLOPE, "endless", SOLVED)
    endless.first.source = LIGHT  # well within the limit, however busy the machine is
    endless.cell(
        "answer-1-1-1"
    ).source = ENDLESS  # without its check, which would be stopped as well
    endless.hand_in(folder, "endless")
    limited = interface(folder, Execute={"timeout": 15})
    succeeded(limited.autograde(SLOPE, "endless"))
    nbgrader(folder, "generate_feedback", SLOPE)

    api = interface(folder)
    succeeded(api.generate_assignment(CHECKING))
    mixed = {"5.3.1": solution("5.3.1"), "5.3.3": "h16 = 0.12", "5.3.4": 'right_ones = "AD"'}
    answered(CHECKING, "mixed", mixed)
    succeeded(api.autograde(CHECKING, "mixed"))
    succeeded(api.generate_feedback(CHECKING))
    return folder


def test_the_source_runs_from_top_to_bottom_with_all_points(folder):
    """Each chapter whole; nothing in it fails or writes to the error stream."""
    names = [f"source/{SLOPE}/slope.ipynb", f"source/{CHECKING}/checking.ipynb"]
    said = nbgrader(folder, "validate", "--Validator.validate_all=True", *names)
    assert said.count("Success! Your notebook passes all the tests.") == 2


def test_solutions_have_all_points_and_what_they_print_costs_none(folder):
    assert scores(folder, SLOPE, "solved") == dict.fromkeys(SOLVED, 1)
    page = feedback(folder, SLOPE, "solved")
    assert "slope (Score: 4.0 / 4.0)" in page
    assert "Exercise 1.1.1 · Central differenceThe errors of the two" in page.replace("\n", "")


def test_who_did_nothing_has_no_points_and_is_told_where_to_begin(folder):
    assert scores(folder, SLOPE, "untouched") == dict.fromkeys(SOLVED, 0)
    page = feedback(folder, SLOPE, "untouched")
    assert "Exercise 1.1.1, Central difference: not yet." in page
    assert "Put your answer in place of `...`" in page
    assert "Traceback" not in page


def test_a_mistake_costs_the_point_and_is_named_in_the_feedback(folder):
    assert scores(folder, SLOPE, "mistaken") == dict.fromkeys(SOLVED, 0)
    page = html.unescape(feedback(folder, SLOPE, "mistaken"))
    assert "Exercise 1.1.1, Central difference: look again." in page
    for number, mistake in [("1.1.1", "forward difference"), ("1.1.3", "uphill")]:
        assert page.count(message(number, mistake).split("`")[0]) == 2  # by check, and by grade
    assert "NoPoints" not in page


def test_each_exercise_has_its_own_point(folder):
    assert scores(folder, CHECKING, "mixed") == {
        "5.3.1": 1, "5.3.2": 0, "5.3.3": 1, "5.3.4": 0,
    }  # fmt: skip
    page = html.unescape(feedback(folder, CHECKING, "mixed"))
    assert "checking (Score: 2.0 / 4.0)" in page
    assert "Exercise 5.3.2, One direction: not yet." in page
    assert message("5.3.4", "checked with zero bias").split("`")[0] in page


def test_an_edited_a_deleted_and_a_replaced_test_give_what_the_answer_deserves(folder):
    graded = {"1.1.1": 0, "1.1.2": 0, "1.1.3": 0, "1.1.4": 1}
    assert scores(folder, SLOPE, "tampered") == graded
    page = feedback(folder, SLOPE, "tampered")
    assert "slope (Score: 1.0 / 4.0)" in page
    assert "full marks" not in page
    assert "Exercise 1.1.2, The slope of a loss, by hand: look again." in page


def test_a_test_cell_that_says_it_is_none_is_refused(folder):
    (released,) = (folder / "release" / SLOPE).glob("*.ipynb")
    submission = Submission(released)
    submission.cell("grade-1-1-1").metadata.nbgrader.update(grade=False, solution=True)
    submission.hand_in(folder, "disguised")
    result = interface(folder).autograde(SLOPE, "disguised")
    assert not result["success"]
    assert "Inconsistent checksums for cell grade-1-1-1" in result["log"]
    assert set(scores(folder, SLOPE, "disguised").values()) == {None}  # left to the teacher


def test_an_endless_loop_is_stopped_and_the_rest_is_graded(folder):
    assert scores(folder, SLOPE, "endless") == dict.fromkeys(SOLVED, 1) | {"1.1.1": 0}
    assert "Is there a loop that never does?" in feedback(folder, SLOPE, "endless")
