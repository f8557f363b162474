"""The pages that make the chapters one book: map, paths, times, plans and handout, in a real browser."""

import re

import pytest
from bs4 import BeautifulSoup

from coursekit import content
from coursekit.site import outline, plans
from tests.browser import DESKTOP, PHONE

pytestmark = pytest.mark.site
COURSE = outline.load(content.root())
PLANS = plans.load(content.root(), COURSE)
#: At most so many sheets of A4 for each choice of the handout.
SHEETS = {"all": 6, "ninety-minutes": 1, "half-day": 1, "two-days": 3}


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_map_lists_every_chapter_in_order_and_marks_a_path(open_page, viewport):
    with open_page("map.html", viewport=viewport) as page:
        links = page.locator(".map-chapter a")
        assert links.all_inner_texts() == [c.title for c in COURSE.chapters.values()]
        sources = page.locator(".map-chapter .map-facts > :first-child").all_inner_texts()
        for chapter, said in zip(COURSE.chapters.values(), sources, strict=True):
            numbers = {COURSE.chapters[each].number for each in chapter.builds_on}
            assert set(re.findall(r"\d\.\d", said)) == numbers
        before = page.evaluate("document.documentElement.scrollHeight")
        for way in COURSE.ways:
            page.locator(f"#show-{way.name}").focus()
            page.keyboard.press("Space")
            marked = page.locator(".map-chapter").evaluate_all(
                """items => items
                  .filter((item) => getComputedStyle(item.querySelector("div")).boxShadow !== "none")
                  .map((item) => item.querySelector("a").textContent)"""
            )
            stops = {stop.page for stop in way.stops}
            assert marked == [c.title for c in COURSE.chapters.values() if c.page in stops]
        assert page.evaluate("document.documentElement.scrollHeight") == before
        assert page.watch.faults == []


def test_a_chapter_says_its_number_and_so_does_the_list_beside_it(site):
    for page, chapter in COURSE.chapters.items():
        soup = BeautifulSoup((site / f"{page}.html").read_text("utf8"), "html.parser")
        assert soup.select_one(".facts span").get_text() == f"Chapter {chapter.number}"
        assert (
            soup.select_one(".chapters [aria-current]").get_text()
            == f"{chapter.number} {chapter.title}"
        )
        numbers = [each.get_text() for each in soup.select(".chapters .chapter-number")]
        assert numbers == [each.number for each in COURSE.chapters.values()]


def test_a_plan_leads_to_the_slides_of_its_sections(site):
    soup = BeautifulSoup((site / "workshop/plans.html").read_text("utf8"), "html.parser")
    blocks = [b for plan in PLANS.values() for day in plan.days for b in day.blocks if b.sections]
    named = [(block.page, name) for block in blocks for name in block.sections]
    links = soup.select(".block-sections a")
    written = [re.sub('"([^"]*)"', "“\\1”", name).replace("'", "’") for _, name in named]
    assert [link.get_text() for link in links] == written
    for link, (page, _) in zip(links, named, strict=True):
        deck, slide = link["href"].removeprefix("../").split("#")
        assert deck == f"slides/{page}.html"
        there = BeautifulSoup((site / deck).read_text("utf8"), "html.parser").find(id=slide)
        heading = there.select(".slide-top :is(h2, h3)")[-1].get_text()
        assert heading == link.get_text()


ENDS = """() => [...document.querySelectorAll(".map-chapter")].flatMap((item) => {
  const middle = (node) => { const box = node.getBoundingClientRect(); return (box.top + box.bottom) / 2; };
  return [...item.querySelectorAll(".map-arcs path")].map((path) => {
    const matrix = path.getScreenCTM(), at = (n) => path.getPointAtLength(n).matrixTransform(matrix).y;
    const rows = [...document.querySelectorAll(".map-chapter > div")];
    const near = (y) => rows.findIndex((row) => Math.abs(middle(row) - y) < 2);
    return [near(at(0)), near(at(path.getTotalLength()))];
  });
})"""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_curve_of_the_map_joins_the_rows_of_two_chapters(open_page, viewport):
    pages = list(COURSE.chapters)
    with open_page("map.html", viewport=viewport) as page:
        ends = page.evaluate(ENDS)
    assert len(ends) > len(pages)
    for start, end in ends:
        assert start >= 0
        assert pages[start] in COURSE.chapters[pages[end]].builds_on


