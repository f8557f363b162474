"""What a reader has done: boxes in the chapters, marks in the list, the page of sums, its file."""

import json
from pathlib import Path

import pytest
from docutils import nodes

from coursekit import quiz
from coursekit.site import tasks
from tests.browser import PHONE, READY, RULES, come_back
from tests.test_site_axe import AXE, violations

pytestmark = pytest.mark.site
CHAPTER, OTHER = "gradients/slope", "descent/learning_rate"
#: Storage as a browser has it that bars it: even to ask for it throws.
BARRED = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('barred') } });"
)


def course(page):
    return page.evaluate("ckCourse")


def counts(page, chapter):
    """What the progress page says of a chapter, such as ["1 of 3", "0 of 4", "0 of 4"]."""
    return page.locator(f'[data-page="{chapter}"] td').all_inner_texts()


def said(page):
    return page.locator(".progress-said").inner_text()


def stored(page):
    return page.evaluate(
        "Object.fromEntries(Object.entries(localStorage).filter(([k]) => k.startsWith('coursekit:')))"
    )


def answer_right(page):
    """Answer the page's quiz as it wants to be answered."""
    right = course(page)[CHAPTER]["quiz"]["right"]
    for form, options in zip(page.locator(".ck-quiz form").all(), right, strict=True):
        for option in options:
            form.locator("input").nth(option).check()
        form.get_by_role("button").click()


def give(page, name, content):
    """Import a file; return what the page says."""
    page.evaluate("document.querySelector('.progress-said').textContent = ''")
    data = content if isinstance(content, bytes) else content.encode()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": data}
    )
    page.wait_for_function("document.querySelector('.progress-said').textContent !== ''")
    return said(page)


def export(page):
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export").click()
    assert waiting.value.suggested_filename == "gradients-progress.json"
    return waiting.value.path().read_text("utf8")


def test_marks_stay_when_other_text_changes():
    def document(*objectives):
        items = [nodes.list_item("", nodes.paragraph("", text)) for text in objectives]
        lead = nodes.paragraph("", "", nodes.strong("", tasks.LEAD))
        made = nodes.document(None, None)
        made += nodes.section("", nodes.title("", "Exercise 1.1.2 · It"), lead)
        made[0] += nodes.bullet_list("", *items)
        return made

    before, after = tasks.read(document("a", "b  c")), tasks.read(document("new", "b\nc", "A"))
    assert before.objectives[1] == after.objectives[1]
    assert len({*before.objectives, *after.objectives}) == 4
    assert (before.exercises, before.number) == (["1.1.2"], "1.1")


def test_all_of_the_course_is_there_with_marks_of_its_own(open_page):
    with open_page("progress.html") as page:
        found = course(page)
        assert page.locator("[data-page]").count() == len(found) == 33
        sums = page.locator("tfoot td").all_inner_texts()
    assert sorted(chapter["quiz"]["key"] for chapter in found.values()) == sorted(quiz.find())
    for chapter in found.values():
        assert len(set(chapter["objectives"])) == len(chapter["objectives"]) >= 2
        assert len(set(chapter["exercises"])) == len(chapter["exercises"]) >= 2
    totals = [
        sum(len(c["objectives"]) for c in found.values()),
        sum(len(c["exercises"]) for c in found.values()),
        sum(len(c["quiz"]["right"]) for c in found.values()),
    ]
    assert sums == [f"0 of {total}" for total in totals]


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_chapter_is_done_by_keyboard_and_mouse_and_remembered(open_page, bases, scheme):
    with open_page(f"{CHAPTER}.html", bases[scheme]) as page:
        mark = page.locator(".chapters [aria-current=page] .complete")
        objectives = page.locator(".objectives input")
        objectives.first.focus()
        page.keyboard.press("Space")
        for box in objectives.all()[1:]:
            page.locator(f'label[for="{box.get_attribute("id")}"]').click(
                position={"x": 40, "y": 8}
            )
        for box in page.get_by_role("checkbox", name="done with exercise").all():
            box.check()
        assert mark.count() == 0
        answer_right(page)
        mark.wait_for(state="attached")
        link = page.locator(".chapters [aria-current=page]")
        assert link.text_content().endswith(" (complete)")
        come_back(page)
        page.wait_for_function(READY)
        assert [box.is_checked() for box in page.locator("input.tick").all()] == [True] * 7
        assert mark.count() == 1
        page.locator(".chapters summary").last.click()
        page.get_by_role("link", name="Your progress").click()
        page.wait_for_url("**/progress.html")
        assert counts(page, CHAPTER) == ["3 of 3", "4 of 4", "4 of 4"]
        assert counts(page, OTHER)[0].startswith("0 of ")
        total = sum(len(c["objectives"]) for c in course(page).values())
        assert f"3 of {total} objectives" in page.locator(".progress-sum").inner_text()
        assert page.locator(".chapters .complete").count() == 1
        page.go_back()
        page.locator("input.tick").first.uncheck()
        assert mark.count() == 0
        assert page.watch.faults == []


