"""Take files over into the ledger: recognise, read, show, validate, append, keep; all files of one command or none.

Which format a table has its content says: the name of a download says little.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest import append, comtrade, customs, nbs, pinksheet, statements, terminal, usgs
from metalsbook.ingest.append import LedgerText
from metalsbook.ingest.batch import TEXT, WHERE, Batch, Row
from metalsbook.ingest.files import Details, InboxFile, check_details, open_file, shown
from metalsbook.ingest.grid import CHINESE, WESTERN, Grid, read_grids
from metalsbook.ingest.merge import BEFORE, CHANGE, Merger
from metalsbook.paths import ledger_folder
from metalsbook.store import recover

FORMATS = {one.__name__.rpartition(".")[2]: one for one in (customs, comtrade, pinksheet, usgs, nbs, statements)}
"""Name of a format -> its module, whose `read` takes a table and whose `recognise` knows it by its first rows.

A table that a profile describes is not recognised: its profile is named.
"""
_WESTERN_FORMATS = ("comtrade", "usgs")
"""Publishers write them as UTF-8, and users save them in the code page of Windows; what is mapped in them is ASCII."""
_HEAD = 12
_NO_INPUT = (".md", ".yml", ".yaml", ".part")
_LISTED = 1_000
_SHOWN = 400
"""Lines of one kind that the report shows; the rest is counted. Figures are all shown."""


def take_files(paths: Iterable[Path], options: Details, *, dry_run: bool = False, accept: bool = False) -> int:
    """Take files over, or show what that would do; return the number of rows added.

    Args:
        paths: The files; those of the inbox where there are none.
        options: What is said of all of them; it goes before their sidecars.
        dry_run: Show everything, change nothing.
        accept: Take what the report calls doubtful.

    Raises:
        IngestError: If anything cannot be taken; then nothing is. The message has all problems of all files.
        LedgerError: If the ledger itself cannot be read.
        UsageError: If there is nothing to take, or an option is wrong.
    """
    check_details(options)
    left = [path for path in append.inbox_folder().glob("[!.]*") if path.suffix.lower() not in _NO_INPUT]
    named = list(paths) or sorted(path for path in left if path.is_file())
    batches, problems = [], []
    for path in named:
        if append.was_taken(path):
            print(f"{path.name} was taken over before and lies in data/inbox/archive")
            continue
        try:
            batches += read_file(open_file(path, options))
        except IngestError as error:
            problems.append(str(error))
    if not named:
        raise UsageError("There is nothing to take over", "Name a file, or put it into data/inbox/")
    return _take(batches, problems, dry_run, accept)


def add_figure(row: dict[str, str], told: Details, *, dry_run: bool = False, accept: bool = False) -> None:
    """Add one figure read off a page, as `take_files` takes those of a file.

    `row` has texts by column of statements and sources, "" where nothing is given; measure, day of publication and day
    seen come from `told`.

    Raises:
        UsageError: If something is missing.
        IngestError: If the figure breaks a rule of the ledger, or the text does not say a number in its unit.
    """
    page = () if row["source"] else ("publisher", "title", "url")
    if missing := [name for name in ("series", "period", "stated", *page) if not row[name]]:
        raise UsageError(f"A figure needs its {' and '.join(missing)}", " ".join(f"--{name} '...'" for name in missing))
    cells = dict.fromkeys(("value", "low", "high", "repeats"), "")
    cells |= {"measure": told.measure, "published": told.published, "seen": told.seen}
    _take([Batch(None, kind="a single figure", typed=[row | cells | {WHERE: "the figure"}])], [], dry_run, accept)


def _take(batches: list[Batch], problems: list[str], dry_run: bool, accept: bool) -> int:
    if not dry_run:
        recover(ledger_folder().parent)
    ledger = LedgerText(ledger_folder())
    Merger(ledger, batches).merge()
    for batch in batches:
        print(*describe(batch), sep="\n")
        if batch.unmapped and not (batch.statements or batch.problems):
            batch.problems.append(
                f"{batch.name}: nothing in it is of a series that the book has: {'; '.join(batch.unmapped[:8])}. Add a "
                "line to the table in data/ledger/mappings, or leave the file out"
            )
        problems += batch.problems
        problems += [] if accept else [f"{doubt}. If that is right, add --accept" for doubt in batch.doubts]
    if unknown := {series for batch in batches for series in batch.unknown}:
        print("Series to describe: save these lines as a file of series, complete each ?, and take it with the others")
        print(*statements.propose_series(unknown), sep="", end="")
    with append.staged(ledger, beside=not dry_run) as folder:
        problems += append.find_problems(ledger, folder) if ledger.changed else []
        if problems:
            more = [f"and {len(problems) - _LISTED} more"] if len(problems) > _LISTED else []
            listed = "\n  ".join([*problems[:_LISTED], *more])
            raise IngestError(
                f"{len(problems)} problems, and nothing was taken:\n  {listed}" if problems[1:] else listed
            )
        if dry_run:
            print("Nothing was written: this was a dry run")
            return 0
        # Archived first: a figure in the ledger has its file, whenever the process ends.
        for batch in batches:
            if batch.used and batch.file:
                append.archive(batch.file)
        if ledger.changed:
            append.put_in_place_of(ledger, folder)
    for batch in batches:
        if batch.file:
            append.leave_inbox(batch.file)
    count = sum(batch.count for batch in batches)
    rows = "1 row" if count == 1 else f"{count} rows"
    print(f"{rows} added to data/ledger" if count else "Nothing new: the ledger is as it was")
    return count


def describe(batch: Batch) -> Iterator[str]:
    """Yield lines on one table: how figures were made, what is not taken, and every figure that is."""
    yield f"{batch.name}: {batch.kind}"
    for head, lines in (
        ("arithmetic", batch.arithmetic),
        ("not mapped", batch.unmapped),
        ("note", batch.notes),
        ("beside other sources", batch.rivals),
    ):
        yield from (f"  {head}: {line}" for line in lines[:_SHOWN])
        if len(lines) > _SHOWN:
            yield f"  {head}: and {len(lines) - _SHOWN:,} more"
    revised = [row for row in batch.taken if BEFORE in row]
    yield from (f"  new: {_figure(row)}" for row in batch.taken if BEFORE not in row)
    yield from (f"  revised: {_figure(row)}; before: {row[BEFORE]}" for row in revised)
    yield from (f"  new forecast: {row['says']}" for row in batch.outlooks)
    yield from (f"  new event: {row['what']}" for row in batch.events)
    yield (
        f"  {len(batch.taken) - len(revised)} new figures, {len(revised)} revised, {batch.known} in the ledger already"
        + (f"; {len(batch.sources)} pages described" if batch.sources else "")
    )


def _figure(row: Row) -> str:
    span = f" ({row['low']} to {row['high']})" if row["low"] else ""
    return (
        f"{row['series']} {row['measure']} {row['period']} = {row['value']} {row['unit']}{span}, read from "
        f"'{row[TEXT]}' in {row[WHERE].partition(', ')[2] or row[WHERE]}; {row[CHANGE]}"
    )


def read_file(file: InboxFile) -> list[Batch]:
    """Return what a file says: one batch, or one for each sheet of a workbook that is known."""
    named = file.details.format
    if named == "table" or (file.details.profile and not named):
        return [_read_by_profile(file)]
    if named and named not in FORMATS:
        raise UsageError(f"The format '{shown(named)}' is not known", f"Use one of {', '.join([*FORMATS, 'table'])}")
    line = file.content[:4096].removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("ascii", "replace")
    is_western = (named or recognise([re.split(r'\s*[,;\t"\r][\s,;"]*', line)])) in _WESTERN_FORMATS
    grids = [grid for grid in read_grids(file, WESTERN if is_western else CHINESE) if grid.rows]
    known = [(named or recognise([cells for _, cells in grid.rows[:_HEAD]]), grid) for grid in grids]
    found = [(name, grid) for name, grid in known if name]
    if not found:
        begins = "; ".join(",".join(grid.rows[0][1]) for grid in grids)
        raise IngestError(
            f"{file.name} is of no known format: it begins with '{shown(begins)}'",
            "Has its header changed? Name the format with --format, or describe the table with --profile",
        )
    return [_read_grid(file, grid, FORMATS[name].read) for name, grid in (found[:1] if named else found)]


def recognise(lines: list[list[str]]) -> str:
    """Return the name of the format of a table by its first rows; "" if it is of none."""
    lines = [line for line in lines if line]
    return next((name for name, module in FORMATS.items() if lines and module.recognise(lines)), "")


def _read_by_profile(file: InboxFile) -> Batch:
    """Return what the sheet says that a profile names, by default the first that holds anything."""
    profile = terminal.find_profile(file.details.profile)
    grids = [grid for grid in read_grids(file) if grid.rows]
    for grid in grids:
        if not grid.sheet or profile.sheet in ("", grid.sheet):
            return _read_grid(file, grid, lambda batch: terminal.Table(batch, profile).read())
    names = shown(", ".join(grid.sheet for grid in grids), 200)
    raise IngestError(f"{file.name} has no sheet '{shown(profile.sheet)}' that is not hidden", f"It has {names}")


def _read_grid(file: InboxFile, grid: Grid, read: Callable[[Batch], None]) -> Batch:
    batch = Batch(file, grid)
    with batch.collect():
        read(batch)
    if grid.hidden:
        batch.doubts.append(f"{grid.file}, sheet '{shown(grid.sheet)}': hidden {shown(', '.join(grid.hidden), 200)}")
    return batch
