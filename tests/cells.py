"""The cells of a notebook: their tags, and the names that their code binds and reads."""

import symtable


def has(cell, *tags):
    return not {*tags}.isdisjoint(cell.metadata.get("tags", []))


def names(source):
    """The notebook's names that a cell binds, and those that it reads (in its functions, too)."""
    top = symtable.symtable(source, "cell", "exec")
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    read, tables = set(), [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        outer = [s for s in table.get_symbols() if table is top or s.is_global()]
        read |= {s.get_name() for s in outer if s.is_referenced()}
    return bound, read
