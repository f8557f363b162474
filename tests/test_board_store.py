"""The board's database and what it knows of the course: recounts, erasing to the last byte, the catalog."""

import asyncio
import json
import random
import re
import sqlite3
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit import content, exercises, predictions, quiz
from coursekit.board import Refusal, catalog, rules
from coursekit.board.alone import same_code
from coursekit.board.desk import Desk
from coursekit.board.limits import Limit
from coursekit.board.store import Store
from coursekit.cards import plain

NOW = "2026-01-01T12:00:00.000Z"


@pytest.fixture(scope="module")
def course():
    return catalog.load()


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "board.sqlite")
    yield made
    made.close()


def fact(key, kind="exercise", name="1.1.2", a="right", b=None, time=NOW, tries=1):
    return rules.Fact(key.to_bytes(16), "{}", kind, name, a, b, tries, time)


# --- the catalog ------------------------------------------------------------------------------


def test_the_catalog_has_the_exercises_and_quizzes_of_the_course(course):
    known = exercises.find()
    assert (
        set(course.mistakes)
        == set(known)
        == {e["id"] for chapter in course.chapters for e in chapter["exercises"]}
    )
    for chapter in course.chapters:
        for listed in chapter["exercises"]:
            assert listed["mistakes"] == {
                m.name: plain(m.message) for m in known[listed["id"]].mistakes
            }
        assert (
            chapter["quiz"]
            == course.quizzes[chapter["number"]]
            == len(quiz.find()[chapter["number"]])
        )


def test_the_catalog_has_every_prediction_as_running_the_chapters_shows_it(course):
    """The stored outputs were made by running the cells; the catalog never runs one."""
    shown = []
    for path in content.root().glob("*/[!._]*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                text = "".join(output.get("data", {}).get("text/plain", ""))
                if text.startswith("Predict: "):
                    shown.append(text)
    told = []
    for prediction in course.predictions.values():
        scale = {k: prediction[k] for k in ("options", "low", "high", "log", "unit")}
        if scale["options"]:
            scale = {"options": scale["options"]}
        told.append(
            predictions.predict(prediction["id"], prediction["question"], **scale).describe()
        )
    assert sorted(told) == sorted(shown)
    assert len(course.predictions) > 80
    scale = {"options": None, "low": 1e-16, "high": 1.0, "log": True, "unit": ""}
    assert {k: v for k, v in course.predictions["1.1-h"].items() if k in scale} == scale
    assert course.predictions["1.2-angle"]["log"] is False


def test_texts_that_a_prediction_computes_are_those_of_its_output(course):
    hunt = course.predictions["5.3-hunt"]
    assert hunt["question"].startswith("In version B, W3 and b3 are right")
    assert "H2's slope missing" in hunt["options"]
    assert len(hunt["options"]) == 5


# --- what is shown equals a recount -----------------------------------------------------------

TIMES = st.integers(0, 5).map(lambda s: f"2026-01-01T00:00:0{s}.000Z")
EVENTS = st.one_of(
    st.tuples(st.just("exercise"), st.sampled_from(["1.1.1", "1.1.2"]),
              st.sampled_from([("right", None), ("look again", "m"), ("look again", None),
                               ("not yet", None)])),
    st.tuples(st.just("quiz"), st.just("1.1"), st.integers(0, 5).map(lambda right: (right, 5))),
    st.tuples(st.just("prediction"), st.just("1.1-h"), st.floats(0, 1).map(lambda g: (g, None))),
)  # fmt: skip
POSTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.lists(st.tuples(st.integers(0, 30), EVENTS, TIMES), min_size=1, max_size=6),
    ),
    max_size=12,
)


