import hashlib
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from metalsbook.analysis.reconcile import reconcile
from metalsbook.errors import SnapshotError
from metalsbook.snapshots.package import PACKAGE, SCHEMA_VERSION, TABLES, check_files, open_package
from metalsbook.snapshots.snapshot import freeze_snapshot, hash_content, normalise_table, verify_snapshot
from metalsbook.store import recover
from tests.sample_book import ROOT


def make_tables(value=1.0, published="2025-09-20") -> dict[str, pd.DataFrame]:
    rows = [("st-2", "mg.b", value, published), ("st-1", "mg.a", float("nan"), "2025-09-21")]
    statements = pd.DataFrame(rows, columns=["statement", "series", "value", "published"])
    statements = statements.assign(measure="level", period="2025-08", vintage_from="")
    return dict.fromkeys(TABLES, pd.DataFrame({"key": ["x"], "text": ["a – ü 镁"]})) | {"statements": statements}


@pytest.fixture
def frozen(tmp_path):
    freeze_snapshot(make_tables(), "2025-08", tmp_path)
    return tmp_path / "2025-08"


def test_what_was_frozen_is_opened_and_its_hash_hangs_neither_on_the_order_of_rows_nor_on_parquet(frozen, tmp_path):
    """A file written with other settings, as another version would, holds the same content."""
    snapshot, again = verify_snapshot(frozen), {}
    assert snapshot.cut_off == "2025-09-30"
    assert snapshot.tables["statements"]["series"].tolist() == ["mg.a", "mg.b"]
    assert snapshot.tables["sources"]["text"].tolist() == ["a – ü 镁"]
    for name, table in snapshot.tables.items():
        turned = pa.Table.from_pandas(table.iloc[::-1], preserve_index=False)
        pq.write_table(turned, tmp_path / "x.parquet", compression="snappy", version="1.0")
        again[name] = normalise_table(name, pd.read_parquet(tmp_path / "x.parquet"))
    assert hash_content(again) == snapshot.content_hash


def test_a_published_snapshot_is_not_replaced_unasked(frozen):
    before = {path.name: path.read_bytes() for path in frozen.iterdir()}
    freeze_snapshot(make_tables(), "2025-08", frozen.parent)
    with pytest.raises(SnapshotError, match="published"):
        freeze_snapshot(make_tables(value=2.0), "2025-08", frozen.parent)
    assert before == {path.name: path.read_bytes() for path in frozen.iterdir()}
    freeze_snapshot(make_tables(value=2.0), "2025-08", frozen.parent, lambda *_: None)
    assert verify_snapshot(frozen).tables["statements"]["value"].max() == 2.0
    assert [path.name for path in frozen.parent.iterdir()] == ["2025-08"]


def test_a_replacement_killed_half_way_is_mended(frozen):
    frozen.rename(frozen.with_name(".old-2025-08-0a1b2c3d"))
    (frozen.with_name(".staged-2025-08-abc")).mkdir()
    recover(frozen.parent)
    assert [path.name for path in frozen.parent.iterdir()] == ["2025-08"]
    verify_snapshot(frozen)


# File, what becomes of its bytes (None: it is removed), what is said.
DAMAGED = {
    "another byte": ("series.parquet", lambda content: content[:100] + b"?" + content[101:], "series.parquet.*sha256"),
    "a missing file": ("sources.parquet", None, "sources.parquet is missing"),
    "a truncated file": ("events.parquet", lambda content: content[:-20], "events.parquet has .* bytes instead of"),
    "no package": (PACKAGE, None, "no datapackage.json"),
    "no JSON": (PACKAGE, lambda content: b"{", "cannot be read"),
    "no depth that anybody writes": (PACKAGE, lambda content: b"[" * 99_999, "cannot be read"),
}


@pytest.mark.parametrize("fault", DAMAGED)
def test_damaged_files_are_found_also_without_opening_them(frozen, fault):
    name, damage, said = DAMAGED[fault]
    check_files(frozen)
    path = frozen / name
    path.write_bytes(damage(path.read_bytes())) if damage else path.unlink()
    for check in (check_files, verify_snapshot):
        with pytest.raises(SnapshotError, match=said):
            check(frozen)


OF_STATEMENTS = "resources is not .*statements"
# What is changed in the package, what is said.
UNTRUE = {
    "no hash": (lambda package: package.pop("content_hash"), "content_hash"),
    "another hash": (lambda package: package.update(content_hash="0" * 64), "content_hash is not .* 0000"),
    "another schema version": (lambda package: package.update(schema_version=99), "schema version 99"),
    "a version that is no number": (lambda package: package.update(schema_version=True), "lacks one of"),
    "another month": (lambda package: package.update(month="2025-07"), "month is not .* 2025-07"),
    "another cut-off": (lambda package: package.update(cut_off="2025-12-31"), "cut_off is not .* 2025-12-31"),
    "a table not listed": (lambda package: package["resources"].pop(), "does not list"),
    "a table without rows": (lambda package: package["resources"][0].pop("rows"), OF_STATEMENTS),
    "a column without a name": (lambda package: fields_of(package)[0].pop("name"), OF_STATEMENTS),
    "a column of another type": (
        lambda package: fields_of(package)[0].update(type="number"),
        OF_STATEMENTS,
    ),
}


def fields_of(package):
    return package["resources"][0]["schema"]["fields"]


def edit_package(folder, change):
    package = json.loads((folder / PACKAGE).read_text())
    change(package)
    (folder / PACKAGE).write_text(json.dumps(package))


@pytest.mark.parametrize("fault", UNTRUE)
def test_a_package_that_is_not_true_is_found(frozen, fault):
    change, said = UNTRUE[fault]
    edit_package(frozen, change)
    with pytest.raises(SnapshotError, match=said):
        verify_snapshot(frozen)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.rename(columns={"value": "figure"}), "content_hash is not"),
        (lambda table: table.head(1), "content_hash is not"),
        (lambda table: table.assign(value=table["value"] * 2), "content_hash is not"),
    ],
    ids=["a renamed column", "a row too few", "a changed figure"],
)
def test_a_table_put_in_the_place_of_a_frozen_one_is_found(frozen, change, said):
    """Bytes and sha256 in the package are those of the new file."""
    path = frozen / "statements.parquet"
    change(pd.read_parquet(path)).to_parquet(path, index=False)
    content = path.read_bytes()
    new = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    edit_package(frozen, lambda package: package["resources"][TABLES.index("statements")].update(new))
    with pytest.raises(SnapshotError, match=said):
        verify_snapshot(frozen)


def test_a_statement_published_after_the_cut_off_is_found(tmp_path):
    freeze_snapshot(make_tables(published="2025-10-01"), "2025-08", tmp_path)
    with pytest.raises(SnapshotError, match="published after 2025-09-30"):
        verify_snapshot(tmp_path / "2025-08")


def test_a_snapshot_of_the_first_schema_opens_in_every_later_version_of_the_book():
    """The fixture is never written again."""
    folder = ROOT / "tests" / "fixtures" / "schema-1" / "2025-06"
    assert (open_package(folder)["schema_version"], SCHEMA_VERSION) == (1, 1), "keep a fixture of every schema"
    snapshot = verify_snapshot(folder)
    assert snapshot.content_hash == "6b54f86d52170c7ca73e5a9e33d4a0e76af6aab394111492e8491aeb9d506caa"
    estimates = reconcile(snapshot.tables["statements"], snapshot.tables["series"]).estimates
    assert {"mg.export.ingot", "mg.export.total"} <= set(estimates["series"])
