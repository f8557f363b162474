"""Every page of the built site, over http and opened as a file: links, pictures, weight, layout."""

import json
import os
import re
from urllib.parse import unquote, urldefrag

import nbformat
import pytest

from coursekit.editions import EDITIONS
from coursekit.widgets.base import STATIC
from tests.browser import (
    DECKS,
    DESKTOP,
    PHONE,
    SITE,
    chapters,
    come_back,
    compressed_size,
    local_file,
    opened,
    pages,
    scroll_through,
    settle,
    wait_for,
)
from tests.widget_pages import PARTS, with_chapters

pytestmark = pytest.mark.site
SCHEMES = ("http", "file")
#: Stands for the site's address in what is kept of a visit.
BASE = "base-of-the-site:/"
#: A file that is the same as another page's: the landing page at the site's own address.
COPY, ORIGINAL = "index.html", "intro.html"
each_page = pytest.mark.parametrize("name", pages() or ["index.html"])
each_chapter = pytest.mark.parametrize("name", chapters() or ["index.html"])
each_scheme = pytest.mark.parametrize("scheme", SCHEMES)

FACTS = r"""() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const brief = (node) => node.outerHTML.slice(0, 160);
  const text = document.body.cloneNode(true);
  for (const node of text.querySelectorAll("script, style, svg, .katex, pre, code, .ck-stage")) node.remove();
  const label = (svg) => (svg.getAttribute("aria-label") ?? "").trim();
  return {
    title: document.title.trim(),
    description: document.querySelector('meta[name="description"]')?.content.trim() ?? "",
    lang: document.documentElement.lang,
    icons: all('link[rel~="icon"]').map((link) => link.href),
    headings: all("h1").map((h) => h.textContent),
    ids: all("[id]").map((node) => node.id),
    links: all("a[href]").map((a) => ({ raw: a.getAttribute("href"), url: a.href })),
    forms: all("form[action]").map((form) => form.action),
    sources: all("script[src]").map((script) => script.src),
    imagesWithoutAlt: all("img:not([alt])").map(brief),
    drawingsWithoutLabel: all("svg:not([aria-hidden=true] *, [aria-hidden=true], svg svg)")
      .filter((svg) => svg.getAttribute("role") !== "img" || label(svg).length < 10).map(brief),
    brokenImages: all("img").filter((img) => img.complete && !img.naturalWidth).map(brief),
    failedWidgets: all(".ck-failed").map((p) => p.textContent),
    formulaErrors: all(".katex-error").map(brief),
    prose: text.textContent,
    everything: document.body.textContent,
    downloads: all(".downloads a[download]").map((a) => ({ label: a.innerText, url: a.href })),
    // The rules of a sheet read from the disk may not be looked at.
    rules: location.protocol === "file:" ? null
      : [...document.styleSheets].map((sheet) => [sheet.href, sheet.cssRules.length]),
  };
}"""


@pytest.fixture(scope="module")
def visits(browser, bases, tmp_path_factory):
    """Facts of a page under a scheme; each is visited once, also where several processes test."""
    seen = {}
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def facts_of(name, scheme):
        with opened(browser, bases[scheme], name) as page:
            first_view = list(page.watch.requests)
            scroll_through(page)
            facts = page.evaluate(FACTS)
        return facts | {"faults": page.watch.faults, "url": page.url, "first_view": first_view}

    def visit(name, scheme):
        if (name, scheme) not in seen:
            kept = shared / f"visit {scheme} {name.replace('/', ' ')}.json"
            if not kept.is_file():
                # Each process has a server of its own: the address is not part of the facts.
                text = json.dumps(facts_of(name, scheme)).replace(bases[scheme], BASE)
                writing = kept.with_suffix(f".{os.getpid()}")
                writing.write_text(text, "utf8")
                writing.replace(kept)
            text = kept.read_text("utf8").replace(BASE, bases[scheme])
            seen[name, scheme] = json.loads(text)
        return seen[name, scheme]

    return visit


