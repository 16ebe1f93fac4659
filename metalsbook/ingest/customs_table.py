"""Read a customs query fast: a million rows with pyarrow, every cell that counts checked, a bad one named by its line.

The file's structure is ASCII in both encodings (no byte of a GB18030 character is a comma, a quote or a line end), so
that pyarrow parses the bytes as they are and only the few distinct names are decoded.
"""

import csv
import io
import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from metalsbook.errors import IngestError
from metalsbook.ingest.customs_columns import read_header
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.text import find_encoding, iterate_rows, refuse_disguise

CUT_AT_ROWS = 10_000
"""The portal cuts a result here without a word."""
_KEYS = ("month", "code", "partner", "regime", "place")
_NAMES = ("goods", "partner_name", "unit")
_AMOUNT = r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]{1,3})?"
# Not $: it would let a line end pass behind the number.
_WHOLE_CELL = rf"\A{_AMOUNT}\z"
_LAST_EXACT = 2**53
_TRIMMED = " \t\r\u00a0\u3000"


@dataclass(frozen=True)
class Column:
    """A column of few distinct texts: `texts[places[row]]` is the cell of a row."""

    texts: list[str]
    places: np.ndarray

    def first_rows(self) -> list[int]:
        """Return for each text the first row that has it."""
        first = np.zeros(len(self.texts), dtype=np.int64)
        # Of several writes to one place the last one stays, so going backwards leaves the first row.
        first[self.places[::-1]] = np.arange(len(self.places) - 1, -1, -1)
        return first.tolist()


@dataclass(frozen=True)
class CustomsTable:
    """The rows of a query, of those columns that count.

    Attributes:
        file: The file.
        encoding: Its encoding.
        columns: The columns that its header has, by name.
        rows: Number of data rows.
        texts: Columns of few distinct texts, by name.
        raw: Amounts as printed, by name.
    """

    file: InboxFile
    encoding: str
    columns: list[str]
    rows: int
    texts: dict[str, Column]
    raw: dict[str, pa.Array]

    def line(self, row: int) -> int:
        """Return the line of the file on which data row `row` (from 0) begins; slow, for errors."""
        return line_of_row(self.file, self.encoding, row)

    def where(self, row: int, column: str) -> str:
        """Return file, row and column as an error names them."""
        return f"{self.file.name}, row {self.line(row)}, column '{self.header(column)}'"

    def header(self, column: str) -> str:
        """Return the header cell of a column as the file has it."""
        return header_cells(self.file, self.encoding)[self.columns.index(column)]


def header_cells(file: InboxFile, encoding: str) -> list[str]:
    """Return the trimmed cells of the first line."""
    text = file.head.decode(encoding, "ignore").removeprefix("\ufeff")
    first = re.split(r"\r\n|\n|\r", text, maxsplit=1)[0]
    _, cells = next(iterate_rows(first + "\n", file.name), (1, [""]))
    return cells


def read_table(file: InboxFile) -> CustomsTable:
    """Return the rows of a customs query.

    Raises:
        IngestError: If the file is no customs query, is cut, or a row has another width than the header.
    """
    refuse_disguise(file)
    encoding = find_encoding(file.path, file.name)
    columns = read_header(header_cells(file, encoding), file.name)
    _check_end(file)
    table = _parse(file, encoding, columns)
    if table.num_rows == CUT_AT_ROWS:
        raise IngestError(
            f"{file.name} has exactly {CUT_AT_ROWS:,} rows, where the portal cuts a result",
            "Split the query, by month or by commodity, and download it in parts",
        )
    if table.num_rows == 0:
        raise IngestError(f"{file.name} has a header and no rows", "Look at the query and download it again")
    texts = {name: _decode(table[name], file, encoding) for name in (*_KEYS, *_NAMES) if name in columns}
    raw = {name: table[name].combine_chunks() for name in ("quantity", "usd") if name in columns}
    return CustomsTable(file, encoding, columns, table.num_rows, texts, raw)


def _check_end(file: InboxFile) -> None:
    with file.path.open("rb") as handle:
        handle.seek(max(0, file.size - 2))
        end = handle.read()
    if not end.endswith((b"\n", b"\r", b'",')):
        raise IngestError(f"{file.name}: the last line does not end", "The file may be cut: download it again")


def _parse(file: InboxFile, encoding: str, columns: list[str]) -> pa.Table:
    width = _width(file, encoding, columns)
    names = [name or "_end" for name in columns] + ["_end"] * (width - len(columns))
    wanted = [name for name in names if name in (*_KEYS, *_NAMES, "quantity", "usd")]
    few = pa.dictionary(pa.int32(), pa.binary())
    types = {name: pa.binary() if name in ("quantity", "usd") else few for name in wanted}
    try:
        return arrow_csv.read_csv(
            file.path,
            read_options=arrow_csv.ReadOptions(column_names=names, skip_rows=1),
            convert_options=arrow_csv.ConvertOptions(include_columns=wanted, column_types=types, check_utf8=False),
        )
    except pa.ArrowInvalid as error:
        _name_bad_row(file, encoding, len(names))
        raise IngestError(f"{file.name} is not readable as CSV: {shown(error, 200)}", "Download it again") from None


