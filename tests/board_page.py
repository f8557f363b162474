"""A class of simulated learners, and what the board's page shows of them."""

import json
import random
import statistics
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache

from coursekit.board import catalog
from tests.board_room import keyed
from tests.browser import opened, wait_for

KINDS = {"right": "right", "look again": "again", "not yet": "begun"}


@cache
def course():
    return catalog.load()


def chapter(number="1.1"):
    return next(c for c in course().chapters if c["number"] == number)


def ago(seconds):
    moment = datetime.now(UTC) - timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def check(exercise, status="right", mistake=None, seconds=1.0):
    return keyed({"time": ago(seconds), "exercise": exercise, "status": status, "mistake": mistake})


def guess(prediction, value, seconds=1.0):
    return keyed({"time": ago(seconds), "prediction": prediction, "guess": value})


def quiz(number, right, seconds=1.0):
    return keyed(
        {"time": ago(seconds), "quiz": number, "right": right, "of": course().quizzes[number]}
    )


def simulated(seed, numbers=("1.1",), share=0.85):
    """What one learner does in some chapters, oldest first: some tries, a quiz, some guesses."""
    rng, events, seconds = random.Random(seed), [], 900.0
    for c in (chapter(number) for number in numbers):
        for exercise in c["exercises"]:
            if rng.random() > share:
                continue
            for _ in range(rng.randint(1, 3)):
                seconds -= 900 / (20 * len(numbers))
                status = rng.choice(["right", "right", "look again", "look again", "not yet"])
                names = list(exercise["mistakes"])[:3]
                mistake = rng.choice([*names, None]) if status == "look again" else None
                events.append(check(exercise["id"], status, mistake, seconds))
        if c["quiz"] and rng.random() < 0.6:
            seconds -= 1
            events.append(quiz(c["number"], rng.randint(0, c["quiz"]), seconds))
        for p in c["predictions"]:
            seconds -= 1
            if rng.random() < 0.3:
                continue
            value = rng.choice(p["options"]) if p["options"] else _number(rng, p)
            events.append(guess(p["id"], value, seconds))
    return events


def _number(rng, p):
    if p["log"]:
        return p["low"] * (p["high"] / p["low"]) ** min(1, max(0, rng.gauss(0.5, 0.2)))
    return min(p["high"], max(p["low"], rng.gauss((p["low"] + p["high"]) / 2, 10)))


def deliver(learner, events, most=100):
    """Send events as the learner's client does, in posts of a few."""
    for i in range(0, len(events), most):
        answer = learner.post(*events[i : i + most])
        assert answer.status == 200, answer.body


def fill(room, classmates, most=100):
    """Have learners join and send all at the same time: {alias: events}; returns them by alias."""

    def one(alias):
        learner = room.join(alias)
        deliver(learner, classmates[alias], most)
        return learner

    with ThreadPoolExecutor(16) as pool:
        return dict(zip(classmates, pool.map(one, classmates), strict=True))


def latest(classmates):
    """The last check of each learner and exercise, with the number of tries."""
    cells = {}
    for alias, events in classmates.items():
        tries = Counter()
        for event in sorted(events, key=lambda e: e["time"]):
            if "exercise" in event:
                tries[event["exercise"]] += event["status"] != "not yet"
                cells[alias, event["exercise"]] = event | {"tries": tries[event["exercise"]]}
    return cells


def expected_matrix(classmates, chapters):
    """What the matrix must say to a screen reader: {alias: {column: (class, words)}}."""
    cells, table = latest(classmates), {}
    for alias, events in classmates.items():
        row = table[alias] = {}
        for c in chapters:
            for exercise in c["exercises"]:
                row[exercise["id"]] = _words(cells.get((alias, exercise["id"])))
            if c["quiz"]:
                row[f"quiz {c['number']}"] = ["none", "not answered"]
        columns = [f"quiz {c['number']}" for c in chapters]
        for event in (e for e in events if "quiz" in e and f"quiz {e['quiz']}" in columns):
            kind = "right" if event["right"] == event["of"] else "begun"
            row[f"quiz {event['quiz']}"] = [kind, f"{event['right']} of {event['of']} right"]
    return table


def _words(cell):
    if cell is None:
        return ["none", "not begun"]
    words = cell["status"]
    if cell["tries"]:
        words += f", {cell['tries']} {'try' if cell['tries'] == 1 else 'tries'}"
    if cell["mistake"]:
        words += f": {cell['mistake']}"
    return [KINDS[cell["status"]], words]


def expected_mistakes(classmates, number="1.1"):
    """{(exercise, mistake): aliases} of those whose latest answer is wrong."""
    found = defaultdict(set)
    ids = {exercise["id"] for exercise in chapter(number)["exercises"]}
    for (alias, exercise), cell in latest(classmates).items():
        if exercise in ids and cell["status"] == "look again":
            found[exercise, cell["mistake"]].add(alias)
    return dict(found)


def guesses_of(classmates, prediction):
    found = {}
    for alias, events in classmates.items():
        for event in events:
            if event.get("prediction") == prediction:
                found[alias] = event["guess"]
    return list(found.values())


def middle(values, log=False):
    """The median, between two on the scale they were asked on."""
    if not log:
        return statistics.median(values)
    low, high = statistics.median_low(values), statistics.median_high(values)
    return low * (high / low) ** 0.5 if low != high else low


MATRIX = """() => {
  const columns = [...document.querySelectorAll('#matrix thead tr:last-child th')].map((th) => th.abbr);
  return Object.fromEntries([...document.querySelectorAll('#matrix tbody tr')].map((row) => [
    row.querySelector('th bdi').textContent,
    Object.fromEntries([...row.querySelectorAll('td')].map((td, i) =>
      [columns[i], [td.className, td.querySelector('.vh').textContent]])),
  ]));
}"""
MISTAKES = """() => [...document.querySelectorAll('#mistakes > li')].map((li) => ({
  exercise: li.dataset.exercise, mistake: li.dataset.mistake ?? null,
  n: Number(li.querySelector('.count b').textContent),
  who: [...li.querySelectorAll('.who bdi')].map((name) => name.textContent), text: li.innerText,
}))"""
STANDING = """() => Object.fromEntries([...document.querySelectorAll('#standing > li')].map((li) =>
  [li.dataset.exercise, [...li.querySelectorAll('.sums b')].map((b) => Number(b.textContent))]))"""
LIVE = "() => document.getElementById('state').dataset.state === 'live'"


def wait_equal(page, script, wanted, seconds=40):
    """Wait until a script returns what is wanted; on failure the difference is shown."""
    try:
        wait_for(
            page,
            f"([wanted]) => JSON.stringify(({SORTED})(({script})())) === JSON.stringify(({SORTED})(wanted))",
            arg=[json.loads(json.dumps(wanted))],
            timeout=seconds * 1000,
        )
    except Exception:
        assert page.evaluate(script) == json.loads(json.dumps(wanted))
        raise


SORTED = """function sorted(value) {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}"""


@contextmanager
def watched(browser, room, script=None, **options):
    """The board as the instructor opens it; at the end nothing has gone wrong on the page."""
    with opened(browser, room.base, **options) as page:
        if script:
            page.add_init_script(script)
        page.goto(f"{room.base}enter?key={room.key}")
        page.wait_for_function(LIVE)
        yield page
        assert page.watch.faults == []
