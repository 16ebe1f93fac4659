"""Tables as text, of CSV files and of workbooks alike: rows of trimmed cells with the number that a person sees.

Encodings are found strictly. Never latin-1 by default: it reads any bytes, and makes mojibake of a Chinese file without
a word. A cell of a workbook is the text that the sheet shows, with all digits that are stored.
"""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import openpyxl
from openpyxl.utils import get_column_letter

from metalsbook.errors import IngestError
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.months import shift_day

CHINESE = ("UTF-8", "GB18030")
WESTERN = ("UTF-8", "cp1252", "latin-1")
ZIP = b"PK\x03\x04"
_BLANKS = " \t\r\n\u00a0\u3000"
_EMPTY = re.compile(r"(?:[-–—‐‑−.…·*?/\\_]*|#?n/?a!?|nan|nat|none|null|nil|无|暂无|缺|未公布)", re.IGNORECASE)
_NUMBER = re.compile(r"(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?")
_LONGEST_NUMBER = 40
_DISGUISES = (
    (
        re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|table|script|\?xml)", re.IGNORECASE),
        "is an HTML or XML page",
        "The site answered with a page instead of the file: download it again in the browser",
    ),
    (re.compile(rb"^\xd0\xcf\x11\xe0"), "is an old Excel workbook (.xls)", "Open it and save it as .xlsx or as CSV"),
    (re.compile(rb"^%PDF"), "is a PDF", "Save the table as CSV"),
    (re.compile(rb"^(?:\xff\xfe|\xfe\xff)"), "is UTF-16 text", "Save it as CSV UTF-8"),
)
_ODD_DATES = (
    (re.compile(r"[A-Za-z]{3,9}-[0-9]{2}"), "a spreadsheet has made that of a month or a day"),
    (re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}"), "nobody can tell its day from its month"),
    (re.compile(r"[0-9]{4}\.[0-9]"), "it may be January or October, since a spreadsheet drops a last zero"),
)
_SERIALS = (30_000, 60_000)
"""Numbers in which spreadsheets store the days of 1982 to 2064."""
_LISTED = 8

MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_RATIO = 200
"""A sheet of repeated figures packs to a thirtieth; a bomb to a thousandth."""
_RATIO_FROM_BYTES = 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 1_000
_BROKEN_ZIP = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
_BROKEN_XML = (LookupError, ValueError, TypeError, AttributeError, OverflowError, SyntaxError)
"""What openpyxl raises on workbooks that are cut or edited; its XML errors are a kind of SyntaxError."""


@dataclass(frozen=True)
class Grid:
    """A table as text: the number of each row that holds anything, as a person counts from 1, and its cells."""

    file: str
    rows: list[tuple[int, list[str]]]
    # Of a workbook alone.
    sheet: str = ""
    # Whether a comma may mark thousands: in a file with semicolons it may mark decimals.
    commas: bool = True
    # What is hidden and holds something: "row 5", "column C".
    hidden: list[str] = field(default_factory=list)

    def where(self, number: int, column: str | int = "") -> str:
        """Return file, sheet, row and column (its header, or its place from 0) as an error names them."""
        sheet = f", sheet '{shown(self.sheet)}'" if self.sheet else ""
        name = f"'{shown(column)}'" if isinstance(column, str) else get_column_letter(column + 1)
        return f"{self.file}{sheet}, row {number}" + (f", column {name}" if column != "" else "")

    def fault(self, number: int, column: str | int, text: str, what: str, todo: str) -> IngestError:
        """Return the error that a cell is: where it stands, what it holds, what is wrong with that, and what to do."""
        return IngestError(f"{self.where(number, column)}: '{shown(text)}' {what}", todo)

    def number(self, text: str, number: int, column: str | int, signed: bool = False) -> Decimal:
        """Return the plain number of a cell, thousands commas where they stand right; below zero only if `signed`."""
        if "," in text and not self.commas:
            raise IngestError(
                f"{self.where(number, column)}: the comma of '{shown(text)}' may mark thousands or decimals, in a file "
                "with semicolons",
                "Save the file with commas between its cells, or the column without marks of thousands",
            )
        todo = "Look at the cell, or download the file again"
        if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
            raise self.fault(number, column, text, "is not a number", todo)
        if text.startswith("-") and not signed and Decimal(text.replace(",", "")) < 0:
            raise self.fault(number, column, text, "is negative", todo)
        return Decimal(text.replace(",", ""))


