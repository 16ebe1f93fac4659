"""NBS export of data.stats.gov.cn: one row an indicator, one column a month, the newest first.

Line 1 names the data base, line 2 the time, line 3 the months; the last line the source. Files are met in GB18030 and
in UTF-8 without a mark. January has no figure of its own for many indicators, whose January and February come together.
"""

import re
import unicodedata
from decimal import Decimal

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import Batch, Origin, Row, source_row, statement_row
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.mappings import read_mapping
from metalsbook.ingest.text import is_missing, read_number, read_rows, read_text

KIND = "NBS export"
ORIGIN = Origin(
    "nbs", "National Bureau of Statistics of China", "https://data.stats.gov.cn/", "official statistics", "nbs"
)
_FIRST = "数据库"
_HEAD = "指标"
_FOOTERS = ("数据来源", "注:", "注")
_MONTH = re.compile(r"((?:19|20)[0-9]{2})年(1[0-2]|0?[1-9])月")
_INDICATOR = re.compile(r"(.+?)_?(当期值|累计值|同比增长|累计增长)(?:\(([^()]+)\))?")
MEASURES = {"当期值": "level", "累计值": "ytd", "同比增长": "yoy", "累计增长": "ytd_yoy"}


def recognise(lines: list[list[str]]) -> bool:
    """Return whether the first lines are those of an NBS export."""
    return (bool(lines[0]) and lines[0][0].startswith(_FIRST)) or any(
        line and line[0] == _HEAD and _MONTH.fullmatch("".join(line[1:2])) for line in lines[:4]
    )


def read_nbs(file: InboxFile) -> Batch:
    """Return what an NBS export says of the mapped indicators.

    Raises:
        IngestError: If the row of months is missing, a row has another width, or a cell is no number.
    """
    text, encoding = read_text(file)
    rows = read_rows(text, file.name)
    place = next((number for number, (_, cells) in enumerate(rows) if cells[0] == _HEAD), None)
    if place is None:
        raise IngestError(f"{file.name} has no line that begins with '{_HEAD}'", "The layout has changed")
    months = _months(rows[place], file)
    batch = Batch(file.name, f"{KIND}, {encoding.removesuffix('-sig').upper()}, {len(months)} months")
    batch.source = source_row(file, ORIGIN, f"{KIND}, {min(months)} to {max(months)}", file.details.published)
    batch.sources = [batch.source]
    mapping = {(row["indicator"], row["unit"]): row for row in read_mapping("nbs")}
    for line, cells in rows[place + 1 :]:
        if cells[0].startswith(_FOOTERS):
            continue
        _state(batch, cells, months, mapping, f"{file.name}, row {line}")
    return batch


def _months(row: tuple[int, list[str]], file: InboxFile) -> list[str]:
    line, cells = row
    while cells and not cells[-1]:
        cells = cells[:-1]
    months = []
    for number, cell in enumerate(cells[1:], start=2):
        match = _MONTH.fullmatch(cell)
        if match is None:
            raise IngestError(
                f"{file.name}, row {line}, column {number}: '{shown(cell)}' is not a month",
                "It looks like 2025年11月; only monthly exports are read",
            )
        months.append(f"{match[1]}-{int(match[2]):02d}")
    if not months or len(set(months)) < len(months):
        raise IngestError(f"{file.name}, row {line}: there is no month, or one twice", "Download it again")
    return months


def _state(batch: Batch, cells: list[str], months: list[str], mapping: dict[tuple, Row], where: str) -> None:
    if len(cells) < len(months) + 1 or any(cells[len(months) + 1 :]):
        raise IngestError(f"{where} has {len(cells)} cells for {len(months)} months", "The file is cut or was edited")
    name = "".join(unicodedata.normalize("NFKC", cells[0]).split())
    match = _INDICATOR.fullmatch(name)
    unit = (match[3] or ("%" if match[2].endswith("增长") else "")) if match else ""
    row = mapping.get((match[1], "%" if match[2].endswith("增长") else unit)) if match else None
    if row is None or (match[2].endswith("增长") and unit != "%"):
        batch.unmapped.append(f"indicator {shown(name)}")
        return
    for month, cell in zip(months, cells[1:], strict=False):
        if is_missing(cell):
            continue
        number = read_number(cell, f"{where}, column '{month}'")
        if unit != "%" and number < 0:
            raise IngestError(f"{where}, column '{month}': '{shown(cell)}' is negative", "Download it again")
        value, printed = number * Decimal(row["factor"]), f"{cell}{unit}"
        if unit != "%":
            batch.arithmetic.append(f"{row['series']} {MEASURES[match[2]]} {month} = {cell} {unit} x {row['factor']}")
        batch.statements.append(
            statement_row(
                row["series"], MEASURES[match[2]], month, value, row["row_unit"], printed, batch.source["source"]
            )
        )
