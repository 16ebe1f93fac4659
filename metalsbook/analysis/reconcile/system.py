"""The linear system of one connected component: which sums of months the facts leave possible.

Variables are the cells (as last published) and the earlier vintages that prints show of them, each divided by its
series' usual month so that all are near 1. Rows are `matrix @ x <= limit`, each divided by the statement's level and
owned by an *element* that can be in doubt: a fact, or the *tie* that holds an earlier vintage within the allowance of
the last one. Rows without owner always hold: the parts of a total do not exceed it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from metalsbook.analysis.reconcile.blocks import Blocks, collapse_months
from metalsbook.analysis.reconcile.components import Link, link_parts
from metalsbook.analysis.reconcile.edges import cut_edges
from metalsbook.analysis.reconcile.facts import Cell, Fact
from metalsbook.analysis.reconcile.vintages import Vintage, published_vintages, vintages_of

LEAST_BASE = 1e-3
"""A rate or share compares with something: at least so many usual months. Months of size 0 satisfy any rate."""

NOBODY = -1
"""Owner of rows that always hold."""

Elements = frozenset[int]


@dataclass(frozen=True)
class System:
    """Rows over scaled variables, all at least 0.

    Attributes:
        facts: The component's facts, over blocks of months; elements 0 to len(facts) - 1.
        ties: The early vintages that are tied to the last ones; the elements after the facts.
        variables: Vintages; the first `len(cells)` of them are the cells as last published.
        cells: Representative cells of the blocks.
        blocks: The cells that each of them stands for.
        scale: Unit of each variable, in the unit of its series.
        matrix: Coefficients, one row an inequality.
        limit: Right-hand sides.
        owner: Element of each row, or `NOBODY`.
        links: Totals and their parts, as representative cells.
    """

    facts: tuple[Fact, ...]
    ties: tuple[Vintage, ...]
    variables: tuple[Vintage, ...]
    cells: tuple[Cell, ...]
    blocks: Blocks
    scale: np.ndarray
    matrix: sp.csr_matrix
    limit: np.ndarray
    owner: np.ndarray
    links: tuple[Link, ...]

    @property
    def elements(self) -> Elements:
        """All facts and ties."""
        return frozenset(range(len(self.facts) + len(self.ties)))

    def rows_of(self, kept: Iterable[int]) -> np.ndarray:
        """Return the numbers of the rows that always hold and of those that the given elements own."""
        allowed = np.zeros(len(self.facts) + len(self.ties) + 1, bool)
        allowed[[*kept, NOBODY]] = True
        return np.flatnonzero(allowed[self.owner])

    def around(self, core: Elements) -> Elements:
        """Return the elements that share a variable with one of `core`."""
        rows = np.flatnonzero(np.isin(self.owner, list(core)))
        columns = np.unique(self.matrix[rows].indices)
        touching = np.unique(self.matrix[:, columns].tocoo().row)
        return frozenset(int(element) for element in self.owner[touching] if element >= 0) | core

    def count_slips(self, elements: Elements) -> int:
        """Return how many slips it takes for all these elements to be wrong.

        Figures of one page, period and measure share its slip: five shares of the wrong total, five amounts in the
        wrong unit are one mistake. So do the months that one round revises.
        """
        count = len(self.facts)
        wrong = [self.facts[element] for element in elements if element < count]
        pages = {(fact.sources[0], fact.period, fact.measure, bool(fact.bottom)) for fact in wrong}
        revisions = {(cell.series, vintage) for cell, vintage in (self.ties[e - count] for e in elements if e >= count)}
        return len(pages) + len(revisions)

    def with_limit(self, limit: np.ndarray) -> "System":
        """Return the same system with other right-hand sides; rows without a limit are left out."""
        kept = np.flatnonzero(np.isfinite(limit))
        return replace(self, matrix=self.matrix[kept], limit=limit[kept], owner=self.owner[kept])


class _Rows:
    """Collects the rows of a sparse matrix."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, float]] = []
        self.limits: list[float] = []
        self.owners: list[int] = []

    def add(self, terms: dict[int, float], limit: float, owner: int) -> None:
        if np.isfinite(limit):
            self.entries += [(len(self.limits), variable, value) for variable, value in terms.items() if value]
            self.limits.append(limit)
            self.owners.append(owner)


