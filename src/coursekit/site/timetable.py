"""A workshop's plan as a timetable, and the handout that goes with it."""

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx

from coursekit.site.entries import OutlineError
from coursekit.site.generated import Generated, choice, link
from coursekit.site.outline import Chapter
from coursekit.site.plans import Block, Plan
from coursekit.site.times import Run, hours, seconds

#: The section of a chapter that sums it up.
SUMMARY = "In short"


class PlanDirective(Generated):
    """A directive whose first argument is the name of a plan."""

    required_arguments = 1
    optional_arguments = 1

    @property
    def plan(self) -> Plan:
        """The plan that is named."""
        if self.arguments[0] not in self.plans:
            raise OutlineError(f"there is no plan {self.arguments[0]!r}")
        return self.plans[self.arguments[0]]


class PlanFacts(PlanDirective):
    """``{plan-facts} name``: for whom a plan is, what it is after, what has to be installed."""

    def write(self) -> list[nodes.Node]:
        """Write a paragraph."""
        plan, measured = self.plan, self.runs()
        chapters = [self.outline.chapters[page] for page in plan.pages]
        running = sum(measured[page].seconds for page in plan.pages)
        torch = any(chapter.packages for chapter in chapters)
        install = 'pip install ".[torch]" jupyterlab' if torch else "pip install . jupyterlab"
        return self.parse(
            f"{plan.who} {plan.aim}\n\n"
            f"To install: `{install}`. The {len(chapters)} notebooks run for {seconds(running)} in all."
        )


class Timetable(PlanDirective):
    """``{timetable} name`` or ``{timetable} name day``: a plan's day, block by block."""

    def write(self) -> list[nodes.Node]:
        """Write the day as a list in order."""
        number = int(self.arguments[1]) if len(self.arguments) > 1 else 1
        if not 1 <= number <= len(self.plan.days):
            raise OutlineError(f"the plan {self.plan.name} has no day {number}")
        day, measured = self.plan.days[number - 1], self.runs()
        table = nodes.enumerated_list(classes=["timetable"])
        for passed, block in day.clock():
            kind = "timetable-break" if block.is_break else "timetable-block"
            item = nodes.list_item(classes=[kind])
            item += self.parse(self._block(passed, block, measured))
            table += item
        spare = day.minutes - day.used
        rest = self.parse(
            f"{hours(day.used)} of {hours(day.minutes)}; {spare} minutes are in reserve."
        )
        return [table, *rest]

    def _block(self, passed: int, block: Block, measured: dict[str, Run]) -> str:
        clock = f"[{passed // 60}:{passed % 60:02}]{{.clock}}"
        minutes = f"[{block.minutes} min]{{.block-minutes}}"
        if not block.page:
            lines = [f"{clock} [**{block.what}**]{{.block-title}} {minutes}"]
        else:
            chapter = self.outline.chapters[block.page]
            lines = [f"{clock} [{link(chapter)}]{{.block-title}} {minutes}"]
            if block.sections:
                sections = " · ".join(self._section(chapter, name) for name in block.sections)
                lines.append(f"[{sections}]{{.block-sections}}")
        if block.do:
            lines.append(block.do)
        for page, told in block.instead:
            lines.append(f"*In place of {link(self.outline.chapters[page])}, tell:* {told}.")
        if block.page:
            lines.append(f"[{self._links(chapter, measured[block.page])}]{{.block-links}}")
        return "\n\n".join(lines)

    def _section(self, chapter: Chapter, name: str) -> str:
        """Link to where the section begins in the chapter's slides."""
        slides = self.href(f"slides/{chapter.page}.html")
        # Right behind a tag, a straight quote would be taken for a closing one.
        words = re.sub('"([^"]*)"', "“\\1”", name)
        return f'<a href="{slides}#slide-{nodes.make_id(name)}">{escape(words)}</a>'

    def _links(self, chapter: Chapter, run: Run) -> str:
        slides = self.href(f"slides/{chapter.page}.html")
        notebook = self.href(f"editions/instructor/{chapter.page}.ipynb")
        name = escape(chapter.title)
        return (
            f'<a href="{slides}">Slides<span class="visually-hidden"> of {name}</span></a> · '
            f'<a href="{notebook}" download>instructor notebook<span class="visually-hidden"> of {name}'
            f"</span></a> · runs for {seconds(run.seconds)}"
        )


class HandoutChoice(Generated):
    """``{handout-choice}``: which plan's chapters to print; without a choice, all."""

    def write(self) -> list[nodes.Node]:
        """Write the buttons; the style sheet hides what is not chosen."""
        options = [("all", "The whole course")]
        options += [(name, escape(plan.title)) for name, plan in self.plans.items()]
        html = choice("Print the sheets for", "sheets", "sheets", options)
        return [nodes.raw("", html, format="html")]


class Summaries(Generated):
    """``{part-summaries} folder``: what the part's chapters say in short."""

    required_arguments = 1

    def write(self) -> list[nodes.Node]:
        """Take the section out of each notebook."""
        sheet = nodes.container(classes=["summaries"])
        for chapter in self.outline.part(self.arguments[0]).chapters:
            used = [f"in-{name}" for name, plan in self.plans.items() if chapter.page in plan.pages]
            box = nodes.container(classes=["summary", *used])
            box += self.parse(
                f"[{link(chapter)}]{{.summary-title}}\n\n{chapter.notebook.section(SUMMARY)}"
            )
            sheet += box
        return [sheet]


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("plan-facts", PlanFacts)
    app.add_directive("timetable", Timetable)
    app.add_directive("handout-choice", HandoutChoice)
    app.add_directive("part-summaries", Summaries)
