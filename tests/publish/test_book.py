"""Which months a build is about, and what is done first for those without a snapshot."""

import pytest

from metalsbook import cli
from metalsbook.errors import SnapshotError
from metalsbook.publish import book
from metalsbook.snapshots import freeze
from tests.publish import samples


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Note what a command freezes and builds, in a book in which one month is frozen."""
    (tmp_path / "data" / "snapshots" / "2025-10").mkdir(parents=True)
    (tmp_path / "data" / "snapshots" / "2025-10" / "datapackage.json").write_text("{}", "utf-8")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    noted = []

    def note(what, answer=None):
        return lambda months, *_, **__: noted.append(f"{what} {' '.join(months)}") or answer

    def freezing(month, allow_gaps):
        note(f"freeze{' gaps' * allow_gaps}")([month])

    monkeypatch.setattr(freeze, "ensure_snapshot", freezing)
    monkeypatch.setattr(book, "derive_months", note("derive"))
    monkeypatch.setattr(book, "execute_editions", note("run"))
    monkeypatch.setattr(book, "build_site", note("build", tmp_path))
    return noted


@pytest.mark.parametrize(
    ("words", "frozen", "months"),
    [
        ("", [], "2025-10"),
        ("--months 2025-10", [], "2025-10"),
        ("--months 2025-11", ["freeze 2025-11"], "2025-11"),
        ("--months 2025-09:2025-10 --allow-gaps", ["freeze gaps 2025-09"], "2025-09 2025-10"),
    ],
)
def test_only_the_months_asked_for_are_built_and_those_without_a_snapshot_are_frozen(built, words, frozen, months):
    assert cli.main(["site", *words.split()]) == 0
    assert built == [*frozen, *(f"{what} {months}" for what in ("derive", "run", "build"))]


def test_nothing_is_built_where_a_month_cannot_be_frozen(built, monkeypatch, capsys):
    def refuse(month, allow_gaps):
        raise SnapshotError(f"{month} has too little data")

    monkeypatch.setattr(freeze, "ensure_snapshot", refuse)
    assert cli.main(["site", "--months", "2025-09:2025-10"]) == SnapshotError.exit_code
    assert built == [] and "2025-09 has too little data" in capsys.readouterr().err


@pytest.fixture
def derived(monkeypatch):
    """Note which months are derived, without deriving them; nothing is there before."""
    months = []
    monkeypatch.setattr(book, "check_files", lambda folder: None)
    monkeypatch.setattr(book, "is_derived", lambda month: False)
    monkeypatch.setattr(book, "derive_here", lambda missing: months.extend(missing) or enumerate([1.0] * len(missing)))
    return months


def test_month_and_the_one_before_it_are_derived_where_they_have_a_snapshot(tmp_path, monkeypatch, capsys, derived):
    samples.make_book(tmp_path, monkeypatch)
    book.derive_months(["2025-11"])
    assert derived == ["2025-10", "2025-11"]
    assert "reconciling 2025-10, 2025-11" in capsys.readouterr().out
    monkeypatch.setattr(book, "is_derived", lambda month: month == "2025-11")
    book.derive_months(["2025-11", "2025-10"])
    assert derived[2:] == ["2025-10"]


@pytest.mark.parametrize("is_derived", [True, False])
def test_an_error_of_deriving_keeps_its_kind_and_files_are_checked_before(tmp_path, monkeypatch, is_derived):
    samples.make_book(tmp_path, monkeypatch)
    monkeypatch.setattr(book, "is_derived", lambda month: is_derived)
    if not is_derived:
        monkeypatch.setattr(book, "check_files", lambda folder: None)
    with pytest.raises(SnapshotError, match=r"2025-10 has no datapackage\.json"):
        book.derive_months(["2025-11"])
