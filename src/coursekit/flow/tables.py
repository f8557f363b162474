"""Tables of figures: aligned text, and HTML."""

import math
from html import escape

from coursekit.amounts import amount


def text_table(head, rows, texts):
    """Return rows under their column heads.

    The first ``texts`` columns hold text and stand on the left; the others hold numbers.
    """
    cells = [head, *([cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (
        [text.ljust(width) for text, width in zip(line[:texts], widths[:texts], strict=True)]
        + [text.rjust(width) for text, width in zip(line[texts:], widths[texts:], strict=True)]
        for line in cells
    )
    return "\n".join("  ".join(line).rstrip() for line in lines)


def html_table(head, rows, texts):
    """Return the same table as HTML, escaped."""
    return (
        "<table><thead><tr>"
        + "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
        + "</tr></thead><tbody>"
        + "".join(f"<tr>{''.join(_html_cells(row, texts))}</tr>" for row in rows)
        + "</tbody></table>"
    )


def _html_cells(row, texts):
    """Yield the cells of a row: the first names the row, numbers stand on the right."""
    yield f'<th scope="row">{escape(cell(row[0]))}</th>'
    for i, value in enumerate(row[1:], start=1):
        style = "" if i < texts else ' style="text-align: right"'
        yield f"<td{style}>{escape(cell(value))}</td>"


def cell(value):
    """Write a value: numbers with three significant digits, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return amount(value)
