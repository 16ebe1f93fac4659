"""Encodings, rows and numbers: strict, and named by their line."""

from decimal import Decimal

import pytest

from metalsbook.errors import IngestError
from metalsbook.ingest.files import Details, open_file
from metalsbook.ingest.text import find_encoding, plain, read_number, read_rows, read_text, without_trailing_comma


def made(folder, content):
    path = folder / "a.csv"
    path.write_bytes(content)
    return open_file(path, Details())


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("千克\n".encode(), "utf-8-sig"),
        ("千克\n".encode("utf-8-sig"), "utf-8-sig"),
        ("千克\n".encode("gb18030"), "gb18030"),
    ],
)
def test_the_encoding_is_found_and_the_mark_is_no_text(tmp_path, content, encoding):
    assert read_text(made(tmp_path, content)) == ("千克\n", encoding)


def test_a_character_that_lies_on_the_edge_of_a_chunk_is_read(tmp_path):
    content = b"x" * (1024 * 1024 - 1) + "千克\n".encode("gb18030")
    file = made(tmp_path, content)
    assert find_encoding(file.path, file.name) == "gb18030"


def test_latin_1_is_never_the_way_out(tmp_path):
    with pytest.raises(IngestError, match="row 2: byte 3 is neither UTF-8 nor GB18030 text"):
        read_text(made(tmp_path, b"ab\n\xff\xff\n"))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html><html></html>", "is an HTML or XML page"),
        (b"\xef\xbb\xbf <HTML>", "is an HTML or XML page"),
        (b"<table><tr><td>1</td></tr></table>", "is an HTML or XML page"),
        (b"PK\x03\x04abc", "is a zip file or a workbook"),
        (b"\xd0\xcf\x11\xe0abc", "is an old Excel workbook"),
        (b"%PDF-1.4", "is a PDF"),
        ("a,b\n".encode("utf-16"), "is UTF-16 text"),
        (b"a,b\x00\n", "holds zero bytes"),
    ],
)
def test_what_is_no_table_of_text_is_named(tmp_path, content, what):
    with pytest.raises(IngestError, match=what):
        read_text(made(tmp_path, content))


def test_rows_know_their_line_and_are_trimmed():
    assert read_rows('a, b\t\n\n" c ",\u3000d\n', "x") == [(1, ["a", "b"]), (3, ["c", "d"])]


@pytest.mark.parametrize("text", ["a,b\n1,2", 'a,"b\n1,2\n', 'a,b\n1,"2"x\n'])
def test_text_that_is_cut_or_quoted_wrongly_is_refused(text):
    with pytest.raises(IngestError, match="row"):
        read_rows(text, "x")


def test_a_row_of_another_width_is_named():
    with pytest.raises(IngestError, match="row 2 has 1 cells where the header has 2"):
        without_trailing_comma([(1, ["a", "b", ""]), (2, ["1"])], "x")
    with pytest.raises(IngestError, match="row 2 has 3 cells where the header has 2"):
        without_trailing_comma([(1, ["a", "b"]), (2, ["1", "2", "3"])], "x")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"),
        ("-1.50", "-1.50"),
        ("1,234,567.8", "1234567.8"),
        ("0012", "12"),
    ],
)
def test_plain_numbers_are_read(text, number):
    assert read_number(text, "x") == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "1,2", "1,23,456", "1e3", "+1", "0x1", "1.", ".5", "１", "1 000", "NaN", "--1", "1\n", "9" * 41]
)
def test_anything_else_is_no_number(text):
    with pytest.raises(IngestError, match="is not a number"):
        read_number(text, "x")


@pytest.mark.parametrize(
    ("number", "text"), [("1.500", "1.5"), ("100", "100"), ("0.000", "0"), ("-0", "0"), ("1E+3", "1000")]
)
def test_numbers_are_written_plainly(number, text):
    assert plain(Decimal(number)) == text
