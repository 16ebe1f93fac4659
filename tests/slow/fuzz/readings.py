"""Second readings of files, slow, with the standard library alone: what an importer that took a file must have found.

A reading returns each figure as (series, measure, period, value) with how often it is there. It raises `Unreadable`
for a file that cannot be read in one way only; an importer must refuse such a file.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections import Counter
from decimal import Decimal
from xml.etree import ElementTree

from metalsbook.ingest.mappings import read_mapping

Figures = Counter[tuple[str, str, str, Decimal]]
EMPTY_WORDS = ("na", "n/a", "na!", "n/a!", "nan", "nat", "none", "null", "nil", "无", "暂无", "缺", "未公布")
CUSTOMS_COLUMNS = {
    "month": ("Date of data", "数据年月", "月份", "年月"),
    "code": ("Commodity code", "商品编码"),
    "kg": ("Quantity", "第一数量"),
    "usd": ("US dollar", "US dollars", "美元", "美元值"),
}
NBS_MEASURES = {"当期值": "level", "累计值": "ytd", "同比增长": "yoy", "累计增长": "ytd_yoy"}


class Unreadable(Exception):
    """The file has no single meaning."""


def lines_of(content: bytes, *encodings: str) -> list[list[str]]:
    """Return the rows of CSV that hold anything, their cells trimmed."""
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable("encoding")
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    except csv.Error as error:
        raise Unreadable(str(error)) from error
    trimmed = [[cell.strip(" \t\r\n\u00a0\u3000") for cell in row] for row in rows]
    return [row for row in trimmed if any(row)]


def is_empty(text: str) -> bool:
    """Return whether a person would call a cell empty: no letter and no digit in it, or a word for it."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return plain.removeprefix("#") in EMPTY_WORDS or all(mark in "-–—‐‑−.…·*?/\\_" for mark in plain)


def number(text: str) -> Decimal:
    """Return a number whose thousands, if marked, are marked by commas in the right places."""
    whole, dot, decimals = text.removeprefix("-").partition(".")
    groups = whole.split(",")
    right = all(group.isascii() and group.isdigit() for group in [*groups, *([decimals] if dot else [])])
    if not right or (len(groups) > 1 and (len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:]))):
        raise Unreadable(text)
    return Decimal(text.replace(",", ""))


def place(header: list[str], *names: str) -> int:
    """Return where the one column of these names stands."""
    found = [at for at, cell in enumerate(header) if cell in names]
    if len(found) != 1:
        raise Unreadable(f"{len(found)} columns {names[0]}")
    return found[0]


def at(row: list[str], column: int) -> str:
    """Return a cell, "" where the row is too short for it."""
    return row[column] if column < len(row) else ""


def read_customs(content: bytes) -> Figures:
    """Return tonnes by series and month: the sums over partners, regimes and places."""
    rows = lines_of(content, "utf-8-sig", "gb18030")
    header = [" ".join(cell.split()).casefold() for cell in rows[0]]
    columns = {
        name: place(header, *(known.casefold() for known in spelt))
        for name, spelt in CUSTOMS_COLUMNS.items()
        if name not in ("kg", "usd") or any(known.casefold() in header for known in spelt)
    }
    if "kg" not in columns:
        return Counter()
    series = {row["code"]: row["series"] for row in read_mapping("hs8") if row["flow"] == "export"}
    sums: Counter[tuple[str, str]] = Counter()
    dollars: Counter[tuple[str, str]] = Counter()
    for row in rows[1:]:
        if (code := at(row, columns["code"])) in series:
            digits = re.sub("[^0-9]", "", at(row, columns["month"]))
            key = series[code], f"{digits[:4]}-{digits[4:]}"
            sums[key] += number(at(row, columns["kg"]))
            dollars[key] += number(at(row, columns["usd"])) if "usd" in columns else 0
    # No kilograms beside dollars are a quantity that is not given.
    return Counter((*key[:1], "level", key[1], kg / 1000) for key, kg in sums.items() if kg or not dollars[key])


