"""Snapshots: the frozen inputs of one edition, as Parquet. Freeze, open and verify them.

A snapshot is a folder `data/snapshots/<month>/` with one Parquet file for each table and `datapackage.json` (Data
Package v2). Its identity is the hash of its sorted content, since Parquet bytes differ between versions of pyarrow.
What belongs into a snapshot is decided in `metalsbook.asof`; what is made of it, in `metalsbook.publish.edition`.
"""

import hashlib
import json
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from metalsbook.content import hash_content, normalise_table, table_types
from metalsbook.errors import SnapshotError
from metalsbook.frozen import PACKAGE, SCHEMA_VERSION, TABLES, find_resource, named, open_package, read_checked
from metalsbook.months import cut_off, parse_month
from metalsbook.swap import put_in_place, recover

# Sorted by series and cut into small groups, a chapter's filter reads only the groups of its series.
ROWS_PER_GROUP = 8192
_ARROW_TYPES = {"string": pa.string(), "number": pa.float64(), "integer": pa.int64()}


@dataclass(frozen=True)
class Snapshot:
    """One month's frozen inputs.

    Attributes:
        month: The data month, "YYYY-MM".
        cut_off: Last day on which a row may have been published, "YYYY-MM-DD".
        content_hash: sha256 over the sorted content of all tables; the snapshot's identity.
        tables: The tables of `TABLES` by name.
    """

    month: str
    cut_off: str
    content_hash: str
    tables: dict[str, pd.DataFrame]


def freeze_snapshot(tables: dict[str, pd.DataFrame], month: str, folder: Path, *, replace: bool = False) -> Snapshot:
    """Write the tables of a month as an immutable snapshot; either the whole folder appears or nothing.

    Args:
        tables: The tables of `TABLES`, as selected by `metalsbook.asof.select_as_of`.
        month: The data month.
        folder: Folder of all snapshots; the month's folder is made in it.
        replace: Put the new snapshot in the place of a published one. The caller leaves an entry in CHANGELOG.md.

    Returns:
        The snapshot as frozen.

    Raises:
        SnapshotError: If another snapshot of the month exists and `replace` is false, or the folder cannot be written.
    """
    parse_month(month)
    frozen = _normalise(tables)
    content_hash = hash_content(frozen)
    target = folder / month
    recover_snapshots(folder)
    if target.exists() and not replace:
        if open_package(target).get("content_hash") == content_hash:
            return Snapshot(month, cut_off(month), content_hash, frozen)
        raise SnapshotError(
            f"The snapshot {month} is published and the ledger now gives another one",
            f"A published snapshot never changes; to replace it all the same: metalsbook snapshot --month {month} "
            "--replace --reason '...'",
        )
    try:
        staged = folder / f".staged-{month}-{uuid.uuid4().hex[:8]}"
        staged.mkdir(parents=True)
        _write_tables(staged, frozen, month, content_hash)
        put_in_place(staged, target)
    except OSError as error:
        shutil.rmtree(staged, ignore_errors=True)
        raise SnapshotError(f"The snapshot {month} could not be written: {error.strerror or error}") from error
    return Snapshot(month, cut_off(month), content_hash, frozen)


def content_hash_of(tables: dict[str, pd.DataFrame]) -> str:
    """Return the content hash that a snapshot of these tables has."""
    return hash_content(_normalise(tables))


def _normalise(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: normalise_table(name, tables[name]) for name in TABLES}


