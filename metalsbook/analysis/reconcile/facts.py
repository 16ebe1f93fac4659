"""From statements to facts: which months a printed figure is about, and what it says of their sums.

A *cell* is one month of one series, or one whole year where nothing within that year is known; it is what
reconciliation solves for. A *fact* is one printed figure: a sum of cells (level, ytd, year, mean3) that lies in an
interval, or two sums whose ratio does (mom, yoy, ytd_yoy, qoq, share). Prints of the same figure are one fact.

What does not belong here: revisions (`vintages`), equations (`system`).
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

CHANGES = frozenset({"mom", "yoy", "ytd_yoy", "qoq"})
AMOUNTS = frozenset({"level", "ytd", "mean3"})
LEFT_OUT_COLUMNS = ["statement", "series", "measure", "period", "reason"]


class Cell(NamedTuple):
    """A month of a series (`span` 1), or a whole year of it (`span` 12); `start` counts months since year 0."""

    series: str
    start: int
    span: int


@dataclass(frozen=True)
class Fact:
    """One printed figure, as a statement about sums of cells.

    Attributes:
        key: Id of its first statement: the fact's identity.
        statements: Ids of all its prints.
        series: Series it was printed for.
        measure: As printed.
        period: As printed.
        top: Cells that are summed.
        bottom: Cells that the sum is divided by; empty for an amount.
        low: Least value of the sum (unit of the series), or of the ratio (1.0 = no change; shares 0 to 1).
        high: Greatest value.
        printed: The figure as printed: unit of the series, or per cent.
        resolution: Size of its last printed digit, as `printed`.
        rounds: Months of publication of its prints, as months since year 0, ascending.
        sources: Sources of its prints, sorted.
        cut: Whether its publisher cuts digits off, or may do so: `low` and `high` say so then.
    """

    key: str
    statements: tuple[str, ...]
    series: str
    measure: str
    period: str
    top: tuple[Cell, ...]
    bottom: tuple[Cell, ...]
    low: float
    high: float
    printed: float
    resolution: float
    rounds: tuple[int, ...]
    sources: tuple[str, ...]
    cut: bool = False

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
        """Return a printed figure in the terms of `low` and `high`."""
        if not self.bottom:
            return 3 * printed if self.measure == "mean3" else printed
        return printed / 100 if self.is_share else 1 + printed / 100

    @cached_property
    def houses(self) -> frozenset[str]:
        """The publishers of its prints."""
        return frozenset(house_of(source) for source in self.sources)


def house_of(source: str) -> str:
    """Return the publisher of a source: its id up to the date."""
    return re.sub(r"-(\d{4}|undated).*$", "", source)


def month_index(text: str) -> int:
    """Return months since year 0 of "YYYY-MM" (of December for "YYYY"; days are cut off)."""
    return int(text[:4]) * 12 + (int(text[5:7]) - 1 if len(text) > 4 else 11)


def month_text(index: int) -> str:
    """Return "YYYY-MM" of months since year 0."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def windows(measure: str, period: str) -> tuple[range, range] | None:
    """Return the months that a figure sums, and those it compares them with.

    Args:
        measure: A measure of the design's table; `share` and `level` have the same months.
        period: "YYYY" or "YYYY-MM".

    Returns:
        Two ranges of months since year 0, the second empty for an amount; None where the pair has no meaning for a
        monthly flow (a daily period, a quarter that does not end one).
    """
    if len(period) not in (4, 7):
        return None
    end = month_index(period)
    start = end if len(period) == 7 else end - 11
    if len(period) == 4:
        table = {"level": (start, 0), "ytd": (start, 0), "yoy": (start, 12), "ytd_yoy": (start, 12)}
    else:
        january = end - end % 12
        table = {
            "level": (end, 0),
            "ytd": (january, 0),
            "mean3": (end - 2, 0),
            "mom": (end, 1),
            "yoy": (end, 12),
            "ytd_yoy": (january, 12),
        }
        if end % 3 == 2:
            table["qoq"] = (end - 2, 3)
    if measure not in table:
        return None
    first, back = table[measure]
    top = range(first, end + 1)
    return top, range(first - back, end + 1 - back) if back else range(0)


