"""The mapping tables in `data/ledger/mappings/`: which code of a publisher is which series; yours to extend.

A code that is in no table is listed by the dry run, never dropped in silence.
"""

from collections import ChainMap
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from metalsbook.ingest.batch import COLUMNS as LEDGER
from metalsbook.ingest.batch import Row
from metalsbook.ledger.reading import read_rows, with_wholes
from metalsbook.paths import ledger_folder

COLUMNS = {
    "hs8": "code flow goods series value_series total value_total destinations first_year last_year note".split(),
    "partners": "code iso place article names region evidence".split(),
    "comtrade": "reporter flow code partner series value_series note".split(),
    "pinksheet": "sheet code name unit series row_unit note".split(),
    "usgs": "file commodity country statistic unit series row_unit factor note".split(),
    "nbs": "indicator unit series row_unit factor note".split(),
    "series_waiting": list(LEDGER["series"]),
}
"""Table -> its header. `series_waiting` describes series that enter `series.csv` with their first figure."""


def read_mapping(name: str) -> list[Row]:
    """Return the rows of a mapping table; raises as `reading.read_rows` does."""
    return read_table(ledger_folder(), f"mappings/{name}.csv", COLUMNS[name])


def read_table(folder: Path, name: str, columns: Sequence[str]) -> list[Row]:
    """Return the rows of a CSV file below a ledger's folder; raises as `reading.read_rows` does."""
    return read_rows(folder / name, list(columns), folder)[list(columns)].to_dict("records")


class Catalogue(ChainMap[str, Row]):
    """The row of each series that is known, by its id and by its aliases.

    `rows` are those of `series.csv`, `aliases` what statements may say instead; series that wait for their first figure
    and those that a file described are `waiting`.
    """

    def __init__(self):
        folder = ledger_folder()
        self.rows = {row["series"]: row for row in read_table(folder, "series.csv", LEDGER["series"])}
        self.waiting = {row["series"]: row for row in read_mapping("series_waiting")}
        self.aliases = {row["alias"]: row for row in read_table(folder, "aliases.csv", LEDGER["aliases"])}
        meant = {name: self.rows[row["series"]] for name, row in self.aliases.items() if row["series"] in self.rows}
        super().__init__(self.rows, self.waiting, meant)

    def needed(self, used: set[str]) -> list[Row]:
        """Return the rows that `series.csv` lacks for the series of statements, with what they are parts of."""
        wanted = with_wholes(used, pd.DataFrame([*self.rows.values(), *self.waiting.values()]))
        return [self.waiting[name] for name in sorted(wanted & self.waiting.keys() - self.rows.keys())]