def is_missing(text: str) -> bool:
    """Return whether a person would call a cell empty: blanks, dashes, dots and the words for "not given"."""
    return bool(_EMPTY.fullmatch(unicodedata.normalize("NFKC", text).strip(_BLANKS)))


def explain_date(text: str) -> str:
    """Return what a spreadsheet has done to a day or month, and what to write; "" where nothing is known."""
    if text.isascii() and text.isdecimal() and _SERIALS[0] <= int(text) <= _SERIALS[1]:
        day = shift_day("1899-12-30", int(text))
        return f"that is how a spreadsheet stores {day}: write {day}, in a column formatted as text"
    for pattern, what in _ODD_DATES:
        if pattern.fullmatch(text):
            return f"{what}: write it as 2025-12-05 or 2025-12, in a column formatted as text"
    return ""


def read_grids(file: InboxFile, encodings: tuple[str, ...] = CHINESE) -> list[Grid]:
    """Return the table of a text file, or those of the sheets of a workbook that are not hidden."""
    if not file.content.startswith(ZIP):
        return [_read_csv(file, encodings)]
    try:
        return _read_workbook(file)
    except (*_BROKEN_ZIP, *_BROKEN_XML) as error:
        raise IngestError(
            f"{file.name} cannot be opened as a workbook: {shown(error, 120)}",
            "It may be cut: download it again, or save it as CSV",
        ) from None


def _read_csv(file: InboxFile, encodings: tuple[str, ...]) -> Grid:
    text = _decode(file, encodings)
    # What stands between cells is the most frequent mark outside of quotes.
    counts = Counter(re.sub('"[^"]*"', "", "".join(text[:4096].splitlines()[:4])))
    comma = max(",;\t", key=lambda mark: counts[mark])
    reader, begins, rows = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True), 1, []
    try:
        for cells in reader:
            trimmed = [cell.strip(_BLANKS) for cell in cells]
            if any(trimmed) and not (begins == 1 and re.fullmatch("sep=.?", trimmed[0])):
                rows.append((begins, trimmed))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise IngestError(
            f"{file.name}, row {begins} is not readable as CSV: {error}",
            "An open quote, or a cut file: download it again",
        ) from None
    if not rows:
        raise IngestError(f"{file.name} holds no rows", "Download it again")
    return Grid(file.name, rows, commas=comma != ";")


def _decode(file: InboxFile, encodings: tuple[str, ...]) -> str:
    """Return the text of a file in the first encoding that fits, strictly."""
    for pattern, what, todo in _DISGUISES:
        if pattern.search(file.content[:4096]):
            raise IngestError(f"{file.name} {what}, not a table of text", todo)
    for encoding in encodings:
        try:
            text = file.content.decode(encoding).removeprefix("\ufeff")
            break
        except UnicodeDecodeError as error:
            wrong = error.start
    else:
        row = file.content[:wrong].count(b"\n") + 1
        raise IngestError(
            f"{file.name}, row {row}: byte {wrong} is neither {' nor '.join(encodings)} text",
            "Download it again, or save it as CSV UTF-8",
        )
    row = text.partition("\x00")[0].count("\n") + 1
    if "\x00" in text:
        raise IngestError(f"{file.name}, row {row} holds a zero byte", "It is no text file: download it again")
    if not text.endswith(("\n", "\r", '",', '"')):
        raise IngestError(
            f"{file.name}, row {row}: the last line does not end",
            "The file may be cut: download it again, or end its last line where you wrote it yourself",
        )
    return text


