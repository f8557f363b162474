"""axe-core on every page of the built site, in light and dark, on a desktop and on a phone."""

import pytest

from tests.browser import DESKTOP, OF_COLOR, PHONE, RULES, chapters, pages, restyle
from tests.tools import ROOT
from tests.widget_pages import PARTS, answer_all, open_folds, with_chapters

pytestmark = pytest.mark.site
AXE = ROOT / "widgets" / "node_modules" / "axe-core" / "axe.min.js"
#: index.html is the same file as intro.html.
PAGES = [name for name in pages() if name != "index.html"] or ["intro.html"]
each_theme = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture(scope="module")
def axe():
    if not AXE.is_file():
        pytest.fail(f"no {AXE.relative_to(ROOT)}; run: make test", pytrace=False)
    return AXE.read_text("utf8")


def violations(page, axe, within=None, rules=RULES):
    """What axe finds on a page or in a part of it, shortened to what is wrong and where."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(axe)
    found = page.evaluate(
        """async ([rules, within]) => {
          // What was opened a moment ago gets its size, and so its keys, with the next frame.
          for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
          await document.fonts.ready;
          const options = { runOnly: rules, resultTypes: ["violations"] };
          return (await axe.run(within ?? document, options)).violations;
        }""",
        [rules, within],
    )
    return [(v["id"], [node["html"][:160] for node in v["nodes"][:3]]) for v in found]


#: A chapter has on a phone what it has on a desktop; there one of every third part is looked at.
LOOKS = [(name, DESKTOP) for name in with_chapters(PAGES, PARTS[::3])]
LOOKS += [(name, PHONE) for name in chapters()]
#: What takes longest, and is the same on all pages: the words of code and of formulas. One chapter of each
#: part is looked at with them.
LONG = [[".highlight pre"], [".katex-html"]]


@pytest.mark.parametrize(
    ("name", "viewport"),
    LOOKS,
    ids=lambda value: value if isinstance(value, str) else f"{value['width']}px",
)
def test_axe_finds_nothing(open_page, axe, name, viewport):
    within = None if name in PARTS else {"exclude": LONG}
    with open_page(name, viewport=viewport, color_scheme="light") as page:
        open_folds(page)
        if viewport is PHONE:
            answer_all(page)
        assert violations(page, axe, within) == [], "light"
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        assert violations(page, axe, within, OF_COLOR) == [], "dark"


@each_theme
def test_axe_finds_nothing_in_the_list_of_chapters_on_a_phone(open_page, axe, theme):
    with open_page("gradients/slope.html", color_scheme=theme, viewport=PHONE) as page:
        page.locator(".menu-button").click()
        page.wait_for_timeout(300)  # it slides in
        assert page.locator(".chapters a").first.is_visible()
        # The rest of the page is inert meanwhile.
        assert violations(page, axe, {"include": [[".chapters"], [".top"]]}) == []


@each_theme
def test_axe_finds_nothing_among_search_results(open_page, axe, theme):
    with open_page("search.html?q=gradient", color_scheme=theme) as page:
        page.wait_for_selector("#search-results a")
        assert violations(page, axe) == []


def test_axe_would_find_something(open_page, axe):
    with open_page("intro.html", color_scheme="dark") as page:
        restyle(page, "main p { color: #333 }")
        assert "color-contrast" in [name for name, _ in violations(page, axe, rules=OF_COLOR)]
        page.evaluate(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"x.png\">')"
        )
        assert "image-alt" in [name for name, _ in violations(page, axe)]
