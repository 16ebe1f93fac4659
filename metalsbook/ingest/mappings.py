"""The mapping tables in `data/ledger/mappings/`: which code of a publisher is which series; yours to extend.

A code that is in no table is listed by the dry run, never dropped in silence.
"""

import csv
from pathlib import Path

from metalsbook.errors import LedgerError
from metalsbook.ingest.batch import SERIES_COLUMNS, Row
from metalsbook.paths import ledger_folder

COLUMNS = {
    "hs8": (
        "code",
        "flow",
        "goods",
        "series",
        "value_series",
        "total",
        "value_total",
        "destinations",
        "first_year",
        "last_year",
        "note",
    ),
    "partners": ("code", "iso", "place", "article", "names", "region", "evidence"),
    "comtrade": ("reporter", "flow", "code", "partner", "series", "value_series", "note"),
    "pinksheet": ("sheet", "code", "name", "unit", "series", "row_unit", "note"),
    "usgs": ("file", "commodity", "country", "statistic", "unit", "series", "row_unit", "factor", "note"),
    "nbs": ("indicator", "unit", "series", "row_unit", "factor", "note"),
    "series_waiting": SERIES_COLUMNS,
}
"""Table -> its header. `series_waiting` describes series that enter `series.csv` with their first figure."""


def mappings_folder() -> Path:
    """Return the folder of the mapping tables."""
    return ledger_folder() / "mappings"


def read_mapping(name: str) -> list[Row]:
    """Return the rows of a mapping table.

    Raises:
        LedgerError: If it is missing, is not UTF-8 CSV or has another header; the message names file and row.
    """
    path, columns = mappings_folder() / f"{name}.csv", COLUMNS[name]
    shown = f"mappings/{path.name}"
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.reader(handle, strict=True))
    except FileNotFoundError:
        raise LedgerError(f"The ledger has no {shown}", f"Add it with the header {','.join(columns)}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise LedgerError(f"{shown} cannot be read: {error}", "Save it as CSV UTF-8") from None
    if not rows or tuple(rows[0]) != columns:
        raise LedgerError(f"{shown}, row 1: the header must be {','.join(columns)}")
    for number, cells in enumerate(rows[1:], start=2):
        if len(cells) != len(columns):
            raise LedgerError(f"{shown}, row {number} has {len(cells)} cells instead of {len(columns)}")
    return [dict(zip(columns, cells, strict=True)) for cells in rows[1:]]


def waiting_series() -> dict[str, Row]:
    """Return the descriptions of series that have no figure yet, by id."""
    return {row["series"]: row for row in read_mapping("series_waiting")}


def read_catalogue() -> dict[str, Row]:
    """Return the rows of the ledger's `series.csv` by id."""
    path = ledger_folder() / "series.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LedgerError(f"series.csv cannot be read: {error}", "Restore it from git") from None
    if not rows or tuple(rows[0]) != SERIES_COLUMNS:
        raise LedgerError(f"series.csv, row 1: the header must be {','.join(SERIES_COLUMNS)}")
    return {row["series"]: row for row in rows}
