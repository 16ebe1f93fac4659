"""Append to the ledger: the whole change or nothing, at whatever moment the process ends.

The ledger's folder is copied, changed and validated beside the real one and then exchanged with it in one step; every
reader sees the ledger before or after. What a killed run leaves behind is removed by the next one.
"""

import glob
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from metalsbook.errors import IngestError, LedgerError
from metalsbook.ingest.files import InboxFile, hash_file, kept_name, shown, sidecar_of
from metalsbook.ingest.ledger_text import LedgerText
from metalsbook.ledger.reading import read_ledger
from metalsbook.paths import project_root
from metalsbook.store import put_in_place, recover

_STAGED = ".staged-ledger-"


def inbox_folder() -> Path:
    """Return the folder into which an analyst puts files."""
    return project_root() / "data" / "inbox"


def archive_folder() -> Path:
    """Return the folder of the files that were taken over."""
    return inbox_folder() / "archive"


def clear_leavings(ledger: Path) -> None:
    """Put right what a killed append has left beside the ledger's folder."""
    recover(ledger.parent)
    for left in ledger.parent.glob(f"{_STAGED}*"):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def staged(ledger: LedgerText, beside: bool) -> Iterator[Path]:
    """Give a copy of the ledger's folder with what was added, which goes when the block ends.

    Args:
        ledger: The changed ledger.
        beside: Beside the ledger, where it can take its place in one step; else in a folder of the system.

    Raises:
        IngestError: If it cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="ledger-") as private:
        folder = ledger.folder.with_name(f"{_STAGED}{uuid.uuid4().hex[:8]}") if beside else Path(private) / "ledger"
        try:
            shutil.copytree(ledger.folder, folder)
            for file in ledger.changed:
                with (folder / file.name).open("wb") as handle:
                    handle.write(file.content())
                    handle.flush()
                    os.fsync(handle.fileno())
            yield folder
        except OSError as error:
            raise IngestError(
                f"The ledger could not be written ({error.strerror or error}); it is as it was",
                "Look at the disk and at the folder's permissions",
            ) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def find_problems(ledger: LedgerText, folder: Path) -> list[str]:
    """Return what in a changed ledger breaks its rules, each with the file and row of the analyst that brought it."""
    try:
        read_ledger(folder)
    except LedgerError as error:
        if not error.violations:
            return [str(error)]
        problems = []
        # What names a file for a statement is only as good as the statement: told where nothing else is wrong.
        told = [found for found in error.violations if found.file != "taken.csv"]
        for found in told or error.violations:
            where = ledger.where(found.file, found.row) or f"data/ledger/{found.file}, row {found.row}"
            problems.append(f"{where}, column '{found.column}': '{shown(found.value)}' - {found.rule}")
        return problems
    return []


def put_in_place_of(ledger: LedgerText, folder: Path) -> None:
    """Make a staged folder the ledger.

    Raises:
        IngestError: If somebody changed the ledger meanwhile.
    """
    for file in ledger.changed:
        if (file.path.read_bytes() if file.path.is_file() else b"") != file.original:
            raise IngestError(f"{file.name} was changed while the file was read", "Run the command again")
    put_in_place(folder, ledger.folder)


def archive(file: InboxFile) -> Path:
    """Keep a file, and its sidecar, under a name with its sha256; return where.

    Raises:
        IngestError: If it cannot be written.
    """
    target = archive_folder() / file.archive_name
    try:
        archive_folder().mkdir(parents=True, exist_ok=True)
        _copy(file.path, target)
        if hash_file(target)[0] != file.sha256:
            target.unlink()
            raise IngestError(f"{file.name} was changed while it was read", "Run the command again")
        if sidecar_of(file.path).is_file():
            _copy(sidecar_of(file.path), sidecar_of(target))
    except OSError as error:
        raise IngestError(
            f"{file.name} could not be kept in data/inbox/archive: {error.strerror or error}",
            "Nothing was taken; look at the disk and at the folder's permissions",
        ) from error
    return target


def _copy(source: Path, target: Path) -> None:
    if target.is_file() and target.stat().st_size == source.stat().st_size:
        return
    staged = target.with_name(f".{uuid.uuid4().hex[:8]}.part")
    try:
        shutil.copyfile(source, staged)
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)


def was_taken(path: Path) -> bool:
    """Return whether a file has left the inbox for the archive: the last thing that happens to one taken over."""
    in_inbox = path.resolve().parent == inbox_folder().resolve()
    kept = archive_folder().glob(f"*-{glob.escape(kept_name(path))}")
    return in_inbox and not path.exists() and any(kept)


def leave_inbox(file: InboxFile) -> None:
    """Remove a file that was taken over from the inbox, where the archive has it now; files elsewhere stay."""
    kept = (archive_folder() / file.archive_name).is_file()
    if kept and file.path.resolve().parent == inbox_folder().resolve():
        file.path.unlink(missing_ok=True)
        sidecar_of(file.path).unlink(missing_ok=True)
