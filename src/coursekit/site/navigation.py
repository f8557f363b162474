"""The two lists of links beside a text: the course's chapters, and the sections of this page."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment.adapters.toctree import TocTree

from coursekit.site import outline

#: Outlines on a 16 by 16 grid, drawn with the text's color.
ICONS = {
    "mark": '<ellipse cx="7" cy="9" rx="6.1" ry="5.2"/><ellipse cx="7" cy="9" rx="2.4" ry="1.9"/>'
    '<path class="slope" d="M8.8 7.6L14 2M10.3 1.9h3.8v3.8"/>',
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "search": '<circle cx="7" cy="7" r="4.2"/><path d="M10.2 10.2L14 14"/>',
    "auto": '<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 010 11z" fill="currentColor"/>',
    "sun": '<circle cx="8" cy="8" r="3"/><path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2'
    'M11.8 11.8L13 13M13 3l-1.2 1.2M4.2 11.8L3 13"/>',
    "moon": '<path d="M13.2 9.6A5.6 5.6 0 016.4 2.8a5.6 5.6 0 106.8 6.8z"/>',
    "left": '<path d="M10 3L5 8l5 5"/>',
    "right": '<path d="M6 3l5 5-5 5"/>',
    "notes": '<path d="M2 2.5h12v8H2zM5 13.5h6M8 10.5v3M4.5 5h7M4.5 7.5h4"/>',
}


def icon(name: str) -> Markup:
    """Return one of `ICONS` as an inline drawing that screen readers pass over.

    Raises:
        KeyError: there is no icon of that name.
    """
    return Markup(f'<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{ICONS[name]}</svg>')


def tidy_chapters(html: str) -> str:
    """Turn Sphinx's tree of pages into plain lists: captions are no headings, the page is marked.

    Example:
        >>> tidy_chapters('<a class="current reference internal" href="#">Slope</a>')
        '<a aria-current="page" href="#">Slope</a>'
    """
    html = re.sub(
        r'<p aria-level="\d" class="caption" role="heading">|<p class="caption"[^>]*>',
        '<p class="part">',
        html,
    )
    html = html.replace('<a class="current reference internal"', '<a aria-current="page"')
    return html.replace('<a class="reference internal"', "<a")


_LINK = re.compile(r'(?P<link><a(?: aria-current="page")? href="(?P<href>[^"]+)">)')


def numbered(html: str, numbers: Mapping[str, str]) -> str:
    """Put the chapters' numbers before their titles.

    Args:
        html: The plain lists of `tidy_chapters`.
        numbers: Address to number.

    Example:
        >>> numbered('<a href="slope.html">Slope</a>', {"slope.html": "1.1"})
        '<a href="slope.html"><span class="chapter-number">1.1</span> Slope</a>'
    """

    def put(match: re.Match[str]) -> str:
        number = numbers.get(match["href"])
        return match["link"] + (f'<span class="chapter-number">{number}</span> ' if number else "")

    return _LINK.sub(put, html)


_PART = re.compile(r'<p class="part">(?P<caption>.*?)</p>\s*(?P<list><ul.*?</ul>)', re.S)


def fold_parts(html: str) -> str:
    """Fold the list of each part; that of the page being read is open.

    Args:
        html: The plain lists of `tidy_chapters`.

    Example:
        >>> fold_parts('<p class="part">1 · Gradients</p><ul><li>Slope</li></ul>')[:43]
        '<details class="part-fold"><summary class="'
    """

    def fold(match: re.Match[str]) -> str:
        state = " open" if "aria-current" in match["list"] else ""
        caption = match["caption"]
        return (
            f'<details class="part-fold"{state}><summary class="part">{caption}</summary>'
            f"{match['list']}</details>"
        )

    return _PART.sub(fold, html)


def sections(app: Sphinx, docname: str) -> str:
    """Return the page's sections as a list of links, or an empty string when there are fewer than two."""
    toc = TocTree(app.env).get_toc_for(docname, app.builder)
    inner = toc[0][1:] if toc.children and len(toc[0].children) > 1 else []
    if not inner or len(inner[0].children) < 2:
        return ""
    listed = inner[0].deepcopy()
    for item in listed.children:
        item.children = item.children[:1]
    for reference in listed.findall(nodes.reference):
        reference["classes"] = []
    return tidy_chapters(app.builder.render_partial(listed)["fragment"])


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the template its lists and icons."""
    context["icon"] = icon
    context["project_title"] = app.config.html_title
    context["brand"] = [*app.config.html_title.split(": ", 1), ""][:2]
    tree = context["toctree"](maxdepth=1, collapse=False, includehidden=True, titles_only=True)
    course = outline.of(app)
    known = course.chapters.values() if course else ()
    numbers = {context["pathto"](chapter.page): chapter.number for chapter in known}
    context["chapters"] = fold_parts(numbered(tidy_chapters(tree or ""), numbers))
    is_chapter = pagename in app.env.all_docs and pagename != app.config.root_doc
    context["page_contents"] = sections(app, pagename) if is_chapter else ""


def find_toc(app: Sphinx, config: Config) -> None:
    """Let ``jupyter-book build book --toc _toc.yml`` mean the file in the current folder."""
    given = Path(config.external_toc_path)
    if not (Path(app.srcdir) / given).is_file() and given.is_file():
        config["external_toc_path"] = str(given.resolve())


def setup(app: Sphinx) -> None:
    """Add the steps."""
    app.connect("config-inited", find_toc, priority=10)
    app.connect("html-page-context", add_to_page, priority=890)
