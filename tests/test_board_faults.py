"""The board in trouble: fifty at once, killed again and again, a full disk; and the stream of changes."""

import http.client
import json
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from coursekit.board import room as terminal
from tests import board_room
from tests.board_room import check, guess, wait_until

SEVERAL = 10


@pytest.fixture
def room(tmp_path):
    with board_room.room(tmp_path) as running:
        yield running


def test_fifty_learners_post_at_once_and_each_is_answered(room):
    learners = [room.join(f"Learner {number}") for number in range(50)]
    events = {one.id: [[check(), check("not yet")] for _ in range(5)] for one in learners}
    ready = threading.Barrier(50)

    def class_of(learner):
        ready.wait()
        return [learner.post(*post).status for post in events[learner.id]]

    with ThreadPoolExecutor(50) as people:
        statuses = [status for all_of in people.map(class_of, learners) for status in all_of]
    assert statuses == [200] * 250
    for learner in learners:
        kept = learner.ask("GET", "api/mine").json["events"]
        assert kept == [event for post in events[learner.id] for event in post]
    assert room.stored() == 500


def test_no_answered_event_is_lost_when_the_board_is_killed(room):
    learner = room.join("Ada")
    accepted, chance = [], random.Random(8)
    for _ in range(SEVERAL):
        posting = threading.Event()

        me = board_room.Learner(room.base, learner.id, learner.token, "")

        def post(posting=posting, me=me):
            for _ in range(29):
                events = [check(), guess()]
                try:
                    answer = me.post(*events)
                except (OSError, http.client.HTTPException):
                    return
                if answer.status == 200:
                    accepted.extend(event["key"] for event in events)
                    posting.set()

        sender = threading.Thread(target=post)
        sender.start()
        posting.wait(20)
        time.sleep(chance.uniform(0, 0.04))
        room.kill()
        sender.join()
        room.start()
    learner = board_room.Learner(room.base, learner.id, learner.token, "")
    stored = [event["key"] for event in learner.ask("GET", "api/mine").json["events"]]
    assert len(accepted) >= 2 * SEVERAL
    assert set(accepted) <= set(stored)
    assert len(stored) == len(set(stored)) == room.stored()
    assert len(stored) % 2 == 0  # never half of a post


def test_the_room_is_the_same_after_a_restart(room):
    learner = room.join("Ada")
    learner.post(check(), guess())
    before, code = room.watch("GET", "api/room").json, room.code
    cookie = room.cookie
    room.kill()
    room.start()
    assert room.code == code
    after = room.ask("GET", "api/room", Cookie=cookie).json  # the instructor's browser stays known
    for part in ("seq", "learners", "cells", "quizzes", "guesses"):
        assert after[part] == before[part]
    refused = room.ask("GET", "enter?key=" + "A" * 43)
    assert refused.status == 403


