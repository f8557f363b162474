"""The built site for readers who see or point differently: contrast in drawings, use by keyboard."""

import pytest

from tests.browser import PHONE, chapters, pages, restyle
from tests.widget_pages import KINDS, PARTS, answer_all, open_folds, samples, with_chapters

pytestmark = pytest.mark.site
#: index.html is the same file as intro.html.
PAGES = [name for name in pages() if name != "index.html"] or ["intro.html"]


CONTRASTS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255);
  };
  const over = (top, alpha, ground) => top.slice(0, 3).map((v, i) => alpha * v + (1 - alpha) * ground[i]);
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = (c) => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const lineage = (node) => {
    const list = [];
    for (; node; node = node.parentElement) list.push(node);
    return list;
  };
  const groundOf = (node) =>
    lineage(node).reverse().reduce((ground, each) => {
      const color = rgba(getComputedStyle(each).backgroundColor);
      return over(color, color[3], ground);
    }, [1, 1, 1]);
  const measured = [];
  for (const text of document.querySelectorAll('svg[role="img"] text')) {
    if (!text.getClientRects().length || !text.textContent.trim()) continue;
    const drawing = text.closest("svg");
    const spans = [...text.querySelectorAll("tspan")];
    const parts = spans.length ? spans : [text];
    for (const part of parts) {
      if (!part.textContent.trim()) continue;
      const style = getComputedStyle(part);
      const fill = rgba(style.fill);
      const inside = lineage(part).slice(0, lineage(part).indexOf(drawing) + 1);
      const own = style.fillOpacity * fill[3];
      const opacity = inside.reduce((o, each) => o * getComputedStyle(each).opacity, own);
      const ground = groundOf(drawing);
      measured.push({
        text: part.textContent.trim(),
        ratio: ratio(over(fill, opacity, ground), ground),
        drawing: drawing.getAttribute("aria-label").slice(0, 60),
      });
    }
  }
  return measured;
}"""


@pytest.mark.parametrize("name", chapters() or ["intro.html"])
def test_the_text_in_drawings_stands_out_from_the_page(open_page, name):
    with open_page(name, color_scheme="light") as page:
        open_folds(page)
        answer_all(page)
        texts = page.evaluate(CONTRASTS)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        texts += page.evaluate(CONTRASTS)
    if name.startswith("gradients/"):
        assert len(texts) > 10
    faint = {(t["text"], round(t["ratio"], 2), t["drawing"]) for t in texts if t["ratio"] < 4.5}
    assert faint == set()


def test_the_measure_of_contrast_finds_a_faint_text(open_page):
    with open_page("gradients/slope.html") as page:
        restyle(page, "svg text { fill: #999 !important; opacity: 0.9 }")
        assert min(t["ratio"] for t in page.evaluate(CONTRASTS)) < 2.85


STOPS = """() => {
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length;
  const groups = new Set();
  const stops = [];
  const kinds = "a[href], audio[controls], button, input, select, textarea, summary, [tabindex='0']";
  for (const node of document.querySelectorAll(kinds)) {
    if (!shown(node) || node.disabled || node.closest("[inert]") || node.tabIndex < 0) continue;
    if (node.type === "radio") {
      // One stop for each group of radio buttons.
      const group = `${node.name} ${node.form ? [...document.forms].indexOf(node.form) : ""}`;
      if (groups.has(group)) continue;
      groups.add(group);
      stops.push(`radio ${group}`);
      node.dataset.stop = stops.at(-1);
    } else {
      stops.push(`${node.localName} ${stops.length}`);
      node.dataset.stop = stops.at(-1);
    }
    node.dataset.rest = window.appearance(node);
  }
  return stops;
}"""
#: How many stops stand before the text.
FIRST_OF_THE_TEXT = """() => {
  const text = document.getElementById("main");
  const all = [...document.querySelectorAll("[data-stop]")];
  const after = (node) => text.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  return all.filter((node) => !after(node)).length;
}"""
APPEARANCE = """window.appearance = (node) => {
  // A ring may be drawn by the element or by what holds it, such as the label around a radio button.
  const parts = [node, node.parentElement, node.parentElement?.parentElement].filter(Boolean);
  return JSON.stringify(parts.map((part) => {
    const s = getComputedStyle(part);
    return [s.outlineStyle === "none" ? "" : s.outline, s.boxShadow];
  }));
};
window.focused = () => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const group = node.type === "radio" ? [...document.getElementsByName(node.name)] : [];
  const same = group.find((other) => other.form === node.form && other.dataset.stop);
  const stop = (same || node).dataset.stop ?? node.outerHTML.slice(0, 120);
  const box = node.getBoundingClientRect();
  const onScreen = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  const ringed = window.appearance(node) !== (node.dataset.rest ?? (same ? same.dataset.rest : ""));
  // A player is the browser's own: several stops inside, and the rings around them, all unseen from here.
  const player = node.localName === "audio";
  return { stop, player, ringed: ringed || player, onScreen, what: node.outerHTML.slice(0, 120) };
};"""


#: The pages where the keyboard goes through everything; on the others it begins at the text, past the list
#: of chapters, which is the same everywhere.
WHOLE = {"intro.html", "gradients/slope.html"}
#: All pages but chapters, and chapters that together hold each kind of widget, from each part.
PAGES_BY_KEYS = with_chapters(PAGES, {*PARTS, *samples(*KINDS)})
#: So many stops are tried on a page; only lists of links have more.
MOST = 250


@pytest.mark.parametrize("name", PAGES_BY_KEYS)
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(open_page, name):
    with open_page(name, reduced_motion="reduce") as page:
        open_folds(page)
        page.evaluate(APPEARANCE)
        stops = page.evaluate(STOPS)
        if name not in WHOLE:
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            first = page.evaluate(FIRST_OF_THE_TEXT)
            assert 0 < first < len(stops)
            stops = stops[first:]
        reached, unseen = set(), []
        for _ in range(2 * len(stops) + 10):
            page.keyboard.press("Tab")
            here = page.evaluate("window.focused()")
            if here is None or (here["stop"] in reached and not here["player"]):
                break
            reached.add(here["stop"])
            if not (here["ringed"] and here["onScreen"]):
                unseen.append((here["what"], here["ringed"], here["onScreen"]))
            if len(reached) == MOST:
                break
        assert {*stops[:MOST]} - reached == set()
        assert unseen == []


def test_the_link_past_the_chapters_leads_to_the_text(open_page):
    with open_page("gradients/slope.html") as page:
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.inner_text() == "Skip to the text"
        assert skip.bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_the_list_of_chapters_on_a_phone_keeps_the_focus_until_it_is_closed(open_page):
    with open_page("gradients/slope.html", viewport=PHONE) as page:
        button = page.locator(".menu-button")
        button.focus()
        page.keyboard.press("Enter")
        assert button.get_attribute("aria-expanded") == "true"
        assert page.evaluate("document.activeElement.closest('.chapters') !== null")
        page.keyboard.press("Escape")
        assert button.get_attribute("aria-expanded") == "false"
        assert button.evaluate("node => node === document.activeElement")
