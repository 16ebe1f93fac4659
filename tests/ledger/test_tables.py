import pytest

from metalsbook.errors import LedgerError
from metalsbook.ledger.tables import FILE, LINE, read_rows


def read(tmp_path, content: bytes):
    (tmp_path / "a.csv").write_bytes(content)
    return read_rows(tmp_path / "a.csv", ["x", "y"], tmp_path)


def test_rows_are_text_and_know_their_line(tmp_path):
    rows = read(tmp_path, b'x,y\n1,NA\n"a\nb",\n2,3\n')
    assert rows["x"].tolist() == ["1", "a\nb", "2"]
    assert rows["y"].tolist() == ["NA", "", "3"]
    assert rows[LINE].tolist() == [2, 3, 5]
    assert set(rows[FILE]) == {"a.csv"}


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    assert len(read(tmp_path, b"\xef\xbb\xbfx,y\n1,2\n")) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x,z\n1,2\n", r"a.csv, row 1: the header is x,z. It must be x,y"),
        (b"", r"a.csv, row 1: the header is"),
        (b"x,y\n1,2\n3\n", r"a.csv, row 3: '3' - must have 2 cells: x,y"),
        (b"x,y\n1,2,3\n", r"a.csv, row 2: '1,2,3' - must have 2 cells: x,y"),
        (b"x,y\n1,\xd6\xd0\n", r"a.csv is not UTF-8 \(byte 6\)"),
        (b'x,y\n1,"2\n', r"a.csv is not readable as CSV"),
    ],
)
def test_broken_files_are_refused(tmp_path, content, message):
    with pytest.raises(LedgerError, match=message):
        read(tmp_path, content)


def test_a_missing_file_names_its_header(tmp_path):
    with pytest.raises(LedgerError, match=r"no b.csv. Add it with the header x,y"):
        read_rows(tmp_path / "b.csv", ["x", "y"], tmp_path)
