"""A month is frozen when the ledger has enough of it; what it lacks is named."""

import shutil

import pytest

from metalsbook.cli import main
from metalsbook.errors import LedgerError, SnapshotError
from metalsbook.ingest.batch import COLUMNS
from metalsbook.ledger.reading import read_ledger
from metalsbook.months import month_range
from metalsbook.snapshots.freeze import check_published_rows, ensure_snapshot, freeze_month
from tests.ingest.conftest import ROOT, make_ledger, write_csv

USUAL = ("mg.export.total", "mg.export.ingot", "mg.export.alloy", "mg.export.powder")


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A ledger with four series for half a year, and one of them for December; all figures are made up."""
    make_ledger(tmp_path / "data" / "ledger")
    cells = ("11100", "", "", "t", "11,100 t (made up)", "smm-2025-11-22-aaaaaa")
    rows = [(name, "level", month, *cells) for name in USUAL for month in month_range("2025-06", "2025-11")]
    rows.append((USUAL[0], "level", "2025-12", *cells))
    write_csv(tmp_path / "data" / "ledger" / "statements" / "magnesium_exports.csv", COLUMNS["statements"], rows)
    shutil.copy(ROOT / "CHANGELOG.md", tmp_path)
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    return tmp_path


def test_a_month_with_too_little_data_is_refused_with_what_is_missing_until_gaps_are_allowed(book, capsys):
    with pytest.raises(SnapshotError, match="2025-12 has too little data: 1 of 4 usual series") as caught:
        ensure_snapshot("2025-12")
    for name in USUAL[1:]:
        assert f"missing: {name}, last for 2025-11" in str(caught.value)
    assert not (book / "data" / "snapshots" / "2025-12").exists()
    assert main(["snapshot", "--month", "2025-12"]) == 4
    assert "--allow-gaps" in capsys.readouterr().err
    assert main(["snapshot", "--month", "2025-12", "--allow-gaps"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "2025-12: 1 statements on the month"
    assert any(line.startswith("  missing: mg.export.ingot, last for 2025-11") for line in said)
    assert (book / "data" / "snapshots" / "2025-12" / "datapackage.json").is_file()
    with pytest.raises(SnapshotError, match="no figure of 2026-02"):
        freeze_month("2026-02", allow_gaps=True)


def test_a_month_with_enough_data_is_frozen_and_a_row_changed_in_place_is_named(book, capsys):
    """The row is valid; nothing but what was published tells."""
    published = freeze_month("2025-11")
    assert capsys.readouterr().err.splitlines() == [
        "2025-11: 4 statements on the month",
        "magnesium_exports: 4 of 4 usual series",
    ]
    path = book / "data" / "ledger" / "statements" / "magnesium_exports.csv"
    check_published_rows(published, read_ledger())
    path.write_text(path.read_text("utf-8").replace('11100,,,t,"11,100', '12100,,,t,"12,100', 1), "utf-8")
    with pytest.raises(LedgerError, match=r"magnesium_exports\.csv: 1 rows of the snapshot 2025-11"):
        check_published_rows(published, read_ledger())
