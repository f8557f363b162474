"""The search page: what stands beside each hit, so that a reader knows where it leads."""

import json
from typing import Any

from sphinx.application import Sphinx

from coursekit.site import outline
from coursekit.site.head import description

PAGE = "search"


def about(app: Sphinx) -> dict[str, dict[str, Any]]:
    """Return each page's ``title`` (with a chapter's number) and what it is ``about``, by name.

    Chapters come first, in the course's order; they have ``chapter`` set.
    """
    course = outline.of(app)
    chapters = course.chapters if course else {}
    known = app.env.found_docs
    told = {}
    for name in [*filter(known.__contains__, chapters), *sorted(known - chapters.keys())]:
        title = app.env.titles[name].astext()
        told[name] = {"title": title, "about": description(app.env, name)}
        if name in chapters:
            told[name] |= {"title": f"{chapters[name].number} {title}", "chapter": True}
    return told


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the search page's template ``search_pages``, as JSON."""
    if pagename == PAGE:
        text = json.dumps(about(app), ensure_ascii=False, separators=(",", ":"))
        context["search_pages"] = text.replace("</", "<\\/")
        context["search_script"] = f"_static/search.js?v={app.config.coursekit_look}"


def setup(app: Sphinx) -> None:
    """Add the step."""
    app.connect("html-page-context", add_to_page, priority=890)
