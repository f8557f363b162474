"""Every page of the built site is valid HTML, by the rules that html-validate.mjs states."""

import json
import subprocess

import pytest

from tests.browser import SITE, pages
from tests.tools import ROOT, node, node_environment

pytestmark = pytest.mark.site


def validate(folder, names):
    """What is wrong with pages, by name."""
    done = subprocess.run(
        [node(), ROOT / "tests" / "html-validate.mjs", folder, *names],
        env=node_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_page_is_valid(site):
    found = validate(site, pages())
    assert len(found) == len(pages()) > 30
    assert {name: faults[:5] for name, faults in found.items() if faults} == {}


#: What is planted in a page, in place of what, and the rule that finds it.
FAULTS = {
    "missing-doctype": ("<!DOCTYPE html>", ""),
    "close-order": ("</article>", ""),
    "heading-level": ("<h1>", "<h3>A step left out</h3><h1>"),
    "no-dup-id": ("</article>", '<div id="main">a</div></article>'),
    "element-permitted-content": ("</article>", "<ul><p>no item</p></ul></article>"),
    "wcag/h37": ("</article>", '<img src="a.png"></article>'),
    "no-missing-references": ("</article>", '<p aria-labelledby="nobody">a</p></article>'),
    "no-unknown-attributes": ("</article>", '<p colour="red">a</p></article>'),
    "no-implicit-button-type": ("</article>", "<button>Go</button></article>"),
    "no-style-tag": ("</article>", "<style>p { color: red }</style></article>"),
    "require-sri": ("</article>", '<script src="https://a.example/a.js"></script></article>'),
}


def test_each_kind_of_fault_is_found(site, tmp_path):
    whole = (SITE / "search.html").read_text("utf8")
    for number, (sound, broken) in enumerate(FAULTS.values()):
        assert sound in whole
        (tmp_path / f"{number}.html").write_text(whole.replace(sound, broken, 1), "utf8")
    found = validate(tmp_path, [f"{number}.html" for number in range(len(FAULTS))])
    for number, rule in enumerate(FAULTS):
        assert rule in " ".join(found[f"{number}.html"]), rule
