"""The tables of the guide for a large class, written from what was measured: see `coursekit.site.sizes`."""

from pathlib import Path
from statistics import median

from docutils import nodes
from sphinx.application import Sphinx

from coursekit.site.entries import OutlineError
from coursekit.site.generated import Generated, link
from coursekit.site.sizes import CLASS, FILE, PRICE, Sizes, load, machines


class FromSizes(Generated):
    """A directive that writes from what was measured."""

    @property
    def sizes(self) -> Sizes:
        """What was measured, for every chapter there is."""
        book = Path(self.env.srcdir)
        self.env.note_dependency(str(book / FILE))
        found = load(book)
        if missing := [page for page in self.outline.chapters if page not in found.memory]:
            raise OutlineError(f"{FILE} lacks {missing[0]}; measure: python -m benchmarks.sizes")
        return found


class ChapterSizes(FromSizes):
    """``{chapter-sizes}``: memory and processor time of each chapter."""

    def write(self) -> list[nodes.Node]:
        """Write a table."""
        sizes = self.sizes
        lines = ["| Chapter | Memory | Processor |", "|---|--:|--:|"]
        for page, chapter in self.outline.chapters.items():
            lines.append(
                f"| {link(chapter)} | {sizes.memory[page]:,} MB | {sizes.processor[page]:.0f} s |"
            )
        return self.parse("\n".join(lines))


class ClassSizes(FromSizes):
    """``{class-sizes}``: what a learner needs, in a sentence."""

    def write(self) -> list[nodes.Node]:
        """Write a paragraph."""
        sizes = self.sizes
        chapters = self.outline.chapters
        largest = max(sizes.memory, key=sizes.memory.get)
        longest = max(sizes.processor, key=sizes.processor.get)
        minutes = sum(chapter.minutes for chapter in chapters.values())
        busy = sum(sizes.processor.values()) / (60 * minutes)
        return self.parse(
            f"JupyterLab itself takes {sizes.server} MB for each learner. The kernel of a usual chapter takes"
            f" {median(sizes.memory.values()):.0f} MB more; the largest is {link(chapters[largest])} with"
            f" {sizes.memory[largest]:,} MB. So each learner is promised {sizes.usual} MB and can take up to"
            f" {sizes.most} MB: the largest chapter, with a usual one left open beside it. One core is busy"
            f" with a whole chapter for {median(sizes.processor.values()):.0f} s, with"
            f" {link(chapters[longest])} for {sizes.processor[longest]:.0f} s. Spread over the minutes that"
            f" the chapters are worked on, that is {100 * busy:.1f}% of a core for each learner."
        )


class ClassCosts(FromSizes):
    """``{class-costs}``: machines and money for a hundred learners."""

    def write(self) -> list[nodes.Node]:
        """Write a table: a usual chapter, the largest, and everyone at their limit."""
        sizes = self.sizes
        kernel = sizes.memory.values()
        rows = [
            ("A usual chapter, as promised", sizes.usual),
            ("All in the largest chapter", sizes.server + max(kernel)),
            ("All at their limit", sizes.most),
        ]
        lines = [
            f"| {CLASS} learners at once | Memory each | Machines | Cost an hour | Cost of 8 hours |",
            "|---|--:|--:|--:|--:|",
        ]
        for what, memory in rows:
            count = machines(CLASS, memory)
            lines.append(
                f"| {what} | {memory:,} MB | {count} | {count * PRICE:.2f} | {count * PRICE * 8:.2f} |"
            )
        return self.parse("\n".join(lines))


def setup(app: Sphinx) -> None:
    """Add the directives."""
    for name, directive in {
        "chapter-sizes": ChapterSizes,
        "class-sizes": ClassSizes,
        "class-costs": ClassCosts,
    }.items():
        app.add_directive(name, directive)
