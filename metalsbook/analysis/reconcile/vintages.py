"""Which print of a month is the last one, and which may still have been revised.

The unknown of a cell is its value *as last published*: the vintage that the latest round of prints about it carries,
be it as a level or inside a cumulated figure or a growth rate. A round is a calendar month of publication. A print of
an earlier round shows an earlier vintage if it came within `SETTLING_ROUNDS` of the month's end; later prints show
settled figures. Prints of one round share one vintage, so that a level and the growth rate beside it are never torn
apart.
"""

from collections.abc import Iterable

from metalsbook.analysis.reconcile.facts import Cell, Fact

SETTLING_ROUNDS = 3
"""A first print is revised within the next rounds, up to this many months after the month it is about."""

Vintage = tuple[Cell, int]
"""A cell as it stood in a round; round -1 stands for the value as last published."""

FINAL = -1


def last_rounds(facts: Iterable[Fact]) -> dict[Cell, int]:
    """Return for each cell the latest round in which a print about it appeared."""
    last: dict[Cell, int] = {}
    for fact in facts:
        for cell in fact.cells:
            last[cell] = max(last.get(cell, 0), fact.rounds[-1])
    return last


def vintage_of(cell: Cell, published: int, last: dict[Cell, int]) -> Vintage:
    """Return the vintage that a print shows of a cell.

    Args:
        cell: The month.
        published: Round of the print.
        last: Latest round of each cell.

    Returns:
        The cell with `FINAL`, or with the round itself where the figure was still open to revision.
    """
    age = published - (cell.start + cell.span - 1)
    open_to_revision = published < last[cell] and age <= SETTLING_ROUNDS
    return (cell, published if open_to_revision else FINAL)


def vintages_of(fact: Fact, published: int, last: dict[Cell, int]) -> tuple[list[Vintage], list[Vintage]]:
    """Return the vintages of a fact's top and bottom cells, as a print of one round shows them."""
    return (
        [vintage_of(cell, published, last) for cell in fact.top],
        [vintage_of(cell, published, last) for cell in fact.bottom],
    )
