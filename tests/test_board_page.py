"""The class board's page in a real browser, with a real board behind it and a class of simulated learners."""

import json
import re
import subprocess
from urllib.parse import urlsplit

import pytest

from coursekit.amounts import amount
from tests import board_hub, board_room
from tests.board_page import (
    LIVE,
    MATRIX,
    MISTAKES,
    STANDING,
    chapter,
    check,
    course,
    deliver,
    expected_matrix,
    expected_mistakes,
    fill,
    guess,
    guesses_of,
    middle,
    quiz,
    simulated,
    wait_equal,
    watched,
)
from tests.browser import DESKTOP, OF_COLOR, PHONE, RULES, opened
from tests.test_site_axe import AXE, violations
from tests.tools import ROOT, node

STATIC = ROOT / "src" / "coursekit" / "board" / "static"
NARROW = {"width": 360, "height": 740}
WRONG = next(iter(chapter()["exercises"][0]["mistakes"]))
FIRST = chapter()["exercises"][0]["id"]


@pytest.fixture
def room(tmp_path):
    with board_room.room(tmp_path) as running:
        yield running


def classmates(n, numbers=("1.1",), share=0.85):
    return {f"Learner {i:02}": simulated(i, numbers, share) for i in range(n)}


#: The sums over all sentences that were said since `heard` is kept.
TOLD = """() => {
  const told = { joined: 0, predictions: 0 };
  for (const [, words] of heard) {
    told.joined += Number(words.match(/(\\d+) learners? joined/)?.[1] ?? 0);
    told.predictions += Number(words.match(/(\\d+) predictions?/)?.[1] ?? 0);
  }
  return told;
}"""


def rows(page):
    return page.locator("#matrix tbody th bdi").all_text_contents()


# --- fifty learners -----------------------------------------------------------------------------


def test_the_page_shows_what_fifty_learners_post_at_once(browser, room):
    everybody = classmates(50)
    with watched(browser, room) as page:
        assert page.get_by_text("Nobody has joined yet").is_visible()
        page.evaluate("""() => {
          window.heard = [];
          const note = () => heard.push([performance.now(), document.getElementById('said').textContent]);
          new MutationObserver(note).observe(document.getElementById('said'), { childList: true });
        }""")
        learners = fill(room, everybody, most=4)
        wait_equal(page, MATRIX, expected_matrix(everybody, [chapter()]))

        mistakes = expected_mistakes(everybody)
        shown = page.evaluate(MISTAKES)
        assert {(m["exercise"], m["mistake"]): set(m["who"]) for m in shown} == mistakes
        counts = [m["n"] for m in shown]
        assert counts == sorted(map(len, mistakes.values()), reverse=True)
        top = shown[0]
        exercise = next(e for e in chapter()["exercises"] if e["id"] == top["exercise"])
        if top["mistake"]:
            assert exercise["mistakes"][top["mistake"]].replace("`", "") in top["text"]

        matrix = expected_matrix(everybody, [chapter()])
        for id, sums in page.evaluate(STANDING).items():
            kinds = [row[id][0] for row in matrix.values()]
            assert sums == [kinds.count(k) for k in ("right", "again", "begun", "none")]
        assert page.locator("#presence").inner_text() == "50 learners here"

        # A screen reader hears sentences with quiet between, and in them each change once.
        deliver(learners["Learner 00"], [guess("1.1-h", 1e-5, 0.5)])
        guesses = sum("prediction" in event for events in everybody.values() for event in events)
        told = {"joined": 50, "predictions": guesses + 1}
        wait_equal(page, TOLD, told)
        times = [time for time, _ in page.evaluate("heard")]
        assert all(b - a > 7500 for a, b in zip(times, times[1:], strict=False))
        page.wait_for_timeout(1500)  # no sentence twice
        assert page.evaluate(TOLD) == told

        page.get_by_label("Show").select_option("all")
        wait_equal(page, MATRIX, expected_matrix(everybody, course().chapters))


