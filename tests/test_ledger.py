"""The ledger's page: what it shows, and its filters by mouse, by keyboard and by address."""

import re

import pytest

from coursekit.claims import claim_html, registry
from coursekit.ledger import counts, entries
from coursekit.site import ledger
from tests.browser import PHONE, RULES, chapters, opened, settle
from tests.test_site_axe import AXE, violations
from tests.test_site_pages import SHIFTS, cumulative_shift

pytestmark = pytest.mark.site
ALL = len(registry())


def shown(page):
    """Ids of the claims that are seen, and the number that is told."""
    ids = page.locator(".ledger .ck-claim:visible").evaluate_all("all => all.map(e => e.id)")
    told = page.locator(".ledger-count [role=status]").inner_text()
    assert told == f"{len(ids)} of {ALL} claims"
    return {name.removeprefix("claim-") for name in ids}


def those(wanted):
    return {claim.id for claim in registry().values() if wanted(claim)}


def test_a_row_says_all_that_is_known_of_a_claim():
    claim, findings = entries()[0]
    row = ledger.row(claim, findings, "A < B")
    assert f'id="claim-{claim.id}"' in row
    assert "A &lt; B" in row
    assert findings[0]["shown"] in row
    assert claim.source in row
    assert f'href="{claim.tested}.ipynb#claim-{claim.id}"' in row


def test_the_filters_count_what_there_is():
    claims = list(registry().values())
    form = ledger.filters(claims, [("1 · One & two", [("a/b", "B")])])
    for verdict, (number, _) in counts(claims).items():
        slug = ledger.SLUGS.get(verdict, verdict)
        assert re.search(rf'value="{slug}"> {number} ', form)
    assert '<option value="a">All of 1 · One &amp; two</option>' in form


def test_the_page_filters_by_mouse_keyboard_and_address(open_page):
    with open_page("claims.html") as page:
        assert len(shown(page)) == ALL
        page.get_by_label("are false").check()
        false = shown(page)
        assert false == those(lambda claim: claim.verdict == "false")
        assert page.url.endswith("claims.html?verdict=false")
        # One key goes on to the next verdict, as with all radio buttons; the first comes after the last.
        page.keyboard.press("ArrowUp")
        assert shown(page) == those(lambda claim: claim.verdict == "misleading")
        page.get_by_role("combobox", name="Document").select_option("D4")
        page.get_by_role("combobox", name="Chapter").select_option("descent")
        both = shown(page)
        assert both == those(
            lambda c: (
                c.verdict == "misleading" and "D4" in c.documents and c.tested[:8] == "descent/"
            )
        )
        assert both
        # Beside each verdict stands what it would leave, the other filters as they are.
        beside = page.locator("[name=verdict]").evaluate_all(
            "all => all.map((radio) => Number(radio.nextSibling.data.match(/\\d+/)))"
        )
        others = those(lambda c: "D4" in c.documents and c.tested[:8] == "descent/")
        assert beside[0] == sum(beside[1:]) == len(others) > len(both)
        assert len(both) in beside[1:]
        # A part of the course without a claim left is not named.
        assert page.locator(".ledger-part:visible h2").all_inner_texts() == ["2 · Descent"]
        again = page.url
        page.get_by_role("button", name="Show all").click()
        assert len(shown(page)) == ALL
        assert page.url.endswith("claims.html")
        assert page.get_by_role("button", name="Show all").is_disabled()
        page.get_by_role("combobox", name="Chapter").select_option("gradients/slope")
        assert shown(page) == those(lambda claim: claim.tested == "gradients/slope")
        page.goto(again)
        assert shown(page) == both
        page.goto(again.split("?")[0])
        # From the top by keyboard alone: to the words, and type.
        page.get_by_label("all " + str(ALL)).focus()
        page.keyboard.press("Tab")
        page.keyboard.type("Saddle  point")
        found = shown(page)
        assert 0 < len(found) < 20
        for name in found:
            assert re.search("saddle", page.locator(f"#claim-{name}").inner_text(), re.I)
        page.keyboard.press("Enter")
        assert shown(page) == found
        page.keyboard.type(" xylophone")
        assert shown(page) == set()
        assert page.watch.faults == []


def test_the_address_of_a_file_and_one_that_says_nonsense(open_page, bases):
    with open_page("claims.html?verdict=conditions", bases["file"]) as page:
        assert shown(page) == those(lambda claim: claim.verdict == "holds with conditions")
        page.get_by_label("21 hold").check()
        assert shown(page) == those(lambda claim: claim.verdict == "holds")
        assert page.url.endswith("?verdict=holds")
        page.goto(bases["file"] + "claims.html?verdict=%22%3E&chapter=no/such&document=D9&x=1#%zz")
        assert len(shown(page)) == ALL
        assert page.watch.faults == []


def test_a_chapters_card_leads_to_its_row_whatever_is_filtered(open_page):
    with open_page("gradients/slope.html") as page:
        page.locator("#claim-sign-rule .ck-claim-head a").click()
        page.wait_for_url("**/claims.html#claim-sign-rule")
        row = page.locator("#claim-sign-rule")
        assert row.evaluate("e => Math.abs(e.getBoundingClientRect().top) < innerHeight / 2")
        page.goto(page.url.replace("#", "?verdict=false#"))
        assert len(shown(page)) == ALL
        assert row.evaluate("e => Math.abs(e.getBoundingClientRect().top) < innerHeight / 2")
        row.locator(".ck-claim-text a").click()
        page.wait_for_url("**/gradients/slope.html#claim-sign-rule")


def test_every_card_of_a_chapter_names_its_row(site):
    rows = set(re.findall(r'id="(claim-[\w-]+)"', (site / "claims.html").read_text("utf8")))
    assert len(rows) == ALL
    linked = {
        name
        for chapter in chapters()
        for name in re.findall(r'claims\.html#(claim-[\w-]+)"', (site / chapter).read_text("utf8"))
    }
    assert linked == rows


def test_only_the_ledger_loads_the_ledgers_script(site):
    names = [p.name for p in site.rglob("*.html") if "_static/ledger.js" in p.read_text("utf8")]
    assert names == ["claims.html"]


def test_without_javascript_all_claims_and_no_filters_are_shown(open_page):
    with open_page("claims.html", java_script_enabled=False) as page:
        assert page.locator(".ck-claim:visible").count() == ALL
        assert not page.locator(".ledger-filters").is_visible()
        assert page.locator(".ledger-sum").inner_text().startswith(f"Of {ALL} claims, ")


def test_nothing_jumps_when_an_address_filters(browser, served):
    with opened(browser, served, viewport={"width": 1280, "height": 2600}) as page:
        page.add_init_script(SHIFTS)
        page.goto(served + "claims.html?verdict=false")
        settle(page)
        page.wait_for_timeout(500)
        assert len(shown(page)) < 20
        assert cumulative_shift(page.evaluate("shifts")) <= 0.02


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_the_filtered_ledger(open_page, viewport):
    options = {"viewport": viewport} if viewport else {}
    with open_page("claims.html?verdict=misleading&words=loss", **options) as page:
        page.get_by_label("are misleading").focus()
        axe = AXE.read_text("utf8")
        assert violations(page, axe, rules=RULES) == []
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        assert violations(page, axe, rules=RULES) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_card_in_a_chapter_keeps_its_form():
    claim = next(iter(registry().values()))
    html = claim_html(claim, "s", "<li>f</li>", "D1", ' id="x"', ' style="y"')
    assert html.startswith(
        f'<div class="ck-card ck-claim" id="x" data-verdict="{claim.verdict}" style="y">'
    )
