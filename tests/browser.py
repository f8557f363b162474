"""The built site in a real browser: where it is, how it is opened, and what went wrong on a page."""

import gzip
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Error, Page, Playwright, Request, TimeoutError

from coursekit.site.browsers import headless
from tests.tools import ROOT

#: COURSEKIT_SITE names another built copy of the site to test.
SITE = Path(os.environ.get("COURSEKIT_SITE", ROOT / "_build" / "html")).resolve()
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Letters as wide as on a reader's screen; the headless shell would round them to whole pixels.
    "--font-render-hinting=none",
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
#: The rules of axe that every page is held to.
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
#: The rules whose outcome depends on the color scheme; the others need one look only.
OF_COLOR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
#: The text formats that a web server sends compressed.
TEXT = {".css", ".html", ".ipynb", ".js", ".json", ".svg", ".txt", ".xml"}
#: All widgets of the page have started (or failed, which the page logs as an error).
READY = "() => !document.querySelector('.ck-slot[data-model]:not([data-state])')"
#: Folder of the decks of slides.
DECKS = "slides/"
#: How long a busy machine may take, in ms.
PATIENCE = 60_000
_LOCAL = ("file:", "data:", "about:")


def launch(playwright: Playwright, *more: str) -> Browser:
    """Start the browser."""
    return playwright.chromium.launch(executable_path=_program(), args=[*ARGUMENTS, *more])


@cache
def _program() -> Path:
    return headless()


def pages(site: Path = SITE) -> list[str]:
    """Return the site's pages as paths from its root, such as ``gradients/slope.html``; decks are none."""
    every = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [name for name in every if not name.startswith(DECKS)]


def decks(site: Path = SITE) -> list[str]:
    """Return the decks of slides as paths from the site's root."""
    return sorted(path.relative_to(site).as_posix() for path in (site / DECKS).rglob("*.html"))


def chapters(site: Path = SITE) -> list[str]:
    """Return the pages made of notebooks: those that offer them for download."""
    return [page for page in pages(site) if 'class="downloads"' in (site / page).read_text("utf8")]


class Watch:
    """Notes all that a page should not do: ask other hosts, fail to load, log errors, break its policy.

    Attributes:
        base: Address of the site's root.
        requests: Address of each request, in order.
        faults: What went wrong, in words; empty on a good page.
    """

    def __init__(self, page: Page, base: str):
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.base = base
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", lambda r: r.status >= 400 and self._fault(f"{r.status}: {r.url}"))
        page.on("pageerror", lambda error: self._fault(f"uncaught: {error}"))
        page.on("console", lambda m: m.type == "error" and self._fault(f"console: {m.text}"))

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((self.base, *_LOCAL)):
            self._fault(f"off-site: {request.url}")

    def _failed(self, request: Request) -> None:
        # The browser itself drops what is still loading when the reader goes on to another page.
        if request.failure != "net::ERR_ABORTED":
            self._fault(f"failed: {request.url} ({request.failure})")

    def _fault(self, words: str) -> None:
        self.faults.append(words)


def wait_for(
    page: Page, script: str, *, arg: object = None, timeout: float = PATIENCE, every: float = 30
) -> object:
    """Wait until a script returns something true; return that.

    Stands in for Playwright's own ``wait_for_function``, which evaluates its text again and again within
    the page, where the page's policy refuses it.

    Raises:
        TimeoutError: Playwright's; nothing true came within ``timeout`` ms.
    """
    end = time.monotonic() + timeout / 1000
    while True:
        try:
            if found := page.evaluate(script, arg):
                return found
        except Error as error:
            # The page went on to another one meanwhile.
            if "context was destroyed" not in error.message:
                raise
        if time.monotonic() > end:
            raise TimeoutError(f"not within {timeout / 1000:g} s: {script}")
        page.wait_for_timeout(every)


def settle(page: Page) -> None:
    """Wait until the page's widgets stand and its fonts are there."""
    wait_for(page, READY)
    page.evaluate("() => document.fonts.ready.then(() => true)")


#: What the browser keeps of the site, as the page sees it; nothing where that is barred.
_KEPT = "() => { try { return { ...localStorage } } catch { return {} } }"


def come_back(page: Page) -> None:
    """Load the page again as a reader does who returns, a moment later.

    What a page stores goes to the browser behind its back; another process may serve the next visit, and
    at once it may still see what stood there before. On a busy machine a moment is longer: a reader who
    comes later sees it, and so the page is loaded again, a few times at most.
    """
    kept = page.evaluate(_KEPT)
    for _ in range(5):
        page.wait_for_timeout(1000)
        page.reload()
        if page.evaluate(_KEPT).items() >= kept.items():
            return


def restyle(page: Page, css: str) -> None:
    """Add rules to a page; a style element would be against its policy."""
    page.evaluate(
        """css => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(css);
          document.adoptedStyleSheets.push(sheet);
        }""",
        css,
    )


def scroll_through(page: Page) -> None:
    """Scroll to the page's end as a reader would, one screen after the other."""
    page.evaluate(
        """async () => {
          const pause = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go, 15)));
          let y = -1;
          while (y !== scrollY) {
            y = scrollY;
            scrollBy({ top: innerHeight * 0.8, behavior: "instant" });
            await pause();
          }
        }"""
    )


@contextmanager
def opened(browser: Browser, base: str, page: str = "", **options: object) -> Iterator[Page]:
    """Open a page of the site in a context of its own; what went wrong is in ``page.watch.faults``.

    Args:
        browser: The running browser.
        base: Address of the site's root, ``http://…/`` or ``file://…/``.
        page: The page's path from the root; empty to open none yet.
        options: For Playwright's ``new_context``; the viewport is a desktop's if not given.
    """
    context = browser.new_context(
        **{"viewport": DESKTOP, "reduced_motion": "no-preference"} | options
    )
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    tab.watch = Watch(tab, base)
    tab.wait_for_function = partial(wait_for, tab)
    try:
        if page:
            tab.goto(base + page)
            if options.get("java_script_enabled", True):
                settle(tab)
        yield tab
    finally:
        context.close()


def local_file(url: str, base: str, site: Path = SITE) -> Path | None:
    """Return the file of the site that an address names, or None for one elsewhere."""
    if not url.startswith(base):
        return None
    path = unquote(urlsplit(url[len(base) :]).path)
    return site / path / "index.html" if path == "" or path.endswith("/") else site / path


def compressed_size(path: Path) -> int:
    """Return how many bytes of a file go over the wire: text compressed by gzip, the rest as it is."""
    content = path.read_bytes()
    return len(gzip.compress(content, 6)) if path.suffix in TEXT else len(content)