def test_the_predictions_of_the_room_are_counted(browser, room):
    everybody = classmates(50)
    fill(room, everybody)
    with watched(browser, room) as page:
        cards = page.locator(".prediction").all()
        assert len(cards) == len(chapter()["predictions"])
        for card, p in zip(cards, chapter()["predictions"], strict=True):
            values = guesses_of(everybody, p["id"])
            sentence = card.locator(".sentence").inner_text()
            assert card.locator("h3").inner_text() == p["question"].replace("`", "")
            assert sentence.startswith(f"{len(values)} of 50 have guessed.")
            if p["options"]:
                sums = [values.count(option) for option in p["options"]]
                told = card.locator(".options .sums").all_inner_texts()
                assert [int(text.split(" ")[0]) for text in told] == sums
                widths = card.locator("rect.guess").evaluate_all(
                    "bars => bars.map((bar) => parseFloat(bar.getAttribute('width')))"
                )
                assert widths == pytest.approx([100 * n / len(values) for n in sums])
                continue
            assert f"Median {amount(middle(values, p['log']), p['unit'])};" in sentence
            told = [int(text or 0) for text in card.locator("text.sum").all_text_contents()]
            assert sum(told) == len(values)
            label = card.get_by_role("img").get_attribute("aria-label")
            assert [int(n) for n in re.findall(r"(\d+) from ", label)] == [n for n in told if n]
            heights = card.locator("rect.guess").evaluate_all(
                "bars => bars.map((bar) => Number(bar.getAttribute('height')))"
            )
            assert heights == pytest.approx([84 * n / max(told) for n in told])


def test_an_update_moves_nothing_and_takes_nothing_away(browser, room):
    everybody = classmates(50)
    learners = fill(room, everybody)
    with watched(browser, room) as page:
        page.evaluate("""() => {
          const region = document.getElementById('matrix');
          region.focus();
          region.scrollTop = 180;
          region.scrollIntoView();
          const cell = region.querySelectorAll('tbody tr')[8].querySelector('bdi');
          getSelection().selectAllChildren(cell);
        }""")
        page.wait_for_timeout(700)  # what follows input is not counted as a shift
        page.evaluate("""() => {
          window.moved = [];
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) for (const source of entry.sources) {
              const node = source.node?.nodeType === 1 ? source.node : source.node?.parentElement;
              moved.push(node?.closest('#mistakes') ? 'mistakes' : node?.outerHTML.slice(0, 80));
            }
          }).observe({ type: 'layout-shift' });
          window.changed = new Set();
          new MutationObserver((list) => {
            for (const { target } of list) {
              const node = target.nodeType === 1 ? target : target.parentElement;
              changed.add(node?.closest('td, th'));
            }
          }).observe(document.getElementById('matrix'), {
            subtree: true, childList: true, characterData: true, attributes: true,
          });
        }""")

        def state():
            return page.evaluate("""() => {
              const box = (id) => Object.values(document.getElementById(id).getBoundingClientRect().toJSON());
              return {
                focus: document.activeElement.id, top: document.getElementById('matrix').scrollTop,
                y: scrollY, selected: getSelection().toString(),
                rows: document.querySelectorAll('#matrix tbody tr').length,
                boxes: ['join', 'stuck', 'mistakes-box', 'matrix', 'guesses', 'stored'].map(box),
              };
            }""")

        before = state()
        assert (before["focus"], before["top"], before["selected"]) == ("matrix", 180, "Learner 08")
        alias = "Learner 03"
        news = [check(FIRST, "look again", WRONG), check(chapter()["exercises"][1]["id"])]
        news.append(guess("1.1-h", 1e-3, 0.5))
        everybody[alias] = everybody[alias] + news
        deliver(learners[alias], news)
        wait_equal(page, MATRIX, expected_matrix(everybody, [chapter()]))
        touched = page.evaluate("[...changed].map((cell) => cell?.tagName ?? null)")
        assert sorted(touched) == ["TD", "TD", "TH"], (
            "two cells and the row's head changed, no more"
        )
        for other in ("Learner 10", "Learner 20", "Learner 30"):
            everybody[other] = everybody[other] + [check(FIRST, "look again", WRONG)]
            deliver(learners[other], everybody[other][-1:])
        wait_equal(page, MATRIX, expected_matrix(everybody, [chapter()]))
        page.wait_for_timeout(300)
        assert state() == before
        assert set(page.evaluate("moved")) <= {"mistakes"}


