"""Every widget of the built site, used as a reader would, on pages without a kernel."""

import json
from contextlib import contextmanager

import pytest

from tests.browser import PHONE, READY, pages_with_widgets
from tests.controls import WAYS, dead_controls, look

pytestmark = pytest.mark.site
PICTURES = ".ck-tangent, .ck-compass"
#: index.html is the same file as intro.html.
PAGES = [name for name in pages_with_widgets() if name != "index.html"] or ["intro.html"]
each_page = pytest.mark.parametrize("name", PAGES)


@contextmanager
def widgets(open_page, name, **options):
    """The page and its widgets; at the end nothing has gone wrong."""
    with open_page(name, **options) as page:
        yield page, page.locator(".ck").all()
        assert page.watch.faults == []


def label(widget):
    return widget.evaluate("el => el.className.match(/\\bck ck-(\\S+)/)[1]")


def states(page):
    """The widgets' state as stored in the page, in the order the widgets stand in."""
    stored = json.loads(page.locator('script[type$="widget-state+json"]').text_content())["state"]
    order = page.locator(".ck-slot[data-model]").evaluate_all(
        "all => all.map(e => e.dataset.model)"
    )
    return [stored[model]["state"] for model in order]


@each_page
def test_each_slot_holds_a_running_widget(open_page, name):
    with widgets(open_page, name) as (page, shown):
        assert [label(widget) for widget in shown] == [state["kind"] for state in states(page)]


@each_page
def test_without_javascript_a_sentence_stands_in_each_slot(open_page, name):
    with open_page(name, java_script_enabled=False) as page:
        for sentence in page.locator(".ck-slot > .ck-sentence").all():
            assert sentence.is_visible()
            assert len(sentence.inner_text()) > 20


@each_page
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
@pytest.mark.parametrize("way", WAYS)
def test_every_control_changes_what_is_seen(open_page, name, way, motion):
    with widgets(open_page, name, reduced_motion=motion) as (page, shown):
        # An answer first: what stands there before a guess is gone once one is kept.
        shown.sort(key=lambda widget: label(widget) != "reveal")
        dead = [
            f"{label(widget)}: {fault}"
            for widget in shown
            for fault in dead_controls(page, widget, way)
        ]
        assert dead == []
        if motion == "reduce":
            assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_control_that_does_nothing_is_found(open_page, way):
    """The test above, tested: a bundle whose sliders and lists are deaf."""

    def alter(route):
        text = route.fetch().text()
        deaf = text.replace("oninput:", "onnothing:").replace("onchange:", "onnothing:")
        assert deaf != text
        route.fulfill(body=deaf, content_type="text/javascript")

    with open_page() as page:
        page.route("**/_static/widgets/*.js", alter)
        page.goto(page.watch.base + "gradients/slope.html")
        page.wait_for_function(READY)
        widget = page.locator(".ck-tangent").first
        found = "\n".join(dead_controls(page, widget, way))
    for control in ("point x", "step h", "curve", "central"):
        assert f'{control}" by {way} does not change the picture and the sentence' in found


def center(box):
    return [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]


def goal(handle):
    """Where to drag a handle: a good way toward the other side of its picture."""
    handle.scroll_into_view_if_needed()
    handle.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
    x, y = center(handle.bounding_box())
    picture = handle.locator("xpath=ancestor::*[local-name()='svg'][1]").bounding_box()
    middle = center(picture)
    away_x = 0.22 * picture["width"] * (1 if x < middle[0] else -1)
    away_y = 0.22 * picture["height"] * (1 if y < middle[1] else -1)
    return (x, y), (x + away_x, y + away_y)


