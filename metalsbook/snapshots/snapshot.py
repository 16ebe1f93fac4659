"""One snapshot: freeze its tables, open and verify it.

A snapshot is a folder `data/snapshots/<month>/` with one Parquet file for each table and `datapackage.json` (Data
Package v2). Its identity is the hash of its sorted content, since Parquet bytes differ between versions of pyarrow.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from metalsbook.errors import SnapshotError
from metalsbook.months import cut_off, parse_month
from metalsbook.snapshots.content import hash_content, normalise_table, table_types, write_parquet
from metalsbook.snapshots.package import (
    PACKAGE,
    SCHEMA_VERSION,
    TABLES,
    find_resource,
    named,
    open_package,
    read_checked,
)
from metalsbook.store import put_in_place, recover


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
    tables: Mapping[str, pd.DataFrame]

    @property
    def count(self) -> int:
        """The number of statements."""
        return len(self.tables["statements"])

    def rows_of(self, *series: str) -> pd.DataFrame:
        """Return the statements of some series in order."""
        places = sorted(place for name in set(series) for place in self._places.get(name, ()))
        return self.tables["statements"].take(places).reset_index(drop=True)

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        return self.tables["statements"].groupby("series", sort=False).indices


def freeze_snapshot(
    tables: Mapping[str, pd.DataFrame],
    month: str,
    folder: Path,
    *,
    replace: bool = False,
    note: Callable[[str, str], None] = lambda _before, _after: None,
) -> Snapshot:
    """Write the tables of a month as an immutable snapshot; either the whole folder appears or nothing.

    Args:
        tables: The tables of `TABLES`, as `asof.select_as_of` chooses them.
        month: The data month.
        folder: Folder of all snapshots; the month's folder is made in it.
        replace: Put the new snapshot in the place of a published one.
        note: Gets the content hashes of the one and the other before that happens, to leave an entry in CHANGELOG.md.

    Raises:
        SnapshotError: If another snapshot of the month exists and `replace` is false, or the folder cannot be written.
    """
    parse_month(month)
    target = folder / month
    recover(folder)
    staged = folder / f".staged-{month}-{uuid.uuid4().hex[:8]}"
    try:
        staged.mkdir(parents=True)
        content_hash = _write_tables(staged, tables, month)
        before = open_package(target)["content_hash"] if target.exists() else ""
        if before == content_hash:
            shutil.rmtree(staged)
        elif before and not replace:
            raise SnapshotError(
                f"The snapshot {month} is published and the ledger now gives another one",
                f"A published snapshot never changes; to replace it all the same: metalsbook snapshot --month {month} "
                "--replace --reason '...'",
            )
        else:
            if before:
                # First, so that no snapshot is ever replaced without a note.
                note(before, content_hash)
            put_in_place(staged, target)
    except OSError as error:
        raise SnapshotError(f"The snapshot {month} could not be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return open_snapshot(target)


def _write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], month: str) -> str:
    """Write all tables and the package that describes them; return the hash of their content."""
    frames = {name: normalise_table(name, tables[name]) for name in TABLES}
    resources = []
    for name, frame in frames.items():
        path = folder / f"{name}.parquet"
        write_parquet(frame, path)
        resources.append(_describe(name, frame, path.read_bytes()))
    content_hash = hash_content(frames)
    _write_package(folder, month, content_hash, resources)
    return content_hash


def _write_package(folder: Path, month: str, content_hash: str, resources: list[dict]) -> None:
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


def _describe(name: str, frame: pd.DataFrame, content: bytes) -> dict:
    """Return what the package says of a table and its file."""
    fields = [{"name": column, "type": kind, **_unit_of(column)} for column, kind in table_types(frame).items()]
    return {
        "name": name,
        "path": f"{name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "rows": len(frame),
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
    resources = {name: find_resource(package, name, folder) for name in TABLES}
    tables = {}
    for name, resource in resources.items():
        frame = pq.read_table(pa.BufferReader(read_checked(folder, resource))).to_pandas()
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
    typed = frame.astype(dict.fromkeys(texts, "str"))
    odd = [name for name, kind in table_types(typed).items() if kind != fields[name]]
    if odd or len(fields) < len(resource["schema"]["fields"]):
        raise SnapshotError(
            f"{where} has columns of other types than {PACKAGE} says: {', '.join(odd)}", "Restore it from git"
        )
    return typed


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
    rows = snapshot.tables["statements"]
    late = ((rows["published"] > snapshot.cut_off) & (rows["vintage_from"] == "")).sum()
    if late:
        raise SnapshotError(f"{named(folder)} holds {late} statements published after {snapshot.cut_off}")
    return snapshot
