"""Quizzes: questions with feedback for every option, read from ``book/<part>/quiz.yml``."""

import re
from pathlib import Path
from typing import Any

import traitlets

from coursekit import content, progress
from coursekit.cards import plain, prose
from coursekit.heights import lines
from coursekit.widgets.base import STATIC, CourseWidget

__all__ = ["Quiz", "find", "quiz"]


def _question(raw: Any, where: str) -> dict[str, Any]:
    """Validate one question of the YAML file; raises ValueError that begins with ``where``."""

    def require(condition: bool, problem: str) -> None:
        if not condition:
            raise ValueError(f"{where}: {problem}")

    def text(value: Any, name: str) -> str:
        require(isinstance(value, str), f"{name} must be a text, got {value!r}; put it in quotes")
        require(bool(value.strip()), f"{name} is empty")
        return " ".join(value.split())

    def flag(value: Any, name: str) -> bool:
        require(isinstance(value, bool), f"{name} must be true or false, got {value!r}")
        return value

    def only(mapping: Any, allowed: set[str], name: str) -> None:
        require(isinstance(mapping, dict), f"{name} must be a mapping, got {mapping!r}")
        extra = sorted(str(key) for key in mapping if key not in allowed)
        require(not extra, f"{name} has unknown keys {extra}; known are {sorted(allowed)}")

    only(raw, {"question", "options", "several"}, "it")
    asked = text(raw.get("question"), "question")
    several = flag(raw.get("several", False), "several")
    given = raw.get("options")
    require(isinstance(given, list) and 2 <= len(given) <= 5, "options must be a list of 2 to 5")
    options = []
    for number, option in enumerate(given, start=1):
        name = f"option {number}"
        only(option, {"text", "right", "why"}, name)
        options.append(
            {
                "text": text(option.get("text"), f"{name}: text"),
                "right": flag(option.get("right", False), f"{name}: right"),
                "why": text(option.get("why"), f"{name}: why"),
            }
        )
    texts = [option["text"] for option in options]
    require(len(set(texts)) == len(texts), f"two options have the same text: {texts}")
    right = sum(option["right"] for option in options)
    if several:
        require(right >= 1, "no option is right")
    else:
        require(right == 1, f"exactly one option must be right, but {right} are (or set several)")
    return {"question": asked, "several": several, "options": options}


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    raw = content.load_yaml(path.parent.name, path.name)
    if not isinstance(raw, dict):
        raise ValueError(f"{path}: must map quiz numbers such as '1.1' to lists of questions")
    quizzes = {}
    for id, questions in raw.items():
        if not isinstance(id, str) or not re.fullmatch(r"\d+\.\d+", id):
            raise ValueError(f"{path}: {id!r} is no quiz number; write one in quotes, as '1.1'")
        if not isinstance(questions, list) or not questions:
            raise ValueError(f"{path}, quiz {id}: must be a list of questions")
        quizzes[id] = [
            _question(question, f"{path}, quiz {id}, question {number}")
            for number, question in enumerate(questions, start=1)
        ]
    return quizzes


def find() -> dict[str, list[dict[str, Any]]]:
    """Collect and validate the quizzes of every part, by number ("1.1").

    Raises:
        ValueError: If a file breaks the format or a number is used twice; the message names the
            file, the quiz and the question.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    origin: dict[str, Path] = {}
    for path in sorted(content.root().glob("*/quiz.yml")):
        for id, questions in _read(path).items():
            if id in found:
                raise ValueError(f"quiz {id} is defined twice: in {origin[id]} and {path}")
            found[id], origin[id] = questions, path
    return found


class Quiz(CourseWidget):
    """A quiz the reader answers on the page, with or without a kernel.

    Attributes:
        answers: For each question the indices of the options that were chosen when it was last
            checked; an empty list for a question not answered yet.
        score: How many questions are answered right; follows ``answers``.
    """

    _esm = STATIC / "course.js"

    key = traitlets.Unicode(read_only=True).tag(sync=True)
    questions = traitlets.List(traitlets.Dict(), read_only=True).tag(sync=True)
    answers = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    score = traitlets.Int(0).tag(sync=True)

    def __init__(self, id: str, questions: list[dict[str, Any]]) -> None:
        self._plain = questions
        marked = [
            {
                "question": prose(question["question"]),
                "several": question["several"],
                "options": [
                    {"text": prose(o["text"]), "right": o["right"], "why": prose(o["why"])}
                    for o in question["options"]
                ],
            }
            for question in questions
        ]
        self.set_trait("kind", "quiz")
        self.set_trait("key", id)
        self.set_trait("questions", marked)
        self.set_trait("reserve", [_height(questions, 720), _height(questions, 360)])
        super().__init__(answers=[[] for _ in questions])

    @traitlets.validate("answers")
    def _valid_answers(self, proposal: dict[str, Any]) -> list[list[int]]:
        answers = proposal["value"]
        if len(answers) != len(self.questions):
            raise ValueError(f"answers needs {len(self.questions)} lists, got {len(answers)}")
        for number, (chosen, question) in enumerate(
            zip(answers, self.questions, strict=True), start=1
        ):
            count = len(question["options"])
            if any(not 0 <= index < count for index in chosen):
                raise ValueError(
                    f"answers: question {number} has options 0 to {count - 1}, got {chosen}"
                )
            if len(set(chosen)) != len(chosen) or (len(chosen) > 1 and not question["several"]):
                raise ValueError(f"answers: question {number} can't take the choice {chosen}")
        return answers

    @traitlets.observe("answers")
    def _count(self, _change: Any) -> None:
        self.score = sum(
            sorted(chosen) == [i for i, o in enumerate(question["options"]) if o["right"]]
            for chosen, question in zip(self.answers, self.questions, strict=True)
        )
        if any(self.answers):  # in a learner's folder
            progress.record({"quiz": self.key, "right": self.score, "of": len(self.questions)})

    def describe(self) -> str:
        """The questions and their options, without the answers."""
        told = [f"Quiz {self.key}"]
        for number, question in enumerate(self._plain, start=1):
            more = " (one or more)" if question["several"] else ""
            told.append(f"{number}. {plain(question['question'])}{more}")
            told += [f"   - {plain(option['text'])}" for option in question["options"]]
        return "\n".join(told)


def _height(questions: list[dict[str, Any]], width: int) -> int:
    """The height of an unanswered quiz in CSS pixels; follows the sizes in course.css."""
    total = 19
    for number, question in enumerate(questions, start=1):
        hint = " Choose all that are right." if question["several"] else ""
        total += 73 + 24 * lines(f"{number}. {question['question']}{hint}", width, 17)
        total += sum(10 + 22 * lines(o["text"], width - 28, 16) for o in question["options"])
    return total


def quiz(id: str) -> Quiz:
    """Make the quiz with a number such as "1.1"; put it on the last line of a cell.

    Raises:
        ValueError: If there is no such quiz, or its file breaks the format.
    """
    found = find()
    if id not in found:
        raise ValueError(f"there is no quiz {id!r}; there are {', '.join(found) or 'none so far'}")
    return Quiz(id, found[id])
