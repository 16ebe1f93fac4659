"""From statements to facts: which months a printed figure is about, and what it says of their sums.

A *cell* is one month of one series, or one whole year where nothing within that year is known; it is what
reconciliation solves for. A *fact* is one printed figure: a sum of cells (level, ytd, year, mean3) that lies in an
interval, or two sums whose ratio does (mom, yoy, ytd_yoy, qoq, share). Prints of the same figure are one fact.

Prints of one round show one *vintage* of a cell: `vintage_of`. What is not here: equations (`system`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

CHANGES = frozenset({"mom", "yoy", "ytd_yoy", "qoq"})
AMOUNTS = frozenset({"level", "ytd", "mean3"})


Kind = tuple[str, bool]
"""A publisher, and whether its rates or its amounts are meant."""

SETTLING_ROUNDS = 3
"""Prints up to this many months after the month they are about may still be revised."""

SETTLED = 999_999
"""Vintage of all later prints; earlier vintages are the round they were printed in."""


class Cell(NamedTuple):
    """A month of a series (`span` 1), or a whole year of it (`span` 12); `start` counts months since year 0."""

    series: str
    start: int
    span: int


Vintage = tuple[Cell, int]


@dataclass(frozen=True)
class Fact:
    """One printed figure, as a statement about sums of cells."""

    key: str  # Id of its first statement: the fact's identity
    statements: tuple[str, ...]  # Ids of all its prints
    series: str  # Series it was printed for
    measure: str  # As printed
    period: str  # As printed
    top: tuple[Cell, ...]  # Cells that are summed
    bottom: tuple[Cell, ...]  # Cells that the sum is divided by; empty for an amount
    low: float  # Least value of the sum (unit of the series), or of the ratio (1.0 = no change; shares 0 to 1)
    high: float  # Greatest value
    printed: float  # The figure as printed: unit of the series, or per cent
    resolution: float  # Size of its last printed digit, as `printed`
    rounds: tuple[int, ...]  # Months of publication of its prints, as months since year 0, ascending
    sources: tuple[str, ...]  # Sources of its prints, sorted
    cut: bool = False  # Whether its publisher cuts digits off, or may do so: `low` and `high` say so then

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells that the figure is about."""
        return self.top + self.bottom

    @property
    def spans_years(self) -> bool:
        """Whether it compares months with the same months of the year before."""
        return bool(self.bottom) and self.measure in ("yoy", "ytd_yoy")

    @property
    def is_cumulated(self) -> bool:
        """Whether it is an amount of several months."""
        return not self.bottom and len(self.top) > 1

    @property
    def is_share(self) -> bool:
        """Whether it compares a part with its total."""
        return bool(self.bottom) and self.top[0].series != self.bottom[0].series

    @property
    def unit(self) -> float:
        """The last printed digit in the terms of `low` and `high`."""
        return self.resolution / 100 if self.bottom else self.resolution * (3 if self.measure == "mean3" else 1)

    @property
    def is_rounded(self) -> bool:
        """Whether the figure stands for its rounding alone: "over 43,450" has an edge that it includes."""
        return self.unit > 0 and abs(self.high - self.low - self.unit) <= 1e-6 * self.unit

    @property
    def rounded(self) -> tuple[float, float]:
        """Its least and greatest value if it was rounded."""
        return self._terms(self.printed - self.resolution / 2), self._terms(self.printed + self.resolution / 2)

    @property
    def cut_off(self) -> tuple[float, float]:
        """Its least and greatest value if digits were cut off."""
        further = self._terms(self.printed + np.copysign(self.resolution, self.printed))
        return min(self._terms(self.printed), further), max(self._terms(self.printed), further)

    def _terms(self, printed: float) -> float:
        return in_terms(printed, self.measure, self.top, self.bottom)

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """The publishers of its prints: of each source its id up to the date."""
        return frozenset((re.sub(r"-(\d{4}|undated).*$", "", source), bool(self.bottom)) for source in self.sources)


def in_terms(printed: float, measure: str, top: tuple[Cell, ...], bottom: tuple[Cell, ...]) -> float:
    """Return a printed figure in the terms of `Fact.low`: the sum of `top`, or its ratio to that of `bottom`."""
    if not bottom:
        return 3 * printed if measure == "mean3" else printed
    is_share = top[0].series != bottom[0].series
    return printed / 100 if is_share else 1 + printed / 100


def month_index(text: str) -> int:
    """Return months since year 0 of "YYYY-MM" (of December for "YYYY"; days are cut off)."""
    return int(text[:4]) * 12 + (int(text[5:7]) - 1 if len(text) > 4 else 11)


