"""The widgets of the built site, without a kernel: they start, are dragged, and say what they show."""

import json
import re

import pytest

from tests.browser import PHONE
from tests.controls import look
from tests.tools import ROOT
from tests.widget_pages import DRAGGED, KINDS, KINDS_ON, PAGES, label, samples, states, widgets

pytestmark = pytest.mark.site
PICTURES = ", ".join(f".ck-{kind}" for kind in DRAGGED)
each_page = pytest.mark.parametrize("name", PAGES)
each_picture = pytest.mark.parametrize("name", samples(*DRAGGED))


def test_every_kind_of_widget_is_known_here_and_stands_on_a_page():
    """Else the tests that go by kind would pass it over."""
    listed = (
        (ROOT / "widgets" / "build.mjs").read_text("utf8").split("SCRIPTS = {")[1].split("};")[0]
    )
    built = {
        kind for kinds in re.findall(r"\[(.+?)\]", listed) for kind in json.loads(f"[{kinds}]")
    }
    assert set(KINDS) == built
    assert set().union(*KINDS_ON.values()) == built


@each_page
def test_each_slot_holds_a_running_widget(open_page, name):
    with widgets(open_page, name) as (page, shown):
        assert [label(widget) for widget in shown] == [state["kind"] for state in states(page)]


@each_page
def test_without_javascript_a_sentence_stands_in_each_slot(open_page, name):
    with open_page(name, java_script_enabled=False) as page:
        for sentence in page.locator(".ck-slot > .ck-still").all():
            assert sentence.is_visible()
            assert len(sentence.inner_text()) > 20


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


@each_picture
@pytest.mark.parametrize("how", DRAGS)
def test_every_handle_is_dragged(open_page, name, how):
    drag, options = DRAGS[how]
    with widgets(open_page, name, **options) as (page, _):
        page.evaluate("window.lost = 0; addEventListener('pointercancel', () => lost++, true)")
        for widget in page.locator(PICTURES).all():
            handles = widget.locator(".ck-handle")
            assert handles.count() >= 1
            for place, handle in enumerate(handles.all()):
                start, end = goal(handle)
                before, stood = look(widget), handle.get_attribute("transform")
                scrolled = page.evaluate("scrollY")
                drag(page, start, end)
                after, which = look(widget), f"handle {place} of {label(widget)}"
                assert handle.get_attribute("transform") != stood, which
                assert before.picture != after.picture, which
                assert before.sentence != after.sentence, which
                page.wait_for_timeout(100)  # a page that took the finger for scrolling does so late
                assert page.evaluate("lost") == 0, f"{which}: the browser took the pointer away"
                assert page.evaluate("scrollY") == scrolled, f"{which}: the page scrolled"


@each_picture
def test_a_click_in_a_picture_moves_the_point(open_page, name):
    with widgets(open_page, name) as (page, _):
        for widget in page.locator(PICTURES).all():
            for back in widget.locator("rect.ck-hit").all():
                back.scroll_into_view_if_needed()
                box = back.bounding_box()
                before = look(widget)
                back.click(position={"x": 0.8 * box["width"], "y": 0.2 * box["height"]})
                assert look(widget).sentence != before.sentence, label(widget)


@each_picture
def test_a_finger_on_the_ground_of_a_picture_scrolls_the_page(open_page, name):
    with widgets(open_page, name, **DRAGS["touch"][1]) as (page, _):
        for back in page.locator(PICTURES).locator("rect.ck-hit").all():
            back.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
            box, scrolled = back.bounding_box(), page.evaluate("scrollY")
            x, y = box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"]
            drag_by_touch(page, (x, y), (x, y - 200))
            page.wait_for_function("y => scrollY > y + 100", arg=scrolled, timeout=3000)


@each_picture
def test_a_screen_reader_hears_the_sentence_once_it_is_still(open_page, name):
    with widgets(open_page, name) as (page, _):
        for widget in page.locator(PICTURES).all():
            heard = widget.locator("[role=status]")
            first = heard.text_content()
            assert first == widget.locator(".ck-sentence").text_content()
            slider = widget.locator("input[type=range]").first
            at_end = slider.evaluate("node => node.value === node.max")
            slider.press("ArrowLeft" if at_end else "ArrowRight")
            page.wait_for_function(
                "([heard, first]) => heard.textContent !== first",
                arg=[heard.element_handle(), first],
                timeout=2000,
            )
            assert heard.text_content() == widget.locator(".ck-sentence").text_content()
