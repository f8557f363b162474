"""Joining a class board and leaving it: what is understood, what is refused, and what is said."""

import json
import os
import socket
import stat
import subprocess
import sys

import pytest

from coursekit import cli, progress
from coursekit.doctor import board as looking
from coursekit.doctor.finding import NOTE, OK
from coursekit.sending import BoardError, addresses, joining, membership, pending
from tests import fake_board
from tests.fake_board import CODE, HUB_TOKEN

RIGHT = {"exercise": "1.1.4", "status": "right", "mistake": None}
PUBLIC, PRIVATE = "93.184.216.34", "192.168.1.5"


@pytest.fixture
def board():
    with fake_board.board() as running:
        yield running


def nobody():
    """An address of this machine where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def coursekit(capsys, *arguments):
    """Run the command; return its status, what it said and what it said in error."""
    try:
        status = cli.main([str(argument) for argument in arguments])
    except SystemExit as exit:
        status = exit.code
    said = capsys.readouterr()
    return status, said.out, said.err


def full(*_):
    """A disk that takes nothing more."""
    raise OSError(28, "No space left on device")


class TestAddresses:
    @pytest.mark.parametrize(
        ("typed", "understood"),
        [
            ("http://192.168.1.5:8888", "http://192.168.1.5:8888/"),
            (" https://hub.example/services/board// ", "https://hub.example/services/board/"),
            ("HTTP://Board.local/", "http://Board.local/"),
            ("http://[fe80::1]:80", "http://[fe80::1]:80/"),
        ],
    )
    def test_what_is_understood(self, typed, understood):
        assert addresses.understand(typed) == understood

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("192.168.1.5:8888", "begins with http:// or https://"),
            ("file:///etc/passwd", "must begin with http:// or https://"),
            ("http://", "is no address"),
            ("http://a:99999/", "is no address"),
            ("http://a:x/", "is no address"),
            ("http://a b/", "is no address"),
            ("http://a/\r\nX: y", "is no address"),
            ("http://bücher.example/", "is no address"),
            ("http://[::1/", "is no address"),
            ("http://ada:secret@a/", "leave out what stands before the @"),
            (
                "http://a:8/?code=K7QM",
                "leave out the ? or # and what follows it: coursekit join http://a:8/",
            ),
            ("http://a/#x", "coursekit join http://a/"),
            ("http://a/?", "coursekit join http://a/"),
        ],
    )
    def test_what_is_refused(self, typed, said):
        with pytest.raises(BoardError) as error:
            addresses.understand(typed)
        assert said in str(error.value)
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize(
        ("numbers", "private"),
        [
            (["127.0.0.1"], True), (["192.168.1.5"], True), (["10.0.0.1"], True), (["100.64.0.1"], True),
            (["169.254.3.4"], True), (["fe80::1"], True), (["fd00::1"], True), (["::1"], True),
            (["::ffff:192.168.1.5"], True), (["::ffff:93.184.216.34"], False),
            (["93.184.216.34"], False), (["172.32.0.1"], False), (["2606:4700::1"], False),
            (["192.168.1.5", "93.184.216.34"], False),
        ],
    )  # fmt: skip
    def test_what_is_a_rooms_own_network(self, monkeypatch, numbers, private):
        found = [(0, 0, 0, "", (number, 0)) for number in numbers]
        monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: found)
        assert addresses.near("board") is private
        if private:
            assert "others in this network could read" in addresses.guard("http://board/", False)
        else:
            with pytest.raises(BoardError, match="ask the teacher for an address with https"):
                addresses.guard("http://board/", False)
            assert "others on the way to the board could read" in addresses.guard(
                "http://board/", True
            )
        assert addresses.guard("https://board/", False) == ""

    def test_this_machine_needs_no_warning_and_a_lost_host_is_told(self):
        assert addresses.guard("http://127.0.0.1:80/", False) == ""
        assert addresses.guard("http://localhost/", False) == ""
        with pytest.raises(BoardError, match=r"no machine nowhere\.invalid to be found"):
            addresses.guard("http://nowhere.invalid/", False)


class TestJoining:
    def test_it_is_noted_for_the_owner_only_and_said_in_words(self, mine, board):
        progress.record(RIGHT)
        old = os.umask(0)
        try:
            said = joining.join(mine, " Ada ", url=board.url[:-1], code=f" {CODE.lower()} ")
        finally:
            os.umask(old)
        file = mine / ".coursekit" / "board.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE((mine / ".coursekit" / pending.SENT).stat().st_mode) == 0o600
        noted = json.loads(file.read_text())
        (learner,) = board.aliases
        assert {name: noted[name] for name in ("url", "learner", "token", "alias")} == {
            "url": board.url, "learner": learner, "token": next(iter(board.tokens)), "alias": "Ada",
        }  # fmt: skip
        for part in ("mistake", "time", "quiz scores", "predictions", "Your code", "stay here", "teacher",
                     "the others don't", "coursekit leave", "coursekit leave --erase", "as Ada"):  # fmt: skip
            assert part in said
        assert {path.name for path in file.parent.iterdir()} == {
            "board.json", "board-sent.json", "progress.jsonl",
        }  # fmt: skip
        assert joining.words(mine) == f"Joined {board.url} as Ada; no results wait to be sent."
        assert board.posts == []  # what was checked before is not sent

    @pytest.mark.parametrize(
        ("alias", "code", "said"),
        [
            ("Ada", "AAAA-AAAA", "This is not the room's code: [2J look at the screen again."),
            ("", CODE, "A name has 1 to 40 characters."),
            ("Bob", CODE, "Bob is taken: choose another name."),
        ],
    )
    def test_the_boards_own_sentence_is_shown(self, mine, board, capsys, alias, code, said):
        board.aliases["f" * 16] = "Bob"
        assert coursekit(capsys, "join", board.url, code, "--as", alias) == (
            1,
            "",
            f"coursekit: {said}\n",
        )
        assert list((mine / ".coursekit").iterdir()) == []

    @pytest.mark.parametrize("manner", [m for m in fake_board.MANNERS if m != "huge"])
    def test_whatever_answers_is_told_in_one_line(self, mine, monkeypatch, capsys, manner):
        monkeypatch.setattr(joining, "PATIENCE", 0.5)
        with fake_board.rude(manner) as url:
            status, out, error = coursekit(capsys, "join", url, CODE, "--as", "Ada")
        assert (status, out, error.count("\n")) == (1, "", 1)
        assert "can't be reached" in error or "is no class board" in error
        assert list((mine / ".coursekit").iterdir()) == []

    def test_no_network(self, mine, capsys):
        status, _, error = coursekit(capsys, "join", nobody(), CODE, "--as", "Ada")
        assert status == 1
        assert (
            "can't be reached (Connection refused): look whether this machine is in the network"
            in error
        )

    @pytest.mark.parametrize(
        "given",
        [
            {"learner": "x"},
            {"token": "a\r\nX-Evil: 1"},
            {"token": "short"},
            {"alias": "\x1b[2J"},
            {"alias": 3},
        ],
    )
    def test_an_answer_that_no_board_gives_is_refused(self, mine, board, monkeypatch, given):
        good = {"learner": "0" * 16, "token": "t" * 43, "alias": "Ada"}
        monkeypatch.setattr(board, "join", lambda *_: (201, {}, good | given))
        with pytest.raises(BoardError, match=r"is no class board \(status 201\)"):
            joining.join(mine, "Ada", url=board.url, code=CODE)
        assert not (mine / ".coursekit" / "board.json").exists()

    def test_on_a_hub_the_environment_says_it_all(self, mine, board, monkeypatch, capsys):
        monkeypatch.setenv(joining.BOARD, board.url)
        status, _, error = coursekit(capsys, "join", "--as", "Ada")
        assert (status, "JUPYTERHUB_API_TOKEN is not set" in error) == (1, True)
        monkeypatch.setenv(joining.HUB_TOKEN, HUB_TOKEN)
        status, out, _ = coursekit(capsys, "join", "--as", "Ada", mine)
        assert (status, out.startswith(f"You have joined {board.url} as Ada.")) == (0, True)
        assert "begins with http" not in out
        (_, _, headers, body) = board.requests[-1]
        assert (headers["Authorization"], body) == (f"token {HUB_TOKEN}", {"alias": "Ada"})

    def test_the_hubs_token_goes_to_the_hubs_board_only(self, mine, board, monkeypatch, capsys):
        monkeypatch.setenv(joining.BOARD, "http://127.0.0.1:9/services/board/")
        monkeypatch.setenv(joining.HUB_TOKEN, HUB_TOKEN)
        assert "say the room's code" in coursekit(capsys, "join", board.url, "--as", "Ada")[2]
        assert coursekit(capsys, "join", board.url, CODE, "--as", "Ada")[0] == 0
        assert "Authorization" not in board.requests[-1][2]

    def test_a_redirect_is_not_followed(self, mine, board, monkeypatch):
        with fake_board.board() as other:
            away = (302, {"Location": f"{other.url}api/join"}, None)
            monkeypatch.setattr(board, "join", lambda *_: away)
            with pytest.raises(BoardError, match=r"is no class board \(status 302\)"):
                joining.join(
                    mine,
                    "Ada",
                    environment={joining.BOARD: board.url, joining.HUB_TOKEN: HUB_TOKEN},
                )
            assert other.requests == []

    def test_a_folder_that_has_joined_leaves_first(self, mine, board):
        joining.join(mine, "Ada", url=board.url, code=CODE)
        with pytest.raises(BoardError, match="as Ada: say coursekit leave first"):
            joining.join(mine, "Eve", url=board.url, code=CODE)

    def test_a_disk_that_is_full_leaves_nothing_behind(self, mine, board, monkeypatch):
        monkeypatch.setattr(membership, "write", full)
        with pytest.raises(OSError, match="No space left"):
            joining.join(mine, "Ada", url=board.url, code=CODE)
        assert not (mine / ".coursekit" / "board.json").exists()
        assert board.tokens == {}

    @pytest.mark.parametrize(
        ("arguments", "status", "said"),
        [
            (["join"], 1, "say under which name"),
            (["join", "--as", "Ada"], 1, "say where the board is, and the room's code"),
            (["join", "http://127.0.0.1:9/", "--as", "Ada"], 1, "say the room's code, too"),
            (["join", "127.0.0.1:9", "X", "--as", "Ada"], 2, "in this order"),
            (["join", "127.0.0.1:9", "--as", "Ada"], 1, "is neither a folder nor an address"),
            (["join", "http://93.184.216.34/", "X", "--as", "Ada"], 1, "or add --insecure"),
            (["join", "http://127.0.0.1:9/", "X", "..", "--as", "Ada"], 1, "is not a folder of the course"),
            (["leave"], 1, "this folder has joined no board"),
            (["leave", "--erase"], 1, "this folder has joined no board"),
        ],
    )  # fmt: skip
    def test_what_is_missing_or_wrong_is_one_line(self, mine, capsys, arguments, status, said):
        got, out, error = coursekit(capsys, *arguments)
        assert (got, out, said in error) == (status, "", True), error
        assert status == 2 or error.count("\n") == 1


class TestWaiting:
    def test_join_and_progress_send_what_waits(self, mine, board, monkeypatch, capsys):
        monkeypatch.setattr(progress.sending, "wake", lambda *_, **__: "")
        joining.join(mine, "Ada", url=board.url, code=CODE)
        for _ in range(3):
            progress.record(RIGHT)
            progress.record({"quiz": "1.1", "right": 1, "of": 4})
        board.answers = [(500, {}, None)]
        why = "the board's address answered with status 500"
        said = f"Joined {board.url} as Ada; 6 results wait to be sent ({why}).\n"
        assert coursekit(capsys, "join") == (0, said, "")
        assert board.stored == {}
        table = coursekit(capsys, "progress")[1]
        assert table.endswith(f"\n\nJoined {board.url} as Ada; no results wait to be sent.\n")
        assert 4 <= len(board.stored) <= 6  # lines of the same millisecond are one
        progress.record(RIGHT)
        status, out, error = coursekit(capsys, "progress", "--json")
        assert (status, error, json.loads(out)[0]["right"]) == (0, "", 1)

    def test_a_board_that_does_not_answer_keeps_nobody(self, mine, board, monkeypatch, capsys):
        monkeypatch.setattr(progress.sending, "wake", lambda *_, **__: "")
        monkeypatch.setattr(joining, "PATIENCE", 0.3)
        joining.join(mine, "Ada", url=board.url, code=CODE)
        progress.record(RIGHT)
        with fake_board.rude("hangs") as url:
            file = mine / ".coursekit" / "board.json"
            file.write_text(file.read_text().replace(board.url, url))
            said = coursekit(capsys, "progress")[1].splitlines()[-1]
        assert said == f"Joined {url} as Ada; 1 result waits to be sent (no answer in 0.3 seconds)."


class TestLeaving:
    def join(self, folder, url, code=CODE):
        joining.join(folder, "Ada", url=url, code=code)

    def test_it_works_without_a_network_and_can_be_completed_later(self, mine, capsys):
        with fake_board.board() as board:
            self.join(mine, board.url)
            progress.record(RIGHT)
            board.wait(1)
        port = int(board.url.rsplit(":", 1)[1][:-1])
        status, out, error = coursekit(capsys, "leave", "--erase")
        assert (status, out) == (1, "")
        assert "nothing more is sent, but what" in error
        assert (
            "could not be erased (Connection refused): say coursekit leave --erase again" in error
        )
        assert not (mine / ".coursekit" / "board.json").exists()
        left = mine / ".coursekit" / "board-left.json"
        assert stat.S_IMODE(left.stat().st_mode) == 0o600
        with fake_board.board(port) as again:
            again.tokens, again.stored = board.tokens, board.stored
            assert coursekit(capsys, "leave", "--erase")[:2] == (
                0, f"You have left {board.url}, and what it had of you is erased.\n",
            )  # fmt: skip
            assert again.stored == {}
        assert [path.name for path in (mine / ".coursekit").iterdir()] == ["progress.jsonl"]

    def test_leaving_stops_the_sending_and_keeps_the_rest(self, mine, board, capsys):
        self.join(mine, board.url)
        status, out, _ = coursekit(capsys, "leave")
        assert (status, "to erase it: coursekit leave --erase" in out) == (0, True)
        progress.record(RIGHT)
        assert joining.words(mine) == ""
        assert board.posts == []
        assert list(board.tokens.values()) == list(board.aliases)

    def test_who_comes_back_goes_on_as_the_same_learner(self, mine, board, monkeypatch):
        self.join(mine, board.url)
        before = json.loads((mine / ".coursekit" / "board.json").read_text())
        assert joining.leave(mine).endswith("To come back: join again.")
        progress.record(RIGHT)
        self.join(mine, board.url)
        after = json.loads((mine / ".coursekit" / "board.json").read_text())
        assert {**after, "since": ""} == {**before, "since": ""}
        assert not (mine / ".coursekit" / "board-left.json").exists()
        assert board.posts == []  # what was checked meanwhile is not sent
        progress.record(RIGHT)
        board.wait(1)

    def test_a_disk_that_is_full_on_coming_back_erases_nothing(self, mine, board, monkeypatch):
        self.join(mine, board.url)
        joining.leave(mine)
        monkeypatch.setattr(membership, "write", full)
        with pytest.raises(OSError, match="No space left"):
            self.join(mine, board.url)
        assert len(board.tokens) == 1
        assert membership.load(mine, membership.LEFT)
        assert membership.load(mine) is None

    def test_erasing_what_the_board_has_erased_already(self, mine, board):
        self.join(mine, board.url)
        board.tokens.clear()
        assert joining.leave(mine, erase=True).endswith("what it had of you is erased.")

    def test_both_boards_are_erased(self, mine, board):
        with fake_board.board() as other:
            self.join(mine, other.url)
            joining.leave(mine)
            self.join(mine, board.url)
            joining.leave(mine, erase=True)
            assert (board.tokens, other.tokens) == ({}, {})

    @pytest.mark.parametrize(
        "answer", [(500, {}, None), (302, {"Location": "/"}, None), (200, {}, b"<html>")]
    )
    def test_only_the_board_itself_can_say_that_it_is_erased(
        self, mine, board, monkeypatch, answer
    ):
        self.join(mine, board.url)
        monkeypatch.setattr(board, "answer", lambda *_: answer)
        with pytest.raises(BoardError, match="could not be erased"):
            joining.leave(mine, erase=True)
        assert membership.load(mine, membership.LEFT)

    def test_a_damaged_record_is_removed(self, mine):
        file = mine / ".coursekit" / "board.json"
        file.write_text("{")
        assert "is removed" in joining.leave(mine)
        assert not file.exists()


class TestDoctor:
    @pytest.fixture(autouse=True)
    def joined(self, mine, board, monkeypatch):
        monkeypatch.setattr(progress.sending, "wake", lambda *_, **__: "")
        joining.join(mine, "Ada", url=board.url, code=CODE)

    def test_it_says_as_whom_and_how_many_wait(self, mine, board):
        found = looking.board(mine)
        said = f"{board.url} knows you as Ada; no results wait to be sent"
        assert (found.grade, found.said) == (OK, said)
        progress.record(RIGHT)
        found = looking.board(mine)
        assert (found.grade, found.mend) == (NOTE, "coursekit join")
        assert found.said.endswith("1 result waits to be sent")

    def test_a_board_that_is_gone_strange_or_forgetful(self, mine, board, monkeypatch):
        board.tokens.clear()
        found = looking.board(mine)
        assert (
            "takes no more from this folder (No learner has this token: join again.)" in found.said
        )
        monkeypatch.setattr(board, "answer", lambda *_: (404, {}, b"<html>"))
        assert "is no class board (status 404)" in looking.board(mine).said
        with fake_board.rude("hangs") as url:
            file = mine / ".coursekit" / "board.json"
            file.write_text(file.read_text().replace(board.url, url))
            found = looking.board(mine, timeout=0.2)
        assert (found.grade, "does not answer (no answer in 0.2 seconds)" in found.said) == (
            NOTE,
            True,
        )
        file.write_text("[]")
        assert looking.board(mine).mend == "coursekit leave"

    def test_the_doctor_looks_only_where_a_board_was_joined(self, mine, tmp_path_factory):
        from coursekit import doctor

        assert list(doctor.checks(mine))[-1] == "board"
        assert "board" not in doctor.checks(tmp_path_factory.mktemp("elsewhere"))


def test_the_command_loads_nothing_heavy():
    code = (
        "import sys; from coursekit import cli\n"
        "try: cli.main(['join', '--help'])\n"
        "finally: print(*{'numpy', 'tornado', 'ssl'} & set(sys.modules), 'loaded')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.endswith("\nloaded\n") or run.stdout.endswith("\n loaded\n")