def without_fragment(url):
    return urldefrag(url).url


@each_scheme
@each_page
def test_a_page_loads_whole_from_here_and_logs_no_error(visits, name, scheme):
    facts = visits(name, scheme)
    assert facts["faults"] == []
    assert facts["failedWidgets"] == []
    assert facts["brokenImages"] == []


@each_scheme
@each_page
def test_every_link_within_the_site_leads_somewhere(visits, site, bases, name, scheme):
    facts, base, dead = visits(name, scheme), bases[scheme], []
    for link in facts["links"]:
        address, fragment = urldefrag(link["url"])
        target = local_file(address, base)
        if target is None:
            if not re.match(r"https?://[^/]+\.[^/]+|mailto:", address):
                dead.append(f"{link['raw']}: leads out of the site")
            continue
        if not target.is_file():
            dead.append(f"{link['raw']}: no such file")
        elif fragment and target.suffix == ".html":
            there = visits(target.relative_to(site).as_posix(), scheme)
            if unquote(fragment) not in there["ids"]:
                dead.append(f"{link['raw']}: no such id on the page")
    assert dead == []


@each_scheme
def test_every_page_is_reached_from_the_first_one(visits, site, bases, scheme):
    base, found, ahead = bases[scheme], set(), ["index.html"]
    while ahead:
        name = ahead.pop()
        if name in found:
            continue
        found.add(name)
        facts = visits(name, scheme)
        for url in [link["url"] for link in facts["links"]] + facts["forms"]:
            target = local_file(without_fragment(url), base)
            if target is not None and target.suffix == ".html" and target.is_file():
                ahead.append(target.relative_to(site).as_posix())
        ahead = [each for each in ahead if not each.startswith(DECKS)]
    assert sorted(found) == pages(site)


@each_page
def test_a_page_says_what_it_is(visits, site, name):
    facts = visits(name, "http")
    assert facts["lang"] == "en"
    assert len(facts["headings"]) == 1
    assert len(facts["title"]) > 5
    assert 40 <= len(facts["description"]) <= 200
    assert facts["icons"]


def test_titles_and_descriptions_tell_the_pages_apart(visits, site):
    assert (site / COPY).read_bytes() == (site / ORIGINAL).read_bytes()
    names = [name for name in pages(site) if name != COPY]
    for kind in ("title", "description"):
        said = [visits(name, "http")[kind] for name in names]
        assert len(set(said)) == len(names), sorted(said)


@each_page
def test_ids_are_unique_and_every_picture_is_told_in_words(visits, name):
    facts = visits(name, "http")
    ids = facts["ids"]
    assert {each for each in ids if ids.count(each) > 1} == set()
    assert facts["imagesWithoutAlt"] == []
    assert facts["drawingsWithoutLabel"] == []


@each_page
def test_no_raw_markup_and_no_traceback_is_left_in_the_text(visits, name):
    facts = visits(name, "http")
    raw = r"\$\$|\\(?:frac|nabla|partial|begin|text|mathbb)\b|\{(?:cite|term|ref|doc|numref|eq)[\w:]*\}|:::"
    assert re.findall(rf".{{0,30}}(?:{raw}).{{0,30}}", facts["prose"]) == []
    assert facts["formulaErrors"] == []
    assert "Traceback (most recent call last)" not in facts["everything"]


@each_page
def test_nothing_of_the_stock_pages_scripts_is_left(visits, bases, name):
    facts = visits(name, "http")
    loaded = facts["first_view"] + facts["sources"]
    assert [
        url
        for url in loaded
        if re.search(r"fontawesome|fa-solid|thebe|require\.js|mathjax", url, re.I)
    ] == []
    assert [url for url in facts["sources"] if not url.startswith(bases["http"])] == []


