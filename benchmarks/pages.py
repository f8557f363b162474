"""What a chapter page weighs, and when its first widget stands."""

from collections import Counter
from statistics import median

from playwright.sync_api import Browser

from benchmarks.table import Row
from coursekit.widgets.base import STATIC
from tests.browser import chapters, compressed_size, local_file, opened

VISITS = 7
KINDS = {".html": "HTML", ".css": "CSS", ".js": "JS", ".woff2": "fonts"}
_FIRST_WIDGET = """
new MutationObserver((_, watcher) => {
  if (!document.querySelector('.ck-slot[data-state="ready"]')) return;
  watcher.disconnect();
  requestAnimationFrame(() => setTimeout(() => (window.firstWidget = performance.now())));
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] });
"""


def first_widget(browser: Browser, base: str, name: str, slowdown: int) -> float:
    """Return the median time in ms from navigation until the first widget is painted, nothing cached."""
    times = []
    for _ in range(VISITS):
        with opened(browser, base) as page:
            page.add_init_script(_FIRST_WIDGET)
            session = page.context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
            page.goto(base + name)
            page.wait_for_function("window.firstWidget")
            times.append(page.evaluate("window.firstWidget"))
    return median(times)


def weigh(browser: Browser, base: str, name: str) -> Row:
    """Add up what the first view of a page loads, compressed as a server would."""
    with opened(browser, base, name) as page:
        asked = {url.split("?")[0].split("#")[0] for url in page.watch.requests}
    weights = Counter()
    for file in filter(None, (local_file(url, base) for url in asked)):
        weights[KINDS.get(file.suffix, "other")] += compressed_size(file) / 1000
    parts = ", ".join(f"{kind} {weight:.1f}" for kind, weight in weights.most_common())
    return Row(f"weight of {name}, gzip", weights.total(), "kB", 250, note=parts)


def measure(browser: Browser, base: str) -> list[Row]:
    """Measure the chapter pages."""
    rows = []
    for name in ("gradients/slope.html", "gradients/many_parameters.html"):
        quick, slow = (first_widget(browser, base, name, slowdown) for slowdown in (1, 4))
        note = f"nothing cached; with the CPU slowed down 4 times: {slow:.0f} ms"
        rows.append(Row(f"first widget of {name} painted", quick, "ms", note=note))
    rows += [weigh(browser, base, name) for name in chapters()]
    sizes = {file.name: compressed_size(file) / 1000 for file in sorted(STATIC.iterdir())}
    note = ", ".join(f"{name} {size:.1f}" for name, size in sizes.items())
    rows.append(
        Row("widgets' scripts and style, all of them, gzip", sum(sizes.values()), "kB", note=note)
    )
    return rows
