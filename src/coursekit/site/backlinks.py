"""Where it is used: each term of the glossary and each source lists the pages that name it, as links.

A page that a term's entry links to anyway is not listed again.
"""

import json
import re

from docutils import nodes
from sphinx.addnodes import glossary, pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

from coursekit.site import tasks
from coursekit.site.collecting import collect, kept
from coursekit.site.folds import Fold

#: What the terms are kept under.
TERMS = "terms"
#: More pages than this are folded away.
SHOWN = 5
#: No term has more letters than this.
LONGEST = 60


def terms(document: nodes.document) -> list[str]:
    """Return what a page may name terms of the glossary by, as it writes it.

    These are references (``{term}``), and words set apart in bold or italics, as a chapter does where it
    introduces a term; which of those are terms is known when the glossary has been read.
    """
    found = {
        reference["reftarget"]
        for reference in document.findall(pending_xref)
        if reference.get("refdomain") == "std" and reference["reftype"] == "term"
    }
    for kind in (nodes.strong, nodes.emphasis):
        found |= {" ".join(words.astext().split()) for words in document.findall(kind)}
    return sorted(name for name in found if len(name) <= LONGEST)


def uses_of_terms(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return for each term's place in the glossary (its id) the other pages that name it."""
    places = {
        name.lower(): place
        for (kind, name), place in env.get_domain("std").objects.items()
        if kind == "term"
    }
    found: dict[str, list[str]] = {}
    for page, named in sorted(kept(env, TERMS).items()):
        for name in named:
            place = places.get(name.lower()) or places.get(name.lower().removesuffix("s"))
            if place and place[0] != page and page not in found.setdefault(place[1], []):
                found[place[1]].append(page)
    return found


def uses_of_sources(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return for each source's place in the bibliography (its id) the pages that cite it."""
    domain = env.get_domain("cite")
    citing: dict[str, set[str]] = {}
    for reference in domain.citation_refs:
        for target in reference.targets:
            citing.setdefault(target.key, set()).add(reference.docname)
    return {c.citation_id: list(citing[c.key]) for c in domain.citations if c.key in citing}


def order(env: BuildEnvironment, pages: list[str]) -> list[str]:
    """Sort pages by their chapter's number; those without one come first."""

    def number(page: str) -> list[int]:
        return [int(digits) for digits in re.findall(r"\d+", tasks.collected(env)[page].number)]

    return sorted(pages, key=lambda page: (number(page), page))


class BackLinks(SphinxPostTransform):
    """Write the lists into the glossary and into the bibliography."""

    default_priority = 340  # after references are resolved and the bibliography is written
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Go through the page's terms and sources."""
        own = {"", self._address(self.env.docname)}
        for listed in self.document.findall(glossary):
            uses = uses_of_terms(self.env)
            for item in listed.findall(nodes.definition_list_item):
                pages = {
                    p for t in item.findall(nodes.term) for i in t["ids"] for p in uses.get(i, [])
                }
                linked = {link.get("refuri", "") for link in item.findall(nodes.reference)}
                also = "Also in" if any(linked - own) else "In"
                self._add(item[-1], also, [p for p in pages if self._address(p) not in linked])
        sources = list(self.document.findall(nodes.citation))
        uses = uses_of_sources(self.env) if sources else {}
        for source in sources:
            self._add(source, "Cited in", [p for i in source["ids"] for p in uses.get(i, [])])

    def _address(self, page: str) -> str:
        return self.app.builder.get_relative_uri(self.env.docname, page)

    def _add(self, place: nodes.Element, words: str, pages: list[str]) -> None:
        if not pages:
            return
        links: list[nodes.Node] = []
        for page in order(self.env, pages):
            title = f"{tasks.collected(self.env)[page].number} {self.env.titles[page].astext()}"
            link = nodes.reference("", title.strip(), internal=True, refuri=self._address(page))
            links += [nodes.Text(", " if links else ""), link]
        if len(pages) <= SHOWN:
            lead = nodes.Text(f"{words} ")
            place += nodes.paragraph("", "", lead, *links[1:], classes=["used-in"])
        else:
            inside = nodes.paragraph("", "", *links[1:])
            place += Fold("", inside, summary=f"{words} {len(pages)} pages", classes=["used-in"])


def reprint(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have the glossary and the bibliography written again when what they list has changed."""
    uses = [uses_of_terms(env), uses_of_sources(env)]
    sorted_uses = [{place: sorted(pages) for place, pages in each.items()} for each in uses]
    titles = {page: title.astext() for page, title in env.titles.items()}
    now = json.dumps([sorted_uses, titles], sort_keys=True)
    seen, env.coursekit_uses = getattr(env, "coursekit_uses", None), now
    if seen == now:
        return []
    std, cite = env.get_domain("std"), env.get_domain("cite")
    pages = {place for (kind, _), (place, _) in std.objects.items() if kind == "term"}
    return sorted(pages | {key.docname for key in cite.bibliographies})


def setup(app: Sphinx) -> None:
    """Add the collector and the steps."""
    collect(app, TERMS, terms)
    app.add_post_transform(BackLinks)
    app.connect("env-updated", reprint)
