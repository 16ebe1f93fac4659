"""The columns of a China customs query: what each header says, in both languages and all spellings seen.

Header lines seen in public copies of `downloadData.csv`; 美元值, 人民币元, 月份 and 年月 are accepted without a copy.
"""

import re

from metalsbook.errors import IngestError
from metalsbook.ingest.files import shown

_HEADERS = {
    "month": ("Date of data", "数据年月", "月份", "年月"),
    "code": ("Commodity code", "商品编码"),
    "goods": ("Commodity", "商品名称"),
    "partner": ("Trading partner code", "贸易伙伴编码"),
    "partner_name": ("Trading partner", "贸易伙伴名称"),
    "regime": ("Customs Regime code", "贸易方式编码"),
    "regime_name": ("Customs Regime", "贸易方式名称"),
    "place": ("Locations of importers and exporters code", "注册地编码"),
    "place_name": ("Locations of importers and exporters", "注册地名称"),
    "quantity": ("Quantity", "第一数量"),
    "unit": ("Unit", "第一计量单位"),
    "quantity2": ("Supplementary Quantity", "Supplimentary Quantity", "第二数量"),
    "unit2": ("Supplementary Unit", "Supplimentary Unit", "第二计量单位"),
    "usd": ("US dollar", "US dollars", "美元", "美元值"),
    "cny": ("Renminbi Yuan", "人民币", "人民币元"),
}
_NAMES = {header.casefold(): name for name, headers in _HEADERS.items() for header in headers}
_BLANKS = re.compile(r"[\s\u3000\ufeff]+")
_FEWEST_KNOWN = 3


def column_name(header: str) -> str:
    """Return the column that a header means, "" for an empty one, "?" for one that is not known."""
    text = _BLANKS.sub(" ", header).strip()
    return _NAMES.get(text.casefold(), "?") if text else ""


def is_customs_header(cells: list[str]) -> bool:
    """Return whether a header line is that of a customs query."""
    names = [column_name(cell) for cell in cells]
    return "code" in names and len([name for name in names if name not in ("", "?")]) >= _FEWEST_KNOWN


def read_header(cells: list[str], file: str) -> list[str]:
    """Return the column of each header cell; "" for an empty last one.

    Raises:
        IngestError: If a header is not known, occurs twice, or a column is missing without which nothing can be read.
    """
    names = [column_name(cell) for cell in cells]
    for number, (name, cell) in enumerate(zip(names, cells, strict=True), start=1):
        if name == "?" or (not name and number < len(names)):
            raise IngestError(
                f"{file}, row 1, column {number}: the header '{shown(cell)}' is not known",
                "The layout has changed: compare it with the columns in data/inbox/README.md",
            )
        if name and names.index(name) + 1 != number:
            raise IngestError(f"{file}, row 1, column {number}: '{shown(cell)}' stands in the header twice")
    _check_complete(set(names), file)
    return names


def _check_complete(names: set[str], file: str) -> None:
    if "code" not in names:
        raise IngestError(f"{file}, row 1: there is no column 'Commodity code' (商品编码)", "Ask for it in the query")
    if not names & {"quantity", "usd", "cny"}:
        raise IngestError(f"{file}, row 1: there is neither a quantity nor a value", "Ask for them in the query")
    if {"usd", "cny"} <= names:
        raise IngestError(f"{file}, row 1: there are two currencies", "One query has one: download it again")
    if "quantity" in names and "unit" not in names:
        raise IngestError(
            f"{file}, row 1: there is a quantity without the column 'Unit' (第一计量单位)",
            "Download it again with the unit",
        )
