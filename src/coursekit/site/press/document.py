"""The book as one HTML document: title page, contents, parts, chapters, hints, solutions, answers."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from coursekit.site.press import PressError, anchors, paper
from coursekit.site.press.contents import Chapter, Part
from coursekit.site.widgets import STATE

#: Pages that only make sense on a screen.
LEFT_OUT = frozenset({"progress"})
#: Sheet of paper to its width and height, and to the margin at the sides that leaves a column of 170 mm.
PAPERS = {"a4": ("210mm", "297mm", "20mm"), "letter": ("215.9mm", "279.4mm", "22.95mm")}
#: Heading, id and what stands there, of what is collected at the book's end.
BACK = {
    "hint": ("Hints", "For the exercises of each chapter. The solutions stand further back."),
    "solution": ("Solutions", "What a solution shows below its code is what the check says to it."),
    "answers": ("Answers", "To the quizzes at the end of the chapters."),
}
_MARK = "<!--scripts-->"


@dataclass
class Book:
    """The document and what it is known to hold.

    Attributes:
        html: The document.
        title: Of the book.
        parts: As `contents.read` returns them, without the pages left out.
        titles: Docname to the chapter's title.
        links: How many links lead from one place of it to another.
        stills: How many widgets it shows in their opening state.
        asked: How many predictions, results and quizzes it prints as text.
    """

    html: str
    title: str
    parts: list[Part]
    titles: dict[str, str] = field(default_factory=dict)
    links: int = 0
    stills: int = 0
    asked: int = 0


@dataclass
class _Read:
    """A page as the site has it, its ids and links the book's."""

    chapter: Chapter
    soup: BeautifulSoup
    title: str
    page: paper.Page


def assemble(site: Path, parts: list[Part], target: Path, sheet: str = "a4") -> Book:
    """Put the book together.

    Args:
        site: Folder of the built site.
        parts: The book's parts and chapters.
        target: Folder that the document will lie in: it loads the site's styles and scripts.
        sheet: ``a4`` or ``letter``.

    Raises:
        PressError: A page is missing, or something on it cannot be printed.
    """
    for part in parts:
        part.chapters = [c for c in part.chapters if c.docname not in LEFT_OUT]
    landing = _parse(site, parts[0].chapters[0].docname)
    site_url = _site_url(landing)
    goals = {c.docname: c.anchor for part in parts for c in part.chapters}
    read = {c.docname: _read(site, c, goals, site_url) for part in parts for c in part.chapters}
    title = landing.find("meta", property="og:title")["content"]
    book = Book("", title, parts, {name: each.title for name, each in read.items()})
    book.stills = sum(each.page.stills for each in read.values())
    book.asked = sum(each.page.asked for each in read.values())
    sections = [_title_page(title, landing, site_url), _about(site_url), _contents(book)]
    for part in parts:
        sections.append(_part(part, read))
    for kind in BACK:
        sections.append(_back(kind, list(read.values())))
    static = os.path.relpath(site, target)
    shell = BeautifulSoup(
        _shell(book, sheet, static, [each.soup for each in read.values()]), "html5lib"
    )
    for section in sections:
        shell.body.append(section)
    book.links = anchors.check(shell)
    book.html = str(shell).replace(_MARK, _scripts(list(read.values()), static))
    return book


def _parse(site: Path, docname: str) -> BeautifulSoup:
    path = site / f"{docname}.html"
    if not path.is_file():
        raise PressError(f"the site has no page {docname}.html; run: make book")
    return BeautifulSoup(path.read_text("utf8"), "html5lib")


def _read(site: Path, chapter: Chapter, goals: dict[str, str], site_url: str) -> _Read:
    soup = _parse(site, chapter.docname)
    body = soup.select_one("article.text")
    if body is None or body.h1 is None:
        raise PressError(f"{chapter.docname}.html has no text with a title")
    script = soup.find("script", type=STATE)
    state = json.loads(script.string)["state"] if script else {}
    title = " ".join(body.h1.get_text().split())
    for image in body.find_all("img", src=True):
        image["src"] = (site / chapter.docname).parent.joinpath(image["src"]).resolve().as_uri()
    anchors.own_ids(body, chapter.anchor)
    anchors.own_links(body, chapter.docname, goals, site_url)
    return _Read(chapter, soup, title, paper.prepare(body, state, chapter.anchor, chapter.number))