def test_the_paths_are_lists_that_need_no_script(open_page):
    with open_page("map.html", java_script_enabled=False) as page:
        for way in COURSE.ways:
            stops = page.locator(f"section#{way.name} > ol > li")
            assert stops.count() == len(way.stops)


def test_the_list_of_parts_opens_at_the_page_being_read(open_page):
    with open_page("descent/batches.html") as page:
        opened = page.locator(".chapters details[open] summary")
        assert opened.all_inner_texts() == ["2 · Descent"]
        assert page.locator(".chapters a[aria-current]").is_visible()
        other = page.locator(".chapters summary", has_text="3 · Pathologies")
        other.focus()
        page.keyboard.press("Enter")
        assert page.locator(".chapters a", has_text="The gradient doctor").is_visible()


def test_pages_follow_one_another_through_all_parts(site):
    page, seen = "intro", []
    while page and page not in seen:
        seen.append(page)
        html = (site / f"{page}.html").read_text("utf8")
        onward = re.search(r'<a class="turn-on" rel="next" href="([^"]+)\.html"', html)
        folder = page.rpartition("/")[0]
        target = f"{folder}/{onward[1]}" if folder else onward and onward[1]
        page = re.sub(r"[^/]+/\.\./", "", target) if onward else ""
    order = [
        each for part in COURSE.parts for each in (part.page, *(c.page for c in part.chapters))
    ]
    assert seen[:2] == ["intro", "map"]
    assert seen[2 : 2 + len(order)] == order
    assert {"workshop/plans", "times"} <= set(seen)


def test_the_times_add_up(open_page):
    with open_page("times.html") as page:
        rows = [row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()]
    seconds = {}
    for name, minutes, run in rows:
        if re.match(r"\d\.\d ", name):
            number = name.split()[0]
            chapter = next(c for c in COURSE.chapters.values() if c.number == number)
            assert minutes == f"{chapter.minutes} min"
            seconds[number] = float(run.removesuffix(" s"))
    assert len(seconds) == len(COURSE.chapters)
    assert min(seconds.values()) > 0
    for part in COURSE.parts:
        total = next(row[2] for row in rows if row[0] == f"{part.number} · {part.title}")
        parts = [value for number, value in seconds.items() if number[0] == str(part.number)]
        assert float(total.removesuffix(" s")) == pytest.approx(
            sum(parts), abs=0.5 * len(parts) + 0.5
        )


def test_a_plan_links_each_chapters_page_slides_and_notebook(open_page):
    with open_page("workshop/plans.html") as page:
        for name, section in (("ninety-minutes", 0), ("half-day", 1)):
            day, table = PLANS[name].days[0], page.locator(".timetable").nth(section)
            clocks = table.locator(".clock").all_inner_texts()
            assert clocks == [f"{t // 60}:{t % 60:02}" for t, _ in day.clock()]
            for block, item in zip(day.blocks, table.locator("> li").all(), strict=True):
                assert f"{block.minutes} min" in item.inner_text()
                links = [a.get_attribute("href") for a in item.locator("a").all()]
                links = [each for each in links if "#slide-" not in each]
                wanted = [f"../{block.page}.html", f"../slides/{block.page}.html"]
                wanted.append(f"../editions/instructor/{block.page}.ipynb")
                assert links == (wanted if block.page else [])


def test_the_handout_prints_on_few_sheets_what_was_chosen(open_page):
    with open_page("workshop/handout.html") as page:
        for choice, most in SHEETS.items():
            page.locator(f"#sheets-{choice}").check()
            shown = page.locator(".summary-title:visible a").all_inner_texts()
            wanted = PLANS[choice].pages if choice in PLANS else COURSE.chapters
            assert set(shown) == {COURSE.chapters[each].title for each in wanted}
            margin = dict.fromkeys(("top", "right", "bottom", "left"), "14mm")
            pdf = page.pdf(format="A4", margin=margin)
            assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) <= most
        page.emulate_media(media="print")
        assert not page.locator(".choice").is_visible()
