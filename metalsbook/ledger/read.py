"""Read the ledger: the CSV tables, validated, with the columns that are derived from a statement's own row.

What belongs here: the order of the steps. Schemas, figures, units, dates and corrections have their own modules.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from metalsbook.errors import LedgerError
from metalsbook.ledger.references import check_references
from metalsbook.ledger.schemas import TABLES, find_violations
from metalsbook.ledger.statements import derive_statements, to_number
from metalsbook.ledger.tables import read_rows
from metalsbook.ledger.violations import refuse
from metalsbook.paths import ledger_folder
from metalsbook.swap import recover


@dataclass(frozen=True)
class Ledger:
    """The validated tables; columns as in the data dictionary (`data/README.md`), text as `str`.

    Attributes:
        statements: One row a printed figure, key `statement`, sorted as in the files.
        series: What each series is, key `series`.
        sources: Who printed it, key `source`.
        claims: Figures of the source notes with their checks, key `claim`.
        outlooks: Dated forecasts, key `outlook`.
        events: Dated events, key `event`.
        corrections: Known slips, key `correction`.
        aliases: Ids in statement rows that mean another series, key `alias`.
        taken: Archived file of statements that came in a file of their own, key `statement`.
    """

    statements: pd.DataFrame
    series: pd.DataFrame
    sources: pd.DataFrame
    claims: pd.DataFrame
    outlooks: pd.DataFrame
    events: pd.DataFrame
    corrections: pd.DataFrame
    aliases: pd.DataFrame
    taken: pd.DataFrame


def read_ledger(folder: Path | None = None) -> Ledger:
    """Return the validated ledger.

    Args:
        folder: Folder with `statements/<topic>.csv` and the other tables; the book's own where not given.

    Raises:
        LedgerError: If a table is missing or breaks a rule; the message names file, row, column, value and rule, for
            up to 20 violations at once.
    """
    folder = ledger_folder() if folder is None else Path(folder)
    if not folder.is_dir():
        # Where a system cannot exchange folders in one step, a killed change leaves the ledger beside its place.
        recover(folder.parent)
    others = [name for name in TABLES if name != "statements"]
    tables = {name: read_rows(folder / TABLES[name].file, TABLES[name].columns, folder) for name in others}
    printed = _read_printed(folder)
    every = tables | {"statements": printed}
    refuse(violation for name, rows in every.items() for violation in find_violations(name, rows))
    refuse(check_references(tables))
    return Ledger(
        statements=derive_statements(printed, tables), **{name: _typed(name, rows) for name, rows in tables.items()}
    )


def _read_printed(folder: Path) -> pd.DataFrame:
    """Return the rows of all statement files as text, with `topic`, `FILE` and `LINE`."""
    files = sorted((folder / "statements").glob("*.csv"))
    if not files:
        raise LedgerError("The ledger has no statements", "Put them into data/ledger/statements/<topic>.csv")
    columns = TABLES["statements"].columns
    return pd.concat([read_rows(path, columns, folder).assign(topic=path.stem) for path in files], ignore_index=True)


def _typed(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    numbers = {column: to_number(rows[column]) for column in TABLES[name].numbers}
    return rows.assign(**numbers)[TABLES[name].columns]
