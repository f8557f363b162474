"""From a reader's input to the widget's new picture, in a desktop browser.

Real input goes through the browser's own pipeline: mouse moves while a handle is dragged, and arrow
keys on the sliders. For each event that changed the picture two spans are measured:

* work: the time the page keeps its main thread busy with it, which is the event's handlers and then
  the frame that shows their effect, from its first animation callback until it is laid out and
  painted (a message posted in that callback is handled right after). The budget is about this.
* latency: from the browser's time stamp of the input to the same end. It includes the wait for the
  screen's next frame, up to 16.7 ms at 60 frames a second, which no page can avoid.

Neither includes what the compositor does after the page has painted.
"""

import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Locator, Page

from benchmarks.redraw import redraw_compass, redraw_descent, redraw_tangent
from benchmarks.shown import widgets
from benchmarks.table import Row, percentile
from tests.browser import opened
from tests.hosted import write_page

BUDGET_MS = 16
PAGES = {"tangent": "gradients/slope.html", "compass": "gradients/many_parameters.html"}
REDRAW = {"tangent": redraw_tangent, "compass": redraw_compass, "descent": redraw_descent}
EVENTS = 150
_PROBE = """(widget) => {
  const sentence = () => widget.querySelector(".ck-sentence").textContent;
  const after = new MessageChannel();
  let span = null, pressed = null, said = sentence();
  window.spans = [];
  after.port1.onmessage = () => {
    const now = performance.now();
    const changed = sentence() !== said;
    said = sentence();
    if (changed) spans.push({ work: span.handled + now - span.frame, latency: now - span.stamp });
    span = null;
  };
  const first = (event) => {
    if (span) return;
    span = { from: performance.now(), stamp: pressed ?? event.timeStamp, handled: 0 };
    requestAnimationFrame((_) => {
      span.frame = performance.now();
      after.port2.postMessage(0);
    });
  };
  const last = () => { if (span && !span.handled) span.handled = performance.now() - span.from; };
  for (const type of ["pointermove", "input"]) {
    addEventListener(type, first, { capture: true });
    addEventListener(type, last);
  }
  addEventListener("keydown", (event) => (pressed = event.timeStamp), { capture: true });
}"""
_NEXT_FRAME = "() => new Promise((go) => requestAnimationFrame(() => setTimeout(go)))"


def drag(page: Page, widget: Locator) -> None:
    """Drag the widget's point around in a circle, one move at a time."""
    handle = widget.locator(".ck-handle:has(.ck-point)")
    handle.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    widget.evaluate(_PROBE)
    for step in range(EVENTS):
        turn = 2 * math.pi * step / 60
        page.mouse.move(x + 50 * math.sin(turn), y + 50 - 50 * math.cos(turn))
        page.evaluate(_NEXT_FRAME)
    page.mouse.up()


def press_keys(page: Page, widget: Locator) -> None:
    """Press arrow keys on each of the widget's sliders, up to ten times one way, then back."""
    widget.evaluate(_PROBE)
    sliders = [
        slider for slider in widget.locator("input[type=range]").all() if slider.is_visible()
    ]
    for slider in sliders:
        slider.focus()
        ends = (
            "node => [node.max - node.valueAsNumber, node.max - node.min].map(d => d / node.step)"
        )
        ahead, stops = slider.evaluate(ends)
        run = int(min(10, max(ahead, 1), stops))
        for step in range(EVENTS // len(sliders)):
            there = (step % (2 * run) < run) == (ahead >= 1)
            page.keyboard.press("ArrowRight" if there else "ArrowLeft")
            page.evaluate(_NEXT_FRAME)


def measure(browser: Browser, base: str) -> list[Row]:
    """Measure the widgets, and for some matplotlib redrawing the same pictures beside them."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder).as_uri() + "/"
        pages = [(kind, base, name) for kind, name in PAGES.items()]
        for kind, widget in widgets().items():
            write_page(Path(folder, f"{kind}.html"), [widget])
            pages.append((kind, own, f"{kind}.html"))
        return measure_all(browser, pages)


def measure_all(browser: Browser, pages: list[tuple[str, str, str]]) -> list[Row]:
    """Return the rows for each (kind of widget, base of the address, page)."""
    rows = []
    for kind, base, name in pages:
        acts = (drag, press_keys) if kind in REDRAW else (press_keys,)
        by_hand = [measure_one(browser, base, name, kind, act) for act in acts]
        rows += [row for row, _ in by_hand]
        if kind not in REDRAW:
            continue
        redraw, widget = median(REDRAW[kind]()), by_hand[0][1]
        note = (
            f"{redraw / widget:.0f} times the widget's p50; a kernel and the way there come on top"
        )
        rows.append(Row(f"{kind}'s peer: matplotlib redraws to PNG, p50", redraw, "ms", note=note))
    return rows


def measure_one(
    browser: Browser, base: str, name: str, kind: str, act: Callable
) -> tuple[Row, float]:
    """Return the row for one way to use a widget, and its median."""
    with opened(browser, base, name) as page:
        act(page, page.locator(f".ck-{kind}").first)
        page.wait_for_timeout(100)
        spans = page.evaluate("spans")
    if len(spans) < EVENTS / 2:
        raise RuntimeError(
            f"{kind}, {act.__name__}: only {len(spans)} of {EVENTS} events changed it"
        )
    work, latency = ([span[key] for span in spans] for key in ("work", "latency"))
    middle = median(work)
    note = (
        f"p50 {middle:.1f} ms, {len(work)} events; from the input's time stamp, waiting for the screen "
        f"included: p50 {median(latency):.1f}, p95 {percentile(latency, 0.95):.1f} ms"
    )
    what = f"{kind}, {act.__name__.replace('_', ' ')}: input to paint, p95"
    return Row(what, percentile(work, 0.95), "ms", BUDGET_MS, note=note), middle
