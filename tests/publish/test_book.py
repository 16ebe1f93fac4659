"""Which months a build is about, and what is done first for those without a snapshot."""

import subprocess
import sys

import pytest

from metalsbook import cli
from metalsbook.errors import SnapshotError
from metalsbook.publish import book
from metalsbook.snapshots import freeze
from tests.publish import samples


@pytest.fixture
def noted(tmp_path, monkeypatch):
    """What a command freezes and builds, in a book in which one month is frozen."""
    frozen = tmp_path / "data" / "snapshots" / "2025-10"
    frozen.mkdir(parents=True)
    (frozen / "datapackage.json").write_text("{}", "utf-8")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    steps = []
    monkeypatch.setattr(
        freeze, "ensure_snapshot", lambda month, allow_gaps: steps.append(("freeze", month, allow_gaps))
    )
    monkeypatch.setattr(book, "derive_months", lambda months, cluster: steps.append(("derive", months)))
    monkeypatch.setattr(book, "execute_editions", lambda months, cluster: steps.append(("run", months)))
    monkeypatch.setattr(book, "build_site", lambda months: steps.append(("build", months)) or tmp_path)
    return steps


@pytest.mark.parametrize(
    ("words", "frozen", "months"),
    [
        ("", [], ["2025-10"]),
        ("--months 2025-11", [("freeze", "2025-11", False)], ["2025-11"]),
        ("--months 2025-09:2025-10 --allow-gaps", [("freeze", "2025-09", True)], ["2025-09", "2025-10"]),
    ],
)
def test_only_the_months_asked_for_are_built_and_those_without_a_snapshot_are_frozen(noted, words, frozen, months):
    assert cli.main(["site", *words.split()]) == 0
    assert noted == [*frozen, ("derive", months), ("run", months), ("build", months)]


def test_month_and_the_one_before_it_are_derived_where_they_have_a_snapshot(tmp_path, monkeypatch, capsys):
    samples.make_book(tmp_path, monkeypatch)
    known, asked = set(), []
    monkeypatch.setattr(book, "check_files", lambda folder: None)
    monkeypatch.setattr(book, "is_derived", lambda month: month in known)
    monkeypatch.setattr(book, "derive_here", lambda missing: asked.append(missing) or enumerate([1.0] * len(missing)))
    book.derive_months(["2025-11"])
    assert "reconciling 2025-10, 2025-11" in capsys.readouterr().out
    known.add("2025-11")
    book.derive_months(["2025-11", "2025-10"])
    assert asked == [["2025-10", "2025-11"], ["2025-10"]]


@pytest.mark.parametrize("is_derived", [True, False])
def test_an_error_of_deriving_keeps_its_kind_and_files_are_checked_before(tmp_path, monkeypatch, is_derived):
    samples.make_book(tmp_path, monkeypatch)
    monkeypatch.setattr(book, "is_derived", lambda month: is_derived)
    if not is_derived:
        monkeypatch.setattr(book, "check_files", lambda folder: None)
    with pytest.raises(SnapshotError, match=r"2025-10 has no datapackage\.json"):
        book.derive_months(["2025-11"])


def test_what_finds_that_nothing_changed_loads_no_tables_and_no_charts():
    code = "import sys, metalsbook.publish.book; print({'pandas', 'altair', 'sphinx'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"
