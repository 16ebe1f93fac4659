"""Which months a build is about, and what is done first for those without a snapshot."""

import pytest

from metalsbook import cli
from metalsbook.errors import SnapshotError
from metalsbook.publish import book
from metalsbook.snapshots import freeze


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Note what a command freezes and builds, in a book in which one month is frozen."""
    (tmp_path / "data" / "snapshots" / "2025-10").mkdir(parents=True)
    (tmp_path / "data" / "snapshots" / "2025-10" / "datapackage.json").write_text("{}", "utf-8")
    monkeypatch.setenv("METALSBOOK_ROOT", str(tmp_path))
    noted = []
    monkeypatch.setattr(
        freeze, "ensure_snapshot", lambda month, allow_gaps: noted.append(f"freeze {month}{' with gaps' * allow_gaps}")
    )
    monkeypatch.setattr(book, "execute_editions", lambda months, **_: noted.append(f"run {' '.join(months)}"))
    monkeypatch.setattr(book, "build_site", lambda months: noted.append(f"build {' '.join(months)}"))
    return noted


@pytest.mark.parametrize(
    ("words", "done"),
    [
        ([], ["run 2025-10", "build 2025-10"]),
        (["--months", "2025-10"], ["run 2025-10", "build 2025-10"]),
        (["--months", "2025-11"], ["freeze 2025-11", "run 2025-11", "build 2025-11"]),
        (
            ["--months", "2025-09:2025-10", "--allow-gaps"],
            ["freeze 2025-09 with gaps", "run 2025-09 2025-10", "build 2025-09 2025-10"],
        ),
    ],
)
def test_only_the_months_asked_for_are_built_and_those_without_a_snapshot_are_frozen(built, words, done):
    assert cli.main(["site", *words]) == 0
    assert built == done


def test_nothing_is_built_where_a_month_cannot_be_frozen(built, monkeypatch, capsys):
    def refuse(month, allow_gaps):
        raise SnapshotError(f"{month} has too little data")

    monkeypatch.setattr(freeze, "ensure_snapshot", refuse)
    assert cli.main(["site", "--months", "2025-09:2025-10"]) == SnapshotError.exit_code
    assert built == []
    assert "2025-09 has too little data" in capsys.readouterr().err
