"""Print the built site as one book: ``python -m coursekit.site.press [--paper letter]``."""

import argparse
import sys
import time
from pathlib import Path

import yaml

from coursekit.site.__main__ import book_root
from coursekit.site.browsers import ToolError, ensure_chromium
from coursekit.site.press import PressError, contents, document, finishing, printing


def target(root: Path, sheet: str) -> Path:
    """Return where the book goes: ``_build/pdf/gradients.pdf``, on other paper with its name."""
    return (
        root / "_build" / "pdf" / ("gradients.pdf" if sheet == "a4" else f"gradients-{sheet}.pdf")
    )


def make(
    root: Path, site: Path, pdf: Path, sheet: str = "a4"
) -> tuple[document.Book, finishing.Report]:
    """Make the book from the built site.

    Args:
        root: Folder of ``_config.yml``.
        site: Folder of the built site.
        pdf: The file to write; the document that is printed stays beside it.
        sheet: ``a4`` or ``letter``.

    Raises:
        PressError: The book cannot be made; says why.
        ToolError: There is no browser; says how to get one.
    """
    browser = ensure_chromium()
    if not (site / "index.html").is_file():
        raise PressError(f"no built site in {site}; run: make book")
    pdf.parent.mkdir(parents=True, exist_ok=True)
    book = document.assemble(site, contents.read(root), pdf.parent, sheet)
    source = pdf.with_suffix(".html")
    source.write_text(book.html, "utf8")
    printed = printing.print_document(source, browser)
    author = yaml.safe_load((root / "_config.yml").read_text("utf8"))["author"]
    return book, finishing.finish(printed.pdf, pdf, book.title, author)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, print the book, say what it holds."""
    parser = argparse.ArgumentParser(prog="python -m coursekit.site.press", description=__doc__)
    parser.add_argument("--paper", choices=sorted(document.PAPERS), default="a4")
    given = parser.parse_args(arguments)
    start = time.monotonic()
    try:
        root = book_root(Path.cwd())
        pdf = target(root, given.paper)
        book, report = make(root, root / "_build" / "html", pdf, given.paper)
    except (FileNotFoundError, PressError, ToolError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{report.pages} pages, {book.stills} stills, {report.inner} links within the book,"
        f" {report.outer} to elsewhere, {report.size / 1e6:.1f} MB, {time.monotonic() - start:.0f} s\n"
        f"The book is printed: {pdf}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
