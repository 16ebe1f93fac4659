"""Which format a table has, by its content: the name of a download says little."""

import re
from collections.abc import Callable

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest import comtrade, customs, nbs, pinksheet, statements, terminal, usgs
from metalsbook.ingest.batch import Batch
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.grid import CHINESE, WESTERN, Grid, read_grids

FORMATS = {
    "customs": customs,
    "comtrade": comtrade,
    "pinksheet": pinksheet,
    "usgs": usgs,
    "nbs": nbs,
    "statements": statements,
}
"""Name of a format -> its module, whose `read` takes a table and whose `recognise` knows it by its first rows.

A table that a profile describes is not recognised: its profile is named.
"""
_WESTERN_FORMATS = ("comtrade", "usgs")
"""Publishers write them as UTF-8, and users save them in the code page of Windows; what is mapped in them is ASCII."""
_HEAD = 12


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
    return [_take(file, grid, FORMATS[name].read) for name, grid in (found[:1] if named else found)]


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
            return _take(file, grid, lambda batch: terminal.read(batch, profile))
    names = shown(", ".join(grid.sheet for grid in grids), 200)
    raise IngestError(f"{file.name} has no sheet '{shown(profile.sheet)}' that is not hidden", f"It has {names}")


def _take(file: InboxFile, grid: Grid, read: Callable[[Batch], None]) -> Batch:
    batch = Batch(file, grid)
    with batch.collect():
        read(batch)
    if grid.hidden:
        batch.doubts.append(f"{grid.file}, sheet '{shown(grid.sheet)}': hidden {shown(', '.join(grid.hidden), 200)}")
    return batch