def _width(file: InboxFile, encoding: str, columns: list[str]) -> int:
    """Return the number of cells of a row: that of the header, or one more where only the rows end in a comma."""
    text = file.head.decode(encoding, "ignore").removeprefix("\ufeff")
    lines = [line for line in re.split(r"\r\n|\n|\r", text)[:3] if line.strip()]
    if len(lines) < 2:
        return len(columns)
    cells = next(csv.reader([lines[1]]), [])
    return len(columns) + (len(cells) == len(columns) + 1 and not cells[-1].strip() and columns[-1] != "")


def _name_bad_row(file: InboxFile, encoding: str, width: int) -> None:
    text = file.path.read_bytes().decode(encoding)
    for line, cells in iterate_rows(text, file.name):
        if len(cells) != width and line > 1:
            raise IngestError(
                f"{file.name}, row {line} has {len(cells)} cells where the header has {width}",
                "The file is cut or was edited: download it again",
            )


def _decode(column: pa.ChunkedArray, file: InboxFile, encoding: str) -> Column:
    """Return a column with its distinct texts decoded and trimmed; texts that are then alike are one."""
    array = column.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0)
    try:
        texts = [cell.as_py().decode(encoding).strip(_TRIMMED) for cell in array.dictionary]
    except UnicodeDecodeError as error:
        raise IngestError(f"{file.name} is not {encoding} text: {error.reason}", "Download it again") from None
    places = array.indices.to_numpy(zero_copy_only=False)
    distinct = list(dict.fromkeys(texts))
    if len(distinct) == len(texts):
        return Column(texts, places)
    place = {text: number for number, text in enumerate(distinct)}
    return Column(distinct, np.array([place[text] for text in texts], dtype=np.int32)[places])


def read_amounts(table: CustomsTable, column: str, rows: np.ndarray) -> np.ndarray:
    """Return an amount of the given rows in thousandths, as whole numbers in float64.

    Raises:
        IngestError: If a cell is missing, negative or no number; the message names row and column.
    """
    cells = table.raw[column] if len(rows) == table.rows else pc.take(table.raw[column], pa.array(rows))
    good = pc.match_substring_regex(cells, _WHOLE_CELL)
    if not pc.all(good, min_count=0).as_py():
        cells = _mended(table, column, cells, good, rows)
    bare = pc.replace_substring(pc.cast(cells, pa.string()), ",", "")
    numbers = pc.cast(bare, pa.float64()).to_numpy(zero_copy_only=False)
    thousandths = np.rint(numbers * 1000)
    if thousandths.sum() >= _LAST_EXACT or numbers.max(initial=0.0) >= _LAST_EXACT / 1000:
        row = int(rows[int(numbers.argmax())])
        raise IngestError(f"{table.where(row, column)}: the number is too large to be right", "Look at the cell")
    return thousandths


def _mended(table: CustomsTable, column: str, cells: pa.Array, good: pa.Array, rows: np.ndarray) -> pa.Array:
    """Return the amounts with blanks around them removed.

    Raises:
        IngestError: At the first cell that is no amount all the same.
    """
    texts = cells.to_pylist()
    for place in np.flatnonzero(~good.to_numpy(zero_copy_only=False)).tolist():
        text = texts[place].decode(table.encoding, "replace").strip(_TRIMMED)
        if not re.fullmatch(_AMOUNT, text):
            raise _no_amount(text, table.where(int(rows[place]), column))
        texts[place] = text.encode("ascii")
    return pa.array(texts, pa.binary())


def _no_amount(text: str, where: str) -> IngestError:
    if text.startswith("-") and len(text) > 1:
        return IngestError(f"{where}: '{shown(text)}' is negative", "Exports and imports are not: download it again")
    if text in ("", "-", "?"):
        return IngestError(f"{where}: there is no figure", "A sum without it would be wrong: look at the query")
    return IngestError(f"{where}: '{shown(text)}' is not a number", "Look at the cell, or download the file again")


def line_of_row(file: InboxFile, encoding: str, row: int) -> int:
    """Return the line on which data row `row` (from 0) begins, empty lines counted."""
    reader, begins, number = csv.reader(io.StringIO(file.path.read_bytes().decode(encoding), newline="")), 1, -1
    for cells in reader:
        if cells and (number := number + 1) == row + 1:
            break
        begins = reader.line_num + 1
    return begins