def drag_by_mouse(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def drag_by_touch(page, start, end, steps=8):
    finger = page.context.new_cdp_session(page)

    def touch(kind, *points):
        places = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", start)
    for step in range(1, steps + 1):
        touch("touchMove", [a + (b - a) * step / steps for a, b in zip(start, end, strict=True)])
    touch("touchEnd")
    finger.detach()


DRAGS = {
    "mouse": (drag_by_mouse, {}),
    "touch": (drag_by_touch, {"viewport": PHONE, "has_touch": True, "is_mobile": True}),
}


@each_page
@pytest.mark.parametrize("how", DRAGS)
def test_every_handle_is_dragged(open_page, name, how):
    drag, options = DRAGS[how]
    with widgets(open_page, name, **options) as (page, _):
        for widget in page.locator(PICTURES).all():
            handles = widget.locator(".ck-handle")
            assert handles.count() >= 2
            for place, handle in enumerate(handles.all()):
                start, end = goal(handle)
                before, stood = look(widget), handle.get_attribute("transform")
                scrolled = page.evaluate("scrollY")
                drag(page, start, end)
                after, which = look(widget), f"handle {place} of {label(widget)}"
                assert handle.get_attribute("transform") != stood, which
                assert before.picture != after.picture, which
                assert before.sentence != after.sentence, which
                assert page.evaluate("scrollY") == scrolled, f"{which}: the page scrolled"


@each_page
def test_a_click_in_a_picture_moves_the_point(open_page, name):
    with widgets(open_page, name) as (page, _):
        for widget in page.locator(PICTURES).all():
            for back in widget.locator("rect.ck-hit").all():
                back.scroll_into_view_if_needed()
                box = back.bounding_box()
                before = look(widget)
                back.click(position={"x": 0.8 * box["width"], "y": 0.2 * box["height"]})
                assert look(widget).sentence != before.sentence, label(widget)


@each_page
def test_a_finger_on_the_ground_of_a_picture_scrolls_the_page(open_page, name):
    with widgets(open_page, name, **DRAGS["touch"][1]) as (page, _):
        for back in page.locator(PICTURES).locator("rect.ck-hit").all():
            back.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
            box, scrolled = back.bounding_box(), page.evaluate("scrollY")
            x, y = box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"]
            drag_by_touch(page, (x, y), (x, y - 200))
            page.wait_for_function("y => scrollY > y + 100", arg=scrolled, timeout=3000)


@each_page
def test_a_screen_reader_hears_the_sentence_once_it_is_still(open_page, name):
    with widgets(open_page, name) as (page, _):
        for widget in page.locator(PICTURES).all():
            heard = widget.locator("[role=status]")
            first = heard.text_content()
            assert first == widget.locator(".ck-sentence").text_content()
            widget.locator("input[type=range]").first.press("ArrowRight")
            page.wait_for_function(
                "([heard, first]) => heard.textContent !== first",
                arg=[heard.element_handle(), first],
                timeout=2000,
            )
            assert heard.text_content() == widget.locator(".ck-sentence").text_content()


def quizzes(page):
    """Each quiz with its questions as stored."""
    both = zip(page.locator(".ck").all(), states(page), strict=True)
    return [(widget, state["questions"]) for widget, state in both if state["kind"] == "quiz"]


@each_page
def test_each_option_of_a_quiz_has_its_own_answer(open_page, name):
    with widgets(open_page, name) as (page, _):
        for quiz, questions in quizzes(page):
            for form, question in zip(quiz.locator("form").all(), questions, strict=True):
                said = []
                for place in range(len(question["options"])):
                    for box in form.locator("input:checked").all():
                        box.evaluate("node => (node.checked = false)")
                    form.locator("input").nth(place).check()
                    form.locator("button").click()
                    why = form.locator(".ck-why").nth(place)
                    assert why.is_visible(), (question["question"], place)
                    said.append(why.inner_text())
                assert all(len(text) > 20 for text in said), said
                assert len(set(said)) == len(said), said


@each_page
def test_a_quiz_done_right_scores_in_full_and_is_remembered(open_page, name):
    with widgets(open_page, name) as (page, _):
        for place, (quiz, questions) in enumerate(quizzes(page)):
            for form, question in zip(quiz.locator("form").all(), questions, strict=True):
                for option, choice in enumerate(question["options"]):
                    if choice.get("right"):
                        form.locator("input").nth(option).check()
                form.locator("button").click()
                assert "Right" in form.locator(".ck-mark").inner_text()
            full = f"{len(questions)} of {len(questions)} right"
            assert quiz.locator(".ck-score").inner_text() == full
            page.reload()
            page.wait_for_function(READY)
            quiz = quizzes(page)[place][0]
            assert quiz.locator(".ck-score").inner_text() == full
            quiz.get_by_role("button", name="Start over").click()
            assert quiz.locator(".ck-score").inner_text().startswith("0 of ")
            assert quiz.locator("input:checked").count() == 0


def keep_a_guess(widget, state):
    """Answer a question before its cell is run; returns the guess in the page's words."""
    if state["options"]:
        option = widget.locator("label").last
        option.click()
        guess = option.inner_text().strip()
    else:
        share = widget.locator("input[type=range]")
        share.focus()
        share.press("Home")
        for _ in range(3):
            share.press("PageUp")
        guess = widget.locator(".ck-value").inner_text().strip()
    widget.get_by_role("button").click()
    return guess


@each_page
def test_who_keeps_no_guess_may_see_the_answer_all_the_same(open_page, name):
    with widgets(open_page, name) as (page, _):
        for widget in page.locator(".ck-reveal").all():
            widget.get_by_role("button").click()
            assert "You kept no guess. Measured: " in widget.inner_text()
            assert widget.locator(".ck-result").evaluate("node => node === document.activeElement")


@each_page
def test_a_kept_guess_is_set_against_what_was_measured_also_after_a_reload(open_page, name):
    with widgets(open_page, name) as (page, _):
        guesses = {}
        both = list(zip(page.locator(".ck").all(), states(page), strict=True))
        answers = [widget for widget, state in both if state["kind"] == "reveal"]
        for widget in answers:
            assert "measured" not in widget.inner_text().lower()
        for widget, state in both:
            if state["kind"] == "predict":
                guesses[state["key"]] = keep_a_guess(widget, state)
                assert guesses[state["key"]] in widget.locator(".ck-kept").inner_text()
        for again in (False, True):
            if again:
                page.reload()
                page.wait_for_function(READY)
            for widget, state in zip(page.locator(".ck").all(), states(page), strict=True):
                said = widget.locator(".ck-result, .ck-kept").inner_text() if "key" in state else ""
                if state["kind"] in ("predict", "reveal"):
                    assert guesses[state["key"]] in said, (again, state["key"])
                    assert "no guess" not in said
