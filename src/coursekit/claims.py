"""Claims and verdicts: what was measured decides, and a verdict that it contradicts raises.

``book/claims.yml`` holds each claim once, with the verdict the course registers for it. In a chapter an
experiment ends with `verdict`, which is given findings for (`supports`) and against (`refutes`) the claim:

==========================  =====================================
findings                    verdicts they allow
==========================  =====================================
for only                    ``holds``
for and against             ``holds with conditions``, ``misleading``
against only                ``misleading``, ``false``
==========================  =====================================
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Any

from coursekit.amounts import amount
from coursekit.cards import EDGE, Card, plain, prose
from coursekit.content import load_yaml
from coursekit.seeding import Interval

VERDICTS = ("holds", "holds with conditions", "misleading", "false")
DOCUMENTS = ("D1", "D2", "D3", "D4", "D5")
FIELDS = {"id", "claim", "documents", "tested", "verdict", "why", "source"}


class ContradictedClaim(AssertionError):
    """What was measured contradicts the registered verdict."""


@dataclass(frozen=True)
class Claim:
    """A claim of the documents, as ``book/claims.yml`` registers it.

    Attributes:
        id: short name, used in chapters and links.
        claim: the statement.
        documents: which of the five documents make it (``D1`` to ``D5``).
        tested: the chapter that tests it, as a path below ``book`` without suffix.
        verdict: one of ``VERDICTS``.
        why: the reason for the verdict, in one line.
        source: the literature that settles it.
    """

    id: str
    claim: str
    documents: tuple[str, ...]
    tested: str
    verdict: str
    why: str
    source: str


@dataclass(frozen=True)
class Finding:
    """One measured fact, with what it had to be to count: made by `supports` and `refutes`."""

    side: str
    what: str
    shown: str
    needed: str
    met: bool


def registry() -> dict[str, Claim]:
    """Return all claims of ``book/claims.yml`` by id.

    Raises:
        ValueError: for a missing or unknown field, an unknown verdict or document, or an id used twice.
    """
    claims: dict[str, Claim] = {}
    for number, entry in enumerate(load_yaml("claims.yml"), start=1):
        where = f"book/claims.yml, claim {number} ({entry.get('id', 'without id')})"
        if set(entry) != FIELDS:
            odd = sorted(set(entry) ^ FIELDS)
            raise ValueError(f"{where}: missing or unknown fields {odd}; each has {sorted(FIELDS)}")
        if entry["verdict"] not in VERDICTS:
            raise ValueError(f"{where}: verdict {entry['verdict']!r} is not one of {VERDICTS}")
        if not entry["documents"] or set(entry["documents"]) - set(DOCUMENTS):
            raise ValueError(f"{where}: documents {entry['documents']} are not among {DOCUMENTS}")
        if entry["id"] in claims:
            raise ValueError(f"{where}: this id is used twice")
        claims[entry["id"]] = Claim(**{**entry, "documents": tuple(entry["documents"])})
    return claims


def supports(what: str, measured: float | bool | Interval, **needed) -> Finding:
    """Record a measured fact that speaks for the claim.

    Args:
        what: the fact in words; small markup (see ``cards.prose``) allowed.
        measured: the figure, an ``Interval`` over many runs, or the outcome of a test as a bool.
        **needed: what it had to be, one of ``at_least=``, ``at_most=``, or ``near=(value, tolerance)``;
            an interval must meet it with both ends. Not for a bool, which must be true.
            ``digits`` (3) is how many are shown; 0 shows the bound instead of a figure that is
            mere round-off and differs from machine to machine. ``unit`` (none) follows each figure,
            with its space if it has one: ``unit="%"``, ``unit=" points"``.

    Raises:
        ValueError: for a figure that is not finite, or without exactly one thing needed.
    """
    return _finding("for", what, measured, **needed)


def refutes(what: str, measured: float | bool | Interval, **needed) -> Finding:
    """Record a measured fact that speaks against the claim; arguments as in `supports`."""
    return _finding("against", what, measured, **needed)


def _finding(
    side, what, measured, *, at_least=None, at_most=None, near=None, digits=3, unit=""
) -> Finding:
    bounds = {"at_least": at_least, "at_most": at_most, "near": near}
    given = [name for name, bound in bounds.items() if bound is not None]
    if isinstance(measured, bool) or type(measured).__name__ == "bool":
        if given:
            raise ValueError(f"{what!r}: a test that is true or false takes no {given[0]}")
        return Finding(side, what, "yes" if measured else "no", "yes", bool(measured))
    low, high = _ends(what, measured)
    if len(given) != 1:
        raise ValueError(f"{what!r}: expected one of at_least, at_most or near; got {given}")
    if at_least is not None:
        needed, met = f"at least {amount(at_least)}{unit}", low >= at_least
    elif at_most is not None:
        needed, met = f"at most {amount(at_most)}{unit}", high <= at_most
    else:
        target, tolerance = near
        needed = f"{amount(target)} ± {amount(tolerance)}{unit}"
        met = abs(low - target) <= tolerance and abs(high - target) <= tolerance
    shown = _shown(measured, digits) + unit if digits else needed
    return Finding(side, what, shown, needed, bool(met))


def _shown(measured, digits: int) -> str:
    if not isinstance(measured, Interval):
        return amount(measured, digits=digits)
    low, mid, high = (amount(v, digits=digits) for v in (measured.low, measured.mid, measured.high))
    return mid if low == high else f"{mid} [{low}, {high}]"


def _ends(what: str, measured) -> tuple[float, float]:
    if isinstance(measured, Interval):
        low, high = measured.low, measured.high
    else:
        low = high = float(measured)
    if not (isfinite(low) and isfinite(high)):
        raise ValueError(f"{what!r}: measured {measured}; expected a finite figure")
    return low, high


def allowed_verdicts(findings) -> tuple[str, ...]:
    """Return the verdicts that these findings, if all are met, allow (the table above)."""
    sides = {finding.side for finding in findings}
    if sides == {"for"}:
        return ("holds",)
    if sides == {"for", "against"}:
        return ("holds with conditions", "misleading")
    return ("misleading", "false")


def verdict(claim_id: str, *findings: Finding) -> Card:
    """Judge a claim by what was measured, and show the verdict.

    Args:
        claim_id: id of the claim in ``book/claims.yml``.
        *findings: made by `supports` and `refutes`; at least one.

    Returns:
        A card with the claim, the verdict, the findings, the reason and the source.

    Raises:
        KeyError: for an unknown claim.
        ValueError: without findings.
        ContradictedClaim: when a finding was not met, or the findings do not allow the registered verdict.

    Example:
        >>> falls = 1.0  # measured
        >>> card = verdict(
        ...     "sign-rule",
        ...     supports("share of runs in which the loss falls at lr = 1/L", falls, at_least=1),
        ...     refutes("share of runs in which it rises at lr = 2.5/L", 1.0, at_least=1),
        ... )
    """
    claims = registry()
    if claim_id not in claims:
        raise KeyError(f"no claim {claim_id!r} in book/claims.yml; it has {', '.join(claims)}")
    if not findings:
        raise ValueError(f"claim {claim_id!r}: a verdict needs at least one finding")
    claim = claims[claim_id]
    unmet = [f for f in findings if not f.met]
    if unmet:
        raise ContradictedClaim(
            f"claim {claim_id!r} is registered as {claim.verdict!r}, but "
            + "; ".join(f"{f.what}: {f.shown}, needed {f.needed}" for f in unmet)
        )
    allowed = allowed_verdicts(findings)
    if claim.verdict not in allowed:
        raise ContradictedClaim(
            f"claim {claim_id!r} is registered as {claim.verdict!r}, "
            f"but what was found allows only {' or '.join(allowed)}"
        )
    return Card(_text(claim, findings), _html(claim, findings), _facts(claim, findings))


def _text(claim: Claim, findings) -> str:
    rows = "\n".join(
        f"  {f.side + ':':<8} {plain(f.what)}: {f.shown}"
        + (f" (needed: {f.needed})" if f.needed != f.shown else "")
        for f in findings
    )
    return (
        f"Claim {claim.id!r} [{', '.join(claim.documents)}]: {claim.verdict.upper()}\n"
        f"  “{plain(claim.claim)}”\n{rows}\n  why:     {plain(claim.why)}\n  source:  {claim.source}"
    )


def _html(claim: Claim, findings) -> str:
    items = "".join(
        f"<li><b>{f.side}</b> {prose(f.what)}: <b>{escape(f.shown)}</b>"
        + (f" <small>(needed: {escape(f.needed)})</small>" if f.needed != f.shown else "")
        + "</li>"
        for f in findings
    )
    up = "../" * claim.tested.count("/")
    documents = f'<a href="{up}claims.ipynb">{", ".join(claim.documents)}</a>'
    attributes, edge = f' id="claim-{claim.id}"', f" {EDGE}"
    return claim_html(claim, prose(claim.claim), items, documents, attributes, edge)


def claim_html(
    claim: Claim,
    statement: str,
    findings: str,
    documents: str,
    attributes: str = "",
    edge: str = "",
) -> str:
    """Write a claim's card as HTML, in a chapter and on the ledger's page.

    Args:
        claim: the claim.
        statement: the claim's words as HTML, perhaps a link.
        findings: its findings as HTML list items.
        documents: the documents that make it, as HTML, perhaps a link to where they are named.
        attributes: further attributes of the card, each with a space before it: an id for links to
            this place, what a filter looks at.
        edge: a style for where there is no style sheet; the ledger's page always has one.
    """
    return (
        f'<div class="ck-card ck-claim"{attributes} data-verdict="{claim.verdict}"{edge}>'
        f'<p class="ck-claim-head"><span class="ck-verdict">{claim.verdict.capitalize()}</span>'
        f" <small>claim of {documents}</small></p>"
        f'<p class="ck-claim-text">{statement}</p>'
        f'<ul class="ck-findings">{findings}</ul>'
        f'<p class="ck-claim-why">{prose(claim.why)} <small>{escape(claim.source)}.</small></p>'
        "</div>"
    )


def _facts(claim: Claim, findings) -> Mapping[str, Any]:
    return {
        "claim": claim.id,
        "verdict": claim.verdict,
        "findings": [{"side": f.side, "what": plain(f.what), "shown": f.shown} for f in findings],
    }
