"""Which facts hang together: through shared months, and through the parts and totals of a month."""

from collections import defaultdict
from collections.abc import Iterable

from metalsbook.analysis.reconcile.facts import Cell, Fact

Link = tuple[tuple[Cell, ...], tuple[Cell, ...]]
"""Cells of a total and cells of its parts for the same months."""


def split_components(facts: list[Fact], totals: dict[str, str]) -> list[list[Fact]]:
    """Return the facts of each connected component, both in sorted order.

    Args:
        facts: All facts.
        totals: The series whose total a series is a part of.
    """
    parent: dict[Cell, Cell] = {}

    def root(cell: Cell) -> Cell:
        while parent.setdefault(cell, cell) != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    for fact in facts:
        for cell in fact.cells:
            parent[root(cell)] = root(fact.cells[0])
    for total, parts in link_parts(parent, totals):
        for cell in (*total, *parts):
            parent[root(cell)] = root(total[0])
    groups: dict[Cell, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[root(fact.cells[0])].append(fact)
    return sorted(groups.values(), key=lambda group: group[0].key)


def link_parts(cells: Iterable[Cell], totals: dict[str, str]) -> list[Link]:
    """Return (cells of a total, cells of its parts) for every month, or year, in which both are known.

    A part of which only the year is known is held against the twelve months of its total, where all are known.
    """
    present = set(cells)
    year: dict[tuple[str, int], list[Cell]] = defaultdict(list)
    for cell in sorted(present):
        year[cell.series, cell.start // 12].append(cell)
    children: dict[tuple[str, int, int], list[Cell]] = defaultdict(list)
    for cell in sorted(present):
        if totals.get(cell.series):
            children[totals[cell.series], cell.start, cell.span].append(cell)
    links = []
    for (total, start, span), parts in sorted(children.items()):
        whole = Cell(total, start, span)
        known = [whole] if whole in present else year[total, start // 12] if span == 12 else []
        if sum(cell.span for cell in known) == span:
            links.append((tuple(known), tuple(parts)))
    return links
