"""One line of the table of measurements, and the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        what: What was measured.
        measured: The figure, in ``unit``; None for a value that is only told in ``note``.
        unit: Unit of the figure and of its budget, such as ``ms``.
        budget: The figure should be at most this (at least, with ``least``); None where there is none.
        least: The budget is a lower bound.
        note: How it was measured, or what else to know.
    """

    what: str
    measured: float | None
    unit: str = ""
    budget: float | None = None
    least: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """``yes`` or ``NO`` where there is a budget, else an empty string."""
        if self.budget is None or self.measured is None:
            return ""
        within = self.measured >= self.budget if self.least else self.measured <= self.budget
        return "yes" if within else "NO"


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def figure(value: float | None, unit: str) -> str:
    """Return a figure with three digits or more, and its unit.

    Example:
        >>> figure(3.14159, "ms")
        '3.14 ms'
        >>> figure(1234.5, "kB")
        '1234 kB'
    """
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 or float(value).is_integer() else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".strip()


def markdown(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = ["| what | measured | budget | within | how |", "|---|--:|--:|:-:|---|"]
    for row in rows:
        bound = (
            ""
            if row.budget is None
            else ("≥ " if row.least else "≤ ") + figure(row.budget, row.unit)
        )
        cells = [row.what, figure(row.measured, row.unit), bound, row.verdict, row.note]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
