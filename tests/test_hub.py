"""The class server of deploy/server: a real JupyterHub on the loopback, with simulated learners.

One server for all tests of this file, since starting takes longest. The tests build on one another only in
that learners, once logged in, stay so.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.classroom import faults
from benchmarks.classroom.learner import Learner, Refused
from benchmarks.classroom.server import (
    CLASS_PASSWORD,
    DEPLOY,
    INSTRUCTOR_PASSWORD,
    ClassServer,
    free_ports,
)

pytestmark = pytest.mark.xdist_group("hub")
CAPACITY = 3


class Room:
    """A class server with its learners, and the loop they live in."""

    def __init__(self, server: ClassServer, runner: asyncio.Runner):
        self.server, self.run = server, runner.run
        self.learners: dict[str, Learner] = {}

    def person(self, name: str, **more) -> Learner:
        """A person with a browser of their own; closed with the room."""
        given = {"password": CLASS_PASSWORD} | more
        key = f"{name} {len(self.learners)}"
        self.learners[key] = Learner(self.server.url, name, **given)
        return self.learners[key]

    async def close(self):
        for learner in self.learners.values():
            await learner.close()


@pytest.fixture(scope="module")
def room():
    with (
        ClassServer(learners=CAPACITY, starting=2, small_disks=["carol"]) as server,
        asyncio.Runner() as runner,
    ):
        found = Room(server, runner)
        yield found
        runner.run(found.close())


@pytest.fixture(scope="module")
def learners(room):
    """Ada, Bob and Carol, each with a server and a kernel."""

    async def start(learner):
        await learner.log_in()
        await learner.start_server()
        await learner.start_kernel(faults.CHAPTER)
        return learner

    async def all_of_them():
        ada, bob = await asyncio.gather(*(start(room.person(name)) for name in ("ada", "bob")))
        return {"ada": ada, "bob": bob, "carol": await start(room.person("carol"))}

    return room.run(all_of_them())


def refusal(room, awaitable) -> Refused:
    with pytest.raises(Refused) as caught:
        room.run(awaitable)
    return caught.value


# --- who comes in -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "status", "words"),
    [
        ("mallory", {"password": "not-the-password"}, 403, "not the class password"),
        ("mallory", {"password": "pässwörter"}, 403, "not the class password"),
        ("mallory", {"own": "short"}, 403, "Choose a password of your own"),
        ("../root", {}, 403, "only letters, digits and -"),
        ("teacher", {}, 403, "not the class password"),
        ("mallory", {"password": INSTRUCTOR_PASSWORD}, 403, "not the class password"),
    ],
)
def test_who_may_not_come_in_is_told_why(room, name, given, status, words):
    refused = refusal(room, room.person(name, **given).log_in())
    assert refused.status == status
    assert words in str(refused)


def test_a_name_belongs_to_whoever_took_it_first(room, learners):
    refused = refusal(room, room.person("ada", own="somebody else's").log_in())
    assert refused.status == 403
    assert "The name ada is taken" in str(refused)
    room.run(room.person("ada").log_in())


def test_wrong_passwords_for_a_name_close_it_for_a_while(room):
    room.run(room.person("eve").log_in())
    for _ in range(10):
        assert refusal(room, room.person("eve", own="guessing").log_in()).status == 403
    refused = refusal(room, room.person("eve").log_in())
    assert refused.status == 429
    assert "Try again in 5 minutes" in str(refused)


# --- nobody reaches what is another's -----------------------------------------------------------------


def test_the_first_start_brings_the_student_edition(room, learners):
    folder = room.server.folder("ada")
    assert (folder / "start.ipynb").is_file()
    chapter = (folder / faults.CHAPTER).read_text()
    assert '"edition": "student"' in chapter
    assert (folder / ".coursekit").is_dir()


def test_a_learner_reaches_no_other_learners_server_or_kernel(room, learners):
    ada, bob = learners["ada"], learners["bob"]

    async def statuses():
        page = await ada.http.get("user/bob/lab")
        asked = [
            await ada.api(method, path, body, of="bob")
            for method, path, body in (
                ("GET", f"contents/{faults.CHAPTER}", None),
                ("PUT", "contents/planted.txt", {"type": "file", "format": "text", "content": "x"}),
                ("GET", "kernels", None),
                ("DELETE", f"kernels/{bob.kernel}", None),
                ("GET", f"kernels/{bob.kernel}/channels", None),
            )
        ]
        return [page.status_code, *(answer.status_code for answer in asked)], page.text

    found, page = room.run(statuses())
    assert all(status in (302, 403, 404) for status in found), found
    assert "bob" not in page or "JupyterLab" not in page
    assert not (room.server.folder("bob") / "planted.txt").exists()
    assert "42" in room.run(bob.run("print(6 * 7)")).text


def test_a_learners_program_reads_no_other_learners_files(room, learners):
    if not room.server.each:
        pytest.skip("learners' own accounts take root")
    assert room.server.home("bob").stat().st_mode & 0o777 == 0o700
    secret = room.server.folder("bob") / "secret.txt"
    secret.write_text("Bob's")
    code = (
        f"for path in ({str(secret)!r}, {str(room.server.base / 'state' / 'class-password')!r}):\n"
        f"    try: print(open(path).read())\n"
        f"    except OSError as error: print(type(error).__name__)\n"
        f"import os; print('uid', os.getuid())\n"
        f"try: os.listdir({str(room.server.base / 'homes')!r})\n"
        f"except OSError as error: print(type(error).__name__)"
    )
    said = room.run(learners["ada"].run(code)).text.split()
    assert said[:2] == ["PermissionError", "PermissionError"]
    assert said[2] == "uid"
    assert said[3] != "0"
    assert said[4] == "PermissionError"
    code = "import os, glob; print([p for p in glob.glob('/proc/[0-9]*/environ') if os.access(p, os.R_OK)])"
    readable = room.run(learners["ada"].run(code)).text
    hub = f"'/proc/{room.server.hub.pid}/environ'"
    assert hub not in readable


def test_only_the_instructor_sees_the_board_and_not_the_learners_files(room, learners):
    teacher = room.person("teacher", password=INSTRUCTOR_PASSWORD, own="")

    async def look():
        await teacher.log_in()
        board = await teacher.http.get("services/board/")
        snapshot = await teacher.http.get("services/board/api/room")
        of_ada = await teacher.http.get("user/ada/lab")
        return board.status_code, snapshot.status_code, of_ada.status_code

    board, snapshot, of_ada = room.run(look())
    assert (board, snapshot) == (200, 200)
    assert of_ada in (403, 404)

    async def peek():
        ada = learners["ada"]
        return [
            (await ada.http.get(f"services/board/{path}")).status_code for path in ("", "api/room")
        ]

    assert room.run(peek()) == [403, 403]


WRONG = """
from coursekit.course import check, predict
predict("1.1-loop", "?", options=["It falls toward zero", "It grows"]).guess = "It falls toward zero"
def central_difference(f, x, h=1e-5):
    return (f(x + h) - f(x)) / h
