"""A small table of results: rows of named values, printed as aligned text or as HTML."""

import html
import numbers
from dataclasses import dataclass

from coursekit._checks import one_of, whole_number

SHOWN = 20


@dataclass(frozen=True, repr=False)
class Table:
    """Rows of named values. A value that a row lacks is shown as an empty cell.

    Printed, and shown by a notebook, are the first 20 rows with four significant digits; the rows
    themselves hold the full numbers.

    Attributes:
        rows: a tuple of dicts.
        note: a sentence to show below the rows, or an empty string.

    Example:
        >>> table = Table(({"lr": 0.1, "loss": 2.0}, {"lr": 0.01, "loss": 1 / 3}))
        >>> table.sorted("loss")
          lr    loss
        0.01  0.3333
         0.1       2
        >>> table.column("lr")
        [0.1, 0.01]
    """

    rows: tuple
    note: str = ""

    @property
    def columns(self):
        """The names of the columns, in the order in which they first appear."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    def column(self, name):
        """Return the values of a column as a list, with None where a row has none.

        Raises:
            ValueError: if there is no such column.
        """
        one_of("column", name, self.columns)
        return [row.get(name) for row in self.rows]

    def sorted(self, by):
        """Return a `Table` with the rows in ascending order of a column.

        Raises:
            ValueError: if there is no such column, or a row has no value there.
        """
        one_of("column", by, self.columns)
        for i, row in enumerate(self.rows):
            if by not in row:
                raise ValueError(f"row {i} has no {by!r} to sort by")
        return Table(tuple(sorted(self.rows, key=lambda row: row[by])), self.note)

    def head(self, n):
        """Return a `Table` of the first ``n`` rows."""
        return Table(self.rows[: whole_number("n", n, at_least=0)], self.note)

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def __getitem__(self, index):
        return self.rows[index]

    def __repr__(self):
        cells = [self.columns, *self._cells()]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
            for line in cells
        ]
        return "\n".join([line.rstrip() for line in lines] + self._remarks())

    def _repr_html_(self):
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in line)}</tr>"
            for line in self._cells()
        )
        remarks = "".join(f"<p>{html.escape(remark)}</p>" for remark in self._remarks())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{remarks}"

    def _cells(self):
        """The rows that are shown, as lists of texts."""
        names = self.columns
        return [[_text(row.get(name, "")) for name in names] for row in self.rows[:SHOWN]]

    def _remarks(self):
        hidden = len(self.rows) - SHOWN
        return [f"... {hidden} more"] * (hidden > 0) + [self.note] * bool(self.note)


def _text(value):
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
        return f"{value:.4g}"
    return str(value)
