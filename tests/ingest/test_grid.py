"""Tables as text: encodings, separators, numbers, and what workbooks hide, lack or change."""

import csv
import random
import re
import zipfile
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest

from metalsbook.errors import IngestError
from metalsbook.ingest import grid
from metalsbook.ingest.files import Details, open_file
from metalsbook.ingest.grid import WESTERN, explain_date, is_missing, read_grids, read_number
from tests.ingest.conftest import ROOT, read, values

DECEMBER = ROOT / "chapters" / "guide" / "december"


def rows_of(folder, content, *encodings):
    path = folder / "a.csv"
    path.write_bytes(content)
    return read_grids(open_file(path, Details()), *encodings)[0].rows


def saved(folder, rows, formats=(), hidden=(), name="made-up.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, form in formats:
        book.active[cell].number_format = form
    for number in hidden:
        book.active.row_dimensions[number].hidden = True
    path = folder / name
    book.save(path)
    return path


def sheet(path):
    return read_grids(open_file(path, Details()))[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found_and_rows_know_their_line(tmp_path, encoding):
    assert rows_of(tmp_path, '千克, b\t\n\n" c ",\u3000d\n'.encode(encoding)) == [(1, ["千克", "b"]), (3, ["c", "d"])]


def test_a_western_file_with_an_em_dash_is_read(tmp_path):
    assert rows_of(tmp_path, "a,—\n".encode("cp1252"), WESTERN) == [(1, ["a", "—"])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"ab\n\xff\xff\n", "row 2: byte 3 is neither UTF-8 nor GB18030 text"),
        (b"<!DOCTYPE html><html></html>", "is an HTML or XML page"),
        (b"\xef\xbb\xbf <HTML>", "is an HTML or XML page"),
        (b"\xd0\xcf\x11\xe0abc", r"is an old Excel workbook \(.xls\).*save it as .xlsx or as CSV"),
        (b"%PDF-1.4", "is a PDF"),
        ("a,b\n".encode("utf-16"), "is UTF-16 text"),
        (b"a,b\x00\n", "holds zero bytes"),
        (b"a,b\n1,2", "row 2: the last line does not end"),
        (b'a,"b\n1,2\n', "row 1 is not readable as CSV"),
        (b"PK\x03\x04abc", "cannot be opened as a workbook"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, said):
    with pytest.raises(IngestError, match=said):
        rows_of(tmp_path, content)


def test_semicolons_are_read_and_a_comma_between_them_is_not_guessed(tmp_path):
    text = 'sep=;\ndate;mg.price.ingot.fugu\nunit;CNY/t\n2025-12-05;16100\n2025-12-08;"16,100"\n'
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(IngestError, match=r"row 5, column B: the comma of '16,100' may mark thousands or decimals"):
        read(path, profile="wide_dates")
    path.write_text(text.replace('"16,100"', "16200"), "utf-8")
    assert values(read(path, profile="wide_dates"))["mg.price.ingot.fugu", "level", "2025-12-08"] == "16200"


def test_plain_numbers_are_read_and_nothing_else():
    good = {"1": "1", "-1.50": "-1.50", "1,234,567.8": "1234567.8", "0012": "12"}
    assert {text: str(read_number(text, "x")) for text in good} == good | {"0012": "12"}
    for text in ("", "1,2", "1,23,456", "1e3", "+1", "0x1", "1.", ".5", "１", "1 000", "NaN", "1\n", "9" * 41):
        with pytest.raises(IngestError, match="is not a number"):
            read_number(text, "x")


EMPTY = (
    "",
    " ",
    "-",
    "--",
    "—",
    "–",
    "...",
    "…",
    "?",
    "*",
    "／",
    "n/a",
    "N/A",
    "#N/A",
    "NaN",
    "nan",
    "None",
    "null",
    "无",
)


def test_what_a_person_calls_empty_is_missing_and_a_zero_is_not():
    assert [text for text in EMPTY if not is_missing(text)] == []
    assert [text for text in ("0", "0.0", "-1", "W", "many") if is_missing(text)] == []


@pytest.mark.parametrize(
    ("original", "encoding", "told"),
    [
        ("TradeData_1_28_2026_11_11_11.csv", "utf-8", {"format": "comtrade"}),
        ("made-up-nbs.csv", "gb18030", {"format": "nbs"}),
        ("made-up-usgs-world.csv", "utf-8", {"format": "usgs"}),
        ("made-up-price-table.csv", "utf-8-sig", {"profile": "smm_table"}),
    ],
)
def test_no_reader_makes_a_level_of_an_empty_cell(tmp_path, original, encoding, told):
    """The cells of figures of a good file are emptied, one at a time, in the ways that people do it."""
    content, chance = (DECEMBER / original).read_bytes(), random.Random(original)
    path = tmp_path / original
    path.write_bytes(content)
    lines = list(csv.reader(content.decode(encoding).splitlines()))
    figures = read(path, **told).statements
    before = values(read(path, **told))
    for row in chance.sample(figures, min(len(figures), 5)):
        line = int(re.search("row ([0-9]+)", row["_where"])[1]) - 1
        cell = row["_text"].split(" ")[0]
        at = max(at for at, text in enumerate(lines[line]) if text and cell.startswith(text))
        emptied = [list(cells) for cells in lines]
        emptied[line][at] = chance.choice(EMPTY)
        with path.open("w", encoding=encoding, newline="") as handle:
            csv.writer(handle).writerows(emptied)
        after = values(read(path, **told))
        key = (row["series"], row["measure"], row["period"])
        assert after == {other: value for other, value in before.items() if other != key}, emptied[line][at]


@pytest.mark.parametrize("original", sorted(DECEMBER.glob("*.csv")), ids=lambda path: path.stem)
def test_a_workbook_is_read_like_its_csv(tmp_path, original):
    told = {"profile": "smm_table"} if "price" in original.name else {"flow": "export"}
    encoding = "gb18030" if original.stem in ("made-up-customs-export", "made-up-nbs") else "utf-8-sig"
    text = tmp_path / original.name
    text.write_bytes(original.read_bytes())
    grid_ = read_grids(open_file(text, Details()), (encoding,))[0]
    path = saved(tmp_path, [[as_stored(cell) for cell in cells] for _, cells in grid_.rows], name="a export.xlsx")
    assert values(read(path, **told)) == values(read(text, **told))


def as_stored(cell):
    """What a spreadsheet makes of a cell that somebody pastes."""
    try:
        return float(read_number(cell, "")) if not cell.startswith("0") else cell
    except IngestError:
        return datetime.fromisoformat(cell) if len(cell) == 10 and cell[4] == cell[7] == "-" else cell or None


def test_cells_are_the_text_that_the_sheet_shows(tmp_path):
    day = datetime(2025, 10, 1)
    rows = [["a", 2025.1, 2025.1, 16350.1, 0.035, day, day, True]]
    formats = [("C1", "0.00"), ("E1", "0.0%"), ("F1", 'yyyy"年"m"月"'), ("G1", "yyyy-mm-dd")]
    assert sheet(saved(tmp_path, rows, formats)).rows == [
        (1, ["a", "2025.1", "2025.10", "16350.1", "3.5%", "2025-10", "2025-10-01", "True"])
    ]


def test_october_stored_as_a_number_is_read_by_its_format_or_refused(tmp_path):
    rows = [["date", "mg.export.total"], ["unit", "t"], [2025.09, 33000.0], [2025.1, 35000.0]]
    told = {"profile": "wide_months"}
    profile = (ROOT / "metalsbook" / "ingest" / "profiles" / "wide_dates.yml").read_text("utf-8")
    own = tmp_path / "wide_months.yml"
    own.write_text(profile + "  mg.export.total: mg.export.total\n", "utf-8")
    told = {"profile": str(own)}
    shown = saved(tmp_path, rows, [("A3", "0.00"), ("A4", "0.00")])
    assert ("mg.export.total", "level", "2025-10") in values(read(shown, **told))
    with pytest.raises(IngestError, match=r"row 4, column A: '2025\.1' is not a day or month.*January or October"):
        read(saved(tmp_path, rows), **told)
    text = tmp_path / "a.csv"
    text.write_text("date,mg.export.total\nunit,t\n2025.09,33000\n2025.1,35000\n", "utf-8")
    with pytest.raises(IngestError, match="January or October"):
        read(text, **told)


def test_formulas_without_a_stored_value_are_named(tmp_path):
    with pytest.raises(IngestError, match="B2, B3 are formulas without a stored value"):
        sheet(saved(tmp_path, [["date", "a"], ["2025-12", "=1+1"], ["2025-12", "=SUM(A1)"]]))


def test_hidden_rows_are_named_and_asked_for(tmp_path):
    rows = [["date", "mg.price.ingot.fugu"], ["unit", "CNY/t"], ["2025-12-05", 16100], ["2025-12-08", 16200]]
    path = saved(tmp_path, rows, hidden=[4])
    assert read(path, profile="wide_dates").doubts == ["made-up.xlsx, sheet 'Sheet': hidden row 4"]


def packed(folder, parts):
    path = folder / "made-up.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"0" * 20_000_000}, "holds 20,000,000 bytes, packed up"),
        ({"a.txt": b"x"}, r"is a zip file and no Excel workbook.*Unpack it"),
        ({"xl/workbook.xml": b"<workbook>"}, "cannot be opened as a workbook"),
        (
            {"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b'<c r="B1"/><c r="B1"/>'},
            "the cell B1 is there twice",
        ),
    ],
)
def test_packages_that_are_no_sound_workbook_are_refused(tmp_path, parts, said):
    with pytest.raises(IngestError, match=said):
        sheet(packed(tmp_path, parts))


def test_a_sheet_that_is_too_large_or_cut_is_refused(tmp_path, monkeypatch):
    path = saved(tmp_path, [["date", "a"], ["2025-12-05", 1]])
    monkeypatch.setattr(grid, "MAX_ROWS", 1)
    with pytest.raises(IngestError, match="has more than 1 rows"):
        sheet(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(IngestError, match="cannot be opened as a workbook"):
        sheet(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("45996", "a spreadsheet stores 2025-12-05"),
        ("Dec-25", "has made that of a month"),
        ("12/5/2025", "nobody can tell its day from its month"),
        ("2025.1", "January or October"),
        ("2025-12", ""),
        ("202512", ""),
    ],
)
def test_dates_that_a_spreadsheet_has_changed_are_explained(text, said):
    assert said in explain_date(text)
    assert bool(said) == bool(explain_date(text))


def test_a_number_keeps_its_digits():
    assert read_number("16350.10", "x") == Decimal("16350.10")
