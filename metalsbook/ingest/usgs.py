"""USGS Mineral Commodity Summaries: the one table of 2026, the world table of 2025, and the salient tables.

Column names change by year and commodity, so that each release has its own rows in `mappings/usgs.csv`. Values may be
`92,000`, `W` (withheld), `--`, `>75`; countries carry blanks, no-break spaces and U+FFFD.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import ABOUT, Batch, Row
from metalsbook.ingest.files import shown
from metalsbook.ingest.grid import is_missing
from metalsbook.ingest.mappings import read_mapping

_ABOUT = ABOUT["usgs"]
_LAYOUTS = {
    "mcs": {"MCS chapter", "Commodity", "Country", "Statistics", "Unit", "Year", "Value"},
    "world": {"SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS"},
    "salient": {"DataSource", "Commodity", "Year"},
}
_PRODUCTION = re.compile(r"PROD_(EST_)? ?((?:19|20)[0-9]{2})")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_WITHHELD = ("W", "XX")
_BOUND = re.compile(r"([<>])\s?(.+)")
_BOUND_WORDS = {">": "more than", "<": "less than"}
_STRAY = re.compile(r"[\s\u00a0\ufffd]+")


Cell = tuple[tuple[str, str, str, str], str, str, str, str]
"""Commodity, country, statistic and unit; year, value, status and column of a figure."""


def recognise(lines: list[list[str]]) -> bool:
    """Return whether the first line is that of one of the tables."""
    return bool(_layout(lines[0]))


def _layout(header: list[str]) -> str:
    return next((name for name, columns in _LAYOUTS.items() if columns <= set(header)), "")


def read(batch: Batch) -> None:
    """Read what a table of the summaries says of the mapped commodities and countries into the batch."""
    records, grid = batch.read_rows(), batch.grid
    layout = _layout(list(records))
    if not layout:
        raise IngestError(
            f"{grid.where(grid.rows[0][0])}: the header is that of no table of the summaries",
            "The layout has changed: compare it with data/inbox/README.md",
        )
    batch.kind = f"{_ABOUT['title']}, table '{layout}', {len(records):,} rows"
    batch.set_source(_ABOUT)
    columns = ("commodity", "country", "statistic", "unit")
    mapping = {
        tuple(row[name].casefold() for name in columns): row for row in read_mapping("usgs") if row["file"] == layout
    }
    commodities = {key[0] for key in mapping}
    for number, record in records.to_dict("index").items():
        for cell in _cells(record, layout):
            key = tuple(_STRAY.sub(" ", text).strip().casefold() for text in cell[0])
            if key[0] in commodities:
                with batch.collect():
                    _state(cell, mapping.get(key), number, batch)


def _cells(record: Row, layout: str) -> Iterator[Cell]:
    if layout == "mcs":
        detail = record.get("Statistics_detail", "")
        statistic = record["Statistics"] + (f": {detail}" if detail else "")
        status = "estimated" if "estimate" in record.get("Notes", "").casefold() else ""
        names = (record["Commodity"], record["Country"], statistic, record["Unit"])
        yield names, record["Year"], record["Value"], status, "Value"
        return
    for column, value in record.items():
        statistic, _, unit = column.rpartition("_")
        match = _PRODUCTION.fullmatch(column)
        if layout == "world" and match:
            names = (record["COMMODITY"], record["COUNTRY"], "production", record["UNIT_MEAS"])
            yield names, match[2], value, "estimated" if match[1] else "", column
        elif layout == "salient" and statistic:
            yield (record["Commodity"], "United States", statistic, unit), record["Year"], value, "", column


def _state(cell: Cell, row: Row | None, number: int, batch: Batch) -> None:
    names, year, value, status, column = cell
    if row is None:
        batch.unmapped.append(shown(f"{', '.join(names)}, {year}: {value or 'empty'}", 160))
        return
    if not _YEAR.fullmatch(year):
        raise batch.grid.fault(number, column, year, "is not a year", "Look at the row")
    if is_missing(value) or value in _WITHHELD:
        batch.notes.append(f"{row['series']} {year}: no figure ('{value}')")
        return
    bound = _BOUND.fullmatch(value)
    text = bound[2] if bound else value
    amount = batch.grid.number(text, number, column) * Decimal(row["factor"])
    printed = f"{_BOUND_WORDS[bound[1]]} {text}" if bound else text
    batch.arithmetic.append(f"{row['series']} {year} = {value} {names[3]} x {row['factor']}")
    stated, where = f"{printed} {row['note']}" + (f" ({status})" if status else ""), batch.grid.where(number, column)
    batch.state(row["series"], "level", year, amount, row["row_unit"], stated, where, value)
