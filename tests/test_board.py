"""The class board, asked over HTTP: every status it can answer with, and nothing stored where it says no."""

import http.client
import json
import socket
import time
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursekit.board import alone, serving, web
from coursekit.learner import chapters
from tests import board_room
from tests.board_room import Learner, check, guess, keyed, quiz


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with board_room.room(tmp_path_factory.mktemp("board")) as running:
        yield running


_names = (f"Learner {number}" for number in range(10**6))


@pytest.fixture
def ada(room):
    """A learner who has just joined: with the right to post 30 times in ten seconds."""
    return room.join(next(_names))


def refused(answer, status):
    """The answer has this status and says in a sentence why."""
    assert answer.status == status, answer.body
    assert set(answer.json) == {"error"}
    assert answer.json["error"].endswith(".")
    return answer.json["error"]


# --- joining ----------------------------------------------------------------------------------


def test_who_knows_the_code_joins(room):
    for code in (
        room.code,
        room.code.lower().replace("-", ""),
        f" {room.code[:4]} {room.code[5:]}",
    ):
        body = {"alias": f"  {next(_names)} ", "code": code}
        answer = room.ask("POST", "api/join", body)
        assert answer.status == 201
        assert set(answer.json) == {"learner", "token", "alias"}
        assert len(answer.json["learner"]) == 16
        assert int(answer.json["learner"], 16) >= 0
        assert len(answer.json["token"]) == 43
        assert answer.json["alias"] == body["alias"].strip()
    assert len(room.code) == 9
    assert set(room.code) <= {*alone.LETTERS, "-"}
    assert not set("01OIL") & set(alone.LETTERS)


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", None, 7, ["K"], {"a": 1}])
def test_a_wrong_code_is_forbidden(room, code):
    before = len(room.watch("GET", "api/stored").json["learners"])
    refused(room.ask("POST", "api/join", {"alias": "Eve", "code": code}, source="127.0.0.2"), 403)
    refused(room.ask("POST", "api/join", {"alias": "Eve"}, source="127.0.0.3"), 403)
    assert len(room.watch("GET", "api/stored").json["learners"]) == before


def test_after_too_many_wrong_codes_an_address_waits_and_others_do_not(room):
    wrong = {"alias": next(_names), "code": "AAAA-AAAA"}
    answers = [room.ask("POST", "api/join", wrong, source="127.0.0.9") for _ in range(21)]
    assert [a.status for a in answers] == [403] * 20 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    right = wrong | {"code": room.code}
    refused(room.ask("POST", "api/join", right, source="127.0.0.9"), 429)
    assert room.ask("POST", "api/join", right, source="127.0.0.10").status == 201


@pytest.mark.parametrize(
    "alias",
    ["", "   ", "x" * 41, "a\nb", "\u202egnp", "\ud800", "zero\u200bwidth", None, 3, ["a"], {}],
)
def test_an_alias_is_1_to_40_printable_characters(room, alias):
    refused(room.ask("POST", "api/join", {"alias": alias, "code": room.code}), 422)


def test_an_alias_may_be_written_in_any_script_and_40_long(room):
    for alias in ("Ωmega Ünal", "李雷", "x" * 40, "O'Hara <b>", "🦊"):
        assert room.join(alias).alias == alias


def test_an_alias_is_given_once_however_it_is_written(room):
    room.join("Grace  Hopper")
    for alias in ("Grace  Hopper", " grace hopper", "ＧＲＡＣＥ Hopper"):
        text = refused(room.ask("POST", "api/join", {"alias": alias, "code": room.code}), 409)
        assert "choose another" in text


def test_who_was_here_comes_back_with_the_token_of_before(room):
    name, other = next(_names), room.join(next(_names))
    learner = room.join(name)
    held = {"Authorization": f"token {learner.token}"}
    again = room.ask("POST", "api/join", {"alias": name, "code": room.code}, **held)
    assert (again.status, again.json) == (
        201, {"learner": learner.id, "token": learner.token, "alias": name},
    )  # fmt: skip
    renamed = room.ask("POST", "api/join", {"alias": f"{name} II", "code": room.code}, **held)
    assert (renamed.json["learner"], renamed.json["alias"]) == (learner.id, f"{name} II")
    taken = room.ask("POST", "api/join", {"alias": other.alias, "code": room.code}, **held)
    refused(taken, 409)
    refused(room.ask("POST", "api/join", {"alias": name, "code": "AAAA-AAAA"}, **held), 403)
    unknown = {"Authorization": "token made-up"}
    new = room.ask("POST", "api/join", {"alias": next(_names), "code": room.code}, **unknown)
    assert new.status == 201
    assert new.json["learner"] not in (learner.id, other.id)
    assert new.json["token"] != "made-up"