def _write_tables(folder: Path, tables: dict[str, pd.DataFrame], month: str, content_hash: str) -> None:
    resources = []
    for name, frame in tables.items():
        types = table_types(frame)
        schema = pa.schema([pa.field(column, _ARROW_TYPES[kind]) for column, kind in types.items()])
        table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(None)
        path = folder / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd", store_schema=False, row_group_size=ROWS_PER_GROUP)
        resources.append(_describe(path, name, types, len(frame)))
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"strategic-metals-{month}",
        "title": f"Strategic Metals Book, inputs of the edition {month}",
        "version": f"{SCHEMA_VERSION}.0.0",
        "schema_version": SCHEMA_VERSION,
        "month": month,
        "cut_off": cut_off(month),
        "content_hash": content_hash,
        "resources": resources,
    }
    with (folder / PACKAGE).open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(package, indent=1, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _describe(path: Path, name: str, types: dict[str, str], rows: int) -> dict:
    content = path.read_bytes()
    fields = [{"name": column, "type": kind, **_unit_of(column)} for column, kind in types.items()]
    return {
        "name": name,
        "path": path.name,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "rows": rows,
        "schema": {"fields": fields},
    }


# Figures are in the unit that their row names; the others are plain numbers.
_IN_ROWS_UNIT = {"value", "low", "high", "resolution", "bound_low", "bound_high", "target_low", "target_high"}


def _unit_of(column: str) -> dict[str, str]:
    return {"unit": "as the column `unit` of the row says"} if column in _IN_ROWS_UNIT else {}


def recover_snapshots(folder: Path) -> None:
    """Undo what a killed replacement or freeze has left in the folder of all snapshots."""
    recover(folder)
    for left in folder.glob(".staged-*"):
        shutil.rmtree(left, ignore_errors=True)


def open_snapshot(folder: Path) -> Snapshot:
    """Open a snapshot folder after checking that its files are those that were frozen.

    Args:
        folder: `data/snapshots/<month>/`.

    Returns:
        The snapshot; text columns have no nulls, missing numbers are NaN.

    Raises:
        SnapshotError: If a file is missing or is not the file that was frozen; the message names it.
    """
    package = open_package(folder)
    tables = {}
    for name in TABLES:
        resource = find_resource(package, name, folder)
        content = read_checked(folder, resource)
        frame = pq.read_table(pa.BufferReader(content)).to_pandas()
        tables[name] = _checked_schema(frame, resource, folder)
    return Snapshot(package["month"], package["cut_off"], package["content_hash"], tables)


def _checked_schema(frame: pd.DataFrame, resource: dict, folder: Path) -> pd.DataFrame:
    where = f"{named(folder)}/{resource['path']}"
    fields = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    if list(frame.columns) != list(fields):
        odd = sorted(set(frame.columns) ^ set(fields)) or list(fields)
        raise SnapshotError(f"{where} has other columns than {PACKAGE} says: {', '.join(odd)}", "Restore it from git")
    if len(frame) != resource["rows"]:
        raise SnapshotError(f"{where} has {len(frame)} rows instead of {resource['rows']}", "Restore it from git")
    texts = [name for name, kind in fields.items() if kind == "string"]
    return frame.astype(dict.fromkeys(texts, "str"))


def verify_snapshot(folder: Path) -> Snapshot:
    """Check a snapshot wholly: files, schema, rows, the hash of its content and its own as-of rule.

    Raises:
        SnapshotError: At the first thing that is wrong; the message names file and fault.
    """
    snapshot = open_snapshot(folder)
    if snapshot.month != folder.name:
        raise SnapshotError(f"{named(folder)} says that it is the snapshot of {snapshot.month}", "Restore it from git")
    if snapshot.cut_off != cut_off(snapshot.month):
        raise SnapshotError(f"{named(folder)} has the cut-off {snapshot.cut_off} instead of {cut_off(snapshot.month)}")
    found = hash_content(snapshot.tables)
    if found != snapshot.content_hash:
        raise SnapshotError(f"{named(folder)} has content {found[:12]} instead of {snapshot.content_hash[:12]}")
    late = snapshot.tables["statements"].query("published > @snapshot.cut_off and vintage_from == ''")
    if len(late):
        raise SnapshotError(f"{named(folder)} holds {len(late)} statements published after {snapshot.cut_off}")
    return snapshot