def _read_workbook(file: InboxFile) -> list[Grid]:
    has_formulas, content = _check_package(file), io.BytesIO(file.content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = openpyxl.load_workbook(content, data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(content, keep_links=False) if has_formulas else values
    sheets = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"]
    return [_read_sheet(file, sheet, formulas[sheet.title]) for sheet in sheets]


def _check_package(file: InboxFile) -> bool:
    """Refuse a zip file that is no workbook, or a bomb; return whether it has formulas."""
    with zipfile.ZipFile(io.BytesIO(file.content)) as package:
        parts = package.infolist()
        unpacked = sum(part.file_size for part in parts)
        large = [part for part in parts if part.file_size > _RATIO_FROM_BYTES]
        worst = max((part.file_size / max(part.compress_size, 1) for part in large), default=0)
        if unpacked > MAX_UNPACKED_BYTES or worst > MAX_RATIO:
            raise IngestError(
                f"{file.name} is not opened: it holds {unpacked:,} bytes, packed up to {worst:,.0f} times",
                f"At most {MAX_UNPACKED_BYTES:,} bytes and {MAX_RATIO} times are opened",
            )
        if "xl/workbook.xml" not in package.namelist():
            raise IngestError(
                f"{file.name} is a zip file and no Excel workbook (.xlsx)",
                "Unpack it and name the files in it, or save it as .xlsx or CSV",
            )
        sheets = [package.read(part) for part in parts if re.fullmatch(r"xl/worksheets/.*\.xml", part.filename)]
    for content in sheets:
        # openpyxl lets the last of several cells of one name win.
        spots = Counter(re.findall(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]+[0-9]+)", content))
        for spot, count in spots.most_common(1):
            if count > 1:
                raise ValueError(f"the cell {spot.decode()} is there twice")
    return any(re.search(rb"<(?:\w+:)?f[\s>/]", content) for content in sheets)


def _read_sheet(file: InboxFile, sheet, formulas) -> Grid:
    name = f"{file.name}, sheet '{shown(sheet.title)}'"
    if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        raise IngestError(
            f"{name} has more than {MAX_ROWS:,} rows or {MAX_COLUMNS:,} columns",
            "Take the part of it that is needed, without cells that stand far out",
        )
    rows, unsaved, filled = [], [], set()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [_cell_text(cell.value, cell.number_format) for cell in cells]
        unsaved += [
            cell.coordinate for cell in cells if cell.value is None and formulas[cell.coordinate].data_type == "f"
        ]
        filled |= {at for at, text in enumerate(texts) if text}
        if any(texts):
            rows.append((number, texts))
    if unsaved:
        more = f" and {len(unsaved) - _LISTED} more" if len(unsaved) > _LISTED else ""
        raise IngestError(
            f"{name}: {', '.join(unsaved[:_LISTED])}{more} are formulas without a stored value",
            "Open the file in a spreadsheet program, save it there, and take that",
        )
    hidden = [f"row {number}" for number, _ in rows if sheet.row_dimensions[number].hidden]
    spans = [range(one.min - 1, one.max) for one in sheet.column_dimensions.values() if one.hidden]
    hidden += [f"column {get_column_letter(at + 1)}" for at in sorted(filled) if any(at in span for span in spans)]
    return Grid(file.name, rows, sheet.title, hidden=hidden)


def _cell_text(value: object, form: str) -> str:
    """Return a cell as its sheet shows it, with all stored digits."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        # A day that is shown as a month is a month: 2025-10-01 as 2025年10月.
        letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form).casefold()
        return value.strftime("%Y-%m-%d" if "d" in letters or "y" not in letters else "%Y-%m")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return " ".join(str(value).split())
    percent = "%" if "%" in form else ""
    # A spreadsheet keeps 15 digits: 16350.1 is stored as 16350.099999999999.
    number = Decimal(f"{value:.15g}") * (100 if percent else 1)
    text = f"{number:f}" if abs(number) < 10**15 else str(value)
    decimals = re.search(r"0\.(0+)", form.split(";")[0])
    if decimals and number.is_finite():
        fixed = f"{number:.{len(decimals[1])}f}"
        text = fixed if Decimal(fixed) == number else text
    return text + percent
