"""Every exercise of the course: solution, stub and mistakes each get what is theirs."""

import pytest

from coursekit import exercises
from tests.exercise_audit import problems

CATALOG = exercises.find()


def test_the_course_has_exercises():
    assert CATALOG, "no book/<part>/exercises/<notebook>.py was found"


@pytest.mark.parametrize("exercise", CATALOG.values(), ids=list(CATALOG))
def test_exercise(exercise):
    assert problems(exercise) == []