# --- the chapter, the order, the names ------------------------------------------------------------


def test_the_chapter_follows_the_class_until_the_teacher_chooses(browser, room):
    ada, ben, cy = (room.join(name) for name in ("Ada", "Ben", "Cy"))
    for learner in (ada, ben, cy):
        deliver(learner, [check("1.1.1", seconds=60)])
    with watched(browser, room) as page:
        chosen = page.get_by_label("Chapter", exact=True)
        assert chosen.input_value() == "1.1"
        deliver(ada, [check("1.2.1", seconds=50)])
        deliver(ben, [check("1.2.1", seconds=40)])
        page.wait_for_function("() => document.getElementById('chapter').value === '1.2'")
        assert page.locator("#standing li").first.get_attribute("data-exercise") == "1.2.1"
        chosen.select_option("2.1")
        assert not page.get_by_label("Follow the class").is_checked()
        deliver(cy, [check("1.2.2", seconds=30)])
        page.wait_for_timeout(800)
        assert chosen.input_value() == "2.1"
        page.get_by_label("Follow the class").check()
        assert chosen.input_value() == "1.2"
        assert page.evaluate(STANDING)["1.2.2"] == [1, 0, 0, 2]


def test_who_needs_help_comes_first(browser, room):
    seconds = {"Ada": 10, "Ben": 500, "Cy": 200}
    for name, since in seconds.items():
        deliver(room.join(name), [check("1.1.1", seconds=since)])
    done = room.join("Dora")
    deliver(done, [check(e["id"], seconds=3000) for e in chapter()["exercises"]])
    with watched(browser, room) as page:
        assert rows(page) == ["Ada", "Ben", "Cy", "Dora"]
        page.get_by_label("Order").select_option("need")
        assert rows(page) == ["Ben", "Cy", "Ada", "Dora"]
        # Whoever tries and fails comes before those who may just be reading.
        page.get_by_label("Order").select_option("name")
        deliver(room.join("Eve"), [check(FIRST, "look again", WRONG)])
        page.wait_for_function(
            "() => document.querySelector('#matrix tbody')?.innerText.includes('✗')"
        )
        page.get_by_label("Order").select_option("need")
        assert rows(page) == ["Eve", "Ben", "Cy", "Ada", "Dora"]


def test_names_can_be_hidden_and_stay_hidden(browser, room):
    everybody = classmates(3)
    secret = {f"{alias} Secret": events for alias, events in everybody.items()}
    fill(room, secret)
    with watched(browser, room) as page:
        assert "Secret" in page.content()
        page.get_by_role("button", name="Names").click()
        assert "Secret" not in page.content()
        assert sorted(rows(page)) == ["Learner 1", "Learner 2", "Learner 3"]
        deliver(room.join("Late Secret"), [check(FIRST, "look again", WRONG)])
        page.wait_for_function("() => document.querySelectorAll('#matrix tbody tr').length === 4")
        page.reload()
        page.wait_for_function(LIVE)
        page.locator("#stored summary").click()
        page.wait_for_function("() => document.querySelectorAll('#stored-rows tr').length === 4")
        assert "Secret" not in page.content()
        page.get_by_role("button", name="Names").click()
        assert page.content().count("Late Secret") >= 2


