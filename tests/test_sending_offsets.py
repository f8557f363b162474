"""Whatever happens between the progress file, its senders and the board: all arrives, and no more."""

import itertools
import json
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from coursekit import progress
from coursekit.sending import courier, membership, pending
from coursekit.sending.asking import Answer, Unreachable
from coursekit.sending.courier import IDLE, LATER, Courier
from coursekit.sending.membership import Membership

NOW = datetime.now(UTC)
ERROR = {"error": "no"}
#: What can become of a post: taken; taken, and the answer lost; lost itself; put off; the sender killed
#: after the post or before it.
FATES = ["taken", "answer lost", "lost", "busy", "killed after", "killed before"]


class Killed(BaseException):
    """The sender's process came to its end."""


class Sending(RuleBasedStateMachine):
    """A learner's folder with two kernels, and a board: a set of keys that is asked and answers."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / ".coursekit").mkdir()
        self.file = self.folder / ".coursekit" / "progress.jsonl"
        self.numbers = itertools.count()
        self.stored, self.recorded, self.refused = {}, set(), set()
        self.fate, self.inside = "taken", None
        self.asked, courier.ask = courier.ask, self.ask
        self.synced, os.fsync = os.fsync, lambda descriptor: None

    def teardown(self):
        try:
            self.everything_arrives_in_the_end()
        finally:
            courier.ask, os.fsync = self.asked, self.synced
            shutil.rmtree(self.folder)

    def ask(self, method, url, body, *, token, timeout):
        """The board, and the network before it."""
        if self.inside:  # what happens while the post is on its way
            inside, self.inside = self.inside, None
            inside()
        if self.fate == "killed before":
            raise Killed
        if self.fate == "lost":
            raise Unreachable("lost")
        if self.fate == "busy":
            return Answer(503, ERROR)
        events = json.loads(body)["events"]
        assert 1 <= len(events) <= 100
        assert len(body) <= 1 << 16
        if any(e["exercise"] in self.refused for e in events):
            return Answer(422, ERROR)
        new = [e for e in events if e["key"] not in self.stored]
        self.stored.update({e["key"]: e["exercise"] for e in new})
        if self.fate == "answer lost":
            raise Unreachable("lost")
        if self.fate == "killed after":
            raise Killed
        return Answer(200, {"stored": len(new), "known": 0}) if new else Answer(409, ERROR)

    @initialize(torn=st.booleans(), lines=st.integers(0, 4))
    def join(self, torn, lines):
        for _ in range(lines):
            self.append(before=True)
        if torn:
            self.tear()
        self.member = Membership("http://board/", "0" * 16, "t" * 43, "Ada", NOW.isoformat())
        pending.begin(self.folder, self.member)
        membership.save(self.folder, self.member)
        self.senders = [Courier(self.folder), Courier(self.folder)]

    def append(self, before=False):
        number = next(self.numbers)
        name = f"{'old' if before else 'new'} {number}"
        time = NOW + timedelta(seconds=number - (1000 if before else 0))
        event = {"time": time.isoformat(), "exercise": name, "status": "right", "mistake": None}
        progress._append(self.file, json.dumps(event).encode() + b"\n")
        if not before:
            self.recorded.add(name)
        return name

    @rule(count=st.integers(1, 5), refused=st.booleans())
    def record(self, count, refused):
        for _ in range(count):
            name = self.append()
            if refused:
                self.refused.add(name)

    @rule()
    def record_many(self):
        self.record(130, False)

    @rule(
        data=st.sampled_from(
            [b"nonsense\n", b"\n\n", b"\xff\x00\n", b"[]\n", b'{"time": "x"}\r\n', b"x" * 40_000]
        )
    )
    def scribble(self, data):
        with self.file.open("ab") as file:
            file.write(data)

    @rule()
    def tear(self):
        with self.file.open("ab") as file:
            file.write(b'{"time": "2026-11-22T04:')

    @rule(keep=st.floats(0, 1))
    def cut(self, keep):
        if self.file.exists():
            os.truncate(self.file, int(self.file.stat().st_size * keep))

    @rule()
    def delete(self):
        self.file.unlink(missing_ok=True)

    @rule()
    def rotate(self):
        if self.file.exists():
            whole = self.file.read_bytes().splitlines(keepends=True)
            self.file.write_bytes(b"".join(whole[len(whole) // 2 :]))

    @rule(data=st.sampled_from([None, b"", b"{}", b'{"of": "x", "offset": 3, "before": "y"}']))
    def damage_the_note(self, data):
        note = self.folder / ".coursekit" / pending.SENT
        note.unlink(missing_ok=True) if data is None else note.write_bytes(data)

    @rule(
        who=st.integers(0, 1),
        fate=st.sampled_from(FATES),
        inside=st.sampled_from([None, "append", "other", "cut", "delete"]),
    )
    def send(self, who, fate, inside):
        self.fate = fate
        happenings = {
            "append": self.append,
            "other": self.senders[1 - who].step,
            "cut": lambda: self.cut(0.5),
            "delete": self.delete,
        }
        self.inside = happenings.get(inside)
        try:
            self.senders[who].step()
        except Killed:
            self.senders[who] = Courier(self.folder)
        self.fate, self.inside = "taken", None

    @invariant()
    def nothing_else_arrives(self):
        assert set(self.stored.values()) <= self.recorded - self.refused

    def everything_arrives_in_the_end(self):
        if not hasattr(self, "member"):
            return
        for _ in range(400):
            step = self.senders[0].step()
            assert step.outcome != LATER
            if step.outcome == IDLE:
                break
        there = {event["exercise"] for event in progress.read(self.folder)}
        assert (there & self.recorded) - self.refused <= set(self.stored.values())
        assert courier.waiting(self.folder, self.member) == 0


TestSending = Sending.TestCase
TestSending.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_file_cut_anywhere_loses_only_what_was_cut(tmp_path, monkeypatch, cut):
    (tmp_path / ".coursekit").mkdir()
    file = tmp_path / ".coursekit" / "progress.jsonl"
    member = Membership("http://board/", "0" * 16, "t" * 43, "Ada", NOW.isoformat())
    pending.begin(tmp_path, member)
    lines = [
        json.dumps({"time": NOW.isoformat(), "exercise": f"1.1.{n}", "status": "right", "mistake": None})
        for n in range(8)
    ]  # fmt: skip
    file.write_text("\n".join(lines[:4]) + "\n")
    pending.note(tmp_path, member, file.stat().st_size)
    os.truncate(file, min(cut, file.stat().st_size))
    for line in lines[4:]:
        progress._append(file, line.encode() + b"\n")
    waiting = [line.event["exercise"] for line in pending.lines(tmp_path, member) if line.event]
    assert waiting[-4:] == [f"1.1.{n}" for n in range(4, 8)]
