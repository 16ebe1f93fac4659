"""Read one CSV file of the ledger as text: strictly, with the line that each row begins on."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from metalsbook.errors import LedgerError
from metalsbook.ledger.violations import Violation, refuse

FILE, LINE = "_file", "_line"
"""Columns that tell where a row stands; they leave the frame when all checks are done."""


def read_rows(path: Path, columns: list[str], folder: Path) -> pd.DataFrame:
    """Return the rows of a CSV file as text, with `FILE` and `LINE`.

    Args:
        path: UTF-8 file with a header line, comma-separated.
        columns: The header it must have.
        folder: The ledger's folder, from which `FILE` is counted.

    Raises:
        LedgerError: If the file is missing, is not UTF-8 or not CSV, or its header or a row has other columns.
    """
    name = path.relative_to(folder).as_posix()
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = _numbered(handle)
            _, header = next(rows, (1, []))
            if header != columns:
                raise LedgerError(f"{name}, row 1: the header is {','.join(header)}", f"It must be {','.join(columns)}")
            return _frame(list(rows), columns, name)
    except FileNotFoundError:
        raise LedgerError(f"The ledger has no {name}", f"Add it with the header {','.join(columns)}") from None
    except UnicodeDecodeError as error:
        raise LedgerError(f"{name} is not UTF-8 (byte {error.start})", "Save it as CSV UTF-8") from None
    except csv.Error as error:
        raise LedgerError(f"{name} is not readable as CSV: {error}", "Look for an open quote or a zero byte") from None


def _frame(rows: list[tuple[int, list[str]]], columns: list[str], name: str) -> pd.DataFrame:
    rule = f"must have {len(columns)} cells: {','.join(columns)}"
    wrong = [(line, cells) for line, cells in rows if len(cells) != len(columns)]
    refuse(Violation(name, line, "", ",".join(cells), rule) for line, cells in wrong)
    frame = pd.DataFrame([cells for _, cells in rows], columns=columns, dtype="str")
    return frame.assign(**{FILE: name, LINE: pd.Series([line for line, _ in rows], dtype="int64")})


def _numbered(handle) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line it begins on; a cell may hold a line break, which the schema then refuses."""
    reader, begins = csv.reader(handle, strict=True), 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1
