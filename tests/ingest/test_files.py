"""Files and their sidecars: what is refused before the content is looked at, and which format the content is of."""

import pytest

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest import files
from metalsbook.ingest.files import Details, check_details, open_file, read_sidecar, safe_name, shown
from metalsbook.ingest.run import read_file
from tests.cases import each
from tests.ingest.conftest import refusal
from tests.slow.fuzz.targets import TARGETS


def made(folder, name="a.csv", content=b"x\n", sidecar=None):
    path = folder / name
    path.write_bytes(content)
    if sidecar is not None:
        path.with_name(f"{name}.yml").write_text(sidecar, "utf-8")
    return path


def test_a_file_is_known_by_its_hash_and_archived_under_it(tmp_path):
    file = open_file(made(tmp_path), Details())
    assert file.sha256 == "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac"
    assert file.archive_name == f"{file.sha256}-a.csv"
    name = "海关" * 34 + "出口.csv"
    kept = open_file(made(tmp_path, name), Details()).archive_name
    assert len(name.encode()) > 200 and len(f"{kept}.yml".encode()) <= 255
    assert kept.endswith("海关出口.csv")


def test_a_missing_an_empty_and_a_large_file_and_a_folder_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    for path, said in (
        (tmp_path / "none.csv", "no such file"),
        (tmp_path, "no such file"),
        (made(tmp_path, "empty.csv", content=b""), "is empty"),
        (made(tmp_path, "large.csv", content=b"x" * 11), "has 11 bytes; at most 10 are read"),
        (made(tmp_path, "a.csv", sidecar="k" * 70_000), "a.csv.yml has more than"),
        (made(tmp_path, "b.csv", sidecar="[" * 500), "b.csv.yml is not readable as YAML"),
    ):
        assert said in refusal(path)


@each(r"""
    sidecar                  | said
    flow: both\n            | flow is not export or import: 'both'
    month: 202511\n         | month is not a month YYYY-MM: '202511'
    published: 2025-02-30\n | published is not a day
    flw: export\n           | 'flw' was unexpected
    - flow\n                | holds no lines
    flow: {a\n              | row 2 is not readable as YAML
    complete: all\n         | complete is not HS codes
    partial: perhaps\n      | partial is not yes or no
    measure: mom\n          | measure is not level or ytd
    flow: export\nmonth: 2025-11\nflow: import\n | row 3 is not readable as YAML: 'flow' is there twice
    flow: !!python/object/apply:os.mkdir [made]\n | flow is not export or import
""")
def test_a_sidecar_that_says_something_odd_is_refused_by_name_and_makes_nothing(tmp_path, monkeypatch, sidecar, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(IngestError) as caught:
        read_sidecar(made(tmp_path, sidecar=sidecar.replace(r"\n", "\n")))
    assert said in str(caught.value) and "a.csv.yml" in str(caught.value)
    assert not (tmp_path / "made").exists()


def test_options_go_before_the_sidecar_and_are_checked_like_it(tmp_path):
    path = made(tmp_path, sidecar="flow: import\nmonth: >\n  2025-11\npublished: 2025-12-20\n")
    details = open_file(path, Details(flow="export")).details
    assert (details.flow, details.month, details.published) == ("export", "2025-11", "2025-12-20")
    path = made(tmp_path, "b.csv")
    with pytest.raises(UsageError, match="flow is not export or import"):
        check_details(Details(flow="both"))
    with pytest.raises(UsageError, match="The format 'os' is not known"):
        read_file(open_file(path, Details(format="os")))


def test_names_are_text_and_nothing_more_and_text_in_errors_is_printable_and_short():
    names = {
        "downloadData (88).csv": "downloadData (88).csv",
        "../../x.csv": "_.._x.csv",
        "海关 12月.csv": "海关 12月.csv",
        "=cmd|'x'!A1.csv": "_cmd_x_A1.csv",
        "a\x1b[31m\u202e.csv": "a_31m_.csv",
        "<b>{{x}}.csv": "_b_x_.csv",
        "...": "file",
    }
    assert {name: safe_name(name) for name in names} == names
    assert shown("a\x1b[31mb") == "a\ufffd[31mb" and shown("x" * 100) == "x" * 59 + "…"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b,c\n1,2,3\n", "it begins with 'a,b,c'"),
        (b"\n\n\n", "holds no rows"),
        (b"ab\n\xff\xff\n", "row 2: byte 3 is neither UTF-8 nor GB18030 text"),
        (b"<!DOCTYPE html><html></html>", "is an HTML or XML page"),
        (b"\xef\xbb\xbf <HTML>", "is an HTML or XML page"),
        (b"\xd0\xcf\x11\xe0abc", "is an old Excel workbook (.xls), not a table of text. Open it and save it as .xlsx"),
        (b"%PDF-1.4", "is a PDF"),
        ("a,b\n".encode("utf-16"), "is UTF-16 text"),
        (b"a,b\x00\n", "row 1 holds a zero byte"),
        (b"a,b\n1,2", "row 2: the last line does not end"),
        (b'a,"b\n1,2\n', "row 1 is not readable as CSV"),
    ],
)
def test_what_is_no_table_or_of_no_known_format_is_named(tmp_path, content, said):
    assert said in refusal(made(tmp_path, "download", content))


@pytest.mark.parametrize("name", ["customs", "comtrade", "pinksheet", "usgs", "nbs", "terminal table"])
def test_a_good_file_is_read_as_a_second_slow_reading_reads_it(name):
    assert all(TARGETS[name].check(content) for content in TARGETS[name].seeds())
