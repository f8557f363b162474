"""A page on paper: nothing cut off, no closed fold, of a widget its picture and sentence."""

import pytest

from tests.browser import chapters, settle

pytestmark = pytest.mark.site
#: A4 with margins of 15 mm, in CSS pixels.
PAPER = {"width": 680, "height": 1009}
FACTS = """() => {
  const seen = (node) => node.checkVisibility();
  const all = (selector) => [...document.querySelectorAll(selector)];
  const brief = (node) => node.outerHTML.slice(0, 120);
  const cut = (node) =>
    node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== "visible";
  return {
    wide: document.documentElement.scrollWidth,
    cut: all("pre, .scroll, .math-line, .ck-picture").filter((node) => seen(node) && cut(node)).map(brief),
    closed: all(".text details:not([open])").filter(seen).map(brief),
    controls: all("button, input, select, nav, header.top").filter(seen).map(brief),
    slots: all(".ck-slot").map((slot) => ({
      picture: [...slot.querySelectorAll(".ck-picture")].some(seen),
      words: [...slot.querySelectorAll(".ck-sentence, .ck-still")].filter(seen).length,
    })),
  };
}"""


@pytest.mark.parametrize("name", chapters() or ["index.html"])
def test_a_chapter_is_printed_whole(open_page, name):
    with open_page(viewport=PAPER) as page:
        page.goto(page.watch.base + name)
        settle(page)
        pictures = page.locator(".ck-slot:has(.ck-picture)").count()
        page.emulate_media(media="print")
        facts = page.evaluate(FACTS)
    assert facts["wide"] <= PAPER["width"]
    assert facts["cut"] == []
    assert facts["closed"] == []
    assert facts["controls"] == []
    assert facts["slots"]
    assert sum(slot["picture"] for slot in facts["slots"]) == pictures
    assert all(slot["words"] >= 1 for slot in facts["slots"])


def test_a_fold_that_is_open_is_printed(open_page):
    with open_page("gradients/slope.html", viewport=PAPER) as page:
        fold = page.locator(".text details").first
        fold.evaluate("fold => (fold.open = true)")
        page.emulate_media(media="print")
        assert fold.locator("> :not(summary)").first.is_visible()
