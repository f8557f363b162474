"""The course as one book: parts, chapters, what builds on what, and the paths (``book/course.yml``).

What the notebooks say of themselves (title, minutes, headings) is read from them; the file adds
the rest, and is refused when the two do not agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx

from coursekit.site.entries import Entry, OutlineError
from coursekit.site.notebook import Notebook

FILE = "course.yml"
#: The page that opens a part, in the part's folder.
INDEX = "index"


@dataclass(frozen=True)
class Chapter:
    """A chapter: its page (``gradients/slope``), its number (``1.1``), what ``course.yml`` says of it."""

    page: str
    number: str
    blurb: str
    builds_on: tuple[str, ...]
    helped_by: tuple[str, ...]
    packages: tuple[str, ...]
    notebook: Notebook

    @property
    def title(self) -> str:
        """The notebook's title."""
        return self.notebook.title

    @property
    def minutes(self) -> int:
        """How long a reader takes."""
        return self.notebook.minutes


@dataclass(frozen=True)
class Part:
    """A part: its number and folder, what it is about, what one needs, its chapters in order."""

    number: int
    folder: str
    title: str
    about: str
    mathematics: str
    python: str
    chapters: tuple[Chapter, ...]

    @property
    def minutes(self) -> int:
        """The chapters' minutes together."""
        return sum(chapter.minutes for chapter in self.chapters)

    @property
    def page(self) -> str:
        """The page that opens the part."""
        return f"{self.folder}/{INDEX}"


@dataclass(frozen=True)
class Stop:
    """A chapter on a path, why it is there, and what to know instead of chapters that are left out."""

    page: str
    why: str
    skips: dict[str, str]


@dataclass(frozen=True)
class Way:
    """A path through the course: for whom, and its stops in order."""

    name: str
    title: str
    who: str
    about: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Outline:
    """The whole course."""

    parts: tuple[Part, ...]
    ways: tuple[Way, ...]

    @cached_property
    def chapters(self) -> dict[str, Chapter]:
        """All chapters by page, in the book's order."""
        return {chapter.page: chapter for part in self.parts for chapter in part.chapters}

    def part(self, folder: str) -> Part:
        """Return the part that lies in a folder.

        Raises:
            OutlineError: there is none.
        """
        for part in self.parts:
            if part.folder == folder:
                return part
        raise OutlineError(f"{FILE} has no part {folder!r}")

    def way(self, name: str) -> Way:
        """Return the path of that name.

        Raises:
            OutlineError: there is none.
        """
        for way in self.ways:
            if way.name == name:
                return way
        raise OutlineError(f"{FILE} has no path {name!r}")

    def minutes(self, pages: Iterable[str]) -> int:
        """Add up the minutes of some chapters."""
        return sum(self.chapters[page].minutes for page in pages)


def of(app: Sphinx) -> Outline | None:
    """Return the outline of the book that is built; None for one without a ``course.yml``."""
    return getattr(app, "coursekit_outline", None)


def load(book: Path) -> Outline:
    """Read ``course.yml`` and the notebooks below ``book``.

    Raises:
        OutlineError: names the entry, what it holds and what was expected.
    """
    given = read_yaml(book / FILE)
    top = Entry(given, FILE, {"parts", "paths"})
    parts = tuple(_part(entry, i, book) for i, entry in enumerate(top.entries("parts"), 1))
    outline = Outline(parts, tuple(_way(entry) for entry in top.entries("paths")))
    _check_order(outline)
    for way in outline.ways:
        left_out = missing(outline, [(stop.page, stop.skips) for stop in way.stops])
        if left_out:
            raise OutlineError(f"{FILE}, path {way.name}: {left_out[0]}")
    return outline


def read_yaml(path: Path) -> Any:
    """Read a YAML file.

    Raises:
        OutlineError: it is missing, or is not YAML; says where.
    """
    try:
        return yaml.safe_load(path.read_text("utf8"))
    except FileNotFoundError as error:
        raise OutlineError(f"there is no {path}") from error
    except yaml.YAMLError as error:
        raise OutlineError(f"{path.name}: {error}") from error


def missing(outline: Outline, steps: Iterable[tuple[str, dict[str, str]]]) -> list[str]:
    """Say what chapters build on that did not come before them.

    Args:
        outline: The course.
        steps: Chapters in the order in which they are taken, each with what is told instead of
            chapters left out.

    Returns:
        A sentence for each gap, and for each replacement that is told for no reason.
    """
    found, known = [], set()
    for page, instead in steps:
        if page not in outline.chapters:
            found.append(f"there is no chapter {page!r}")
            continue
        needed = outline.chapters[page].builds_on
        for other in needed:
            if other not in known and other not in instead:
                found.append(f"{page} builds on {other}, which does not come before it")
        for other in instead:
            if other not in needed or other in known:
                found.append(f"{page} need not say what to know instead of {other}")
        known |= {page, *instead}
    return found


def _part(entry: Entry, number: int, book: Path) -> Part:
    entry.only({"folder", "title", "about", "mathematics", "python", "chapters"})
    folder = entry.text("folder")
    chapters = []
    for index, each in enumerate(entry.entries("chapters"), 1):
        each.only({"name", "blurb"}, {"builds_on", "helped_by", "packages"})
        page = f"{folder}/{each.text('name')}"
        chapters.append(
            Chapter(
                page,
                f"{number}.{index}",
                each.text("blurb"),
                each.texts("builds_on"),
                each.texts("helped_by"),
                each.texts("packages"),
                Notebook.read(book / f"{page}.ipynb"),
            )
        )
    words = [entry.text(key) for key in ("title", "about", "mathematics", "python")]
    return Part(number, folder, *words, tuple(chapters))


def _way(entry: Entry) -> Way:
    entry.only({"name", "title", "who", "about", "chapters"})
    stops = []
    for each in entry.entries("chapters"):
        each.only({"chapter", "why"}, {"skips"})
        stops.append(Stop(each.text("chapter"), each.text("why"), each.words("skips")))
    return Way(*(entry.text(key) for key in ("name", "title", "who", "about")), tuple(stops))


def _check_order(outline: Outline) -> None:
    """Hold every chapter to building on earlier ones only, which rules out cycles."""
    seen: list[str] = []
    for page, chapter in outline.chapters.items():
        for other in (*chapter.builds_on, *chapter.helped_by):
            if other not in outline.chapters:
                raise OutlineError(f"{FILE}: {page} builds on {other!r}, which is no chapter")
            if other not in seen:
                raise OutlineError(
                    f"{FILE}: {page} builds on {other}, which does not come before it"
                )
        seen.append(page)
    total = sum(len(part.chapters) for part in outline.parts)
    if len(seen) != total:
        raise OutlineError(f"{FILE} names a chapter twice")
