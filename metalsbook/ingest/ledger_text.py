"""The ledger's files as text: read as they are, with rows added where they belong, and written to a staged copy.

Statements are appended at the end of their topic's file; sources and series are put where the order of ids wants them.
Bytes that were there stay as they were.
"""

import csv
import io
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

from metalsbook.errors import LedgerError
from metalsbook.ingest.batch import COLUMNS, WHERE, Row


class LedgerFile:
    """One CSV file of the ledger: its lines and its rows."""

    def __init__(self, path: Path, name: str, columns: tuple[str, ...]):
        self.path, self.name, self.columns = path, name, columns
        self.original = path.read_bytes() if path.is_file() else b""
        # A spreadsheet may have saved the file with a mark; it stays where it is.
        self.mark = b"\xef\xbb\xbf" if self.original.startswith(b"\xef\xbb\xbf") else b""
        self.lines = self._split()
        self.rows = self._parse()
        self.changed = False

    def _split(self) -> list[str]:
        try:
            text = self.original.removeprefix(self.mark).decode("utf-8")
        except UnicodeDecodeError as error:
            raise LedgerError(f"{self.name} is not UTF-8 (byte {error.start})", "Restore it from git") from None
        return io.StringIO(text or ",".join(self.columns) + "\n", newline="").readlines()

    def _parse(self) -> list[Row]:
        if not self.lines[-1].endswith("\n"):
            self.lines[-1] += "\n"
        try:
            cells = list(csv.reader(self.lines, strict=True))
        except csv.Error as error:
            raise LedgerError(f"{self.name} is not readable as CSV: {error}", "Restore it from git") from None
        if tuple(cells[0]) != self.columns:
            raise LedgerError(f"{self.name}, row 1: the header must be {','.join(self.columns)}", "Restore it from git")
        for number, row in enumerate(cells[1:], start=2):
            if len(row) != len(self.columns):
                raise LedgerError(f"{self.name}, row {number} has {len(row)} cells", "Restore it from git")
        return [dict(zip(self.columns, row, strict=True)) for row in cells[1:]]

    def append(self, row: Row) -> None:
        """Add a row at the end."""
        self.lines.append(to_line(row, self.columns))
        self.rows.append(row)
        self.changed = True

    def insert_new(self, row: Row, key: str) -> None:
        """Add a row where the order of the column `key` wants it, if there is none of that key."""
        place = bisect_left(self.rows, row[key], key=lambda known: known[key])
        if place < len(self.rows) and self.rows[place][key] == row[key]:
            return
        self.lines.insert(place + 1, to_line(row, self.columns))
        self.rows.insert(place, row)
        self.changed = True

    def content(self) -> bytes:
        """Return the bytes of the file with what was added."""
        return self.mark + "".join(self.lines).encode("utf-8")


def to_line(row: Row, columns: Iterable[str]) -> str:
    """Return a row as a line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([row[name] for name in columns])
    return out.getvalue()


class LedgerText:
    """The files that an ingest reads and adds to.

    Args:
        folder: The ledger's folder.

    Raises:
        LedgerError: If a file is missing or is not what the ledger has.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        names = ("sources", "series", "outlooks", "events", "taken")
        self.sources, self.series, self.outlooks, self.events, self.taken = (
            self._open(f"{name}.csv", COLUMNS[name]) for name in names
        )
        topics = sorted(path.stem for path in (folder / "statements").glob("*.csv"))
        self.topics = {name: self._open(f"statements/{name}.csv", COLUMNS["statements"]) for name in topics}

    def _open(self, name: str, columns: tuple[str, ...]) -> LedgerFile:
        path = self.folder / name
        if not path.is_file() and not name.startswith("statements/"):
            raise LedgerError(f"The ledger has no {name}", "Restore it from git")
        try:
            return LedgerFile(path, name, columns)
        except OSError as error:
            raise LedgerError(f"{name} cannot be read: {error.strerror or error}") from error

    @property
    def files(self) -> list[LedgerFile]:
        """All files."""
        return [self.sources, self.series, self.outlooks, self.events, self.taken, *self.topics.values()]

    @property
    def changed(self) -> list[LedgerFile]:
        """The files to which something was added."""
        return [file for file in self.files if file.changed]

    def append_statement(self, row: Row, chapter: str) -> None:
        """Append a statement to the file of the chapter that shows its series."""
        if chapter not in self.topics:
            self.topics[chapter] = self._open(f"statements/{chapter}.csv", COLUMNS["statements"])
        self.topics[chapter].append(row)

    def where(self, name: str, line: int) -> str:
        """Return where a line of a changed file came from: the analyst's file and row; "" if it was there before."""
        file = next((file for file in self.files if file.name == name), None)
        return file.rows[line - 2].get(WHERE, "") if file and 0 <= line - 2 < len(file.rows) else ""
