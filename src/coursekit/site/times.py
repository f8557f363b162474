"""How long the chapters take: minutes to read, and seconds to run as the last run was measured.

The seconds come from the cache of results, so that they are there when nothing had to be run again.
"""

from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_cache import get_cache

from coursekit.site.entries import OutlineError


@dataclass(frozen=True)
class Run:
    """A measured run of a chapter's notebook, from top to bottom.

    Attributes:
        seconds: How long it took.
        cores: Processor cores of the machine; None for results of before this was noted.
    """

    seconds: float
    cores: int | None


def runs(cache: Path, book: Path, pages: list[str]) -> dict[str, Run]:
    """Return the measured run of each page's notebook.

    Args:
        cache: Folder of jupyter-cache, as in the configuration value ``nb_execution_cache_path``.
        book: Folder of the chapters.
        pages: Chapters, such as ``gradients/slope``.

    Raises:
        OutlineError: a notebook has no results there; names it.
    """
    results, found = get_cache(cache), {}
    for page in pages:
        notebook = nbformat.read(book / f"{page}.ipynb", as_version=4)
        try:
            data = results.match_cache_notebook(notebook).data
        except KeyError as error:
            raise OutlineError(f"{page} has no results in {cache}; it was not run") from error
        found[page] = Run(data["execution_seconds"], data.get("cores"))
    return found


def hours(minutes: int) -> str:
    """Write minutes as a reader says them.

    Example:
        >>> hours(45), hours(120), hours(175)
        ('45 minutes', '2 hours', '2 h 55 min')
    """
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} minute{'s' if rest != 1 else ''}"
    return f"{whole} h {rest} min" if rest else f"{whole} hour{'s' if whole > 1 else ''}"


def seconds(value: float) -> str:
    """Write seconds with the digits that mean something.

    Example:
        >>> seconds(2.34), seconds(27.8)
        ('2.3 s', '28 s')
    """
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
