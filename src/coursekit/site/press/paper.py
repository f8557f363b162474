"""What a reader of paper gets for what one opens, moves or hears on the site."""

from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag

from coursekit.site.press import PressError, questions

MOVES = "On the site this picture moves."


#: What a page has for readers at a screen alone: links to files, choices, filters, boxes to tick.
SCREEN_ONLY = (
    ".headerlink", ".downloads", ".how", "noscript", "script", ".toctree-wrapper", ".js-only", ".choice",
)  # fmt: skip


@dataclass
class Page:
    """One page of the site, ready for the book.

    Attributes:
        body: The text, without what is collected below.
        models: The state of the widgets that are printed as stills, by id.
        hints: Id and title of each exercise, and its hints.
        solutions: The same for the solutions.
        answers: The answers to the page's quizzes, as HTML.
        stills: How many widgets are printed as stills.
        asked: How many predictions, results and quizzes are printed as text.
    """

    body: Tag
    models: dict[str, Any] = field(default_factory=dict)
    hints: list[tuple[str, str, list[Tag]]] = field(default_factory=list)
    solutions: list[tuple[str, str, list[Tag]]] = field(default_factory=list)
    answers: str = ""
    stills: int = 0
    asked: int = 0


def fragment(html: str) -> list[Any]:
    """Return the nodes of a piece of HTML."""
    body = BeautifulSoup(html, "html5lib").body
    return [node.extract() for node in list(body.contents)]


def replace(element: Tag, html: str) -> None:
    """Put a piece of HTML in an element's place."""
    element.replace_with(*fragment(html))


def prepare(body: Tag, state: dict[str, Any], anchor: str, number: str) -> Page:
    """Turn a page's text into its printed form.

    Args:
        body: The text; ids and links are the book's already. It is changed.
        state: All models of the page.
        anchor: The chapter's id.
        number: The chapter's number: its quiz must bear it.

    Raises:
        PressError: The page holds what has no printed form.
    """
    page = Page(body)
    for selector in SCREEN_ONLY:
        for element in body.select(selector):
            element.decompose()
    if error := body.select_one(".katex-error"):
        raise PressError(f"{anchor}: a formula is wrong: {error.get_text()}")
    _sounds(body)
    _slots(page, state, anchor, number)
    _folds(page, anchor)
    move_headings([body], 1)
    if left := body.find(["audio", "video", "iframe", "form", "input", "button", "details"]):
        raise PressError(f"{anchor}: nothing says how to print this: {str(left)[:80]}")
    return page


def _sounds(body: Tag) -> None:
    """Say what is heard on the site."""
    groups = {id(group): group for each in body.find_all("audio") for group in [_group(each)]}
    for group in groups.values():
        names = [each["aria-label"] for each in group.find_all("audio")]
        said = f"{group.get('aria-label', '')} ({', '.join(names)})".strip()
        line = fragment('<p class="heard"><b>To be heard on the site:</b> </p>')[0]
        line.append(said)
        group.replace_with(line)


def _group(player: Tag) -> Tag:
    """Return the element around a player and those beside it, which says what they are."""
    return player.find_parent(attrs={"role": "group"}) or player.parent


def _slots(page: Page, state: dict[str, Any], anchor: str, number: str) -> None:
    """Print questions as text; keep the other widgets, whose opening state is printed."""
    for slot in page.body.select(".ck-slot"):
        identity = slot["data-model"]
        if identity not in state:
            raise PressError(f"{anchor}: the state of a widget is missing from the page")
        values = state[identity]["state"]
        kind = values.get("kind")
        if kind == "quiz":
            if number and values["key"] != number:
                raise PressError(f"{anchor}: chapter {number} holds quiz {values['key']}")
            page.answers += questions.answers(values)
            text = f'<p class="place">{reference(f"{anchor}--answers", "Answers")}</p>'
            replace(slot, questions.quiz(values) + text)
        elif kind in ("predict", "reveal"):
            replace(slot, getattr(questions, kind)(values))
        else:
            slot["class"] = ["ck-slot", "still"]
            slot["style"] = ""
            note = fragment(f'<p class="moves">{MOVES}</p>')[0]
            slot.insert_after(note)
            page.stills += 1
            continue
        page.asked += 1
    if page.stills:
        text = {"predict", "reveal", "quiz"}
        page.models = {k: m for k, m in state.items() if m["state"].get("kind") not in text}


def reference(goal: str, words: str) -> str:
    """Return a link with the number of the page it leads to, which `printing` fills in."""
    number = f'<span class="page-of" data-goal="{goal}">000</span>'
    return f'<a href="#{goal}">{words}: page {number}</a>'


def _folds(page: Page, anchor: str) -> None:
    """Collect hints and solutions, show folded outputs, leave out folded code."""
    body = page.body
    for cell in body.select(".tag_solution"):
        _collect(page.solutions, cell, anchor, "solution")
    for fold in body.find_all("details"):
        if fold.decomposed:
            continue
        summary = fold.summary.extract().get_text().strip()
        if summary == "Code":
            fold.decompose()
        elif summary.startswith("Hint") and _exercise(fold):
            _collect(page.hints, fold, anchor, "hint")
        else:
            if summary != "Output":
                fold.insert(0, fragment(f'<p class="summary">{summary}</p>')[0])
            inside = fold.find(class_="fold-inside", recursive=False)
            if inside is not None:
                inside.unwrap()
            fold.unwrap()
    for _, _, held in page.solutions:
        for element in held:
            for summary in element.find_all("summary"):
                summary.decompose()
            for fold in element.select("details, .fold-inside"):
                fold.unwrap()
    for cell in body.select(".cell"):
        if not cell.get_text().strip() and cell.find(["svg", "img"]) is None:
            cell.decompose()
    _refer(page, anchor)


def _exercise(element: Tag) -> Tag | None:
    """Return the section of the exercise that an element belongs to."""
    for section in element.find_parents("section"):
        if "--exercise-" in section.get("id", ""):
            return section
    return None


def _collect(place: list, element: Tag, anchor: str, kind: str) -> None:
    section = _exercise(element)
    if section is None:
        raise PressError(f"{anchor}: a {kind} stands outside of an exercise")
    title = section.find(["h2", "h3", "h4"]).get_text()
    element.extract()
    if element.name == "details":
        element.name = "div"
        element.attrs = {}
    if place and place[-1][0] == section["id"]:
        place[-1][2].append(element)
    else:
        place.append((section["id"], title, [element]))


def _refer(page: Page, anchor: str) -> None:
    """Say below each exercise on which pages its hints and its solution stand."""
    lines: dict[str, list[str]] = {}
    for kind, places in (("Hint", page.hints), ("Solution", page.solutions)):
        for identity, _, held in places:
            words = f"{kind}s" if len(held) > 1 and kind == "Hint" else kind
            lines.setdefault(identity, []).append(reference(f"{identity}--{kind.lower()}", words))
    for identity, links in lines.items():
        section = page.body.find(id=identity)
        section.append(fragment(f'<p class="place">{" · ".join(links)}</p>')[0])


def move_headings(bodies: list[Tag], by: int) -> None:
    """Give the headings of some texts another level; their class says the one on the site.

    Args:
        bodies: The texts; they are changed.
        by: 1 to put them below the headings of the parts, -1 to take that back.
    """
    for body in bodies:
        for heading in body.find_all(["h1", "h2", "h3", "h4", "h5"]):
            level = int(heading.name[1])
            heading.name = f"h{level + by}"
            heading["class"] = [*heading.get("class", []), *([f"was-{level}"] if by > 0 else [])]
