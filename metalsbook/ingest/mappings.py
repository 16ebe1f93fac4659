"""The mapping tables in `data/ledger/mappings/`: which code of a publisher is which series; yours to extend.

A code that is in no table is listed by the dry run, never dropped in silence.
"""

import csv
from pathlib import Path

from metalsbook.errors import LedgerError
from metalsbook.ingest.batch import COLUMNS as LEDGER
from metalsbook.ingest.batch import Row
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
    "series_waiting": LEDGER["series"],
}
"""Table -> its header. `series_waiting` describes series that enter `series.csv` with their first figure."""


def read_mapping(name: str) -> list[Row]:
    """Return the rows of a mapping table.

    Raises:
        LedgerError: If it is missing, is not UTF-8 CSV or has another header; the message names file and row.
    """
    return _read_table(ledger_folder() / "mappings" / f"{name}.csv", f"mappings/{name}.csv", COLUMNS[name])


def _read_table(path: Path, name: str, columns: tuple[str, ...]) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.reader(handle, strict=True))
    except FileNotFoundError:
        raise LedgerError(f"The ledger has no {name}", f"Add it with the header {','.join(columns)}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LedgerError(f"{name} cannot be read: {error}", "Save it as CSV UTF-8") from None
    if not rows or tuple(rows[0]) != columns:
        raise LedgerError(f"{name}, row 1: the header must be {','.join(columns)}")
    for number, cells in enumerate(rows[1:], start=2):
        if len(cells) != len(columns):
            raise LedgerError(f"{name}, row {number} has {len(cells)} cells instead of {len(columns)}")
    return [dict(zip(columns, cells, strict=True)) for cells in rows[1:]]


class Catalogue:
    """What is known of series: those of `series.csv`, those that wait for their first figure, and aliases of them.

    Attributes:
        rows: Rows of `series.csv` by id.
        waiting: Descriptions of series that have no figure yet, and of those that a file described, by id.
        aliases: Rows of `aliases.csv` by the id that stands in statements.
    """

    def __init__(self):
        folder = ledger_folder()
        self.rows = {row["series"]: row for row in _read_table(folder / "series.csv", "series.csv", LEDGER["series"])}
        self.waiting = {row["series"]: row for row in read_mapping("series_waiting")}
        aliases = _read_table(folder / "aliases.csv", "aliases.csv", LEDGER["aliases"])
        self.aliases = {row["alias"]: row for row in aliases}
        self.described: list[Row] = []

    def __contains__(self, series: str) -> bool:
        return self.find(series) is not None

    def __getitem__(self, series: str) -> Row:
        return self.find(series)

    def find(self, series: str) -> Row | None:
        """Return the row of a series or of what an alias means; None where nobody knows it."""
        name = self.aliases[series]["series"] if series in self.aliases else series
        return self.rows.get(name) or self.waiting.get(name)

    def describe(self, row: Row) -> None:
        """Note a series that a file describes."""
        self.waiting[row["series"]] = row
        self.described.append(row)

    def needed(self, used: set[str]) -> list[Row]:
        """Return the rows that `series.csv` lacks for the series of statements, with what they are parts of."""
        wanted, found = set(used), {}
        while wanted:
            row = self.waiting.get(name := wanted.pop())
            if row and name not in self.rows and name not in found:
                found[name] = row
                wanted |= {row["part_of"], *row["share_of"].split("/")} - {""}
        return [row for _, row in sorted(found.items())]