def month_text(index: int) -> str:
    """Return "YYYY-MM" of months since year 0."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


@cache
def windows(measure: str, period: str) -> tuple[range, range] | None:
    """Return the months that a figure sums, and those it compares them with.

    `period` is "YYYY" or "YYYY-MM"; a share has the months of a level.

    Returns:
        Two ranges of months since year 0, the second empty for an amount; None where the pair has no meaning for a
        monthly flow (a daily period, a quarter that does not end one).
    """
    if len(period) not in (4, 7):
        return None
    end = month_index(period)
    january = end - end % 12
    start = end if len(period) == 7 else january
    table = {"level": (start, 0), "ytd": (january, 0), "yoy": (start, 12), "ytd_yoy": (january, 12)}
    if len(period) == 7:
        table |= {"mean3": (end - 2, 0), "mom": (end, 1)}
        if end % 3 == 2:
            table["qoq"] = (end - 2, 3)
    if measure not in table:
        return None
    first, back = table[measure]
    top = range(first, end + 1)
    return top, range(first - back, end + 1 - back) if back else range(0)


def read_facts(statements: pd.DataFrame, series: pd.DataFrame) -> tuple[list[Fact], pd.DataFrame]:
    """Return the facts that reconciliation can use, and what it leaves out.

    Returns:
        Facts sorted by series, period, measure and key; and the frame of statements left out
        (`statement, series, measure, period, reason`; key `statement`).
    """
    columns = ["kind", "share_of", "growth_basis"]
    catalogue = dict(zip(series["series"], series[columns].itertuples(index=False), strict=True))
    rows, left_out = [], []
    for row in statements.sort_values("statement").itertuples(index=False):
        if reason := _reason_to_leave_out(row, catalogue):
            left_out.append((row.statement, row.series, row.measure, row.period, reason))
        else:
            rows.append(row)
    months = {
        (name, month // 12)
        for row in rows
        if len(row.period) == 7
        for name in _flows_of(row, catalogue)
        for span in windows(row.measure, row.period) or ()
        for month in span
    }
    prints: dict[tuple, list[Fact]] = {}
    for fact in (_read_fact(row, catalogue, months) for row in rows):
        prints.setdefault((fact.series, fact.period, fact.measure, fact.low, fact.high), []).append(fact)
    facts = sorted(
        map(_merge_prints, prints.values()), key=lambda fact: (fact.series, fact.period, fact.measure, fact.key)
    )
    return facts, pd.DataFrame(left_out, columns=["statement", "series", "measure", "period", "reason"], dtype="str")


def _reason_to_leave_out(row, catalogue: dict) -> str:
    """Return why a statement takes no part, "" where it does."""
    if row.series not in catalogue:
        return "series not in the catalogue"
    kind, share_of, basis = catalogue[row.series]
    if kind not in ("flow", "share"):
        return f"{kind} series"
    if kind == "share" and share_of.count("/") != 1:
        return "share of a total that is not a series"
    if kind == "share" and row.measure not in ("level", "ytd"):
        return "change of a share"
    if row.measure not in AMOUNTS | CHANGES:
        return f"measure {row.measure}"
    if row.measure in CHANGES and basis == "comparable_sample":
        return "growth on a comparable sample"
    if windows(row.measure, row.period) is None:
        return "period does not fit a monthly flow"
    if row.published[:7] < row.period[:7] or (len(row.period) == 4 and row.published[:7] <= f"{row.period}-11"):
        return "printed before the period was over"
    return ""


def _flows_of(row, catalogue: dict) -> list[str]:
    """Return the flow series that a statement speaks of: itself, or part and total of a share."""
    entry = catalogue[row.series]
    return [name.strip() for name in entry.share_of.split("/")] if entry.kind == "share" else [row.series]


def _cells(name: str, months: range, known: set[tuple[str, int]]) -> tuple[Cell, ...]:
    """Return the cells of a series that cover `months`: single months, or the whole year where it is not known."""
    if len(months) == 12 and months[0] % 12 == 0 and (name, months[0] // 12) not in known:
        return (Cell(name, months[0], 12),)
    return tuple(Cell(name, month, 1) for month in months)


def _read_fact(row, catalogue: dict, known: set[tuple[str, int]]) -> Fact:
    flows = _flows_of(row, catalogue)
    above, below = windows(row.measure, row.period) or (range(0), range(0))
    top, bottom = _cells(flows[0], above, known), _cells(flows[-1], above if len(flows) == 2 else below, known)
    low, high = (in_terms(end, row.measure, top, bottom) for end in (row.bound_low, row.bound_high))
    return Fact(
        key=row.statement,
        statements=(row.statement,),
        series=row.series,
        measure=row.measure,
        period=row.period,
        top=top,
        bottom=bottom,
        low=max(low, 0.0),
        high=high,
        printed=row.value,
        resolution=row.resolution,
        rounds=(month_index(row.published),),
        sources=(row.source,),
    )


def _merge_prints(prints: list[Fact]) -> Fact:
    """Return one fact for all prints of a figure with the same bounds; its rounds, ids and sources are those of all."""

    def every(name: str) -> tuple:
        return tuple(sorted({one for fact in prints for one in getattr(fact, name)}))

    first = min(prints, key=lambda fact: fact.key)
    return replace(first, statements=every("statements"), rounds=every("rounds"), sources=every("sources"))


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
    top, bottom = (tuple((cell, vintage_of(cell, published)) for cell in side) for side in (fact.top, fact.bottom))
    return top, bottom
