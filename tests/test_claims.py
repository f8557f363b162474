"""Verdicts are decided by what was measured."""

import nbformat
import pytest
import yaml

from coursekit import claims, content, ledger
from coursekit.editions import citations
from coursekit.seeding import Interval

HELD = claims.supports("f", 1.0, at_least=1)
AGAINST = claims.refutes("g", 5.0, at_most=6)


def interval(low, high):
    return Interval(low, (low + high) / 2, high, 0.95, 10)


@pytest.fixture
def registry(monkeypatch):
    """Register one claim with each verdict, under the verdict's name."""

    def entries(*_):
        return [
            {
                "id": v, "claim": f"It {v}.", "documents": ["D1"], "tested": "x/y",
                "verdict": v, "why": "Because.", "source": "Somebody (1900)",
            }
            for v in claims.VERDICTS
        ]  # fmt: skip

    monkeypatch.setattr(claims, "load_yaml", entries)


@pytest.mark.parametrize(
    ("needed", "measured", "met"),
    [
        ({"at_least": 1}, 1.0, True),
        ({"at_least": 1}, 0.99, False),
        ({"at_most": 1}, 1.0, True),
        ({"at_most": 1}, 1.01, False),
        ({"near": (2, 0.1)}, 2.09, True),
        ({"near": (2, 0.1)}, 2.11, False),
        ({"at_least": 1}, interval(1, 2), True),
        ({"at_least": 1}, interval(0.9, 2), False),
        ({"at_most": 1}, interval(0.5, 1.1), False),
        ({"near": (2, 0.1)}, interval(1.95, 2.05), True),
        ({"near": (2, 0.1)}, interval(1.85, 2.05), False),
        ({}, True, True),
        ({}, False, False),
    ],
)
def test_a_finding_is_met_when_all_of_it_is(needed, measured, met):
    assert claims.supports("x", measured, **needed).met is met


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measured": 1.0}, "expected one of at_least"),
        ({"measured": 1.0, "at_least": 1, "at_most": 2}, "expected one of at_least"),
        ({"measured": float("nan"), "at_least": 1}, "finite"),
        ({"measured": True, "at_least": 1}, "takes no at_least"),
    ],
)
def test_a_finding_without_a_decision_is_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        claims.supports("x", **arguments)


@pytest.mark.parametrize(
    ("findings", "allowed"),
    [
        ([HELD], {"holds"}),
        ([HELD, AGAINST], {"holds with conditions", "misleading"}),
        ([AGAINST], {"misleading", "false"}),
    ],
)
@pytest.mark.parametrize("registered", claims.VERDICTS)
def test_findings_decide_which_verdicts_can_stand(registry, findings, allowed, registered):
    if registered in allowed:
        assert registered.upper() in claims.verdict(registered, *findings).text
    else:
        with pytest.raises(claims.ContradictedClaim, match="allows only"):
            claims.verdict(registered, *findings)


def test_an_unmet_finding_contradicts_the_verdict(registry):
    unmet = claims.supports("the share", 0.7, at_least=0.9)
    with pytest.raises(claims.ContradictedClaim, match=r"the share: 0.7, needed at least 0.9"):
        claims.verdict("holds", unmet)


def test_unknown_claims_and_empty_verdicts_are_errors(registry):
    with pytest.raises(KeyError, match="no claim 'nonsense'"):
        claims.verdict("nonsense", HELD)
    with pytest.raises(ValueError, match="at least one finding"):
        claims.verdict("holds")


def test_the_card_escapes_what_it_shows(registry):
    card = claims.verdict("holds", claims.supports("a < b & `c`", 1.0, at_least=1))
    assert "a &lt; b &amp; <code>c</code>" in card.html
    assert 'id="claim-holds"' in card.html
    assert card.metadata["findings"] == [{"side": "for", "what": "a < b & `c`", "shown": "1"}]


def test_round_off_shows_the_bound_not_the_figure(registry):
    card = claims.verdict("holds", claims.supports("error", 3.2e-14, at_most=1e-12, digits=0))
    assert "error: at most 10⁻¹²" in card.text
    assert "needed" not in card.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": "maybe"}, "maybe"),
        ({"documents": ["D9"]}, "D9"),
        ({"documents": []}, "documents"),
        ({"extra": 1}, "extra"),
        ({"id": "holds"}, "used twice"),
    ],
)
def test_a_faulty_registry_is_an_error(registry, monkeypatch, change, message):
    good = claims.load_yaml()
    monkeypatch.setattr(claims, "load_yaml", lambda *_: [good[0], {**good[1], **change}])
    with pytest.raises(ValueError, match=message):
        claims.registry()


def test_the_books_registry_is_sound():
    registered = claims.registry()
    assert len(registered) >= 14
    years = {year for _, year in citations(content.root() / "references.bib").values()}
    for claim in registered.values():
        assert (content.root() / f"{claim.tested}.ipynb").is_file()
        assert any(year in claim.source for year in years), claim.source


def chapter_with(folder, name, claim, verdict):
    facts = {"claim": claim, "verdict": verdict, "findings": []}
    output = nbformat.v4.new_output(
        "display_data", {"text/plain": ""}, metadata={"coursekit": facts}
    )
    cell = nbformat.v4.new_code_cell("x", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / f"{name}.ipynb")


@pytest.fixture
def book(tmp_path, monkeypatch):
    entry = {
        "id": "c", "claim": "It is <so>.", "documents": ["D1"], "tested": "one",
        "verdict": "holds", "why": "Because.", "source": "Somebody (1900)",
    }  # fmt: skip
    (tmp_path / "claims.yml").write_text(yaml.safe_dump([entry]))
    monkeypatch.setattr(content, "root", lambda: tmp_path)
    monkeypatch.setattr(ledger, "root", lambda: tmp_path)
    return tmp_path


def test_the_ledger_links_each_claim_to_its_experiment(book):
    chapter_with(book, "one", "c", "holds")
    card = ledger.ledger()
    assert "Of 1 claims, 1 holds," in card.text
    assert 'href="one.ipynb#claim-c"' in card.html
    assert "It is &lt;so&gt;." in card.html


@pytest.mark.parametrize(
    ("chapters", "error", "message"),
    [
        ([], LookupError, "say nothing; run: make refresh"),
        ([("two", "c", "holds")], LookupError, "'holds' in two"),
        ([("one", "c", "false")], LookupError, "'false' in one"),
        ([("one", "c", "holds"), ("two", "c", "holds")], ValueError, "judged in one and in two"),
    ],
)
def test_the_ledger_refuses_what_was_not_executed(book, chapters, error, message):
    for chapter in chapters:
        chapter_with(book, *chapter)
    with pytest.raises(error, match=message):
        ledger.ledger()