check("1.1.1", central_difference)
"""


def test_a_learner_joins_in_a_terminal_and_the_instructor_sees_the_next_check(room, learners):
    seen = room.run(learners["ada"].type("coursekit join --as 'Countess Ada'"))
    assert "Countess Ada" in seen.partition("exit")[2]
    assert "coursekit leave" in seen
    assert "look again" in room.run(learners["ada"].run(WRONG)).text
    teacher = room.person("teacher", password=INSTRUCTOR_PASSWORD, own="")

    async def look():
        await teacher.log_in()
        await teacher.http.get("services/board/")  # which logs in there
        for _ in range(100):
            found = (await teacher.http.get("services/board/api/room")).json()
            if found["cells"] and found["guesses"]:
                return found
            await asyncio.sleep(0.1)
        return found

    found = room.run(look())
    assert [learner["alias"] for learner in found["learners"]] == ["Countess Ada"]
    [cell] = found["cells"]
    assert (cell["exercise"], cell["status"], cell["tries"]) == ("1.1.1", "look again", 1)
    assert cell["mistake"]
    [guess] = found["guesses"]
    assert (guess["prediction"], guess["guess"]) == ("1.1-loop", "It falls toward zero")


# --- room for so many, and no more ----------------------------------------------------------------


def test_a_full_class_says_so_in_plain_words(room, learners):
    late = room.person("late")

    async def come():
        await late.log_in()
        await late.start_server()

    refused = refusal(room, come())
    assert refused.status == 429
    assert "The class is full" in str(refused)
    assert "Tell your teacher" in str(refused)


def test_a_silent_long_cell_counts_as_activity(room, learners):
    """What the culler goes by: a cell that prints nothing for long must not look idle."""
    bob = learners["bob"]

    async def watch():
        slow = await bob.send("import time; time.sleep(10)")
        await asyncio.sleep(2)
        # Asking for the status is no activity itself; whatever else is asked for would be.
        before, _, after = (
            (await bob.api("GET", "status")).json()["last_activity"],
            await asyncio.sleep(6),
            (await bob.api("GET", "status")).json()["last_activity"],
        )
        await bob.outcome(slow)
        return before, after

    before, after = room.run(watch())
    assert after > before


# --- faults -----------------------------------------------------------------------------------------


def all_kept(found):
    assert found.kept
    assert all(found.kept.values()), found


def test_a_hub_that_is_killed_takes_nothing_with_it(room, learners):
    found = room.run(faults.hub_killed(room.server, learners["ada"]))
    all_kept(found)
    said = found.seen["the hub's pages, hub down"]
    assert "Your notebooks are saved" in said
    assert "tries again by itself" in said


def test_a_proxy_that_is_killed_takes_nothing_with_it(room, learners):
    found = room.run(faults.proxy_killed(room.server, learners["ada"]))
    all_kept(found)
    assert found.seen["the kernel's connection"] == "the connection to the kernel was closed"


def test_a_kernel_that_is_killed_loses_no_notebook_and_no_progress(room, learners):
    room.run(learners["bob"].connect())  # as JupyterLab does when it was cut off
    found = room.run(faults.kernel_killed(room.server, learners["bob"]))
    all_kept(found)
    assert "restarting" in found.seen["the cell"]


def test_a_full_disk_is_one_learners_and_says_what_to_do(room, learners):
    if not room.server.mounted:
        pytest.skip("a small disk of its own takes root, and leave to mount")
    for name in ("ada", "carol"):
        room.run(learners[name].connect())
    found = room.run(faults.disk_full(room.server, learners["carol"], learners["ada"]))
    all_kept(found)
    assert "Your disk is full" in found.seen["saving"]
    assert "delete what you no longer need" in found.seen["saving"]
    assert "not yet" in found.seen["the check"]
    assert "The disk is full: your answer was checked" in found.seen["the check"]


# --- what the config refuses ---------------------------------------------------------------------------


def configured(tmp_path: Path, **variables) -> subprocess.CompletedProcess:
    ports = free_ports(4)
    settings = tmp_path / "class.toml"
    settings.write_text(
        f'[class]\ninstructors = ["teacher"]\n[machine]\nbase = "{tmp_path}"\n'
        'run_with = "processes"\naccounts = "one"\n'
        f"hub_port = {ports[0]}\nproxy_port = {ports[1]}\nboard_port = {ports[2]}\n"
        f"[address]\nport = {ports[3]}\n"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GRADIENTS_")}
    return subprocess.run(
        [sys.executable, "-m", "jupyterhub", "-f", str(DEPLOY / "jupyterhub_config.py")],
        env=clean | {"GRADIENTS_CLASS": str(settings)} | variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_no_hub_starts_without_a_class_password(tmp_path_factory):
    import tempfile

    with tempfile.TemporaryDirectory(prefix="g-") as folder:  # pytest's are too long for sockets
        done = configured(Path(folder))
    assert done.returncode == 1
    assert "there is no class password" in done.stderr
    assert "prepare.py makes one up" in done.stderr
