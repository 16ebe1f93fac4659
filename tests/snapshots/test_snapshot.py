import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from metalsbook.errors import SnapshotError
from metalsbook.paths import snapshots_folder
from metalsbook.snapshots.content import hash_content, normalise_table
from metalsbook.snapshots.package import TABLES, check_files, published_months
from metalsbook.snapshots.snapshot import (
    freeze_snapshot,
    open_snapshot,
    recover_snapshots,
    verify_snapshot,
)


def make_tables(value=1.0) -> dict[str, pd.DataFrame]:
    statements = pd.DataFrame(
        {
            "statement": ["st-2", "st-1"],
            "series": ["mg.b", "mg.a"],
            "measure": ["level", "level"],
            "period": ["2025-08", "2025-08"],
            "value": [value, float("nan")],
            "published": ["2025-09-20", "2025-09-21"],
            "vintage_from": ["", ""],
        }
    )
    other = pd.DataFrame({"key": ["x"], "text": ["a – ü 镁"]})
    return {name: statements if name == "statements" else other for name in TABLES}


@pytest.fixture
def frozen(tmp_path):
    freeze_snapshot(make_tables(), "2025-08", tmp_path)
    return tmp_path / "2025-08"


def test_what_was_frozen_is_opened(frozen):
    snapshot = verify_snapshot(frozen)
    assert snapshot.cut_off == "2025-09-30"
    assert snapshot.tables["statements"]["series"].tolist() == ["mg.a", "mg.b"]
    assert snapshot.tables["sources"]["text"].tolist() == ["a – ü 镁"]


def test_the_order_of_rows_does_not_matter():
    tables = make_tables()
    turned = tables | {"statements": tables["statements"].iloc[::-1]}
    first, second = ({name: normalise_table(name, part[name]) for name in TABLES} for part in (tables, turned))
    assert hash_content(first) == hash_content(second)


def test_the_content_hash_is_independent_of_parquet(frozen, tmp_path):
    """A file written with other settings, as another version would, holds the same content."""
    snapshot = open_snapshot(frozen)
    again = {}
    for name, table in snapshot.tables.items():
        pq.write_table(pa.Table.from_pandas(table), tmp_path / "x.parquet", compression="snappy", version="1.0")
        again[name] = normalise_table(name, pd.read_parquet(tmp_path / "x.parquet"))
    assert hash_content(again) == snapshot.content_hash


def test_freezing_the_same_twice_changes_nothing(frozen):
    before = {path.name: path.read_bytes() for path in frozen.iterdir()}
    freeze_snapshot(make_tables(), "2025-08", frozen.parent)
    assert before == {path.name: path.read_bytes() for path in frozen.iterdir()}


def test_a_published_snapshot_is_not_replaced_unasked(frozen):
    with pytest.raises(SnapshotError, match="published"):
        freeze_snapshot(make_tables(value=2.0), "2025-08", frozen.parent)
    assert open_snapshot(frozen).tables["statements"]["value"].max() == 1.0


def test_it_is_replaced_when_asked_by_name(frozen):
    freeze_snapshot(make_tables(value=2.0), "2025-08", frozen.parent, replace=True)
    assert verify_snapshot(frozen).tables["statements"]["value"].max() == 2.0
    assert [path.name for path in frozen.parent.iterdir()] == ["2025-08"]


def test_a_replacement_killed_half_way_is_mended(frozen):
    frozen.rename(frozen.with_name(".old-2025-08-0a1b2c3d"))
    (frozen.with_name(".staged-2025-08-abc")).mkdir()
    recover_snapshots(frozen.parent)
    assert [path.name for path in frozen.parent.iterdir()] == ["2025-08"]
    verify_snapshot(frozen)


def edit_package(folder, change):
    path = folder / "datapackage.json"
    package = json.loads(path.read_text())
    change(package)
    path.write_text(json.dumps(package))


def rewrite_statements(folder, change, keep_hash=False):
    """Put a changed table in the place of a frozen one, with bytes and sha256 of the new file in the package."""
    import hashlib

    path = folder / "statements.parquet"
    change(pd.read_parquet(path)).to_parquet(path, index=False)
    content = path.read_bytes()

    def note(package):
        resource = next(r for r in package["resources"] if r["name"] == "statements")
        resource |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}

    edit_package(folder, note)


def edit_text(folder, was, becomes):
    path = folder / "datapackage.json"
    path.write_text(path.read_text("utf-8").replace(was, becomes, 1), "utf-8")


