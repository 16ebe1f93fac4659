"""Tables as text: encodings, separators, numbers, and what workbooks hide, lack or change."""

import zipfile
from datetime import datetime

import openpyxl
import pytest

from metalsbook.errors import IngestError
from metalsbook.ingest import grid
from metalsbook.ingest.files import Details, open_file
from metalsbook.ingest.grid import WESTERN, Grid, is_missing, read_grids
from tests.ingest.conftest import ROOT, read, refusal, text_file, values

FEBRUARY = ROOT / "chapters" / "guide" / "february"
FUGU = "mg.price.ingot.fugu"


def saved(folder, rows, formats=None, hidden=(), name="made-up.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, form in (formats or {}).items():
        book.active[cell].number_format = form
    for number in hidden:
        book.active.row_dimensions[number].hidden = True
    book.save(folder / name)
    return folder / name


def sheet(path, *encodings):
    return read_grids(open_file(path, Details()), *encodings)[0].rows


def test_the_encoding_is_found_and_rows_know_their_line(tmp_path):
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path = text_file(tmp_path, '千克, b\t\n\n" c ",\u3000d\n', encoding=encoding)
        assert sheet(path) == [(1, ["千克", "b"]), (3, ["c", "d"])]
    assert sheet(text_file(tmp_path, "a,—\n", encoding="cp1252"), WESTERN) == [(1, ["a", "—"])]


def test_semicolons_are_read_and_a_comma_between_them_is_not_guessed(tmp_path):
    text = f'sep=;\ndate;{FUGU}\nunit;CNY/t\n2025-12-05;16100\n2025-12-08;"16,100"\n'
    said = refusal(text_file(tmp_path, text), profile="wide_dates")
    assert "row 5, column B: the comma of '16,100' may mark thousands or decimals" in said
    path = text_file(tmp_path, text.replace('"16,100"', "16200"))
    assert values(read(path, profile="wide_dates"))[FUGU, "level", "2025-12-08"] == "16200"


def test_plain_numbers_are_read_with_their_digits_and_nothing_else():
    good = {"1": "1", "-1.50": "-1.50", "1,234,567.8": "1234567.8", "0012": "12", "16350.10": "16350.10"}
    assert {text: str(Grid("x", []).number(text, 1, "", signed=True)) for text in good} == good
    for text in ("", "1,2", "1,23,456", "1e3", "+1", "0x1", "1.", ".5", "１", "1 000", "NaN", "1\n", "9" * 41):
        with pytest.raises(IngestError, match="is not a number"):
            Grid("x", []).number(text, 1, "")


def test_what_a_person_calls_empty_is_missing_and_a_zero_is_not():
    empty = ["", " ", *"- -- — – ... … ? * ／ n/a N/A #N/A NaN nan None null 无".split(" ")]
    assert [text for text in empty if not is_missing(text)] == []
    assert [text for text in ("0", "0.0", "-1", "W", "many") if is_missing(text)] == []


@pytest.mark.parametrize("original", sorted(FEBRUARY.glob("*.csv")), ids=lambda path: path.stem)
def test_a_workbook_is_read_like_its_csv(tmp_path, original):
    told = {"profile": "smm_table"} if "price" in original.name else {"flow": "export"}
    encoding = "gb18030" if original.stem in ("made-up-customs-export", "made-up-nbs") else "utf-8-sig"
    rows = [[as_stored(cell) for cell in cells] for _, cells in sheet(original, (encoding,))]
    text = tmp_path / original.name
    text.write_bytes(original.read_bytes())
    assert values(read(saved(tmp_path, rows, name="a export.xlsx"), **told)) == values(read(text, **told))


def as_stored(cell):
    """What a spreadsheet makes of a cell that somebody pastes."""
    try:
        return float(Grid("x", []).number(cell, 1, "")) if not cell.startswith("0") else cell
    except IngestError:
        return datetime.fromisoformat(cell) if len(cell) == 10 and cell[4] == cell[7] == "-" else cell or None


def test_cells_are_the_text_that_the_sheet_shows(tmp_path):
    day = datetime(2025, 10, 1)
    formats = {"C1": "0.00", "E1": "0.0%", "F1": 'yyyy"年"m"月"', "G1": "yyyy-mm-dd"}
    path = saved(tmp_path, [["a", 2025.1, 2025.1, 16350.1, 0.035, day, day, True]], formats)
    assert sheet(path) == [(1, ["a", "2025.1", "2025.10", "16350.1", "3.5%", "2025-10", "2025-10-01", "True"])]


def test_october_stored_as_a_number_is_read_by_its_format_or_refused(tmp_path):
    rows = [["date", "mg.export.total"], ["unit", "t"], [2025.09, 33000.0], [2025.1, 35000.0]]
    profile = (ROOT / "metalsbook" / "ingest" / "profiles" / "wide_dates.yml").read_text("utf-8")
    own = text_file(tmp_path, profile + "  mg.export.total: mg.export.total\n", name="wide_months.yml")
    told = {"profile": str(own)}
    shown = saved(tmp_path, rows, {"A3": "0.00", "A4": "0.00"})
    assert ("mg.export.total", "level", "2025-10") in values(read(shown, **told))
    said = refusal(saved(tmp_path, rows), **told)
    assert "row 4, column A: '2025.1' is not a day or month" in said and "January or October" in said
    text = text_file(tmp_path, "date,mg.export.total\nunit,t\n2025.09,33000\n2025.1,35000\n")
    assert "January or October" in refusal(text, **told)


def test_formulas_without_a_stored_value_are_named_and_hidden_rows_asked_for(tmp_path):
    rows = [["date", FUGU], ["unit", "CNY/t"], ["2025-12-05", 16100], ["2025-12-08", 16200]]
    doubts = read(saved(tmp_path, rows, hidden=[4]), profile="wide_dates").doubts
    assert doubts == ["made-up.xlsx, sheet 'Sheet': hidden row 4"]
    path = saved(tmp_path, [["date", "a"], ["2025-12", "=1+1"], ["2025-12", "=SUM(A1)"]])
    assert "B2, B3 are formulas without a stored value" in refusal(path)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"0" * 20_000_000}, "holds 20,000,000 bytes, packed up"),
        ({"a.txt": b"x"}, "is a zip file and no Excel workbook (.xlsx). Unpack it"),
        ({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b'<c r="B1"/><c r="B1"/>'}, "B1 is there twice"),
    ],
)
def test_packages_that_are_no_sound_workbook_are_refused(tmp_path, parts, said):
    path = tmp_path / "made-up.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert said in refusal(path)


def test_a_sheet_that_is_too_large_or_cut_is_refused(tmp_path, monkeypatch):
    path = saved(tmp_path, [["date", "a"], ["2025-12-05", 1]])
    monkeypatch.setattr(grid, "MAX_ROWS", 1)
    assert "has more than 1 rows" in refusal(path)
    path.write_bytes(path.read_bytes()[:-100])
    assert "cannot be opened as a workbook" in refusal(path)