HOSTILE = [
    '<img src=x onerror="window.hacked = 1">',
    '"><script>hacked=1</script>',
    "</bdi></table>&amp;<b>",
    "__proto__",
    "שרה כהן",
    "محمد (1)",
    "ユーザー🙂",
    "x" * 40,
]


def test_an_alias_is_text_and_nothing_else(browser, room):
    everybody = {alias: [check(FIRST, "look again", WRONG, 5)] for alias in HOSTILE}
    fill(room, everybody)
    with watched(browser, room, viewport=NARROW) as page:
        page.locator("#stored summary").click()
        page.wait_for_function("() => document.querySelectorAll('#stored-rows tr').length > 0")
        assert sorted(rows(page)) == sorted(HOSTILE)
        assert sorted(page.locator("#mistakes .who bdi").all_text_contents()) == sorted(HOSTILE)
        assert sorted(page.locator("#stored-rows bdi").all_text_contents()) == sorted(HOSTILE)
        assert page.evaluate("typeof hacked") == "undefined"
        assert page.locator("main :is(img, script, b b)").count() == 0
        # The direction of one does not turn what stands around it.
        turned = page.locator("#matrix tbody bdi").evaluate_all(
            "all => all.filter((b) => b.matches(':dir(rtl)')).map((b) => b.textContent)"
        )
        assert sorted(turned) == sorted(["שרה כהן", "محمد (1)"])
        assert (
            page.locator("#mistakes .who").evaluate("el => getComputedStyle(el).direction") == "ltr"
        )
        erase = page.get_by_role("button", name="Erase… שרה כהן")
        erase.click()
        assert "שרה כהן" in page.locator("#ask-title").inner_text()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.textContent") == "Erase… שרה כהן"


# --- erasing ----------------------------------------------------------------------------------------


def test_the_main_tasks_by_keyboard_alone(browser, room):
    everybody = classmates(8)
    fill(room, everybody)
    code = room.code
    with watched(browser, room) as page:

        def tab_to(selector):
            for _ in range(40):
                page.keyboard.press("Tab")
                if page.evaluate("s => document.activeElement.matches(s)", selector):
                    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                    assert ring != "none", f"{selector}: no one sees that it has the focus"
                    return
            pytest.fail(f"the keyboard does not come to {selector}")

        tab_to("#show-join")
        page.keyboard.press("Enter")
        assert not page.locator("#join").is_visible()
        tab_to("#chapter")
        page.keyboard.press("ArrowDown")
        assert page.locator("#chapter").input_value() == "1.2"
        tab_to("#follow")
        page.keyboard.press("Space")
        assert page.locator("#chapter").input_value() == "1.1"
        tab_to("#mistakes-box")
        tab_to("#sort")
        page.keyboard.press("w")
        assert page.locator("#sort").input_value() == "need"
        tab_to("#span")
        page.keyboard.press("a")
        tab_to("#matrix")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.wait_for_function("() => document.getElementById('matrix').scrollLeft > 0")
        tab_to("#stored summary")
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.querySelectorAll('#stored-rows tr').length === 8")
        tab_to("#stored-rows button")

        name = page.evaluate(
            "document.activeElement.closest('tr').querySelector('bdi').textContent"
        )
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        assert f"{len(everybody[name])} events" in dialog.inner_text()
        assert page.evaluate("document.activeElement.id") == "ask-no", "the harmless answer first"
        page.keyboard.press("Enter")
        assert len(room.watch("GET", "api/stored").json["learners"]) == 8
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.querySelectorAll('#matrix tbody tr').length === 7")
        left = {learner["alias"] for learner in room.watch("GET", "api/stored").json["learners"]}
        assert left == set(everybody) - {name}
        page.wait_for_function("() => document.activeElement.matches('#stored-rows button')")
        assert name not in page.locator("#stored-rows").inner_text()

        tab_to("#erase-all")
        page.keyboard.press("Enter")
        rest = sum(len(events) for alias, events in everybody.items() if alias != name)
        assert f"7 learners, {rest} events" in dialog.inner_text()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_function("() => !document.getElementById('empty').hidden")
        assert room.watch("GET", "api/stored").json["learners"] == []
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        tab_back = "() => document.activeElement.id === 'show-join'"
        for _ in range(12):
            page.keyboard.press("Shift+Tab")
            if page.evaluate(tab_back):
                break
        page.keyboard.press("Enter")
        fresh = page.evaluate("document.getElementById('command').textContent")
        assert code not in fresh
        assert re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4} --as NAME", fresh)


