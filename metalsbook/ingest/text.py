"""Text of a file: its encoding, found strictly, its rows with their lines, and numbers as sources write them.

Never latin-1 by default: it reads any bytes, and makes mojibake of a Chinese file without a word.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from metalsbook.errors import IngestError
from metalsbook.ingest.files import InboxFile, shown

ENCODINGS = ("utf-8-sig", "gb18030")
MISSING = ("", "-", "--", "?", "…", "...", "NA", "N/A", "n/a")
_CHUNK_BYTES = 1024 * 1024
_NUMBER = re.compile(r"(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?")
_LONGEST_NUMBER = 40
_DISGUISES = (
    (
        re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|table|script|\?xml)", re.IGNORECASE),
        "is an HTML or XML page",
        "The site answered with a page instead of the file: download it again in the browser",
    ),
    (re.compile(rb"^PK\x03\x04"), "is a zip file or a workbook", "Give it its own ending (.xlsx), or unpack it"),
    (re.compile(rb"^\xd0\xcf\x11\xe0"), "is an old Excel workbook (.xls)", "Save it as .xlsx or as CSV"),
    (re.compile(rb"^%PDF"), "is a PDF", "Save the table as CSV"),
    (re.compile(rb"^(?:\xff\xfe|\xfe\xff)"), "is UTF-16 text", "Save it as CSV UTF-8"),
    (re.compile(rb"^[^\n]{0,4096}\x00"), "holds zero bytes", "It is no text file: download it again"),
)


def refuse_disguise(file: InboxFile) -> None:
    """Refuse what is no table of text, whatever its name says.

    Raises:
        IngestError: If the file is a page, an archive, a PDF or UTF-16 text; the message says which.
    """
    for pattern, what, todo in _DISGUISES:
        if pattern.search(file.head):
            raise IngestError(f"{file.name} {what}, not a table of text", todo)


def find_encoding(path: Path, name: str, encodings: tuple[str, ...] = ENCODINGS) -> str:
    """Return the first of `encodings` in which the whole file can be read, strictly.

    Raises:
        IngestError: If none can; the message names the line and byte at which the last one failed.
    """
    failure: UnicodeDecodeError | None = None
    for encoding in encodings:
        # The decoder of utf-8-sig lets a file pass that ends within the mark; a mark is valid UTF-8 anyway.
        decoder, before = codecs.getincrementaldecoder(encoding.removesuffix("-sig"))("strict"), 0
        try:
            with path.open("rb") as handle:
                while chunk := handle.read(_CHUNK_BYTES):
                    decoder.decode(chunk)
                    before += len(chunk)
                decoder.decode(b"", final=True)
            return encoding
        except UnicodeDecodeError as error:
            failure, at = error, before + error.start
    with path.open("rb") as handle:
        line = handle.read(at).count(b"\n") + 1
    tried = " nor ".join(encoding.removesuffix("-sig").upper() for encoding in encodings)
    raise IngestError(
        f"{name}, row {line}: byte {at} is neither {tried} text", "Download it again, or save it as CSV UTF-8"
    ) from failure


def read_text(file: InboxFile, encodings: tuple[str, ...] = ENCODINGS) -> tuple[str, str]:
    """Return the text of a file without its byte order mark, and its encoding.

    Raises:
        IngestError: If it is no text in one of `encodings`.
    """
    refuse_disguise(file)
    encoding = find_encoding(file.path, file.name, encodings)
    text = file.path.read_bytes().decode(encoding).removeprefix("\ufeff")
    if "\x00" in text:
        raise IngestError(
            f"{file.name}, row {text[: text.index(chr(0))].count(chr(10)) + 1} holds a zero byte",
            "It is no text file: download it again",
        )
    return text, encoding


def read_rows(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Return the rows of CSV text that hold anything, trimmed, each with the line it begins on.

    Raises:
        IngestError: If the text is no CSV or its last line is cut.
    """
    if not text.endswith(("\n", "\r", '",', '"')):
        last = text.count("\n") + 1
        raise IngestError(f"{name}, row {last}: the last line does not end", "The file may be cut: download it again")
    rows = list(iterate_rows(text, name))
    if not rows:
        raise IngestError(f"{name} holds no rows", "Download it again")
    return rows


def iterate_rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that holds anything, with the line it begins on.

    Raises:
        IngestError: If the text is no CSV.
    """
    reader, begins = csv.reader(io.StringIO(text, newline=""), strict=True), 1
    try:
        for cells in reader:
            trimmed = [cell.strip(" \t\r\n\u00a0\u3000") for cell in cells]
            if any(trimmed):
                yield begins, trimmed
            begins = reader.line_num + 1
    except csv.Error as error:
        raise IngestError(
            f"{name}, row {begins} is not readable as CSV: {error}", "An open quote, or a cut file: download it again"
        ) from None


def without_trailing_comma(rows: list[tuple[int, list[str]]], name: str) -> list[tuple[int, list[str]]]:
    """Return rows that all have the width of the header, empty columns at the right end left out.

    A trailing comma on rows that the header lacks (or the other way round) is an empty last cell.

    Raises:
        IngestError: If a row has more or fewer cells that hold something; the message names it.
    """
    header = rows[0][1]
    width = len(header)
    while width and not header[width - 1]:
        width -= 1
    fitted = []
    for line, cells in rows:
        if len(cells) < width or any(cells[width:]):
            raise IngestError(
                f"{name}, row {line} has {len(cells)} cells where the header has {width}",
                "The file is cut or was edited: download it again",
            )
        fitted.append((line, cells[:width]))
    return fitted


def refuse_repeated_columns(header: list[str], name: str) -> None:
    """Refuse a header that names a column twice: which of the two is meant, nobody can say.

    Raises:
        IngestError: If it does; the message names the second one.
    """
    for number, cell in enumerate(header, start=1):
        if cell and header.index(cell) + 1 != number:
            raise IngestError(
                f"{name}, row 1, column {number}: '{shown(cell)}' stands in the header twice",
                "Two downloads side by side? Download it again",
            )


def is_missing(text: str) -> bool:
    """Return whether a cell says that there is no figure."""
    return text in MISSING


def read_number(text: str, where: str) -> Decimal:
    """Return a plain number, thousands commas allowed where they stand right.

    Args:
        text: The cell, trimmed.
        where: File, row and column for the error.

    Raises:
        IngestError: If it is none.
    """
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match is None:
        raise IngestError(f"{where}: '{shown(text)}' is not a number", "Look at the cell, or download the file again")
    return Decimal(text.replace(",", ""))


def plain(number: Decimal) -> str:
    """Return a number as the ledger writes it: digits and at most one dot."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
