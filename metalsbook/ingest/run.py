"""Take files over into the ledger: read, show, validate, append, keep; all files of one command or none."""

from collections.abc import Callable, Iterable
from pathlib import Path

from metalsbook.errors import UsageError
from metalsbook.ingest.append import archive, check, clear_leavings, commit, inbox_folder, leave_inbox, was_taken
from metalsbook.ingest.files import Details, InboxFile, check_details, open_file
from metalsbook.ingest.ledger_text import LedgerText
from metalsbook.ingest.merge import Merge, merge_batch
from metalsbook.ingest.recognise import find_reader
from metalsbook.ingest.report import describe_merge
from metalsbook.paths import ledger_folder

_NO_INPUT = (".md", ".yml", ".yaml", ".part")


def take_files(
    paths: Iterable[Path],
    options: Details,
    *,
    dry_run: bool = False,
    accept: bool = False,
    say: Callable[[str], None] = print,
) -> int:
    """Take files over, or show what that would do; return the number of statements added.

    Args:
        paths: The files; those of the inbox where there are none.
        options: What is said of all of them; it goes before their sidecars.
        dry_run: Show everything, change nothing.
        accept: Take flows that lie far from those of other sources.
        say: Gets each line of the report.

    Raises:
        IngestError: If a file cannot be taken; then none is, and the ledger is as it was.
        LedgerError: If the ledger itself cannot be read.
        UsageError: If there is nothing to take, or an option is wrong.
    """
    check_details(options)
    clear_leavings(ledger_folder())
    named = list(paths)
    done = [path for path in named if was_taken(path)]
    for path in done:
        say(f"{path.name} was taken over before and lies in data/inbox/archive")
    files = [open_file(path, options) for path in (named or inbox_files()) if path not in done]
    if done and not files:
        say("Nothing new: the ledger is as it was")
        return 0
    if not files:
        raise UsageError("There is nothing to take over", "Name a file, or put it into data/inbox/")
    ledger, merges = LedgerText(ledger_folder()), []
    for file in files:
        merge = merge_batch(ledger, find_reader(file)(file), accept)
        merges.append(merge)
        for line in describe_merge(merge, dry_run):
            say(line)
    if dry_run:
        check(ledger)
        say("Nothing was written: this was a dry run")
        return 0
    _keep(files, merges, ledger, say)
    return sum(len(merge.statements) for merge in merges)


def _keep(files: list[InboxFile], merges: list[Merge], ledger: LedgerText, say: Callable[[str], None]) -> None:
    # Archived first: a figure in the ledger has its file, whenever the process ends.
    for file, merge in zip(files, merges, strict=True):
        if merge.statements:
            archive(file)
    commit(ledger)
    for file in files:
        leave_inbox(file)
    count = sum(len(merge.statements) for merge in merges)
    say(f"{count} statements added to data/ledger" if count else "Nothing new: the ledger is as it was")


def inbox_files() -> list[Path]:
    """Return the files that wait in the inbox, by name."""
    folder = inbox_folder()
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [
        path
        for path in found
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in _NO_INPUT
    ]
