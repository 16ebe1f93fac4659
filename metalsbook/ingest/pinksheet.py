"""World Bank Pink Sheet: `CMO-Historical-Data-Monthly.xlsx`, sheet `Monthly Prices`.

Row 4 says when it was updated, the vintage of all its figures. Columns are found by the row of codes where it is there,
by their trimmed names where it is not; units are checked either way. Missing is `…` or `...`. Prices are taken with the
decimals that the sheet shows. Definitions change: what
the sheet `Description` says of a taken series is shown.
"""

import re
from datetime import datetime
from decimal import Decimal

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import Batch, Origin, Row
from metalsbook.ingest.files import shown
from metalsbook.ingest.grid import Grid, is_missing
from metalsbook.ingest.mappings import read_mapping
from metalsbook.months import step_month

KIND = "World Bank Pink Sheet"
ORIGIN = Origin(
    "pinksheet", "World Bank", "https://www.worldbank.org/en/research/commodity-markets", "CC BY 4.0", "world_bank"
)
SHEET = "Monthly Prices"
MONTHS_TAKEN = 60
"""Months from the newest back: the sheet begins in 1960, the book some years ago."""
_UPDATED = re.compile(r"Updated on ([A-Z][a-z]+ [0-9]{1,2}, (?:19|20)[0-9]{2})")
_MONTH = re.compile(r"((?:19|20)[0-9]{2})M(0[1-9]|1[0-2])")
_SAID = 200
Rows = list[tuple[int, list[str]]]


def recognise(lines: list[list[str]]) -> bool:
    """Return whether the first rows are those of the sheet of prices."""
    first = " ".join(cell for line in lines[:2] for cell in line[:1]).casefold()
    return "pink sheet" in first and "prices in nominal" in first


def read(grid: Grid, batch: Batch) -> None:
    """Read the mapped prices into the batch."""
    first = next((at for at, (_, cells) in enumerate(grid.rows) if _MONTH.fullmatch(cells[0])), None)
    if first is None:
        raise IngestError(f"{grid.file}, sheet '{grid.sheet}' has no month like 2025M11", "The layout has changed")
    head, body = grid.rows[:first], grid.rows[first:]
    batch.set_source(ORIGIN, f"{KIND}, monthly prices", batch.file.details.published or _day_of_update(head, grid))
    batch.kind = f"{KIND}, updated on {batch.source['published']}, {len(body)} months"
    months = _months(body, grid)
    taken = sorted(months)[-MONTHS_TAKEN:]
    for row, at in _columns(head, grid, batch):
        for month in taken:
            with batch.collect():
                _state(row, at, month, *months[month], grid, batch)
        told = [" ".join(" ".join(cells[:4]).split()) for _, cells in grid.beside.get("Description", [])]
        said = next((line for line in told if line.casefold().startswith(row["name"].casefold())), "")
        batch.notes += [f"{row['series']} is {shown(said, _SAID)}"] if said else []
    if len(months) > MONTHS_TAKEN:
        batch.notes.append(f"months before {taken[0]} left out: {MONTHS_TAKEN} are taken")


def _text(cells: list[str], at: int) -> str:
    return " ".join(cells[at].replace("**", " ").split()) if at < len(cells) else ""


def _day_of_update(head: Rows, grid: Grid) -> str:
    match = _UPDATED.search(" ".join(cell for _, cells in head for cell in cells[:3]))
    try:
        return datetime.strptime(match[1] if match else "", "%B %d, %Y").strftime("%Y-%m-%d")
    except ValueError:
        raise IngestError(
            f"{grid.file}, sheet '{grid.sheet}' does not say when it was updated",
            "Add --published YYYY-MM-DD: its figures are revised from month to month",
        ) from None


def _months(body: Rows, grid: Grid) -> dict[str, tuple[int, list[str]]]:
    months: dict[str, tuple[int, list[str]]] = {}
    for number, cells in body:
        match = _MONTH.fullmatch(cells[0])
        month = f"{match[1]}-{match[2]}" if match else ""
        due = step_month(next(reversed(months)), 1) if months else month
        if not month or month != due:
            raise IngestError(
                f"{grid.where(number)}: '{shown(cells[0])}' is not the month after the row above it",
                "The layout has changed, or the file was edited or damaged: download it again",
            )
        months[month] = number, cells
    return months


def _columns(head: Rows, grid: Grid, batch: Batch) -> list[tuple[Row, int]]:
    """Return the mapping row and the place of each mapped column, its unit checked."""
    width = max(len(cells) for _, cells in head) if head else 0
    names = [{_text(cells, at).casefold() for _, cells in head} for at in range(width)]
    found = []
    for row in [row for row in read_mapping("pinksheet") if row["sheet"] == SHEET]:
        places = [at for at in range(1, width) if names[at] & {row["code"].casefold(), row["name"].casefold()}]
        if len(places) != 1:
            batch.unmapped.append(f"{row['code']} ({row['name']}): {'no column' if not places else 'two columns'}")
        elif row["unit"].casefold() not in names[places[0]]:
            raise IngestError(
                f"{grid.file}, sheet '{grid.sheet}': the unit of {row['name']} is not {row['unit']}",
                "The layout has changed: compare it with mappings/pinksheet.csv",
            )
        else:
            found.append((row, places[0]))
    taken = {at for _, at in found}
    others = [_text(head[-1][1], at) for at in range(1, width) if at not in taken]
    if others:
        batch.unmapped.append(f"{len(others)} columns: " + shown(", ".join(filter(None, others)), 300))
    return found


def _state(row: Row, at: int, month: str, number: int, cells: list[str], grid: Grid, batch: Batch) -> None:
    text = cells[at] if at < len(cells) else ""
    if is_missing(text):
        return
    price, places = grid.number(text, number, at), grid.decimals.get((number, at))
    price = price if places is None else Decimal(f"{price:.{places}f}")
    where, stated = grid.where(number, at), f"{price:,f} {row['unit'].strip('()')}"
    batch.state(row["series"], "level", month, price, row["row_unit"], stated, where, text)
