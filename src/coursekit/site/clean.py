"""After the build: the landing page at the site's own address, and nothing published that no page uses."""

import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from coursekit.site import head

#: In ``_static``: what pages, style sheets and the search page load.
USED = (
    "card.png",
    "course.css",
    "doctools.js",
    "documentation_options.js",
    "favicon.png",
    "favicon.svg",
    "fonts",
    "host.js",
    "katex",
    "language_data.js",
    "ledger.js",
    "page.js",
    "reveal",
    "progress-page.js",
    "progress.js",
    "search.js",
    "searchtools.js",
    "slides.js",
    "sphinx_highlight.js",
    "widgets",
    "widgets.css",
)
_LOADED = re.compile(
    r"""(?:\bsrc=|<link[^>]*\bhref=|\burl\(|@import\s*)["']?((?:https?:)?//[^"')\s>]+)""", re.I
)
_CANONICAL = re.compile(r'<link rel="canonical"[^>]*>')


def remove_unused(outdir: Path) -> list[str]:
    """Remove what extensions copied into the site and no page uses; return the names."""
    removed = []
    for path in sorted((outdir / "_static").iterdir()):
        if path.name not in USED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            removed.append(path.name)
    pages = "".join(page.read_text("utf8") for page in outdir.rglob("*.html"))
    for path in sorted((outdir / "_static" / "widgets").glob("*")):
        if path.name not in pages:  # the bundle of an earlier build
            path.unlink()
            removed.append(path.name)
    for name in ("_sources", ".buildinfo.bak", "_sphinx_design_static", "genindex.html"):
        path = outdir / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
    return removed


def foreign_loads(html: str) -> list[str]:
    """Return the addresses on other hosts that a page would load by itself (links don't count).

    Example:
        >>> foreign_loads('<script src="https://cdn.example/x.js"></script>')
        ['https://cdn.example/x.js']
    """
    return _LOADED.findall(_CANONICAL.sub("", html))


def check(outdir: Path) -> None:
    """Hold the whole site to loading nothing from elsewhere.

    Raises:
        ExtensionError: names the pages and addresses.
    """
    found = []
    for path in sorted(outdir.rglob("*")):
        if path.suffix in {".html", ".css"}:
            found += [
                f"{path.relative_to(outdir)}: {url}"
                for url in foreign_loads(path.read_text("utf8"))
            ]
    if found:
        raise ExtensionError("the site loads from other hosts: " + "; ".join(found[:5]))


def land(app: Sphinx, error: Exception | None) -> None:
    """Serve the first page at the site's own address, too."""
    root = app.config.root_doc
    if not error and app.builder.format == "html" and root != "index":
        shutil.copyfile(Path(app.outdir, f"{root}.html"), Path(app.outdir, "index.html"))


def finish(app: Sphinx, error: Exception | None) -> None:
    """Tidy the built site and look through it."""
    if error or app.builder.format != "html":
        return
    outdir = Path(app.outdir)
    remove_unused(outdir)
    pages = sorted(app.env.found_docs)
    head.write_for_crawlers(outdir, app.config.coursekit_url, pages, app.config.root_doc)
    check(outdir)


def setup(app: Sphinx) -> None:
    """Add the steps: the page before sphinx-external-toc would write a redirect, the tidying last."""
    app.connect("build-finished", land, priority=200)
    app.connect("build-finished", finish, priority=950)