def build_system(
    facts: list[Fact], totals: dict[str, str], allowances: dict[str, float], usual: dict[str, float]
) -> System:
    """Return the linear system of one component.

    Args:
        facts: Its facts, over months.
        totals: The series whose total a series is a part of.
        allowances: Revision allowance of each series, as a share (0.01 = 1%).
        usual: Usual month of each series; 1.0 where it has none.
    """
    links = link_parts({cell for fact in facts for cell in fact.cells}, totals)
    asked = published_vintages(facts)
    facts, blocks = collapse_months(facts, totals)
    cells = sorted(blocks)
    last = [(cell, asked[cell]) for cell in cells]
    shown = [sorted({vintages_of(fact, published) for published in fact.rounds}) for fact in facts]
    ties = sorted({vintage for prints in shown for sides in prints for side in sides for vintage in side} - set(last))
    variables = last + ties
    index = {vintage: number for number, vintage in enumerate(variables)}
    scale = np.array([usual.get(cell.series, 1.0) * sum(part.span for part in blocks[cell]) for cell, _ in variables])
    rows = _Rows()
    for number, (low, high) in enumerate(cut_edges(facts, shown)):
        fact = replace(facts[number], low=low, high=high)
        for sides in shown[number]:
            _add_fact(rows, number, fact, [[index[vintage] for vintage in side] for side in sides], scale)
    for number, tie in enumerate(ties):
        now, then = index[tie[0], asked[tie[0]]], index[tie]
        allowance = allowances.get(tie[0].series, 0.0)
        rows.add({then: 1.0, now: -(1 + allowance)}, 0.0, len(facts) + number)
        rows.add({then: -1.0, now: 1 - allowance}, 0.0, len(facts) + number)
    links = _collapse_links(links, blocks)
    _add_parts(rows, links, last, scale, allowances)
    lines, columns, values = zip(*rows.entries, strict=True)
    matrix = sp.csr_matrix((values, (lines, columns)), shape=(len(rows.limits), len(variables)))
    return System(
        tuple(facts),
        tuple(ties),
        tuple(variables),
        tuple(cells),
        blocks,
        scale,
        matrix,
        np.array(rows.limits),
        np.array(rows.owners),
        links,
    )


def usual_months(facts: list[Fact]) -> dict[str, float]:
    """Return the usual month of each series: the median over its amounts, else what its shares make of it."""
    levels: dict[str, list[float]] = defaultdict(list)
    for fact in facts:
        if not fact.bottom and np.isfinite(fact.high) and fact.high > 0:
            levels[fact.top[0].series].append(fact.high / sum(cell.span for cell in fact.top))
    usual = {name: float(np.median(values)) for name, values in levels.items()}
    shares = [fact for fact in facts if fact.bottom and fact.top[0].series != fact.bottom[0].series and fact.high > 0]
    for fact in [*shares, *reversed(shares)]:
        part, total = fact.top[0].series, fact.bottom[0].series
        if part in usual:
            usual.setdefault(total, usual[part] / fact.high)
        elif total in usual:
            usual[part] = usual[total] * fact.high
    return usual


def _add_fact(rows: _Rows, number: int, fact: Fact, sides: list[list[int]], scale: np.ndarray) -> None:
    """Add `low <= top <= high` (amount) or `low <= top / bottom <= high` (ratio), divided by the level of the top."""
    top, bottom = sides
    usual = scale[top].sum()
    level = usual if bottom else max(fact.high if np.isfinite(fact.high) else fact.low, 1e-6 * usual)
    above = {variable: scale[variable] / level for variable in top}
    if not bottom:
        rows.add(above, fact.high / level, number)
        rows.add({variable: -value for variable, value in above.items()}, -fact.low / level, number)
        return
    below = {variable: -scale[variable] / scale[bottom].sum() for variable in bottom}
    rows.add(below, -LEAST_BASE, number)
    for sign, ratio in ((1, fact.high), (-1, fact.low)):
        if np.isfinite(ratio):
            terms = defaultdict(float)
            for variable, value in above.items():
                terms[variable] += sign * value
            for variable in bottom:
                terms[variable] -= sign * ratio * scale[variable] / level
            rows.add(terms, 0.0, number)


def _collapse_links(links: list[Link], blocks: Blocks) -> tuple[Link, ...]:
    """Return the links between blocks of months, each once."""
    stands = {cell: first for first, cells in blocks.items() for cell in cells}
    unique = {tuple(tuple(sorted({stands[cell] for cell in side})) for side in link) for link in links}
    return tuple(sorted(unique))


def _add_parts(
    rows: _Rows, links: tuple[Link, ...], last: list[Vintage], scale: np.ndarray, allowances: dict[str, float]
) -> None:
    """Add `parts <= total`, once a block; figures last published in different rounds may have been revised between."""
    index = {cell: (number, vintage) for number, (cell, vintage) in enumerate(last)}
    for total, parts in links:
        torn = len({index[cell][1] for cell in (*total, *parts)}) > 1
        level = sum(scale[index[cell][0]] for cell in total)
        terms = defaultdict(float)
        for sign, cells in ((1, parts), (-1, total)):
            for cell in cells:
                number = index[cell][0]
                allowance = 1.05 * allowances.get(cell.series, 0.0) if torn else 0.0
                terms[number] += sign * (1 - sign * allowance) * scale[number] / level
        rows.add(terms, 0.0, NOBODY)
