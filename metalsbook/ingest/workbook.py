"""Workbooks, opened with limits: a workbook is a zip of XML, and both can be bombs."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from metalsbook.errors import IngestError
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.workbook_parts import check_xml

MAX_PARTS = 500
MAX_PACKED_BYTES = 64 * 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_RATIO = 200
"""A sheet of repeated figures packs to a thirtieth; a bomb to a thousandth."""
_RATIO_FROM_BYTES = 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 1_000


@dataclass(frozen=True)
class Cell:
    """A cell: its value, None where it is empty, and its number format."""

    value: object
    format: str


def check_package(file: InboxFile) -> None:
    """Refuse a workbook that is a bomb, encrypted or no workbook.

    Raises:
        IngestError: If it is; the message says how large it would be.
    """
    try:
        with zipfile.ZipFile(file.path) as package:
            parts = package.infolist()
            _check_sizes(file, parts)
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise IngestError(f"{file.name} is a zip file and no workbook", "Unpack it, and name the files in it")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    check_xml(file, package, part)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise IngestError(
            f"{file.name} cannot be opened as a workbook: {shown(error, 120)}", "It may be cut: download it again"
        ) from None


def _check_sizes(file: InboxFile, parts: list[zipfile.ZipInfo]) -> None:
    if file.size > MAX_PACKED_BYTES:
        raise IngestError(
            f"{file.name} has {file.size:,} bytes; at most {MAX_PACKED_BYTES:,} are read of a workbook",
            "Take the part of it that is needed",
        )
    unpacked = sum(part.file_size for part in parts)
    worst = max(
        (part.file_size / max(part.compress_size, 1) for part in parts if part.file_size > _RATIO_FROM_BYTES), default=0
    )
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise IngestError(f"{file.name} is not opened: it is packed in a way that workbooks are not", "Save it again")
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or worst > MAX_RATIO:
        raise IngestError(
            f"{file.name} is not opened: it holds {len(parts):,} parts of {unpacked:,} bytes, packed up to "
            f"{worst:,.0f} times",
            f"At most {MAX_PARTS} parts, {MAX_UNPACKED_BYTES:,} bytes and {MAX_RATIO} times",
        )


def sheet_names(file: InboxFile) -> list[str]:
    """Return the names of a workbook's sheets.

    Raises:
        IngestError: If it cannot be opened, or should not be.
    """
    workbook = _open(file)
    try:
        return list(workbook.sheetnames)
    finally:
        workbook.close()


def read_sheet(file: InboxFile, name: str = "") -> list[list[Cell]]:
    """Return the rows of a sheet (the first where `name` is empty), each cut behind its last filled cell.

    Raises:
        IngestError: If the workbook has no such sheet, cannot be opened, or the sheet is too large.
    """
    workbook = _open(file)
    try:
        if name and name not in workbook.sheetnames:
            raise IngestError(
                f"{file.name} has no sheet '{shown(name)}'",
                f"It has {', '.join(shown(sheet) for sheet in workbook.sheetnames[:8])}",
            )
        sheet = workbook[name or workbook.sheetnames[0]]
        if not hasattr(sheet, "iter_rows"):
            raise IngestError(f"{file.name}: '{shown(sheet.title)}' is a chart, not a table")
        return list(_rows(file, sheet))
    except _BROKEN as error:
        raise _unreadable(file, error) from None
    finally:
        workbook.close()


def _rows(file: InboxFile, sheet) -> Iterator[list[Cell]]:
    # The size that a sheet says it has is not to be trusted: it is counted.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1), start=1):
        # Rows come filled up to the last column that is allowed.
        filled = next((at for at in range(len(row), 0, -1) if row[at - 1].value not in (None, "")), 0)
        cells = [Cell(cell.value, getattr(cell, "number_format", None) or "General") for cell in row[:filled]]
        if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
            raise IngestError(
                f"{file.name}, sheet '{shown(sheet.title)}' has more than {MAX_ROWS:,} rows or {MAX_COLUMNS:,} columns",
                "Take the part of it that is needed",
            )
        yield cells


_BROKEN = (
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    OSError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
)
"""What openpyxl raises on workbooks that are cut or edited; its XML errors are a kind of SyntaxError."""


def _open(file: InboxFile):
    check_package(file)
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # As bytes: openpyxl goes by the name of a path, and a download may have any.
            content = io.BytesIO(file.path.read_bytes())
            return openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    except _BROKEN as error:
        raise _unreadable(file, error) from None


def _unreadable(file: InboxFile, error: BaseException) -> IngestError:
    if isinstance(error, IngestError):
        return error
    return IngestError(
        f"{file.name} cannot be read as a workbook: {shown(error, 120)}",
        "It may be cut: download it again, or save it as CSV",
    )
