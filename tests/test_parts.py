"""Statements too many for one file: sorted on disk, cut into parts, read back a few series at a time."""

import json
import random
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.floor import run_chapter
from metalsbook import parts, runs
from metalsbook.content import hash_content, normalise_table
from metalsbook.errors import SnapshotError
from metalsbook.frozen import TABLES, check_files
from metalsbook.months import step_month
from metalsbook.parts import Parts
from metalsbook.paths import build_folder, chapters_folder, snapshots_folder
from metalsbook.publish.edition import Edition, open_edition
from metalsbook.publish.execute import REFERENCE_MONTH
from metalsbook.publish.notebooks import read_chapter
from metalsbook.publish.prepare import prepare_editions
from metalsbook.snapshots import freeze_snapshot, open_snapshot, verify_snapshot

MONTH = "2025-08"
FIVE = ["magnesium_prices", "magnesium_capacity", "magnesium_exports", "rare_earths", "downstream_demand"]
SERIES = [f"mg.{letter}" for letter in "abcdefghij"]


def make_statements(count=1000) -> pd.DataFrame:
    """Return made-up statements in no order; some texts are of more than one byte, some numbers are missing."""
    rows = [
        (
            f"st-{number:04}",
            SERIES[number % len(SERIES)],
            "level",
            f"20{number % 24 + 1:02}-01",
            float(number) if number % 7 else float("nan"),
            "38,900吨" if number % 3 else "",
            "2025-09-20",
            "",
            "",
        )
        for number in range(count)
    ]
    random.Random(count).shuffle(rows)
    columns = ["statement", "series", "measure", "period", "value", "stated", "published", "vintage_from", "corrected"]
    return pd.DataFrame(rows, columns=columns).astype({"stated": "str"})


def make_tables(statements) -> dict:
    other = pd.DataFrame({"key": ["x"], "text": ["a – ü 镁"]})
    return {name: statements if name == "statements" else other for name in TABLES}


@pytest.fixture
def small(monkeypatch):
    """Limits a thousand times smaller, so that a thousand statements are many."""
    monkeypatch.setattr(runs, "ROWS_PER_GROUP", 16)
    monkeypatch.setattr(runs, "ROWS_AT_ONCE", 250)
    monkeypatch.setattr(parts, "ROWS_PER_GROUP", 16)
    monkeypatch.setattr(parts, "ROWS_PER_PART", 128)


@pytest.fixture
def frozen(small, tmp_path):
    with runs.SortedRuns(tmp_path / "space") as statements:
        every = make_statements()
        for first in range(0, len(every), 90):
            statements.add(every[first : first + 90])
        freeze_snapshot(make_tables(statements), MONTH, tmp_path)
    return tmp_path / MONTH


def blank_others(folder, series) -> tuple[int, int]:
    """Overwrite every row group without the series by zeros; return how many are left of how many."""
    left = there = 0
    for path in folder.glob("statements-*.parquet"):
        content = bytearray(path.read_bytes())
        metadata = pq.read_metadata(path)
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            columns = {group.column(place).path_in_schema: group.column(place) for place in range(group.num_columns)}
            within = columns["series"].statistics.min <= series <= columns["series"].statistics.max
            left, there = left + within, there + 1
            for column in () if within else columns.values():
                first = column.dictionary_page_offset or column.data_page_offset
                content[first : first + column.total_compressed_size] = bytes(column.total_compressed_size)
        path.write_bytes(content)
    return left, there


def test_many_statements_are_frozen_in_parts_with_the_hash_of_the_whole(frozen):
    snapshot = verify_snapshot(frozen)
    whole = {name: normalise_table(name, table) for name, table in make_tables(make_statements()).items()}
    assert sorted(path.name for path in frozen.glob("statements*")) == [f"statements-{n:04}.parquet" for n in range(8)]
    assert snapshot.content_hash == hash_content(whole)
    assert snapshot.count == 1000
    pd.testing.assert_frame_equal(snapshot.tables["statements"], whole["statements"])


def test_few_statements_stay_one_file(small, tmp_path):
    freeze_snapshot(make_tables(make_statements(128)), MONTH, tmp_path)
    assert [path.name for path in (tmp_path / MONTH).glob("statements*")] == ["statements.parquet"]
    assert open_snapshot(tmp_path / MONTH).parts is None


def test_the_same_statements_freeze_to_the_same_files_however_they_come(frozen, tmp_path):
    freeze_snapshot(make_tables(make_statements()), MONTH, tmp_path / "at once")
    for path in frozen.iterdir():
        assert (tmp_path / "at once" / MONTH / path.name).read_bytes() == path.read_bytes()


