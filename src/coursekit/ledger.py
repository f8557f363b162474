"""The ledger: every claim with its verdict and what was measured, read from the executed chapters."""

import json
from html import escape

from coursekit.cards import Card, prose
from coursekit.claims import VERDICTS, Claim, claim_html, registry
from coursekit.content import root


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


def ledger() -> Card:
    """Show all claims, from what the chapters measured.

    Raises:
        LookupError: when a registered claim has no executed verdict, or not in the chapter that
            ``book/claims.yml`` names, or a stale one; the message says to run ``make refresh``.
    """
    claims, judged = registry(), executed_verdicts()
    for claim in claims.values():
        facts = judged.get(claim.id)
        if facts is None or facts["chapter"] != claim.tested or facts["verdict"] != claim.verdict:
            was = f"{facts['verdict']!r} in {facts['chapter']}" if facts else "nothing"
            raise LookupError(
                f"claim {claim.id!r}: book/claims.yml says {claim.verdict!r} in {claim.tested}, "
                f"the executed chapters say {was}; run: make refresh"
            )
    counts = [sum(c.verdict == verdict for c in claims.values()) for verdict in VERDICTS]
    words = (
        ("holds", "hold"),
        ("holds with conditions", "hold with conditions"),
        ("is misleading", "are misleading"),
        ("is false", "are false"),
    )
    told = ", ".join(
        f"{n} {one if n == 1 else many}" for n, (one, many) in zip(counts, words, strict=True)
    )
    summary = f"Of {len(claims)} claims, {told}"
    text = "\n".join([summary] + [f"{c.verdict}: {c.id}" for c in claims.values()])
    cards = "".join(_card(claim, judged[claim.id]) for claim in claims.values())
    return Card(text, f"<p>{escape(summary)}.</p>{cards}")


def _card(claim: Claim, facts: dict) -> str:
    link = f'<a href="{claim.tested}.ipynb#claim-{claim.id}">{prose(claim.claim)}</a>'
    items = "".join(
        f"<li><b>{f['side']}</b> {escape(f['what'])}: <b>{escape(f['shown'])}</b></li>"
        for f in facts["findings"]
    )
    return claim_html(claim, link, items, ", ".join(claim.documents))
