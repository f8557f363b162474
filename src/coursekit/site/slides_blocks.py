"""A chapter's page body as a row of blocks: headings, what is looked at, what is said.

A block is an `Item` (picture, widget, formula, code, output, table, verdict, list, task) that goes on a
slide, or `Said`, running text that goes into the speaker's notes. Solutions and hints are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from coursekit.site import slides_pieces as pieces

#: Kinds of items, from small to those that fill a slide.
SMALL = ("formula", "code", "output", "list", "reveal")
_LETTERS = 84  # in a line of text, about
_LINE = 24  # pixels of a widget to a line of code, about


@dataclass
class Heading:
    """A heading of level 2 or 3; ``is_exercise`` when a task with a stub follows it."""

    level: int
    html: str
    anchor: str
    is_exercise: bool = False


@dataclass
class Said:
    """Running text; ``element`` is the paragraph, None for what is no paragraph of the page.

    ``is_note`` is what the page itself does not say.
    """

    html: str
    element: Tag | None = None
    is_note: bool = False


@dataclass
class Item:
    """What is looked at.

    ``lines`` is its height in lines of code and ``width`` its width in letters, where they matter;
    ``later`` shows it on request; ``cell`` is the number of the page's code cell that it stands in.
    """

    kind: str
    html: str
    lines: float = 0
    width: int = 0
    later: bool = False
    cell: int = 0


Block = Heading | Said | Item


def parse(body: str) -> Tag:
    """Return the outermost section of a page's body.

    Raises:
        ValueError: the body has no section.
    """
    section = BeautifulSoup(body, "html.parser").find("section")
    if section is None:
        raise ValueError("a chapter's body must hold a section with its title, found none")
    return section


def extent(element: Tag) -> tuple[int, int]:
    """Return the number of lines of printed text or code, and of letters in the longest."""
    lines = element.get_text().strip("\n").split("\n")
    return len(lines), max(map(len, lines))


def blocks(section: Tag, kinds: dict[str, str]) -> Iterator[Block]:
    """Go through a page in reading order; the title and what stands before the first section is skipped.

    Args:
        section: The page's outermost section.
        kinds: Kind of each widget's model, such as ``quiz`` or ``reveal``.
    """
    numbers = {id(cell): n for n, cell in enumerate(section.select("div.cell"), 1)}
    for inner in section.find_all("section", recursive=False):
        yield from _section(inner, kinds, numbers)


def _section(section: Tag, kinds: dict[str, str], numbers: dict[int, int]) -> Iterator[Block]:
    is_exercise = any(c.find_parent("section") is section for c in section.select(".tag_exercise"))
    for child in section.find_all(recursive=False):
        classes = child.get("class", [])
        if child.name == "section":
            yield from _section(child, kinds, numbers)
        elif "heading" in classes:
            heading = child.find(["h2", "h3", "h4"])
            level = 2 if heading.name == "h2" else 3
            yield Heading(level, heading.decode_contents(), section.get("id", ""), is_exercise)
        elif "cell" in classes:
            yield from _cell(child, kinds, numbers[id(child)])
        elif child.name == "details":
            continue  # hints
        elif "math" in classes:
            yield Item("formula", _without_links(child), 3.5)
        elif "scroll" in classes:
            yield from (Item("table", html) for html in pieces.table(child))
        elif child.name in ("ul", "ol"):
            yield Item("list", str(child), _text_lines(child) + len(child.find_all("li")) / 2)
        elif any(name.startswith("highlight-") for name in classes):
            yield from _code(child)
        elif is_exercise:
            yield Item("task", str(child), 1.6 * _text_lines(child) + 0.6)
        else:
            yield Said(str(child), child if child.name == "p" else None)


def _cell(cell: Tag, kinds: dict[str, str], number: int) -> Iterator[Item]:
    classes = cell["class"]
    if "tag_solution" in classes:
        return
    code = cell.find(class_="cell_input")
    if code is not None and code.find_parent("details") is None:
        yield from _code(code, number)
    later = "tag_hide-output" in classes
    for output in cell.select(".cell_output > *"):
        yield _output(output, kinds, later, number)


def _output(output: Tag, kinds: dict[str, str], later: bool, number: int) -> Item:
    classes = output.get("class", [])
    if "ck-figure" in classes:
        return Item("figure", str(output), later=later, cell=number)
    if "ck-slot" in classes:
        kind = kinds.get(output["data-model"], "widget")
        lines = 4 if kind == "reveal" else _reserved(output) / _LINE
        return Item(kind, str(output), lines, cell=number)
    if output.find(class_="ck-claim") is not None:
        return Item("verdict", str(output), _text_lines(output) + 1, cell=number)
    if "stream" in classes or output.find("pre") is not None:
        shown = f'<div class="cell_output">{output}</div>'
        return _printed("output", output, shown, later, number)
    return Item("block", str(output), later=later, cell=number)


def _reserved(slot: Tag) -> int:
    """The height in pixels that the page keeps free for a widget."""
    height = re.search(r"--wide:(\d+)", slot.get("style", ""))
    return int(height[1]) if height else 0


def _code(element: Tag, cell: int = 0) -> Iterator[Item]:
    for piece in pieces.code(element):
        yield _printed("code", piece, str(piece), cell=cell)


def _printed(kind: str, element: Tag, html: str, later: bool = False, cell: int = 0) -> Item:
    lines, width = extent(element)
    return Item(kind, html, lines + 1, width, later, cell)


def _text_lines(element: Tag) -> int:
    return sum(-(-len(line) // _LETTERS) for line in element.get_text().split("\n") if line.strip())


def _without_links(element: Tag) -> str:
    for link in element.select(".headerlink"):
        link.decompose()
    return str(element)
