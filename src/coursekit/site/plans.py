"""Plans for workshops (``book/workshop/plans.yml``), and what makes one that cannot be kept.

A plan is refused when a day overruns its length, goes on for too long without a break, or uses a
chapter before what it builds on without saying what to tell instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coursekit.site.entries import Entry, OutlineError
from coursekit.site.outline import Outline, missing, read_yaml

FILE = "workshop/plans.yml"
#: After this many minutes people need a break, and of at least so many minutes.
STRETCH, BREAK = 90, 10
#: A day of more than this many minutes needs a meal, and of at least so many minutes.
LONG_DAY, MEAL = 300, 45
#: Fewer minutes than this are not enough for a section of a chapter.
SHORTEST = 2


@dataclass(frozen=True)
class Block:
    """Some minutes of a day.

    Attributes:
        what: Its title; a chapter's own, for a chapter.
        minutes: How long it takes.
        do: What the teacher does.
        page: The chapter it is taken from, or "".
        sections: Headings of the chapter, when only these are used.
        instead: Chapters left out on which this one builds, and what to tell instead.
        is_break: Whether it is a break.
    """

    what: str
    minutes: int
    do: str
    page: str = ""
    sections: tuple[str, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    is_break: bool = False


@dataclass(frozen=True)
class Day:
    """Blocks in order, and the minutes there are."""

    minutes: int
    blocks: tuple[Block, ...]

    @property
    def used(self) -> int:
        """The blocks' minutes together."""
        return sum(block.minutes for block in self.blocks)

    def clock(self) -> Iterator[tuple[int, Block]]:
        """Yield each block with the minutes that have passed before it."""
        passed = 0
        for block in self.blocks:
            yield passed, block
            passed += block.minutes


@dataclass(frozen=True)
class Plan:
    """A workshop: for whom, what it is after, its days."""

    name: str
    title: str
    who: str
    aim: str
    days: tuple[Day, ...]

    @property
    def pages(self) -> tuple[str, ...]:
        """The chapters it draws on, each once, in order."""
        used = [block.page for day in self.days for block in day.blocks if block.page]
        return tuple(dict.fromkeys(used))


def load(book: Path, course: Outline) -> dict[str, Plan]:
    """Read the plans below ``book``; their names to them, in the file's order.

    Raises:
        OutlineError: an entry is not what it should be, or a plan cannot be kept; says which and why.
    """
    top = Entry(read_yaml(book / FILE), FILE, {"plans"})
    plans = [_plan(entry, course) for entry in top.entries("plans")]
    faults = [f"{plan.name}: {fault}" for plan in plans for fault in problems(plan, course)]
    if faults:
        raise OutlineError(f"{FILE}, {'; '.join(faults)}")
    return {plan.name: plan for plan in plans}


def problems(plan: Plan, course: Outline) -> list[str]:
    """Say in a sentence each what keeps a plan from being kept; an empty list for a good one."""
    found = []
    for number, day in enumerate(plan.days, 1):
        found += [f"day {number} {fault}" for fault in _day_problems(day)]
    blocks = [block for day in plan.days for block in day.blocks if block.page]
    found += missing(course, [(block.page, dict(block.instead)) for block in blocks])
    for page in plan.pages:
        if page in course.chapters:
            found += _chapter_problems(page, [b for b in blocks if b.page == page], course)
    return found


def _day_problems(day: Day) -> list[str]:
    found, stretch = [], 0
    if day.used > day.minutes:
        found.append(f"takes {day.used} minutes and has {day.minutes}")
    for passed, block in day.clock():
        stretch = 0 if block.is_break and block.minutes >= BREAK else stretch + block.minutes
        if stretch > STRETCH:
            found.append(
                f"has no break of {BREAK} minutes in the {stretch} before "
                f"{_clock(passed + block.minutes)}"
            )
            stretch = 0
    longest = max((block.minutes for block in day.blocks if block.is_break), default=0)
    if day.minutes > LONG_DAY and longest < MEAL:
        found.append(f"is longer than {LONG_DAY} minutes and has no break of {MEAL} for a meal")
    return found


def _chapter_problems(page: str, blocks: list[Block], course: Outline) -> list[str]:
    chapter, found = course.chapters[page], []
    for block in blocks:
        for section in block.sections:
            if section not in chapter.notebook.headings:
                found.append(f"{page} has no section {section!r}")
        if block.minutes < SHORTEST * len(block.sections):
            found.append(f"{page}: {block.minutes} minutes for {len(block.sections)} sections")
    used = sum(block.minutes for block in blocks)
    if used > chapter.minutes:
        found.append(f"{page} is given {used} minutes, and takes {chapter.minutes} as a whole")
    return found


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _plan(entry: Entry, course: Outline) -> Plan:
    entry.only({"name", "title", "who", "aim", "days"})
    days = []
    for each in entry.entries("days"):
        each.only({"minutes", "blocks"})
        blocks = tuple(_block(block, course) for block in each.entries("blocks"))
        days.append(Day(each.number("minutes"), blocks))
    return Plan(*(entry.text(key) for key in ("name", "title", "who", "aim")), tuple(days))


def _block(entry: Entry, course: Outline) -> Block:
    """Read a block: a chapter, whole or in sections, or a break, or something else."""
    if "break" in entry.given:
        entry.only({"break", "minutes"})
        return Block(entry.text("break"), entry.number("minutes"), "", is_break=True)
    if "what" in entry.given:
        entry.only({"what", "minutes", "do"})
        return Block(entry.text("what"), entry.number("minutes"), entry.text("do"))
    entry.only({"chapter", "do"}, {"sections", "minutes", "instead"})
    page, sections = entry.text("chapter"), entry.texts("sections")
    if page not in course.chapters:
        raise OutlineError(f"{entry.where}: there is no chapter {page!r}")
    chapter = course.chapters[page]
    if bool(sections) != ("minutes" in entry.given):
        raise OutlineError(
            f"{entry.where}: a whole chapter takes its own minutes; with 'sections' say the 'minutes'"
        )
    minutes = entry.number("minutes") if sections else chapter.minutes
    instead = tuple(entry.words("instead").items())
    return Block(chapter.title, minutes, entry.text("do"), page, sections, instead)
