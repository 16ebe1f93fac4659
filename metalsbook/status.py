"""What the ledger has for a month, what is missing, and which outlooks resolve."""

from collections.abc import Iterator

from metalsbook.errors import LedgerError
from metalsbook.ledger.coverage import cover_ledger, read_plain
from metalsbook.months import cut_off, last_day, period_end, step_month
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.package import published_months

_SAID, _LISTED = 90, 5
"""So many letters of an outlook are shown, and so many outlooks."""


def describe_status(month: str | None = None) -> Iterator[str]:
    """Yield lines on a month, by default the one after the newest snapshot.

    Raises:
        LedgerError: If a table cannot be read.
    """
    month = month or month_after_newest()
    coverage = cover_ledger(month)
    is_frozen = month in published_months(snapshots_folder())
    state = "published" if is_frozen else "not frozen yet"
    yield f"{month} ({state}): {coverage.statements} statements, known by {cut_off(month)}"
    yield from (f"  {line}" for line in coverage.lines())
    yield from _outlooks(month)
    if is_frozen:
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
    frozen = published_months(snapshots_folder())
    if not frozen:
        raise LedgerError("There is no snapshot yet", "Name a month: --month 2025-11")
    return step_month(frozen[-1], 1)


def _outlooks(month: str) -> Iterator[str]:
    """Yield the outlooks whose horizon ends within the month."""
    before, end = last_day(step_month(month, -1)), last_day(month)
    rows = [row for row in read_plain("outlooks.csv") if before < period_end(row["horizon_to"]) <= end]
    yield f"  outlooks that resolve: {len(rows)}"
    for row in sorted(rows, key=lambda row: row["horizon_to"])[:_LISTED]:
        said = row["says"] if len(row["says"]) <= _SAID else row["says"][: _SAID - 1] + "…"
        yield f"    {row['outlook']} {row['publisher']}, {row['horizon_to']}, {row['series'] or 'no series'}: {said}"
    if len(rows) > _LISTED:
        yield f"    and {len(rows) - _LISTED} more in data/ledger/outlooks.csv"
