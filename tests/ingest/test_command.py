"""The command: one line that says what is wrong, exit code 7, no traceback."""

import pytest

from metalsbook.cli import main
from tests.ingest.conftest import customs_file, customs_row, ledger_bytes

BAD = {
    "page.csv": b"<!DOCTYPE html><html><body>412</body></html>",
    "cut.csv": b'"a","b"\n"1',
    "zip.xlsx": b"PK\x03\x04 no zip",
    "empty.csv": b"",
    "bytes.csv": b"\xff\xfe\x00\x00",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_ends_in_one_line_and_exit_code_7(book, tmp_path, capsys, name):
    before = ledger_bytes(book)
    (tmp_path / name).write_bytes(BAD[name])
    assert main(["ingest", str(tmp_path / name)]) == 7
    said = capsys.readouterr()
    assert said.err.startswith(f"metalsbook: {name}")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert ledger_bytes(book) == before


def test_wrong_options_end_in_exit_code_2(book, tmp_path):
    path = customs_file(tmp_path, [customs_row()])
    for options in (["--flow", "both"], ["--month", "12"], ["--published", "soon"], ["--format", "x"]):
        assert main(["ingest", *options, str(path)]) == 2


def test_a_dry_run_then_the_run(book, tmp_path, capsys):
    path = customs_file(tmp_path, [customs_row()])
    assert main(["ingest", "--dry-run", str(path)]) == 0
    assert "Nothing was written" in capsys.readouterr().out
    assert main(["ingest", str(path)]) == 0
    assert "3 statements added" in capsys.readouterr().out


def test_a_figure_without_its_page_is_refused_where_nobody_can_be_asked(book, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert main(["ingest", "--add", "--series", "mg.export.total", "--period", "2025-12", "--stated", "1 t"]) == 2
    assert "needs its publisher" in capsys.readouterr().err


def test_a_guess_is_printed(book, tmp_path, capsys):
    path = tmp_path / "table.csv"
    path.write_text("date,a\n2025-12-05,1\n", "utf-8")
    assert main(["ingest", "--guess", str(path)]) == 0
    assert "layout: columns" in capsys.readouterr().out