def _site_url(landing: BeautifulSoup) -> str:
    """Return the address the site is published at, or an empty string."""
    link = landing.find("link", rel="canonical")
    return link["href"] if link else ""


def _element(html: str) -> Tag:
    return paper.fragment(html)[0]


def _title_page(title: str, landing: BeautifulSoup, site_url: str) -> Tag:
    name, _, rest = title.partition(": ")
    mark = landing.select_one(".brand svg")
    mark["class"] = "mark"
    terms = landing.select_one(".foot p").get_text().partition(". ")[2]
    where = (
        f'<p><a class="bare" href="{escape(site_url)}">{escape(site_url)}</a></p>'
        if site_url
        else ""
    )
    return _element(
        f'<section class="title-page">{mark}<p class="book-title">{escape(name)}</p>'
        f'<p class="book-subtitle">{escape(rest)}</p>'
        f'<div class="terms">{where}<p>{escape(terms)}</p></div></section>'
    )


def _about(site_url: str) -> Tag:
    where = f" at {escape(site_url)}" if site_url else ""
    return _element(
        '<section class="front" id="on-paper"><h1>On paper</h1>'
        f"<p>This is the printed form of a website{where}. What moves there stands still here: a picture"
        " with controls is printed as it opens, with its setting and the sentence that says what is"
        " seen. What can be heard there is named here.</p>"
        "<p>A box that begins with <b>Predict</b> asks for a guess. Cover what follows until you have"
        " written yours down: the result stands below it.</p>"
        "<p>Hints, solutions and the answers to the quizzes stand at the end, in this order and by"
        " chapter. Each exercise says on which page.</p>"
        "<p>Code that only draws a picture or weighs the evidence for a claim is folded on the site"
        " and left out here; the notebooks have it. Everything printed was computed when the book was"
        " built.</p></section>"
    )


def _contents(book: Book) -> Tag:
    lines = ['<nav class="front" id="contents"><h1>Contents</h1><ul>']
    lines.append(_entry("on-paper", "", "On paper"))
    for part in book.parts:
        chapters = "".join(
            _entry(c.anchor, c.number, book.titles[c.docname]) for c in part.chapters
        )
        if part.title:
            lines.append(
                f"{_entry(part.anchor, part.number, part.title)[:-5]}<ul>{chapters}</ul></li>"
            )
        else:
            lines.append(chapters)
    lines += [_entry(f"back-{kind}", "", name) for kind, (name, _) in BACK.items()]
    return _element("".join(lines) + "</ul></nav>")


def _entry(goal: str, number: str, title: str) -> str:
    shown = f'<span class="number">{number}</span> ' if number else ""
    return (
        f'<li><a href="#{goal}"><span>{shown}{escape(title)}</span>'
        '<span class="leader" aria-hidden="true"></span>'
        f'<span class="page-of" data-goal="{goal}">000</span></a></li>'
    )


def _part(part: Part, read: dict[str, _Read]) -> Tag:
    section = _element(f'<section class="part-of-book" id="{part.anchor}"></section>')
    if part.title:
        number = f'<span class="number">{part.number} · </span>' if part.number else ""
        section.append(
            _element(f'<div class="part-title"><h1>{number}{escape(part.title)}</h1></div>')
        )
    else:
        section["class"] = ["part-of-book", "front-matter"]
        paper.move_headings([read[c.docname].page.body for c in part.chapters], -1)
    for chapter in part.chapters:
        body = read[chapter.docname].page.body
        body.name = "section"
        body["id"] = chapter.anchor
        body["class"] = ["chapter", "text"]
        body["style"] = f"page: {chapter.anchor}"
        if chapter.number:
            body.find(class_="was-1").insert(
                0, _element(f'<span class="number">{chapter.number} </span>')
            )
        section.append(body)
    return section


