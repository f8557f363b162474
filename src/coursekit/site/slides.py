"""Slides of each chapter, made from its finished page: ``slides/<part>/<chapter>.html``.

A deck is written when its page is, from the page's own body: figures, formulas and widgets are the same.
"""

import posixpath
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from coursekit.site.contents import parts
from coursekit.site.downloads import is_chapter
from coursekit.site.head import metadata
from coursekit.site.slides_deck import FOLDER, address, deck
from coursekit.site.slides_notes import notes

REVEAL = "_static/reveal/"


def part_of(env: BuildEnvironment, docname: str) -> str:
    """Return the name of the book's part that holds a chapter, or an empty string."""
    return next((part.caption for part in parts(env) if docname in part.pages), "")


def following(app: Sphinx, docname: str) -> str:
    """Return the chapter after this one, or an empty string."""
    pages = [page for part in parts(app.env) for page in part.pages if is_chapter(app, page)]
    return dict(zip(pages, pages[1:], strict=False)).get(docname, "")


def write(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Write a chapter's deck from all that its page's template gets."""
    if pagename not in app.env.all_docs or not is_chapter(app, pagename):
        return
    path = address(pagename)
    folder = posixpath.dirname(path)
    macros = app.config.coursekit_macros

    def pathto(target: str, resource: bool = False) -> str:
        return posixpath.relpath(target if resource else f"{target}.html", folder)

    stamp = f"?v={app.config.coursekit_look}"
    said = notes(Path(app.env.doc2path(pagename)), macros)
    shown = deck(context["body"], pagename, context["widget_state"], said)
    title = app.env.titles[pagename].astext()
    after = following(app, pagename)
    theirs = {
        **context,
        **shown,
        "pathto": pathto,
        "content_root": pathto(".", True) + "/",
        "page": pathto(pagename),
        "title": title,
        "part": part_of(app.env, pagename),
        "minutes": metadata(app.env, pagename)["minutes"],
        "following": after
        and {"page": pathto(address(after), True), "title": app.env.titles[after].astext()},
        "styles": [
            f"{REVEAL}reveal.css{stamp}",
            *context["styles"],
            f"{REVEAL}course-slides.css{stamp}",
        ],
        "scripts": [
            f"{REVEAL}reveal.js{stamp}",
            *context["scripts"],
            f"_static/slides.js{stamp}",
        ],
        "head": {
            "title": f"{title}, slides · {app.config.html_title}",
            "description": f"Slides of the chapter {title}, with the instructor's notes.",
            "canonical": "",
            "noindex": True,
            "graph": [],
        },
    }
    target = Path(app.outdir, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(app.builder.templates.render("slides.html", theirs), "utf8")


def remove_old(app: Sphinx, error: Exception | None) -> None:
    """Remove the decks of chapters that are no more."""
    if error or app.builder.format != "html":
        return
    current = {Path(app.outdir, address(docname)) for docname in app.env.found_docs}
    for path in Path(app.outdir, FOLDER).rglob("*.html"):
        if path not in current:
            path.unlink()


def setup(app: Sphinx) -> None:
    """Add the steps: the deck after all that the page's template gets is known."""
    app.connect("html-page-context", write, priority=950)
    app.connect("build-finished", remove_old, priority=120)
