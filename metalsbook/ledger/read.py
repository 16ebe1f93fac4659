"""Read the ledger: the CSV tables, validated, with the columns that are derived from a statement's own row.

What belongs here: the order of the steps. Schemas, figures, units, dates and corrections have their own modules.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from metalsbook.ledger.statements import derive_statements
from metalsbook.paths import ledger_folder

TABLES = ("series", "sources", "aliases", "claims", "outlooks", "events", "corrections")


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
    """

    statements: pd.DataFrame
    series: pd.DataFrame
    sources: pd.DataFrame
    claims: pd.DataFrame
    outlooks: pd.DataFrame
    events: pd.DataFrame
    corrections: pd.DataFrame
    aliases: pd.DataFrame


def read_ledger(folder: Path | None = None) -> Ledger:
    """Return the validated ledger.

    Args:
        folder: Folder with `statements/<topic>.csv` and the other tables; the book's own where not given.

    Raises:
        LedgerError: If a table breaks its schema; the message names file, row, column, value and rule.
    """
    folder = ledger_folder() if folder is None else Path(folder)
    tables = {name: read_table(folder / f"{name}.csv") for name in TABLES}
    printed = pd.concat(
        [read_table(path).assign(topic=path.stem) for path in sorted((folder / "statements").glob("*.csv"))],
        ignore_index=True,
    )
    return Ledger(statements=derive_statements(printed, tables), **tables)


def read_table(path: Path) -> pd.DataFrame:
    """Return a CSV file as text, nothing interpreted; an empty frame where the file is absent."""
    if not path.exists():
        return pd.DataFrame()
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8", skip_blank_lines=False)