@each_scheme
def test_the_search_finds_a_word(open_page, bases, scheme):
    with open_page("intro.html", bases[scheme]) as page:
        page.get_by_role("searchbox").fill("secant")
        page.keyboard.press("Enter")
        result = page.locator('#search-results a[href*="slope.html"]').first
        result.wait_for(timeout=5000)
        result.click()
        page.wait_for_url("**/gradients/slope.html*")
        assert page.locator("h1").inner_text().startswith("Slope")
        assert page.watch.faults == []


@each_scheme
def test_the_search_says_when_it_finds_nothing(open_page, bases, scheme):
    with open_page("search.html?q=xylophone", bases[scheme]) as page:
        page.get_by_text("No page fits “xylophone”.").wait_for()
        assert page.locator(".hits").count() == 0
        page.locator("#search-results").get_by_role("link", name="glossary").click()
        page.wait_for_url("**/glossary.html")
        assert page.watch.faults == []


@each_scheme
def test_a_search_tells_the_definition_then_chapters_and_what_each_is_about(
    open_page, bases, scheme
):
    with open_page("search.html?q=momentum", bases[scheme]) as page:
        page.wait_for_selector(".hits")
        titles = page.locator(".hits > li > a").all_inner_texts()
        assert titles[0] == "Glossary"
        assert titles[1].startswith("4.1 ")
        numbered = [title[0].isdigit() for title in titles[1:]]
        assert numbered == sorted(numbered, reverse=True)
        assert not all(numbered)
        assert len(set(titles)) == len(titles)
        said = page.locator(".search-status").inner_text()
        assert said == f"{len(titles)} pages fit “momentum”."
        about = page.locator(".hits > li > p").all_inner_texts()
        assert len(about) == len(titles)
        assert min(map(len, about)) > 20
        first = page.locator(".hits > li").first
        first.get_by_role("link", name="momentum", exact=True).click()
        page.wait_for_url("**/glossary.html#term-momentum")
    with open_page("search.html?q=vanishing gradients", bases[scheme]) as page:
        page.wait_for_selector(".hits")
        chapters_found = page.locator(".hits > li > a").filter(has_text=re.compile(r"^\d"))
        assert chapters_found.first.inner_text().startswith("3.1 ")
        assert page.watch.faults == []


@each_scheme
def test_the_color_scheme_changes_and_is_kept(open_page, bases, scheme):
    theme = "document.documentElement.dataset.theme"
    with open_page("intro.html", bases[scheme]) as page:
        ground = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(ground)
        assert page.evaluate(theme) == "light"
        page.locator(".mode-button").click()
        assert page.evaluate(theme) == "dark"
        assert page.evaluate(ground) != light
        come_back(page)
        assert page.evaluate(theme) == "dark"
        page.goto(bases[scheme] + "gradients/slope.html")
        assert page.evaluate(theme) == "dark"
        page.locator(".mode-button").click()
        assert page.evaluate(theme) == "light"


def test_the_color_scheme_follows_the_system_until_the_reader_chooses(open_page):
    theme = "document.documentElement.dataset.theme"
    with open_page("intro.html", color_scheme="dark") as page:
        assert page.evaluate(theme) == "dark"
        page.emulate_media(color_scheme="light")
        page.wait_for_function(f"{theme} === 'light'", timeout=5000)
        page.locator(".mode-button").click()
        assert page.evaluate(theme) == "dark"
        page.emulate_media(color_scheme="dark")
        come_back(page)
        assert page.evaluate(theme) == "dark"


@each_chapter
def test_a_chapters_notebooks_are_offered_and_valid(visits, bases, name):
    links = visits(name, "http")["downloads"]
    assert [link["label"] for link in links] == list(EDITIONS)
    cells = {}
    for link in links:
        notebook = nbformat.read(local_file(link["url"], bases["http"]), as_version=4)
        nbformat.validate(notebook)
        tags = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])]
        cells[link["label"]] = tags
    assert "solution" not in cells["student"]