def flip_byte(folder):
    path = folder / "series.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(folder):
    path = folder / "events.parquet"
    path.write_bytes(path.read_bytes()[:-20])


def empty(folder):
    (folder / "claims.parquet").write_bytes(b"")


def swap(folder):
    (folder / "events.parquet").write_bytes((folder / "statements.parquet").read_bytes())


FAULTS = {
    "a flipped byte": (flip_byte, "series.parquet.*sha256"),
    "a missing file": (lambda folder: (folder / "sources.parquet").unlink(), "sources.parquet is missing"),
    "a truncated file": (truncate, "events.parquet has .* bytes instead of"),
    "an emptied file": (empty, "claims.parquet has 0 bytes"),
    "a swapped file": (swap, "events.parquet has .* bytes"),
    "no package": (lambda folder: (folder / "datapackage.json").unlink(), "no datapackage.json"),
    "a package that is not JSON": (lambda folder: (folder / "datapackage.json").write_text("{"), "cannot be read"),
    "a package that lacks its hash": (lambda f: edit_package(f, lambda p: p.pop("content_hash")), "content_hash"),
    "a table not listed": (lambda f: edit_package(f, lambda p: p["resources"].pop()), "does not list"),
    "another schema version": (lambda f: edit_package(f, lambda p: p.update(schema_version=99)), "schema version 99"),
    "another month": (lambda f: edit_package(f, lambda p: p.update(month="2025-07")), "snapshot of 2025-07"),
    "another cut-off": (lambda f: edit_package(f, lambda p: p.update(cut_off="2025-12-31")), "cut-off 2025-12-31"),
    "a renamed column": (
        lambda f: rewrite_statements(f, lambda t: t.rename(columns={"value": "figure"})),
        "other columns.*figure, value",
    ),
    "a row too few": (lambda f: rewrite_statements(f, lambda t: t.head(1)), "has 1 rows instead of 2"),
    "a changed figure": (
        lambda f: rewrite_statements(f, lambda t: t.assign(value=t["value"] * 2)),
        "content .* instead",
    ),
    "a name twice": (lambda folder: edit_text(folder, '"month"', '"month": "2025-07", "month"'), "twice"),
    "a table twice": (lambda f: edit_package(f, lambda p: p["resources"].append(p["resources"][0])), "does not list"),
    "no depth that anybody writes": (lambda f: (f / "datapackage.json").write_text("[" * 99_999), "cannot be read"),
    "a version that is no number": (lambda f: edit_package(f, lambda p: p.update(schema_version=True)), "lacks one of"),
    "a table without rows": (lambda f: edit_package(f, lambda p: p["resources"][0].pop("rows")), "does not say what"),
    "a column without a name": (
        lambda f: edit_package(f, lambda p: p["resources"][0]["schema"]["fields"][0].pop("name")),
        "does not say what",
    ),
    "a column of another type": (
        lambda f: edit_package(f, lambda p: p["resources"][0]["schema"]["fields"][0].update(type="number")),
        "types",
    ),
    "a changed content hash": (lambda f: edit_package(f, lambda p: p.update(content_hash="0" * 64)), "instead of 0000"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_named(frozen, fault):
    plant, message = FAULTS[fault]
    plant(frozen)
    with pytest.raises(SnapshotError, match=message):
        verify_snapshot(frozen)


@pytest.mark.parametrize(
    "fault",
    [
        "a flipped byte",
        "a missing file",
        "a truncated file",
        "an emptied file",
        "a swapped file",
        "no package",
        "a package that is not JSON",
        "a table not listed",
    ],
)
def test_damaged_files_are_found_without_opening_them(frozen, fault):
    plant, message = FAULTS[fault]
    check_files(frozen)
    plant(frozen)
    with pytest.raises(SnapshotError, match=message):
        check_files(frozen)


def test_a_statement_published_after_the_cut_off_is_found(tmp_path):
    tables = make_tables()
    tables["statements"] = tables["statements"].assign(published="2025-10-01")
    freeze_snapshot(tables, "2025-08", tmp_path)
    with pytest.raises(SnapshotError, match="published after 2025-09-30"):
        verify_snapshot(tmp_path / "2025-08")


def test_every_committed_snapshot_is_whole():
    months = published_months(snapshots_folder())
    assert {"2025-08", "2025-09", "2025-10", "2025-11"} <= set(months)
    for month in months:
        verify_snapshot(snapshots_folder() / month)
