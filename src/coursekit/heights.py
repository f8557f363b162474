"""How tall a text will stand on the page: an estimate, so that a page keeps room for a widget.

Widths are those of Source Sans 3, the book's face, in em; a test in a real browser holds the
estimate within a line of what it measures.
"""

import html
import re

_WIDTHS = {  # em, at weight 400
    0.20: " ",
    0.24: "ijlI',.:;|!()[]f",
    0.32: 'rt-"/',
    0.43: "sxzvyckJLF?*",
    0.60: "DGHKNOQRUB&",
    0.80: "mwMW%@—…ℝ",
}
_WIDTH = {letter: em for em, letters in _WIDTHS.items() for letter in letters}
#: What quizzes in a browser were found to be wider than the table says.
WIDER = 1.01
#: Code is set in another face: a letter of it, and the margins around it, in em of the text.
CODE, CODE_MARGINS = 0.54, 0.36


def width(text: str) -> float:
    """The width of a line of text in em; what stands between backticks is code."""
    parts = text.split("`")
    prose = sum(_WIDTH.get(letter, 0.52) for part in parts[::2] for letter in part)
    return WIDER * prose + sum(CODE * len(part) + CODE_MARGINS for part in parts[1::2])


def lines(markup: str, room: float, size: float) -> int:
    """How many lines a text takes; at least one.

    Args:
        markup: The text, as HTML made by `coursekit.cards.prose`, or in that function's own markup.
        room: The width it may take, in CSS pixels.
        size: The font size, in CSS pixels.
    """
    text = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"</?code[^>]*>", "`", markup)))
    count, used, inside = 1, 0.0, False
    for word in text.split():
        # A span of code may go over several words; each is measured as the code it holds.
        marked = f"`{word}" if inside else word
        inside = marked.count("`") % 2 == 1
        wide = width(marked) * size
        space = width(" ") * size if used else 0.0
        if used and used + space + wide > room:
            count, used = count + 1, wide
        else:
            used += space + wide
    return count
