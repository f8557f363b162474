"""What a request must be, exactly; what is not is refused as a whole. Pure functions."""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from coursekit.board.catalog import Catalog
from coursekit.board.refusal import Refusal
from coursekit.judging import AGAIN, NOT_YET, RIGHT

MOST_EVENTS = 100
AHEAD = timedelta(minutes=5)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z", re.ASCII)
_FIELDS = {
    "exercise": {"time", "exercise", "status", "mistake", "key"},
    "quiz": {"time", "quiz", "right", "of", "key"},
    "prediction": {"time", "prediction", "guess", "key"},
}


@dataclass(frozen=True)
class Fact:
    """An event that has been found to be one.

    Attributes:
        key: What tells it from the learner's other events.
        line: The event without its key, as JSON.
        kind: "exercise", "quiz" or "prediction".
        name: The number or id of that.
        a: The status, how many answers are right, or the guess.
        b: The mistake, of how many, or None.
        tries: 1 for an answer to an exercise, 0 for everything else.
        time: When, in UTC to the millisecond; texts of one length, so they sort.
    """

    key: bytes
    line: str
    kind: str
    name: str
    a: str | float
    b: str | int | None
    tries: int
    time: str


def stamp(moment: datetime) -> str:
    """Return a moment in UTC as the course writes it: "2026-11-22T04:10:00.123Z"."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(body: bytes) -> dict[str, Any]:
    """Read a body as a JSON object.

    Raises:
        Refusal: 400 if it is not JSON in UTF-8, 422 if it is JSON of another kind.
    """
    try:
        value = json.loads(body.decode(), parse_constant=_no_constant, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "The body is not JSON in UTF-8: send it as this page says.") from error
    if not isinstance(value, dict):
        raise Refusal(422, "The body must be a JSON object.")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return made


def alias(body: dict[str, Any]) -> str:
    """Return the name a learner wants to be shown under.

    Raises:
        Refusal: 422 if it is not 1 to 40 printable characters, or the body has other fields.
    """
    extra = sorted(body.keys() - {"alias", "code"})
    if extra:
        raise Refusal(
            422, f"Unknown field {extra[0][:40]!r}: send alias and, with a room code, code."
        )
    given = body.get("alias")
    name = unicodedata.normalize("NFC", given).strip() if isinstance(given, str) else ""
    if not (1 <= len(name) <= 40 and name.isprintable()):
        raise Refusal(422, "The name must be 1 to 40 printable characters: choose another.")
    return name


def same_alias(name: str) -> str:
    """Return what two aliases share that look the same, whatever their case and width."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def events(body: dict[str, Any], learner: str, catalog: Catalog, now: datetime) -> list[Fact]:
    """Return what a post of events says.

    Args:
        body: The post.
        learner: Who sends it.
        catalog: What the course has.
        now: The present moment, with its time zone.

    Raises:
        Refusal: 403 if the post is in another learner's name, 422 if anything in it is not exactly an
            event of this course.
    """
    if body.keys() != {"learner", "events"}:
        raise Refusal(422, "A post has exactly the fields learner and events.")
    if not isinstance(body["learner"], str):
        raise Refusal(422, "learner must be the id that joining gave, a text.")
    if body["learner"] != learner:
        raise Refusal(403, "This token belongs to another learner: join with coursekit join.")
    given = body["events"]
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_EVENTS:
        raise Refusal(422, f"events must be a list of 1 to {MOST_EVENTS}: send the rest later.")
    return [_fact(event, f"events[{i}]", catalog, now) for i, event in enumerate(given)]


def _fact(event: Any, where: str, catalog: Catalog, now: datetime) -> Fact:
    def require(condition: bool, problem: str) -> None:
        if not condition:
            raise Refusal(422, f"{where}: {problem}; nothing of this post is stored.")

    require(isinstance(event, dict), "must be an object")
    kind = next((kind for kind, fields in _FIELDS.items() if event.keys() == fields), None)
    require(kind is not None, "has not exactly the fields of a check, a quiz or a prediction")
    key, time, name = event["key"], event["time"], event[kind]
    require(
        isinstance(key, str) and bool(re.fullmatch("[0-9a-f]{32}", key)),
        "key must be 32 hexadecimal digits in lower case",
    )
    moment = _moment(time)
    require(moment is not None, "time must look like 2026-11-22T04:10:00.123Z")
    require(
        moment <= now + AHEAD,
        "time is in the future: set your computer's clock, then check once more",
    )
    require(isinstance(name, str), f"{kind} must be a text")
    line = {field: value for field, value in event.items() if field != "key"}
    b, tries = None, 0
    if kind == "exercise":
        require(name in catalog.mistakes, "this course has no such exercise: update it")
        a, b = event["status"], event["mistake"]
        require(a in (RIGHT, AGAIN, NOT_YET), f"status must be {RIGHT!r}, {AGAIN!r} or {NOT_YET!r}")
        named = b is None or (a == AGAIN and isinstance(b, str) and b in catalog.mistakes[name])
        require(
            named,
            "mistake must be null, or one that the exercise names in an answer to look at again",
        )
        tries = int(a != NOT_YET)
    elif kind == "quiz":
        require(name in catalog.quizzes, "this course has no such quiz: update it")
        a, b = event["right"], event["of"]
        require(type(a) is int and type(b) is int, "right and of must be whole numbers")
        require(b == catalog.quizzes[name], f"quiz {name} has {catalog.quizzes[name]} questions")
        require(0 <= a <= b, "right must be from 0 to of")
    else:
        require(name in catalog.predictions, "this course has no such prediction: update it")
        a = event["guess"]
        require(_fits(a, catalog.predictions[name]), "guess is not on the prediction's scale")
        a = a if isinstance(a, str) else float(a)
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    return Fact(bytes.fromhex(key), text, kind, name, a, b, tries, stamp(moment))


def _moment(time: Any) -> datetime | None:
    if not isinstance(time, str) or not _TIME.fullmatch(time):
        return None
    try:
        return datetime.fromisoformat(time).astimezone(UTC)
    except ValueError:
        return None


def _fits(guess: Any, scale: dict[str, Any]) -> bool:
    if scale["options"] is not None:
        return isinstance(guess, str) and guess in scale["options"]
    if isinstance(guess, bool) or not isinstance(guess, int | float):
        return False
    return scale["low"] <= guess <= scale["high"]
