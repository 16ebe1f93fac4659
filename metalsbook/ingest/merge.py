"""What of a batch is new to the ledger: nothing twice, a changed figure as a new row, a doubtful one refused."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

import pandas as pd

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import FILE_MARK, STATEMENT_COLUMNS, Batch, Row
from metalsbook.ingest.ledger_text import LedgerText
from metalsbook.ledger.reading import statement_ids
from metalsbook.ledger.units import conversion_factor
from metalsbook.months import cut_off, period_end

RIVAL_LIMIT = 0.2
"""A flow that differs by more from every other source's figure is refused until a person accepts it: the usual reasons
are a filtered query, a wrong unit or imports taken for exports."""
_KEY = ("series", "measure", "period")
_FIGURE = ("value", "low", "high", "unit")


@dataclass
class Merge:
    """What a batch adds to the ledger.

    Attributes:
        batch: The batch.
        added: Statements whose series, measure and period the publisher has not printed before.
        revised: Pairs of the publisher's figure before and the statement that changes it.
        known: Number of statements that the ledger has already.
        rivals: What other publishers print for the same, a line each.
    """

    batch: Batch
    added: list[Row] = field(default_factory=list)
    revised: list[tuple[Row, Row]] = field(default_factory=list)
    known: int = 0
    rivals: list[str] = field(default_factory=list)

    @property
    def statements(self) -> list[Row]:
        """The statements to append."""
        return [*self.added, *(row for _, row in self.revised)]


def merge_batch(ledger: LedgerText, batch: Batch, accept: bool = False) -> Merge:
    """Return what a batch adds, and add it to the ledger's text in memory.

    Args:
        ledger: The ledger's files; changed.
        batch: What a file says.
        accept: Take figures that lie far from those of others.

    Raises:
        IngestError: If the batch contradicts itself or an earlier file of the same day, or revises figures without
            saying when it was published.
    """
    sources = {row["source"]: row for row in (*ledger.sources.rows, *batch.sources)}
    _check_sources(ledger, batch, sources)
    history = _history(ledger, {row["series"] for row in batch.statements}, sources)
    merge = Merge(batch)
    seen: dict[tuple, Row] = {}
    for row in batch.statements:
        key = (*(row[name] for name in _KEY), sources[row["source"]]["publisher"])
        _refuse_second(seen.get(key), row, batch)
        if key in seen:
            continue
        seen[key] = row
        _place(merge, row, history, sources, key)
    _compare(merge, ledger, history, sources, accept)
    _add(ledger, merge)
    return merge


def _check_sources(ledger: LedgerText, batch: Batch, sources: dict[str, Row]) -> None:
    held = {row["source"]: row for row in ledger.sources.rows}
    files = {row["url"]: row for row in ledger.sources.rows if FILE_MARK in row["url"]}
    for row in batch.sources:
        before = files.get(row["url"])
        if before is not None and before["published"] != row["published"]:
            raise IngestError(
                f"{batch.file} was taken over as published {before['published'] or 'on an unknown day'}, "
                f"not {row['published'] or 'on an unknown day'}",
                "If that was wrong, mend sources.csv",
            )
        if before is None and row["source"] in held and held[row["source"]] != row:
            raise IngestError(
                f"{batch.file}: the source {row['source']} is in sources.csv with other words",
                "Give the new one another id, or the same words",
            )
    for number, row in enumerate(batch.statements, start=1):
        if row["source"] not in sources:
            raise IngestError(
                f"{batch.file}, figure {number}: the source '{row['source']}' is not in sources.csv",
                "Give its publisher, title, address and licence in the file too",
            )


def _history(ledger: LedgerText, series: set[str], sources: dict[str, Row]) -> dict[tuple, list[Row]]:
    """Return the ledger's statements of the series by series, measure, period and publisher."""
    found: dict[tuple, list[Row]] = defaultdict(list)
    for topic in ledger.topics.values():
        for row in topic.rows:
            if row["series"] in series and row["source"] in sources:
                found[(*(row[name] for name in _KEY), sources[row["source"]]["publisher"])].append(row)
    return found


def _day(row: Row, sources: dict[str, Row]) -> str:
    """Return the day on which a statement counts as published: that of its source, or the ledger's rule."""
    return sources[row["source"]]["published"] or cut_off(period_end(row["period"])[:7])