def test_what_cannot_be_erased_is_said_and_kept(browser, room):
    deliver(room.join("Ada"), [check(FIRST)])
    with watched(browser, room) as page:
        page.locator("#stored summary").click()
        page.get_by_role("button", name="Erase… Ada").click()
        page.route("**/api/learners/*", lambda route: route.abort())
        page.get_by_role("button", name="Erase this learner").click()
        page.wait_for_function("() => document.getElementById('ask-error').textContent")
        assert page.locator("#ask-error").inner_text().startswith("Not erased.")
        assert page.locator("#ask").is_visible()
        page.get_by_role("button", name="Keep it").click()
        assert len(room.watch("GET", "api/stored").json["learners"]) == 1
        assert any("ERR_FAILED" in fault for fault in page.watch.faults)
        page.watch.faults.clear()


def test_a_learner_who_leaves_leaves_the_page(browser, room):
    zoltan, ben = room.join("Zoltán"), room.join("Ben")
    deliver(zoltan, [check(FIRST, "look again", WRONG)])
    deliver(ben, [check(FIRST)])
    with watched(browser, room) as page:
        assert rows(page) == ["Ben", "Zoltán"]
        assert zoltan.ask("DELETE", "api/mine").status == 204
        page.wait_for_function("() => document.querySelectorAll('#matrix tbody tr').length === 1")
        assert "Zoltán" not in page.content()
        assert page.evaluate(STANDING)[FIRST] == [1, 0, 0, 0]


# --- the line -----------------------------------------------------------------------------------------


def test_the_page_comes_back_by_itself_when_the_board_was_killed(browser, room):
    everybody = classmates(5)
    learners = fill(room, everybody)
    with watched(browser, room) as page:
        wait_equal(page, MATRIX, expected_matrix(everybody, [chapter()]))
        port = urlsplit(room.base).port
        room.kill()
        page.wait_for_function("() => document.getElementById('state').dataset.state === 'lost'")
        words = page.locator("#state-words").inner_text()
        assert re.fullmatch(r"not connected since \d\d:\d\d, trying again", words)
        assert len(rows(page)) == 5, "what was known stays on the wall"
        room.start(port)
        everybody["Learner 00"] = everybody["Learner 00"] + [check(FIRST, "look again", WRONG)]
        deliver(learners["Learner 00"], everybody["Learner 00"][-1:])
        page.wait_for_function(LIVE)
        wait_equal(page, MATRIX, expected_matrix(everybody, [chapter()]))
        everybody["Learner 01"] = everybody["Learner 01"] + [check(FIRST)]
        deliver(learners["Learner 01"], everybody["Learner 01"][-1:])
        wait_equal(page, MATRIX, expected_matrix(everybody, [chapter()]))
        # The browser logs each attempt that reached nobody; there is nothing else to be found.
        others = [
            f for f in page.watch.faults if "CONNECTION_REFUSED" not in f and "CHUNKED" not in f
        ]
        assert others == []
        page.watch.faults.clear()


def test_a_browser_that_may_not_watch_any_more_is_told_what_to_do(browser, room):
    deliver(room.join("Ada"), [check(FIRST)])
    with watched(browser, room) as page:
        page.context.clear_cookies()
        port = urlsplit(room.base).port
        room.kill()
        room.start(port)
        page.wait_for_function(
            "() => document.getElementById('state-words').textContent.includes('address')"
        )
        page.watch.faults.clear()