def _back(kind: str, read: list[_Read]) -> Tag:
    """Return what is collected at the book's end: hints, solutions or answers."""
    name, said = BACK[kind]
    section = _element(
        f'<section class="back text" id="back-{kind}" style="page: back-{kind}">'
        f"<h1>{name}</h1><p>{said}</p></section>"
    )
    for each in read:
        held = _held(kind, each.page)
        if not held:
            continue
        chapter = each.chapter
        heading = f'<h2><span class="number">{chapter.number}</span> {escape(each.title)}</h2>'
        group = _element(f'<section id="{chapter.anchor}--{kind}"></section>')
        group.append(_element(heading))
        for node in held:
            group.append(node)
        section.append(group)
    return section


def _held(kind: str, page: paper.Page) -> list[Tag]:
    if kind == "answers":
        return paper.fragment(page.answers) if page.answers else []
    nodes = []
    for identity, title, held in page.hints if kind == "hint" else page.solutions:
        node = _element(
            f'<section id="{identity}--{kind}"><h3><a href="#{identity}">{escape(title)}</a></h3></section>'
        )
        for element in held:
            node.append(element)
        nodes.append(node)
    return nodes


def _shell(book: Book, sheet: str, static: str, pages: list[BeautifulSoup]) -> str:
    """Return the document without its text: the sheets of all pages, then the book's own."""
    sheets = _each(pages, lambda soup: [x["href"] for x in soup.find_all("link", rel="stylesheet")])
    links = "".join(f'<link rel="stylesheet" href="{static}/{name}">' for name in sheets)
    own = resources.files("coursekit.site.press").joinpath("book.css").read_text("utf8")
    return (
        '<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(book.title)}</title>{links}<style>{_pages(book, sheet)}{own}</style></head>"
        f"<body>{_MARK}</body></html>"
    )


def _each(pages: list[BeautifulSoup], found: Callable[[BeautifulSoup], list[str]]) -> list[str]:
    """Return the addresses below the site's root that the pages name, each once, in order."""
    return list(
        dict.fromkeys(name[name.index("_static") :] for page in pages for name in found(page))
    )


def _pages(book: Book, sheet: str) -> str:
    """Return the sheet's size, and the running head of each chapter."""
    width, height, side = PAPERS[sheet]
    rules = [f"@page {{ size: {width} {height}; margin: 22mm {side} 22mm {side} }}"]
    heads = [
        (c.anchor, f"{c.number}  {book.titles[c.docname]}".strip())
        for part in book.parts
        for c in part.chapters
    ] + [(f"back-{kind}", name) for kind, (name, _) in BACK.items()]
    for name, words in heads:
        rules.append(
            f"@page {name} {{ @top-left {{ content: {json.dumps(words, ensure_ascii=False)} }} }}"
        )
    return "\n".join(rules).replace("</", "<\\/")


def _scripts(read: list[_Read], static: str) -> str:
    """Return the state of all stills and the scripts that show them.

    Raises:
        PressError: Two pages hold widgets of the same id.
    """
    models: dict[str, Any] = {}
    for each in read:
        if clash := models.keys() & each.page.models.keys():
            raise PressError(
                f"{each.chapter.docname}: another page has the widget {clash.pop()}, too"
            )
        models |= each.page.models
    state = json.dumps({"state": models}, ensure_ascii=False).replace("</", "<\\/")

    def found(soup: BeautifulSoup) -> list[str]:
        return [x["src"] for x in soup.find_all("script", src=True) if "page.js" not in x["src"]]

    sources = _each([each.soup for each in read if each.page.models], found)
    # The host goes last: it shows what the others have brought.
    sources.sort(key=lambda source: "/widgets/" not in source)
    tags = "".join(f'<script defer src="{static}/{source}"></script>' for source in sources)
    return f'<script type="{STATE}">{state}</script>{tags}'
