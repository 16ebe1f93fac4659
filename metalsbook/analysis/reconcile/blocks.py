"""Months that no figure tells apart: they are solved for as one.

Where a year is known only by sums over the same months, these months are interchangeable: only their sum matters. One
variable then stands for all of them. Each single one can be anything from 0 to the sum, whatever else holds.
"""

from collections import defaultdict
from dataclasses import replace

from metalsbook.analysis.reconcile.facts import Cell, Fact
from metalsbook.analysis.reconcile.vintages import vintages_of

Blocks = dict[Cell, tuple[Cell, ...]]
"""The cells that each representative cell stands for; itself at least."""


def collapse_months(facts: list[Fact], totals: dict[str, str]) -> tuple[list[Fact], Blocks]:
    """Return the facts over blocks of months instead of months, and the blocks.

    Args:
        facts: Facts of one component.
        totals: The series whose total a series is a part of; months of a total and its parts are told apart together.
    """
    marks = _marks(facts)
    families = defaultdict(list)
    for cell in sorted(marks):
        families[family_of(cell.series, totals), cell.start, cell.span].append(cell)
    alike = defaultdict(list)
    for (family, start, span), cells in families.items():
        mark = tuple((cell.series, frozenset(marks[cell])) for cell in cells)
        alike[family, start // 12, span, mark].append(cells)
    blocks: Blocks = {}
    for months in alike.values():
        for cells in zip(*months, strict=True):
            blocks[cells[0]] = cells
    stands = {cell: first for first, cells in blocks.items() for cell in cells}
    return [
        replace(fact, top=_shorten(fact.top, stands), bottom=_shorten(fact.bottom, stands)) for fact in facts
    ], blocks


def _marks(facts: list[Fact]) -> dict[Cell, list[tuple]]:
    """Return for each cell every place where a print shows it, and in which vintage."""
    marks = defaultdict(list)
    for number, fact in enumerate(facts):
        for published in fact.rounds:
            for side, vintages in enumerate(vintages_of(fact, published)):
                for cell, vintage in vintages:
                    marks[cell].append((number, side, vintage))
    return marks


def family_of(name: str, totals: dict[str, str]) -> str:
    """Return the series at the top of the totals that a series is a part of; itself where it is part of none."""
    seen = {name}
    while totals.get(name) and totals[name] not in seen:
        name = totals[name]
        seen.add(name)
    return name


def _shorten(cells: tuple[Cell, ...], stands: dict[Cell, Cell]) -> tuple[Cell, ...]:
    return tuple(sorted({stands[cell] for cell in cells}))
