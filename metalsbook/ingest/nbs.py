"""NBS export of data.stats.gov.cn: one row an indicator, one column a month, the newest first.

Line 1 names the data base, line 2 the time, line 3 the months; the last line the source. Files are met in GB18030 and
in UTF-8 without a mark. January has no figure of its own for many indicators, whose January and February come together.
"""

import re
import unicodedata
from decimal import Decimal

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import ABOUT, Batch
from metalsbook.ingest.files import shown
from metalsbook.ingest.grid import Grid, is_missing
from metalsbook.ingest.mappings import read_mapping

_ABOUT = ABOUT["nbs"]
MEASURES = {"当期值": "level", "累计值": "ytd", "同比增长": "yoy", "累计增长": "ytd_yoy"}
_HEAD = "指标"
_FOOTERS = ("数据来源", "注:", "注")
_MONTH = re.compile(r"((?:19|20)[0-9]{2})[年-](1[0-2]|0?[1-9])月?(?:-?0?1日?)?")
"""A month, or its first day: that is what a spreadsheet stores of one."""
_INDICATOR = re.compile(r"(.+?)_?(当期值|累计值|同比增长|累计增长)(?:\(([^()]+)\))?")


def recognise(lines: list[list[str]]) -> bool:
    """Return whether the first lines are those of an NBS export."""
    return lines[0][0].startswith("数据库") or any(
        line[0] == _HEAD and _MONTH.fullmatch("".join(line[1:2])) for line in lines[:4]
    )


def read(batch: Batch) -> None:
    """Read what an NBS export says of the mapped indicators into the batch."""
    grid = batch.grid
    place = next((at for at, (_, cells) in enumerate(grid.rows) if cells[0] == _HEAD), None)
    if place is None:
        raise IngestError(f"{grid.file} has no line that begins with '{_HEAD}'", "The layout has changed")
    table = batch.read_rows([line for line in grid.rows[place:] if not line[1][0].startswith(_FOOTERS)])
    months = _months(list(table)[1:], grid, grid.rows[place][0])
    batch.kind = f"{_ABOUT['title']}, {len(months)} months"
    batch.set_source(_ABOUT, f", {min(months)} to {max(months)}")
    mapping = {(row["indicator"], row["unit"]): row for row in read_mapping("nbs")}
    for number, (indicator, *cells) in zip(table.index, table.to_numpy().tolist(), strict=True):
        name = "".join(unicodedata.normalize("NFKC", indicator).split())
        match = _INDICATOR.fullmatch(name)
        growth = bool(match) and match[2].endswith("增长")
        unit = (match[3] or ("%" if growth else "")) if match else ""
        row = mapping.get((match[1], unit)) if match and growth == (unit == "%") else None
        if row is None:
            batch.unmapped.append(f"indicator {shown(name)}")
            continue
        for month, cell in zip(months, cells, strict=True):
            if not is_missing(cell):
                bare, measure = (cell.removesuffix("%") if growth else cell), MEASURES[match[2]]
                with batch.collect():
                    value = grid.number(bare, number, month, signed=growth) * Decimal(row["factor"])
                    stated, where = f"{bare}{unit}", grid.where(number, month)
                    if not growth:
                        batch.arithmetic.append(f"{row['series']} {measure} {month} = {cell} {unit} x {row['factor']}")
                    batch.state(row["series"], measure, month, value, row["row_unit"], stated, where, stated)


def _months(header: list[str], grid: Grid, number: int) -> list[str]:
    months = []
    for at, cell in enumerate(header, start=1):
        match = _MONTH.fullmatch(cell)
        if match is None:
            todo = "It looks like 2025年11月; only monthly exports are read"
            raise grid.fault(number, at, cell, "is not a month", todo)
        months.append(f"{match[1]}-{int(match[2]):02d}")
    if not months or len(set(months)) < len(months):
        raise IngestError(f"{grid.where(number)}: there is no month, or one twice", "Download it again")
    return months
