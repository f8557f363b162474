"""The course as one printed book: what it holds, where its links lead, and what stops the printing."""

import posixpath
import re
from html import unescape

import pikepdf
import pypdfium2
import pytest
import yaml
from bs4 import BeautifulSoup

from coursekit.cards import plain
from coursekit.site.browsers import chromium
from coursekit.site.press import PressError, anchors, contents, paper, printing, questions
from coursekit.site.press.__main__ import make
from coursekit.site.press.document import LEFT_OUT
from tests.tools import ROOT

A4 = (595, 842)
LARGEST = 25_000_000


def squeezed(text):
    """The letters and digits of a text: how a printer breaks lines is its own affair."""
    return re.sub(r"[\W_]+", "", text)


def site_counts(site, docnames):
    """Count on the site: links from one page of the book to another, and widgets that are pictures."""
    links = pictures = 0
    for docname in docnames:
        text = (site / f"{docname}.html").read_text("utf8")
        article = BeautifulSoup(text, "html.parser").find("article")
        for element in article.select(", ".join(paper.SCREEN_ONLY)):
            element.decompose()
        for link in article.select("a[href]"):
            path = link["href"].partition("#")[0]
            target = posixpath.normpath(posixpath.join(posixpath.dirname(docname), path))
            links += not path or target.removesuffix(".html") in docnames
        kinds = dict(re.findall(r'"([0-9a-f]{32})":\{"model_name".*?"kind":"(\w+)"', text))
        shown = [slot["data-model"] for slot in article.select(".ck-slot")]
        pictures += sum(kinds[model] not in {"predict", "reveal", "quiz"} for model in shown)
    return links, pictures


def fonts(book):
    """Yield name and descriptor of every font, None for one whose letters are drawings in the file."""
    for page in book.pages:
        for font in dict(page.get("/Resources", {}).get("/Font", {})).values():
            if font.Subtype == "/Type3":
                yield "drawn", None
            else:
                inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                yield str(font.BaseFont), inner.FontDescriptor


@pytest.mark.site
def test_the_book(site, tmp_path):
    """One test, since the book is printed once for it: that takes a minute or two."""
    pdf = tmp_path / "gradients.pdf"
    book, report = make(ROOT, site, pdf)
    parts = contents.read(ROOT)
    chapters = [c for part in parts for c in part.chapters if c.docname not in LEFT_OUT]
    docnames = [chapter.docname for chapter in chapters]

    # what the file says of itself
    with pikepdf.open(pdf) as opened:
        assert str(opened.docinfo["/Title"]) == "Gradients: an executable course"
        assert str(opened.Root.Lang) == "en"
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.StructTreeRoot.K
        sizes = {tuple(round(float(x)) for x in page.mediabox[2:]) for page in opened.pages}
        loose = [
            name
            for name, descriptor in fonts(opened)
            if descriptor and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys())
        ]
        known = {name.lstrip("/") for name in opened.Root.Dests.keys()}  # noqa: SIM118
        notes = [note for page in opened.pages for note in page.get("/Annots", [])]
    assert sizes == {A4}
    assert loose == []
    assert report.size < LARGEST

    # links: as many as on the site, all to places that are there
    source = BeautifulSoup(pdf.with_suffix(".html").read_text("utf8"), "html.parser")
    assert {link["href"][1:] for link in source.select('a[href^="#"]')} <= known
    ours = source.select('.place a, #contents a, .back h3 > a[href^="#"]')
    links, pictures = site_counts(site, docnames)
    assert book.links - len(ours) == links > 800
    assert report.inner >= book.links
    assert len(notes) == report.inner + report.outer

    # every chapter in the outline, in order, on the page that bears its title and that the contents name
    opened = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in opened]
    outline = [(e.level, e.get_title(), e.get_dest().get_index()) for e in opened.get_toc()]
    titles = [f"{c.number} {book.titles[c.docname]}".strip() for c in chapters]
    back = next(place for place, (_, title, _) in enumerate(outline) if title == "Hints")
    shown = [e for place, e in enumerate(outline) if e[0] == 0 or (e[0] == 1 and place < back)]
    entries = [(title, page) for _, title, page in shown]
    assert [title for title, _ in entries if title in titles] == titles
    assert max(level for level, _, _ in outline) == 2
    names = [title for title, _ in entries]
    front = squeezed("".join(texts[2 : entries[names.index(titles[0])][1]]))
    for title, page in entries:
        assert squeezed(title) in squeezed(texts[page]), f"{title!r} is not on page {page + 1}"
        if title in titles or title[0].isdigit() or title in {"Hints", "Solutions", "Answers"}:
            assert f"{squeezed(title)}{page + 1}" in front, f"the contents miss {title!r}"
    heads = [text.split("\r\n")[:2] for text in texts]  # the running head and the page's number
    assert [page for page in range(1, len(texts)) if str(page + 1) not in heads[page]] == []

    # stills, one for each widget that is a picture; sounds in words
    everything = "".join(texts)
    assert everything.count(paper.MOVES) == book.stills == pictures > 20
    assert "To be heard on the site: Five vowels" in " ".join(everything.split())

    # hints, solutions and answers stand at the end, in this order, and nowhere else
    starts = [dict(entries)[name] for name in ("Hints", "Solutions", "Answers")]
    assert starts == sorted(starts)
    assert starts[0] > dict(entries)[titles[-1]]
    quizzes = [yaml.safe_load(path.read_text("utf8")) for path in ROOT.glob("book/*/quiz.yml")]
    whys = [
        squeezed(plain(option["why"]))
        for quiz in quizzes for asked in quiz.values() for each in asked for option in each["options"]
        if len(squeezed(option["why"])) > 40
    ]  # fmt: skip
    before = squeezed("".join(texts[: starts[2]]))
    after = squeezed("".join(text.split("\r\n", 2)[-1] for text in texts[starts[2] :]))
    assert [why for why in whys if why in before] == []
    assert sum(why in after for why in whys) > 0.9 * len(whys)  # some are cut by a page's end
    checks = source.select(".ck-check")
    assert len(checks) == len(source.select("#back-solution .ck-check")) > 100
    assert source.select(".chapter details, .chapter audio, .chapter form") == []


