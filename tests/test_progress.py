"""What a learner has checked is on the disk at once, and is told in a table."""

import json
import os
import re
import signal
from datetime import UTC, datetime, timedelta

import pytest
from jupyter_client.manager import start_new_kernel

from coursekit import content, predictions, progress
from coursekit.course import check, quiz
from coursekit.learner import chapters, standing

RIGHT = {"exercise": "1.1.4", "status": "right", "mistake": None}


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A learner's folder, and this process in a part of it."""
    (tmp_path / progress.MARK).mkdir()
    (tmp_path / "gradients").mkdir()
    monkeypatch.chdir(tmp_path / "gradients")
    monkeypatch.setattr(progress, "_told", False)
    return tmp_path


@pytest.fixture
def file(mine):
    return mine / progress.MARK / progress.FILE


def test_a_check_is_noted_and_shows_what_it_always_shows(mine, capsys):
    check("1.1.4", 0.25)
    check("1.1.4", 0.5)
    check("1.1.4", ...)
    shown = capsys.readouterr().out
    assert shown.count("Exercise 1.1.4, The edge:") == 3
    assert "progress" not in shown
    events = progress.read(mine)
    assert [(e["exercise"], e["status"]) for e in events] == [
        ("1.1.4", "right"), ("1.1.4", "look again"), ("1.1.4", "not yet"),
    ]  # fmt: skip
    assert [set(e) for e in events] == [{"time", "exercise", "status", "mistake"}] * 3
    assert events[0]["mistake"] is None
    assert isinstance(events[1]["mistake"], str)
    assert all(e["time"].endswith("Z") for e in events)
    age = datetime.now(UTC) - datetime.fromisoformat(events[0]["time"])
    assert timedelta() <= age + timedelta(milliseconds=1) < timedelta(minutes=1)


def test_an_answered_quiz_is_noted(mine):
    asked = quiz("1.1")
    of = len(asked.questions)
    right = [i for i, option in enumerate(asked.questions[0]["options"]) if option["right"]]
    assert progress.read(mine) == []
    asked.answers = [right, *[[]] * (of - 1)]
    asked.answers = [[] for _ in range(of)]  # starting over is no answer
    (event,) = progress.read(mine)
    assert {**event, "time": ""} == {"time": "", "quiz": "1.1", "right": 1, "of": of}


def test_a_kept_guess_is_noted_once_and_is_neither_right_nor_wrong(mine, monkeypatch):
    monkeypatch.setattr(predictions, "_kept", {})
    asked = predictions.predict("step", "How big?", low=0, high=1)
    assert progress.read(mine) == []
    asked.guess = 0.3
    asked.set_state({"guess": 0.3})  # as the page sends it
    asked.guess = None
    asked.guess = 0.3
    predictions.predict("step", "How big?", low=0, high=1).set_state({"guess": 0.3})  # run again
    predictions.predict("way", "Which?", options=["left", "right"]).set_state({"guess": "left"})
    with pytest.raises(ValueError, match="guess must be"):
        asked.guess = 7
    asked.guess = 0.4
    events = progress.read(mine)
    assert [{**e, "time": ""} for e in events] == [
        {"time": "", "prediction": "step", "guess": 0.3},
        {"time": "", "prediction": "way", "guess": "left"},
        {"time": "", "prediction": "step", "guess": 0.4},
    ]
    course = chapters.find()
    assert standing.standings(events, course) == standing.standings([], course)


def test_elsewhere_nothing_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    check("1.1.4", 0.25)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out.count("\n") == 2
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    check("1.1.4", 0.25)
    assert progress.find_folder() is None


@pytest.mark.parametrize("torn", [b'{"time": "2026-', b'{"time": "2026", "exercise', b"\xff\x00"])
def test_a_line_that_was_cut_off_costs_only_itself(mine, file, torn):
    progress.record(RIGHT)
    with file.open("ab") as end:
        end.write(torn)
    assert len(progress.read(mine)) == 1
    progress.record({**RIGHT, "exercise": "1.1.3"})
    assert [e["exercise"] for e in progress.read(mine)] == ["1.1.4", "1.1.3"]
    assert torn + b"\n" in file.read_bytes()


