"""One snapshot: freeze its tables, open and verify it.

A snapshot is a folder `data/snapshots/<month>/` with one Parquet file for each table and `datapackage.json` (Data
Package v2). Its identity is the hash of its sorted content, since Parquet bytes differ between versions of pyarrow.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from metalsbook.errors import SnapshotError
from metalsbook.months import cut_off, last_day, parse_month, period_start
from metalsbook.snapshots.package import PACKAGE, SCHEMA_VERSION, TABLES, named, open_package, read_checked
from metalsbook.store import put_in_place, staged

_SORT_KEYS = {"statements": ["series", "period", "measure", "published", "statement"]}
_ROWS_PER_GROUP = 8192
_DTYPES = {"string": str, "number": "float64", "integer": "int64"}


@dataclass(frozen=True)
class Snapshot:
    """One month's frozen inputs: the tables of `TABLES` by name; its identity is the hash of their sorted content."""

    month: str
    cut_off: str
    content_hash: str
    tables: Mapping[str, pd.DataFrame]

    @property
    def count(self) -> int:
        """The number of statements."""
        return len(self.tables["statements"])


def table_types(frame: pd.DataFrame) -> dict[str, str]:
    """Return the Data Package type of each column: `string`, `number` or `integer`."""
    kinds = {"f": "number", "i": "integer", "u": "integer", "b": "integer"}
    return {str(name): kinds.get(dtype.kind, "string") for name, dtype in frame.dtypes.items()}


