"""Style sheets and scripts of a page: one sheet for the course's look, KaTeX's where there are formulas."""

import hashlib
import re
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from coursekit.site import widgets

SHEET = "_static/course.css"
COLORS = "_static/widgets.css"
KATEX = "_static/katex/katex.min.css"
#: Scripts of the site, as they lie in ``static``; `progress` writes one more.
SCRIPTS = ("host.js", "ledger.js", "page.js", "progress-page.js", "search.js", "slides.js")


def squeeze(css: str) -> str:
    """Drop the comments and the spaces nobody needs from a style sheet.

    Example:
        >>> squeeze("/* a */ p { color: red; }")
        'p{color:red}'
    """
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,>])\s*", r"\1", css).replace(";}", "}").replace(": ", ":").strip()


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the course's sheet from the files in ``assets/css``, and copy the widgets'."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    # From the source, not from what Sphinx copied: when no page changed it copies nothing.
    folders = [Path(app.confdir, folder, "css") for folder in app.config.html_static_path]
    parts = sorted((p for f in folders for p in f.glob("*.css")), key=lambda p: p.name)
    if not parts:
        raise ExtensionError(f"no style sheets (*.css) in {', '.join(map(str, folders))}")
    (static / "course.css").write_text(
        squeeze("\n".join(p.read_text("utf8") for p in parts)), "utf8"
    )
    (static / "widgets.css").write_text(widgets.bundle_css(), "utf8")
    for name in SCRIPTS:
        with resources.as_file(resources.files("coursekit.site") / "static" / name) as source:
            shutil.copyfile(source, static / name)


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give the template ``styles`` and ``scripts``: paths of what this page needs, in order.

    Other parts name the scripts of theirs that a page needs in ``page_scripts``.
    """
    stamp = f"?v={app.config.coursekit_look}"
    math = 'class="katex' in context.get("body", "")
    context["styles"] = [COLORS + stamp, *([KATEX + stamp] if math else []), SHEET + stamp]
    context["styles"] += context["widget_styles"]
    context["scripts"] = ["_static/page.js" + stamp]
    context["scripts"] += context.get("page_scripts", [])
    if context["widget_scripts"]:
        context["scripts"] += [*context["widget_scripts"], "_static/host.js" + stamp]


def look(folders: list[Path]) -> str:
    """Return a short hash of all files in these folders: it changes when the site's look may have."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]


def setup(app: Sphinx) -> None:
    """Add the steps: the page's after the widgets', the files' before the unused ones are removed."""
    app.connect("html-page-context", add_to_page, priority=910)
    app.connect("build-finished", write, priority=100)
