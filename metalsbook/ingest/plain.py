"""Statements as the ledger has them: a CSV with its columns, and those of `sources` for pages that are new."""

import pandas as pd

from metalsbook.errors import IngestError
from metalsbook.ingest.batch import SOURCE_COLUMNS, STATEMENT_COLUMNS, Batch, Row
from metalsbook.ingest.figures import check_figure
from metalsbook.ingest.files import InboxFile, shown
from metalsbook.ingest.mappings import read_catalogue, waiting_series
from metalsbook.ingest.text import read_rows, read_text, without_trailing_comma

_SOURCE_WORDS = SOURCE_COLUMNS[1:]


def recognise(header: list[str]) -> bool:
    """Return whether the first line has the columns of statements."""
    return set(STATEMENT_COLUMNS) <= set(header)


def read_statements(file: InboxFile) -> Batch:
    """Return the statements of a file and the sources that it describes.

    Raises:
        IngestError: If a header is missing or not known, or a cell breaks a rule of the ledger; the message names it.
    """
    text, _ = read_text(file)
    rows = without_trailing_comma(read_rows(text, file.name), file.name)
    header = rows[0][1]
    _check_header(header, file.name)
    records = [
        (line, dict.fromkeys(_SOURCE_WORDS, "") | dict(zip(header, cells, strict=True))) for line, cells in rows[1:]
    ]
    check_rows("statements", [(line, record) for line, record in records], STATEMENT_COLUMNS, file.name)
    sources = _sources(records, file.name)
    statements = [{name: record[name] for name in STATEMENT_COLUMNS} for _, record in records]
    for (line, _), row in zip(records, statements, strict=True):
        check_figure(row, f"{file.name}, row {line}")
    batch = Batch(
        file.name,
        f"statements, {len(statements):,} rows",
        statements=statements,
        sources=sources,
        archived=file.archive_name,
    )
    batch.series = needed_series({row["series"] for row in statements})
    return batch


def needed_series(used: set[str]) -> list[Row]:
    """Return the catalogue rows of series that have their first figure."""
    catalogue, waiting = read_catalogue(), waiting_series()
    return [waiting[name] for name in sorted(used - set(catalogue)) if name in waiting]


def _check_header(header: list[str], file: str) -> None:
    absent = [name for name in STATEMENT_COLUMNS if name not in header]
    if absent:
        raise IngestError(
            f"{file}, row 1: there is no column {', '.join(absent)}",
            f"Statements have the columns {','.join(STATEMENT_COLUMNS)}",
        )
    for number, name in enumerate(header, start=1):
        if name not in (*STATEMENT_COLUMNS, *_SOURCE_WORDS) or header.index(name) + 1 != number:
            raise IngestError(
                f"{file}, row 1, column {number}: the header '{shown(name)}' is not known or there twice",
                f"Beside those of statements there may be {','.join(_SOURCE_WORDS)}",
            )


def check_rows(table: str, records: list[tuple[int, Row]], columns: tuple[str, ...], file: str) -> None:
    """Refuse cells that break a rule of their column in the ledger.

    Args:
        table: Table of the ledger.
        records: Line and cells of each row.
        columns: The table's columns.
        file: Name of the file.

    Raises:
        IngestError: For the first of them; the message names row, column and rule.
    """
    from metalsbook.ledger.schemas import FILE, LINE, find_violations

    frame = pd.DataFrame(
        [[record[name] for name in columns] for _, record in records], columns=list(columns), dtype="str"
    ).assign(**{FILE: file, LINE: [line for line, _ in records]})
    found = sorted(find_violations(table, frame)) if len(frame) else []
    if found:
        first = found[0]
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise IngestError(
            f"{file}, row {first.row}, column '{first.column}': '{shown(first.value)}' - {first.rule}{more}"
        )


def _sources(records: list[tuple[int, Row]], file: str) -> list[Row]:
    """Return the sources that the rows describe; the same id must always have the same words."""
    found: dict[str, tuple[int, Row]] = {}
    for line, record in records:
        if not any(record[name] for name in _SOURCE_WORDS):
            continue
        row = {name: record[name] for name in SOURCE_COLUMNS}
        before = found.setdefault(row["source"], (line, row))
        if before[1] != row:
            raise IngestError(
                f"{file}, row {line} describes the source {shown(row['source'])} otherwise than row {before[0]}",
                "One source has one publisher, title, day and address",
            )
    check_rows("sources", list(found.values()), SOURCE_COLUMNS, file)
    return [row for _, row in found.values()]