def test_a_full_disk_is_told_and_costs_nothing(room):
    """A limit on the size of the process's files is a full disk to it; the log grows into that."""
    learners = [room.join(f"Learner {number}") for number in range(20)]
    accepted = {one.id: [] for one in learners}
    wal = room.data.with_name(room.data.name + "-wal")
    size = wal.stat().st_size + 60_000
    resource.prlimit(room.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    refused = []
    for _ in range(20):
        for one in learners:
            events = [check() for _ in range(2)]
            answer = one.post(*events)
            if answer.status == 200:
                accepted[one.id] += events
            else:
                refused.append((one, answer, events))
        if refused:
            break
    assert refused
    assert any(accepted.values())
    one, answer, events = refused[-1]
    assert answer.status == 507
    assert int(answer.headers["Retry-After"]) > 0
    assert "nothing is stored" in answer.json["error"]
    assert room.ask("POST", "api/join", {"alias": "Late", "code": room.code}).status == 507
    for learner in learners:  # reading goes on, and no post is there in part
        assert learner.ask("GET", "api/mine").json["events"] == accepted[learner.id]
    resource.prlimit(room.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    assert one.post(*events).json == {"stored": 2, "known": 0}
    accepted[one.id] += events
    for learner in learners:
        assert learner.ask("GET", "api/mine").json["events"] == accepted[learner.id]


def test_erasing_leaves_no_trace_in_the_files_of_a_running_board(room):
    def trace(text):
        return any(text in file.read_bytes() for file in room.folder.iterdir())

    ada, grace = room.join("Ada-to-be-erased"), room.join("Grace-who-stays")
    say = "It falls, then stays level"
    for one in (ada, grace):
        assert one.post(guess(say, "1.1-loop"), check()).status == 200
    assert trace(b"Ada-to-be")
    assert ada.ask("DELETE", "api/mine").status == 204
    assert not trace(b"Ada-to-be")
    assert ada.ask("GET", "api/mine").status == ada.post(check()).status == 401
    assert [e["key"] for e in grace.ask("GET", "api/mine").json["events"]]
    assert trace(say.encode())
    code = room.code
    assert room.watch("DELETE", "api/stored", X_Board="1").status == 204
    assert not trace(b"Grace-who")
    assert not trace(say.encode())
    assert grace.post(check()).status == 401
    shown = room.watch("GET", "api/room").json
    assert shown["learners"] == shown["cells"] == shown["guesses"] == []
    fresh = shown["join"]["code"]
    assert fresh != code
    assert not trace(code.encode())
    assert room.ask("POST", "api/join", {"alias": "Ada", "code": code}).status == 403
    assert room.ask("POST", "api/join", {"alias": "Ada", "code": fresh}).status == 201


def test_a_second_board_on_the_same_file_is_turned_away(room, tmp_path):
    command = [sys.executable, "-m", "coursekit", "board", "--port", "0", "--data", room.data]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert second.returncode == 1
    assert second.stderr.startswith("coursekit: ")
    assert "another board has it open" in second.stderr
    port = urlsplit(room.base).port
    command = [*command[:-3], str(port), "--data", tmp_path / "second.sqlite"]
    third = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert third.returncode == 1
    assert "try another --port" in third.stderr


def test_ctrl_c_ends_it_and_leaves_one_file(room):
    room.join("Ada")
    room.process.send_signal(signal.SIGINT)
    assert room.process.wait(20) == 0
    assert [file.name for file in room.folder.iterdir()] == [room.data.name]


@pytest.mark.parametrize(
    ("host", "network", "wall", "alone"),
    [
        ("0.0.0.0", "192.168.7.5", "192.168.7.5", False),
        ("0.0.0.0", "127.0.0.1", "127.0.0.1", True),  # it has no network
        ("192.168.7.5", "192.168.7.5", "192.168.7.5", False),
        ("127.0.0.1", "192.168.7.5", "127.0.0.1", True),
    ],
)
def test_what_the_wall_is_told(monkeypatch, tmp_path, capsys, host, network, wall, alone):
    async def serve(sockets, data, prefix, door, started):
        door = door(None)
        door.code = "K7QM-2XPD"
        started(SimpleNamespace(door=door))

    listening = SimpleNamespace(getsockname=lambda: (host, 8765))
    monkeypatch.setattr(terminal, "listen", lambda host, port: [listening])
    monkeypatch.setattr(terminal, "serve", serve)
    monkeypatch.setattr(terminal, "lan_address", lambda: network)
    terminal.run(host, 8765, tmp_path / "board.sqlite")
    said = capsys.readouterr().out
    assert f"coursekit join http://{wall}:8765/ K7QM-2XPD --as NAME" in said
    # With 0.0.0.0, too, the secret is for this machine's browser.
    here = "127.0.0.1" if host == "0.0.0.0" else host
    assert f"http://{here}:8765/enter?key=" in said
    assert ("coursekit board --host 0.0.0.0" in said) is alone
    assert str((tmp_path / "board.sqlite").resolve()) in said


# --- the stream -------------------------------------------------------------------------------


class Stream:
    """An open stream; a thread reads its messages: (id, event, data, when it came)."""

    def __init__(self, room, path="api/stream", **headers):
        where = urlsplit(room.base)
        room.watch("GET", "api/stored")
        self._line = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self._line.request("GET", "/" + path, headers={"Cookie": room.cookie} | headers)
        self.answer = self._line.getresponse()
        self.messages = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        message = {}
        try:
            while line := self.answer.readline():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    message[name] = value
                elif "data" in message:
                    data = json.loads(message["data"])
                    came = time.monotonic()
                    self.messages.append((int(message["id"]), message["event"], data, came))
                    message = {}
        except (OSError, ValueError, AttributeError):
            return

    def close(self):
        if self._line.sock:
            self._line.sock.shutdown(socket.SHUT_RDWR)
        self._line.close()


@contextmanager
def stream(room, *arguments, **headers):
    opened = Stream(room, *arguments, **headers)
    try:
        assert opened.answer.status == 200
        assert opened.answer.headers["Content-Type"].startswith("text/event-stream")
        yield opened
    finally:
        opened.close()


def test_the_stream_tells_what_changes_and_only_that(room):
    ada, grace = room.join("Ada"), room.join("Grace")
    ada.post(check())
    seq = room.watch("GET", "api/room").json["seq"]
    with stream(room, f"api/stream?since={seq}") as watched:
        event = check("look again", "forward difference", "1.1.1")
        grace.post(event)
        wait_until(lambda: watched.messages)
        id, name, data, _ = watched.messages[0]
        assert (name, data["seq"]) == ("change", id)
        assert id > seq
        assert set(data) == {"seq", "now", "learners", "cells", "quizzes", "guesses"}
        assert [one["alias"] for one in data["learners"]] == ["Grace"]
        assert data["cells"] == [
            {"learner": grace.id, "exercise": "1.1.1", "status": "look again",
             "mistake": "forward difference", "tries": 1, "time": event["time"]}
        ]  # fmt: skip
        assert data["quizzes"] == data["guesses"] == []


def test_who_comes_back_gets_what_was_missed_or_loads_again(room):
    ada, grace = room.join("Ada"), room.join("Grace")
    first = room.watch("GET", "api/room").json["seq"]
    ada.post(check())
    grace.post(check())
    room.kill()
    room.start()
    with stream(room, Last_Event_ID=str(first)) as watched:
        wait_until(lambda: watched.messages)
        assert {c["learner"] for c in watched.messages[0][2]["cells"]} == {ada.id, grace.id}
        last = watched.messages[0][0]
        room.watch("DELETE", f"api/learners/{ada.id}", X_Board="1")
        wait_until(lambda: len(watched.messages) > 1)
        assert watched.messages[1][1] == "reload"
    with stream(room, Last_Event_ID=str(last)) as watched:
        wait_until(lambda: watched.messages)
        assert watched.messages[0][1] == "reload"
    with stream(room, Last_Event_ID="not a number") as watched:
        wait_until(lambda: watched.messages)
        assert [one["alias"] for one in watched.messages[0][2]["learners"]] == ["Grace"]


def test_bursts_are_bundled_and_nothing_in_them_is_missing(room):
    learners = [room.join(f"Learner {number}") for number in range(4)]
    with stream(room) as watched:
        started = time.monotonic()
        for _ in range(20):
            for learner in learners:
                assert learner.post(check(), guess()).status == 200
        final = room.watch("GET", "api/room").json
        wait_until(lambda: watched.messages and watched.messages[-1][0] == final["seq"])
        seconds = watched.messages[-1][3] - started
    assert len(watched.messages) <= 4 * seconds + 2
    cells = {c["learner"]: c for _, _, data, _ in watched.messages for c in data["cells"]}
    assert cells == {c["learner"]: c for c in final["cells"]}
    ids = [id for id, *_ in watched.messages]
    assert ids == sorted(set(ids))
