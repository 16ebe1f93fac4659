"""Guess how a table is laid out, as a profile that the analyst approves: nothing is taken by a guess."""

from collections.abc import Iterable
from pathlib import Path

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest.files import Details, InboxFile, open_file, shown
from metalsbook.ingest.terminal import Line, read_lines, read_period
from metalsbook.ingest.text import is_missing, read_number

_UNIT_WORDS = ("单位", "Unit", "unit")
_LONG_WORDS = {
    "name_column": ("product_name", "name", "指标名称", "产品", "品名", "名称"),
    "value_column": ("average_price", "average", "value", "均价", "数值", "值"),
    "unit_column": ("unit", "单位"),
    "low_column": ("min_price", "low", "最低价"),
    "high_column": ("max_price", "high", "highs", "最高价"),
}
_UNITS = {
    "元/吨": "CNY/t",
    "万元/吨": "CNY/t x 10000",
    "元/公斤": "CNY/kg",
    "元/千克": "CNY/kg",
    "吨": "t",
    "万吨": "t x 10000",
    "美元/吨": "USD/t",
    "美元/公斤": "USD/kg",
    "%": "%",
}
_SAMPLE = 40


def guess_files(paths: Iterable[Path], options: Details) -> str:
    """Return the profiles that tables seem to have, as YAML to be completed.

    Raises:
        UsageError: If no file is named.
        IngestError: If a file is no table, or no column of it holds dates.
    """
    files = [open_file(path, options) for path in paths]
    if not files:
        raise UsageError("Name the file whose layout is to be guessed", "metalsbook ingest --guess FILE")
    return "\n".join(guess_profile(file) for file in files)


def guess_profile(file: InboxFile) -> str:
    """Return the profile that a table seems to have, as YAML to be completed.

    Raises:
        IngestError: If the file is no table, or no column of it holds dates.
    """
    lines = list(read_lines(file))
    dates = _date_column(lines, file)
    first = next(at for at, (_, cells) in enumerate(lines) if dates < len(cells) and read_period(cells[dates]))
    header_at = _header_row(lines, first)
    header = lines[header_at][1]
    labels = [cells[0] for _, cells in lines[header_at + 1 : first] if cells[0]]
    body = lines[first:]
    footer = [cells[0] for _, cells in body if not (dates < len(cells) and read_period(cells[dates])) and cells[0]]
    words = _long_words(header)
    found: dict[str, object] = {
        "title": "?",
        "publisher": "?",
        "url": "https://",
        "licence": "?",
        "origin": "?",
        "evidence": "unverified",
        "layout": "long" if {"name_column", "value_column"} <= words.keys() else "columns",
        "header": str(lines[header_at][0]),
        "date_column": str(dates + 1),
        "label_rows": labels,
        "unit_row": next((label for label in labels if label.startswith(_UNIT_WORDS)), ""),
        "footer": footer,
        "units": dict(_UNITS),
    }
    if found["layout"] == "long":
        found |= words
        at = header.index(words["name_column"])
        names = [cells[at] for _, cells in body if at < len(cells) and cells[at]]
    else:
        names = [name for at, name in enumerate(header) if name and at != dates and _holds_numbers(body, at)]
    found["series"] = dict.fromkeys(dict.fromkeys(names), "")
    return _to_yaml(found, file)


def _date_column(lines: list[Line], file: InboxFile) -> int:
    counts: dict[int, int] = {}
    for _, cells in lines:
        for at, cell in enumerate(cells):
            if len(cell) >= 6 and read_period(cell):
                counts[at] = counts.get(at, 0) + 1
    if not counts:
        raise IngestError(f"{file.name} has no column of days or months", "A profile is for tables with dates")
    return max(counts, key=lambda at: (counts[at], -at))


def _header_row(lines: list[Line], first: int) -> int:
    """Return the row that names the columns: of those above the data the first that is as wide as it is."""
    width = len(lines[first][1])
    wide = [at for at in range(first) if sum(bool(cell) for cell in lines[at][1]) * 2 > width]
    return wide[0] if wide else max(first - 1, 0)


def _long_words(header: list[str]) -> dict[str, str]:
    found = {key: next((word for word in words if word in header), "") for key, words in _LONG_WORDS.items()}
    return {key: word for key, word in found.items() if word}


def _holds_numbers(body: list[Line], at: int) -> bool:
    cells = [cells[at] for _, cells in body[:_SAMPLE] if at < len(cells) and not is_missing(cells[at])]
    numbers = 0
    for cell in cells:
        try:
            read_number(cell, "")
        except IngestError:
            continue
        numbers += 1
    return numbers * 2 > len(cells)


def _to_yaml(found: dict[str, object], file: InboxFile) -> str:
    import yaml

    text = yaml.safe_dump(
        {key: value for key, value in found.items() if value not in ("", [])}, allow_unicode=True, sort_keys=False
    )
    return (
        f"# Guessed from {shown(file.name, 120)}: check every line, fill in each ? and the series, save it as "
        f".yml,\n# and read the table with: metalsbook ingest --profile THAT.yml --dry-run FILE\n{text}"
    )
