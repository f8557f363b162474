"""What the course has: exercises with their known mistakes, quizzes, and predictions."""

import ast
import json
from dataclasses import dataclass
from typing import Any

from coursekit import content, exercises, quiz
from coursekit.cards import plain
from coursekit.learner import chapters


@dataclass(frozen=True)
class Catalog:
    """The course, as the board's page shows it and as the rules look things up.

    Attributes:
        chapters: In the course's order, as JSON can hold them.
        mistakes: The names of the known mistakes of each exercise.
        quizzes: How many questions each quiz has.
        predictions: The scale of each prediction: ``options``, or ``low`` and ``high``.
    """

    chapters: list[dict[str, Any]]
    mistakes: dict[str, frozenset[str]]
    quizzes: dict[str, int]
    predictions: dict[str, dict[str, Any]]


def load() -> Catalog:
    """Read the course.

    Raises:
        FileNotFoundError: If the course's content is not where the library is.
        ValueError: If a file of it breaks its format.
    """
    known, quizzes = exercises.find(), quiz.find()
    listed = []
    for chapter in chapters.find():
        number = ".".join(map(str, chapter.number))
        listed.append(
            {
                "number": number,
                "title": plain(chapter.title),
                "part": chapter.path.split("/")[0],
                "exercises": [_exercise(known[id]) for id in chapter.exercises],
                "quiz": len(quizzes[number]) if number in quizzes else None,
                "predictions": predictions(chapter.path),
            }
        )
    return Catalog(
        listed,
        {id: frozenset(m.name for m in exercise.mistakes) for id, exercise in known.items()},
        {id: len(questions) for id, questions in quizzes.items()},
        {p["id"]: p for chapter in listed for p in chapter["predictions"]},
    )


def _exercise(exercise: exercises.Exercise) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "title": plain(exercise.title),
        "mistakes": {m.name: plain(m.message) for m in exercise.mistakes},
    }


def predictions(path: str) -> list[dict[str, Any]]:
    """Return the predictions that a notebook asks for, in order, without running it.

    Args:
        path: The notebook's, from the book's root.

    Raises:
        ValueError: If a call of ``predict`` can't be read; the message names the notebook and the call.
    """
    notebook = json.loads((content.root() / path).read_text("utf-8"))
    found = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or "predict(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "predict":
                found.append(_prediction(node, cell, path))
    return found


def _prediction(call: ast.Call, cell: dict[str, Any], path: str) -> dict[str, Any]:
    names = ("id", "question")
    given = dict(zip(names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords}
    try:
        values = {name: _literal(node) for name, node in given.items()}
        if None in (values["question"], values.get("options", ())):
            asked, options = _shown(cell)
            values["question"] = values["question"] or asked
            if "options" in values:
                values["options"] = values["options"] or options
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path}: cannot read {ast.unparse(call)}: {error}") from error
    options = values.get("options")
    return {
        "id": values["id"],
        "question": plain(values["question"]),
        "options": list(options) if options else None,
        "low": values.get("low"),
        "high": values.get("high"),
        "log": bool(values.get("log", False)),
        "unit": values.get("unit", ""),
    }


def _literal(node: ast.expr) -> Any:
    """Return the value that an expression spells out, or None where it must be computed."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _shown(cell: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the question and the options of a prediction as its stored output shows them."""
    for output in cell.get("outputs", []):
        text = "".join(output.get("data", {}).get("text/plain", ""))
        if text.startswith("Predict: ") and text.endswith(")"):
            question, _, options = text.removeprefix("Predict: ")[:-1].rpartition(" (")
            return question, options.split(" / ")
    raise ValueError("it is computed, and the cell has no stored output")
