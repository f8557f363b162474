"""Cells that an edition has and the chapter has not: folded solutions, and one that installs the library."""

import re

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

#: How a folded solution begins and ends; the blank lines make Markdown read what is between them.
FOLD = "<details><summary>Solution</summary>\n\n", "\n\n</details>"

_INSTALL = """\
# The course's library, where it is not installed yet (on Colab, for example).
import importlib.util

if importlib.util.find_spec("coursekit") is None:
    %pip install --quiet "{requirement}\""""


def requirement(repository: str) -> str:
    """Return what pip is told to install the library from a repository.

    Args:
        repository: The repository's address, such as ``https://github.com/owner/name``.

    Raises:
        ValueError: If it is no http(s) address.

    Example:
        >>> requirement("https://github.com/owner/name/")
        'coursekit @ git+https://github.com/owner/name'
    """
    if not re.fullmatch(r"https?://[^\s\"'\\/]+/[^\s\"'\\]+", repository):
        raise ValueError(
            f"repository must be an address such as https://github.com/owner/name, got {repository!r}"
        )
    return f"coursekit @ git+{repository.rstrip('/')}"


def install_cell(repository: str) -> NotebookNode:
    """Return the code cell that installs the library from a repository when it cannot be found."""
    cell = nbformat.v4.new_code_cell(_INSTALL.format(requirement=requirement(repository)))
    cell.id = "install-coursekit"
    return cell


class FoldSolutions(Preprocessor):
    """Turn each solution into a folded Markdown cell: to be read when wanted, never run."""

    def preprocess_cell(self, cell, resources, index):
        """Rewrite one cell if it is a solution in code."""
        if cell.cell_type == "code" and "solution" in cell.metadata.get("tags", []):
            ticks = max((len(run) for run in re.findall(r"`{3,}", cell.source)), default=2)
            fence = "`" * (ticks + 1)
            folded = nbformat.v4.new_markdown_cell(
                f"{FOLD[0]}{fence}python\n{cell.source}\n{fence}{FOLD[1]}"
            )
            folded.id, folded.metadata = cell.id, cell.metadata
            return folded, resources
        return cell, resources
