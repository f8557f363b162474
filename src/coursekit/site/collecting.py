"""What is collected from each page while it is read, and kept with Sphinx's environment between builds."""

from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector


def kept(env: BuildEnvironment, name: str) -> dict[str, Any]:
    """Return what has been collected under a name so far, by page."""
    everything = env.__dict__.setdefault("coursekit_collected", {})
    return everything.setdefault(name, {})


def collect(app: Sphinx, name: str, read: Callable[[nodes.document], Any]) -> None:
    """Have something collected from each page.

    Args:
        app: The build.
        name: What it is kept under; see `kept`.
        read: Returns it, given a page that has been read.
    """

    class Collector(EnvironmentCollector):
        def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
            kept(env, name).pop(docname, None)

        def merge_other(
            self, app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
        ) -> None:
            theirs = kept(other, name)
            kept(env, name).update({page: theirs[page] for page in docnames if page in theirs})

        def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
            kept(app.env, name)[app.env.docname] = read(doctree)

    app.add_env_collector(Collector)
