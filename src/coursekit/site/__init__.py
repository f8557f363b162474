"""The printing house: a Sphinx extension and theme that turn the chapters into the website.

One module for each concern, each with its own ``setup``; they stand in `PARTS` in the order in which
they are loaded. The others help them.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

THEME = "coursekit"
#: The parts, and what each is for.
PARTS = {
    "katex": "formulas as HTML and MathML, made at build time",
    "figures": "matplotlib's SVG inlined, with alt text and the page's colors",
    "widgets": "slots, lean state and the host for widgets without a kernel",
    "folds": "hidden cells, solutions and hints as <details>",
    "printed": "printed tables keep their columns",
    "markup": "last corrections to a page's HTML",
    "navigation": "lists of chapters and of a page's sections",
    "head": "title, description, social card, robots and sitemap",
    "ledger": "the page of all claims, with filters",
    "tasks": "objectives, exercises and quizzes, collected from the chapters",
    "progress": "boxes to tick, and the page of what a reader has done",
    "backlinks": "where a term or a source is named",
    "search": "what stands beside each hit of a search",
    "letters": "a row of letters above the glossary and the bibliography",
    "repository": "where the course is kept in public, and the addresses that follow",
    "downloads": "minutes, slides and notebooks under a chapter's title",
    "styles": "which sheets and scripts a page loads",
    "slides": "a deck of slides for each chapter",
    "cache": "when to run, read or print a chapter again",
    "execution": "chapters run several at a time",
    "generated": "pages written from course.yml, plans.yml and the notebooks",
    "course_map": "the map and the paths",
    "part_pages": "what each part is about and needs, and how long the notebooks run",
    "timetable": "workshop plans and the handout",
    "class_sizes": "what a large class needs of its machines",
    "clean": "the landing page's address, unused files, no foreign hosts",
    "policy": "what a page may load and run",
    "promises": "each chapter's minutes and objectives",
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Load all parts into Sphinx."""
    # Jupyter Book sets it even where its extension for comments is not loaded.
    app.add_config_value("comments_config", {}, "html")
    app.add_html_theme(THEME, str(Path(__file__).with_name("theme")))
    for name in PARTS:
        import_module(f"coursekit.site.{name}").setup(app)
    # To be raised when the parts keep something else with Sphinx's environment: then all is read again.
    return {
        "version": "1",
        "env_version": 2,
        "parallel_read_safe": False,
        "parallel_write_safe": False,
    }
