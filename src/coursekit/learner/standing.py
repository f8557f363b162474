"""Where a learner stands: for each chapter what was checked, what is right, and the latest mistake."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from coursekit.judging import RIGHT
from coursekit.learner.chapters import Chapter


@dataclass(frozen=True)
class Standing:
    """One chapter's line.

    Attributes:
        chapter: "1.1".
        title: The chapter's heading.
        path: Of its notebook, in the learner's folder.
        right: How many exercises have been right at least once.
        tried: How many have been checked at least once, right ones included.
        exercises: How many there are.
        mistake: Name of the mistake that was recognized last, in an exercise that is not right yet, or None.
        mistake_in: The exercise it was made in.
        quiz: (right, of) as last answered, or None.
    """

    chapter: str
    title: str
    path: str
    right: int
    tried: int
    exercises: int
    mistake: str | None
    mistake_in: str | None
    quiz: tuple[int, int] | None


def standings(events: Iterable[dict[str, Any]], chapters: Sequence[Chapter]) -> list[Standing]:
    """Add up the events of a learner, for each chapter in turn.

    An exercise that was right once stays right, whatever was tried later.
    """
    right, tried, mistakes, quizzes = set(), set(), {}, {}
    for event in events:
        if "quiz" in event:
            quizzes[event["quiz"]] = (event["right"], event["of"])
            continue
        if "exercise" not in event:  # a guess is neither right nor wrong
            continue
        id = event["exercise"]
        tried.add(id)
        if event["status"] == RIGHT:
            right.add(id)
        mistakes.pop(id, None)  # so that the latest mistake stands last
        if event["mistake"]:
            mistakes[id] = event["mistake"]
    lines = []
    for chapter in chapters:
        number = ".".join(map(str, chapter.number))
        open_ = [id for id in mistakes if id in chapter.exercises and id not in right]
        lines.append(
            Standing(
                chapter=number,
                title=chapter.title,
                path=chapter.path,
                right=len(right.intersection(chapter.exercises)),
                tried=len(tried.intersection(chapter.exercises)),
                exercises=len(chapter.exercises),
                mistake=mistakes[open_[-1]] if open_ else None,
                mistake_in=open_[-1] if open_ else None,
                quiz=quizzes.get(number),
            )
        )
    return lines


def table(lines: Sequence[Standing]) -> str:
    """Return the standings as a table in plain text."""
    head = ("chapter", "", "right", "tried", "all", "quiz", "latest mistake")
    rows = [head]
    for line in lines:
        quiz = f"{line.quiz[0]}/{line.quiz[1]}" if line.quiz else ""
        mistake = f"{line.mistake_in}: {line.mistake}" if line.mistake else ""
        counts = (str(line.right), str(line.tried), str(line.exercises))
        rows.append((line.chapter, line.title, *counts, quiz, mistake))
    sums = [str(sum(getattr(line, name) for line in lines)) for name in ("right", "tried")]
    rows.append(("", "all chapters", *sums, str(sum(x.exercises for x in lines)), "", ""))
    wide = [max(len(row[i]) for row in rows) for i in range(len(head))]
    side = ("<", "<", ">", ">", ">", ">", "<")
    return "\n".join(
        "  ".join(f"{x:{s}{w}}" for x, s, w in zip(row, side, wide, strict=True)).rstrip()
        for row in rows
    )


def as_data(lines: Sequence[Standing]) -> list[dict[str, Any]]:
    """Return the standings as JSON can hold them."""
    return [asdict(line) for line in lines]
