"""Under a chapter's title: how long it takes, and its notebook for students and for instructors."""

import posixpath
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from coursekit.site.cache import LEDGER
from coursekit.site.head import metadata

#: Folder in the site, and the function of ``coursekit.editions`` that makes the notebook.
EDITIONS = ("student", "instructor")
FOLDER = "editions"


def is_chapter(app: Sphinx, docname: str) -> bool:
    """Say whether a page is a notebook that readers can take away, which the ledger is not."""
    is_notebook = app.env.doc2path(docname).endswith(".ipynb")
    return is_notebook and docname != LEDGER and "minutes" in metadata(app.env, docname)


def line(minutes: int, docname: str) -> str:
    """Return the line under the title.

    Args:
        minutes: How long a reader takes, from the notebook's metadata.
        docname: The page, such as ``gradients/slope``.

    Example:
        >>> line(30, "gradients/slope").count("../editions/")
        2
    """
    links = []
    for edition in EDITIONS:
        start = posixpath.dirname(docname) or "."
        path = posixpath.relpath(f"{FOLDER}/{edition}/{docname}.ipynb", start)
        links.append(f'<a href="{escape(path)}" download>{edition} notebook</a>')
    return (
        f'<p class="facts"><span>{minutes} minutes</span> '
        f'<span class="downloads">Download: {" · ".join(links)}</span></p>'
    )


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the line under the page's first heading."""
    if pagename not in app.env.all_docs or not is_chapter(app, pagename):
        return
    minutes = metadata(app.env, pagename)["minutes"]
    if not isinstance(minutes, int) or minutes <= 0:
        raise ExtensionError(
            f"{pagename}: coursekit.minutes must be a positive whole number, got {minutes!r}"
        )
    context["body"] = context["body"].replace("</h1>", "</h1>\n" + line(minutes, pagename), 1)


def write(app: Sphinx, error: Exception | None) -> None:
    """Write each chapter's editions into the site, where they have changed."""
    if error or app.builder.format != "html":
        return
    editions = import_module("coursekit.editions")
    for docname in sorted(app.env.found_docs):
        if not is_chapter(app, docname):
            continue
        source = Path(app.env.doc2path(docname))
        for edition in EDITIONS:
            target = Path(app.outdir, FOLDER, edition, f"{docname}.ipynb")
            text = nbformat.writes(getattr(editions, edition)(source))
            if not target.is_file() or target.read_text("utf8") != text:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf8")


def setup(app: Sphinx) -> None:
    """Add the steps."""
    app.connect("html-page-context", add_to_page, priority=885)
    app.connect("build-finished", write, priority=110)