@settings(max_examples=100)
@given(POSTS)
def test_the_room_equals_a_recount_of_the_events(tmp_path_factory, posts):
    store = Store(tmp_path_factory.mktemp("recount") / "board.sqlite")
    ids = [store.join(f"learner {i}", f"token {i}", None, NOW) for i in range(3)]
    accepted, seen = [], set()
    start = store.since(0)["seq"]
    middle = None
    for who, events in posts:
        facts = [
            fact(key, kind, name, a, b, time, int(kind == "exercise" and a != "not yet"))
            for key, (kind, name, (a, b)), time in events
        ]
        new = []
        for one in facts:
            if (who, one.key) not in seen:
                seen.add((who, one.key))
                new.append((who, one))
        if new:
            assert store.note(f"token {who}", facts, NOW) == (len(new), len(facts) - len(new))
        else:
            store.savepoint()
            with pytest.raises(Refusal) as refused:
                store.note(f"token {who}", facts, NOW)
            store.undo()
            assert refused.value.status == 409
        accepted += new
        middle = middle or (store.since(0), store.since(start)["seq"])
    expected = {}
    for who, one in sorted(accepted, key=lambda pair: pair[1].time):  # a stable sort
        before = expected.get((ids[who], one.kind, one.name), (0, 0, 0, 0))
        expected[ids[who], one.kind, one.name] = (one.a, one.b, one.time, before[3] + one.tries)
    room = store.since(0)
    assert shown(room) == expected
    if middle:  # an older picture and what has changed since are the same
        assert shown(middle[0]) | shown(store.since(middle[1])) == expected
    store.close()


def shown(room):
    cells = {
        (c["learner"], "exercise", c["exercise"]): (
            c["status"],
            c["mistake"],
            c["time"],
            c["tries"],
        )
        for c in room["cells"]
    }
    quizzes = {
        (q["learner"], "quiz", q["quiz"]): (q["right"], q["of"], q["time"], 0)
        for q in room["quizzes"]
    }
    guesses = {
        (g["learner"], "prediction", g["prediction"]): (g["guess"], None, g["time"], 0)
        for g in room["guesses"]
    }
    return cells | quizzes | guesses


# --- the file ---------------------------------------------------------------------------------


def test_what_is_erased_is_nowhere_in_the_files(tmp_path):
    path = tmp_path / "board.sqlite"
    store = Store(path)

    def everywhere():
        return b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))

    chance = random.Random(8)
    store.begin()
    for who in range(40):
        store.join(f"alias-{who:03}-of-one", f"token {who}", None, NOW)
    posts = [who for who in range(40) for _ in range(12)]
    chance.shuffle(posts)  # in this order SQLite moves rows about, and leaves copies behind
    for who in posts:
        guess = f"secret-{who:03}-guess"
        facts = [
            rules.Fact(chance.randbytes(16), guess + "x" * chance.randint(0, 200), "prediction",
                       f"p{chance.randint(0, 50)}", guess, None, 0, NOW)
            for _ in range(chance.randint(1, 5))
        ]  # fmt: skip
        store.note(f"token {who}", facts, NOW)
    store.commit()
    traces = [re.compile(rb"(alias|secret)-%03d-" % who) for who in range(40)]
    assert all(trace.search(everywhere()) for trace in traces)
    for who in range(0, 40, 3):
        store.begin()
        store.erase_mine(f"token {who}")
        store.commit()
        store.clean()
        assert not traces[who].search(everywhere())
    left = [who for who in range(40) if who % 3]
    assert [who for who in range(40) if traces[who].search(everywhere())] == left
    assert len(store.stored()) == len(left)
    store.begin()
    store.erase_all(code="NEWC-ODE2")
    store.commit()
    store.clean()
    assert not re.search(rb"(alias|secret)-\d", everywhere())
    assert store.get("code") == "NEWC-ODE2"
    store.close()
    assert not re.search(rb"(alias|secret)-\d", everywhere())


def test_what_could_not_be_cleaned_is_cleaned_at_the_next_start(tmp_path):
    path = tmp_path / "board.sqlite"
    store = Store(path)
    store.join("alias-to-go", "token", None, NOW)
    store.erase_mine("token")
    store.close()  # without clean(), as if the board had been killed there
    Store(path).close()
    again = Store(path)
    assert again.get("unclean") is None
    again.close()
    assert b"alias-to-go" not in path.read_bytes()


def test_tokens_are_not_in_the_file(tmp_path):
    store = Store(tmp_path / "board.sqlite")
    store.join("Ada", "a-very-secret-token", None, NOW)
    store.admit_watcher("a-very-secret-cookie", NOW)
    assert store.whose("a-very-secret-token")
    assert store.is_watcher("a-very-secret-cookie")
    store.close()
    assert b"very-secret" not in (tmp_path / "board.sqlite").read_bytes()


