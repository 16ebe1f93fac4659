import json

import pytest

from metalsbook.errors import BookError, ChapterError
from metalsbook.publish.notebooks import (
    check_chapter,
    check_outputs,
    is_empty,
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
        ("skipped_cell", "cell 3 has the tag 'skip-execution'"),
        ("allowed_error", "cell 3 has the tag 'raises-exception'"),
        ("own_month_mistyped", "no parameter 'month'"),
    ],
)
def test_defect_is_refused_by_name(name, said):
    with pytest.raises(ChapterError) as caught:
        check_chapter(read_chapter(sample(name)))
    assert said in str(caught.value)
    assert f"'{name}'" in str(caught.value)


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
    assert own_month(chapter) == "2025-08" and own_month(read_chapter(sample("sound"))) is None
    chapter.notebook["cells"][0]["source"] = source
    with pytest.raises(BookError, match=said):
        own_month(chapter)


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ('month = "2025-11"  # the data month', 'month = "2025-08"  # the data month'),
        ('a = 1; month = "2025-11"\n', 'a = 1; month = "2025-08"\n'),
        ('month = ("2025"\n  "-11")\na = 1', 'month = ("2025-08")\na = 1'),
        ('label = "镁"; month = "x"; a = 1', 'label = "镁"; month = "2025-08"; a = 1'),
        ('month: str = "2025-11"\na = 1', 'month: str = "2025-08"\na = 1'),
    ],
)
def test_values_are_written_where_the_old_ones_stood(source, after):
    chapter = read_chapter(sample("sound"))
    chapter.notebook["cells"][0]["source"] = source
    before = json.dumps(chapter.notebook)
    assert set_month(chapter, "2025-08")["cells"][0]["source"] == after
    assert json.dumps(chapter.notebook) == before


def test_marks_of_a_run_are_removed():
    notebook = strip_run_metadata(read_chapter(sample("marks_of_a_run")).notebook)
    text = json.dumps(notebook)
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert not any(mark in text for mark in ("papermill", "2025-01-01T", "collapsed", "3.9.1"))
    assert [cell["id"] for cell in notebook["cells"]] == [f"cell-{number:02d}" for number in range(1, 7)]


def test_chapters_are_listed_without_editors_copies_and_named_by_their_place(tmp_path, monkeypatch):
    book = make_book(tmp_path, monkeypatch, "sound")
    for place in ("guide/first.ipynb", ".ipynb_checkpoints/sound-checkpoint.ipynb"):
        (book / "chapters" / place).parent.mkdir()
        (book / "chapters" / place).write_bytes(sample("sound").read_bytes())
    assert [name_chapter(path) for path in list_chapters()] == ["guide/first", "sound"]


FULL = {"values": [{"x": 1, "y": 2}]}
NONE = {"values": []}
NULLS = {"values": [{"x": 1, "y": None}, {"x": 2, "y": None}]}
AXES = {"x": {"field": "x"}, "y": {"field": "y"}}


def view(data, **more):
    return {"mark": "bar", "data": data, "encoding": AXES, **more}


@pytest.mark.parametrize(
    ("spec", "empty"),
    [
        (view(FULL), False),
        (view(NONE), True),
        (view(NULLS), True),
        (view({"name": "d"}, datasets={"d": [{"x": 1, "y": 2}]}), False),
        (view({"name": "d"}), True),
        # Events may be missing in a month; the line may not.
        ({"layer": [view(FULL), view(NONE)]}, False),
        ({"data": NONE, "layer": [{"mark": "line"}, {"mark": "area"}]}, True),
        ({"hconcat": [view(FULL), view(NONE)]}, False),
        # A field that a transform computes is in no row.
        (view(FULL, encoding={"x": {"field": "x"}, "y": {"field": "computed"}}), False),
        (view({"sequence": {"start": 0, "stop": 5}}), False),
    ],
)
def test_empty_charts_are_told_from_full_ones(spec, empty):
    assert is_empty(spec) is empty


def notebook(*outputs):
    markdown = {"cell_type": "markdown", "source": "# Title"}
    return {"cells": [markdown, {"cell_type": "code", "execution_count": 1, "outputs": list(outputs)}]}


def printing(text):
    return notebook({"output_type": "stream", "name": "stdout", "text": text})


def test_text_that_differs_between_machines_or_runs_is_refused(monkeypatch):
    monkeypatch.setenv("METALSBOOK_ROOT", "/srv/book")
    monkeypatch.setenv("HOME", "/srv/me")
    for text in ("a line\n/srv/book", "/srv/me/.config", "<object at 0x7f00deadbeef>"):
        with pytest.raises(ChapterError, match=r"cell 2 shows (a path of this machine|an object's address)"):
            check_outputs("prices", printing(text))
    assert check_outputs("prices", printing("https://example.org/srv/book/page, /srv/bookshop, at 0x5, /")) == 0
