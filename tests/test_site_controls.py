"""Every control of every widget of the built site is used by keyboard and by mouse, and does something."""

import pytest

from tests.browser import READY
from tests.controls import WAYS, dead_controls
from tests.widget_pages import (
    KINDS,
    KINDS_ON,
    OF_THE_PAGE,
    PAGES,
    PARTS,
    QUESTIONS,
    label,
    samples,
    widgets,
)

pytestmark = pytest.mark.site
SAMPLES = samples(*KINDS)


def tried(name, way):
    """The kinds of widget whose controls are used on a page.

    Each kind once, in both ways (by mouse with reduced motion); by keyboard also wherever the page decides
    what the controls do, and the questions on some pages more: what they ask is read from each page by
    other tests, which also answer by mouse.
    """
    kinds = {*KINDS} - {*QUESTIONS} if name in SAMPLES else set()
    if way == "keyboard":
        kinds |= {*OF_THE_PAGE}
    return kinds | {*QUESTIONS} if name in ASKED[way] else kinds


ASKED = {"keyboard": PARTS[::3], "mouse": PARTS[:1]}
TRIED = [
    (name, way) for name in PAGES for way in WAYS if tried(name, way) & KINDS_ON.get(name, {*KINDS})
]


@pytest.mark.parametrize(("name", "way"), TRIED)
def test_every_control_changes_what_is_seen(open_page, name, way):
    motion = dict(zip(WAYS, ["no-preference", "reduce"], strict=True))[way]
    with widgets(open_page, name, reduced_motion=motion) as (page, shown):
        shown = [widget for widget in shown if label(widget) in tried(name, way)]
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
