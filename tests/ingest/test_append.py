"""Into the ledger and nowhere else: nothing twice, all or nothing, the file kept."""

import csv
import hashlib
import os
import threading

import pytest

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest import append, run
from metalsbook.ingest.files import Details
from metalsbook.ingest.run import take_files
from metalsbook.ledger import read_ledger
from tests.ingest.conftest import KOREA, customs_file, customs_row, ledger_bytes


def take(*paths, **options):
    said = []
    details = {name: options.pop(name) for name in list(options) if name in Details.__dataclass_fields__}
    count = take_files(paths, Details(**details), say=said.append, **options)
    return count, said


def rows_of(book, name):
    with (book / "data" / "ledger" / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def ingot(book, month="2025-12"):
    return [
        row
        for row in rows_of(book, "statements/magnesium_exports.csv")
        if row["series"] == "mg.export.ingot" and row["period"] == month
    ]


def test_figures_enter_with_a_source_that_names_the_file(book, tmp_path):
    path = customs_file(tmp_path, [customs_row()])
    count, _ = take(path)
    assert count == 3
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    row = ingot(book)[0]
    source = next(row_ for row_ in rows_of(book, "sources.csv") if row_["source"] == row["source"])
    assert sha256 in source["url"]
    assert "made-up-export.csv" in source["title"]
    assert source["origin"] == "gacc"
    kept = book / "data" / "inbox" / "archive" / f"{sha256}-made-up-export.csv"
    assert kept.read_bytes() == path.read_bytes()
    assert len(read_ledger().statements) == 5


def test_what_was_there_stays_byte_for_byte(book, tmp_path):
    before = ledger_bytes(book)
    take(customs_file(tmp_path, [customs_row()]))
    after = ledger_bytes(book)
    name = "statements/magnesium_exports.csv"
    assert after[name].startswith(before[name])
    for table in ("series.csv", "sources.csv"):
        old, new = before[table].splitlines(), after[table].splitlines()
        assert [line for line in new if line in set(old)] == old
        keys = [
            row[table.split(".", maxsplit=1)[0].rstrip("s") if table == "sources.csv" else "series"]
            for row in rows_of(book, table)
        ]
        assert keys == sorted(keys)
    for other in set(before) - {name, "series.csv", "sources.csv"}:
        assert after[other] == before[other]


def test_a_ledger_that_a_spreadsheet_saved_with_a_mark_is_read_and_added_to(book, tmp_path):
    name = "statements/magnesium_exports.csv"
    for path in (book / "data" / "ledger").rglob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    before = ledger_bytes(book)
    take(customs_file(tmp_path, [customs_row()]))
    assert ledger_bytes(book)[name].startswith(before[name])
    assert ledger_bytes(book)[name].count(b"\xef\xbb\xbf") == 1
    assert len(read_ledger().statements) == 5


def test_the_same_file_twice_adds_nothing(book, tmp_path):
    path = customs_file(tmp_path, [customs_row()])
    take(path)
    before = ledger_bytes(book)
    count, said = take(path)
    assert (count, said[-1]) == (0, "Nothing new: the ledger is as it was")
    assert ledger_bytes(book) == before
    renamed = customs_file(tmp_path, [customs_row()], name="again-export.csv")
    assert take(renamed)[0] == 0
    assert ledger_bytes(book) == before


def test_a_file_has_one_day_of_publication(book, tmp_path):
    path = customs_file(tmp_path, [customs_row()])
    take(path)
    with pytest.raises(IngestError, match="was taken over as published on an unknown day, not 2026-01-20"):
        take(path, published="2026-01-20")


def test_a_newer_file_that_overlaps_adds_revisions_as_new_rows(book, tmp_path):
    first = customs_file(tmp_path, [customs_row(month="202511", kg="120000"), customs_row(kg="111000")])
    take(first, published="2026-01-20")
    second = customs_file(
        tmp_path,
        [
            customs_row(month="202511", kg="120000"),
            customs_row(kg="112000"),
            customs_row(month="202601", kg="113000"),
        ],
        name="newer-export.csv",
    )
    count, said = take(second, published="2026-02-20")
    assert [row["value"] for row in ingot(book)] == ["111", "112"]
    assert count == 2 * 2 + 1
    assert any(
        "revised: mg.export.ingot level 2025-12 = 112 t" in line and "before: 111.000 t" in line for line in said
    )
    assert take(first, published="2026-01-20")[0] == 0
    assert take(second, published="2026-02-20")[0] == 0


def test_an_older_file_that_comes_late_is_an_older_print_not_a_revision(book, tmp_path):
    take(customs_file(tmp_path, [customs_row(kg="112000")], name="b-export.csv"), published="2026-02-20")
    count, said = take(customs_file(tmp_path, [customs_row(kg="111000")], name="a-export.csv"), published="2026-01-20")
    assert count == 3
    assert not any("revised:" in line for line in said)


def test_a_revision_without_a_day_is_refused(book, tmp_path):
    take(customs_file(tmp_path, [customs_row()]))
    before = ledger_bytes(book)
    with pytest.raises(IngestError, match="A revision needs its day"):
        take(customs_file(tmp_path, [customs_row(kg="112000")], name="newer-export.csv"))
    assert ledger_bytes(book) == before


def test_two_figures_of_one_day_are_refused(book, tmp_path):
    take(customs_file(tmp_path, [customs_row()]), published="2026-01-20")
    with pytest.raises(IngestError, match="on the same day"):
        take(customs_file(tmp_path, [customs_row(kg="112000")], name="other-export.csv"), published="2026-01-20")


def test_a_flow_far_from_every_other_source_is_refused_until_accepted(book, tmp_path):
    path = customs_file(tmp_path, [customs_row(month="202511", kg="61000")])
    with pytest.raises(IngestError, match=r"smm-2025-11-22-aaaaaa prints 122 t \(made up\) \(-50\.0%\)"):
        take(path)
    assert take(path, accept=True)[0] == 3


def test_a_dry_run_shows_the_arithmetic_and_changes_nothing(book, tmp_path):
    before = ledger_bytes(book)
    _, said = take(customs_file(tmp_path, [customs_row(), customs_row(partner=KOREA)]), dry_run=True)
    assert "  arithmetic: mg.export.ingot 2025-12 = 2 rows, 222,000 kg / 1000 = 222.000 t" in said
    assert any(line.startswith("  new: mg.export.ingot level 2025-12 = 222 t, read from '2 rows'") for line in said)
    assert said[-1] == "Nothing was written: this was a dry run"
    assert ledger_bytes(book) == before
    assert not (book / "data" / "inbox" / "archive").exists()
    assert [path.name for path in (book / "data").iterdir()] == ["ledger", "inbox"] or not list(
        (book / "data").glob(".*")
    )


def test_files_of_the_inbox_are_taken_and_leave_it(book):
    inbox = book / "data" / "inbox"
    customs_file(inbox, [customs_row()], name="downloadData.csv")
    (inbox / "downloadData.csv.yml").write_text("flow: export\npublished: 2026-01-20\n", "utf-8")
    (inbox / "README.md").write_text("words", "utf-8")
    assert take()[0] == 3
    assert sorted(path.name for path in inbox.iterdir()) == ["README.md", "archive"]
    assert len(list((inbox / "archive").iterdir())) == 2
    with pytest.raises(UsageError, match="nothing to take"):
        take()


def test_one_bad_file_keeps_all_of_them_out(book, tmp_path):
    before = ledger_bytes(book)
    good = customs_file(tmp_path, [customs_row()])
    bad = customs_file(tmp_path, [customs_row(kg="-1")], name="bad-export.csv")
    with pytest.raises(IngestError, match="bad-export"):
        take(good, bad)
    assert ledger_bytes(book) == before


def test_a_ledger_that_would_break_its_rules_is_not_made(book, tmp_path, monkeypatch):
    before = ledger_bytes(book)
    series = book / "data" / "ledger" / "mappings" / "hs8.csv"
    series.write_text(series.read_text("utf-8").replace(",mg.export.ingot,", ",mg.price.ingot.fugu,"), "utf-8")
    with pytest.raises(IngestError, match=r"made-up-export\.csv, 1 row of 2025-12, column 'unit': 't' - no conversion"):
        take(customs_file(tmp_path, [customs_row()]))
    assert {**ledger_bytes(book), "mappings/hs8.csv": b""} == {**before, "mappings/hs8.csv": b""}


def test_a_ledger_that_changed_meanwhile_is_not_overwritten(book, tmp_path, monkeypatch):
    def edit(*_):
        path = book / "data" / "ledger" / "sources.csv"
        path.write_bytes(path.read_bytes() + b"\n")
        return []

    monkeypatch.setattr(run, "find_problems", edit)
    with pytest.raises(IngestError, match=r"sources\.csv was changed"):
        take(customs_file(tmp_path, [customs_row()]))


def test_a_full_disk_leaves_the_ledger_as_it_was(book, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = ledger_bytes(book)
    monkeypatch.setattr(append.shutil, "copytree", full)
    with pytest.raises(IngestError, match="No space left on device"):
        take(customs_file(tmp_path, [customs_row()]))
    assert ledger_bytes(book) == before


def test_leavings_of_a_killed_run_are_cleared(book, tmp_path):
    (book / "data" / ".staged-ledger-1234abcd" / "statements").mkdir(parents=True)
    (book / "data" / ".old-ledger-1234abcd").mkdir()
    take(customs_file(tmp_path, [customs_row()]))
    assert sorted(path.name for path in (book / "data").iterdir()) == ["inbox", "ledger"]


def test_a_ledger_that_a_kill_left_aside_is_brought_back(book):
    before = ledger_bytes(book)
    (book / "data" / "ledger").rename(book / "data" / ".old-ledger-1234abcd")
    read_ledger()
    assert ledger_bytes(book) == before


def test_readers_see_the_ledger_before_or_after_and_nothing_between(book, tmp_path):
    """A reader that holds the folder open sees one state of all its files."""
    folder, names = book / "data" / "ledger", ("series.csv", "sources.csv", "statements/magnesium_exports.csv")
    seen, done = set(), threading.Event()

    def watch():
        while not done.is_set():
            held = os.open(folder, os.O_DIRECTORY)
            try:
                seen.add(tuple(os.stat(name, dir_fd=held).st_size for name in names))
            except FileNotFoundError:
                # The folder is the old one, which is being removed: the reader looks again.
                continue
            finally:
                os.close(held)

    watcher = threading.Thread(target=watch)
    watcher.start()
    before = tuple((folder / name).stat().st_size for name in names)
    take(customs_file(tmp_path, [customs_row(), customs_row(partner=("601", "澳大利亚"))]))
    done.set()
    watcher.join()
    assert seen <= {before, tuple((folder / name).stat().st_size for name in names)}


def test_a_file_that_was_taken_over_can_be_named_again(book):
    """A run that was killed after its last step is simply run again."""
    path = customs_file(book / "data" / "inbox", [customs_row()])
    assert take(path)[0] > 0
    before = ledger_bytes(book)
    assert not path.exists()
    count, said = take(path)
    assert count == 0 and "was taken over before" in said[0]
    assert ledger_bytes(book) == before
    with pytest.raises(IngestError, match="no such file"):
        take(book / "data" / "inbox" / "never.csv")
