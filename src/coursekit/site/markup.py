"""Last corrections to a page's HTML, so that it works for every reader and brings no script along."""

import posixpath
import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

_HEADING = re.compile(
    r'<h([1-6])>((?:(?!</h\1>).)*?)<a class="headerlink" href="(#[^"]*)" title="[^"]*">[^<]*</a></h\1>',
    re.S,
)
_NOTEBOOK = re.compile(r'href="(?P<path>[\w./-]+)\.ipynb(?P<fragment>#[^"]*|)"')
_SCRIPT = re.compile(r"<script\b", re.I)
_ICON_FONT = re.compile(r'class="[^"]*\bfa-[\w-]+')


def headings(body: str) -> str:
    """Put the link to a heading beside it, so that it is no part of the heading's words."""

    def beside(match: re.Match[str]) -> str:
        level, words, target = match.groups()
        if level == "1":
            return f"<h1>{words}</h1>"
        return (
            f'<div class="heading heading-{level}"><h{level}>{words}</h{level}>'
            f'<a class="headerlink" href="{target}" aria-label="Link to this section">#</a></div>'
        )

    return _HEADING.sub(beside, body)


def tables(body: str) -> str:
    """Let a wide table scroll by itself instead of the page."""
    body = re.sub(r"<table\b", '<div class="scroll"><table', body)
    return body.replace("</table>", "</table></div>")


def roles(body: str) -> str:
    """Replace what current accessibility rules no longer know."""
    body = body.replace('<p class="caption" role="heading">', '<p class="part">')
    return body.replace('role="doc-biblioentry"', 'role="listitem"')


def chapter_links(body: str, app: Sphinx, pagename: str) -> str:
    """Point the links that a cell's own HTML makes to a chapter's notebook at the chapter's page."""

    def page(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(pagename), match["path"]))
        if target not in app.env.found_docs:
            return match[0]
        return f'href="{app.builder.get_relative_uri(pagename, target)}{match["fragment"]}"'

    return _NOTEBOOK.sub(page, body)


def refuse_scripts(body: str, pagename: str) -> None:
    """Stop at an output that brings its own script: it would not work offline, or not at all.

    Raises:
        ExtensionError: names the page and shows the start of the script.
    """
    if (found := _SCRIPT.search(body)) is not None:
        start = " ".join(body[found.start() : found.start() + 80].split())
        raise ExtensionError(f"{pagename}: an output brings a script of its own: {start}")
    if (icon := _ICON_FONT.search(body)) is not None:
        raise ExtensionError(f"{pagename}: the site serves no icon font, found {icon.group()}")


def correct(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Apply all corrections to one page."""
    body = context.get("body")
    if not body:
        return
    refuse_scripts(body, pagename)
    context["body"] = chapter_links(roles(tables(headings(body))), app, pagename)


def setup(app: Sphinx) -> None:
    """Add the step, before the widgets' slots are filled."""
    app.connect("html-page-context", correct, priority=880)