def _same(one: Row, other: Row) -> bool:
    """Return whether two rows give the same figure, also in other units."""
    factor = conversion_factor(one["unit"], other["unit"])
    if factor is None:
        return False
    for name in ("value", "low", "high"):
        if (one[name] == "") != (other[name] == ""):
            return False
        if one[name] and abs(float(one[name]) * factor - float(other[name])) > 1e-9 * abs(float(other[name])):
            return False
    return True


def _refuse_second(before: Row | None, row: Row, batch: Batch) -> None:
    if before is not None and not _same(before, row):
        raise IngestError(
            f"{batch.file} gives two figures for {row['series']} {row['measure']} {row['period']}: "
            f"{before['stated']} and {row['stated']}",
            "Mend the file, or take its parts one by one",
        )


def _place(merge: Merge, row: Row, history: dict[tuple, list[Row]], sources: dict[str, Row], key: tuple) -> None:
    """Sort a statement into added, revised or known."""
    day = _day(row, sources)
    earlier = [known for known in history.get(key, ()) if _day(known, sources) <= day]
    if not earlier:
        merge.added.append(row)
        return
    latest = max(earlier, key=lambda known: _day(known, sources))
    of_that_day = [known for known in earlier if _day(known, sources) == _day(latest, sources)]
    if any(_same(known, row) for known in of_that_day):
        merge.known += 1
        return
    name = f"{merge.batch.file}: {row['series']} {row['measure']} {row['period']} is {row['stated']}"
    if not sources[row["source"]]["published"]:
        raise IngestError(
            f"{name}; the ledger has {latest['stated']} from {latest['source']}",
            "A revision needs its day: add --published YYYY-MM-DD",
        )
    if _day(latest, sources) == day:
        raise IngestError(
            f"{name}; {latest['source']} says {latest['stated']} on the same day",
            "One of the two queries was filtered, or --published is wrong",
        )
    merge.revised.append((latest, row))


def _compare(
    merge: Merge, ledger: LedgerText, history: dict[tuple, list[Row]], sources: dict[str, Row], accept: bool
) -> None:
    """Set the new figures beside those of other publishers; refuse a flow far from all of them."""
    kinds = {row["series"]: row["kind"] for row in (*ledger.series.rows, *merge.batch.series)}
    by_key: dict[tuple, list[Row]] = defaultdict(list)
    for key, rows in history.items():
        by_key[key[:3]].extend(rows)
    for row in merge.statements:
        publisher = sources[row["source"]]["publisher"]
        others = [
            known
            for known in by_key.get(tuple(row[name] for name in _KEY), ())
            if sources[known["source"]]["publisher"] != publisher and _ratio(row, known) is not None
        ]
        if not others:
            continue
        nearest = min(others, key=lambda known: abs(_ratio(row, known) - 1))
        difference = _ratio(row, nearest) - 1
        line = (
            f"{row['series']} {row['measure']} {row['period']}: {row['stated']}; {nearest['source']} prints "
            f"{nearest['stated']} ({difference:+.1%})"
        )
        merge.rivals.append(line)
        if abs(difference) > RIVAL_LIMIT and kinds.get(row["series"]) == "flow" and not accept:
            raise IngestError(
                f"{merge.batch.file}: {line}",
                "Was the query filtered, the unit changed? If the figure is right, add --accept",
            )


def _ratio(row: Row, known: Row) -> float | None:
    """Return a level over another source's, None where they cannot be compared."""
    factor = conversion_factor(known["unit"], row["unit"])
    if row["measure"] not in ("level", "ytd") or factor is None or Decimal(known["value"]) == 0:
        return None
    return float(row["value"]) / (float(known["value"]) * factor)


def _add(ledger: LedgerText, merge: Merge) -> None:
    used = {row["source"] for row in merge.statements}
    held = {row["source"] for row in ledger.sources.rows}
    for row in merge.batch.sources:
        if row["source"] in used - held:
            ledger.sources.insert(row, "source")
    known, needed = {row["series"] for row in ledger.series.rows}, {row["series"] for row in merge.statements}
    needed |= {row["part_of"] for row in merge.batch.series if row["series"] in needed}
    for row in merge.batch.series:
        if row["series"] in needed - known:
            ledger.series.insert(row, "series")
    ledger.append_statements(merge.statements)
    if merge.batch.archived:
        for name in statement_ids(pd.DataFrame(merge.statements, columns=STATEMENT_COLUMNS)):
            ledger.taken.append({"statement": name, "file": merge.batch.archived})
