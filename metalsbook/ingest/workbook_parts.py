"""The XML parts of a workbook, read through once before a library does: what no spreadsheet program writes is refused.

A library reads a sheet leniently: it drops a row that stands out of order, lets the second of two equal cells win and
takes a cell of an unknown type for an empty one. Each would be a figure that is lost or wrong without a word.
"""

import re
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from metalsbook.errors import IngestError
from metalsbook.ingest.files import InboxFile, shown

_CELL_TYPES = ("b", "d", "e", "inlineStr", "n", "s", "str")
_LONGEST_TOKEN = 100_000
"""A cell holds at most 32,767 characters."""
_SPOT = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MARKS_OF_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def check_xml(file: InboxFile, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a part that is no XML or defines entities, which can grow without end, and a sheet that is out of order.

    Raises:
        IngestError: If it does; the message names the part.
    """

    def refuse(what: str) -> None:
        raise IngestError(
            f"{file.name} is not opened: its part {shown(part.filename)} {what}",
            "No spreadsheet program writes that: where is it from?",
        )

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = lambda *_: refuse("defines entities")
    parser.CommentHandler = lambda text: _check_length(len(text), refuse)
    parser.ProcessingInstructionHandler = lambda target, text: _check_length(len(target) + len(text), refuse)
    take = _Order(refuse).take if part.filename.startswith("xl/worksheets/") else None

    def begin(name: str, attributes: dict[str, str]) -> None:
        _check_length(sum(map(len, attributes.values())), refuse)
        if take is not None:
            take(name, attributes)

    parser.StartElementHandler = begin
    with package.open(part) as handle:
        content = handle.read()
    if content.startswith(_MARKS_OF_UTF16):
        refuse("is UTF-16")
    try:
        # In one piece: fed in pieces, some versions of expat read a long token anew with each.
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise IngestError(
            f"{file.name} cannot be read as a workbook: its part {shown(part.filename)} is no XML "
            f"({expat.errors.messages[error.code]}, line {error.lineno})",
            "It may be cut: download it again, or save it as CSV",
        ) from None


def _check_length(length: int, refuse: Callable[[str], None]) -> None:
    """Refuse what would keep a library busy for hours that reads in pieces."""
    if length > _LONGEST_TOKEN:
        refuse(f"has a comment or an element of {length:,} characters")


class _Order:
    """Follows the rows and cells of a sheet, each of which must stand behind the one before it."""

    def __init__(self, refuse: Callable[[str], None]):
        self._refuse = refuse
        self._row = self._column = 0
        self._type = ""

    def take(self, name: str, attributes: dict[str, str]) -> None:
        """Look at an element as it begins."""
        kind = name.rpartition(" ")[2]
        if kind == "row":
            number = attributes.get("r", str(self._row + 1))
            if not re.fullmatch("[0-9]{1,7}", number) or int(number) <= self._row:
                self._refuse(f"has row {shown(number)} behind row {self._row}")
            self._row, self._column = int(number), 0
        elif kind == "c":
            self._take_cell(attributes)
        elif kind in ("is", "v") and (kind == "is") != (self._type == "inlineStr"):
            self._refuse(f"has a cell of the type '{self._type}' in row {self._row} that holds something else")

    def _take_cell(self, attributes: dict[str, str]) -> None:
        spot = attributes.get("r")
        found = _SPOT.fullmatch(spot) if spot is not None else None
        column = self._column + 1 if spot is None else _column_number(found[1]) if found else 0
        if column <= self._column or (found and int(found[2]) != self._row):
            self._refuse(f"has the cell {shown(spot)} out of order in row {self._row}")
        self._column = column
        self._type = attributes.get("t", "n")
        if self._type not in _CELL_TYPES:
            self._refuse(f"has a cell of the unknown type '{shown(self._type)}' in row {self._row}")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
