"""Under a chapter's title: how long it takes, its slides, its notebooks, and where they can be opened."""

import posixpath
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from sphinx.application import Sphinx

from coursekit.site import outline, repository, slides_deck
from coursekit.site.cache import LEDGER
from coursekit.site.head import metadata

#: Folder of the notebooks in the site; in it one for each edition.
FOLDER = "editions"
#: Where the site says how a notebook is run.
HOW = "gradients/index.html#how-to-run"
#: The edition that is opened elsewhere: the first of these that there is.
OPENED = ("self-paced", "student")


def is_chapter(app: Sphinx, docname: str) -> bool:
    """Say whether a page is a notebook that readers can take away, which the ledger is not."""
    is_notebook = app.env.doc2path(docname).endswith(".ipynb")
    return is_notebook and docname != LEDGER and "minutes" in metadata(app.env, docname)


def editions() -> dict[str, Callable[..., NotebookNode]]:
    """Return the editions by name: what makes a chapter's notebook, given its path."""
    # Loaded when needed: its imports take half a second that a build with nothing to do can save.
    from coursekit.editions import EDITIONS

    return EDITIONS


def line(
    minutes: int,
    docname: str,
    names: list[str],
    places: list[tuple[str, str]] = (),
    number: str = "",
) -> str:
    """Return the line under the title.

    Args:
        minutes: How long a reader takes, from the notebook's metadata.
        docname: The page, such as ``gradients/slope``.
        names: The editions to download.
        places: Name and address of each place where the notebook can be opened.
        number: The chapter's, such as "1.1".

    Example:
        >>> line(30, "gradients/slope", ["student"]).count("../editions/student/")
        1
    """
    start = posixpath.dirname(docname) or "."

    def link(path: str, words: str, more: str = "") -> str:
        return f'<a href="{escape(posixpath.relpath(path, start))}"{more}>{words}</a>'

    parts = [f"<span>Chapter {number}</span>"] if number else []
    parts.append(f"<span>{minutes} minutes</span>")
    parts.append(f"<span>{link(f'{slides_deck.FOLDER}/{docname}.html', 'Slides')}</span>")
    parts.append(f'<span class="how">{link(HOW, "How to run it")}</span>')
    links = [link(f"{FOLDER}/{name}/{docname}.ipynb", name, " download") for name in names]
    parts.append(f'<span class="downloads">Notebook: {", ".join(links)}</span>')
    if places:
        opened = ", ".join(f'<a href="{escape(url)}">{name}</a>' for name, url in places)
        parts.append(f'<span class="places">Open in {opened}</span>')
    return f'<p class="facts">{" ".join(parts)}</p>'


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the line under the page's first heading."""
    if pagename not in app.env.all_docs or not is_chapter(app, pagename):
        return
    minutes = metadata(app.env, pagename)["minutes"]
    names = list(editions())
    opened = next(name for name in OPENED if name in names)
    places = repository.places(app.config, f"{opened}/{pagename}.ipynb")
    course = outline.of(app)
    number = course.chapters[pagename].number if course else ""
    facts = line(minutes, pagename, names, places, number)
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{facts}", 1)


def write(app: Sphinx, error: Exception | None) -> None:
    """Write each chapter's editions into the site, where they have changed."""
    if error or app.builder.format != "html":
        return
    for docname in sorted(app.env.found_docs):
        if not is_chapter(app, docname):
            continue
        source = Path(app.env.doc2path(docname))
        for name, edition in editions().items():
            target = Path(app.outdir, FOLDER, name, f"{docname}.ipynb")
            text = nbformat.writes(edition(source, app.config.coursekit_repository))
            if not target.is_file() or target.read_text("utf8") != text:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf8")


def setup(app: Sphinx) -> None:
    """Add the steps."""
    app.connect("html-page-context", add_to_page, priority=885)
    app.connect("build-finished", write, priority=110)
