"""The ledger's files as text: read as they are, with rows added where they belong, and written to a staged copy.

Statements are appended at the end of their topic's file; other rows are put where the order of ids wants them.
Bytes that were there stay as they were.
"""

import csv
import io
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

from metalsbook.ingest.batch import COLUMNS, WHERE, Row
from metalsbook.ingest.mappings import read_table

_MARK = b"\xef\xbb\xbf"


class LedgerFile:
    """One CSV file of the ledger: its lines and its rows."""

    def __init__(self, folder: Path, name: str, columns: tuple[str, ...]):
        self.path, self.name, self.columns = folder / name, name, columns
        is_there = self.path.is_file() or not name.startswith("statements/")
        self.rows = read_table(folder, name, columns) if is_there else []
        self.original = self.path.read_bytes() if is_there else b""
        # A spreadsheet may have saved the file with a mark; it stays where it is.
        self.mark = _MARK if self.original.startswith(_MARK) else b""
        text = self.original.removeprefix(self.mark).decode("utf-8") or ",".join(columns) + "\n"
        self.lines = io.StringIO(text if text.endswith("\n") else text + "\n", newline="").readlines()
        self.changed = False

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
            LedgerFile(folder, f"{name}.csv", COLUMNS[name]) for name in names
        )
        topics = sorted(path.stem for path in (folder / "statements").glob("*.csv"))
        self.topics = {name: LedgerFile(folder, f"statements/{name}.csv", COLUMNS["statements"]) for name in topics}

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
            self.topics[chapter] = LedgerFile(self.folder, f"statements/{chapter}.csv", COLUMNS["statements"])
        self.topics[chapter].append(row)

    def where(self, name: str, line: int) -> str:
        """Return where a line of a changed file came from: the analyst's file and row; "" if it was there before."""
        file = next((file for file in self.files if file.name == name), None)
        return file.rows[line - 2].get(WHERE, "") if file and 0 <= line - 2 < len(file.rows) else ""
