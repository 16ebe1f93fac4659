"""The linear system of one connected component: which sums of months the figures leave possible.

Variables are the cells (as last published) and the earlier vintages that prints show of them, each divided
by its series' usual month so that all are near 1. Rows are `matrix @ x <= limit`, each divided by the statement's level
and owned by an *element*: a fact, or the *tie* that holds an earlier vintage, or a restated base, within its limit.
Rows without owner always hold: the parts of a total do not exceed it.

| statement | inequality, h half of the last printed digit |
| --- | --- |
| level v of t | v-h <= x[t] <= v+h |
| mom p% | (1+(p-h)/100) x[t-1] <= x[t] <= (1+(p+h)/100) x[t-1] |
| yoy, ytd_yoy p% | the same, against the base as that round states it: z |
| base | (1-B) sum of the months <= z <= (1+B) sum of the months, B the re-basing limit |
| ytd, year v | v-h <= sum of the months <= v+h |
| mean3 v | v-h <= (x[t-2]+x[t-1]+x[t])/3 <= v+h |
| share p% | (p-h)/100 total <= part <= (p+h)/100 total |
| two vintages | (1-r) x'[t] <= x[t] <= (1+r) x'[t], r the revision limit |
| part_of | sum of the parts <= total |

`STRICT` is the above. `LOOSE` grants an element what bureaus and publishers do most often: digits cut off instead of
rounded, a revision or a new base of twice the limit. `WIDE` is for cumulated figures of a year that was restated as a
whole. A fact that is `OUT` says nothing; a tie
is never out: nothing is loosened without a limit.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from metalsbook.analysis.reconcile.facts import (
    SETTLED,
    Cell,
    Fact,
    Kind,
    Vintage,
    published_vintages,
    vintage_of,
    vintages_of,
)

STRICT, LOOSE, WIDE, OUT = 0, 1, 2, 3
NOBODY = -1

LEAST_BASE = 1e-3
"""A rate or share compares with something: at least so many usual months. Months of size 0 satisfy any rate."""

RESTATED = 0.025
"""How far a cumulated figure may lie from the sum of its months where the office has restated the year so far."""

SLIVER, VISIBLE, TOUCH = 0.01, 2e-6, 1e-9
"""Prints that meet only at the edge of their rounding are rivals: nobody rounds one value to both. Of both the share
`SLIVER` of the rounding is cut off there, `VISIBLE` of the level at least; edges as near as `TOUCH` are the same."""

Link = tuple[tuple[Cell, ...], tuple[Cell, ...]]
"""Cells of a total and cells of its parts for the same months."""


CAP = {"revision": 0.03, "base": 0.025}
"""What differs by more is no revision and no new base but an error, as a share; the limit where checks say nothing."""


@dataclass(frozen=True)
class Habits:
    """What is known of the offices and publishers."""

    # By kind (`revision`, `base`) and family, as a share
    limits: dict[tuple[str, str], float] = field(default_factory=dict)
    # Revision limit of a series' month (months since year 0) that was revised together with other series
    joint: dict[tuple[str, int], float] = field(default_factory=dict)
    # Re-basing limit of a series' year, where a growth rate beside both of its levels shows it
    of_year: dict[tuple[str, int], float] = field(default_factory=dict)
    family: dict[str, str] = field(default_factory=dict)
    # Publishers that cut digits off
    cut: frozenset[Kind] = frozenset()
    unsure: frozenset[Kind] = frozenset()  # Those that may do so

    def _usual(self, kind: str, series: str) -> float:
        return self.limits.get((kind, self.family.get(series, "")), CAP[kind])

    def revised(self, cell: Cell) -> float:
        """Return the revision limit of a month or year of a series."""
        months = range(cell.start, cell.start + cell.span)
        return max(self._usual("revision", cell.series), *(self.joint.get((cell.series, one), 0.0) for one in months))

    def rebased(self, base: Cell) -> float:
        """Return the re-basing limit of months of a year of a series."""
        return min(self._usual("base", base.series), self.of_year.get((base.series, base.start // 12), np.inf))


@dataclass(frozen=True)
class System:
    """Rows over scaled variables, all at least 0."""

    facts: tuple[Fact, ...]  # The component's facts: elements 0 to len(facts) - 1
    variables: tuple[Vintage, ...]  # Vintages; the first `count` of them are the cells as last published
    count: int  # How many cells there are
    scale: np.ndarray  # Unit of each variable, in the unit of its series
    matrix: sp.csr_matrix  # Coefficients, one row an inequality
    limit: np.ndarray  # Right-hand sides
    owner: np.ndarray  # Element of each row, or `NOBODY`
    reading: np.ndarray  # Reading of its element in which a row holds
    links: tuple[Link, ...]  # Totals and their parts
    habits: Habits  # The limits of the families

    @cached_property
    def ties(self) -> tuple[Vintage, ...]:
        """The early vintages and restated bases that are tied to the last ones; the elements after the facts."""
        return self.variables[self.count :]

    @property
    def size(self) -> int:
        """How many elements there are."""
        return len(self.facts) + len(self.ties)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells, in the order of their variables."""
        return tuple(cell for cell, _ in self.variables[: self.count])

    @property
    def months(self) -> list[int]:
        """The variables of the cells that are single months."""
        return [number for number, cell in enumerate(self.cells) if cell.span == 1]

    @cached_property
    def index(self) -> dict[Vintage, int]:
        """The variable of each vintage."""
        return {vintage: number for number, vintage in enumerate(self.variables)}

    @cached_property
    def last(self) -> dict[Cell, int]:
        """The vintage in which each cell was last published."""
        return dict(self.variables[: self.count])

    @cached_property
    def touching(self) -> dict[Cell, list[int]]:
        """The facts (indices) that speak of each cell."""
        found: dict[Cell, list[int]] = {cell: [] for cell in self.cells}
        for number, fact in enumerate(self.facts):
            for cell in fact.cells:
                found[cell].append(number)
        return found

    @cached_property
    def levels(self) -> dict[Cell, list[int]]:
        """Those of them that print the very cell."""
        return {
            cell: [number for number in numbers if self.facts[number].cells == (cell,)]
            for cell, numbers in self.touching.items()
        }

    @cached_property
    def elements(self) -> list[Fact | Vintage]:
        """What the elements are."""
        return [*self.facts, *self.ties]

    @property
    def strict(self) -> np.ndarray:
        """The state in which every element is read strictly."""
        return np.full(self.size, STRICT, np.int8)

    def only(self, readings: Mapping[int, int]) -> np.ndarray:
        """Return the state in which some elements are read as given, all others are out."""
        state = np.full(self.size, OUT, np.int8)
        state[list(readings)] = list(readings.values())
        return state

    def looser(self, element: int, reading: int) -> list[int]:
        """Return the readings of an element that are looser than one; no tie is ever out."""
        if element >= len(self.facts):
            every: tuple[int, ...] = (LOOSE,)
        else:
            every = (LOOSE, WIDE, OUT) if self.facts[element].is_cumulated else (LOOSE, OUT)
        return [other for other in every if other > reading]

    def rows_of(self, state: np.ndarray) -> np.ndarray:
        """Return a mask of the rows that hold where each element is read as `state` says."""
        # Rows of nobody are read strictly: their owner is the last place.
        return self.reading == np.append(state, STRICT)[self.owner]

    def rows_about(self, elements: np.ndarray) -> np.ndarray:
        """Return the rows of some elements, with the parts and totals that hang on their months."""
        rows, columns = entry_rows(self.matrix), self.matrix.indices
        is_asked = np.zeros(self.size + 1, bool)
        is_asked[elements] = True
        held, nobody = is_asked[self.owner], self.owner == NOBODY
        while True:
            reached, linked = np.zeros(self.matrix.shape[1], bool), np.zeros(len(held), bool)
            reached[columns[held[rows]]] = True
            linked[rows[reached[columns]]] = True
            more = linked & nobody & ~held
            if not more.any():
                return np.flatnonzero(held)
            held |= more

    def columns(self, fact: Fact, published: int) -> tuple[list[int], list[int]]:
        """Return the variables of a fact's top and bottom, as a print of one round shows them."""
        top, bottom = _columns(self.index, fact, published)
        return list(top), list(bottom)

    def ties_of(self, facts: Iterable[int]) -> set[int]:
        """Return the ties of the months that facts speak of."""
        cells = {cell for fact in facts for cell in self.facts[fact].cells}
        bases = {
            base_of(self.facts[fact], when)
            for fact in facts
            for when in self.facts[fact].rounds
            if self.facts[fact].spans_years
        }
        count = len(self.facts)
        return {count + number for number, tie in enumerate(self.ties) if tie in bases or tie[0] in cells}

    def tie_of(self, element: int) -> tuple[Cell, bool, float]:
        """Return the cell of a tie, whether it is a restated base, and how far it may differ, as a share."""
        cell, published = self.ties[element - len(self.facts)]
        is_base = vintage_of(cell, published) == SETTLED != published
        return cell, is_base, self.habits.rebased(cell) if is_base else self.habits.revised(cell)


