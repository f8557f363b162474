"""What a chapter's deck shows: the opening slide, and a group of slides for each section."""

import json
import posixpath
import re
from collections import Counter
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from bs4 import Tag

from coursekit.site.slides_blocks import Item, blocks, parse
from coursekit.site.slides_notes import mixed
from coursekit.site.slides_split import Slide, split

FOLDER = "slides"
#: The section whose text is for the notes only.
SOURCES = "sources"
#: Kinds of widgets that ask rather than show.
QUESTIONS = ("predict", "reveal", "quiz")


def address(docname: str) -> str:
    """Return the path of a chapter's deck from the site's root.

    Example:
        >>> address("gradients/slope")
        'slides/gradients/slope.html'
    """
    return f"{FOLDER}/{docname}.html"


def redirect(section: Tag, docname: str) -> None:
    """Point the links and media of a page's body, in place, to where they lead from its deck."""
    up = posixpath.relpath(posixpath.dirname(docname) or ".", posixpath.dirname(address(docname)))
    own = posixpath.basename(docname) + ".html"
    for name in ("href", "src"):
        for element in section.select(f"a[{name}], img[{name}], audio[{name}], source[{name}]"):
            url = element[name]
            if not urlsplit(url).scheme:
                element[name] = f"{up}/{own}{url}" if url.startswith("#") else f"{up}/{url}"


def opening(section: Tag) -> dict[str, str]:
    """Return ``title``, ``promise`` (*You will be able to*), ``objectives`` and ``notes`` as HTML.

    Raises:
        ValueError: the page has no title, or no list of objectives below it.
    """
    title = section.find("h1", recursive=False)
    objectives = section.find(["ul", "ol"], recursive=False)
    if title is None or objectives is None:
        raise ValueError("a chapter must begin with a title and a list of what it teaches")
    promise = objectives.find_previous_sibling("p", class_=lambda name: name != "facts")
    said = []
    for sibling in objectives.find_next_siblings():
        if sibling.name == "section":
            break
        said.append(str(sibling))
    return {
        "title": title.decode_contents(),
        "promise": promise.decode_contents() if promise else "",
        "objectives": str(objectives),
        "notes": "".join(said),
    }


def one_question_each(slide: Slide, questions: dict[str, int]) -> list[Slide]:
    """Give each question of a quiz a slide: the same widget, of which the slide shows that one.

    Args:
        slide: Any slide; one without a quiz comes back alone.
        questions: A quiz's model to the number of its questions.
    """
    if not slide.items or slide.items[0].kind != "quiz":
        return [slide]
    html = slide.items[0].html
    model = re.search(r'data-model="([^"]+)"', html)[1]
    shown = [
        Item("quiz", html.replace("data-model=", f'data-only="{number}" data-model=', 1))
        for number in range(1, questions[model] + 1)
    ]
    first = replace(slide, items=shown[:1])
    return [first, *(Slide(slide.section, slide.anchor, slide.part, items=[i]) for i in shown[1:])]


def name_all(slides: list[Slide]) -> None:
    """Name the slides of a section, in place, by their headings' anchors and a number."""
    seen: Counter[str] = Counter()
    for slide in slides:
        seen[slide.anchor] += 1
        number = seen[slide.anchor]
        slide.name = slide.anchor if number == 1 else f"{slide.anchor}-{number}"


def deck(body: str, docname: str, state: str, instructor: list[tuple[int, str]]) -> dict[str, Any]:
    """Return what the deck's template shows.

    Args:
        body: The finished HTML of the chapter's page.
        docname: The chapter, such as ``gradients/slope``.
        state: The page's widget state as JSON, or an empty string.
        instructor: The instructor's notes, as `coursekit.site.slides_notes.notes` returns them.

    Returns:
        ``opening``, as `opening` returns it, and ``sections``, a list of slides for each section.
    """
    models = {name: m["state"] for name, m in json.loads(state)["state"].items()} if state else {}
    kinds = {name: model.get("kind") for name, model in models.items()}
    kinds = {name: kind if kind in QUESTIONS else "widget" for name, kind in kinds.items()}
    questions = {
        name: len(model["questions"]) for name, model in models.items() if "questions" in model
    }
    section = parse(body)
    redirect(section, docname)
    sections = split(mixed(blocks(section, kinds), instructor))
    if len(sections) > 1 and sections[-1][0].anchor == SOURCES:
        *sections, sources = sections
        sections[-1][-1].notes += [note for slide in sources for note in slide.notes]
    for place, slides in enumerate(sections):
        sections[place] = [s for slide in slides for s in one_question_each(slide, questions)]
        name_all(sections[place])
    return {"opening": opening(section), "sections": sections}
