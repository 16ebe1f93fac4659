"""World Bank Pink Sheet: `CMO-Historical-Data-Monthly.xlsx`, sheet `Monthly Prices`.

Row 4 says when it was updated, the vintage of all its figures. Columns are found by the row of codes where it is there,
by their trimmed names where it is not; units are checked either way. Missing is `…` or `...`. Definitions change: what
the sheet `Description` says of a taken series is shown.
"""

import re
from datetime import datetime
from decimal import Decimal

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import Batch, Origin, Row, source_row, statement_row
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.mappings import read_mapping
from metalsbook.ingest.plain import needed_series
from metalsbook.ingest.text import is_missing, read_number
from metalsbook.ingest.workbook import Cell, read_sheet, sheet_names

KIND = "World Bank Pink Sheet"
ORIGIN = Origin(
    "pinksheet", "World Bank", "https://www.worldbank.org/en/research/commodity-markets", "CC BY 4.0", "world_bank"
)
SHEET = "Monthly Prices"
MONTHS_TAKEN = 60
"""Months from the newest back: the sheet begins in 1960, the book some years ago."""
_UPDATED = re.compile(r"Updated on ([A-Z][a-z]+ [0-9]{1,2}, (?:19|20)[0-9]{2})")
_MONTH = re.compile(r"((?:19|20)[0-9]{2})M(0[1-9]|1[0-2])")
_DECIMALS = re.compile(r"0\.(0+)")
_FIRST_ROWS = 30
_SAID = 200


def read_pinksheet(file: InboxFile) -> Batch:
    """Return the mapped prices of the workbook.

    Raises:
        IngestError: If it has no month, no date of update, or a mapped column in another unit.
    """
    rows = read_sheet(file, SHEET)
    first = _first_month(rows, file)
    head = rows[:first]
    published = file.details.published or _day_of_update(head, file)
    batch = Batch(file.name, f"{KIND}, updated on {published}, {len(rows) - first} months")
    batch.source = source_row(file, ORIGIN, f"{KIND}, monthly prices", published)
    batch.sources = [batch.source]
    months = _months(rows, first, file)
    columns = _columns(head, batch, file)
    for row, at in columns:
        _state(batch, row, at, rows, months, first, file)
    if len(months) > MONTHS_TAKEN:
        batch.notes.append(f"months before {sorted(months)[-MONTHS_TAKEN]} left out: {MONTHS_TAKEN} are taken")
    _show_definitions(batch, [row for row, _ in columns], file)
    batch.series = needed_series({row["series"] for row in batch.statements})
    return batch


def _text(row: list[Cell], at: int) -> str:
    value = row[at].value if at < len(row) else None
    return "" if value is None else " ".join(str(value).replace("**", " ").split())


def _first_month(rows: list[list[Cell]], file: InboxFile) -> int:
    for number, row in enumerate(rows[:_FIRST_ROWS]):
        if row and _MONTH.fullmatch(_text(row, 0)):
            return number
    raise IngestError(
        f"{file.name}, sheet '{SHEET}' has no month like 2025M11 in its first {_FIRST_ROWS} rows",
        "The layout has changed",
    )


def _day_of_update(head: list[list[Cell]], file: InboxFile) -> str:
    for row in head:
        for at in range(min(len(row), 3)):
            match = _UPDATED.search(_text(row, at))
            if match:
                try:
                    return datetime.strptime(match[1], "%B %d, %Y").strftime("%Y-%m-%d")
                except ValueError:
                    continue
    raise IngestError(
        f"{file.name}, sheet '{SHEET}' does not say when it was updated",
        "Add --published YYYY-MM-DD: its figures are revised from month to month",
    )


