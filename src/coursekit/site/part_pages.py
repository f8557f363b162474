"""A part's first page: what one needs, and its chapters; and the course's parts and times as lists."""

from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx

from coursekit.site.generated import Generated, link
from coursekit.site.outline import Part
from coursekit.site.times import Run, hours, seconds

#: Packages that `pip install .` leaves out: their names, and the extra of ``pyproject.toml`` with them.
PACKAGES = {
    "torch": ("PyTorch", "torch"),
    "xgboost": ("XGBoost", "boosting"),
    "lightgbm": ("LightGBM", "boosting"),
    "jax": ("JAX", "jax"),
    "tensorflow": ("TensorFlow", "tensorflow"),
}


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence does.

    Example:
        >>> listed(["A", "B", "C"])
        'A, B and C'
    """
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


class PartNeeds(Generated):
    """``{part-needs} folder``: mathematics, Python, packages, earlier chapters and time."""

    required_arguments = 1

    def write(self) -> list[nodes.Node]:
        """Write a list of terms."""
        part = self.outline.part(self.arguments[0])
        own = {chapter.page for chapter in part.chapters}
        before = [
            link(chapter)
            for page, chapter in self.outline.chapters.items()
            if page not in own and any(page in each.builds_on for each in part.chapters)
        ]
        measured = self.runs()
        running = sum(measured[page].seconds for page in own)
        needs = {
            "Mathematics": part.mathematics,
            "Python": part.python,
            "Packages": _packages(part),
            "Chapters before it": listed(before) + "." if before else "None.",
            "Time": f"{hours(part.minutes)} for the {len(own)} chapters, with most of the exercises. "
            f"Their notebooks run for {seconds(running)} in all.",
        }
        return self.parse("\n\n".join(f"{name}\n: {words}" for name, words in needs.items()))


def _packages(part: Part) -> str:
    """Say what to install for a part, and for which of its chapters."""
    users: dict[str, list[str]] = {}
    for chapter in part.chapters:
        for package in chapter.packages:
            users.setdefault(package, []).append(chapter.number)
    if not users:
        return (
            "The course's own library and what it brings (NumPy, matplotlib, scikit-learn): "
            "`pip install .` in the folder of the course."
        )
    extras = ",".join(dict.fromkeys(PACKAGES[name][1] for name in users))
    named = listed(
        PACKAGES[name][0]
        + ("" if len(chapters) == len(part.chapters) else f" (for {listed(chapters)})")
        for name, chapters in users.items()
    )
    return (
        f"Besides the course's own library, {named}. In the folder of the course: "
        f'`pip install ".[{extras}]"`. '
        "A notebook that lacks a package says so, and how to get it."
    )


class PartChapters(Generated):
    """``{part-chapters} folder``: each chapter with minutes, what it builds on and a line or two."""

    required_arguments = 1

    def write(self) -> list[nodes.Node]:
        """Write a list of terms."""
        entries = []
        for chapter in self.outline.part(self.arguments[0]).chapters:
            others = [link(self.outline.chapters[page]) for page in chapter.builds_on]
            builds = f"Builds on {listed(others)}. " if others else ""
            ways = [w.title for w in self.outline.ways if chapter.page in {s.page for s in w.stops}]
            on = ""
            if ways:
                many = "s" if len(ways) > 1 else ""
                on = f" On the path{many} *{listed(ways)}*."
            entries.append(
                f"{link(chapter)}\n: {chapter.blurb}\n\n"
                f"  [{chapter.minutes} minutes. {builds}{on.strip()}]{{.chapter-facts}}"
            )
        return self.parse("\n\n".join(entries))


class CourseParts(Generated):
    """``{course-parts}``: the parts, each with what it is about."""

    def write(self) -> list[nodes.Node]:
        """Write a list of terms."""
        entries = [
            f"[{part.number} · {part.title}](/{part.page}.md)\n: {part.about}"
            for part in self.outline.parts
        ]
        return self.parse("\n\n".join(entries))


class CourseTimes(Generated):
    """``{course-times}``: all chapters with minutes to read and seconds to run."""

    def write(self) -> list[nodes.Node]:
        """Write a table, part by part, and say what it was measured on."""
        measured = self.runs()
        lines = ["| Chapter | To read | To run |", "|---|--:|--:|"]
        for part in self.outline.parts:
            lines += self._rows(part, measured)
        total = sum(run.seconds for run in measured.values())
        reading = self.outline.minutes(self.outline.chapters)
        lines.append(f"| **The whole course** | **{hours(reading)}** | **{total / 60:.1f} min** |")
        cores = {run.cores for run in measured.values()} - {None}
        machine = (
            f"one with {listed(map(str, sorted(cores)))} cores"
            if cores
            else "one that is not on record"
        )
        lines += [
            "",
            f"Measured while the site was built, with as many chapters running at a time as the machine "
            f"has processor cores: {machine}.",
        ]
        return self.parse("\n".join(lines))

    def _rows(self, part: Part, measured: dict[str, Run]) -> list[str]:
        total = sum(measured[chapter.page].seconds for chapter in part.chapters)
        title = f"[{part.number} · {part.title}](/{part.page}.md)"
        rows = [f"| **{title}** | **{hours(part.minutes)}** | **{seconds(total)}** |"]
        for chapter in part.chapters:
            run = seconds(measured[chapter.page].seconds)
            rows.append(f"| {link(chapter)} | {chapter.minutes} min | {run} |")
        return rows


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("part-needs", PartNeeds)
    app.add_directive("part-chapters", PartChapters)
    app.add_directive("course-parts", CourseParts)
    app.add_directive("course-times", CourseTimes)
