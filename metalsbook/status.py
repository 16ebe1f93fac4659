"""What the ledger has for a month: read from its CSV files as they are, without validation, to answer at once."""

import csv
from collections.abc import Iterator
from pathlib import Path

from metalsbook.errors import LedgerError
from metalsbook.ledger.coverage import Described, Printed, cover_month
from metalsbook.months import cut_off, last_day, period_end, step_month
from metalsbook.paths import ledger_folder, snapshots_folder

_SAID, _LISTED = 90, 5
"""So many letters of an outlook are shown, and so many outlooks."""


def describe_status(month: str | None = None) -> Iterator[str]:
    """Yield lines on what the ledger has for a month, what is missing, and which outlooks resolve.

    Args:
        month: The month; the one after the newest snapshot where not given.

    Raises:
        LedgerError: If a table cannot be read.
    """
    frozen = _frozen_months()
    month = month or month_after_newest()
    folder = ledger_folder()
    coverage = cover_month(read_statements(folder), read_series(folder), month)
    state = "published" if month in frozen else "not frozen yet"
    yield f"{month} ({state}): {coverage.statements} statements, known by {cut_off(month)}"
    yield from (f"  {line}" for line in coverage.lines())
    yield from _outlooks(folder, month)
    if month in frozen:
        yield f"The edition is built with: make book MONTH={month}"
    elif coverage.too_little:
        yield "Too little for an edition: take the missing files over with `metalsbook ingest`"
    else:
        yield f"Enough for an edition: make book MONTH={month}"


def month_after_newest() -> str:
    """Return the month after the newest snapshot.

    Raises:
        LedgerError: If there is none.
    """
    frozen = _frozen_months()
    if not frozen:
        raise LedgerError("There is no snapshot yet", "Name a month: --month 2025-11")
    return step_month(frozen[-1], 1)


def _frozen_months() -> list[str]:
    folder = snapshots_folder()
    return sorted(path.parent.name for path in folder.glob("[0-9]*/datapackage.json")) if folder.is_dir() else []


def _read(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            yield from csv.DictReader(handle, restval="")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LedgerError(f"{path.name} cannot be read: {error}", "Run metalsbook verify, or restore it") from None


def read_statements(folder: Path) -> Iterator[Printed]:
    """Yield what coverage asks of each statement of the ledger, aliases applied."""
    aliases = {row["alias"]: row for row in _read(folder / "aliases.csv")}
    pages = {row["source"]: (row["published"], row.get("origin", "")) for row in _read(folder / "sources.csv")}
    for path in sorted((folder / "statements").glob("*.csv")):
        for row in _read(path):
            alias = aliases.get(row["series"])
            series = alias["series"] if alias else row["series"]
            measure = (alias["measure"] if alias else "") or row["measure"]
            yield Printed(series, measure, row["period"], *pages.get(row["source"], ("", "")))


def read_series(folder: Path) -> dict[str, Described]:
    """Return what coverage asks of each series of the catalogue."""
    return {row["series"]: Described(row["chapter"], row["frequency"]) for row in _read(folder / "series.csv")}


def _outlooks(folder: Path, month: str) -> Iterator[str]:
    """Yield the outlooks whose horizon ends within the month."""
    before, end = last_day(step_month(month, -1)), last_day(month)
    rows = [row for row in _read(folder / "outlooks.csv") if before < period_end(row["horizon_to"]) <= end]
    yield f"  outlooks that resolve: {len(rows)}"
    for row in sorted(rows, key=lambda row: row["horizon_to"])[:_LISTED]:
        said = row["says"] if len(row["says"]) <= _SAID else row["says"][: _SAID - 1] + "…"
        yield f"    {row['outlook']} {row['publisher']}, {row['horizon_to']}, {row['series'] or 'no series'}: {said}"
    if len(rows) > _LISTED:
        yield f"    and {len(rows) - _LISTED} more in data/ledger/outlooks.csv"
