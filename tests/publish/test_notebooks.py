import json

import pytest

from metalsbook.errors import BookError, ChapterError
from metalsbook.publish.notebooks import (
    check_chapter,
    list_chapters,
    name_chapter,
    own_month,
    read_chapter,
    set_month,
    strip_run_metadata,
)
from tests.publish.samples import make_book, sample


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_parameters_cell", "no cell tagged 'parameters'"),
        ("two_parameters_cells", "2 cell tagged 'parameters'"),
        ("mistyped_parameter", "no parameter 'month'. Set it in the parameters cell"),
        ("unused_parameter", "never uses its parameter 'month'"),
        ("computed_parameters", "no parameter 'month'"),
        ("injected_cell_left", "papermill injected"),
        ("not_a_notebook", "not a notebook"),
        ("cut_short", "not a notebook"),
        ("missing", "has no file missing.ipynb"),
    ],
)
def test_defect_is_refused_by_name(name, said):
    with pytest.raises(ChapterError) as caught:
        check_chapter(read_chapter(sample(name)))
    assert said in str(caught.value)
    assert f"'{name}'" in str(caught.value)


def test_sound_chapter_is_accepted():
    check_chapter(read_chapter(sample("sound")))


@pytest.mark.parametrize(("name", "month"), [("own_month", "2025-08"), ("sound", None)])
def test_notebook_keeps_its_month_where_its_parameters_cell_says_so(name, month):
    assert own_month(read_chapter(sample(name))) == month


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('moth = "2025-08"', "no parameter 'month'"),
        ("month = 8", r"8 \(int\)' is not a month"),
        ('month = first("x")', "does not set it"),
        ('month = "2025-13"', "is not a month"),
    ],
)
def test_own_month_that_is_none_is_refused(source, said):
    chapter = read_chapter(sample("own_month"))
    chapter.notebook["cells"][0]["source"] = source
    with pytest.raises(BookError, match=said):
        own_month(chapter)


def test_month_is_written_into_the_parameters_cell_with_its_comment():
    notebook = set_month(read_chapter(sample("sound")), "2025-08")
    assert notebook["cells"][0]["source"] == 'month = "2025-08"  # the data month'


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ('a = 1; month = "2025-11"\n', 'a = 1; month = "2025-08"\n'),
        ('month = ("2025"\n  "-11")\na = 1', 'month = ("2025-08")\na = 1'),
        ('label = "镁"; month = "x"; a = 1', 'label = "镁"; month = "2025-08"; a = 1'),
        ('month: str = "2025-11"\na = 1', 'month: str = "2025-08"\na = 1'),
    ],
)
def test_values_are_written_where_the_old_ones_stood(source, after):
    chapter = read_chapter(sample("sound"))
    chapter.notebook["cells"][0]["source"] = source
    assert set_month(chapter, "2025-08")["cells"][0]["source"] == after


def test_setting_parameters_leaves_the_chapter_alone():
    chapter = read_chapter(sample("sound"))
    before = json.dumps(chapter.notebook)
    set_month(chapter, "2025-08")
    assert json.dumps(chapter.notebook) == before


def test_marks_of_a_run_are_removed():
    notebook = strip_run_metadata(read_chapter(sample("marks_of_a_run")).notebook)
    text = json.dumps(notebook)
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert not any(mark in text for mark in ("papermill", "2025-01-01T", "collapsed", "3.9.1"))
    assert [cell["id"] for cell in notebook["cells"]] == [f"cell-{number:02d}" for number in range(1, 7)]


def test_doubled_id_is_replaced():
    notebook = read_chapter(sample("sound")).notebook
    notebook["cells"][3]["id"] = "cell-01"
    ids = [cell["id"] for cell in strip_run_metadata(notebook)["cells"]]
    assert len(set(ids)) == len(ids)


def test_chapters_are_listed_without_editors_copies_and_named_by_their_place(tmp_path, monkeypatch):
    book = make_book(tmp_path, monkeypatch, "sound")
    for place in ("guide/first.ipynb", ".ipynb_checkpoints/sound-checkpoint.ipynb"):
        (book / "chapters" / place).parent.mkdir()
        (book / "chapters" / place).write_bytes(sample("sound").read_bytes())
    assert [name_chapter(path) for path in list_chapters()] == ["guide/first", "sound"]
