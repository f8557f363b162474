"""The class board as a service of a real JupyterHub: who may join, who may watch."""

import json
import threading
import time

import pytest

from tests import board_hub
from tests.board_hub import Browser
from tests.board_room import Learner, check


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    running = board_hub.Hub(tmp_path_factory.mktemp("hub"))
    try:
        yield running
    finally:
        running.end()


def joined(hub, name, alias):
    answer = hub.join(alias, hub.token(name))
    assert answer.status == 201, answer.body
    return Learner(hub.base, answer.json["learner"], answer.json["token"], alias)


def test_a_learners_server_joins_without_a_code_and_sends(hub):
    ada = joined(hub, "ada", "Ada")
    assert ada.post(check()).status == 200
    mine = ada.ask("GET", "api/mine").json
    assert mine["account"] is True
    again = joined(hub, "ada", "Countess")
    assert again.id == ada.id
    assert ada.post(check()).status == 401  # the new token took the old one's place
    assert len(again.ask("GET", "api/mine").json["events"]) == 1
    grace = joined(hub, "grace", "Ada")
    assert grace.id != ada.id
    assert hub.join("countess", hub.token("grace")).status == 409
    assert Learner(hub.base, ada.id, grace.token, "").post(check()).status == 403


def test_who_the_hub_does_not_know_does_not_join(hub):
    for token in (None, "", "0" * 32, "é"):
        answer = hub.join("Eve", token and token.encode())
        assert answer.status == 401
        assert "join again" in answer.json["error"]
    assert hub.join("Service", hub._secret).status == 401  # a service is no learner
    assert hub.join("", hub.token("eve")).status == 422


def test_account_names_are_not_in_the_database(hub):
    joined(hub, "a-telling-account-name", "Somebody")
    for file in hub.data.parent.glob("board.sqlite*"):
        assert b"a-telling-account-name" not in file.read_bytes()
    assert any(b"Somebody" in file.read_bytes() for file in hub.data.parent.glob("board.sqlite*"))


@pytest.mark.parametrize("name", ["root", "teacher", "assistant"])
def test_admins_the_group_and_who_has_the_scope_watch(hub, name):
    """root is an admin, teacher is in the group, assistant has the scope by a role."""
    browser = Browser(hub)
    browser.log_in(name)
    status, path, page = browser.ask("GET", "/services/board/")
    assert (status, path) == (200, "/services/board/")
    assert b"Class board" in page
    status, shown = browser.json("api/room")
    assert status == 200
    assert shown["join"] == {"url": hub.base, "code": None}
    status, _, _ = browser.ask("DELETE", "/services/board/api/learners/0123456789abcdef")
    assert status == 403
    status, _, body = browser.ask(
        "DELETE", "/services/board/api/learners/0123456789abcdef", X_Board="1",
        Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="cors",
    )  # fmt: skip
    assert (status, list(json.loads(body))) == (404, ["error"])
    status, _, _ = browser.ask(
        "DELETE", "/services/board/api/stored", X_Board="1",
        Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="cors",
    )  # fmt: skip
    assert status == 401


def test_learners_do_not(hub):
    browser = Browser(hub)
    browser.log_in("linus")
    status, path, page = browser.ask("GET", "/services/board/")
    assert (status, path) == (403, "/services/board/")
    assert b"Only an instructor" in page
    for path in ("api/room", "api/stored", "api/stream"):
        status, told = browser.json(path)
        assert (status, told) == (403, {"error": "Only an instructor sees the board."})


def test_who_is_not_logged_in_is_sent_to_the_hub(hub):
    status, path, _ = Browser(hub).ask("GET", "/services/board/")
    assert status == 200
    assert path.startswith("/hub/login?next=")
    status, told = Browser(hub).json("api/room")
    assert (status, list(told)) == (401, ["error"])


def test_tokens_do_not_watch(hub):
    """Not even an instructor's server: what runs there may be anybody's notebook."""
    ada = joined(hub, "ada", "Ada L")
    for token in (ada.token, hub.token("ada"), hub.token("teacher"), hub.token("root")):
        answer = Learner(hub.base, "", token, "").ask("GET", "api/room")
        assert answer.status == 403, answer.body


def test_a_hub_that_does_not_answer_holds_up_nobody_who_has_joined(hub):
    ada, token = joined(hub, "ada", "Ada M"), hub.token("late")
    answers = []
    hub.pause()
    try:
        waiting = threading.Thread(target=lambda: answers.append(hub.join("Late", token)))
        waiting.start()
        time.sleep(0.5)
        started = time.monotonic()
        assert ada.post(check()).status == 200
        assert time.monotonic() - started < 5
        assert waiting.is_alive()  # it does ask the hub
    finally:
        hub.resume()
    waiting.join(60)
    assert [answer.status for answer in answers] == [201]
