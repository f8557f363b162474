"""The ledger: every claim with its verdict and what was measured, read from the executed chapters."""

import json
from html import escape

from coursekit.cards import Card, plain, prose
from coursekit.claims import Claim, registry
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
    """Show the table of all claims, from what the chapters measured.

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
    counts: dict[str, int] = {}
    for claim in claims.values():
        counts[claim.verdict] = counts.get(claim.verdict, 0) + 1
    summary = f"{len(claims)} claims: " + ", ".join(f"{n} {v}" for v, n in sorted(counts.items()))
    text = "\n".join(
        [summary] + [f"{c.verdict.upper():<22} {c.id}: {plain(c.claim)}" for c in claims.values()]
    )
    rows = "".join(_row(claim, judged[claim.id]) for claim in claims.values())
    html = (
        f"<p>{escape(summary)}.</p>"
        '<table class="ck-ledger"><thead><tr><th scope="col">Claim</th><th scope="col">Verdict</th>'
        f'<th scope="col">Measured</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    return Card(text, html)


def _row(claim: Claim, facts: dict) -> str:
    measured = "".join(
        f"<li><b>{f['side']}</b> {escape(f['what'])}: <b>{escape(f['shown'])}</b></li>"
        for f in facts["findings"]
    )
    return (
        f'<tr data-verdict="{claim.verdict}">'
        f'<td><a href="{claim.tested}.ipynb#claim-{claim.id}">{prose(claim.claim)}</a>'
        f" <small>{', '.join(claim.documents)}</small></td>"
        f'<td><span class="ck-verdict">{claim.verdict.capitalize()}</span></td>'
        f'<td><ul class="ck-findings">{measured}</ul><p>{prose(claim.why)}'
        f" <small>{escape(claim.source)}.</small></p></td></tr>"
    )