def test_a_notebook_is_downloaded(open_page):
    with open_page("gradients/slope.html") as page:
        for link in page.locator(".downloads a[download]").all():
            with page.expect_download(timeout=5000) as waiting:
                link.click()
            assert waiting.value.suggested_filename.endswith(".ipynb")
            nbformat.read(waiting.value.path(), as_version=4)


@each_page
def test_every_style_sheet_of_a_page_has_rules(visits, name):
    rules = visits(name, "http")["rules"]
    assert len(rules) >= 2
    assert [sheet for sheet, count in rules if count == 0] == []


def test_at_least_one_chapter_and_its_widgets_are_there():
    assert "gradients/slope.html" in chapters()


def first_view(facts, base):
    files = {local_file(without_fragment(url), base) for url in facts["first_view"]}
    return sorted(file for file in files if file is not None)


@each_page
def test_a_pages_first_view_weighs_at_most_250_kb(visits, bases, name):
    weights = {
        file.relative_to(SITE).as_posix(): compressed_size(file)
        for file in first_view(visits(name, "http"), bases["http"])
    }
    assert len(weights) > 3
    assert sum(weights.values()) <= 250_000, sorted(weights.items(), key=lambda item: -item[1])


@each_chapter
def test_the_widgets_scripts_of_a_page_weigh_at_most_45_kb(visits, bases, name):
    files = {
        file for file in first_view(visits(name, "http"), bases["http"]) if "widgets" in str(file)
    }
    assert STATIC.joinpath("widgets.css").name in {file.name for file in files}
    assert len(files) > 1
    assert sum(map(compressed_size, files)) <= 45_000


@each_page
def test_a_phone_shows_the_page_without_scrolling_sideways(open_page, name):
    with open_page(name, viewport={"width": 360, "height": 800}) as page:
        page.evaluate(
            "() => document.querySelectorAll('details').forEach((fold) => (fold.open = true))"
        )
        for width in (360, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(
                "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        # Not by cutting off what sticks out, either.
        for element in ("html", "body", "main"):
            overflow = page.locator(element).evaluate("e => getComputedStyle(e).overflowX")
            assert overflow == "visible", element


SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput)
      shifts.push([entry.startTime, entry.value, entry.sources.map((s) => s.node?.outerHTML?.slice(0, 120))]);
}).observe({ type: "layout-shift", buffered: true });
"""


def cumulative_shift(shifts):
    """The largest sum over a window of at most 5 s, with no gap of 1 s: as browsers report it."""
    worst, start, last, total = 0.0, None, None, 0.0
    for time, value, _ in shifts:
        if start is None or time - last > 1000 or time - start > 5000:
            start, total = time, 0.0
        total, last = total + value, time
        worst = max(worst, total)
    return worst


#: Chapters are all made alike: on a desktop, where less can jump, one of each part.
LOOKS = [("phone", name) for name in pages() or ["index.html"]]
LOOKS += [("desktop", name) for name in with_chapters(pages(), PARTS)]


@pytest.mark.parametrize(("size", "name"), LOOKS)
def test_nothing_jumps_when_fonts_come_late_or_the_reader_scrolls(browser, served, size, name):
    viewport = {"desktop": DESKTOP, "phone": PHONE}[size]
    fonts, shown = [], False
    with opened(browser, served, viewport=viewport) as page:
        page.add_init_script(SHIFTS)
        page.route("**/*.woff2", lambda font: font.continue_() if shown else fonts.append(font))
        page.goto(served + name, wait_until="domcontentloaded")
        wait_for(page, "() => performance.getEntriesByName('first-contentful-paint').length")
        assert fonts, "the page asked for no font before it showed its text"
        shown = True
        for late in fonts:
            late.continue_()
        settle(page)
        scroll_through(page)
        page.wait_for_timeout(200)
        shifts = page.evaluate("shifts")
    jumps = sorted(shifts, key=lambda shift: -shift[1])[:5]
    assert cumulative_shift(shifts) <= 0.1, f"it jumps: {jumps}"
