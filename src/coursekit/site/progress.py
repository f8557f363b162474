"""What readers have done, kept by their browser alone: boxes to tick in the chapters, and a page of sums.

A chapter's objectives and exercises get a box each; what exists in the course goes into the script that
makes them work, so that it needs no request. Without JavaScript no box is shown.
"""

import hashlib
import json
import re
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from coursekit.site import tasks
from coursekit.site.contents import parts

SCRIPT = "progress.js"
PAGE_SCRIPT = "progress-page.js"
TABLE = 'class="progress-table"'
KINDS = ("objectives", "exercises", "quiz")
_HEADING = re.compile(
    r'(<div class="heading heading-\d"><h\d>Exercise (\d+\.\d+\.\d+) · .*?</a>)(</div>)', re.S
)


class ProgressTable(nodes.General, nodes.Element):
    """The place of the sums and of the buttons on the progress page."""


class ProgressDirective(SphinxDirective):
    """``{progress}``: what the reader has ticked and answered, by chapter."""

    def run(self) -> list[nodes.Node]:
        """Keep the place; what stands there is known when all chapters are read."""
        return [ProgressTable()]


class Boxes(SphinxPostTransform):
    """Give each objective its box, and write the progress page's table."""

    default_priority = 330
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Go through the page."""
        docname = self.env.docname
        marks = tasks.collected(self.env)[docname].objectives
        for paragraph, mark in zip(tasks.objectives(self.document), marks, strict=True):
            paragraph.parent.parent["classes"] = ["objectives"]
            name = f"objective-{mark}"
            box = (
                f'<input type="checkbox" class="tick js-only" id="{name}" data-page="{docname}" '
                f'value="{mark}"><label for="{name}">'
            )
            paragraph.insert(0, nodes.raw("", box, format="html"))
            paragraph.append(nodes.raw("", "</label>", format="html"))
        for place in list(self.document.findall(ProgressTable)):
            place.replace_self(nodes.raw("", table(self.env), format="html"))


def exercise_box(docname: str, number: str) -> str:
    """Return the box that stands beside an exercise's heading."""
    return (
        f'<label class="done js-only"><input type="checkbox" class="tick" data-page="{docname}" '
        f'value="{number}"> done'
        f'<span class="visually-hidden"> with exercise {number}</span></label>'
    )


def table(env: BuildEnvironment) -> str:
    """Return the progress page's table: for each chapter how many tasks it has, for the script to fill in."""
    course = env.coursekit_course
    bodies = []
    for part in parts(env):
        rows = []
        for page in part.pages:
            if page not in course:
                continue
            number = tasks.collected(env)[page].number
            title = escape(f"{number} {env.titles[page].astext()}".strip())
            cells = "".join(_cell(kind, _count(course[page], kind)) for kind in KINDS)
            rows.append(
                f'<tr data-page="{page}"><th scope="row"><a href="{page}.ipynb">{title}</a></th>{cells}</tr>'
            )
        if rows:
            head = f'<tr><th colspan="4" scope="rowgroup">{escape(part.caption)}</th></tr>'
            bodies.append(f"<tbody>{head}{''.join(rows)}</tbody>")
    sums = "".join(_cell(kind, sum(_count(c, kind) for c in course.values())) for kind in KINDS)
    return (
        '<div class="progress-tools js-only">'
        '<p class="progress-sum"></p>'
        '<p class="progress-barred" hidden>Your browser lets this page keep nothing. What you tick or import '
        "holds until you leave the page; export it to keep it.</p>"
        '<div class="progress-buttons"><button type="button" class="plain-button" data-do="export">Export'
        '</button><label class="plain-button">Import <input type="file" class="visually-hidden" '
        'accept=".json,.jsonl"></label>'
        '<button type="button" class="plain-button" data-do="erase">Erase…</button></div>'
        '<p class="progress-said" role="status"></p></div>'
        f'<table {TABLE}><thead><tr><th scope="col">Chapter</th>'
        '<th scope="col">Objectives</th><th scope="col">Exercises</th><th scope="col">Quiz</th></tr></thead>'
        f'{"".join(bodies)}<tfoot><tr><th scope="row">All chapters</th>{sums}</tr></tfoot></table>'
        '<dialog class="progress-dialog" aria-labelledby="erase-title" aria-describedby="erase-text">'
        '<form method="dialog"><h2 id="erase-title">Erase your progress?</h2>'
        '<p id="erase-text">All ticks, quiz answers and guesses that this browser keeps of the course are '
        "erased. The color scheme stays. This cannot be undone; an exported file can be imported again.</p>"
        '<p><button type="submit" class="plain-button" value="keep" autofocus>Keep it</button> '
        '<button type="button" class="plain-button" data-do="export-first">Export it first</button> '
        '<button type="submit" class="plain-button" value="erase">Erase all of it</button></p>'
        "</form></dialog>"
    )


def _count(chapter: dict[str, Any], kind: str) -> int:
    return len((chapter["quiz"] or {"right": []})["right"] if kind == "quiz" else chapter[kind])


def _cell(kind: str, count: int) -> str:
    return f'<td data-kind="{kind}"><span class="js-only"><b>0</b> of </span>{count}</td>'


def add_to_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the exercises' boxes beside their headings, and name the scripts."""
    body = context.get("body", "")
    scripts = context.setdefault("page_scripts", [])
    scripts.append(f"_static/{SCRIPT}?v={stamp(app.env)}")
    if TABLE in body:
        scripts.append(f"_static/{PAGE_SCRIPT}?v={app.config.coursekit_look}")
    if body:
        context["body"] = _HEADING.sub(
            lambda found: found[1] + exercise_box(pagename, found[2]) + found[3], body
        )


def script(env: BuildEnvironment) -> str:
    """Return the script of all pages, with what exists in the course at its head."""
    data = json.dumps(env.coursekit_course, separators=(",", ":"))
    source = resources.files("coursekit.site") / "static" / SCRIPT
    return f"window.ckCourse = {data};\n{source.read_text('utf8')}"


def stamp(env: BuildEnvironment) -> str:
    """Return a short hash of that script, for its address."""
    return hashlib.sha256(script(env).encode()).hexdigest()[:8]


def reprint(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have all pages written again when what exists in the course has changed: they name the script."""
    seen, env.coursekit_course = getattr(env, "coursekit_course", None), tasks.course(env)
    return [] if seen == env.coursekit_course else sorted(env.found_docs)


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the script into the site."""
    if not error and app.builder.format == "html":
        Path(app.outdir, "_static", SCRIPT).write_text(script(app.env), "utf8")


def setup(app: Sphinx) -> None:
    """Add the directive and the steps: the boxes once the headings stand."""
    app.add_node(ProgressTable)
    app.add_directive("progress", ProgressDirective)
    app.add_post_transform(Boxes)
    app.connect("html-page-context", add_to_page, priority=885)
    app.connect("env-updated", reprint)
    app.connect("build-finished", write, priority=100)