def test_only_its_owner_reads_the_file(tmp_path):
    Store(tmp_path / "board.sqlite").close()
    assert (tmp_path / "board.sqlite").stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_boards_is_left_alone(tmp_path, store):
    text, other, newer = (tmp_path / name for name in ("text", "other", "newer"))
    text.write_text("not a database, but somebody's notes " * 50)
    for path, statement in ((other, "CREATE TABLE mine (a)"), (newer, "PRAGMA user_version = 99")):
        db = sqlite3.connect(path)
        db.execute(statement)
        db.close()
    problems = {
        text: "not a board's file", other: "not a board's file", newer: "of a newer coursekit",
        tmp_path / "board.sqlite": "another board has it open",
    }  # fmt: skip
    for path, problem in problems.items():
        before = path.read_bytes()
        with pytest.raises(OSError, match=problem) as raised:
            Store(path)
        assert str(path) in str(raised.value)
        assert path.read_bytes() == before


def test_a_room_has_a_thousand_places(store):
    store.begin()
    for number in range(1000):
        store.join(f"learner {number}", f"token {number}", None, NOW)
    with pytest.raises(Refusal) as refused:
        store.join("one more", "token", None, NOW)
    assert (refused.value.status, refused.value.retry_after) == (503, 60)
    store.erase_mine("token 500")
    assert store.join("one more", "token", None, NOW)
    store.commit()


def test_an_account_that_joins_again_stays_who_it_is(store):
    id = store.join("Ada", "first", b"ada", NOW)
    store.note("first", [fact(1)], NOW)
    assert store.join("Countess", "second", b"ada", NOW) == id
    assert store.whose("first") is None
    assert store.whose("second") == id
    assert [(one["alias"], one["events"]) for one in store.stored()] == [("Countess", 1)]
    assert store.join("Ada", "third", b"other", NOW) != id
    for alias, account in (("countess", b"other"), ("Ada", b"ada"), ("ADA", None)):
        with pytest.raises(Refusal) as refused:
            store.join(alias, "fourth", account, NOW)
        assert refused.value.status == 409


def test_who_has_seen_less_than_was_erased_loads_again(store):
    store.join("Ada", "ada", None, NOW)
    seen = store.since(0)["seq"]
    assert not store.since(seen)["reload"]
    store.erase_mine("ada")
    assert store.since(seen)["reload"]
    assert not store.since(store.since(0)["seq"])["reload"]
    assert store.since(10**9)["reload"]  # of another file


def test_a_disk_that_fails_once_fails_what_shared_the_commit_and_nothing_later(store):
    """Three writes wait while the desk is busy, so they share a transaction; one of them meets the disk."""

    def fails():
        raise sqlite3.OperationalError("disk I/O error")

    def join(name):
        return store.join(name, name, None, NOW)

    async def class_of():
        desk = Desk(store)
        desk._jobs.put(
            (False, lambda: time.sleep(0.2), asyncio.get_running_loop(), asyncio.Future())
        )
        writes = [desk.write(join, "Ada"), desk.write(fails), desk.write(join, "Grace")]
        together = await asyncio.gather(*writes, return_exceptions=True)
        writes = [desk.write(join, name) for name in ("Ada", "ada", "Lin")]
        later = await asyncio.gather(*writes, return_exceptions=True)
        await desk.read(store.since, 0)
        desk._jobs.put(None)
        return together, later

    together, later = asyncio.run(class_of())
    assert [refused.status for refused in together] == [507] * 3
    assert later[1].status == 409  # a refusal undoes itself alone
    assert [one["alias"] for one in store.stored()] == ["Ada", "Lin"]


# --- small rules ------------------------------------------------------------------------------


def test_a_limit_lets_go_after_its_time():
    at = [0.0]
    limit = Limit(2, 10, lambda: at[0])
    for moment in (0.0, 4.0):
        at[0] = moment
        assert limit.wait("a") is None
        limit.count("a")
    at[0] = 4.5
    assert limit.wait("a") == 6
    assert limit.wait("b") is None
    at[0] = 10.0
    assert limit.wait("a") is None
    limit.count("a")
    assert limit.wait("a") == 4


@given(st.text() | st.none() | st.integers())
def test_only_the_code_is_the_code(text):
    if same_code(text, "K7QM-2XPD"):
        assert "".join(text.split()).replace("-", "").upper() == "K7QM2XPD"


def test_a_hubs_learner_comes_back_by_token_where_the_data_is_opened_without_the_hub(store):
    id = store.join("Ada", "first", b"ada", NOW)
    assert store.join("Ada", "first", None, NOW) == id
