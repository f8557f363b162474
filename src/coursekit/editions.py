"""Editions of a chapter, all made from the one notebook in ``book`` by its cells' tags.

* student: no solutions, no instructor's notes, no outputs; runs from top to bottom, checks say "not yet";
* self-paced: the student's, and below each exercise its solution, folded and as text, so that it never runs;
* instructor: everything, with the notes for teaching marked as such.

``python -m coursekit.editions FOLDER [REPOSITORY]`` writes all of every chapter below FOLDER.

All are plain notebooks: references, citations and glossary terms that only the website can resolve are
written out, so that they read well in JupyterLab or Colab.
"""

import re
import sys
from functools import lru_cache
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor, Preprocessor, TagRemovePreprocessor
from nbformat import NotebookNode
from pybtex.database import parse_file
from traitlets import Dict
from traitlets.config import Config

from coursekit.content import root
from coursekit.edition_cells import FoldSolutions, install_cell, requirement
from coursekit.refresh import chapters

SOLUTION = "solution"
INSTRUCTOR = "instructor"
#: Tags that only the website's builder understands.
SITE_TAGS = {
    "hide-cell", "hide-input", "hide-output", "remove-cell", "remove-input", "remove-output",
}  # fmt: skip

#: Stands under the title of each edition.
NEEDS = "The code needs the course's library: say `{command}`{where}."

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


@lru_cache(maxsize=4)
def _citations(bibliography: Path, _changed: int) -> dict[str, tuple[str, str]]:
    return citations(bibliography)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def student(path: Path, repository: str = "") -> NotebookNode:
    """Return the student edition of the notebook at ``path``.

    Args:
        path: The chapter.
        repository: Address of the course's repository, such as ``https://github.com/owner/name``. With
            it, the line under the title says how to install the library from there, and the first
            code cell does so where the library is missing.

    Raises:
        FileNotFoundError: when there is no such notebook, or no ``references.bib`` above it.
        ValueError: when the repository is no address.
    """
    remove = TagRemovePreprocessor(remove_cell_tags={SOLUTION, INSTRUCTOR}, enabled=True)
    return _edition(path, "student", [remove], repository)


def self_paced(path: Path, repository: str = "") -> NotebookNode:
    """Return the self-paced edition of the notebook at ``path``; arguments and errors as in `student`."""
    remove = TagRemovePreprocessor(remove_cell_tags={INSTRUCTOR}, enabled=True)
    return _edition(path, "self-paced", [remove, FoldSolutions(enabled=True)], repository)


def instructor(path: Path, repository: str = "") -> NotebookNode:
    """Return the instructor edition of the notebook at ``path``; arguments and errors as in `student`."""
    return _edition(path, "instructor", [MarkForInstructor(enabled=True)], repository)


def _edition(
    path: Path, edition: str, preprocessors: list[Preprocessor], repository: str
) -> NotebookNode:
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no notebook {path}")
    notebook = nbformat.read(path, as_version=4)
    bibliography = _bibliography(path)
    known = _citations(bibliography, bibliography.stat().st_mtime_ns)
    clear = ClearOutputPreprocessor(enabled=True)
    plain = PlainMarkdown(enabled=True, config=Config({"PlainMarkdown": {"citations": known}}))
    for preprocessor in [*preprocessors, clear, plain]:
        notebook, _ = preprocessor.preprocess(notebook, {})
    course = notebook.metadata.get("coursekit", {})
    if "minutes" in course:  # on the website they stand under the title
        title = notebook.cells[0]
        line = f"*{course['minutes']} minutes. {_needs(repository)}*"
        title.source = re.sub(r"\A(# .+)", lambda m: f"{m[0]}\n\n{line}", title.source)
    if repository:
        first = next((i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"), None)
        if first is not None:
            notebook.cells.insert(first, install_cell(repository))
    notebook.metadata["coursekit"] = {**course, "edition": edition}
    nbformat.validate(notebook)
    return notebook


def _needs(repository: str) -> str:
    if repository:
        return NEEDS.format(command=f'pip install "{requirement(repository)}" torch', where="")
    return NEEDS.format(command="pip install . torch", where=" in the folder of the course")


def _bibliography(path: Path) -> Path:
    for folder in path.resolve().parents:
        if (folder / "references.bib").is_file():
            return folder / "references.bib"
    raise FileNotFoundError(f"no references.bib beside or above {path}")


EDITIONS = {"self-paced": self_paced, "student": student, "instructor": instructor}


def write_all(folder: Path, repository: str = "") -> list[Path]:
    """Write every edition of every chapter to ``folder/edition/chapter.ipynb``; return the paths.

    Args:
        folder: Is made if it is not there.
        repository: As in `student`.
    """
    written = []
    for chapter in chapters(root()):
        for name, edition in EDITIONS.items():
            path = Path(folder) / name / chapter.relative_to(root())
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(edition(chapter, repository), path)
            written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(
            "expected the folder to write to, and perhaps the repository's address: "
            "python -m coursekit.editions FOLDER [REPOSITORY]"
        )
    for path in write_all(Path(sys.argv[1]), *sys.argv[2:]):
        print(path)