def test_joining_takes_its_two_fields_and_no_others(room):
    body = {"alias": next(_names), "code": room.code, "admin": True}
    refused(room.ask("POST", "api/join", body), 422)


# --- events -----------------------------------------------------------------------------------


def test_events_are_stored_and_shown(room, ada):
    events = [
        check("look again", "forward difference", "1.1.1"),
        check("not yet"),
        quiz(3),
        guess(),
    ]
    answer = ada.post(*events)
    assert (answer.status, answer.json) == (200, {"stored": 4, "known": 0})
    mine = ada.ask("GET", "api/mine").json
    assert mine["events"] == events
    assert (mine["learner"], mine["alias"], mine["account"]) == (ada.id, ada.alias, False)
    shown = room.watch("GET", "api/room").json
    assert [c for c in shown["cells"] if c["learner"] == ada.id] == [
        {"learner": ada.id, "exercise": e["exercise"], "status": e["status"], "mistake": e["mistake"],
         "tries": tries, "time": e["time"]}
        for e, tries in ((events[0], 1), (events[1], 0))
    ]  # fmt: skip
    (answered,) = [q for q in shown["quizzes"] if q["learner"] == ada.id]
    assert answered == {k: events[2][k] for k in ("quiz", "right", "of", "time")} | {
        "learner": ada.id
    }
    (kept,) = [g for g in shown["guesses"] if g["learner"] == ada.id]
    assert kept == {k: events[3][k] for k in ("prediction", "guess", "time")} | {"learner": ada.id}
    (listed,) = [one for one in shown["learners"] if one["id"] == ada.id]
    assert set(listed) == {"id", "alias", "since", "seen"}


def test_a_post_that_comes_again_is_stored_once(room, ada):
    first, second, third = check(), check(), check()
    assert ada.post(first, second).json == {"stored": 2, "known": 0}
    seen = room.watch("GET", "api/room").json
    refused(ada.post(first, second), 409)
    again = room.watch("GET", "api/room").json
    assert (again["seq"], again["cells"]) == (seen["seq"], seen["cells"])
    assert ada.post(second, third, third).json == {"stored": 1, "known": 2}
    assert ada.ask("GET", "api/mine").json["events"] == [first, second, third]
    (cell,) = [c for c in room.watch("GET", "api/room").json["cells"] if c["learner"] == ada.id]
    assert cell["tries"] == 3


def test_another_learner_may_send_the_same_line(room, ada):
    """Two who answer within the same millisecond write the same line."""
    other, event = room.join(next(_names)), check()
    assert ada.post(event).json == other.post(event).json == {"stored": 1, "known": 0}


@pytest.mark.parametrize("headers", [
    {}, {"Authorization": "token "}, {"Authorization": "token " + "A" * 43}, {"Authorization": "x"},
    {"Authorization": "token " + "é" * 5}, {"Cookie": "coursekit-board=" + "A" * 43},
])  # fmt: skip
def test_without_a_token_nobody_posts_reads_or_erases(room, ada, headers):
    headers = {name: value.encode() for name, value in headers.items()}
    body = {"learner": ada.id, "events": [check()]}
    refused(room.ask("POST", "api/events", body, **headers), 401)
    refused(room.ask("GET", "api/mine", **headers), 401)
    refused(room.ask("DELETE", "api/mine", **headers), 401)
    assert ada.ask("GET", "api/mine").json["events"] == []


def test_a_token_speaks_for_its_own_learner_only(room, ada):
    eve = room.join(next(_names))
    forged = Learner(room.base, ada.id, eve.token, "")
    refused(forged.post(check()), 403)
    for learner in (ada, eve):
        assert learner.ask("GET", "api/mine").json["events"] == []


def test_a_post_that_is_not_json_is_refused(room, ada):
    for body in (b"", b"{", b"\xff\xfe{}", b"NaN", b'{"learner": 1e', b"[" * 5000, b'{"a":1,"a":2}',
                 json.dumps({"x": 1}).encode("utf-16"), b"1" * 5000):  # fmt: skip
        refused(ada.ask("POST", "api/events", body), 400)
    body = {"learner": ada.id, "events": [check()]}
    for kind in ("text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"):
        refused(ada.ask("POST", "api/events", body, Content_Type=kind), 415)
        refused(
            room.ask("POST", "api/join", {"alias": "a", "code": room.code}, Content_Type=kind), 415
        )
    assert ada.ask("GET", "api/mine").json["events"] == []
    assert (
        ada.ask("POST", "api/events", body, Content_Type="Application/JSON; charset=utf-8").status
        == 200
    )


