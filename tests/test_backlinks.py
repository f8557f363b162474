"""Glossary and bibliography say where a term or a source is named, also after a part was built again."""

import re
from html import unescape

import pytest

from coursekit.site.__main__ import build
from tests.browser import chapters

pytestmark = pytest.mark.site


def test_each_source_lists_exactly_the_chapters_that_cite_it(site):
    html = (site / "references.html").read_text("utf8")
    entries = html.split('<div class="citation" id="')[1:]
    assert len(entries) > 150
    cited: dict[str, set[str]] = {}
    for chapter in chapters(site):
        text = (site / chapter).read_text("utf8")
        for key in re.findall(r'references\.html#([\w-]+)"', text):
            cited.setdefault(key, set()).add(chapter)
    for entry in entries:
        listed = re.search(r"Cited in.*?</p>", entry, re.S)[0]
        linked = set(re.findall(r'href="([\w/]+\.html)"', listed)) & set(chapters(site))
        assert linked == cited.get(entry.split('"')[0], set()), listed


def test_a_term_lists_where_it_is_set_apart_and_not_what_its_entry_links_to(site):
    html = (site / "glossary.html").read_text("utf8")
    told = dict(re.findall(r'<dt id="(term-[\w-]+)">.*?<dd>(.*?)</dd>', html, re.S))
    for name, entry in told.items():
        links = re.findall(r'href="([\w/]+\.html)"', entry)
        assert len(set(links)) == len(links), name
    bold = unescape(re.search(r"\bIn.*", told["term-parameter"], re.S)[0])
    assert 'href="gradients/index.html">Before you start<' in bold


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("glossary.html", r'<dt id="([\w-]+)">(.)'),
        ("references.html", r'<div class="citation" id="([\w-]+)".*?</span>(.)'),
    ],
)
def test_each_letter_leads_to_the_first_entry_under_it(site, page, entry):
    html = (site / page).read_text("utf8")
    row = re.search(r'<ul class="letters[^"]*">.*?</ul>', html, re.S)[0]
    first = {}
    for place, letter in re.findall(entry, html, re.S):
        first.setdefault(letter.upper(), place)
    assert len(first) > 15
    assert list(first) == sorted(first)
    links = re.findall(r'href="#([\w-]+)">(.)</a>', row)
    assert [(letter, place) for place, letter in links] == list(first.items())


def write(folder, chapter):
    (folder / "book" / "a.md").write_text(chapter, "utf8")


def test_lists_follow_when_one_page_changes(tmp_path):
    book = tmp_path / "book"
    book.mkdir()
    head = "---\nmyst:\n  html_meta:\n    description: A page that is here to be tested.\n---\n\n"
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: intro\nchapters:\n- file: a\n- file: words\n- file: sources\n"
    )
    (tmp_path / "_config.yml").write_text(
        "title: T\nexecute:\n  execute_notebooks: 'off'\nbibtex_bibfiles: [references.bib]\n"
        "sphinx:\n  config:\n    extensions: [myst_nb, jupyter_book, sphinx_external_toc, "
        "sphinxcontrib.bibtex, coursekit.site]\n    html_theme: coursekit\n"
        "    html_theme_options: {license: none}\n"
        "    html_static_path: [../assets]\n    html_math_renderer: coursekit\n"
        "    bibtex_reference_style: author_year\n    myst_update_mathjax: false\n"
    )
    css = tmp_path / "assets" / "css"
    css.mkdir(parents=True)
    (css / "a.css").write_text("p { color: red }")
    (book / "references.bib").write_text(
        "@book{one, author={One, A.}, title={T}, year={2000}, publisher={P}}\n"
    )
    (book / "intro.md").write_text(head + "# Intro\n\nWords.\n")
    (book / "words.md").write_text(
        head + "# Words\n\n```{glossary}\nslope\n  How steep.\n\nstep\n  How far.\n```\n"
    )
    (book / "sources.md").write_text(head + "# Sources\n\n```{bibliography}\n:all:\n```\n")
    write(tmp_path, head + "# Page A\n\nThe {term}`Slope`, see {cite:t}`one`.\n")

    def lists():
        assert build(tmp_path) == 0
        words = (tmp_path / "_build/html/words.html").read_text("utf8")
        sources = (tmp_path / "_build/html/sources.html").read_text("utf8")
        return [
            re.sub("<[^>]+>", "", found)
            for found in re.findall(r'class="used-in">(.*?)</p>', words + sources)
        ]

    assert lists() == ["In Page A", "Cited in Page A"]
    write(tmp_path, head + "# Page A\n\nTwo **steps**, and no source.\n")
    assert lists() == ["In Page A"]
    words = (tmp_path / "_build/html/words.html").read_text("utf8")
    assert words.index("How far.") < words.index("In <")
    write(tmp_path, head + "# Other title\n\nTwo **steps**, see {cite:p}`one`.\n")
    assert lists() == ["In Other title", "Cited in Other title"]
