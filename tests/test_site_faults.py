"""What is broken in a chapter stops the build of the book, and the last line printed says what and where.

Formulas, pictures without words, widgets and chapters without objectives are planted in test_site_extension.
"""

import shutil

import nbformat
import pytest

from coursekit.site.__main__ import main
from tests.tools import ROOT

pytestmark = pytest.mark.site
INTRO = "# A small book\n\nA first paragraph with enough words to serve as the description of this page.\n"
#: References to what is not there, and what the build says of each.
LOST = {
    "[a page](nowhere.md)": "nowhere.md",
    "{ref}`no-such-label`": "no-such-label",
    "{eq}`no-such-equation`": "no-such-equation",
    "{cite:t}`nobody1999`": "nobody1999",
    "{term}`no such term`": "no such term",
}


@pytest.fixture
def build(tmp_path, monkeypatch, capfd):
    """Build a book of a page and a notebook by the course's command; returns what it said on failing."""
    book = tmp_path / "book"
    book.mkdir()
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (book / "references.bib").touch()
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: intro\nchapters:\n  - file: slope\n", "utf8"
    )
    monkeypatch.chdir(tmp_path)

    def run(intro: str = INTRO, cell: str = "1 + 1") -> str:
        v4 = nbformat.v4
        words = "# Slope\n\n**You will be able to**\n\n- measure a slope;\n- say what it means."
        chapter = v4.new_notebook(
            cells=[v4.new_markdown_cell(words), v4.new_code_cell(cell)],
            metadata={
                "coursekit": {"description": "About slopes.", "minutes": 30},
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            },
        )
        (book / "intro.md").write_text(intro, "utf8")
        nbformat.write(chapter, book / "slope.ipynb")
        assert main([]) == 1
        said = capfd.readouterr()
        assert "The book is built" not in said.out
        return said.err

    return run


def test_a_broken_cell(build):
    last = build(cell="rate = 0.1\nrate / 0").strip().splitlines()[-1]
    assert last.startswith("The book was not built. The reason:")
    assert "slope.ipynb" in last
    assert "ZeroDivisionError: float division by zero" in last


def test_a_reference_to_what_is_not_there(build):
    said = build(intro=INTRO + "".join(f"\n{reference}\n" for reference in LOST))
    found = [line for line in said.splitlines() if "intro.md:" in line]
    for name in LOST.values():
        assert any(name in line for line in found), (name, said)
    assert "intro.md:" in said.strip().splitlines()[-1]