def _months(rows: list[list[Cell]], first: int, file: InboxFile) -> dict[str, int]:
    """Return the row of each month."""
    months: dict[str, int] = {}
    for number in range(first, len(rows)):
        text = _text(rows[number], 0)
        if not text and not any(_text(rows[number], at) for at in range(len(rows[number]))):
            continue
        match = _MONTH.fullmatch(text)
        month = f"{match[1]}-{match[2]}" if match else ""
        if not month or month in months:
            raise IngestError(
                f"{file.name}, sheet '{SHEET}', row {number + 1}: '{shown(text)}' is no month, or there twice",
                "The layout has changed, or the file was edited",
            )
        months[month] = number
    return months


def _columns(head: list[list[Cell]], batch: Batch, file: InboxFile) -> list[tuple[Row, int]]:
    """Return the mapping row and the place of each mapped column, its unit checked."""
    mapping = [row for row in read_mapping("pinksheet") if row["sheet"] == SHEET]
    width = max((len(row) for row in head), default=0)
    found, taken = [], set()
    for row in mapping:
        wanted = {row["code"].casefold(), row["name"].casefold()}
        places = [at for at in range(1, width) if any(_text(line, at).casefold() in wanted for line in head)]
        if len(places) != 1:
            batch.unmapped.append(f"{row['code']} ({row['name']}): {'no column' if not places else 'two columns'}")
            continue
        at = places[0]
        if not any(_text(line, at) == row["unit"] for line in head):
            raise IngestError(
                f"{file.name}, sheet '{SHEET}', column {at + 1}: the unit of {row['name']} is not {row['unit']}",
                "The layout has changed: compare it with mappings/pinksheet.csv",
            )
        found.append((row, at))
        taken.add(at)
    others = (
        [_text(head[-1], at) or _text(head[-2], at) for at in range(1, width) if at not in taken]
        if len(head) > 1
        else []
    )
    if others:
        batch.unmapped.append(f"{len(others)} columns: " + shown(", ".join(name for name in others if name), 300))
    return found


def _state(
    batch: Batch, row: Row, at: int, rows: list[list[Cell]], months: dict[str, int], first: int, file: InboxFile
) -> None:
    for month in sorted(months)[-MONTHS_TAKEN:]:
        cells = rows[months[month]]
        cell = cells[at] if at < len(cells) else Cell(None, "General")
        text = "" if cell.value is None else str(cell.value).strip()
        if is_missing(text):
            continue
        where = f"{file.name}, sheet '{SHEET}', row {months[month] + 1}, column {at + 1}"
        if isinstance(cell.value, bool) or not isinstance(cell.value, int | float | str):
            raise IngestError(f"{where}: '{shown(text)}' is not a number", "Look at the cell")
        printed = _as_printed(cell, where)
        number = read_number(printed, where)
        if number <= 0:
            raise IngestError(f"{where}: the price '{shown(printed)}' is not above zero", "Look at the cell")
        stated = f"{number:,f} {row['unit'].strip('()')}"
        batch.statements.append(
            statement_row(row["series"], "level", month, number, row["row_unit"], stated, batch.source["source"])
        )


def _as_printed(cell: Cell, where: str) -> str:
    """Return a number as the sheet shows it: with the decimals of its format, else as it is stored."""
    if isinstance(cell.value, str):
        return cell.value.strip()
    if isinstance(cell.value, float) and not abs(cell.value) < 1e15:
        raise IngestError(f"{where}: '{cell.value}' is not a number", "Look at the cell")
    match = _DECIMALS.search(cell.format.split(";")[0])
    if match:
        return f"{cell.value:.{len(match[1])}f}"
    return f"{Decimal(repr(cell.value)):f}"


def _show_definitions(batch: Batch, rows: list[Row], file: InboxFile) -> None:
    if "Description" not in sheet_names(file):
        return
    lines = [" ".join(_text(line, at) for at in range(min(len(line), 4))) for line in read_sheet(file, "Description")]
    for row in rows:
        told = next((line for line in lines if line.casefold().startswith(row["name"].casefold())), "")
        if told:
            batch.notes.append(f"{row['series']} is {shown(told, _SAID)}")
