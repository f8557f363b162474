"""The printing house: a Sphinx extension and theme that turn the chapters into the website.

One module for each concern, each with its own ``setup``:

* ``katex``: formulas as HTML and MathML, made at build time
* ``figures``: matplotlib's SVG inlined, with alt text and the page's colors
* ``widgets``: slots, lean state and the host for widgets without a kernel
* ``folds``: hidden cells, solutions and hints as ``<details>``
* ``printed``: printed tables keep their columns
* ``markup``: last corrections to a page's HTML
* ``navigation``: lists of chapters and of a page's sections
* ``head``: title, description, social card, robots and sitemap
* ``downloads``: minutes and notebooks under a chapter's title
* ``styles``: which sheets and scripts a page loads
* ``cache``: when to run, read or print a chapter again
* ``execution``: chapters run several at a time
* ``clean``: the landing page's address, unused files, no foreign hosts
"""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

THEME = "coursekit"


def setup(app: Sphinx) -> dict[str, Any]:
    """Load all parts into Sphinx."""
    from coursekit.site import (
        cache,
        clean,
        downloads,
        execution,
        figures,
        folds,
        head,
        katex,
        markup,
        navigation,
        printed,
        styles,
        widgets,
    )

    # Jupyter Book sets it even where its extension for comments is not loaded.
    app.add_config_value("comments_config", {}, "html")
    app.add_html_theme(THEME, str(Path(__file__).with_name("theme")))
    parts = (
        katex, figures, widgets, folds, printed, markup, navigation, head, downloads, styles, cache,
        execution, clean,
    )  # fmt: skip
    for part in parts:
        part.setup(app)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": False}
