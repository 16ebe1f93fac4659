"""Statements sorted on disk: a ledger of any size is frozen without holding more than some hundred thousand rows.

Pieces of the ledger are sorted one by one and written as runs; the runs are then read again side by side, some series
at a time. A run is cut into small groups with their smallest and largest series, so that only those in question are
read.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from metalsbook.asof import USED
from metalsbook.content import normalise_table, sort_keys, table_types

ROWS_PER_GROUP = 8192
"""Sorted by series and cut into small groups, a chapter's filter reads only the groups of its series."""
ROWS_AT_ONCE = 131_072
"""Rows that are read to be merged, or those of one series where it has more."""
ARROW_TYPES = {"string": pa.string(), "number": pa.float64(), "integer": pa.int64()}


def arrow_schema(types: dict[str, str]) -> pa.Schema:
    """Return the columns of a file from the Data Package type of each."""
    return pa.schema([pa.field(column, ARROW_TYPES[kind]) for column, kind in types.items()])


def to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Return a normalised frame as the table that is written: types fixed, no metadata of pandas."""
    schema = arrow_schema(table_types(frame))
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(None)


class SortedRuns:
    """Statements that were added in pieces and come back in the order in which they are frozen.

    Args:
        folder: Folder in which a hidden one for the runs is made; it is gone when the `with` block ends.

    Attributes:
        used: What the statements hold in each of the columns `metalsbook.asof.USED` that they have.
    """

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self._space = tempfile.TemporaryDirectory(prefix=".runs-", dir=folder)
        self._files: list[str] = []
        self._rows_of: Counter[str] = Counter()
        self.used: dict[str, set[str]] = {}

    def __enter__(self) -> "SortedRuns":
        return self

    def __exit__(self, *_error) -> None:
        self._space.cleanup()

    def __len__(self) -> int:
        return self._rows_of.total()

    def add(self, statements: pd.DataFrame) -> None:
        """Take statements over; columns as in the snapshot, in any order of rows."""
        run = normalise_table("statements", statements)
        for column in USED:
            if column in run:
                self.used.setdefault(column, set()).update(run[column].unique())
        self._rows_of.update(run["series"].value_counts().to_dict())
        path = f"{self._space.name}/{len(self._files):06}.parquet"
        pq.write_table(to_arrow(run), path, compression="zstd", row_group_size=ROWS_PER_GROUP)
        self._files.append(path)

    def scan(self, columns: list[str], rows: ds.Expression) -> Iterator[pd.DataFrame]:
        """Yield some columns of the rows that an expression names, a bounded number at a time, in no order."""
        for batch in ds.dataset(self._files).to_batches(columns=columns, filter=rows, batch_size=ROWS_PER_GROUP):
            yield batch.to_pandas()

    def merged(self) -> Iterator[pa.Table]:
        """Yield all statements in order, some whole series at a time."""
        runs = ds.dataset(self._files)
        keys = [(key, "ascending") for key in sort_keys("statements", runs.schema.names)]
        for first, last in self._ranges():
            rows = runs.to_table(filter=(ds.field("series") >= first) & (ds.field("series") <= last))
            yield rows.sort_by(keys).replace_schema_metadata(None)

    def _ranges(self) -> Iterator[tuple[str, str]]:
        """Yield the first and last series of stretches of at most `ROWS_AT_ONCE` rows."""
        first, last, count = "", "", 0
        for series, rows in sorted(self._rows_of.items()):
            if count and count + rows > ROWS_AT_ONCE:
                yield first, last
                count = 0
            first, last, count = (first if count else series), series, count + rows
        # Also where there is no row at all: an empty table has columns too.
        yield first, last
