"""Editions of a chapter, all made from the one notebook in ``book`` by its cells' tags.

* student: no solutions, no instructor's notes, no outputs; runs from top to bottom, checks say "not yet";
* instructor: everything, with the notes for teaching marked as such.

``python -m coursekit.editions FOLDER`` writes both of every chapter below FOLDER.

Both are plain notebooks: references, citations and glossary terms that only the website can resolve are
written out, so that they read well in JupyterLab or Colab.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor, Preprocessor, TagRemovePreprocessor
from nbformat import NotebookNode
from pybtex.database import parse_file
from traitlets import Dict
from traitlets.config import Config

from coursekit.content import root
from coursekit.refresh import chapters

SOLUTION = "solution"
INSTRUCTOR = "instructor"
#: Tags that only the website's builder understands.
SITE_TAGS = {
    "hide-cell", "hide-input", "hide-output", "remove-cell", "remove-input", "remove-output",
}  # fmt: skip

#: Stands under the title of each edition.
NEEDS = (
    "The code needs the course's library: say `pip install . torch` in the folder of the course."
)

_CITE = re.compile(r"\{cite(?::(?P<form>[tp]))?\}`(?P<keys>[^`]+)`")
_TERM = re.compile(r"\{term\}`(?P<term>[^`<]+?)(?:\s*<[^>]+>)?`")
_BOOK_LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?!https?:)[^)\s]+\.(?:md|ipynb)(?:#[^)\s]*)?\)")


class PlainMarkdown(Preprocessor):
    """Write out in plain Markdown what only the website can resolve.

    ``{cite:t}`key``` becomes *Authors (year)*, ``{cite:p}`key``` becomes *(Authors, year)*, and a
    glossary term its own words; a link to another chapter becomes that chapter's name.
    """

    citations = Dict(help="citation key to (authors, year)").tag(config=True)

    def preprocess_cell(self, cell, resources, index):
        """Rewrite one cell; code cells only lose the website's tags."""
        if cell.cell_type == "markdown":
            source = _CITE.sub(self._cite, cell.source)
            source = _TERM.sub(r"\g<term>", source)
            cell.source = _BOOK_LINK.sub(r"*\g<text>*", source)
        tags = [tag for tag in cell.metadata.get("tags", []) if tag not in SITE_TAGS]
        folded = {"jupyter": {"source_hidden": True}} if self._is_prompt(cell) else {}
        cell.metadata = NotebookNode({**folded, **({"tags": tags} if tags else {})})
        return cell, resources

    @staticmethod
    def _is_prompt(cell) -> bool:
        """Say whether a cell's code would only give away what it asks."""
        return cell.cell_type == "code" and "remove-input" in cell.metadata.get("tags", [])

    def _cite(self, match: re.Match) -> str:
        written = []
        for key in match["keys"].split(","):
            if key.strip() not in self.citations:
                raise KeyError(f"citation {key.strip()!r} is not in references.bib")
            written.append(self.citations[key.strip()])
        if match["form"] == "t":
            return ", ".join(f"{authors} ({year})" for authors, year in written)
        return "(" + "; ".join(f"{authors}, {year}" for authors, year in written) + ")"


class MarkForInstructor(Preprocessor):
    """Head each note and each solution, so that nobody takes one for the chapter's own."""

    def preprocess(self, notebook, resources):
        """Set a line over each cell tagged ``instructor`` or ``solution``."""
        cells = []
        for cell in notebook.cells:
            tags = cell.metadata.get("tags", [])
            if INSTRUCTOR in tags:
                cell.source = f"**For the instructor**\n\n{cell.source}"
            if SOLUTION in tags:
                heading = nbformat.v4.new_markdown_cell("**Solution**")
                heading.id = f"{cell.id}-heading"
                cells.append(heading)
            cells.append(cell)
        notebook.cells = cells
        return notebook, resources


def citations(bibliography: Path) -> dict[str, tuple[str, str]]:
    """Read a BibTeX file: citation key to (authors, year), as in ("Boyd and Vandenberghe", "2004")."""
    written = {}
    for key, entry in parse_file(str(bibliography)).entries.items():
        names = [
            " ".join(p.prelast_names + p.last_names).strip("{}") for p in entry.persons["author"]
        ]
        authors = names[0] + " et al." if len(names) > 3 else _listed(names)
        written[key] = (authors, entry.fields["year"])
    return written


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def student(path: Path) -> NotebookNode:
    """Return the student edition of the notebook at ``path``.

    Raises:
        FileNotFoundError: when there is no such notebook, or no ``references.bib`` above it.
    """
    remove = TagRemovePreprocessor(remove_cell_tags={SOLUTION, INSTRUCTOR}, enabled=True)
    return _edition(path, "student", [remove])


def instructor(path: Path) -> NotebookNode:
    """Return the instructor edition of the notebook at ``path``; errors as in `student`."""
    return _edition(path, "instructor", [MarkForInstructor(enabled=True)])


def _edition(path: Path, edition: str, preprocessors: list[Preprocessor]) -> NotebookNode:
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no notebook {path}")
    notebook = nbformat.read(path, as_version=4)
    known = citations(_bibliography(path))
    clear = ClearOutputPreprocessor(enabled=True)
    plain = PlainMarkdown(enabled=True, config=Config({"PlainMarkdown": {"citations": known}}))
    for preprocessor in [*preprocessors, clear, plain]:
        notebook, _ = preprocessor.preprocess(notebook, {})
    course = notebook.metadata.get("coursekit", {})
    if "minutes" in course:  # on the website they stand under the title
        title = notebook.cells[0]
        title.source = re.sub(
            r"\A(# .+)", rf"\1\n\n*{course['minutes']} minutes. {NEEDS}*", title.source
        )
    notebook.metadata["coursekit"] = {**course, "edition": edition}
    nbformat.validate(notebook)
    return notebook


def _bibliography(path: Path) -> Path:
    for folder in path.resolve().parents:
        if (folder / "references.bib").is_file():
            return folder / "references.bib"
    raise FileNotFoundError(f"no references.bib beside or above {path}")


EDITIONS = {"student": student, "instructor": instructor}


def write_all(folder: Path) -> list[Path]:
    """Write every edition of every chapter to ``folder/edition/chapter.ipynb``; return the paths."""
    written = []
    for chapter in chapters(root()):
        for name, edition in EDITIONS.items():
            path = Path(folder) / name / chapter.relative_to(root())
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(edition(chapter), path)
            written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(
            "expected one argument, the folder to write to: python -m coursekit.editions FOLDER"
        )
    for path in write_all(Path(sys.argv[1])):
        print(path)
