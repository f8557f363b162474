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


def width(text: str) -> float:
    """The width of a line of text in em."""
    return sum(_WIDTH.get(letter, 0.52) for letter in text)


def lines(markup: str, room: float, size: float) -> int:
    """How many lines a text takes; at least one.

    Args:
        markup: The text, as HTML made by `coursekit.cards.prose` or plain.
        room: The width it may take, in CSS pixels.
        size: The font size, in CSS pixels.
    """
    text = html.unescape(re.sub(r"<[^>]+>", "", markup))
    count, used = 1, 0.0
    for word in text.split():
        wide = width(word) * size
        space = width(" ") * size if used else 0.0
        if used and used + space + wide > room:
            count, used = count + 1, wide
        else:
            used += space + wide
    return count