def read_comtrade(content: bytes) -> Figures:
    rows = lines_of(content, "utf-8-sig", "cp1252", "latin-1")
    mapping = {(row["reporter"], row["flow"], row["code"], row["partner"]): row for row in read_mapping("comtrade")}
    names = (
        "customsCode motCode partner2Code reporterCode flowCode cmdCode partnerCode period freqCode netWgt primaryValue"
    )
    columns = [place(rows[0], name) for name in names.split(" ")]
    figures: Figures = Counter()
    for row in rows[1:]:
        cells = [cell[:-2] if re.fullmatch("[0-9]+[.]0", cell) else cell for cell in (at(row, one) for one in columns)]
        known = mapping.get(tuple(cells[3:7]))
        if cells[:3] != ["C00", "0", "0"] or known is None:
            continue
        period = cells[7] if cells[8] == "A" else f"{cells[7][:4]}-{cells[7][4:]}"
        weight, value = (None if is_empty(cell) else number(cell) for cell in cells[9:11])
        sides = (known["series"], weight, value, 1000), (known["value_series"], value, weight, 1)
        for name, one, other, share in sides:
            if name and one is not None and (one or not other):
                figures[name, "level", period, one / share] += 1
    return figures


def read_usgs(content: bytes) -> Figures:
    rows = lines_of(content, "utf-8-sig", "cp1252", "latin-1")
    header, figures = rows[0], Counter()
    if len(set(filter(None, header))) < len([cell for cell in header if cell]):
        raise Unreadable("a column twice")
    layout = "mcs" if "Statistics" in header else "world" if "TYPE" in header else "salient"
    keys = ("commodity", "country", "statistic", "unit")
    own = [row for row in read_mapping("usgs") if row["file"] == layout]
    mapping = {tuple(row[key].casefold() for key in keys): row for row in own}
    for cells in rows[1:]:
        record = dict(zip(header, [*cells, *[""] * len(header)], strict=False))
        for key, year, cell in _usgs_cells(layout, record):
            row = mapping.get(tuple(re.sub(r"[\s\u00a0\ufffd]+", " ", part).strip().casefold() for part in key))
            if row and cell not in ("W", "XX") and not is_empty(cell):
                value = number(re.sub(r"^[<>]\s?", "", cell)) * Decimal(row["factor"])
                figures[row["series"], "level", year, value] += 1
    return figures


def _usgs_cells(layout: str, record: dict[str, str]) -> list[tuple[tuple[str, ...], str, str]]:
    """Return (commodity, country, statistic, unit), year and figure of each cell of a row."""
    if layout == "mcs":
        detail = record.get("Statistics_detail", "")
        statistic = record["Statistics"] + (f": {detail}" if detail else "")
        return [((record["Commodity"], record["Country"], statistic, record["Unit"]), record["Year"], record["Value"])]
    if layout == "world":
        year = re.compile("PROD_(?:EST_)? ?((?:19|20)[0-9]{2})")
        years = {name: found[1] for name in record if (found := year.fullmatch(name))}
        key = record["COMMODITY"], record["COUNTRY"], "production", record["UNIT_MEAS"]
        return [(key, year, record[name]) for name, year in years.items()]
    parts = {name: name.rsplit("_", 1) for name in record if "_" in name.lstrip("_")}
    about = record["Commodity"], "United States"
    return [((*about, *part), record["Year"], record[name]) for name, part in parts.items()]


def read_nbs(content: bytes) -> Figures:
    rows = lines_of(content, "utf-8-sig", "gb18030")
    mapping = {(row["indicator"], row["unit"]): row for row in read_mapping("nbs")}
    top = next((number for number, row in enumerate(rows) if row[0] == "指标"), None)
    if top is None:
        raise Unreadable("no months")
    months = [f"{cell[:4]}-{int(cell[5:-1]):02d}" for cell in rows[top][1:] if cell]
    figures: Figures = Counter()
    for row in rows[top + 1 :]:
        name = row[0].replace("（", "(").replace("）", ")")
        found = re.fullmatch(r"(.+?)_?(当期值|累计值|同比增长|累计增长)(?:\(([^()]+)\))?", "".join(name.split()))
        if found is None or name.startswith(("数据来源", "注")):
            continue
        growth = found[2].endswith("增长")
        known = mapping.get((found[1], "%" if growth else found[3] or ""))
        if known is None or (growth and found[3] not in ("%", None)):
            continue
        for month, cell in zip(months, row[1:], strict=False):
            if not is_empty(cell):
                cell = cell.removesuffix("%") if growth else cell
                figures[known["series"], NBS_MEASURES[found[2]], month, number(cell) * Decimal(known["factor"])] += 1
    return figures


