"""USGS Mineral Commodity Summaries: the one table of 2026, the world table of 2025, and the salient tables.

Column names change by year and commodity, so that each release has its own rows in `mappings/usgs.csv`. Values may be
`92,000`, `W` (withheld), `--`, `>75`; countries carry blanks, no-break spaces and U+FFFD.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import Batch, Origin, Row, source_row, statement_row
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.mappings import read_mapping
from metalsbook.ingest.text import (
    read_number,
    read_rows,
    read_text,
    refuse_repeated_columns,
    without_trailing_comma,
)

KIND = "USGS Mineral Commodity Summaries"
ORIGIN = Origin(
    "usgs-mcs", "USGS", "https://www.usgs.gov/centers/national-minerals-information-center", "public domain", "usgs"
)
_ONE_TABLE = ("MCS chapter", "Commodity", "Country", "Statistics", "Unit", "Year", "Value")
_WORLD = ("SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS")
_SALIENT = ("DataSource", "Commodity", "Year")
_PRODUCTION = re.compile(r"PROD_(EST_)? ?((?:19|20)[0-9]{2})")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_WITHHELD = ("", "W", "--", "—", "NA", "N/A", "XX", "-")
_BOUND = re.compile(r"([<>])\s?(.+)")
_BOUND_WORDS = {">": "more than", "<": "less than"}
_STRAY = re.compile(r"[\s\u00a0\ufffd]+")


def recognise(header: list[str]) -> bool:
    """Return whether the first line is that of one of the tables."""
    return bool(_layout(header))


def _layout(header: list[str]) -> str:
    names = set(header)
    if set(_ONE_TABLE) <= names:
        return "mcs"
    if set(_WORLD) <= names:
        return "world"
    return "salient" if set(_SALIENT) <= names else ""


def read_usgs(file: InboxFile) -> Batch:
    """Return what a table of the summaries says of the mapped commodities and countries.

    Raises:
        IngestError: If a column is missing or a value is neither a number nor a known mark.
    """
    from metalsbook.ingest.plain import needed_series

    # The world table is not UTF-8 in every copy; commodities and countries that are mapped are ASCII.
    text, _ = read_text(file, ("utf-8-sig", "latin-1"))
    rows = without_trailing_comma(read_rows(text, file.name), file.name)
    header = rows[0][1]
    refuse_repeated_columns(header, file.name)
    layout = _layout(header)
    if not layout:
        raise IngestError(
            f"{file.name}, row 1: the header is that of no table of the summaries",
            "The layout has changed: compare it with data/inbox/README.md",
        )
    batch = Batch(file.name, f"{KIND}, table '{layout}', {len(rows) - 1:,} rows")
    batch.source = source_row(file, ORIGIN, KIND, file.details.published)
    batch.sources = [batch.source]
    mapping = {_key(row): row for row in read_mapping("usgs") if row["file"] == layout}
    commodities = {row["commodity"].casefold() for row in mapping.values()}
    read = {"mcs": _one_table, "world": _world, "salient": _salient}[layout]
    for line, cells in rows[1:]:
        record = dict(zip(header, cells, strict=True))
        for cell in read(record, f"{file.name}, row {line}"):
            _state(batch, cell, mapping, commodities)
    batch.series = needed_series({row["series"] for row in batch.statements})
    return batch


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name].casefold() for name in ("commodity", "country", "statistic", "unit"))


def _clean(text: str) -> str:
    return _STRAY.sub(" ", text).strip()


def _cell(
    commodity: str, country: str, statistic: str, unit: str, year: str, value: str, status: str, where: str
) -> Row:
    names = ("commodity", "country", "statistic", "unit", "year", "value", "status", "where")
    return dict(
        zip(
            names,
            (_clean(commodity), _clean(country), _clean(statistic), _clean(unit), year, value, status, where),
            strict=True,
        )
    )


def _one_table(record: Row, where: str) -> Iterator[Row]:
    detail = record.get("Statistics_detail", "")
    statistic = f"{record['Statistics']}: {detail}" if detail else record["Statistics"]
    status = "estimated" if "estimate" in record.get("Notes", "").casefold() else ""
    yield _cell(
        record["Commodity"],
        record["Country"],
        statistic,
        record["Unit"],
        record["Year"],
        record["Value"],
        status,
        f"{where}, column 'Value'",
    )


def _world(record: Row, where: str) -> Iterator[Row]:
    for name, value in record.items():
        match = _PRODUCTION.fullmatch(name)
        if match:
            yield _cell(
                record["COMMODITY"],
                record["COUNTRY"],
                "production",
                record["UNIT_MEAS"],
                match[2],
                value,
                "estimated" if match[1] else "",
                f"{where}, column '{name}'",
            )


def _salient(record: Row, where: str) -> Iterator[Row]:
    for name, value in record.items():
        statistic, _, unit = name.rpartition("_")
        if statistic:
            yield _cell(
                record["Commodity"],
                "United States",
                statistic,
                unit,
                record["Year"],
                value,
                "",
                f"{where}, column '{name}'",
            )


def _state(batch: Batch, cell: Row, mapping: dict[tuple, Row], commodities: set[str]) -> None:
    if cell["commodity"].casefold() not in commodities:
        return
    row = mapping.get(_key(cell))
    name = ", ".join(cell[part] for part in ("commodity", "country", "statistic", "unit"))
    if row is None:
        batch.unmapped.append(shown(f"{name}, {cell['year']}: {cell['value'] or 'empty'}", 160))
        return
    if not _YEAR.fullmatch(cell["year"]):
        raise IngestError(f"{cell['where']}: '{shown(cell['year'])}' is not a year", "Look at the row")
    if cell["value"] in _WITHHELD:
        batch.notes.append(f"{row['series']} {cell['year']}: no figure ('{cell['value']}')")
        return
    bound = _BOUND.fullmatch(cell["value"])
    number = read_number(bound[2] if bound else cell["value"], cell["where"])
    printed = f"{_BOUND_WORDS[bound[1]]} {bound[2]}" if bound else cell["value"]
    status = f" ({cell['status']})" if cell["status"] else ""
    value = number * Decimal(row["factor"])
    if number < 0:
        raise IngestError(f"{cell['where']}: '{shown(cell['value'])}' is negative", "Download it again")
    batch.arithmetic.append(f"{row['series']} {cell['year']} = {cell['value']} {cell['unit']} x {row['factor']}")
    batch.statements.append(
        statement_row(
            row["series"],
            "level",
            cell["year"],
            value,
            row["row_unit"],
            f"{printed} {row['note']}{status}",
            batch.source["source"],
        )
    )