SOON = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 120))
LATE = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 1000))
WRONG = {
    "no object": [7, None, "x", []],
    "key": [check() | {"key": k} for k in ("", "0" * 31, "0" * 33, "G" * 32, "A" * 32, 7, None, "é" * 32)],
    "fields": [check(more=1), check(quiz="1.1"), {"key": "0" * 32}, quiz(more=None), guess(unit="m"),
               {k: v for k, v in check().items() if k != "mistake"},
               {k: v for k, v in check().items() if k != "key"}],
    "time": [check(time=t) for t in ("", "now", 1767225600, None, LATE, "2026-02-30T00:00:00Z",
             "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00", "2026-01-01T25:00:00Z", "2026-01-01",
             "٢٠٢٦-01-01T00:00:00Z", "2026-01-01T00:00:00.1234567Z")],
    "exercise": [check(exercise=e) for e in ("9.9.9", "", "1.1.2 ", None, 1.1, ["1.1.2"])],
    "status": [check(s) for s in ("wrong", "Right", "", None, 1, ["right"])],
    "mistake": [check("look again", "no such", "1.1.1"), check("right", "forward difference", "1.1.1"),
                check("look again", "forward difference", "1.1.2"), check("not yet", ["x"]),
                check("look again", 1), check("look again", {})],
    "quiz": [quiz(quiz="9.9"), quiz(-1), quiz(6), quiz(3, 99), quiz(3.0), quiz(True), quiz("3"),
             quiz(10**400), quiz(quiz=["1.1"])],
    "guess": [guess(2.0), guess(1e-17), guess(-1), guess(True), guess("0.1"), guess(None), guess([0.1]),
              guess(10**400), guess("yes", "1.1-loop"), guess(1, "1.1-loop"), guess(1, "no-such")],
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_not_exactly_an_event_of_this_course_is_refused_with_its_whole_post(room, what):
    for wrong in WRONG[what]:
        ada = room.join(next(_names))
        text = refused(ada.post(check(), wrong), 422)
        assert text.startswith("events[1]: "), text
        assert ada.ask("GET", "api/mine").json["events"] == []


def test_what_is_at_the_edge_is_taken(ada):
    edges = [check(time=SOON), check(time="2026-01-01T00:00:00Z"), check(time="2026-01-01T00:00:00.1Z"),
             quiz(0), guess(1), guess(1e-16), guess("It falls toward zero", "1.1-loop"),
             check("look again")]  # fmt: skip
    assert ada.post(*map(keyed, edges)).json == {"stored": len(edges), "known": 0}


def test_a_post_has_exactly_its_two_fields(room, ada):
    def bodies(id):
        one = [check()]
        return [
            {}, {"learner": id}, {"events": one}, {"learner": id, "events": one, "more": 1},
            *({"learner": id, "events": e} for e in ([], {}, None, 1, [check() for _ in range(101)])),
            *({"learner": who, "events": one} for who in (7, None, [id])), [id, one], "x", None,
        ]  # fmt: skip

    for body in bodies(ada.id):
        refused(ada.ask("POST", "api/events", json.dumps(body).encode()), 422)
    assert ada.ask("GET", "api/mine").json["events"] == []


def test_a_hundred_events_fit_into_one_post(ada):
    assert ada.post(*(check() for _ in range(100))).json["stored"] == 100


def test_who_posts_more_than_30_times_in_ten_seconds_waits(ada):
    statuses = [ada.post(check()).status for _ in range(30)]
    late = ada.post(check())
    assert statuses == [200] * 30
    refused(late, 429)
    assert 1 <= int(late.headers["Retry-After"]) <= 10
    assert len(ada.ask("GET", "api/mine").json["events"]) == 30


# --- sizes ------------------------------------------------------------------------------------


def test_a_body_that_is_too_long_is_refused(room, ada):
    def padded(body, size):
        text = json.dumps(body).encode()
        return text + b" " * (size - len(text))

    post = {"learner": ada.id, "events": [check()]}
    for size in (2**16 + 1, 2**20, web.DRAIN):
        refused(ada.ask("POST", "api/events", padded(post, size)), 413)
    assert ada.ask("GET", "api/mine").json["events"] == []
    assert ada.ask("POST", "api/events", padded(post, 2**16)).status == 200
    join = {"alias": next(_names), "code": room.code}
    refused(room.ask("POST", "api/join", padded(join, 2**12 + 1)), 413)
    assert room.ask("POST", "api/join", padded(join, 2**12)).status == 201


@pytest.mark.parametrize("size", [2**16 + 1, 2**20])
def test_neither_is_one_whose_length_is_not_said(room, ada, size):
    body = json.dumps({"learner": ada.id, "events": [check()]}).encode().ljust(size)
    chunks = iter([body[i : i + 10_000] for i in range(0, size, 10_000)])
    where = urlsplit(room.base)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
    headers = {"Authorization": f"token {ada.token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/events", chunks, headers, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    assert ada.ask("GET", "api/mine").json["events"] == []


def raw(room, data, seconds=10.0):
    """Send bytes; return what comes back until the board hangs up or the time is over."""
    where = urlsplit(room.base)
    with socket.create_connection((where.hostname, where.port), timeout=seconds) as line:
        line.sendall(data)
        got = b""
        try:
            while part := line.recv(65536):
                got += part
        except (TimeoutError, ConnectionResetError):
            pass
        return got


def head(ada, *lines):
    said = [
        f"Authorization: token {ada.token}",
        "Content-Type: application/json",
        "Host: x",
        *lines,
    ]
    return ("POST /api/events HTTP/1.1\r\n" + "\r\n".join(said) + "\r\n\r\n").encode()


def test_a_length_that_is_a_lie_stores_nothing(room, ada):
    body = json.dumps({"learner": ada.id, "events": [check()]}).encode()
    short = raw(room, head(ada, f"Content-Length: {len(body) - 9}") + body, 2)
    assert short.startswith(b"HTTP/1.1 400 ")
    long = raw(room, head(ada, f"Content-Length: {len(body) + 9}") + body, 2)
    assert long == b""  # the board waits for the rest, and hangs up in the end
    for lines in ([f"Content-Length: {10**13}"], ["Content-Length: 99999999"]):
        assert raw(room, head(ada, *lines)).startswith(b"HTTP/1.1 413 ")
    for lines in (["Content-Length: -1"], ["Content-Length: 1e3"], ["Content-Length: 5, 6"],
                  ["Content-Length: 5", "Transfer-Encoding: chunked"]):  # fmt: skip
        assert b" 200 " not in raw(room, head(ada, *lines) + body, 2)
    endless = b"%x\r\n%s\r\n" % (2**16, b" " * 2**16)
    got = raw_stream(room, head(ada, "Transfer-Encoding: chunked"), endless, 200)
    assert got.startswith(b"HTTP/1.1 413 ") or got == b""
    assert ada.ask("GET", "api/mine").json["events"] == []


def raw_stream(room, start, chunk, count):
    """Send a chunk again and again until the board hangs up; that it does is what is tested."""
    where = urlsplit(room.base)
    with socket.create_connection((where.hostname, where.port), timeout=20) as line:
        line.sendall(start)
        sent = 0
        with suppress(OSError):  # a broken pipe, or a reset: as the system likes
            while sent < count:
                line.sendall(chunk)
                sent += 1
                time.sleep(0.01)
        assert sent < count
        try:
            return line.recv(65536)
        except OSError:
            return b""


# --- only the instructor ----------------------------------------------------------------------

FOR_THE_INSTRUCTOR = [
    ("GET", "api/room"), ("GET", "api/stream"), ("GET", "api/stored"), ("DELETE", "api/stored"),
    ("DELETE", "api/learners/0123456789abcdef"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), FOR_THE_INSTRUCTOR)
def test_the_room_is_for_the_instructor_alone(room, ada, method, path):
    extra = {"X_Board": "1"}
    refused(room.ask(method, path, **extra), 401)
    refused(room.ask(method, path, Cookie="coursekit-board=" + "A" * 43, **extra), 401)
    refused(room.ask(method, path, Cookie=f"coursekit-board={ada.token}", **extra), 401)
    refused(ada.ask(method, path, **extra), 403)
    assert ada.ask("GET", "api/mine").status == 200


def test_the_page_is_for_the_instructor_alone(room, ada):
    for answer in (
        room.ask("GET", ""), ada.ask("GET", ""), room.ask("GET", "enter"),
        room.ask("GET", "enter?key=" + "A" * 43), room.ask("GET", "enter?key=%C3%A9"),
    ):  # fmt: skip
        assert answer.status in (401, 403)
        assert answer.headers["Content-Type"].startswith("text/html")
        assert b"coursekit board" in answer.body or b"Only the instructor" in answer.body
        assert "Set-Cookie" not in answer.headers
    page = room.watch("GET", "")
    assert page.status == 200
    assert page.body == (serving.STATIC / "board.html").read_bytes()
    entered = room.ask("GET", f"enter?key={room.key}")
    assert (entered.status, entered.headers["Location"]) == (303, "/")
    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert room.key not in cookie


def test_erasing_needs_the_header_of_the_page(room, ada):
    for path in ("api/stored", f"api/learners/{ada.id}"):
        refused(room.watch("DELETE", path), 403)
        refused(room.watch("DELETE", path, X_Board="0"), 403)
    assert ada.ask("GET", "api/mine").status == 200
    assert room.watch("DELETE", f"api/learners/{ada.id}", X_Board="1").status == 204
    refused(room.watch("DELETE", f"api/learners/{ada.id}", X_Board="1"), 404)
    refused(ada.post(check()), 401)


def test_every_answer_forbids_what_comes_from_elsewhere(room, ada):
    answers = [
        room.watch("GET", ""), room.watch("GET", "api/room"), room.ask("GET", ""), room.ask("GET", "x"),
        ada.ask("GET", "api/mine"), room.ask("POST", "api/join", b"{"), room.ask("PATCH", "api/join"),
        room.ask("GET", "static/board.html"), ada.post(check()),
    ]  # fmt: skip
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert set(policy) == {
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
            "img-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
        }  # fmt: skip
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] in ("no-store", "no-cache")
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Server" not in answer.headers
    assert [a.status for a in answers] == [200, 200, 401, 404, 200, 400, 405, 200, 200]


@pytest.mark.parametrize("path", [
    "static/../store.py", "static/..%2Fstore.py", "static/%2e%2e/store.py", "static//etc/passwd",
    "static/%2Fetc%2Fpasswd", "static/..\\store.py", "static/board.html%00.css", "static/",
    "static/board.html/", "../store.py", "static/%ff",
])  # fmt: skip
def test_only_the_files_of_the_page_are_served(room, path):
    answer = room.watch("GET", path)
    assert answer.status in (400, 404), answer.body
    assert b"import" not in answer.body
    assert b"root:" not in answer.body


def test_the_files_of_the_page_are_served_with_their_type(room):
    for file in serving.STATIC.iterdir():
        answer = room.ask("GET", f"static/{file.name}")
        assert answer.body == file.read_bytes()
        kinds = {
            ".html": "text/html",
            ".css": "text/css",
            ".js": "text/javascript",
            ".svg": "image/svg+xml",
        }
        assert answer.headers["Content-Type"].startswith(kinds[file.suffix])
        again = room.ask("GET", f"static/{file.name}", If_None_Match=answer.headers["Etag"])
        assert again.status == 304


def test_the_snapshot_tells_the_course_and_how_to_join(room):
    shown = room.watch("GET", "api/room").json
    assert set(shown) == {
        "seq", "now", "join", "chapters", "learners", "cells", "quizzes", "guesses",
    }  # fmt: skip
    assert shown["join"] == {"url": room.base, "code": room.code}
    assert [c["number"] for c in shown["chapters"]] == [
        ".".join(map(str, c.number)) for c in chapters.find()
    ]
    assert all(c["quiz"] and c["exercises"] for c in shown["chapters"])


# --- anything at all --------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
BROKEN = st.one_of(
    JSON,
    st.fixed_dictionaries({"learner": JSON, "events": JSON}),
    st.lists(
        st.dictionaries(
            st.sampled_from(["time", "exercise", "status", "mistake", "key", "quiz", "right", "of",
                             "prediction", "guess"]), JSON | st.sampled_from(["1.1.2", "right", "1.1"])
        ), min_size=1, max_size=3,
    ).map(lambda events: {"learner": "ME", "events": events}),
)  # fmt: skip


def test_whatever_is_posted_the_board_neither_fails_nor_stores(room):
    writers = []

    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(BROKEN, st.binary(max_size=40))
    def post(body, noise):
        if not writers or writers[-1][1] == 14:
            writers.append([room.join(next(_names)), 0])
        writers[-1][1] += 1
        me = writers[-1][0]
        if isinstance(body, dict) and body.get("learner") == "ME":
            body = body | {"learner": me.id}
        for sent in (body, noise):
            answer = me.ask("POST", "api/events", sent)
            assert 400 <= answer.status < 500
            assert answer.status != 429
            refused(answer, answer.status)

    post()
    assert all(learner.ask("GET", "api/mine").json["events"] == [] for learner, _ in writers)
