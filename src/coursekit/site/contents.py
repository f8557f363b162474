"""The course as its table of contents has it: parts, and the chapters in them."""

from typing import NamedTuple

from sphinx.addnodes import toctree
from sphinx.environment import BuildEnvironment


class Part(NamedTuple):
    """A part of the course: its caption, such as "1 · Gradients", and its pages in order."""

    caption: str
    pages: tuple[str, ...]


def parts(env: BuildEnvironment) -> list[Part]:
    """Return the parts in order, with the pages below them, however deep.

    A list without a caption is named after the first page in it.
    """
    found = []
    for tree in env.get_doctree(env.config.root_doc).findall(toctree):
        pages = tuple(page for first in tree["includefiles"] for page in _below(env, first))
        if pages:
            found.append(Part(tree.get("caption") or env.titles[pages[0]].astext(), pages))
    return found


def _below(env: BuildEnvironment, page: str) -> list[str]:
    return [page, *(p for inner in env.toctree_includes.get(page, ()) for p in _below(env, inner))]