def test_the_file_goes_round_and_nothing_is_lost(open_page):
    with open_page(f"{CHAPTER}.html") as page:
        page.locator(".objectives input").first.check()
        answer_right(page)
        page.locator(".ck-predict form button").first.click()
        page.goto(page.url.replace(f"{CHAPTER}.html", "progress.html"))
        before, file = stored(page), export(page)
        assert json.loads(file)["course"] == "gradients"
    with open_page(f"{CHAPTER}.html") as page:
        page.locator(".objectives input").last.check()
        quizzes = page.locator(".ck-quiz form")
        wrong = course(page)[CHAPTER]["quiz"]["right"][0][0]
        quizzes.first.locator("input").nth(0 if wrong else 1).check()
        quizzes.first.get_by_role("button").click()
        page.goto(page.url.replace(f"{CHAPTER}.html", "progress.html"))
        assert counts(page, CHAPTER) == ["1 of 3", "0 of 4", "0 of 4"]
        assert (
            give(page, "mine.json", file) == "Imported mine.json: 1 tick and 4 right answers new."
        )
        assert counts(page, CHAPTER) == ["2 of 3", "0 of 4", "4 of 4"]
        assert set(stored(page)) == set(before)
        assert give(page, "mine.json", file).endswith("nothing in it is new.")
        # What is right stays right, whatever a file says.
        answers = json.loads(file)
        answers["kept"]["quiz:1.1"]["answers"] = [[], [], [], []]
        answers["kept"][f"progress:{CHAPTER}"] = []
        give(page, "mine.json", json.dumps(answers))
        assert counts(page, CHAPTER) == ["2 of 3", "0 of 4", "4 of 4"]
        come_back(page)
        assert counts(page, CHAPTER) == ["2 of 3", "0 of 4", "4 of 4"]
        assert page.watch.faults == []


def event(exercise, status):
    told = {"time": "2026-01-02T03:04:05Z", "exercise": exercise, "status": status, "mistake": None}
    return json.dumps(told)


def test_the_notebooks_file_ticks_what_was_right(open_page):
    lines = [
        event("1.1.1", "not yet"), event("1.1.1", "right"), event("1.1.1", "look again"),
        '{"time": "", "quiz": "1.1", "right": 1, "of": 4}', '{"time": "", "prediction": "a", "guess": 1}',
        event("1.1.2", "look again"), "", event("2.2.1", "right"), event("99.1.1", "right"),
    ]  # fmt: skip
    with open_page("progress.html") as page:
        told = give(page, "progress.jsonl", "\r\n".join(lines) + "\n")
        assert told.startswith("Imported progress.jsonl: 2 ticks new. 1 entry belongs to nothing")
        assert counts(page, CHAPTER)[1] == "1 of 4"
        assert counts(page, OTHER)[1].startswith("1 of ")
        # A file of one line is JSON as a whole, too.
        assert "1 tick new" in give(page, "progress.jsonl", event("1.1.3", "right"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "It is empty."),
        ("Dear diary", "Its line 1 tells of no exercise."),
        ("[1, 2]", "Its line 1 tells of no exercise."),
        ("null", "Its line 1 tells of no exercise."),
        (event("1.1.1", "right") + "\n{", "Its line 2 tells of no exercise."),
        (event("1.1.1", "superb"), "Its line 1 tells of no exercise."),
        ('{"course": "other", "kind": "progress", "version": 1, "kept": {}}', "Its line 1"),
        (
            '{"course": "gradients", "kind": "progress", "version": 2, "kept": {}}',
            "It is of a version",
        ),
        (
            '{"course": "gradients", "kind": "progress", "version": 1, "kept": []}',
            "It is of a version",
        ),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "Its line 1 tells of no exercise."),
        ("x" * 1_500_000, "It has 1.5 MB"),
    ],
    ids=range(11),
)
def test_a_file_of_another_kind_is_refused(open_page, content, reason):
    with open_page("progress.html") as page:
        told = give(page, "a.json", content)
        assert told.startswith(f"a.json was not imported. {reason}")
        assert "Expected is a file exported from this page" in told
        assert stored(page) == {}
        assert page.watch.faults == []