def read_statements(content: bytes) -> Counter[tuple]:
    """Return series, measure, period, printed text and value of the rows; None is a value left to the text."""
    rows = lines_of(content, "utf-8-sig", "gb18030")
    names = ("series", "measure", "period", "stated", "value")
    columns = [place(rows[0], name) if name in rows[0] else len(rows[0]) for name in names]
    figures: Counter[tuple] = Counter()
    for row in rows[1:]:
        series, measure, period, stated, value = (at(row, column) for column in columns)
        if (stated or value) and not any(cell.startswith("example-") for cell in row):
            figures[series, measure or "level", period, stated, number(value) if value else None] += 1
    return figures


def read_price_table(content: bytes, profile: dict) -> Figures:
    """Return what a table says that a profile of the layout "long" describes."""
    rows = lines_of(content, "utf-8-sig", "gb18030")
    top = next((number for number, row in enumerate(rows) if profile["header"] in row), None)
    if top is None:
        raise Unreadable("no header")
    names = ("date_column", "name_column", "value_column", "unit_column", "low_column", "high_column")
    columns = [place(rows[top], profile[name]) for name in names]
    figures: Figures = Counter()
    for row in rows[top + 1 :]:
        date, name, value, unit, low, high = (at(row, one) for one in columns)
        series = profile["series"].get(name)
        if series is None or is_empty(value) or row[0].startswith(tuple(profile["footer"])):
            continue
        _, _, factor = profile["units"][unit].partition(" x ")
        middle = number(value)
        if not is_empty(low) and not is_empty(high) and low != high:
            middle = (number(low) + number(high)) / 2
        figures[series, profile.get("measure", "level"), _day(date), middle * Decimal(factor or 1)] += 1
    return figures


def _day(text: str) -> str:
    parts = re.findall("[0-9]+", text.removesuffix(" 00:00:00").removesuffix(" 00:00"))
    if len(parts) == 1:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    return "-".join(part.zfill(2) for part in parts if part)


_WORKBOOK = ("_rels/workbook.xml.rels", "workbook.xml")
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def read_pinksheet(content: bytes) -> Figures:
    """Return the stored prices of the mapped columns; text is read as it stands, figures as they are stored."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        part = {name: ElementTree.fromstring(package.read(f"xl/{name}")) for name in _WORKBOOK}
        links = {one.get("Id"): one.get("Target") for one in part["_rels/workbook.xml.rels"]}
        sheets = {one.get("name"): links.get(one.get(f"{_LINK}id"), "") for one in part["workbook.xml"].iter("*")}
        cells = _cells(ElementTree.fromstring(package.read("xl/" + sheets["Monthly Prices"].removeprefix("/xl/"))))
    is_month = re.compile("[0-9]{4}M[0-9]{2}").fullmatch
    months = {row: text for (row, column), text in cells.items() if column == 1 and is_month(text)}
    top = min(months, default=0)
    named = [(at, " ".join(text.replace("**", " ").split()).casefold()) for at, text in cells.items() if at[0] < top]
    figures: Figures = Counter()
    for known in read_mapping("pinksheet"):
        wanted = {known["code"].casefold(), known["name"].casefold()}
        columns = {column for (_, column), text in named if column != 1 and text in wanted}
        for column in columns if len(columns) == 1 else ():
            for row, month in months.items():
                if not is_empty(text := cells.get((row, column), "")):
                    figures[known["series"], "level", f"{month[:4]}-{month[5:]}", Decimal(text)] += 1
    return figures


def _cells(sheet: ElementTree.Element) -> dict[tuple[int, int], str]:
    """Return the texts of a sheet by row and column; what does not say where it stands follows what is before it."""
    cells: dict[tuple[int, int], str] = {}
    number = 0
    for row in sheet.iter(f"{_SHEET}row"):
        number, column = int(row.get("r", number + 1)), 0
        for cell in row.iter(f"{_SHEET}c"):
            letters = re.sub("[^A-Z]", "", cell.get("r", ""))
            column = sum(26**power * (ord(one) - 64) for power, one in enumerate(reversed(letters))) or column + 1
            if (number, column) in cells:
                raise Unreadable("a cell twice")
            texts = [part.text or "" for part in cell.iter() if part.tag in (f"{_SHEET}v", f"{_SHEET}t")]
            cells[number, column] = "".join(texts).strip()
    return cells