def test_the_page_works_below_a_hubs_path(browser, tmp_path):
    hub = board_hub.Hub(tmp_path)
    try:
        joined = hub.join("Zoltán", hub.token("zoltan")).json
        zoltan = board_room.Learner(hub.base, joined["learner"], joined["token"], "Zoltán")
        deliver(zoltan, [check(FIRST, seconds=9)])
        root = board_hub.Browser(hub)
        root.log_in("root")
        assert root.ask("GET", "/services/board/")[0] == 200
        with opened(browser, hub.base) as page:
            cookies = [c for c in root._jar if c.path.startswith("/services/board/")]
            page.context.add_cookies(
                [
                    {"name": c.name, "value": c.value, "domain": "127.0.0.1", "path": c.path}
                    for c in cookies
                ]
            )
            page.goto(hub.base)
            page.wait_for_function(LIVE)
            assert page.locator("#command").inner_text() == "coursekit join --as NAME"
            deliver(zoltan, [check(FIRST, "look again", WRONG)])
            wait = f"() => ({MATRIX})()['Zoltán']['{FIRST}'][0] === 'again'"
            page.wait_for_function(wait)
            page.locator("#stored summary").click()
            page.get_by_role("button", name="Erase… Zoltán").click()
            page.get_by_role("button", name="Erase this learner").click()
            page.wait_for_function("() => !document.getElementById('empty').hidden")
            assert zoltan.ask("GET", "api/mine").status == 401
            assert page.watch.faults == []
    finally:
        hub.end()


# --- looks, access, weight --------------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing(browser, room, viewport):
    axe = AXE.read_text("utf8")
    with watched(browser, room, viewport=viewport, color_scheme="light") as page:

        def look(what):
            assert violations(page, axe) == [], f"{what}, light"
            page.emulate_media(color_scheme="dark")
            assert violations(page, axe, rules=OF_COLOR) == [], f"{what}, dark"
            page.emulate_media(color_scheme="light")

        look("empty")
        everybody = classmates(8)
        fill(room, everybody)
        wait_equal(page, MATRIX, expected_matrix(everybody, [chapter()]))
        page.locator("#stored summary").click()
        page.wait_for_function("() => document.querySelectorAll('#stored-rows tr').length === 8")
        look("a class")
        page.get_by_label("Show").select_option("all")
        look("all chapters")
        page.get_by_role("button", name="Erase everything").click()
        look("the dialog")


def test_axe_would_find_something(browser, room):
    with watched(browser, room) as page:
        page.evaluate("document.querySelector('main').append(document.createElement('button'))")
        assert "button-name" in [
            name for name, _ in violations(page, AXE.read_text("utf8"), rules=RULES)
        ]


def test_a_phone_shows_all_of_it_and_every_control_can_be_hit(browser, room):
    everybody = classmates(6)
    fill(room, everybody)
    with watched(browser, room, viewport=NARROW, has_touch=True) as page:
        page.locator("#stored summary").click()
        page.wait_for_function("() => document.querySelectorAll('#stored-rows tr').length === 6")
        for span in ("chapter", "all"):
            page.get_by_label("Show").select_option(span)
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
            assert page.evaluate("""() => {
              const region = document.getElementById('matrix');
              region.scrollTo(200, 100);
              const parts = ['#matrix', '#matrix thead th + th', '#matrix tbody tr:nth-child(5) th'];
              const [box, head, name] = parts.map((s) => document.querySelector(s).getBoundingClientRect());
              return [Math.abs(head.top - box.top) < 3, Math.abs(name.left - box.left) < 3];
            }""") == [True, True], "the heads of rows and columns stay in sight"
        small = page.locator("button, select, summary, label.check").evaluate_all(
            """all => all.map((el) => [el.textContent, el.getBoundingClientRect()])
              .filter(([, b]) => b.width && (b.width < 24 || b.height < 24))"""
        )
        assert small == []


