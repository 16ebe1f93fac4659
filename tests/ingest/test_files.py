"""Files and their sidecars: what is refused before the content is looked at."""

import pytest

from metalsbook.errors import IngestError, UsageError
from metalsbook.ingest import files
from metalsbook.ingest.files import Details, check_details, open_file, read_sidecar, safe_name, shown


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


def test_a_long_chinese_name_is_kept_as_far_as_a_folder_takes_it(tmp_path):
    name = "海关" * 34 + "出口.csv"
    assert len(name.encode()) > 200
    kept = open_file(made(tmp_path, name), Details()).archive_name
    assert len(f"{kept}.yml".encode()) <= 255
    assert kept.endswith("海关出口.csv")


def test_a_missing_an_empty_and_a_large_file_and_a_folder_are_refused(tmp_path, monkeypatch):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(IngestError, match="no such file"):
            open_file(path, Details())
    with pytest.raises(IngestError, match="is empty"):
        open_file(made(tmp_path, content=b""), Details())
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(IngestError, match="has 11 bytes; at most 10 are read"):
        open_file(made(tmp_path, content=b"x" * 11), Details())


def test_options_go_before_the_sidecar(tmp_path):
    path = made(tmp_path, sidecar="flow: import\nmonth: 2025-11\npublished: 2025-12-20\n")
    details = open_file(path, Details(flow="export")).details
    assert (details.flow, details.month, details.published) == ("export", "2025-11", "2025-12-20")


@pytest.mark.parametrize(
    ("sidecar", "said"),
    [
        ("flow: both\n", "flow is not export or import: 'both'"),
        ("month: 202511\n", "month is not a month YYYY-MM: '202511'"),
        ("published: 2025-02-30\n", "published is not a day"),
        ("flw: export\n", "'flw' was unexpected"),
        ("- flow\n", "holds no lines"),
        ("flow: [export]\n", "flow is not export or import"),
        ("flow: {a\n", "row 2 is not readable as YAML"),
        ("complete: all\n", "complete is not HS codes"),
        ("partial: perhaps\n", "partial is not yes or no"),
        ("measure: mom\n", "measure is not level or ytd"),
        ("flow: export\nmonth: 2025-11\nflow: import\n", "row 3: 'flow' is there twice"),
    ],
)
def test_a_sidecar_that_says_something_odd_is_refused_by_name(tmp_path, sidecar, said):
    with pytest.raises(IngestError, match=said) as caught:
        read_sidecar(made(tmp_path, sidecar=sidecar))
    assert "a.csv.yml" in str(caught.value)


def test_a_sidecar_makes_no_objects(tmp_path):
    path = made(tmp_path, sidecar=f"flow: !!python/object/apply:os.mkdir [{tmp_path / 'made'}]\n")
    with pytest.raises(IngestError, match="flow is not export or import"):
        read_sidecar(path)
    assert not (tmp_path / "made").exists()


def test_options_are_checked_like_a_sidecar():
    with pytest.raises(UsageError, match="flow is not export or import"):
        check_details(Details(flow="both"))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("downloadData (88).csv", "downloadData (88).csv"),
        ("../../x.csv", "_.._x.csv"),
        ("海关 12月.csv", "海关 12月.csv"),
        ("=cmd|'x'!A1.csv", "_cmd_x_A1.csv"),
        ("a\x1b[31m\u202e.csv", "a_31m_.csv"),
        ("<b>{{x}}.csv", "_b_x_.csv"),
        ("...", "file"),
    ],
)
def test_names_are_text_and_nothing_more(name, safe):
    assert safe_name(name) == safe


def test_text_in_errors_is_printable_and_short():
    assert shown("a\x1b[31mb") == "a\ufffd[31mb"
    assert shown("x" * 100) == "x" * 59 + "…"
