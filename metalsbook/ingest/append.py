"""Append to the ledger's files as text: the whole change or nothing, at whatever moment the process ends.

Statements are appended at the end of their topic's file; other rows are put where the order of ids wants them. Bytes
that were there stay as they were.

The ledger's folder is copied, changed and validated beside the real one and then exchanged with it in one step; every
reader sees the ledger before or after. What a killed run leaves behind is removed by the next one.
"""

import csv
import glob
import io
import shutil
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from metalsbook import store
from metalsbook.errors import IngestError, LedgerError
from metalsbook.ingest.batch import COLUMNS, WHERE, Row
from metalsbook.ingest.files import InboxFile, kept_name, shown, sidecar_of
from metalsbook.ingest.mappings import read_table
from metalsbook.ledger.reading import read_ledger
from metalsbook.paths import project_root


class LedgerFile:
    """One CSV file of the ledger: its lines and its rows."""

    def __init__(self, folder: Path, name: str):
        self.path, self.name, self.columns = folder / name, name, COLUMNS[name.partition("/")[0].removesuffix(".csv")]
        # Statements, and which file one is from, come at the end; other rows where the order of their ids wants them.
        self.is_by_id = not name.startswith(("statements/", "taken"))
        is_there = self.path.is_file() or not name.startswith("statements/")
        self.rows = read_table(folder, name, self.columns) if is_there else []
        self.original = self.path.read_bytes() if is_there else b""
        # A spreadsheet may have saved the file with a mark; it stays where it is.
        text = self.original.decode("utf-8") or to_line(self.columns)
        self.lines = io.StringIO(text if text.endswith("\n") else text + "\n", newline="").readlines()
        self.changed = False

    def add(self, row: Row) -> None:
        """Add a row, one with an id if there is none of that id."""
        place, key = len(self.rows), self.columns[0]
        if self.is_by_id:
            place = bisect_left(self.rows, row[key], key=lambda known: known[key])
            if row[key] in [known[key] for known in self.rows[place : place + 1]]:
                return
        self.lines.insert(place + 1, to_line(row[name] for name in self.columns))
        self.rows.insert(place, row)
        self.changed = True


def to_line(cells: Iterable[str]) -> str:
    """Return cells as a line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


class LedgerText(dict[str, LedgerFile]):
    """The files in a ledger's folder, each by its name without the ending, read when they are first asked for."""

    def __init__(self, folder: Path):
        self.folder = folder

    def __missing__(self, name: str) -> LedgerFile:
        self[name] = LedgerFile(self.folder, f"{name}.csv")
        return self[name]

    @property
    def statements(self) -> list[Row]:
        """The rows of all topics."""
        topics = sorted(path.stem for path in (self.folder / "statements").glob("*.csv"))
        return [row for topic in topics for row in self[f"statements/{topic}"].rows]

    @property
    def changed(self) -> list[LedgerFile]:
        """The files to which something was added."""
        return [file for file in self.values() if file.changed]


def inbox_folder() -> Path:
    """Return the folder into which an analyst puts files."""
    return project_root() / "data" / "inbox"


@contextmanager
def staged(ledger: LedgerText, beside: bool) -> Iterator[Path]:
    """Give a copy of the ledger's folder with what was added, which goes when the block ends.

    It lies `beside` the ledger, where it can take its place in one step; else in a folder of the system.
    """
    try:
        with store.staged(ledger.folder) if beside else tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            shutil.copytree(ledger.folder, folder, dirs_exist_ok=True)
            for file in ledger.changed:
                (folder / file.name).write_text("".join(file.lines), "utf-8", newline="")
            yield folder
    except OSError as error:
        raise IngestError(
            f"The ledger or data/inbox/archive could not be written ({error.strerror or error}); the ledger is as it "
            "was",
            "Look at the disk and at the folders' permissions",
        ) from error


def find_problems(ledger: LedgerText, folder: Path) -> list[str]:
    """Return what in a changed ledger breaks its rules, each with the file and row of the analyst that brought it."""
    problems: list[str] = []
    try:
        read_ledger(folder)
    except LedgerError as error:
        problems += [] if error.violations else [str(error)]
        # What names a file for a statement is only as good as the statement: told where nothing else is wrong.
        told = [found for found in error.violations if found.file != "taken.csv"]
        for found in told or error.violations:
            file = ledger.get(found.file.removesuffix(".csv"))
            row = file.rows[found.row - 2] if file and 0 <= found.row - 2 < len(file.rows) else {}
            where = row.get(WHERE) or f"data/ledger/{found.file}, row {found.row}"
            problems.append(f"{where}, column '{found.column}': '{shown(found.value)}' - {found.rule}")
    return problems


def put_in_place_of(ledger: LedgerText, folder: Path) -> None:
    """Make a staged folder the ledger."""
    for file in ledger.changed:
        if (file.path.read_bytes() if file.path.is_file() else b"") != file.original:
            raise IngestError(f"{file.name} was changed while the file was read", "Run the command again")
    store.put_in_place(folder, ledger.folder)


def _archived(file: InboxFile) -> Path:
    return inbox_folder() / "archive" / file.archive_name


def archive(file: InboxFile) -> None:
    """Keep a file, and its sidecar, under a name with its sha256."""
    if file.path.read_bytes() != file.content:
        raise IngestError(f"{file.name} was changed while it was read", "Run the command again")
    store.write_whole(_archived(file), file.content)
    if sidecar_of(file.path).is_file():
        store.write_whole(sidecar_of(_archived(file)), sidecar_of(file.path).read_bytes())


def was_taken(path: Path) -> bool:
    """Return whether a file has left the inbox for the archive: the last thing that happens to one taken over."""
    in_inbox = path.resolve().parent == inbox_folder().resolve()
    kept = (inbox_folder() / "archive").glob(f"*-{glob.escape(kept_name(path))}")
    return in_inbox and not path.exists() and any(kept)


def leave_inbox(file: InboxFile) -> None:
    """Remove a file that was taken over from the inbox, where the archive has it now; files elsewhere stay."""
    if _archived(file).is_file() and file.path.resolve().parent == inbox_folder().resolve():
        file.path.unlink(missing_ok=True)
        sidecar_of(file.path).unlink(missing_ok=True)
