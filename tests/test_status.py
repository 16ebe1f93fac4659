"""The status of a month: what is there, what is missing, what resolves; without the libraries of the analysis."""

import pytest

from metalsbook.errors import LedgerError
from metalsbook.status import describe_status
from tests.ingest.conftest import make_ledger

OUTLOOK = 'ol-{0},SMM,A page,https://example.org/,2025-10-09,price,,{0},{0},down,,,,,"Prices seen falling."\n'


@pytest.fixture
def book(tmp_path, monkeypatch):
    make_ledger(tmp_path / "data" / "ledger")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    return tmp_path


def test_the_next_month_is_the_one_after_the_newest_snapshot_with_the_outlooks_that_end_in_it(book):
    with pytest.raises(LedgerError, match="no snapshot yet"):
        list(describe_status())
    folder = book / "data" / "snapshots" / "2025-11"
    folder.mkdir(parents=True)
    (folder / "datapackage.json").write_text("{}")
    path = book / "data" / "ledger" / "outlooks.csv"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(OUTLOOK.format(day) for day in ("2025-11-30", "2025-12-01", "2025-12", "2026-01-01"))
    said = list(describe_status())
    assert said[0].startswith("2025-12 (not frozen yet): 0 statements")
    ends = said.index("  outlooks that resolve: 2")
    assert [line.split(" ")[4] for line in said[ends + 1 : ends + 3]] == ["ol-2025-12", "ol-2025-12-01"]
    path.unlink()
    with pytest.raises(LedgerError, match=r"outlooks\.csv cannot be read"):
        list(describe_status("2025-11"))
