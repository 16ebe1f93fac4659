"""The format of a file is known by its content."""

import pytest

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest.files import Details, open_file
from metalsbook.ingest.recognise import FORMATS, read_file
from tests.ingest.conftest import ROOT

DECEMBER = ROOT / "chapters" / "guide" / "december"
KNOWN = {
    "made-up-customs-export.csv": "customs",
    "made-up-nbs.csv": "nbs",
    "TradeData_1_28_2026_11_11_11.csv": "comtrade",
    "CMO-Historical-Data-Monthly.xlsx": "pinksheet",
    "made-up-usgs-world.csv": "usgs",
    "made-up-price-table.csv": "table",
    "made-up-statements.csv": "statements",
}


KIND = {"table": "table by the profile", "statements": "statements"}
KIND |= {name: module.KIND for name, module in FORMATS.items() if name not in KIND}


@pytest.mark.parametrize(("name", "known"), KNOWN.items())
def test_each_format_is_known_whatever_the_name(tmp_path, name, known):
    path = tmp_path / "download"
    path.write_bytes((DECEMBER / name).read_bytes())
    profile = "smm_table" if known == "table" else ""
    [batch] = read_file(open_file(path, Details(profile=profile, flow="export")))
    assert batch.kind.startswith(KIND[known]) and batch.statements


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b,c\n1,2,3\n", "it begins with 'a,b,c'"),
        (b"\n\n\n", "holds no rows"),
        (b"<html>", "is an HTML or XML page"),
        (b"PK\x03\x04xx", "cannot be opened as a workbook"),
        (b"\xff" * 100, "is neither UTF-8 nor GB18030"),
    ],
)
def test_an_unknown_file_is_refused_with_how_it_begins(tmp_path, content, said):
    path = tmp_path / "download"
    path.write_bytes(content)
    with pytest.raises(IngestError, match=said):
        read_file(open_file(path, Details()))


def test_an_unknown_format_is_refused(tmp_path):
    path = tmp_path / "download"
    path.write_bytes(b"x\n")
    with pytest.raises(UsageError, match="The format 'os' is not known"):
        read_file(open_file(path, Details(format="os")))
