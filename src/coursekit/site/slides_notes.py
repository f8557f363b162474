"""The instructor's notes of a chapter, and where in its page each of them belongs.

The page itself does not show them: they are taken from the instructor's edition of the notebook. A
note stands where the notebook has it, which is told by the code cells and headings before it.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from coursekit.site import katex
from coursekit.site.slides_blocks import Block, Heading, Item, Said

Place = tuple[int, int]


def notes(path: Path, macros: dict[str, str]) -> list[tuple[Place, str]]:
    """Return the instructor's notes of a notebook as HTML.

    Args:
        path: The notebook.
        macros: LaTeX macros of the book.

    Returns:
        Pairs of a place, which is the number of headings and of shown code cells before the note, and
        the note.
    """
    editions = import_module("coursekit.editions")
    markdown = _markdown(macros)
    written = {cell.id: cell for cell in editions.instructor(path).cells}
    found, headings, cells = [], 0, 0
    for cell in nbformat.read(path, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if editions.INSTRUCTOR in tags:
            found.append(((headings, cells), markdown.render(written[cell.id].source)))
        elif "remove-cell" in tags:
            continue
        elif cell.cell_type == "code":
            cells += 1
        else:
            headings += sum(
                token.type == "heading_open" and token.tag != "h1"
                for token in markdown.parse(cell.source)
            )
    return found


def _markdown(macros: dict[str, str]) -> MarkdownIt:
    known = tuple(sorted(macros.items()))
    return MarkdownIt("commonmark").use(
        dollarmath_plugin,
        renderer=lambda latex, options: katex.render(latex, options["display_mode"], known),
    )


def mixed(blocks: Iterable[Block], notes: list[tuple[Place, str]]) -> Iterator[Block]:
    """Yield a page's blocks with the notes among them, each before the first block beyond its place."""
    waiting = list(notes)
    headings = 0
    for block in blocks:
        headings += isinstance(block, Heading)
        cell = block.cell if isinstance(block, Item) else 0
        while waiting and (headings > waiting[0][0][0] or cell > waiting[0][0][1]):
            yield Said(_aside(waiting.pop(0)[1]))
        yield block
    for _, note in waiting:
        yield Said(_aside(note))


def _aside(note: str) -> str:
    return f'<div class="for-instructor">{note}</div>'
