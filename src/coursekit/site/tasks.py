"""What a chapter asks of its reader: objectives, exercises and a quiz, collected while it is read."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from coursekit import quiz
from coursekit.site.collecting import collect, kept

#: The words right above the list of objectives.
LEAD = "You will be able to"
EXERCISE = re.compile(r"Exercise (\d+\.\d+\.\d+) · ")


@dataclass
class Tasks:
    """A chapter's tasks.

    Attributes:
        objectives: A mark for each objective, which stays the same as long as its words do.
        exercises: Their numbers, such as "1.1.2".
    """

    objectives: list[str] = field(default_factory=list)
    exercises: list[str] = field(default_factory=list)

    @property
    def number(self) -> str:
        """The chapter's number, such as "1.1"; empty for a page without exercises."""
        return self.exercises[0].rsplit(".", 1)[0] if self.exercises else ""


def objectives(document: nodes.document) -> Iterator[nodes.paragraph]:
    """Yield the paragraph of each objective of a chapter."""
    for listed in document.findall(nodes.bullet_list):
        place = listed.parent.index(listed)
        if place and listed.parent[place - 1].astext() == LEAD:
            yield from (item[0] for item in listed)


def fingerprint(text: str) -> str:
    """Return six digits that stay the same as long as the words of a text do.

    Example:
        >>> fingerprint("say  why") == fingerprint("say why")
        True
    """
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:6]


def read(document: nodes.document) -> Tasks:
    """Collect the tasks of a chapter that has been read."""
    titles = (title.astext() for title in document.findall(nodes.title))
    return Tasks(
        [fingerprint(paragraph.astext()) for paragraph in objectives(document)],
        [found[1] for title in titles if (found := EXERCISE.match(title))],
    )


def edition(questions: list[dict[str, Any]]) -> str:
    """Return what the quiz's widget names its questions by, in what it remembers (see quiz.js).

    It is FNV-1a of the questions as the page stores them, which is with sorted keys.
    """
    text = json.dumps(questions, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    units = text.encode("utf-16-le")
    value = 0x811C9DC5
    for low, high in zip(units[::2], units[1::2], strict=True):
        value = (value ^ (low | high << 8)) * 0x01000193 & 0xFFFFFFFF
    digits = ""
    while value or not digits:
        value, digit = divmod(value, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def course(env: BuildEnvironment) -> dict[str, dict[str, Any]]:
    """Return all that readers can tick or answer: chapter to objectives, exercises and quiz.

    Of a quiz: its ``key``, its ``edition``, and for each question the options that are ``right``.
    """
    quizzes = quiz.find()
    found = {}
    for docname, tasks in sorted(collected(env).items()):
        if not (tasks.objectives or tasks.exercises):
            continue
        found[docname] = {**asdict(tasks), "quiz": None}
        if tasks.number in quizzes:
            questions = quiz.quiz(tasks.number).questions
            right = [
                [i for i, option in enumerate(question["options"]) if option["right"]]
                for question in questions
            ]
            found[docname]["quiz"] = {
                "key": tasks.number, "edition": edition(questions), "right": right,
            }  # fmt: skip
    return found


def collected(env: BuildEnvironment) -> dict[str, Tasks]:
    """Return what has been collected so far, by page."""
    return kept(env, "tasks")


def setup(app: Sphinx) -> None:
    """Have the tasks collected."""
    collect(app, "tasks", read)
