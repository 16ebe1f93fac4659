"""Workbooks that are bombs, cut or something else are not opened."""

import zipfile

import openpyxl
import pytest

from metalsbook.errors import IngestError
from metalsbook.ingest import workbook
from metalsbook.ingest.files import Details, open_file
from metalsbook.ingest.workbook import read_sheet, sheet_names


def saved(folder, rows=(("date", "a"), ("2025-12-05", 1))):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / "made-up.xlsx"
    book.save(path)
    return path


def packed(folder, parts):
    path = folder / "made-up.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def opened(path):
    return open_file(path, Details())


def test_a_sheet_is_read_without_the_size_that_it_claims(tmp_path):
    rows = read_sheet(opened(saved(tmp_path)))
    assert [[cell.value for cell in row] for row in rows] == [["date", "a"], ["2025-12-05", 1]]


def sheet_with(rows):
    sheet = b'<worksheet xmlns="x"><sheetData>%s</sheetData></worksheet>' % rows
    return {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": sheet}


BOMB = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"0" * 20_000_000}
LATE_ENTITIES = {"xl/workbook.xml": b"<!--" + b" " * 9_000 + b'--><!DOCTYPE a [<!ENTITY b "bbbb">]><workbook/>'}
ENTITIES = {"xl/workbook.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><workbook/>'}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (BOMB, "is not opened: it holds 2 parts of 20,000,011 bytes"),
        (ENTITIES, "defines entities"),
        (LATE_ENTITIES, "defines entities"),
        (
            {"xl/workbook.xml": b"<workbook a='" + bytes(range(65, 90)) * 5_000 + b"'/>"},
            "an element of 125,000 characters",
        ),
        ({"xl/workbook.xml": b"<!--" + bytes(range(65, 90)) * 5_000 + b"--><workbook/>"}, "of 125,000 characters"),
        (sheet_with(b'<row r="2"/><row r="1"/>'), "its part xl/worksheets/sheet1.xml has row 1 behind row 2"),
        (sheet_with(b'<row r="1"><c r="B1"/><c r="A1"/></row>'), "has the cell A1 out of order in row 1"),
        (sheet_with(b'<row r="1"><c r="B1"/><c r="B1"/></row>'), "has the cell B1 out of order in row 1"),
        (sheet_with(b'<row r="1"><c r="B2"/></row>'), "has the cell B2 out of order in row 1"),
        (sheet_with(b'<row r="1"><c><is><t>1</t></is></c></row>'), "a cell of the type 'n' in row 1 that holds"),
        (sheet_with(b'<row r="1"><c t="inlineStr"><v>1</v></c></row>'), "of the type 'inlineStr' in row 1 that holds"),
        (sheet_with(b'<row r="1"><c t="text"/></row>'), "a cell of the unknown type 'text' in row 1"),
        ({"a.txt": b"x"}, "is a zip file and no workbook"),
        ({f"xl/{number}.xml": b"<a/>" for number in range(501)}, "501 parts"),
        ({"xl/workbook.xml": b"<workbook>"}, "cannot be read as a workbook"),
        ({"xl/workbook.xml": b"not xml"}, "cannot be read as a workbook"),
    ],
)
def test_packages_that_are_no_sound_workbook_are_refused(tmp_path, parts, said):
    with pytest.raises(IngestError, match=said):
        sheet_names(opened(packed(tmp_path, parts)))


def test_a_size_that_the_package_hides_is_met_by_the_limit_too(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(IngestError, match="is not opened"):
        sheet_names(opened(saved(tmp_path)))


def test_a_sheet_with_too_many_rows_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 10)
    with pytest.raises(IngestError, match="has more than 10 rows"):
        read_sheet(opened(saved(tmp_path, [("a",)] * 12)))


def test_a_cell_far_out_ends_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 1_000)
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = 1
    path = tmp_path / "made-up.xlsx"
    book.save(path)
    with pytest.raises(IngestError, match="has more than 1,000 rows"):
        read_sheet(opened(path))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_cut_workbook_is_refused(tmp_path, share):
    path = saved(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(IngestError, match="cannot be opened as a workbook"):
        sheet_names(opened(path))


def test_a_missing_sheet_is_named_with_those_that_are_there(tmp_path):
    with pytest.raises(IngestError, match=r"has no sheet 'Prices'.*Sheet"):
        read_sheet(opened(saved(tmp_path)), "Prices")
