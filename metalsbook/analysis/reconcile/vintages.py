"""Which value of a month a print shows: first prints are revised, silently where figures are cumulated.

The unknown of a month is its value *as last published*: as last printed as a level, or, where no level was ever
printed, as the latest print about it shows it. Sums and rates *carry* the month: a print of the same round shows the
same value; of other rounds, another vintage, which the series' revision allowance holds near the first. A round is a
calendar month of publication; from `SETTLING_ROUNDS` rounds after the month on, prints show one settled value.

So a level keeps the precision it was printed with, a level and the growth rate beside it are never torn apart, and a
cumulated figure of December may differ from the sum of the months that were printed from January on.
"""

from collections.abc import Iterable

from metalsbook.analysis.reconcile.facts import Cell, Fact

SETTLING_ROUNDS = 3
"""Prints up to this many months after the month they are about may still be revised."""

SETTLED = 999_999
"""Vintage of all later prints; earlier vintages are the round they were printed in."""

Vintage = tuple[Cell, int]


def vintage_of(cell: Cell, published: int) -> int:
    """Return the vintage that a print of a round shows of a cell."""
    age = published - (cell.start + cell.span - 1)
    return published if age <= SETTLING_ROUNDS else SETTLED


def published_vintages(facts: Iterable[Fact]) -> dict[Cell, int]:
    """Return the vintage in which each cell was last published: that of its last level, else of its last print."""
    last: dict[Cell, tuple[bool, int]] = {}
    for fact in facts:
        alone = not fact.bottom and len(fact.top) == 1
        for cell in fact.cells:
            last[cell] = max(last.get(cell, (False, 0)), (alone, fact.rounds[-1]))
    return {cell: vintage_of(cell, published) for cell, (_, published) in last.items()}


def vintages_of(fact: Fact, published: int) -> tuple[tuple[Vintage, ...], tuple[Vintage, ...]]:
    """Return the vintages of a fact's top and bottom cells, as a print of one round shows them."""
    return (
        tuple((cell, vintage_of(cell, published)) for cell in fact.top),
        tuple((cell, vintage_of(cell, published)) for cell in fact.bottom),
    )
