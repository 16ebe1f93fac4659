"""Which format a file has, by its content: the name of a download says little."""

import csv
import re
from collections.abc import Callable

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest.batch import Batch
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.text import refuse_disguise

FORMATS = {
    "customs": "China customs query (CSV)",
    "comtrade": "UN Comtrade (CSV)",
    "pinksheet": "World Bank Pink Sheet (workbook)",
    "usgs": "USGS Mineral Commodity Summaries (CSV)",
    "nbs": "NBS export (CSV)",
    "table": "a table that a profile describes (CSV or workbook)",
    "statements": "statements as the ledger has them (CSV)",
}
"""Name of a format -> what it is."""
_ZIP = b"PK\x03\x04"
_LINES = 12


def find_reader(file: InboxFile) -> Callable[[InboxFile], Batch]:
    """Return the function that reads a file.

    Raises:
        IngestError: If the content is of no known format.
        UsageError: If the format that is named is not known.
    """
    name = file.details.format or recognise(file)
    if name not in FORMATS:
        raise UsageError(f"The format '{shown(name)}' is not known", f"Use one of {', '.join(FORMATS)}")
    return _reader(name)


def _reader(name: str) -> Callable[[InboxFile], Batch]:
    from importlib import import_module

    homes = {"table": "terminal", "statements": "plain"}
    module = import_module(f"metalsbook.ingest.{homes.get(name, name)}")
    return getattr(module, f"read_{name}")


def recognise(file: InboxFile) -> str:
    """Return the name of a file's format.

    Raises:
        IngestError: If it is of none; the message shows how the file begins.
    """
    if file.details.profile:
        return "table"
    if file.head.startswith(_ZIP):
        from metalsbook.ingest.workbook import sheet_names

        if "Monthly Prices" in sheet_names(file):
            return "pinksheet"
        raise _unknown(file, "a workbook without the sheet 'Monthly Prices'")
    refuse_disguise(file)
    lines = first_lines(file)
    for name in ("customs", "comtrade", "usgs", "nbs", "statements"):
        if _recognises(name, lines):
            return name
    raise _unknown(file, f"it begins with '{shown(','.join(lines[0]) if lines else '')}'")


def _recognises(name: str, lines: list[list[str]]) -> bool:
    from metalsbook.ingest import comtrade, customs_columns, nbs, plain, usgs

    if not lines:
        return False
    first = lines[0]
    if name == "customs":
        return customs_columns.is_customs_header(first)
    if name == "nbs":
        return nbs.recognise(lines)
    return {"comtrade": comtrade, "usgs": usgs, "statements": plain}[name].recognise(first)


def _unknown(file: InboxFile, how: str) -> IngestError:
    return IngestError(
        f"{file.name} is of no known format: {how}",
        "Has its header changed? Name the format with --format, or describe the table with --profile (--guess proposes "
        "one)",
    )


def first_lines(file: InboxFile) -> list[list[str]]:
    """Return the trimmed cells of the first lines that hold anything, whatever the encoding."""
    raw = [line for line in re.split(rb"\r\n|\n|\r", file.head) if line.strip()][:_LINES]
    encoding = next((name for name in ("utf-8-sig", "gb18030") if raw and _decodes(raw[0], name)), "latin-1")
    lines = [line.decode(encoding, "replace").replace("\x00", "") for line in raw]
    return [[cell.strip() for cell in next(csv.reader([line]), [])] for line in lines]


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