def entry_rows(matrix: sp.csr_matrix) -> np.ndarray:
    """Return the row of each entry of a matrix, in the order of its data."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


class _Rows:
    """Collects the rows of a sparse matrix over variables that are counted in units of `scale`."""

    def __init__(self, scale: Sequence[float]) -> None:
        self.scale = scale
        self.columns: list[int] = []
        self.values: list[float] = []
        self.ends = [0]
        self.limits: list[float] = []
        self.owners: list[tuple[int, int]] = []

    def add(self, weights: Mapping[int, float], limit: float, level: float, owner: int, reading: int = STRICT) -> None:
        """Add that a weighted sum of variables, in the unit of their series, is at most `limit` times the `level`.

        A level of 0 stands for variables of one cell, which have one unit.
        """
        kept = {column: weight for column, weight in weights.items() if weight}
        self.columns += kept
        self.values += [weight * self.scale[column] / level if level else weight for column, weight in kept.items()]
        self.ends.append(len(self.columns))
        self.limits.append(limit)
        self.owners.append((owner, reading))

    def add_fact(
        self, fact: Fact, bounds: tuple[float, float], sides: tuple[Sequence[int], Sequence[int]], *owner: int
    ) -> None:
        """Add `low <= top <= high` (amount) or `low <= top / bottom <= high` (ratio)."""
        top, bottom = sides
        usual, below = (sum(self.scale[column] for column in side) for side in sides)
        if not bottom:
            level = max(fact.high, 1e-6 * usual)
            for sign, end in ((1, bounds[1]), (-1, bounds[0])):
                self.add(dict.fromkeys(top, sign), sign * end / level, level, *owner)
            return
        self.add(dict.fromkeys(bottom, -1), -LEAST_BASE, below, *owner)
        for sign, ratio in ((1, bounds[1]), (-1, bounds[0])):
            self.add(dict.fromkeys(top, sign) | dict.fromkeys(bottom, -sign * ratio), 0.0, usual, *owner)

    def add_tie(self, one: int, others: Sequence[int], level: float, limit: float, owner: int) -> None:
        """Add that a variable differs from the sum of others by no more than a share, twice it where read loosely."""
        for reading in (STRICT, LOOSE):
            for sign in (1, -1):
                weights = {one: sign} | dict.fromkeys(others, -sign * (1 + sign * (1 + reading) * limit))
                self.add(weights, 0.0, level, owner, reading)


def split_components(facts: Sequence[Fact], totals: dict[str, str]) -> list[list[Fact]]:
    """Return the facts of each connected component, both in sorted order."""
    number = {cell: place for place, cell in enumerate(sorted({cell for fact in facts for cell in fact.cells}))}
    linked = [fact.cells for fact in facts] + [total + parts for total, parts in link_parts(number, totals)]
    pairs = np.array([(number[cells[0]], number[cell]) for cells in linked for cell in cells], int).reshape(-1, 2)
    graph = sp.coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(number) + 1,) * 2)
    _, labels = connected_components(graph)
    groups: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[labels[number[fact.cells[0]]]].append(fact)
    return sorted(groups.values(), key=lambda group: group[0].key)


def link_parts(cells: Iterable[Cell], totals: dict[str, str]) -> list[Link]:
    """Return (cells of a total, cells of its parts) for every month, or year, in which both are known.

    A part of which only the year is known is held against the twelve months of its total, where all are known.
    """
    present = set(cells)
    year: dict[tuple[str, int], list[Cell]] = defaultdict(list)
    children: dict[tuple[str, int, int], list[Cell]] = defaultdict(list)
    for cell in sorted(present):
        year[cell.series, cell.start // 12].append(cell)
        if totals.get(cell.series):
            children[totals[cell.series], cell.start, cell.span].append(cell)
    links = []
    for (total, start, span), parts in sorted(children.items()):
        whole = Cell(total, start, span)
        known = [whole] if whole in present else year[total, start // 12] if span == 12 else []
        if sum(cell.span for cell in known) == span:
            links.append((tuple(known), tuple(parts)))
    return links


def usual_months(facts: Sequence[Fact]) -> dict[str, float]:
    """Return the usual month of each series: the median over its amounts, else what its shares make of it."""
    levels: dict[str, list[float]] = defaultdict(list)
    for fact in facts:
        if not fact.bottom and fact.high > 0:
            levels[fact.top[0].series].append(fact.high / sum(cell.span for cell in fact.top))
    usual = {name: float(np.median(values)) for name, values in levels.items()}
    shares = [fact for fact in facts if fact.is_share and fact.high > 0]
    for fact in [*shares, *reversed(shares)]:
        part, total = fact.top[0].series, fact.bottom[0].series
        if part in usual:
            usual.setdefault(total, usual[part] / fact.high)
        elif total in usual:
            usual[part] = usual[total] * fact.high
    return usual


def build_system(facts: Sequence[Fact], totals: dict[str, str], habits: Habits, usual: dict[str, float]) -> System:
    """Return the linear system of one component; a series without a usual month has 1.0."""
    asked = published_vintages(facts)
    cells = sorted(asked)
    last = [(cell, asked[cell]) for cell in cells]
    shown = [sorted({vintages_of(fact, published) for published in fact.rounds}) for fact in facts]
    ties = sorted({vintage for prints in shown for sides in prints for side in sides for vintage in side} - set(last))
    bases = {base_of(fact, published): fact for fact in facts if fact.spans_years for published in fact.rounds}
    revised, ties = len(ties), ties + sorted(bases)
    variables = last + ties
    index = {vintage: number for number, vintage in enumerate(variables)}
    scale = [usual.get(cell.series, 1.0) * cell.span for cell, _ in variables]
    rows = _Rows(scale)
    bounds = _cut_edges(facts, shown)
    for number, fact in enumerate(facts):
        columns = {_columns(index, fact, published) for published in fact.rounds}
        for reading, ends in enumerate(_readings(fact, bounds[number])):
            for sides in columns:
                rows.add_fact(fact, ends, sides, number, reading)
    shown_in: dict[Cell, list[int]] = defaultdict(list)
    for cell, vintage in ties[:revised]:
        shown_in[cell].append(vintage)
    for number, (cell, vintage) in enumerate(ties[:revised], len(facts)):
        for other in {asked[cell], *(later for later in shown_in[cell] if later > vintage)}:
            rows.add_tie(index[cell, vintage], [index[cell, other]], 0.0, habits.revised(cell), number)
    for number, base in enumerate(ties[revised:], len(facts) + revised):
        settled = [index[vintage] for vintage in vintages_of(bases[base], base[1])[1]]
        rows.add_tie(index[base], settled, scale[index[base]], habits.rebased(base[0]), number)
    links = tuple(link_parts(cells, totals))
    for total, parts in links:
        # Figures last published in different rounds may have been revised between.
        torn = 1.05 if len({asked[cell] for cell in (*total, *parts)}) > 1 else 0.0
        level = sum(scale[index[cell, asked[cell]]] for cell in total)
        weights = {
            index[cell, asked[cell]]: sign - torn * habits.revised(cell)
            for sign, side in ((1, parts), (-1, total))
            for cell in side
        }
        rows.add(weights, 0.0, level, NOBODY)
    matrix = sp.csr_matrix((rows.values, rows.columns, rows.ends), shape=(len(rows.limits), len(variables)))
    owner, reading = np.array(rows.owners).T
    sums = tuple(facts), tuple(variables), len(cells), np.array(scale)
    return System(*sums, matrix, np.array(rows.limits), owner, reading, links, habits)


def base_of(fact: Fact, published: int) -> Vintage:
    """Return the base of a growth rate as the office states it in a round: one sum, whoever prints it."""
    first = fact.bottom[0]
    return Cell(first.series, first.start, sum(cell.span for cell in fact.bottom)), published


def _columns(index: dict[Vintage, int], fact: Fact, published: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    top, bottom = vintages_of(fact, published)
    below = (base_of(fact, published),) if fact.spans_years else bottom
    return tuple(index[vintage] for vintage in top), tuple(index[vintage] for vintage in below)


def _readings(fact: Fact, bounds: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the least and greatest value of a fact in its readings: strict, loose, wide where it is cumulated."""
    low, high = bounds
    wide_low, wide_high = fact.low, fact.high
    if fact.is_rounded or fact.cut:
        # Nobody cuts the next digit off: 43,400 is less than 43,500.
        rounded, cut, edge = fact.rounded, fact.cut_off, SLIVER * fact.unit
        below, above = (edge, 0.0) if fact.printed < 0 else (0.0, edge)
        wide_low = min(low, rounded[0], cut[0] + below)
        wide_high = max(high, rounded[1], cut[1] - above)
    readings = [(low, high), (wide_low, wide_high)]
    if fact.is_cumulated:
        readings.append((wide_low * (1 - RESTATED), wide_high * (1 + RESTATED)))
    return readings


