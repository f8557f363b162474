"""What is too high for one slide, cut where it may be: code between statements, a table between rows."""

import copy

from bs4 import NavigableString, Tag

#: Lines of code, and of text in a table, on one slide.
CODE, TABLE = 23, 15
#: Letters across a table.
_ACROSS = 88

Line = list[Tag | NavigableString]


def code(element: Tag) -> list[Tag]:
    """Cut highlighted code at blank lines between statements; two blank lines become one.

    Args:
        element: What holds the code's ``pre``.

    Returns:
        Copies of the element, each with a part of the code, of about the same height.
    """
    paragraphs = _paragraphs(_lines(element.find("pre")))
    total = sum(_height(lines) + 1 for lines in paragraphs)
    share = total / -(-total // CODE)
    pieces: list[list[Line]] = [[]]
    height = 0
    for lines in paragraphs:
        size = _height(lines) + 1
        if pieces[-1] and (height >= share or height + size > CODE + 1):
            pieces.append([])
            height = 0
        pieces[-1] += [[], *lines] if pieces[-1] else lines
        height += size
    return [_with_code(element, lines) for lines in pieces]


def _lines(pre: Tag) -> list[Line]:
    """The nodes of each line; a text that goes over several lines stays together."""
    lines: list[Line] = [[]]
    for node in pre.children:
        if not isinstance(node, NavigableString):
            lines[-1].append(node)
            continue
        first, *rest = node.split("\n")
        lines[-1].append(NavigableString(first))
        lines += [[NavigableString(text)] for text in rest]
    return lines


def _text(line: Line) -> str:
    return "".join(node.get_text() for node in line)


def _height(lines: list[Line]) -> int:
    return sum(_text(line).count("\n") + 1 for line in lines)


def _paragraphs(lines: list[Line]) -> list[list[Line]]:
    """Gather the lines between blank ones; what goes on with an indented line is not cut there."""
    paragraphs: list[list[Line]] = []
    was_blank = True
    for line in lines:
        text = _text(line)
        is_blank = not text.strip()
        if not is_blank:
            goes_on = text[0] in " )]}" and paragraphs
            if was_blank and not goes_on:
                paragraphs.append([])
            paragraphs[-1] += [[], line] if was_blank and goes_on else [line]
        was_blank = is_blank
    return paragraphs


def _with_code(element: Tag, lines: list[Line]) -> Tag:
    piece = copy.copy(element)
    pre = piece.find("pre")
    pre.clear()
    for line in lines:
        pre.extend([*map(copy.copy, line), NavigableString("\n")])
    return piece


def table(scroll: Tag) -> list[str]:
    """Cut a table between rows; each piece has the table's head.

    Args:
        scroll: The element around the table.
    """
    pieces: list[list[Tag]] = [[]]
    lines = 0.0
    for row in scroll.select("tbody tr"):
        cells = row.find_all(["td", "th"])
        # A browser gives a column room by what stands in it: a long cell gets more than its share.
        longest = max((len(cell.get_text(strip=True)) for cell in cells), default=0)
        height = 1.3 + longest * len(cells) // (1.5 * _ACROSS)
        if pieces[-1] and lines + height > TABLE:
            pieces.append([])
            lines = 0
        pieces[-1].append(row)
        lines += height
    if len(pieces) == 1:
        return [str(scroll)]
    head = "".join(map(str, scroll.select("thead")))
    return [
        f'<div class="scroll"><table>{head}<tbody>{"".join(map(str, piece))}</tbody></table></div>'
        for piece in pieces
    ]
