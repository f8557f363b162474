"""From a kernel in a learner's folder to the real class board, and back out of it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar

import pytest
from jupyter_client.manager import start_new_kernel

from coursekit import progress
from coursekit.sending import courier, joining, membership
from coursekit.sending.asking import ask
from coursekit.sending.courier import IDLE, SENT, Courier


class Running:
    """A board's process: what it printed, and the instructor's browser."""

    def __init__(self, process, said):
        self.process = process
        self.enter = re.search(r"http://\S+enter\?key=\S+", said)[0]
        self.url, self.code = re.search(r"coursekit join (\S+) (\S+)", said).groups()
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._browser = urllib.request.build_opener(cookies, urllib.request.ProxyHandler({}))
        self._browser.open(self.enter, timeout=20).read()

    def room(self):
        """What the instructor's page shows."""
        with self._browser.open(f"{self.url}api/room", timeout=20) as answer:
            return json.load(answer)

    def erase_all(self):
        """The instructor's button."""
        request = urllib.request.Request(
            f"{self.url}api/stored", headers={"X-Board": "1"}, method="DELETE"
        )
        self._browser.open(request, timeout=20).read()


@contextmanager
def running(folder, port=0):
    """Run ``coursekit board`` in a process of its own."""
    command = [sys.executable, "-m", "coursekit", "board", "--port", str(port)]
    command += ["--data", str(folder / "board.sqlite")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder
    )
    try:
        said = ""
        while "What is stored lies in" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield Running(process, said)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with running(tmp_path_factory.mktemp("board")) as one:
        yield one


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setattr(progress.sending, "wake", lambda *_, **__: "")


def coursekit(*arguments, cwd):
    run = [sys.executable, "-m", "coursekit", *arguments]
    return subprocess.run(run, capture_output=True, text=True, cwd=cwd, timeout=60)


def cells_of(room, alias):
    """Exercise to (status, mistake, tries) for one learner."""
    (learner,) = [one["id"] for one in room["learners"] if one["alias"] == alias]
    return {
        c["exercise"]: (c["status"], c["mistake"], c["tries"])
        for c in room["cells"] if c["learner"] == learner
    }  # fmt: skip


KERNEL = """
from coursekit.course import check, predict, quiz
check("1.1.4", 0.5)
check("1.1.4", 0.25)
asked = quiz("1.1")
asked.answers = [[0], *[[]] * (len(asked.questions) - 1)]
"""


def test_what_a_kernel_checks_is_on_the_board_and_can_be_erased(shared, mine):
    said = coursekit("join", shared.url[:-1], shared.code.lower(), "--as", "Ada Lovelace", cwd=mine)
    assert (said.returncode, said.stderr) == (0, "")
    prediction = next(
        p for chapter in shared.room()["chapters"] for p in chapter["predictions"] if p["low"] is not None
    )  # fmt: skip
    manager, client = start_new_kernel(cwd=str(mine))
    try:
        guess = f"predict({prediction['id']!r}, 'How much?', low={prediction['low']!r}, "
        guess += f"high={prediction['high']!r}).guess = {prediction['low']!r}"
        reply = client.execute_interactive(KERNEL + guess, timeout=120, output_hook=lambda _: None)
        assert reply["content"]["status"] == "ok", reply["content"]
        until = time.monotonic() + 20
        while not shared.room()["guesses"] and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    room = shared.room()
    assert cells_of(room, "Ada Lovelace") == {"1.1.4": ("right", None, 2)}
    (scored,) = room["quizzes"]
    assert (scored["quiz"], scored["of"]) == ("1.1", 4)
    (guessed,) = room["guesses"]
    assert (guessed["prediction"], guessed["guess"]) == (prediction["id"], prediction["low"])
    member = membership.load(mine)
    stored = ask("GET", f"{shared.url}api/mine", token=member.token).data["events"]
    keys = {event.pop("key") for event in stored}
    assert len(keys) == 4
    assert stored == sorted(progress.read(mine), key=lambda event: event["time"])
    assert "no results wait" in coursekit("progress", cwd=mine).stdout
    assert coursekit("leave", "--erase", cwd=mine).stdout.endswith(
        "what it had of you is erased.\n"
    )
    assert [one for one in shared.room()["learners"] if one["alias"] == "Ada Lovelace"] == []


@pytest.mark.parametrize(
    ("code", "alias", "said"),
    [("AAAA-AAAA", "Eve", "code"), (None, "x" * 41, "40"), (None, "Bob", "taken")],
)
def test_its_refusals_are_shown(shared, mine, tmp_path_factory, code, alias, said):
    other = tmp_path_factory.mktemp("other")
    (other / progress.MARK).mkdir()
    coursekit("join", shared.url, shared.code, "--as", "Bob", cwd=other)
    run = coursekit("join", shared.url, code or shared.code, "--as", alias, cwd=mine)
    assert (run.returncode, run.stdout, run.stderr.count("\n"), said in run.stderr) == (
        1,
        "",
        1,
        True,
    )


def test_a_line_that_it_refuses_costs_only_itself_and_a_replay_is_delivered(shared, mine, quiet):
    joining.join(mine, "Cleo", url=shared.url, code=shared.code)
    right = {"exercise": "1.1.4", "status": "right", "mistake": None}
    for number in range(20):
        progress.record({**right, "exercise": "9.9.9"} if number == 7 else right)
        time.sleep(0.002)  # each has a time, and so a key, of its own
    made = Courier(mine)
    while (step := made.step()).outcome == SENT:
        time.sleep(courier.GAP)
    assert step.outcome == IDLE
    assert cells_of(shared.room(), "Cleo") == {"1.1.4": ("right", None, 19)}
    (mine / ".coursekit" / "board-sent.json").unlink()
    assert courier.deliver(mine, 10).outcome == IDLE
    assert cells_of(shared.room(), "Cleo") == {"1.1.4": ("right", None, 19)}


def test_a_board_that_crashes_has_all_that_it_accepted_and_gets_the_rest(mine, tmp_path, quiet):
    data = tmp_path / "teacher"
    data.mkdir()
    right = {"exercise": "1.1.4", "status": "right", "mistake": None}
    with running(data) as first:
        joining.join(mine, "Dora", url=first.url, code=first.code)
        progress.record(right)
        assert Courier(mine).step().outcome == SENT
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        progress.record({**right, "exercise": "1.1.1"})
        assert "1 result waits to be sent (Connection refused)" in joining.words(mine)
    with running(data, int(first.url.rsplit(":", 1)[1][:-1])) as second:
        assert joining.words(mine).endswith("as Dora; no results wait to be sent.")
        assert set(cells_of(second.room(), "Dora")) == {"1.1.4", "1.1.1"}
        second.erase_all()
        progress.record(right)
        assert "the board takes no more from this folder" in joining.words(mine)
        joining.leave(mine)
        with pytest.raises(joining.BoardError, match="code"):
            joining.join(mine, "Dora", url=second.url, code=second.code)  # there is a new code