def _cut_edges(facts: Sequence[Fact], shown: Sequence[Sequence[tuple]]) -> list[tuple[float, float]]:
    """Return the least and greatest value of each fact, without the edges that it shares with a rival print.

    Prints of different vintages are revisions, not rivals. Where the sliver is more than a quarter of the rounding,
    both prints are read as one that covers both.
    """
    bounds = [(fact.low, fact.high) for fact in facts]
    rivals: dict[tuple, list[int]] = defaultdict(list)
    for number, prints in enumerate(shown):
        for sides in prints:
            rivals[sides].append(number)
    for pair in (pair for numbers in rivals.values() for pair in combinations(numbers, 2)):
        lower, upper = sorted(pair, key=lambda number: facts[number].low)
        if not touches(facts[lower], facts[upper]):
            continue
        widths = [facts[number].high - facts[number].low for number in (lower, upper)]
        slivers = [max(SLIVER * width, VISIBLE * facts[upper].high) for width in widths]
        if max(slivers) < min(widths) / 4:
            bounds[lower] = bounds[lower][0], facts[lower].high - slivers[0]
            bounds[upper] = facts[upper].low + slivers[1], bounds[upper][1]
        else:
            bounds[lower] = bounds[upper] = bounds[lower][0], bounds[upper][1]
    return bounds


def touches(one: Fact, two: Fact) -> bool:
    """Return whether two facts of the same sums meet at the upper edge of the first and nowhere else."""
    near = abs(one.high - two.low) <= TOUCH * max(abs(two.low), 1e-12)
    return near and one.low < two.low and two.high > one.high and one.is_rounded and two.is_rounded
