"""What is delivered to a learner's folder: each chapter's notebook, and a page to start from."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from coursekit import content
from coursekit.learner.trouble import LearnerError

#: The page that JupyterLab opens with.
START = "start.ipynb"
DEFAULT = "self-paced"
_WELCOME = """\
# Gradients: an executable course

Each chapter is a notebook. Run its cells from the top with Shift+Enter, and answer before you look. In the
exercises, write your code in place of `...` and run the cell: the check says what is right, and if something
is not, which mistake it looks like.{solutions}

In a terminal, `coursekit progress` lists what you have checked, and `coursekit update` brings new versions of
the chapters; neither touches what you have written.
"""
_SOLUTIONS = " A solution is folded below each exercise; click on it to open it."


@dataclass(frozen=True)
class Chapter:
    """A chapter of the book.

    Attributes:
        path: From the book's root, with ``/``: "gradients/slope.ipynb".
        number: Of its part, and in it: (1, 1).
        title: Its heading.
        minutes: How long a reader takes; 0 if the chapter does not say.
        exercises: The numbers of its exercises, in order: "1.1.1".
        packages: What it imports that the library does not need by itself.
    """

    path: str
    number: tuple[int, int]
    title: str
    minutes: int
    exercises: tuple[str, ...]
    packages: tuple[str, ...]


#: Packages that only some chapters run on, as Python calls them.
OPTIONAL = ("torch", "tensorflow", "jax", "xgboost", "lightgbm")


def read(path: Path) -> Chapter | None:
    """Return what a notebook of the book says of itself, or None if it has no exercise and so is no chapter.

    Raises:
        ValueError: If the file is not JSON.
    """
    notebook = json.loads(path.read_text("utf-8"))
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    code = "\n".join(source for kind, source in sources if kind == "code")
    checks = list(dict.fromkeys(re.findall(r'^check\("(\d+\.\d+\.\d+)"', code, flags=re.M)))
    if not checks:
        return None
    title = re.match(r"# (.+)", sources[0][1])
    part, number, _ = checks[0].split(".")
    return Chapter(
        path=path.relative_to(content.root()).as_posix(),
        number=(int(part), int(number)),
        title=title[1].strip() if title else path.stem,
        minutes=notebook["metadata"].get("coursekit", {}).get("minutes", 0),
        exercises=tuple(checks),
        packages=tuple(
            name
            for name in OPTIONAL
            if re.search(rf"^\s*(?:import|from) {name}\b|^needs\(.*\"{name}\"", code, flags=re.M)
        ),
    )


def find() -> list[Chapter]:
    """Return the book's chapters, in the course's order.

    Raises:
        FileNotFoundError: If the course's content is not where the library is.
    """
    found = (read(path) for path in content.root().glob("*/[!._]*.ipynb"))
    return sorted((chapter for chapter in found if chapter), key=lambda c: c.number)


def make(edition: str = DEFAULT) -> dict[str, bytes]:
    """Return the course as it is delivered: path in the learner's folder to the notebook's bytes.

    Args:
        edition: The name of an edition; see `coursekit.editions.EDITIONS`.

    Raises:
        LearnerError: When the packages that make the notebooks are missing.
    """
    try:
        import nbformat

        from coursekit.editions import EDITIONS
    except ModuleNotFoundError as error:
        raise LearnerError(
            f"{error.name} is missing, which the notebooks are made with: "
            'say pip install "jupyterlab>=4.0" "nbconvert>=7.16" "pybtex>=0.24"'
        ) from error
    chapters = find()
    notebooks = {c.path: EDITIONS[edition](content.root() / c.path) for c in chapters}
    notebooks = {START: _start_page(chapters, edition), **notebooks}
    return {
        path: nbformat.writes(notebook).encode() + b"\n" for path, notebook in notebooks.items()
    }


def _start_page(chapters: list[Chapter], edition: str):
    import nbformat

    lines = [_WELCOME.format(solutions=_SOLUTIONS if edition == DEFAULT else "")]
    for before, chapter in zip([None, *chapters], chapters, strict=False):
        part = chapter.path.split("/")[0]
        if before is None or before.number[0] != chapter.number[0]:
            lines.append(f"\n## {chapter.number[0]} · {part.capitalize()}\n")
        number = ".".join(map(str, chapter.number))
        minutes = f", {chapter.minutes} minutes" if chapter.minutes else ""
        lines.append(f"- {number} [{chapter.title}]({chapter.path}){minutes}")
    cell = nbformat.v4.new_markdown_cell("\n".join(lines))
    cell.id = "start"
    page = nbformat.v4.new_notebook(cells=[cell])
    page.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    return page
