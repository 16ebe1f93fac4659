"""Freeze the snapshot of a month from the ledger, and verify all that is committed."""

import sys
from collections.abc import Iterator
from functools import partial

from metalsbook.errors import LedgerError, SnapshotError, UsageError
from metalsbook.ledger.coverage import cover_ledger
from metalsbook.ledger.reading import Ledger, read_ledger
from metalsbook.paths import project_root, snapshots_folder
from metalsbook.snapshots.asof import select_as_of
from metalsbook.snapshots.package import published_months
from metalsbook.snapshots.snapshot import Snapshot, freeze_snapshot, verify_snapshot
from metalsbook.store import recover, write_whole

_CHANGELOG_MARK = "## Snapshots replaced\n"


def freeze_month(month: str, *, replace: bool = False, reason: str = "", allow_gaps: bool = False) -> Snapshot:
    """Freeze the snapshot of a month, and tell on standard error what is in it and what is missing.

    With `replace` it takes the place of a published one, for a `reason` that goes into CHANGELOG.md; with `allow_gaps`
    it may lack most of the usual series, or all of a chapter.

    Raises:
        UsageError: If a published snapshot is to be replaced and no reason is given.
        SnapshotError: If the ledger has no figure of the month or too few, or another snapshot of it is published.
    """
    if replace and not reason.strip():
        raise UsageError("A published snapshot is replaced only for a reason", "Give it with --reason '...'")
    ledger = read_ledger()
    coverage = cover_ledger(month)
    if not coverage.statements:
        there = ", ".join(published_months(snapshots_folder())) or "none"
        raise SnapshotError(f"The ledger has no figure of {month}", f"Months with a snapshot: {there}")
    if coverage.too_little and not (allow_gaps or replace):
        raise SnapshotError(
            f"{month} has too little data: {coverage.summary()}",
            "Take over what is missing with `metalsbook ingest`, or build it with its gaps: --allow-gaps\n  "
            + "\n  ".join(coverage.lines()),
        )
    # Apart from the result that the command prints.
    print(f"{month}: {coverage.statements} statements on the month", *coverage.lines(), sep="\n", file=sys.stderr)
    note = partial(_note_replacement, month, reason) if replace else None
    return freeze_snapshot(select_as_of(ledger, month), month, snapshots_folder(), note)


def ensure_snapshot(month: str, *, allow_gaps: bool = False) -> None:
    """Freeze the month's snapshot if it has none yet; raises as `freeze_month` does."""
    recover(snapshots_folder())
    if not (snapshots_folder() / month).is_dir():
        freeze_month(month, allow_gaps=allow_gaps)


def verify_all() -> Iterator[str]:
    """Check the ledger and every committed snapshot; yield one line for each.

    Raises:
        LedgerError: If the ledger breaks its schema, or lacks a statement that a snapshot holds.
        SnapshotError: At the first snapshot that is not what was frozen.
    """
    ledger = read_ledger()
    yield f"ledger: {len(ledger.statements)} statements, {len(ledger.sources)} sources, {len(ledger.series)} series"
    for month in published_months(snapshots_folder()):
        snapshot = verify_snapshot(snapshots_folder() / month)
        check_published_rows(snapshot, ledger)
        yield f"{month}: {snapshot.count} statements, content {snapshot.content_hash[:12]}"


def check_published_rows(snapshot: Snapshot, ledger: Ledger) -> None:
    """Check that the ledger, which is append-only, still has every statement and correction that was published.

    Raises:
        LedgerError: Names the file and the first of the rows that were removed or changed: a statement's id is the hash
            of its row.
    """
    lost = set(snapshot.tables["corrections"]["correction"]) - set(ledger.corrections["correction"])
    if lost:
        raise LedgerError(
            f"data/ledger/corrections.csv lacks {len(lost)} rows of the snapshot {snapshot.month}: "
            f"{', '.join(sorted(lost)[:5])}",
            "Restore the file from git; a correction is withdrawn by another one",
        )
    rows = snapshot.tables["statements"]
    gone = rows[~rows["statement"].isin(ledger.statements["statement"])]
    for row in gone.head(1).itertuples():
        raise LedgerError(
            f"data/ledger/statements/{row.topic}.csv: {len(gone)} rows of the snapshot {snapshot.month} were removed "
            f"or changed, first {row.series_as_printed},{row.measure_as_printed},{row.period}: '{row.stated}' "
            f"({row.statement})",
            "Restore the file from git; a correction is a new row in corrections.csv",
        )


def _note_replacement(month: str, reason: str, before: str, after: str) -> None:
    path = project_root() / "CHANGELOG.md"
    text = path.read_text(encoding="utf-8")
    if _CHANGELOG_MARK not in text:
        text = f"{text.rstrip()}\n\n{_CHANGELOG_MARK}"
    change = f"- {month}: content {before[:12]} became {after[:12]}. "
    head, tail = text.split(_CHANGELOG_MARK)
    if tail.lstrip().startswith(change):
        return
    write_whole(path, f"{head}{_CHANGELOG_MARK}\n{change}{reason.strip()}\n{tail.lstrip()}".encode())
