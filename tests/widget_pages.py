"""The pages of the built site that show widgets, and what stands on them."""

import json
from contextlib import contextmanager

from tests.browser import SITE, chapters, pages

#: What the reader answers, and what shows a picture; of those, what has handles to drag.
QUESTIONS = ("quiz", "predict", "reveal")
DRAGGED = ("tangent", "compass", "descent", "activations", "clipping")
KINDS = (*QUESTIONS, *DRAGGED, "batches", "boosting", "frames", "gradient_flow", "stepper")
#: What shows whatever its page gives it: the same controls do other things on other pages.
OF_THE_PAGE = ("frames", "gradient_flow", "stepper")
#: Page to the kinds of widget on it; index.html is the same file as intro.html.
KINDS_ON = {
    name: {kind for kind in KINDS if f'"kind":"{kind}"' in (SITE / name).read_text("utf8")}
    for name in pages()
    if name != "index.html"
}


#: Without a built site one test of each sort remains, and fails, saying what to run.
NOTHING = ["intro.html"]


def pages_with(*kinds):
    """The pages that show a widget of one of these kinds."""
    return [name for name, shown in KINDS_ON.items() if shown & set(kinds)] or NOTHING


def samples(*kinds):
    """A few pages that together show a widget of each of these kinds.

    For what depends on a widget's code alone; what depends on what a page holds is tried on every page.
    """
    missing, chosen = set(kinds).intersection(set().union(*KINDS_ON.values())), []
    while missing:
        chosen.append(max(KINDS_ON, key=lambda name: len(missing & KINDS_ON[name])))
        missing -= KINDS_ON[chosen[-1]]
    return chosen or NOTHING


def with_chapters(names, chosen):
    """Of some pages all that are no chapters, and of the chapters those that are chosen."""
    left_out = {*chapters()} - {*chosen}
    return [name for name in names if name not in left_out]


PAGES = pages_with(*KINDS)
#: A page of each part that asks something.
PARTS = list({name.split("/")[0]: name for name in reversed(pages_with(*QUESTIONS))}.values())


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


def open_folds(page):
    """Open all that is folded away."""
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => (d.open = true))")


def answer_all(page):
    """Have quizzes and predictions show what they answer."""
    page.evaluate(
        """() => {
          for (const button of document.querySelectorAll(".ck-reveal button")) button.click();
          for (const form of document.querySelectorAll(".ck form")) {
            const last = [...form.querySelectorAll("input[type=radio], input[type=checkbox]")].at(-1);
            if (last && !last.checked) last.click();
            form.querySelector("button").click();
          }
        }"""
    )
