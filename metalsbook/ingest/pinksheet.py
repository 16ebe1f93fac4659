"""World Bank Pink Sheet: `CMO-Historical-Data-Monthly.xlsx`, sheet `Monthly Prices`.

Row 4 says when it was updated, the vintage of all its figures. Columns are found by the row of codes where it is there,
by their trimmed names where it is not; units are checked either way. Missing is `…` or `...`. Prices are taken to the
cent that the sheet shows.
"""

import re
from datetime import datetime

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import ABOUT, Batch, Row
from metalsbook.ingest.files import shown
from metalsbook.ingest.grid import Grid, is_missing
from metalsbook.ingest.mappings import read_mapping
from metalsbook.months import step_month

_ABOUT = ABOUT["pinksheet"]
SHEET = "Monthly Prices"
MONTHS_TAKEN = 60
"""Months from the newest back: the sheet begins in 1960, the book some years ago."""
_UPDATED = re.compile(r"Updated on ([A-Z][a-z]+ [0-9]{1,2}, (?:19|20)[0-9]{2})")
_MONTH = re.compile(r"((?:19|20)[0-9]{2})M(0[1-9]|1[0-2])")
_DECIMALS = 2
Line = tuple[int, list[str]]


def recognise(lines: list[list[str]]) -> bool:
    """Return whether the first rows are those of the sheet of prices."""
    first = " ".join(cell for line in lines[:2] for cell in line[:1]).casefold()
    return "pink sheet" in first and "prices in nominal" in first


def read(batch: Batch) -> None:
    """Read the mapped prices into the batch."""
    grid = batch.grid
    first = next((at for at, (_, cells) in enumerate(grid.rows) if _MONTH.fullmatch(cells[0])), None)
    if first is None:
        raise IngestError(f"{grid.file}, sheet '{grid.sheet}' has no month like 2025M11", "The layout has changed")
    head, body = [cells for _, cells in grid.rows[:first]], grid.rows[first:]
    batch.set_source(_ABOUT, ", monthly prices", batch.file.details.published or _day_of_update(head, grid))
    batch.kind = f"{_ABOUT['title']}, updated on {batch.source['published']}, {len(body)} months"
    months = _months(body, grid)
    for row, at in _columns(head, batch):
        for month, (number, cells) in months[-MONTHS_TAKEN:]:
            if not is_missing(cells[at]):
                with batch.collect():
                    price = round(grid.number(cells[at], number, at), _DECIMALS)
                    where, stated = grid.where(number, at), f"{price:,f} {row['unit'].strip('()')}"
                    batch.state(row["series"], "level", month, price, row["row_unit"], stated, where, cells[at])
    if len(months) > MONTHS_TAKEN:
        batch.notes.append(f"months before {months[-MONTHS_TAKEN][0]} left out: {MONTHS_TAKEN} are taken")


def _day_of_update(head: list[list[str]], grid: Grid) -> str:
    match = _UPDATED.search(" ".join(cell for cells in head for cell in cells[:3]))
    try:
        return datetime.strptime(match[1] if match else "", "%B %d, %Y").strftime("%Y-%m-%d")
    except ValueError:
        raise IngestError(
            f"{grid.file}, sheet '{grid.sheet}' does not say when it was updated",
            "Add --published YYYY-MM-DD: its figures are revised from month to month",
        ) from None


def _months(body: list[Line], grid: Grid) -> list[tuple[str, Line]]:
    """Return each row with its month; none is left out between the first and the last."""
    months = [(_MONTH.sub(r"\1-\2", cells[0]) if _MONTH.fullmatch(cells[0]) else "") for _, cells in body]
    for (number, cells), month, before in zip(body, months, ["", *months], strict=False):
        if not month or (before and month != step_month(before, 1)):
            todo = "The layout has changed, or the file was edited or damaged: download it again"
            raise grid.fault(number, "", cells[0], "is not the month after the row above it", todo)
    return list(zip(months, body, strict=True))


def _columns(head: list[list[str]], batch: Batch) -> list[tuple[Row, int]]:
    """Return the mapping row and the place of each mapped column, its unit checked."""
    texts = [[" ".join(cell.replace("**", " ").split()) for cell in column] for column in zip(*head, strict=True)]
    names = [{text.casefold() for text in column} for column in texts]
    found = []
    for row in [row for row in read_mapping("pinksheet") if row["sheet"] == SHEET]:
        wanted = {row["code"].casefold(), row["name"].casefold()}
        places = [at for at, own in enumerate(names) if at and own & wanted]
        if len(places) != 1:
            batch.unmapped.append(f"{row['code']} ({row['name']}): {'no column' if not places else 'two columns'}")
        elif row["unit"].casefold() not in names[places[0]]:
            raise IngestError(
                f"{batch.name}, sheet '{SHEET}': the unit of {row['name']} is not {row['unit']}",
                "The layout has changed: compare it with mappings/pinksheet.csv",
            )
        else:
            found.append((row, places[0]))
    taken = {0, *(at for _, at in found)}
    others = [column[-1] for at, column in enumerate(texts) if at not in taken]
    if others:
        batch.unmapped.append(f"{len(others)} columns: " + shown(", ".join(filter(None, others)), 300))
    return found
