"""The ledger: every claim with its verdict and what was measured, read from the executed chapters.

Its notebook stores a short form: claim, verdict and figures. The website shows the same claims with all
that is known of them (see ``coursekit.site.ledger``).
"""

import json
from html import escape
from typing import Any

from coursekit.cards import Card, prose
from coursekit.claims import VERDICTS, Claim, registry
from coursekit.content import root

#: For each verdict what one claim does, and what several do.
_WORDS = {
    "holds": ("holds", "hold"),
    "holds with conditions": ("holds with conditions", "hold with conditions"),
    "misleading": ("is misleading", "are misleading"),
    "false": ("is false", "are false"),
}


def executed_verdicts() -> dict[str, dict]:
    """Collect the verdicts that the chapters' stored outputs hold, by claim id.

    Returns:
        For each claim id the facts of its card: ``claim``, ``verdict``, ``findings`` and ``chapter``.

    Raises:
        ValueError: when one claim is judged in two places.
    """
    found: dict[str, dict] = {}
    for path in sorted(root().rglob("*.ipynb")):
        if any(part.startswith((".", "_")) for part in path.relative_to(root()).parts):
            continue
        chapter = path.relative_to(root()).with_suffix("").as_posix()
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                facts = output.get("metadata", {}).get("coursekit", {})
                if "claim" not in facts:
                    continue
                name = facts["claim"]
                if name in found:
                    raise ValueError(
                        f"claim {name!r} is judged in {found[name]['chapter']} and in {chapter}"
                    )
                found[name] = {**facts, "chapter": chapter}
    return found


def entries() -> list[tuple[Claim, list[dict[str, Any]]]]:
    """Return all claims in the registry's order, each with the findings of its executed experiment.

    Raises:
        LookupError: when a registered claim has no executed verdict, or not in the chapter that
            ``book/claims.yml`` names, or a stale one; the message says to run ``make refresh``.
    """
    found, judged = [], executed_verdicts()
    for claim in registry().values():
        facts = judged.get(claim.id)
        if facts is None or facts["chapter"] != claim.tested or facts["verdict"] != claim.verdict:
            was = f"{facts['verdict']!r} in {facts['chapter']}" if facts else "nothing"
            raise LookupError(
                f"claim {claim.id!r}: book/claims.yml says {claim.verdict!r} in {claim.tested}, "
                f"the executed chapters say {was}; run: make refresh"
            )
        found.append((claim, facts["findings"]))
    return found


def counts(claims: list[Claim]) -> dict[str, tuple[int, str]]:
    """Return for each verdict how many claims have it, and that in words: ``(5, "5 are false")``."""
    told = {}
    for verdict in VERDICTS:
        number = sum(claim.verdict == verdict for claim in claims)
        one, many = _WORDS[verdict]
        told[verdict] = number, f"{number} {one if number == 1 else many}"
    return told


def summary(claims: list[Claim]) -> str:
    """Say how many claims there are, and how many have which verdict."""
    return f"Of {len(claims)} claims, {', '.join(words for _, words in counts(claims).values())}."


def ledger() -> Card:
    """Show all claims in short, from what the chapters measured; errors as in `entries`."""
    rows = entries()
    told = summary([claim for claim, _ in rows])
    text = "\n".join([told, *(_line(claim, findings) for claim, findings in rows)])
    items = "".join(_item(claim, findings) for claim, findings in rows)
    return Card(text, f'<p>{told}</p><ul class="ck-ledger">{items}</ul>')


def _line(claim: Claim, findings: list[dict[str, Any]]) -> str:
    figures = "; ".join(f"{finding['side']} {finding['shown']}" for finding in findings)
    return f"{claim.verdict}: {claim.id}: {figures}"


def _item(claim: Claim, findings: list[dict[str, Any]]) -> str:
    measured = "".join(
        f"<li>{f['side']}: {prose(f['what'])}: <b>{escape(f['shown'])}</b></li>" for f in findings
    )
    link = f'<a href="{claim.tested}.ipynb#claim-{claim.id}">{prose(claim.claim)}</a>'
    return f"<li><b>{claim.verdict.capitalize()}</b>: {link}<ul>{measured}</ul></li>"
