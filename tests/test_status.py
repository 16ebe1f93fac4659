"""The status of a month: what is there, what is missing, what resolves; without the libraries of the analysis."""

import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.reading import read_ledger
from metalsbook.snapshots.freeze import cover_ledger
from metalsbook.status import describe_status
from tests.ingest.conftest import make_ledger


@pytest.fixture
def book(tmp_path, monkeypatch):
    make_ledger(tmp_path / "data" / "ledger")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    return tmp_path


def test_it_says_the_same_as_the_freezing_of_the_month():
    said = list(describe_status("2025-11"))
    coverage = cover_ledger(read_ledger(), "2025-11")
    assert said[0] == f"2025-11 (published): {coverage.statements} statements, known by 2025-12-31"
    assert [line[2:] for line in said[1 : 1 + len(coverage.lines())]] == coverage.lines()


def test_the_next_month_is_the_one_after_the_newest_snapshot(book):
    with pytest.raises(LedgerError, match="no snapshot yet"):
        list(describe_status())
    folder = book / "data" / "snapshots" / "2025-11"
    folder.mkdir(parents=True)
    (folder / "datapackage.json").write_text("{}")
    assert next(iter(describe_status())).startswith("2025-12 (not frozen yet): 0 statements")


def test_outlooks_are_listed_in_the_month_in_which_their_horizon_ends():
    said = "\n".join(describe_status("2025-12"))
    assert "outlooks that resolve:" in said
    assert "2025-12" in said.split("outlooks that resolve:")[1]


def test_a_ledger_that_cannot_be_read_is_named(book):
    (book / "data" / "ledger" / "outlooks.csv").unlink()
    with pytest.raises(LedgerError, match=r"outlooks\.csv cannot be read"):
        list(describe_status("2025-11"))
