"""The instructor's notes of a chapter, and where in its page each of them belongs.

The page itself does not show them: they are taken from the instructor's edition of the notebook. There
a note stands at the end of its section; in the speaker's view it comes when the section begins, since it
says what to ask before the room sees the answer.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from coursekit.site import katex
from coursekit.site.slides_blocks import Block, Heading, Said


def notes(path: Path, macros: dict[str, str]) -> list[tuple[int, str]]:
    """Return the instructor's notes of a notebook as HTML.

    Args:
        path: The notebook.
        macros: LaTeX macros of the book.

    Returns:
        Pairs of the section's number, which counts the headings of level 2, and the note; 0 before the first.
    """
    editions = import_module("coursekit.editions")
    markdown = _markdown(macros)
    written = {cell.id: cell for cell in editions.instructor(path).cells}
    found, section = [], 0
    for cell in nbformat.read(path, as_version=4).cells:
        tags = cell.metadata.get("tags", [])
        if editions.INSTRUCTOR in tags:
            found.append((section, markdown.render(written[cell.id].source)))
        elif cell.cell_type == "markdown" and "remove-cell" not in tags:
            tokens = markdown.parse(cell.source)
            section += sum(each.type == "heading_open" and each.tag == "h2" for each in tokens)
    return found


def _markdown(macros: dict[str, str]) -> MarkdownIt:
    known = tuple(sorted(macros.items()))
    return MarkdownIt("commonmark").use(
        dollarmath_plugin,
        renderer=lambda latex, options: katex.render(latex, options["display_mode"], known),
    )


def mixed(blocks: Iterable[Block], notes: list[tuple[int, str]]) -> Iterator[Block]:
    """Yield a page's blocks with the notes among them, each behind its section's heading.

    What comes before the first section stands with that one.
    """
    section = 0
    for block in blocks:
        yield block
        if isinstance(block, Heading) and block.level == 2:
            section += 1
            for place, note in notes:
                if max(place, 1) == section:
                    yield Said(f'<div class="for-instructor">{note}</div>', is_note=True)
