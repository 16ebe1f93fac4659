import csv
import io

import pytest

from metalsbook.errors import SiteError
from metalsbook.publish import chart_files
from tests.publish.samples import unpack

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.4.1.json",
    "title": {"text": ["Output of", "magnesium"], "subtitle": ["t", "Source: SMM,", "CCMN"]},
    "usermeta": {"source": "SMM, CCMN"},
    "description": "Rises.",
    "width": 600,
    "height": 120,
    "data": {"values": [{"month": "2025-10", "value": 1}, {"month": "2025-11", "value": None}]},
    "mark": "bar",
    "encoding": {"x": {"field": "month", "type": "ordinal"}, "y": {"field": "value", "type": "quantitative"}},
}


def test_heading_parts_title_unit_and_source():
    assert chart_files.chart_heading(SPEC) == ("Output of magnesium", "t", "SMM, CCMN")
    assert chart_files.chart_heading({"title": "Plain"}) == ("Plain", "", "")
    assert chart_files.chart_alt({"title": "Plain"}) == "Plain"


@pytest.mark.parametrize("width", [chart_files.WIDE_PX, chart_files.NARROW_PX])
def test_a_chart_fills_the_width_it_is_given(width):
    svg = chart_files.render_svg(chart_files.fit_width(SPEC, width))
    assert abs(chart_files.svg_size(svg)[0] - width) <= 1
    assert "title" not in chart_files.fit_width(SPEC, width)


@pytest.mark.parametrize("mark", ["line", "area"])
def test_a_series_without_a_single_figure_leaves_the_others(mark):
    rows = [{"month": month, "of": of, "value": None if of == "b" else 1} for month in ("10", "11") for of in "ab"]
    shown = {
        "mark": mark,
        "data": {"values": rows},
        "encoding": {**SPEC["encoding"], "color": {"field": "of", "type": "nominal"}},
    }
    assert chart_files.render_svg({**SPEC, **shown}).count("<path") > 1
    none = [{**row, "value": None} for row in rows]
    assert "<svg" in chart_files.render_svg({**SPEC, **shown, "data": {"values": none}})


def test_charts_side_by_side_stand_below_each_other_on_a_phone():
    row = {"hconcat": [{"mark": "bar", "width": 400}, {"mark": "bar", "width": 200}]}
    assert "hconcat" in chart_files.fit_width(row, chart_files.WIDE_PX)
    narrow = chart_files.fit_width(row, chart_files.NARROW_PX)
    assert [view["width"] for view in narrow["vconcat"]] == [280, 200]
    shrunk = chart_files.fit_width(row, chart_files.WIDE_PX, shrink=150)
    assert [view["width"] for view in shrunk["hconcat"]] == [250, chart_files.NARROWEST_PANEL_PX]
    facets = {"mark": "bar", "encoding": {"facet": {"field": "a", "columns": 3}}}
    assert chart_files.fit_width(facets, chart_files.NARROW_PX)["encoding"]["facet"]["columns"] == 1
    assert facets["encoding"]["facet"]["columns"] == 3


@pytest.mark.parametrize("width", [chart_files.WIDE_PX, chart_files.NARROW_PX])
def test_small_multiples_make_room_for_their_labels(width):
    rows = [{"place": f"a rather long name of place {number}", "year": number % 3, "value": 1} for number in range(6)]
    facets = {
        "data": {"values": rows},
        "columns": 2,
        "facet": {"field": "year"},
        "spec": {
            "mark": "bar",
            "width": 290,
            "encoding": {"x": {"field": "value", "type": "quantitative"}, "y": {"field": "place", "type": "nominal"}},
        },
        "resolve": {"scale": {"y": "independent"}},
    }
    assert chart_files.svg_size(chart_files.render_svg(chart_files.fit_width(facets, width)))[0] > width
    assert chart_files.svg_size(chart_files.draw_chart(facets, width))[0] <= width + 1


def test_the_same_spec_gives_the_same_drawing():
    color = {"field": "value", "type": "quantitative"}
    heat = {**SPEC, "mark": "rect", "encoding": {**SPEC["encoding"], "color": color}}
    spec = chart_files.fit_width(heat, chart_files.WIDE_PX)
    assert chart_files.render_svg(spec) == chart_files.render_svg(spec)


def test_a_kept_drawing_is_used(tmp_path):
    spec = chart_files.fit_width(SPEC, chart_files.WIDE_PX)
    drawn = chart_files.render_svg(spec, tmp_path)
    (kept,) = tmp_path.iterdir()
    before = kept.stat().st_mtime_ns
    assert chart_files.render_svg(spec, tmp_path) == drawn
    assert kept.stat().st_mtime_ns == before
    kept.write_text('<svg width="1" height="1"></svg>', "utf-8")
    assert chart_files.render_svg(spec, tmp_path) == drawn


def test_a_spec_that_vega_cannot_draw_is_named():
    with pytest.raises(SiteError, match=r"'Rises\.'"):
        chart_files.render_svg({**SPEC, "mark": "nothing"})


def test_tables_of_a_spec_come_once_each():
    rows, other = [{"a": 1}], [{"b": 2}]
    spec = {"data": {"values": rows}, "layer": [{"data": {"values": other}}, {"data": {"values": list(rows)}}]}
    assert chart_files.datasets(spec) == [rows, other]


def test_csv_holds_every_column_and_no_formula():
    text = chart_files.csv_text([{"a": 1, "b": "=cmd()"}, {"a": None, "c": "-5.1%"}, {"a": 2.5, "b": "-x", "c": "+3"}])
    assert list(csv.reader(io.StringIO(text))) == [
        ["a", "b", "c"],
        ["1", "'=cmd()", ""],
        ["", "", "-5.1%"],
        ["2.5", "'-x", "+3"],
    ]


def test_the_script_holds_the_specs_with_their_tables_apart():
    spec = {**SPEC, "config": {"a": 1}, "layer": [{"data": SPEC["data"], "mark": "line"}]}
    script = chart_files.specs_script({"prices-1": spec, "prices-2": SPEC})
    assert script.startswith('metalsbookCharts("')
    (name, packed, tables), (other, _, _) = unpack(script)
    assert (name, other) == ("prices-1", "prices-2")
    assert packed["data"] == packed["layer"][0]["data"] == {"table": 0}
    assert tables == [{"month": ["2025-10", "2025-11"], "value": [1, None]}]
    assert packed["config"] == {"a": 1}
    assert "values" in spec["data"]


def test_computed_colours_are_short_and_turn_with_no_scheme():
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><g fill="none"><path d="M0,0h9v9Z" fill="rgb({})"/></g></svg>'
    assert 'fill="#cee0f2"' in chart_files.slim_svg(svg.format("206, 224, 242"))
    assert 'fill="rgb(255, 255, 255)"' in chart_files.slim_svg(svg.format("255, 255, 255"))
