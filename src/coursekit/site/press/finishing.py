"""What Chromium leaves to be done: outline, title and dates of the PDF, and a look through it."""

import io
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from coursekit.site.press import PressError
from coursekit.site.press.printing import places

#: Parts, chapters, sections: what the outline shows; below that it would be too long to be of use.
LEVELS = 3


@dataclass
class Report:
    """What the finished file holds.

    Attributes:
        pages: Number of pages.
        size: In bytes.
        inner: Links to a place in the book.
        outer: Links to elsewhere.
    """

    pages: int
    size: int
    inner: int
    outer: int


def finish(pdf: bytes, target: Path, title: str, author: str) -> Report:
    """Write the PDF that Chromium made, with what a reader's program asks for.

    No date and no random number goes into it, so the same pages make the same file.

    Args:
        pdf: As Chromium printed it.
        target: The file to write.
        title: Shown in the window's title.
        author: Of the course.

    Raises:
        PressError: A link within the book leads nowhere, or the file is not tagged.
    """
    with pikepdf.open(io.BytesIO(pdf)) as book:
        if "/StructTreeRoot" not in book.Root or "/Lang" not in book.Root:
            raise PressError("Chromium has not tagged the PDF; a newer one does")
        inner, outer = _links(book)
        with book.open_outline() as outline:
            outline.root[:] = [item for item in outline.root if _shorten(item, 1)]
        book.Root.PageMode = pikepdf.Name.UseOutlines
        book.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        del book.trailer["/Info"]
        book.docinfo["/Title"] = title
        book.docinfo["/Author"] = author
        target.parent.mkdir(parents=True, exist_ok=True)
        book.save(
            target,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
        return Report(len(book.pages), target.stat().st_size, inner, outer)


def _links(book: pikepdf.Pdf) -> tuple[int, int]:
    """Count the links within the book and those to elsewhere.

    Raises:
        PressError: names the places that are not there.
    """
    known, inner, outer, dead = places(book), 0, 0, set()
    for page in book.pages:
        for note in page.get("/Annots", []):
            if "/Dest" in note:
                inner += 1
                name = str(note.Dest).lstrip("/")
                dead |= {name} - known.keys()
            elif str(note.get("/A", {}).get("/URI", "")).startswith("file:"):
                raise PressError(f"a link leads to this machine: {note.A.URI}")
            else:
                outer += 1
    if dead:
        raise PressError(f"{len(dead)} links of the PDF lead nowhere: {sorted(dead)[:5]}")
    return inner, outer


def _shorten(item: pikepdf.OutlineItem, level: int) -> bool:
    """Close an entry of the outline and cut what is too deep; say whether it has words."""
    item.is_closed = True
    item.title = " ".join(item.title.split())
    if level == LEVELS:
        item.children.clear()
    item.children[:] = [child for child in item.children if _shorten(child, level + 1)]
    return bool(item.title)