def normalise_table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is frozen: text without nulls, numbers as float64 or int64, rows in a fixed order."""
    types = table_types(frame)
    texts = [column for column, kind in types.items() if kind == "string"]
    dtypes = {column: _DTYPES[kind] for column, kind in types.items()}
    table = frame.fillna(dict.fromkeys(texts, "")).astype(dtypes)
    keys = [key for key in _SORT_KEYS.get(name, []) if key in table] or list(table)
    return table.sort_values(keys, kind="stable", ignore_index=True)


def hash_content(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the sha256 of the content of normalised tables.

    Text enters as UTF-8 with its lengths, numbers as little-endian 64-bit values, so that neither the version of a
    library nor the layout of a file plays a part.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(f"table:{name}\n".encode())
        for column, kind in table_types(tables[name]).items():
            digest.update(f"column:{column}:{kind}\n".encode())
            digest.update(_column_bytes(tables[name][column], kind))
    return digest.hexdigest()


def _column_bytes(values: pd.Series, kind: str) -> bytes:
    if kind == "number":
        numbers = values.to_numpy("float64")
        # One bit pattern for "missing": NaN has many.
        return np.where(np.isnan(numbers), np.nan, numbers).astype("<f8").tobytes()
    if kind == "integer":
        return values.to_numpy("int64").astype("<i8").tobytes()
    texts = [text.encode() for text in values]
    return np.array([len(text) for text in texts], dtype="<i8").tobytes() + b"".join(texts)


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet; the file depends on the table and on pyarrow's version alone."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", store_schema=False, row_group_size=_ROWS_PER_GROUP)


def freeze_snapshot(
    tables: Mapping[str, pd.DataFrame], month: str, folder: Path, note: Callable[[str, str], None] | None = None
) -> Snapshot:
    """Write the tables of a month as an immutable snapshot; either the whole folder appears or nothing.

    Args:
        tables: The tables of `TABLES`, as `asof.select_as_of` chooses them.
        month: The data month.
        folder: Folder of all snapshots.
        note: Gets the content hashes of a published snapshot and of the one that then takes its place; None refuses.

    Raises:
        SnapshotError: If another snapshot of the month exists and `note` is None, or the folder cannot be written.
    """
    parse_month(month)
    target = folder / month
    try:
        with staged(target) as built:
            frames = {name: normalise_table(name, tables[name]) for name in TABLES}
            for name, frame in frames.items():
                write_parquet(frame, built / f"{name}.parquet")
            package = _describe(built, frames, month)
            text = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
            (built / PACKAGE).write_text(text, "utf-8", newline="\n")
            content_hash = package["content_hash"]
            before = open_package(target)["content_hash"] if target.exists() else ""
            if before and before != content_hash:
                if note is None:
                    raise SnapshotError(
                        f"The snapshot {month} is published and the ledger now gives another one",
                        "A published snapshot never changes; to replace it all the same: metalsbook snapshot --month "
                        f"{month} --replace --reason '...'",
                    )
                # First, so that no snapshot is ever replaced without a note.
                note(before, content_hash)
            if before != content_hash:
                put_in_place(built, target)
    except OSError as error:
        raise SnapshotError(f"The snapshot {month} could not be written: {error.strerror or error}") from error
    return open_snapshot(target)


# Figures are in the unit that their row names; the others are plain numbers.
_IN_ROWS_UNIT = {"value", "low", "high", "resolution", "bound_low", "bound_high", "target_low", "target_high"}
_UNIT = {"unit": "as the column `unit` of the row says"}


def _describe(folder: Path, frames: Mapping[str, pd.DataFrame], month: str) -> dict:
    """Return what the package of a month says of normalised tables and their files in a folder."""
    resources = []
    for name, frame in frames.items():
        content, types = (folder / f"{name}.parquet").read_bytes(), table_types(frame)
        fields = [{"name": one, "type": kind} | (_UNIT if one in _IN_ROWS_UNIT else {}) for one, kind in types.items()]
        resources.append(
            {
                "name": name,
                "path": f"{name}.parquet",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "bytes": len(content),
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "rows": len(frame),
                "schema": {"fields": fields},
            }
        )
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"strategic-metals-{month}",
        "title": f"Strategic Metals Book, inputs of the edition {month}",
        "version": f"{SCHEMA_VERSION}.0.0",
        "schema_version": SCHEMA_VERSION,
        "month": month,
        "cut_off": cut_off(month),
        "content_hash": hash_content(frames),
        "resources": resources,
    }


def open_snapshot(folder: Path) -> Snapshot:
    """Open `data/snapshots/<month>/`; text columns have no nulls, missing numbers are NaN.

    Raises:
        SnapshotError: If a file is missing or is not the file that was frozen; the message names it.
    """
    package, tables = open_package(folder), {}
    for name in TABLES:
        frame = pq.read_table(pa.BufferReader(read_checked(folder, package, name))).to_pandas()
        texts = [column for column, kind in table_types(frame).items() if kind == "string"]
        tables[name] = frame.astype(dict.fromkeys(texts, "str"))
    return Snapshot(package["month"], package["cut_off"], package["content_hash"], tables)


def verify_snapshot(folder: Path) -> Snapshot:
    """Check a snapshot wholly: files, what its package says of their content, and its own as-of rule.

    Raises:
        SnapshotError: If something is wrong; the message names file and fault.
    """
    snapshot, package, mend = open_snapshot(folder), open_package(folder), "Restore the folder from git"
    for key, wanted in _describe(folder, snapshot.tables, folder.name).items():
        if package.get(key) != wanted:
            odd = [one["name"] for one in wanted if one not in package[key]] if key == "resources" else package.get(key)
            raise SnapshotError(f"{named(folder)}/{PACKAGE}: {key} is not what the tables make: {odd}", mend)
    rows, end = snapshot.tables["statements"], last_day(snapshot.month)
    if ((rows["published"] > snapshot.cut_off) & (rows["vintage_from"] == "")).any():
        raise SnapshotError(f"{named(folder)} holds statements published after {snapshot.cut_off}", mend)
    if ((rows["period"].map(period_start) > end) & ~rows["measure"].str.startswith("forecast")).any():
        raise SnapshotError(f"{named(folder)} holds observed figures of a later month", mend)
    return snapshot