def read_facts(statements: pd.DataFrame, series: pd.DataFrame) -> tuple[list[Fact], pd.DataFrame]:
    """Return the facts that reconciliation can use, and what it leaves out.

    Args:
        statements: Columns `statement, series, measure, period, value, resolution, bound_low, bound_high, published,
            source`;
            key `statement`. Units as in the series catalogue, changes and shares in per cent.
        series: Columns `series, kind, growth_basis, share_of`; key `series`.

    Returns:
        Facts sorted by series, period, measure and key; and the frame of statements left out
        (`statement, series, measure, period, reason`; key `statement`).
    """
    columns = ["kind", "share_of", "growth_basis"]
    catalogue = dict(zip(series["series"], series[columns].itertuples(index=False), strict=True))
    rows, left_out = [], []
    for row in statements.sort_values("statement").itertuples(index=False):
        reason = _reason_to_leave_out(row, catalogue)
        if reason:
            left_out.append((row.statement, row.series, row.measure, row.period, reason))
        else:
            rows.append(row)
    months = _years_with_months(rows, catalogue)
    facts = _merge_prints([_read_fact(row, catalogue, months) for row in rows])
    frame = pd.DataFrame(sorted(left_out), columns=LEFT_OUT_COLUMNS, dtype="str")
    return facts, frame


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
    if entry.kind == "share":
        return [name.strip() for name in entry.share_of.split("/")]
    return [row.series]


def _years_with_months(rows: list, catalogue: dict) -> set[tuple[str, int]]:
    """Return (series, year) of which something within the year is known."""
    found = set()
    for row in rows:
        if len(row.period) == 7:
            for months in windows(row.measure, row.period) or ():
                found |= {(name, month // 12) for name in _flows_of(row, catalogue) for month in months}
    return found


def _cells(name: str, months: range, known: set[tuple[str, int]]) -> tuple[Cell, ...]:
    """Return the cells of a series that cover `months`: single months, or the whole year where it is not known."""
    if len(months) == 12 and months[0] % 12 == 0 and (name, months[0] // 12) not in known:
        return (Cell(name, months[0], 12),)
    return tuple(Cell(name, month, 1) for month in months)


def _read_fact(row, catalogue: dict, known: set[tuple[str, int]]) -> Fact:
    flows = _flows_of(row, catalogue)
    above, below = windows(row.measure, row.period) or (range(0), range(0))
    low = row.bound_low if np.isfinite(row.bound_low) else -np.inf
    high = row.bound_high if np.isfinite(row.bound_high) else np.inf
    if len(flows) == 2:
        top, bottom = _cells(flows[0], above, known), _cells(flows[1], above, known)
        low, high = low / 100, high / 100
    else:
        top, bottom = _cells(flows[0], above, known), _cells(flows[0], below, known)
        if bottom:
            low, high = 1 + low / 100, 1 + high / 100
        elif row.measure == "mean3":
            low, high = 3 * low, 3 * high
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


def _merge_prints(facts: list[Fact]) -> list[Fact]:
    """Return one fact for all prints of a figure with the same bounds; its rounds and ids are those of all."""
    same: dict[tuple, list[Fact]] = {}
    for fact in facts:
        same.setdefault((fact.series, fact.period, fact.measure, fact.low, fact.high), []).append(fact)
    merged = []
    for prints in same.values():
        ids = tuple(sorted(name for fact in prints for name in fact.statements))
        rounds = tuple(sorted({month for fact in prints for month in fact.rounds}))
        sources = tuple(sorted({name for fact in prints for name in fact.sources}))
        first = min(prints, key=lambda fact: fact.key)
        merged.append(Fact(**{**first.__dict__, "statements": ids, "rounds": rounds, "sources": sources}))
    return sorted(merged, key=lambda fact: (fact.series, fact.period, fact.measure, fact.key))
