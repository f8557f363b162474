"""The document printed by Chromium: widgets shown, wide things fitted, page numbers filled in."""

import io
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pikepdf
from playwright.sync_api import Page, sync_playwright

from coursekit.site.press import PressError

#: Chromium prints names and numbers in a page's margin from this version on.
OLDEST = 131
#: The column of 170 mm in CSS pixels: widgets take its width before it is printed.
COLUMN = 643
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update")  # fmt: skip
#: A document of several hundred pages takes its time.
_PATIENCE = 600_000
_MOST_PASSES = 4


@dataclass
class Printed:
    """A printed document.

    Attributes:
        pdf: The file's content.
        pages: Named place to page, counted from 1.
        passes: How often it was printed until its page numbers were right.
    """

    pdf: bytes
    pages: dict[str, int]
    passes: int


def print_document(html: Path, browser: Path) -> Printed:
    """Print an HTML file as it lies on the disk.

    Args:
        html: The document.
        browser: Path of Chromium.

    Raises:
        PressError: Chromium is too old, a widget failed, something is wider than the paper, a
            request goes elsewhere, or the page numbers do not come to rest.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=list(ARGUMENTS))
        try:
            if int(running.version.split(".")[0]) < OLDEST:
                raise PressError(
                    f"{browser} is version {running.version}; the book needs {OLDEST} or newer"
                )
            context = running.new_context(
                viewport={"width": COLUMN, "height": 1200},
                device_scale_factor=2,  # maps that widgets paint in pixels
                color_scheme="light",
                reduced_motion="reduce",
            )
            context.set_default_timeout(_PATIENCE)
            return _print(context.new_page(), html)
        finally:
            running.close()


def _print(page: Page, html: Path) -> Printed:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
    page.on("console", lambda m: m.type == "error" and faults.append(f"console: {m.text}"))
    page.on("requestfailed", lambda r: faults.append(f"failed: {r.url}"))
    page.on(
        "request",
        lambda r: (
            r.url.startswith(("file:", "data:", "blob:")) or faults.append(f"off-site: {r.url}")
        ),
    )
    page.emulate_media(media="print")
    page.goto(html.as_uri())
    page.evaluate(resources.files("coursekit.site.press").joinpath("press.js").read_text("utf8"))
    faults += page.evaluate("press.show()")
    # Widgets draw anew at another width: the fonts that their labels are measured with are there now.
    for width in (COLUMN + 40, COLUMN):
        page.set_viewport_size({"width": width, "height": 1200})
        page.evaluate("press.rest()")
    page.evaluate("press.name()")
    faults += [f"too wide: {words}" for words in page.evaluate("press.fit()")]
    if faults:
        raise PressError("the book was not printed:\n  " + "\n  ".join(faults[:20]))
    goals = page.evaluate(
        "() => [...document.querySelectorAll('.page-of')].map((each) => each.dataset.goal)"
    )
    before: dict[str, int] = {}
    for passes in range(1, _MOST_PASSES + 1):
        pdf = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            pages = places(opened)
        if missing := sorted(set(goals) - set(pages)):
            raise PressError(f"places without a page: {missing[:5]}")
        wanted = {goal: pages[goal] for goal in goals}
        if wanted == before:
            return Printed(pdf, pages, passes)
        page.evaluate("(pages) => press.number(pages)", wanted)
        before = wanted
    raise PressError(f"the page numbers still change after printing {_MOST_PASSES} times")


def places(pdf: pikepdf.Pdf) -> dict[str, int]:
    """Return the named places of a PDF and their pages, counted from 1."""
    numbers = {page.objgen: number for number, page in enumerate(pdf.pages, start=1)}
    named = pdf.Root.get("/Dests", {})
    return {name.lstrip("/"): numbers[place[0].objgen] for name, place in named.items()}
