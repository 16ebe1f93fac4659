"""Into the ledger and nowhere else: nothing twice, all or nothing, the file kept."""

import csv
import hashlib

import pytest

from metalsbook.errors import IngestError, LedgerError, UsageError
from metalsbook.ingest import append
from metalsbook.ledger.reading import read_ledger
from tests.ingest.conftest import customs_file, customs_row, ledger_bytes, take

INGOT = "statements/magnesium_exports.csv"
MARK = b"\xef\xbb\xbf"
TO_AUSTRALIA = customs_row(partner=("601", "澳大利亚"), kg="1000")


def rows_of(book, name):
    with (book / "data" / "ledger" / name).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_figures_enter_once_with_their_file_and_nothing_else_changes(book, tmp_path):
    before = ledger_bytes(book)
    # A spreadsheet may have saved a table with a mark.
    (book / "data" / "ledger" / "sources.csv").write_bytes(MARK + before["sources.csv"])
    path = customs_file(tmp_path, [customs_row(), TO_AUSTRALIA])
    assert take(path, published="2026-01-20")[0] == 4
    after, sha256 = ledger_bytes(book), hashlib.sha256(path.read_bytes()).hexdigest()
    [source] = [row for row in rows_of(book, "sources.csv") if row["published"] == "2026-01-20"]
    assert (sha256 in source["url"], "made-up-export.csv" in source["title"], source["origin"]) == (True, True, "gacc")
    kept = book / "data" / "inbox" / "archive" / f"{sha256}-made-up-export.csv"
    assert kept.read_bytes() == path.read_bytes()
    assert after[INGOT].startswith(before[INGOT]) and after["sources.csv"].startswith(MARK)
    for name, key in (("series.csv", "series"), ("sources.csv", "source")):
        old, new = before[name].splitlines(), after.pop(name).removeprefix(MARK).splitlines()
        assert [line for line in new if line in old] == old
        keys = [row[key] for row in rows_of(book, name)]
        assert keys == sorted(keys)
    assert {name for name in after if after[name] != before[name]} == {INGOT}
    after, renamed = ledger_bytes(book), path.rename(tmp_path / "again-export.csv")
    count, said = take(renamed, published="2026-01-20")
    assert (count, said[-1]) == (0, "Nothing new: the ledger is as it was")
    assert ledger_bytes(book) == after
    with pytest.raises(IngestError, match="was taken over as published 2026-01-20, not on an unknown day"):
        take(renamed)


def test_a_newer_file_that_overlaps_adds_revisions_as_new_rows(quick, tmp_path):
    take(customs_file(tmp_path, [customs_row(kg="111000")], name="a-export.csv"), published="2026-01-20")
    newer = [customs_row(kg="112000"), customs_row(month="202601", kg="113000")]
    second = customs_file(tmp_path, newer, name="b-export.csv")
    with pytest.raises(IngestError, match="A revision needs its day"):
        take(second)
    with pytest.raises(IngestError, match=r"says 111\.000 t .* on the same day"):
        take(second, published="2026-01-20")
    count, said = take(second, published="2026-02-20")
    rows = [row for row in rows_of(quick, INGOT) if row["series"] == "mg.export.ingot"]
    assert [row["value"] for row in rows if row["period"] == "2025-12"] == ["111", "112"]
    assert count == 2 + 3, "what is the same is not taken twice"
    assert any("revised: mg.export.ingot level 2025-12 = 112 t" in line for line in said)
    late = customs_file(tmp_path, [customs_row(kg="110000")], name="c-export.csv")
    assert not any("revised:" in line for line in take(late, published="2026-01-10")[1]), "an older print"


def test_a_flow_far_from_every_other_source_is_refused_until_accepted(quick, tmp_path):
    path = customs_file(tmp_path, [customs_row(month="202511", kg="61000")])
    with pytest.raises(IngestError, match=r"smm-2025-11-22-aaaaaa prints 122 t \(made up\) \(-50\.0%\)"):
        take(path)
    assert take(path, accept=True)[0] == 3


def test_files_of_the_inbox_are_taken_and_leave_it(quick):
    inbox = quick / "data" / "inbox"
    path = customs_file(inbox, [customs_row()], name="downloadData.csv")
    (inbox / "downloadData.csv.yml").write_text("flow: export\npublished: 2026-01-20\n", "utf-8")
    (inbox / "README.md").write_text("words", "utf-8")
    before = ledger_bytes(quick)
    take(dry_run=True)
    assert ledger_bytes(quick) == before and path.is_file() and not (inbox / "archive").exists()
    assert take()[0] == 3
    assert sorted(path.name for path in inbox.iterdir()) == ["README.md", "archive"]
    assert len(list((inbox / "archive").iterdir())) == 2
    # A run that was killed after its last step is simply run again.
    count, said = take(path)
    assert count == 0 and "was taken over before" in said[0]
    with pytest.raises(UsageError, match="nothing to take"):
        take()


def test_a_ledger_that_changed_meanwhile_is_not_overwritten(quick, tmp_path, monkeypatch):
    sources = quick / "data" / "ledger" / "sources.csv"

    def edit(*_):
        sources.write_bytes(sources.read_bytes() + b"\n")
        return []

    monkeypatch.setattr(append, "find_problems", edit)
    with pytest.raises(IngestError, match=r"sources\.csv was changed"):
        take(customs_file(tmp_path, [customs_row()]))


def test_a_ledger_that_breaks_its_rules_is_named(quick, tmp_path):
    topic = quick / "data" / "ledger" / INGOT
    topic.write_text(topic.read_text("utf-8").replace(",30000,", ',"30,000",'), "utf-8")
    with pytest.raises(LedgerError, match=r"breaks its rules at mg\.export\.total level 2025-10 = 30,000"):
        take(customs_file(tmp_path, [customs_row()]))


def test_what_a_killed_run_left_is_put_right(quick, tmp_path):
    before, folder = ledger_bytes(quick), quick / "data"
    (folder / "ledger").rename(folder / ".old-ledger-1234abcd")
    read_ledger()
    assert ledger_bytes(quick) == before
    (folder / ".staged-ledger-1234abcd" / "statements").mkdir(parents=True)
    (folder / ".old-ledger-1234abcd").mkdir()
    take(customs_file(tmp_path, [customs_row()]))
    assert sorted(path.name for path in folder.iterdir()) == ["inbox", "ledger"]