@pytest.mark.parametrize(
    "line",
    ["[]", "1", '{"time": 1, "exercise": "1.1.1"}', '{"time": "", "quiz": "1.1", "right": "1", "of": 2}',
     '{"time": "", "prediction": "a", "guess": null}', '{"time": "", "prediction": "a", "guess": true}',
     '{"time": "", "prediction": 1, "guess": 1}', "[" * 100_000,
     '{"time": "", "exercise": "1.1.1", "status": "right", "mistake": 3}', '{"time": "", "quiz": "1"}'],
)  # fmt: skip
def test_a_line_of_another_kind_is_passed_over(mine, file, line):
    file.write_text(line + "\n")
    assert progress.read(mine) == []


def test_what_cannot_be_written_is_told_once_and_the_card_is_shown(mine, file, capsys):
    file.mkdir()  # not even root can append to that
    for _ in range(2):
        check("1.1.4", 0.25)
    lines = capsys.readouterr().out.splitlines()
    assert sum("could not be noted" in line for line in lines) == 1
    assert sum(": right." in line for line in lines) == 2
    assert lines[2] == f"Your progress could not be noted in {file}: Is a directory."


def test_a_kernel_that_is_killed_right_after_a_check_has_noted_it(mine):
    manager, client = start_new_kernel(cwd=str(mine / "gradients"))
    try:
        client.execute_interactive("from coursekit.course import check", timeout=60)
        client.execute(
            'check("1.1.4", 0.25)\nimport os, signal; os.kill(os.getpid(), signal.SIGKILL)'
        )
        manager.provisioner.process.wait(60)
        assert manager.provisioner.process.returncode == -signal.SIGKILL
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert [(e["exercise"], e["status"]) for e in progress.read(mine)] == [("1.1.4", "right")]


def test_every_event_is_forced_to_the_disk(mine, monkeypatch):
    forced = []
    monkeypatch.setattr(os, "fsync", forced.append)
    progress.record(RIGHT)
    assert len(forced) == 1


def event(exercise, status, mistake=None):
    return {
        "time": "2026-01-01T00:00:00Z",
        "exercise": exercise,
        "status": status,
        "mistake": mistake,
    }


def test_the_standings_add_up():
    course = chapters.find()
    lines = standing.standings(
        [
            event("1.1.1", "look again", "divided by h"),
            event("1.1.2", "look again", "sign"),
            event("1.1.1", "look again", "one-sided"),
            event("1.1.2", "right"),
            event("1.1.2", "look again", "sign again"),
            event("1.1.3", "not yet"),
            event("9.9.9", "right"),
            {"time": "", "quiz": "1.1", "right": 1, "of": 4},
            {"time": "", "quiz": "1.1", "right": 3, "of": 4},
        ],
        course,
    )
    first = lines[0]
    assert (first.chapter, first.right, first.tried, first.exercises) == ("1.1", 1, 3, 4)
    assert (first.mistake_in, first.mistake) == ("1.1.1", "one-sided")
    assert first.quiz == (3, 4)
    assert all((line.right, line.tried, line.mistake) == (0, 0, None) for line in lines[1:])
    head, row, *_, total = standing.table(lines).splitlines()
    assert head.split() == ["chapter", "right", "tried", "all", "quiz", "latest", "mistake"]
    assert row.split() == ["1.1", "Slope", "1", "3", "4", "3/4", "1.1.1:", "one-sided"]
    assert total.split() == ["all", "chapters", "1", "3", str(sum(x.exercises for x in lines))]
    assert json.loads(json.dumps(standing.as_data(lines)))[0]["quiz"] == [3, 4]


def test_the_chapters_are_all_there_in_order():
    found = chapters.find()
    toc = (content.root().parent / "_toc.yml").read_text("utf-8")
    in_book = [f"{name}.ipynb" for name in re.findall(r"- file: (\w+/\w+)", toc)]
    assert [c.path for c in found] == [
        path for path in in_book if (content.root() / path).is_file()
    ]
    by_path = {c.path: c for c in found}
    assert by_path["frameworks/trajectory.ipynb"].packages == ("torch", "tensorflow", "jax")
    assert by_path["boosting/practice.ipynb"].packages == ("xgboost", "lightgbm")
    assert by_path["gradients/slope.ipynb"].packages == ()
    assert by_path["gradients/slope.ipynb"].title == "Slope"
    assert all(c.minutes > 0 for c in found)
