"""What an update has done, in a few lines."""

from coursekit.learner.merge import Report
from coursekit.learner.threeway import OUTCOMES

#: How many names stand in a line before "and … more".
_NAMED = 3


def words(report: Report, edition: str) -> str:
    """Return the report as text: a line for each thing that happened, then where copies lie.

    Args:
        report: What was done.
        edition: The edition's name.
    """
    total = sum(len(paths) for paths in report.done.values())
    quiet = len(report.done["current"])
    lines = [f"{report.folder}: {total} notebooks, {edition} edition"]
    if quiet == total:
        lines[0] += ", all up to date"
    for outcome, what in OUTCOMES.items():
        paths = report.done[outcome]
        if paths and outcome != "current":
            lines.append(f"{len(paths):4d} {what}{_names(paths, total)}")
    return "\n".join([*lines, *(f"     {note}" for note in report.notes)])


def _names(paths: list[str], total: int) -> str:
    if len(paths) == total:
        return ""
    named = ", ".join(paths[:_NAMED])
    return f": {named}" + (f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else "")
