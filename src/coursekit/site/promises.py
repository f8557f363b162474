"""What a chapter says first: how long it takes, and what its reader will be able to do then.

A notebook that does not say so stops the build; the ledger of claims, which is no chapter, may be silent.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from coursekit.site.cache import LEDGER
from coursekit.site.head import metadata
from coursekit.site.tasks import LEAD, objectives

#: How many objectives one sitting can keep.
FEWEST, MOST = 2, 4


def check(app: Sphinx, doctree: nodes.document) -> None:
    """Hold a chapter to its minutes and objectives, when it is read.

    Raises:
        ExtensionError: names the chapter and what it lacks.
    """
    docname = app.env.docname
    if docname == LEDGER or not app.env.doc2path(docname).endswith(".ipynb"):
        return
    minutes = metadata(app.env, docname).get("minutes")
    if not isinstance(minutes, int) or minutes <= 0:
        raise ExtensionError(
            f"{docname}: the notebook's metadata must say how many minutes it takes, "
            f"coursekit.minutes as a positive whole number, got {minutes!r}"
        )
    count = len(list(objectives(doctree)))
    if not FEWEST <= count <= MOST:
        raise ExtensionError(
            f'{docname}: a chapter says what its reader will be able to do: "**{LEAD}**", then a list '
            f"of {FEWEST} to {MOST} objectives; found {count}"
        )


def setup(app: Sphinx) -> None:
    """Add the step, after Sphinx has taken the metadata from the document."""
    app.connect("doctree-read", check, priority=900)