def test_colors_are_the_courses():
    tokens = (ROOT / "widgets" / "src" / "tokens.css").read_text("utf8")
    mine = (STATIC / "board.css").read_text("utf8")

    def values(text):
        return re.findall(r"(--ck-[a-z]+): (#[0-9a-f]{6});", text)

    light, dark = (
        dict(values(part)) for part in re.split(r"html\[data-theme=\"dark\"\]", tokens)[:2]
    )
    own_light, own_dark = (
        dict(values(part)) for part in mine.split("@media (prefers-color-scheme: dark)")
    )
    assert len(own_light) >= 10
    assert own_light.items() <= light.items()
    assert own_dark.items() <= dark.items()
    assert own_light.keys() == own_dark.keys()


def test_the_page_is_made_of_small_files_with_nothing_inline():
    page = (STATIC / "board.html").read_text("utf8")
    assert not re.search(r"<style|style=|<script>|\son\w+=|//", page.replace("<!--", ""))
    for path in STATIC.glob("*.js"):
        text = path.read_text("utf8")
        assert not re.search(
            r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|https?://(?!www\.w3)", text
        )
        assert len(text.splitlines()) <= 200, path.name


# --- numbers ------------------------------------------------------------------------------------------------


def in_node(script, sent):
    done = subprocess.run(
        [node(), "--input-type=module", "-e", script],
        cwd=STATIC, input=json.dumps(sent), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


READ = 'import { readFileSync } from "node:fs"; const asked = JSON.parse(readFileSync(0, "utf8"));'
TELL = "process.stdout.write(JSON.stringify(told));"


def test_numbers_are_written_as_coursekit_writes_them():
    values = [
        0,
        1,
        -1,
        0.3,
        12345.0,
        -12345.0,
        99999,
        100000,
        1e-3,
        1e-4,
        2.1e-8,
        1e-16,
        1e12,
        3.14159,
    ]
    values += [-(10.0**k) * f for k in range(-20, 20, 3) for f in (1, 1.5, 7.04)]
    script = f'{READ} import {{ amount }} from "./amounts.js"; '
    script += f'const told = asked.map((v) => amount(v, "m")); {TELL}'
    assert in_node(script, values) == [amount(value, "m") for value in values]


def test_every_prediction_of_the_course_gets_readable_bins():
    asked = [p for c in course().chapters for p in c["predictions"] if not p["options"]]
    script = f'{READ} import {{ edges }} from "./bins.js"; const told = asked.map(edges); {TELL}'
    assert len(asked) > 40
    for p, bounds in zip(asked, in_node(script, asked), strict=True):
        assert bounds[0] == p["low"], p["id"]
        assert bounds[-1] == p["high"], p["id"]
        assert all(a < b for a, b in zip(bounds, bounds[1:], strict=False)), p["id"]
        assert 5 <= len(bounds) - 1 <= 15, (p["id"], bounds)


def test_a_guess_falls_into_the_bin_that_begins_with_it():
    sent = {"bounds": [0, 10, 20, 30], "values": [0, 9.99, 10, 29, 30, 30]}
    script = f"""{READ} import {{ counts, quantile }} from "./bins.js";
      const told = [counts(asked.values, asked.bounds), quantile([1, 100], 0.5, true),
        quantile([1, 3], 0.5, false), quantile([5], 0.25, true)]; {TELL}"""
    assert in_node(script, sent) == [[2, 1, 3], pytest.approx(10), 2, 5]


def test_a_quiz_has_its_column(browser, room):
    ada = room.join("Ada")
    deliver(ada, [check(FIRST), quiz("1.1", 2)])
    with watched(browser, room) as page:
        n = course().quizzes["1.1"]
        assert page.evaluate(MATRIX)["Ada"]["quiz 1.1"] == ["begun", f"2 of {n} right"]
        deliver(ada, [quiz("1.1", n, 0.2)])
        wait = f"() => ({MATRIX})().Ada['quiz 1.1'][0] === 'right'"
        page.wait_for_function(wait)