def test_what_does_not_belong_is_left_out_and_what_is_broken_ignored(open_page):
    with open_page("progress.html") as page:
        kept = {
            f"progress:{CHAPTER}": ["1.1.1", "nonsense", 3, None],
            "progress:__proto__": ["1.1.1"], "progress:no/such": ["1.1.1"], "evil": 1,
            "quiz:1.1": {"edition": "older", "answers": [[0]]}, "quiz:1.2": "x", "guess:a": {},
        }  # fmt: skip
        file = {"course": "gradients", "kind": "progress", "version": 1, "kept": kept}
        told = give(page, "a.json", json.dumps(file))
        assert told.startswith("Imported a.json: 1 tick new. 9 entries belong to nothing")
        assert set(stored(page)) == {f"coursekit:progress:{CHAPTER}"}
        page.evaluate(
            """([chapter, other]) => {
              const edition = ckCourse[chapter].quiz.edition;
              localStorage.setItem(`coursekit:progress:${chapter}`, "{not JSON");
              localStorage.setItem(`coursekit:progress:${other}`, '{"a": 1}');
              const quiz = { edition, answers: [7, null, "x"] };
              localStorage.setItem("coursekit:quiz:1.1", JSON.stringify(quiz));
              localStorage.setItem("coursekit:quiz:1.2", "[]");
            }""",
            [CHAPTER, OTHER],
        )
        come_back(page)
        assert counts(page, CHAPTER) == ["0 of 3", "0 of 4", "0 of 4"]
        assert counts(page, OTHER)[0].startswith("0 of ")
        assert json.loads(export(page))["course"] == "gradients"
        page.goto(page.url.replace("progress.html", f"{OTHER}.html"))
        page.locator("input.tick").first.check()
        assert page.watch.faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_erasing_asks_first_and_leaves_the_color_scheme(open_page, theme):
    viewport = {"viewport": PHONE} if theme == "dark" else {}
    with open_page("progress.html", color_scheme=theme, **viewport) as page:
        axe = AXE.read_text("utf8")
        page.evaluate("localStorage.setItem('coursekit-mode', 'auto')")
        page.evaluate("localStorage.setItem('coursekit:guess:one', '3')")
        give(page, "progress.jsonl", event("1.1.1", "right"))
        assert violations(page, axe, rules=RULES) == []
        erase = page.get_by_role("button", name="Erase…")
        erase.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Erase your progress?")
        assert dialog.is_visible()
        assert page.get_by_role("button", name="Keep it").evaluate(
            "b => b === document.activeElement"
        )
        assert violations(page, axe, rules=RULES) == []
        for leave in ("Escape", "Enter"):
            page.keyboard.press(leave)
            assert not dialog.is_visible()
            assert counts(page, CHAPTER)[1] == "1 of 4"
            assert erase.evaluate("b => b === document.activeElement")
            page.keyboard.press("Enter")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Export it first").click()
        assert "1.1.1" in Path(saved.value.path()).read_text("utf8")
        assert dialog.get_by_role("button", name="Exported").is_visible()
        page.get_by_role("button", name="Erase all of it").click()
        page.get_by_text("Erased.", exact=True).wait_for()
        assert counts(page, CHAPTER)[1] == "0 of 4"
        assert stored(page) == {}
        assert page.evaluate("localStorage.getItem('coursekit-mode')") == "auto"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_barred_storage_is_told_and_all_works_for_the_visit(open_page, served):
    with open_page() as page:
        page.add_init_script(BARRED)
        page.goto(f"{served}{CHAPTER}.html")
        page.wait_for_function(READY)
        assert page.locator(".tick-note").count() == 0
        for box in page.locator("input.tick").all():
            box.check()
        assert "lets this site keep nothing" in page.locator(".tick-note").inner_text()
        assert page.locator(".tick-note").count() == 1
        page.goto(f"{served}progress.html")
        assert page.locator(".progress-barred").is_visible()
        give(page, "progress.jsonl", event("1.1.1", "right"))
        assert counts(page, CHAPTER)[1] == "1 of 4"
        assert json.loads(export(page))["kept"] == {f"progress:{CHAPTER}": ["1.1.1"]}
        page.get_by_role("button", name="Erase…").click()
        page.get_by_role("button", name="Erase all of it").click()
        page.get_by_text("Erased.", exact=True).wait_for()
        assert counts(page, CHAPTER)[1] == "0 of 4"
        assert page.watch.faults == []


def test_two_tabs_agree(open_page, served):
    with open_page("progress.html") as page:
        assert not page.locator(".progress-barred").is_visible()
        other = page.context.new_page()
        other.goto(f"{served}{CHAPTER}.html")
        other.locator("input.tick").first.check()
        page.wait_for_function(
            f"""() => document.querySelector('[data-page="{CHAPTER}"] td').innerText === '1 of 3'"""
        )


def test_without_javascript_there_are_no_boxes_and_the_table_says_what_there_is(open_page):
    with open_page(f"{CHAPTER}.html", java_script_enabled=False) as page:
        assert page.locator(".objectives li:visible").count() == 3
        assert page.locator("input.tick:visible").count() == 0
        page.goto(page.url.replace(f"{CHAPTER}.html", "progress.html"))
        assert counts(page, CHAPTER) == ["3", "4", "4"]
        assert page.locator("main button:visible, main dialog:visible").count() == 0
