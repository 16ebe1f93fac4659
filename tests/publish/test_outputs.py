import pytest

from metalsbook.errors import ChapterError
from metalsbook.publish.notebooks import check_outputs, find_charts, is_empty

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
        ({"mark": "bar", "encoding": AXES}, True),
        (view({"name": "d"}, datasets={"d": [{"x": 1, "y": 2}]}), False),
        (view({"name": "d"}, datasets={"d": []}), True),
        (view({"name": "d"}), True),
        # Events may be missing in a month; the line may not.
        ({"layer": [view(FULL), view(NONE)]}, False),
        ({"layer": [view(NONE), view(NONE)]}, True),
        ({"layer": []}, True),
        ({"data": NONE, "layer": [{"mark": "line"}, {"mark": "area"}]}, True),
        ({"data": FULL, "layer": [{"mark": "line"}, {"mark": "area"}]}, False),
        ({"data": NULLS, "encoding": AXES, "layer": [{"mark": "line"}]}, True),
        # Of pictures side by side each must show something.
        ({"hconcat": [view(FULL), view(NONE)]}, True),
        ({"vconcat": [view(FULL), {"layer": [view(NONE), view(FULL)]}]}, False),
        ({"data": FULL, "facet": {"field": "x"}, "spec": {"mark": "bar", "encoding": AXES}}, False),
        ({"data": NONE, "facet": {"field": "x"}, "spec": {"mark": "bar", "encoding": AXES}}, True),
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


def chart(spec, mime="application/vnd.vegalite.v5+json"):
    return {"output_type": "display_data", "data": {mime: spec, "text/plain": "<chart>"}}


def test_charts_of_every_version_are_counted():
    executed = notebook(chart(view(FULL)), chart(view(FULL), "application/vnd.vegalite.v6+json"))
    assert [number for number, _ in find_charts(executed)] == [2, 2]
    assert check_outputs("prices", executed) == 2


def test_empty_chart_is_named_with_chapter_cell_and_title():
    with pytest.raises(ChapterError, match=r"Chapter 'prices', cell 2: the chart 'Exports by month' has no data"):
        check_outputs("prices", notebook(chart(view(NONE, title={"text": ["Exports", "by month"]}))))


def printed(text):
    return notebook({"output_type": "stream", "name": "stdout", "text": text})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/srv/book/data", "path of this machine"),
        ("a line\n/srv/book", "path of this machine"),
        ("/srv/me/.config", "path of this machine"),
        ("<object at 0x7f00deadbeef>", "address"),
    ],
)
def test_text_that_differs_between_machines_or_runs_is_refused(monkeypatch, text, said):
    monkeypatch.setenv("METALSBOOK_ROOT", "/srv/book")
    monkeypatch.setenv("HOME", "/srv/me")
    with pytest.raises(ChapterError, match=f"cell 2 shows .*{said}"):
        check_outputs("prices", printed(text))


@pytest.mark.parametrize("text", ["https://example.org/srv/book/page", "/srv/bookshop", "at 0x5", "/"])
def test_text_that_is_alike_is_accepted(monkeypatch, text):
    monkeypatch.setenv("METALSBOOK_ROOT", "/srv/book")
    monkeypatch.delenv("HOME")
    assert check_outputs("prices", printed(text)) == 0


def test_warning_is_refused_with_its_text():
    with pytest.raises(ChapterError, match="cell 2 wrote to stderr: FutureWarning: soon"):
        check_outputs("prices", notebook({"output_type": "stream", "name": "stderr", "text": "FutureWarning:\n soon"}))
