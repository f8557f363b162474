"""What the book consists of: parts and chapters in the order of ``_toc.yml``, with their numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sphinx_external_toc.api import Document, SiteMap
from sphinx_external_toc.parsing import parse_toc_yaml

_NUMBERED = re.compile(r"(?P<number>\d+)\s*·\s*(?P<title>.+)")


@dataclass
class Chapter:
    """One page of the site.

    Attributes:
        docname: Its path without ``.html``, such as ``descent/batches``.
        number: ``"2.3"``, or an empty string where the site gives none.
    """

    docname: str
    number: str = ""

    @property
    def anchor(self) -> str:
        """The id of the chapter in the book; the ids of its page begin with it."""
        return self.docname.replace("/", "-")


@dataclass
class Part:
    """Chapters under one heading.

    Attributes:
        title: The heading without its number; empty for what comes before the first part.
        number: ``"2"``, or an empty string.
        chapters: In order.
    """

    title: str
    number: str = ""
    chapters: list[Chapter] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """The id of the part's title page."""
        return "part-" + re.sub(r"\W+", "-", f"{self.number} {self.title}".strip().lower())


def read(root: Path) -> list[Part]:
    """Return the parts of the book; the first one holds the landing page, and what else has no caption.

    A chapter's number is that of its part, and its place among the part's notebooks: pages that
    are no notebooks have none, as on the site.

    Args:
        root: Folder of ``_toc.yml`` and ``book``.
    """
    site = parse_toc_yaml(root / "_toc.yml")
    parts = [Part("", chapters=[Chapter(site.root.docname)])]
    for tree in site.root.subtrees:
        part = _part(tree.caption) if tree.caption else parts[0]
        for docname in (name for item in tree.items for name in _below(site, str(item))):
            chapter = Chapter(docname)
            if part.number and (root / "book" / f"{docname}.ipynb").is_file():
                place = 1 + sum(bool(earlier.number) for earlier in part.chapters)
                chapter.number = f"{part.number}.{place}"
            part.chapters.append(chapter)
        if part is not parts[0]:
            parts.append(part)
    return parts


def _part(caption: str) -> Part:
    named = _NUMBERED.fullmatch(caption)
    return Part(named["title"], named["number"]) if named else Part(caption)


def _below(site: SiteMap, docname: str) -> Iterator[str]:
    """Yield a page and all the pages under it, in order."""
    yield docname
    document: Document = site[docname]
    for tree in document.subtrees:
        for item in tree.items:
            yield from _below(site, str(item))
