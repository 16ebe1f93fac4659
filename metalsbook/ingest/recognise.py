"""Which format a table has, by its content: the name of a download says little."""

from collections.abc import Iterator
from contextlib import suppress

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest import comtrade, customs, nbs, pinksheet, statements, terminal, usgs
from metalsbook.ingest.batch import Batch
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.grid import WESTERN, Grid, read_grids
from metalsbook.ingest.terminal import find_profile

FORMATS = {
    "customs": customs,
    "comtrade": comtrade,
    "pinksheet": pinksheet,
    "usgs": usgs,
    "nbs": nbs,
    "statements": statements,
    "table": terminal,
}
"""Name of a format -> its module, whose `recognise` knows a table by its first rows and whose `read` takes it."""
_WESTERN_FORMATS = ("comtrade", "usgs")
"""Publishers write them as UTF-8, and users save them in the code page of Windows; what is mapped in them is ASCII."""
_HEAD = 12


def read_file(file: InboxFile) -> list[Batch]:
    """Return what a file says: one batch, or one for each sheet of a workbook that is known."""
    return [_take(file, name, grid) for name, grid in _tables(file)]


def _tables(file: InboxFile) -> Iterator[tuple[str, Grid]]:
    named = file.details.format or ("table" if file.details.profile else "")
    if named and named not in FORMATS:
        raise UsageError(f"The format '{shown(named)}' is not known", f"Use one of {', '.join(FORMATS)}")
    if named == "table":
        profile = find_profile(file.details.profile)
        grids = read_grids(file, profile.encodings)
        found = [grid for grid in grids if not grid.sheet or profile.sheet in ("", grid.sheet)]
        if not found:
            names = shown(", ".join(grid.sheet for grid in grids), 200)
            raise IngestError(
                f"{file.name} has no sheet '{shown(profile.sheet)}' that is not hidden", f"It has {names}"
            )
        yield named, found[0]
    else:
        grids = _read(file, named)
        known = [(named or recognise([cells for _, cells in grid.rows[:_HEAD]]), grid) for grid in grids]
        found = [(name, grid) for name, grid in known if name]
        if not found:
            begins = "; ".join(",".join(grid.rows[0][1]) for grid in grids) if grids else ""
            raise IngestError(
                f"{file.name} is of no known format: it begins with '{shown(begins)}'",
                "Has its header changed? Name the format with --format, or describe the table with --profile",
            )
        yield from found[:1] if named else found


def _read(file: InboxFile, named: str) -> list[Grid]:
    """Return the tables of a file; what is neither UTF-8 nor GB18030 may be a file that Windows has saved."""
    failure = None
    try:
        grids = [grid for grid in read_grids(file) if grid.rows]
    except IngestError as error:
        failure, grids = error, []
        with suppress(IngestError):
            grids = read_grids(file, WESTERN)
    name = named or (recognise([cells for _, cells in grids[0].rows[:_HEAD]]) if grids else "")
    if failure and (not grids or name not in _WESTERN_FORMATS):
        raise failure
    is_guessed = name in _WESTERN_FORMATS and any(grid.encoding == "gb18030" for grid in grids)
    return read_grids(file, WESTERN) if is_guessed else grids


def recognise(lines: list[list[str]]) -> str:
    """Return the name of the format of a table by its first rows; "" if it is of none."""
    lines = [line for line in lines if line]
    return next((name for name, module in FORMATS.items() if lines and module.recognise(lines)), "")


def _take(file: InboxFile, name: str, grid: Grid) -> Batch:
    batch = Batch(file)
    with batch.collect():
        FORMATS[name].read(grid, batch)
    if grid.hidden:
        batch.doubts.append(f"{grid.file}, sheet '{shown(grid.sheet)}': hidden {shown(', '.join(grid.hidden), 200)}")
    return batch
