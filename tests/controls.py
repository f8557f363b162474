"""Use every control of a widget as a reader would, and report those that change nothing.

A control is used by keyboard or by mouse, and the widget is looked at before and after: its drawings
(SVG markup, pixels of a canvas) and its words, the controls' own labels and values left out.
Controls of a form are judged when the form has been submitted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

WAYS = ("keyboard", "mouse")
#: So often an arrow key is pressed on a slider: each press moves the picture, and the rounded numbers
#: of the sentence follow at the latest with the last one.
PRESSES = 5
#: How long words may take on a busy machine, in ms.
LATE = 1000
CONTROLS = "input, select, button, textarea, summary"

_SIGHT = """async (el) => {
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  const copy = el.cloneNode(true);
  for (const node of copy.querySelectorAll("svg, canvas, .ck-control, .ck-hidden, [hidden]")) node.remove();
  const drawings = [...el.querySelectorAll("svg, canvas")];
  const pixels = (node) => (node.tagName === "CANVAS" ? node.toDataURL() : node.outerHTML);
  return {
    picture: drawings.map(pixels).join(""),
    sentence: el.querySelector(".ck-sentence")?.textContent ?? null,
    words: copy.textContent.replace(/\\s+/g, " "),
  };
}"""
_NAME = """(node) => {
  const label = node.labels?.[0] ?? node;
  const text = (label.textContent || node.getAttribute("aria-label") || "").replace(/\\s+/g, " ").trim();
  return `${node.type || node.localName} "${text}"`;
}"""


@dataclass(frozen=True)
class Sight:
    """What a reader sees of a widget.

    Attributes:
        picture: Markup and pixels of its drawings.
        sentence: The line that says what the picture shows, if it has one.
        words: All its text outside the controls.
    """

    picture: str
    sentence: str | None
    words: str


def look(widget: Locator) -> Sight:
    """See a widget as it is after the next frames."""
    return Sight(**widget.evaluate(_SIGHT))


def name(control: Locator) -> str:
    """Say which control this is: its type and its label."""
    return control.evaluate(_NAME)


def kind(control: Locator) -> str:
    """Return an input's type, or the element's name."""
    return control.evaluate("node => node.localName === 'input' ? node.type : node.localName")


def dead_controls(page: Page, widget: Locator, way: str) -> list[str]:
    """Use all controls of a widget in one way, ``keyboard`` or ``mouse``.

    Returns:
        A line for each control that could not be used or changed nothing.
    """
    dead = []
    # A control may bring or take others: each time, the first one not tried yet is next.
    while (fresh := widget.locator(f":is({CONTROLS}):not([data-tried], :disabled)")).count():
        place = widget.evaluate("el => el.dataset.tries = 1 + Number(el.dataset.tries ?? 0)")
        fresh.first.evaluate("(node, place) => node.dataset.tried = place", place)
        control = widget.locator(f'[data-tried="{place}"]')
        if not control.is_visible():
            dead.append(f"{name(control)} is never shown")
            continue
        if kind(control) == "radio" and _group(page, control).count() == 1:
            continue  # nothing to choose from
        title, seen = name(control), []
        for use in uses(page, control, way):
            before = seen[-1][1] if seen else look(widget)
            use()
            seen.append((before, look(widget)))
        by_words = title.startswith("button ")
        if seen and difference(seen, by_words):  # on a busy machine words may follow a moment later
            page.wait_for_timeout(LATE)
            seen[-1] = (seen[-1][0], look(widget))
        if fault := difference(seen, by_words):
            dead.append(f"{title} by {way} {fault}")
    return dead


def difference(seen: list[tuple[Sight, Sight]], by_words: bool = False) -> str | None:
    """Say what should have changed and did not, or None when all is well.

    Args:
        seen: What was seen before and after each use of one control. A picture, if there is one, changes
            each time; words at least once: their numbers are rounded, and two curves may have the same
            slope at a point.
        by_words: Whether other words or another picture are enough: a button may only tell what it did.
    """
    if not seen:
        return "cannot be used"
    if by_words or seen[0][0].sentence is None:
        return "changes nothing" if all(before == after for before, after in seen) else None
    still = []
    if any(before.picture and before.picture == after.picture for before, after in seen):
        still.append("picture")
    if all(before.sentence == after.sentence for before, after in seen):
        still.append("sentence")
    return f"does not change the {' and the '.join(still)}" if still else None


def uses(page: Page, control: Locator, way: str) -> Iterator[Callable[[], None]]:
    """Yield the things to do with a control; what must come before one is done when it is asked for."""
    by_keyboard = way == "keyboard"
    steps = {
        "range": _by_keys_range if by_keyboard else _by_mouse_range,
        "number": _number,
        "radio": _radio,
        "checkbox": _checkbox,
        "select": _by_keys_select if by_keyboard else _by_mouse_select,
        "button": _button,
    }
    what = kind(control)
    if what not in steps:
        raise NotImplementedError(f"no way to try a control of type {what}: {name(control)}")
    for act in steps[what](page, control, by_keyboard):
        yield lambda act=act: (act(), _submit(control, by_keyboard) if what != "button" else None)


def _form(control: Locator) -> Locator:
    return control.locator("xpath=ancestor::form")


def _submit(control: Locator, by_keyboard: bool) -> None:
    if _form(control).count() == 0:
        return
    if by_keyboard:
        control.press("Enter")
    else:
        _form(control).locator("button").click()


def _by_keys_range(page, control, by_keyboard):
    ends = "node => [node.valueAsNumber - node.min, node.max - node.valueAsNumber].map(d => d / node.step)"
    left, right = (round(steps) for steps in control.evaluate(ends))
    to_right = right >= min(PRESSES, left)
    for _ in range(min(PRESSES, right if to_right else left)):
        yield lambda: control.press("ArrowRight" if to_right else "ArrowLeft")


def _by_mouse_range(page, control, by_keyboard):
    share = "node => (node.valueAsNumber - node.min) / (node.max - node.min)"
    control.scroll_into_view_if_needed()
    box = control.bounding_box()
    few = control.evaluate("node => node.max - node.min < 5 * node.step")  # stops far apart
    aside = 0.05 if few else 0.3
    at = aside if control.evaluate(share) > 0.5 else 1 - aside
    yield lambda: control.click(position={"x": at * box["width"], "y": box["height"] / 2})


def _number(page, control, by_keyboard):
    low, high, now = control.evaluate("node => [node.min, node.max, node.value]")

    def type_other():
        if by_keyboard:
            control.focus()
            page.keyboard.press("ControlOrMeta+a")
        else:
            control.click(click_count=3)
        page.keyboard.type(low if float(now or "nan") != float(low) else high)

    yield type_other


def _group(page: Page, radio: Locator) -> Locator:
    return page.locator(f'input[type=radio][name="{radio.get_attribute("name")}"]')


def _radio(page, control, by_keyboard):
    """Choose it from the one before it: radio buttons are one stop, the arrows go through them."""
    group = _group(page, control)
    place = control.evaluate(
        "node => [...document.getElementsByName(node.name)].filter(n => n.type === 'radio').indexOf(node)"
    )
    other = group.nth((place - 1) % group.count())
    other.check()
    _submit(other, by_keyboard)

    def choose():
        if by_keyboard:
            other.press("ArrowDown")
        else:
            control.click()

    yield choose


def _checkbox(page, control, by_keyboard):
    yield lambda: control.press("Space") if by_keyboard else control.click()


def _by_keys_select(page, control, by_keyboard):
    control.press("Home")
    for _ in range(control.locator("option").count() - 1):
        yield lambda: control.press("ArrowDown")
    yield lambda: control.press("Home")


def _by_mouse_select(page, control, by_keyboard):
    """A closed list opens a window of the system, which no test can click: choose as it would."""
    count, now = control.locator("option").count(), control.evaluate("node => node.selectedIndex")
    for place in [(now + step) % count for step in range(1, count + 1)]:
        yield lambda place=place: control.select_option(index=place)


def _button(page, control, by_keyboard):
    if control.get_attribute("type") == "submit":
        _alter(_form(control))
    yield lambda: control.press("Enter") if by_keyboard else control.click()


def _alter(form: Locator) -> None:
    """Change an answer, so that submitting the form has something to say."""
    choices = form.locator("input[type=radio]:not(:checked), input[type=checkbox]")
    if choices.count():
        choices.last.click()
    else:
        field = form.locator("input[type=number]")
        low, high, now = field.evaluate("node => [node.min, node.max, node.value]")
        field.fill(low if float(now or "nan") != float(low) else high)