def test_the_hash_does_not_depend_on_how_a_column_is_cut(small):
    frame = normalise_table("statements", make_statements())
    table = runs.to_arrow(frame)

    class Cut:
        def __init__(self):
            self.types = {column: "number" if column == "value" else "string" for column in frame}

        def pieces(self, column):
            return (table[column].chunk(0).slice(first, 77) for first in range(0, len(table), 77))

    assert hash_content({"statements": Cut()}) == hash_content({"statements": frame})


@pytest.mark.parametrize("series", [SERIES[0], SERIES[4], SERIES[-1]])
def test_a_series_is_read_without_the_row_groups_of_others(frozen, monkeypatch, series):
    left, there = blank_others(frozen, series)
    monkeypatch.setattr(parts, "read_checked", lambda folder, part: None)
    # A hundred rows lie in groups of 16; those at its two ends, and where a part ends, hold a neighbour's rows too.
    assert left <= 100 // 16 + 3 and there == 63
    snapshot = open_snapshot(frozen)
    expected = normalise_table("statements", make_statements()).query("series == @series").reset_index(drop=True)
    pd.testing.assert_frame_equal(snapshot.rows_of(series), expected)
    # Proof that a blank row group is noticed where it is read.
    with pytest.raises(OSError, match="header"):
        snapshot.tables["statements"]


def test_an_edition_in_parts_serves_chapters_what_the_whole_one_does(small, tmp_path, monkeypatch):
    whole = open_snapshot(snapshots_folder() / "2025-11")
    freeze_snapshot(whole.tables, "2025-11", tmp_path)
    usual, parted = Edition(whole), open_edition("2025-11", tmp_path)
    assert parted.snapshot_id == usual.snapshot_id and len(list((tmp_path / "2025-11").glob("statements-*"))) > 20
    monkeypatch.setattr(Parts, "frames", lambda self: pytest.fail("all statements were read"))
    for series in usual.series["series"].iloc[::40]:
        pd.testing.assert_frame_equal(parted.prints(series), usual.prints(series))
        pd.testing.assert_frame_equal(parted.latest(series), usual.latest(series))
    pd.testing.assert_frame_equal(parted.rows_under("ree.", "mg.export."), usual.rows_under("ree.", "mg.export."))
    rare = usual.statements["series"].str.startswith("ree.")
    assert len(usual.rows_under("ree.")) == rare.sum() > 1000


def test_chapters_read_their_series_alone(small, tmp_path, monkeypatch):
    prepare_editions({REFERENCE_MONTH}, 1, lambda line: None)
    chapters = [read_chapter(chapters_folder() / f"{name}.ipynb") for name in FIVE]
    shutil.copytree(build_folder() / "derived", tmp_path / "_build" / "derived")
    for month in (REFERENCE_MONTH, step_month(REFERENCE_MONTH, -1)):
        freeze_snapshot(open_snapshot(snapshots_folder() / month).tables, month, tmp_path / "data" / "snapshots")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    monkeypatch.setattr(Parts, "frames", lambda self: pytest.fail("all statements were read"))
    for chapter in chapters:
        run_chapter(chapter, REFERENCE_MONTH)


def test_opening_reads_no_statement(frozen, monkeypatch):
    opened = []
    monkeypatch.setattr(parts, "read_checked", lambda folder, part: opened.append(part["path"]))
    snapshot = open_snapshot(frozen)
    assert snapshot.count == 1000 and opened == []
    snapshot.rows_of(SERIES[0])
    assert opened == ["statements-0000.parquet"]


def test_a_series_that_is_not_there_has_no_row(frozen):
    rows = open_snapshot(frozen).rows_of("mg.c.unknown")
    assert rows.empty and list(rows.columns) == list(make_statements().columns)


def damage(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_damaged_part_is_found_before_it_is_read(frozen):
    damage(frozen / "statements-0003.parquet")
    with pytest.raises(SnapshotError, match=r"statements-0003.parquet is not the file that was frozen"):
        check_files(frozen)
    with pytest.raises(SnapshotError, match=r"statements-0003.parquet is not the file that was frozen"):
        open_snapshot(frozen).rows_of(SERIES[4])


def test_parts_in_another_order_are_not_opened(frozen):
    path = frozen / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    package["resources"][0]["parts"].reverse()
    path.write_text(json.dumps(package), "utf-8")
    with pytest.raises(SnapshotError, match="does not list the table statements"):
        open_snapshot(frozen)


def test_nothing_is_left_of_the_runs(frozen):
    assert list((frozen.parent / "space").iterdir()) == []
    assert pq.read_metadata(frozen / "statements-0000.parquet").num_row_groups == 8
    assert isinstance(runs.to_arrow(make_statements()), pa.Table)
