"""Predictions, results and quizzes in print: made from the widgets' own values."""

from html import escape
from typing import Any

from coursekit.amounts import amount

LETTERS = "abcdefgh"


def predict(values: dict[str, Any]) -> str:
    """Return a prediction as HTML: the question, and its options or a line to write on.

    Args:
        values: The widget's state; its texts are HTML of the course's small markup.
    """
    if values["options"]:
        items = "".join(
            f'<li><span class="box" aria-hidden="true"></span>{option["html"]}</li>'
            for option in values["options"]
        )
        answer = f'<ul class="choices">{items}</ul>'
    else:
        low, high = (amount(values[end], values["unit"]) for end in ("low", "high"))
        answer = (
            f"<p>Your guess, from {escape(low)} to {escape(high)}: "
            '<span class="blank" aria-hidden="true"></span></p>'
        )
    question = f'<p><span class="eyebrow">Predict</span> {values["question"]}</p>'
    return f'<div class="ask">{question}{answer}</div>'


def reveal(values: dict[str, Any]) -> str:
    """Return what was measured, as HTML."""
    measured = values["measured"]
    if values["options"]:
        words = next(o["html"] for o in values["options"] if o["value"] == measured)
    else:
        words = escape(amount(measured, values["unit"]))
    full_stop = "" if words.endswith((".", "?", "!")) else "."
    return (
        f'<div class="measured"><p><b>Measured:</b> {words}{full_stop} {values["text"]}</p></div>'
    )


def quiz(values: dict[str, Any]) -> str:
    """Return a quiz as HTML: its questions with lettered options, and no answers."""
    asked = []
    for question in values["questions"]:
        several = " <em>Choose all that are right.</em>" if question["several"] else ""
        options = "".join(f"<li>{option['text']}</li>" for option in question["options"])
        asked.append(f'<li><p>{question["question"]}{several}</p><ol type="a">{options}</ol></li>')
    return f'<ol class="quiz">{"".join(asked)}</ol>'


def answers(values: dict[str, Any]) -> str:
    """Return the answers to a quiz as HTML: the letters that are right, and why or why not."""
    told = []
    for question in values["questions"]:
        lettered = list(zip(LETTERS, question["options"], strict=False))
        right = ", ".join(letter for letter, option in lettered if option["right"])
        why = "".join(
            f"<li><b>{letter}</b> {'Right.' if option['right'] else 'Wrong.'} {option['why']}</li>"
            for letter, option in lettered
        )
        told.append(f"<li><p><b>{right}</b></p><ul>{why}</ul></li>")
    return f'<ol class="answers">{"".join(told)}</ol>'