class TestAnchors:
    def body(self, html):
        return BeautifulSoup(html, "html5lib").body

    def test_ids_and_what_refers_to_them_become_the_pages_own(self):
        body = self.body(
            '<svg id="s" aria-labelledby="t u"><clipPath id="c"></clipPath><g clip-path="url(#c)"/>'
            '<use href="#s"/></svg><a href="#s">x</a>'
        )
        anchors.own_ids(body, "a-b")
        assert body.svg["aria-labelledby"] == "a-b--t a-b--u"
        assert body.g["clip-path"] == "url(#a-b--c)"
        assert body.use["href"] == "#a-b--s"
        assert body.a["href"] == "#s"  # links come next

    def test_an_id_that_stands_twice_is_told(self):
        with pytest.raises(PressError, match="'twice' stands twice"):
            anchors.own_ids(self.body('<p id="twice"><b id="twice">'), "page")

    @pytest.mark.parametrize(
        ("href", "url", "becomes"),
        [
            ("#x", "", "#a-b--x"),
            ("../c.html#y", "", "#c--y"),
            ("../c.html", "", "#c"),
            ("https://example.org/c.html", "", "https://example.org/c.html"),
            ("../search.html", "https://example.org/", "https://example.org/search.html"),
            ("../editions/a.ipynb", "", None),
        ],
    )
    def test_links_lead_to_the_place_in_the_book(self, href, url, becomes):
        body = self.body(f'<p><a href="{href}">words</a></p>')
        anchors.own_links(body, "a/b", {"a/b": "a-b", "c": "c"}, url)
        assert body.get_text() == "words"
        assert (body.a["href"] if body.a else None) == becomes

    def test_a_link_to_nowhere_is_told(self):
        with pytest.raises(PressError, match="1 links .*gone"):
            anchors.check(BeautifulSoup('<p id="here"><a href="#gone">', "html5lib"))


class TestPaper:
    def prepared(self, html, **state):
        body = BeautifulSoup(f"<article>{html}</article>", "html5lib").article
        return paper.prepare(body, {k: {"state": v} for k, v in state.items()}, "p", "1.1")

    def test_a_quiz_is_asked_without_its_answers(self):
        question = {"question": "Q?", "several": False, "options": [
            {"text": "yes", "right": False, "why": "Because."},
            {"text": "no", "right": True, "why": "Therefore."}]}  # fmt: skip
        page = self.prepared(
            '<div class="ck-slot" data-model="m"></div>',
            m={"kind": "quiz", "key": "1.1", "questions": [question]},
        )
        assert "Because" not in page.body.get_text()
        assert "Therefore" not in page.body.get_text()
        assert "<b>b</b>" in page.answers

    def test_a_number_is_guessed_on_a_line_and_revealed_with_its_unit(self):
        values = {"options": [], "low": 0.0, "high": 2000.0, "unit": "%", "question": "How many?"}
        assert "from 0 % to 2,000 %" in unescape(questions.predict(values))
        told = questions.reveal(values | {"measured": 31.0, "text": "Few."})
        assert "</b> 31 %. Few." in told

    @pytest.mark.parametrize(
        ("html", "words"),
        [
            ('<span class="katex-error">x^</span>', "a formula is wrong"),
            ('<div class="ck-slot" data-model="gone"></div>', "state of a widget is missing"),
            ('<div class="cell tag_solution"></div>', "outside of an exercise"),
            ("<video></video>", "nothing says how to print this"),
        ],
    )
    def test_what_has_no_printed_form_stops_it(self, html, words):
        with pytest.raises(PressError, match=words):
            self.prepared(html)


@pytest.mark.site
@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<img src="http://127.0.0.1:9/x.png">', "off-site: http://127.0.0.1:9/x.png"),
        ('<div style="width: 900px">wide</div>', "too wide: p: div"),
        ('<div class="ck-slot" data-state="failed"><p class="ck-failed">Oh.</p></div>', "p: Oh."),
        ('<a href="#p">x</a><span class="page-of" data-goal="q">0</span>', "without a page: .'q'"),
    ],
)
def test_what_went_wrong_in_the_browser_stops_the_printing(tmp_path, html, words):
    page = tmp_path / "book.html"
    page.write_text(
        f'<!DOCTYPE html><title>x</title><section class="chapter" id="p">{html}</section>', "utf8"
    )
    with pytest.raises(PressError, match=words):
        printing.print_document(page, chromium())
