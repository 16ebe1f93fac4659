"""Statements too many for one file: written in parts, and read back a few series at a time.

Up to `ROWS_PER_PART` rows are one file, `statements.parquet`. More are cut into `statements-0000.parquet` and so on;
`datapackage.json` has for each its bytes, sha256, rows, and first and last series. A chapter opens the parts that hold
its series and decodes of them the row groups that do.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from metalsbook.errors import SnapshotError
from metalsbook.frozen import named, parts_of, read_checked
from metalsbook.runs import ROWS_PER_GROUP, arrow_schema

ROWS_PER_PART = 16 * ROWS_PER_GROUP


def write_parts(folder: Path, name: str, tables: Iterable[pa.Table]) -> list[dict]:
    """Write sorted rows as one file, or as parts where there are too many, and return what the package says of each.

    Args:
        folder: Folder of the snapshot.
        name: Name of the table.
        tables: Its rows, in order, in pieces of any size.
    """
    parts = []
    for number, part in enumerate(_cut(tables, ROWS_PER_PART)):
        path = folder / f"{name}-{number:04}.parquet"
        write_file(part, path)
        ends = part["series"].take([0, len(part) - 1]).to_pylist() if len(part) else ["", ""]
        parts.append(describe_file(path) | {"rows": len(part), "first_series": ends[0], "last_series": ends[1]})
    if len(parts) == 1:
        (folder / parts[0]["path"]).rename(folder / f"{name}.parquet")
        parts[0]["path"] = f"{name}.parquet"
    return parts


def write_file(table: pa.Table, path: Path) -> None:
    """Write a table as a file of a snapshot."""
    pq.write_table(table, path, compression="zstd", store_schema=False, row_group_size=ROWS_PER_GROUP)


def describe_file(path: Path) -> dict:
    """Return name, size and sha256 of a file as the package has them."""
    content = path.read_bytes()
    return {"path": path.name, "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _cut(tables: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
    """Yield the rows in tables of `size`, the last of them shorter; one without rows where there are none."""
    held, count = [], 0
    for table in tables:
        while len(table) and count + len(table) > size:
            yield pa.concat_tables([*held, table.slice(0, size - count)])
            table, held, count = table.slice(size - count), [], 0
        held.append(table)
        count += len(table)
    yield pa.concat_tables(held)


class Parts:
    """The statements of a snapshot in parts.

    Args:
        folder: Folder of the snapshot.
        resource: What `datapackage.json` says of the table.

    Attributes:
        types: The Data Package type of each column.
    """

    def __init__(self, folder: Path, resource: dict):
        self._folder = folder
        self._parts = parts_of(resource)
        self._sound: set[str] = set()
        self.types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        self._schema = arrow_schema(self.types)

    def __len__(self) -> int:
        return sum(part["rows"] for part in self._parts)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Yield all statements in order, a part at a time."""
        for part in self._parts:
            yield self._to_frame(pq.read_table(self._checked(part)))

    def pieces(self, column: str) -> Iterator[pa.Array]:
        """Yield one column in order."""
        for part in self._parts:
            yield from pq.read_table(self._checked(part), columns=[column]).column(0).chunks

    def rows_of(self, *series: str) -> pd.DataFrame:
        """Return the statements of some series in order; no row group without one of them is decoded."""
        holding = [
            part for part in self._parts if any(part["first_series"] <= name <= part["last_series"] for name in series)
        ]
        files = [str(self._checked(part)) for part in holding]
        asked = ds.field("series").isin(list(series))
        return self._to_frame(ds.dataset(files).to_table(filter=asked) if files else self._schema.empty_table())

    def _checked(self, part: dict) -> Path:
        """Return the path of a part; that it is the one that was frozen is checked before it is first read."""
        if part["path"] not in self._sound:
            read_checked(self._folder, part)
            self._sound.add(part["path"])
        return self._folder / part["path"]

    def _to_frame(self, table: pa.Table) -> pd.DataFrame:
        if table.schema != self._schema:
            odd = sorted(set(table.column_names) ^ set(self.types)) or list(self.types)
            raise SnapshotError(
                f"{named(self._folder)} has statements of other columns than its package says: {', '.join(odd)}",
                "Restore it from git",
            )
        return table.to_pandas().astype({name: "str" for name, kind in self.types.items() if kind == "string"})
