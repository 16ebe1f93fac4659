"""Append to the ledger: the whole change or nothing, at whatever moment the process ends.

The ledger's folder is copied, changed and validated beside the real one and then exchanged with it in one step; every
reader sees the ledger before or after. What a killed run leaves behind is removed by the next one.
"""

import glob
import os
import shutil
import uuid
from pathlib import Path

from metalsbook.errors import IngestError, LedgerError
from metalsbook.ingest.files import InboxFile, hash_file, safe_name, sidecar_of
from metalsbook.ingest.ledger_text import LedgerText
from metalsbook.ledger import read_ledger
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


def commit(ledger: LedgerText) -> None:
    """Make the ledger what `ledger` holds, if it then keeps every rule.

    Raises:
        IngestError: If the changed ledger would break a rule, somebody changed it meanwhile, or it cannot be written;
            it is then as it was.
    """
    changed = [file for file in ledger.files if file.changed]
    if not changed:
        return
    staged = ledger.folder.with_name(f"{_STAGED}{uuid.uuid4().hex[:8]}")
    try:
        _stage(ledger, staged)
        _validate(staged)
        for file in changed:
            if (file.path.read_bytes() if file.path.is_file() else b"") != file.original:
                raise IngestError(f"{file.name} was changed while the file was read", "Run the command again")
        put_in_place(staged, ledger.folder)
    except OSError as error:
        raise IngestError(
            f"The ledger could not be written ({error.strerror or error}); it is as it was",
            "Look at the disk and at the folder's permissions",
        ) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _stage(ledger: LedgerText, staged: Path) -> None:
    shutil.copytree(ledger.folder, staged)
    for file in ledger.files:
        if file.changed:
            target = staged / file.path.relative_to(ledger.folder)
            with target.open("wb") as handle:
                handle.write(file.content())
                handle.flush()
                os.fsync(handle.fileno())


def _validate(staged: Path) -> None:
    try:
        read_ledger(staged)
    except LedgerError as error:
        raise IngestError(
            f"Nothing was taken, since the ledger would break its rules. {error.what}", error.todo
        ) from error


def check(ledger: LedgerText) -> None:
    """Validate the changed ledger without making it the ledger.

    Raises:
        IngestError: If it would break a rule or cannot be written.
    """
    if not any(file.changed for file in ledger.files):
        return
    staged = ledger.folder.with_name(f"{_STAGED}{uuid.uuid4().hex[:8]}")
    try:
        _stage(ledger, staged)
        _validate(staged)
    except OSError as error:
        raise IngestError(f"A copy of the ledger cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


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
    kept = archive_folder().glob(f"*-{glob.escape(safe_name(path.name)[-120:])}")
    return in_inbox and not path.exists() and any(kept)


def leave_inbox(file: InboxFile) -> None:
    """Remove a file that was taken over from the inbox, where the archive has it now; files elsewhere stay."""
    kept = (archive_folder() / file.archive_name).is_file()
    if kept and file.path.resolve().parent == inbox_folder().resolve():
        file.path.unlink(missing_ok=True)
        sidecar_of(file.path).unlink(missing_ok=True)
