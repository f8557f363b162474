"""The chapters as nbgrader takes them, made from their cells' tags like every other edition.

A chapter is one assignment. Its notebook is the student edition with two things added: in each exercise the
solution, between the marks that nbgrader cuts out, and after it a locked cell that gives the points.
What nbgrader then hands out is the student edition again, and the locked cells.
"""

import re
from importlib import resources
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from coursekit import content, editions
from coursekit.learner import chapters

#: Between these, nbgrader leaves what `CONFIG` tells it to: an empty line.
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
#: What nbgrader's metadata is written by.
SCHEMA = 3
POINTS = 1

_CHECK = re.compile(r'\n\ncheck\("(?P<id>[\d.]+)", (?P<answer>\w+)\)\Z')
_GRADE = """\
# Gives the points. It is written anew when it is graded, so that a change here changes nothing.
from importlib import reload

import coursekit.grading

reload(coursekit.grading).grade("{id}", {answer})"""


def assignment(chapter: chapters.Chapter) -> str:
    """Return the name of a chapter's assignment: "1-2-many-parameters"."""
    stem = Path(chapter.path).stem.replace("_", "-")
    return "-".join([*map(str, chapter.number), stem])


def source(path: Path, repository: str = "") -> NotebookNode:
    """Return the notebook at ``path`` as ``nbgrader generate_assignment`` takes it.

    Args:
        path: The chapter.
        repository: As in `coursekit.editions.student`.

    Raises:
        FileNotFoundError: When there is no such notebook, or no ``references.bib`` above it.
        ValueError: When an exercise has no solution right after it, or either does not end with a call of
            ``check`` after an empty line; the message names the cell. Or when the repository is no address.
    """
    notebook = editions.student(path, repository)
    solutions = _solutions(Path(path))
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.id not in solutions:
            continue
        asked = _CHECK.search(cell.source)
        number = asked["id"].replace(".", "-")
        solved = f"{BEGIN}\n{solutions[cell.id]}\n{END}"
        cell.source = f"{cell.source[: asked.start()]}\n{solved}{asked[0][1:]}"
        cell.metadata["nbgrader"] = _metadata(f"answer-{number}", solution=True)
        test = nbformat.v4.new_code_cell(_GRADE.format(**asked.groupdict()))
        test.id = f"{cell.id}-grade"
        test.metadata["tags"] = ["raises-exception"]  # in JupyterLab, what is below still runs
        test.metadata["nbgrader"] = _metadata(f"grade-{number}", grade=True, locked=True)
        test.metadata["nbgrader"]["points"] = POINTS
        cells.append(test)
    notebook.cells = cells
    notebook.metadata["coursekit"]["edition"] = "graded"
    nbformat.validate(notebook)
    return notebook


def _solutions(path: Path) -> dict[str, str]:
    """Return what each exercise's cell, by its id, has for a solution: the code before its check."""
    found = {}
    cells = nbformat.read(path, as_version=4).cells
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if "exercise" not in cell.metadata.get("tags", []):
            continue
        where = f"{path}, exercise in cell {cell.id!r}"
        if following is None or editions.SOLUTION not in following.metadata.get("tags", []):
            raise ValueError(
                f"{where}: expected a cell tagged {editions.SOLUTION!r} right after it"
            )
        checks = [_CHECK.search(c.source) for c in (cell, following)]
        if None in checks or checks[0][0] != checks[1][0]:
            raise ValueError(
                f"{where}: it and its solution must end with an empty line and the same "
                'check("part.notebook.number", name)'
            )
        found[cell.id] = following.source[: checks[1].start()].rstrip()
    return found


def _metadata(grade_id: str, **kinds: bool) -> NotebookNode:
    flags = {"grade": False, "solution": False, "locked": False, "task": False, **kinds}
    return NotebookNode({"schema_version": SCHEMA, "grade_id": grade_id, **flags})


def write_course(
    folder: Path, numbers: list[str] | None = None, repository: str = ""
) -> dict[Path, bool]:
    """Write a folder that nbgrader runs on: its configuration, a README, and ``source/ASSIGNMENT/NOTEBOOK``.

    What is there already is left as it is, since a teacher may have changed it.

    Args:
        folder: Is made if it is not there.
        numbers: The chapters, such as ``["1.1", "5.2"]``; all of them if not given.
        repository: As in `coursekit.editions.student`.

    Returns:
        Each file, and whether it was written now.

    Raises:
        ValueError: When a number is no chapter's, or the repository is no address.
    """
    known = {".".join(map(str, chapter.number)): chapter for chapter in chapters.find()}
    for number in numbers or []:
        if number not in known:
            raise ValueError(f"numbers: {number!r} is no chapter; choose from {', '.join(known)}")
    written = {}

    def write(path: Path, text: str) -> None:
        written[path] = not path.exists()
        if written[path]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")

    folder = Path(folder)
    for name in ("nbgrader_config.py", "README.md"):
        template = resources.files(__package__).joinpath("course", name)
        write(folder / name, template.read_text("utf-8"))
    for number in numbers or known:
        chapter = known[number]
        notebook = nbformat.writes(source(content.root() / chapter.path, repository))
        place = folder / "source" / assignment(chapter)
        write(place / Path(chapter.path).name, notebook + "\n")
    return written
