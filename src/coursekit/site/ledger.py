"""The ledger's page: all that is known of each claim, with filters that its script makes work.

The notebook shows each claim in short; here stand the full cards, by part of the course. The filters are
there from the start, so that nothing jumps; without JavaScript all claims are shown and no filter.
"""

import re
from html import escape
from pathlib import PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from coursekit.cards import prose
from coursekit.claims import DOCUMENTS, Claim, claim_html
from coursekit.ledger import counts, entries, summary
from coursekit.site.cache import LEDGER
from coursekit.site.contents import parts

SHORT = 'class="ck-ledger"'
SCRIPT = "ledger.js"
#: A verdict's name in an address.
SLUGS = {"holds with conditions": "conditions"}
_CARD_LINK = re.compile(
    r'(<div class="ck-card ck-claim" id="(claim-[\w-]+)"[^>]*>(?:(?!</p>).)*?href="[^"]*claims\.ipynb)"',
    re.S,
)


def row(claim: Claim, findings: list[dict[str, Any]], chapter: str) -> str:
    """Return a claim's card; its attributes say what the filters look at.

    Args:
        claim: The claim.
        findings: What its experiment found, as `entries` returns it.
        chapter: The title of the chapter that tests it.
    """
    items = "".join(
        f"<li><b>{f['side']}</b> {prose(f['what'])}: <b>{escape(f['shown'])}</b></li>"
        for f in findings
    )
    statement = f'<a href="{claim.tested}.ipynb#claim-{claim.id}">{prose(claim.claim)}</a>'
    attributes = (
        f' id="claim-{claim.id}" data-chapter="{claim.tested}"'
        f' data-documents="{" ".join(claim.documents)}"'
        f' data-slug="{SLUGS.get(claim.verdict, claim.verdict)}"'
    )
    told = f"{', '.join(claim.documents)} · {escape(chapter)}"
    return claim_html(claim, statement, items, told, attributes)


def filters(claims: list[Claim], chapters: list[tuple[str, list[tuple[str, str]]]]) -> str:
    """Return the form with the filters, all of them native controls.

    Args:
        claims: All claims.
        chapters: For each part its caption, and address and title of its chapters.
    """
    choices = [f'<label><input type="radio" name="verdict" value="" checked> all {len(claims)}']
    for verdict, (_, words) in counts(claims).items():
        slug = SLUGS.get(verdict, verdict)
        choices.append(
            f'<label data-verdict="{verdict}"><input type="radio" name="verdict" value="{slug}"> {words}'
        )
    groups = []
    for caption, titles in chapters:
        folder = PurePosixPath(titles[0][0]).parent.as_posix()
        options = [f'<option value="{folder}">All of {escape(caption)}</option>']
        options += [f'<option value="{page}">{escape(title)}</option>' for page, title in titles]
        groups.append(f'<optgroup label="{escape(caption)}">{"".join(options)}</optgroup>')

    def field(name: str, control: str) -> str:
        return f'<p class="ledger-field"><label for="ledger-{name.lower()}">{name}</label>{control}</p>'

    def select(name: str, options: str) -> str:
        return f'<select id="ledger-{name}" name="{name}"><option value="">all</option>{options}</select>'

    words = '<input type="search" id="ledger-words" name="words" maxlength="80" spellcheck="false">'
    documents = "".join(f"<option>{document}</option>" for document in DOCUMENTS)
    return (
        '<form class="ledger-filters js-only" role="search" aria-label="Claims" autocomplete="off">'
        f"<fieldset><legend>Verdict</legend>{'</label>'.join(choices)}</label></fieldset>"
        f"{field('Words', words)}"
        f"{field('Chapter', select('chapter', ''.join(groups)))}"
        f"{field('Document', select('document', documents))}"
        f'<p class="ledger-count"><span role="status">{len(claims)} of {len(claims)} claims</span> '
        '<button type="reset" class="plain-button" disabled>Show all</button></p></form>'
    )


def page(env: BuildEnvironment) -> str:
    """Return all of the ledger: the sum, the filters, and the claims by part.

    Raises:
        ExtensionError: when a claim's chapter stands in no part of the course.
    """
    rows = entries()
    claims = [claim for claim, _ in rows]
    found = [(part.caption, [c for c in rows if c[0].tested in part.pages]) for part in parts(env)]
    found = [(caption, inside) for caption, inside in found if inside]
    placed = {claim.id for _, inside in found for claim, _ in inside}
    if lost := [claim.tested for claim in claims if claim.id not in placed]:
        raise ExtensionError(f"{lost[0]} tests a claim and stands in no part of the course")

    def title(docname: str) -> str:
        return env.titles[docname].astext()

    tested = {claim.tested for claim in claims}
    chapters = [
        (part.caption, [(page, title(page)) for page in part.pages if page in tested])
        for part in parts(env)
        if tested & set(part.pages)
    ]
    sections = "".join(
        f'<section class="ledger-part"><h2>{escape(caption)}</h2>'
        + "".join(row(claim, findings, title(claim.tested)) for claim, findings in inside)
        + "</section>"
        for caption, inside in found
    )
    return (
        f'<p class="ledger-sum">{summary(claims)}</p>{filters(claims, chapters)}'
        f'<div class="ledger">{sections}</div>'
    )


class FullLedger(SphinxPostTransform):
    """Put the full cards in the place of the notebook's short list."""

    default_priority = 320  # after myst-nb has chosen one form of each output
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Find the list on the ledger's page."""
        if self.env.docname != LEDGER:
            return
        for short in self.document.findall(nodes.raw):
            if SHORT in short.astext():
                short.replace_self(nodes.raw("", page(self.env), format="html"))
                return
        raise ExtensionError(f"{LEDGER}: the notebook shows no list with {SHORT}")


def lead_to_rows(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Lead from a claim's card in a chapter to the same claim in the ledger."""
    if "body" in context:
        context["body"] = _CARD_LINK.sub(r'\1#\2"', context["body"])


def add_script(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the script right behind the list, so that what follows is first drawn below what is left of it."""
    if pagename == LEDGER:
        context["body"] += f'<script src="_static/{SCRIPT}?v={app.config.coursekit_look}"></script>'


def setup(app: Sphinx) -> None:
    """Add the steps: links before they are pointed at pages, the script after the search for scripts."""
    app.add_post_transform(FullLedger)
    app.connect("html-page-context", lead_to_rows, priority=870)
    app.connect("html-page-context", add_script, priority=885)
