"""What the directives share whose content is made from ``course.yml``, ``plans.yml`` and the notebooks."""

import posixpath
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from coursekit.site import outline, plans, times
from coursekit.site.entries import OutlineError
from coursekit.site.outline import Chapter, Outline
from coursekit.site.plans import Plan


class Generated(SphinxDirective):
    """A directive that writes from the course's outline.

    Its page depends on all that is written from: Sphinx reads it again when one of the files is newer.
    """

    def run(self) -> list[nodes.Node]:
        """Note what the page depends on, then write.

        Raises:
            ExtensionError: an argument names nothing, or a chapter has no measured run.
        """
        book = Path(self.env.srcdir)
        files = [book / outline.FILE, book / plans.FILE]
        files += [book / f"{page}.ipynb" for page in self.outline.chapters]
        files += Path(__file__).parent.glob("*.py")
        for file in files:
            self.env.note_dependency(str(file))
        try:
            return self.write()
        except OutlineError as error:
            raise ExtensionError(f"{self.env.docname}, {self.name}: {error}") from error

    def write(self) -> list[nodes.Node]:
        """Return the content."""
        raise NotImplementedError

    @property
    def outline(self) -> Outline:
        """The course, as checked when the build began."""
        return self.env.app.coursekit_outline

    @property
    def plans(self) -> dict[str, Plan]:
        """The workshop's plans, as checked when the build began."""
        return self.env.app.coursekit_plans

    def runs(self) -> dict[str, times.Run]:
        """Return the measured run of each chapter."""
        cache = Path(self.config.nb_execution_cache_path)
        return times.runs(cache, Path(self.env.srcdir), list(self.outline.chapters))

    def parse(self, text: str) -> list[nodes.Node]:
        """Turn Markdown into nodes; a link that starts with a slash starts at the book's folder."""
        inside = nodes.container()
        self.state.nested_parse(StringList(text.splitlines(), self.env.docname), 0, inside)
        return inside.children

    def href(self, file: str) -> str:
        """Return the address of a file of the site, as seen from this page."""
        return posixpath.relpath(file, posixpath.dirname(self.env.docname) or ".")


def link(chapter: Chapter) -> str:
    """Return a chapter's number and its title with a link, as Markdown."""
    return f"{chapter.number} [{chapter.title}](/{chapter.page}.ipynb)"


def choice(legend: str, group: str, prefix: str, options: list[tuple[str, str]]) -> str:
    """Return buttons of which one is chosen, the first to begin with; a style sheet goes by their ids.

    Args:
        legend: What is chosen.
        group: Name of the group.
        prefix: What each id begins with.
        options: For each the rest of its id, and its words as HTML.
    """
    inside = "".join(
        f'<label><input type="radio" name="{group}" id="{prefix}-{name}"'
        f"{' checked' if place == 0 else ''}> {words}</label>"
        for place, (name, words) in enumerate(options)
    )
    return f'<fieldset class="choice"><legend>{legend}</legend>{inside}</fieldset>'


def check(app: Sphinx) -> None:
    """Read and check the outline and the plans, where the book has them.

    Raises:
        ExtensionError: says what is wrong where.
    """
    book = Path(app.srcdir)
    if not (book / outline.FILE).is_file():
        return
    try:
        app.coursekit_outline = outline.load(book)
        app.coursekit_plans = plans.load(book, app.coursekit_outline)
    except OutlineError as error:
        raise ExtensionError(str(error)) from error


def setup(app: Sphinx) -> None:
    """Add the check."""
    app.connect("builder-inited", check)
