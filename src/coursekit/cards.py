"""Cards: short messages the course shows below a cell, as plain text and as HTML.

The plain text stands alone (the stored notebooks keep it and tests compare it); the HTML uses
classes only, so it reads well unstyled, on GitHub or Colab, and takes the course's look elsewhere.
"""

import re
from html import escape
from typing import Any

from IPython.display import display

_MARKUP = re.compile(r"`(?P<code>[^`\n]+)`|(?<![\w*])\*(?P<em>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])")


def prose(text: str) -> str:
    r"""Turn the course's small markup into HTML, everything else escaped.

    Backticks make code and single asterisks make emphasis; there is no other markup.

    Example:
        >>> prose("use `a < b`, *not* `a > b`")
        'use <code>a &lt; b</code>, <em>not</em> <code>a &gt; b</code>'
    """
    parts, at = [], 0
    for match in _MARKUP.finditer(text):
        parts.append(escape(text[at : match.start()]))
        if match["code"] is not None:
            parts.append(f"<code>{escape(match['code'])}</code>")
        else:
            parts.append(f"<em>{prose(match['em'])}</em>")
        at = match.end()
    parts.append(escape(text[at:]))
    return "".join(parts)


def plain(text: str) -> str:
    """Drop the marks of `prose`: code keeps its backticks, emphasis loses its asterisks.

    Example:
        >>> plain("use `a * b`, *not* `a ** b`")
        'use `a * b`, not `a ** b`'
    """
    return _MARKUP.sub(lambda m: m[0] if m["code"] is not None else plain(m["em"]), text)


#: A card's left edge where no style sheet of the course gives it one.
EDGE = 'style="border-left-style: solid; border-left-width: 3px; padding-left: 1em"'


class Card:
    """A message with a plain-text and an HTML form, shown when it ends a cell or is displayed.

    Attributes:
        text: The plain-text form; full enough to stand alone.
        html: The HTML form; whoever builds it escapes what is not markup (see `prose`).
        metadata: Facts for programs, kept under the key ``"coursekit"`` of the output's metadata.
    """

    def __init__(self, text: str, html: str, metadata: dict[str, Any] | None = None) -> None:
        for name, value in (("text", text), ("html", html)):
            if not isinstance(value, str) or not value.strip():
                raise TypeError(f"a card's {name} must be a non-empty string, got {value!r}")
        self.text = text
        self.html = html
        self.metadata = dict(metadata or {})

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Give Jupyter both forms and the metadata."""
        return {"text/plain": self.text, "text/html": self.html}, {"coursekit": self.metadata}

    def __repr__(self) -> str:
        return self.text

    def show(self) -> None:
        """Show the card now, anywhere in a cell; outside a notebook, print its text."""
        display(self)
