"""Above the glossary and the bibliography: a row of letters, each a link to the first entry under it."""

from collections.abc import Iterable

from docutils import nodes
from sphinx.addnodes import glossary
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform


class Letters(SphinxPostTransform):
    """Write the rows."""

    default_priority = 345  # after the bibliography is written, and what the entries' words link to
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Go through the page's terms and sources."""
        for listed in list(self.document.findall(glossary)):
            _lead(listed, ((term.astext(), term) for term in listed.findall(nodes.term)))
        sources = list(self.document.findall(nodes.citation))
        if sources:
            # Sources are in the order of their labels, which begin with the first author's last name.
            named = ((next(source.findall(nodes.label)).astext(), source) for source in sources)
            _lead(sources[0].parent, named)


def _lead(listed: nodes.Element, entries: Iterable[tuple[str, nodes.Element]]) -> None:
    """Put the row before a list of entries, given each one's words; none where all begin alike."""
    first: dict[str, str] = {}
    for words, entry in entries:
        first.setdefault(words[0].upper(), entry["ids"][0])
    if len(first) < 2:
        return
    row = nodes.bullet_list(classes=["letters"])
    for letter, place in first.items():
        link = nodes.reference("", letter, internal=True, refid=place)
        row += nodes.list_item("", nodes.paragraph("", "", link))
    listed.parent.insert(listed.parent.index(listed), row)


def setup(app: Sphinx) -> None:
    """Add the step."""
    app.add_post_transform(Letters)
