import csv
import io
import json
import re

import pytest

from metalsbook.downloads import files
from metalsbook.errors import SiteError
from metalsbook.page import drawing
from metalsbook.page.theme import CELL_INK, INK, MUTED, PALETTE
from metalsbook.publish import charts
from metalsbook.publish.assets import STATIC

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


def test_a_chart_fills_the_width_it_is_given_without_its_title():
    for width in (drawing.WIDE_PX, drawing.NARROW_PX):
        svg = drawing.draw_chart(SPEC, width)
        drawn = float(re.search(r'<svg[^>]* width="([\d.]+)"', svg)[1])
        assert abs(drawn - width) <= 1 and "Output of" not in svg


def test_a_spec_that_vega_cannot_draw_is_named():
    with pytest.raises(SiteError, match=r"'Rises\.'"):
        drawing.render_svg({**SPEC, "mark": "nothing"})


def test_csv_holds_every_column_and_no_formula():
    text = charts.csv_text([{"a": 1, "b": "=cmd()"}, {"a": None, "c": "-5.1%"}, {"a": 2.5, "b": "-x", "c": "+3"}])
    rows = ["a,b,c", "1,'=cmd(),", ",,-5.1%", "2.5,'-x,+3"]
    assert [",".join(row) for row in csv.reader(io.StringIO(text))] == rows
    guarded = {text: files.safe_cell(text) for text in ("\uff1d1+1", "\uff0bA1", "\uff0dA1", "\uff20A1", "\uff0d5")}
    assert [cell.startswith("'") for cell in guarded.values()] == [True, True, True, True, False]


def test_the_script_holds_only_columns_that_a_chart_draws():
    rows = [row | {"statement": "st-0123456789", "note": "n"} for row in SPEC["data"]["values"]]
    spec = SPEC | {"data": {"values": rows}, "transform": [{"filter": "datum.note != 'x'"}]}
    whole = SPEC | {"data": {"values": rows}, "mark": {"type": "bar", "tooltip": {"content": "data"}}}
    for given, wanted in ((spec, {"month", "value", "note"}), (whole, {*rows[0]})):
        script = charts.specs_script({"one": given})
        told = json.loads(script.removeprefix("metalsbookCharts(").removesuffix(");\n"))
        assert set(told["datasets"][told["charts"]["one"]["data"]["name"]][0]) == wanted


def test_the_data_of_a_chart_are_the_tables_it_carries_else_those_it_draws_with_events_last():
    carried = [{"month": "2025-10", "t": 9, "unit": "kt"}]
    usermeta = {"source": "SMM, CCMN", "tables": [{"label": "Exports", "data": {"values": carried}}]}
    told = {"unit": "kt", "source": "SMM, CCMN", "month": "2025-10", "t": 9}
    assert charts.chart_data({**SPEC, "usermeta": usermeta}) == [("Exports", [told])]
    events = [{"happened": "May", "what": "a rule"}]
    layered = {"layer": [{"data": {"values": events}}, {"data": SPEC["data"]}]}
    shown = [(label, list(rows[0])) for label, rows in charts.chart_data(layered)]
    assert shown == [("Data 1", ["month", "value"]), ("Data 2", ["happened", "what"])]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_marks_and_text_stand_out_on_both_grounds():
    css = (STATIC / "book.css").read_text("utf-8")
    ground = luminance(re.search(r"--ground: light-dark\(#ffffff, (#\w+)\)", css)[1])
    for colour, least in [*((colour, 3) for colour in PALETTE), (INK, 4.5), (MUTED, 4.5)]:
        assert 1.05 / (luminance(colour) + 0.05) >= least, colour
        assert (luminance(charts.DARK[colour]) + 0.05) / (ground + 0.05) >= least, colour


def test_figures_in_cells_keep_their_ink_where_the_cells_keep_their_colours():
    assert not {CELL_INK, "#ffffff"} & set(charts.DARK)
    assert '[fill="#ffffff"]' not in charts.dark_rules() and '[stroke="#ffffff"]' in charts.dark_rules()


HOSTILE = '"><script>alert(1)</script>'
VALUE = {"field": "value", "type": "quantitative"}
MANY = {"title": {"text": f"Output {HOSTILE}", "subtitle": "t"}, "description": f"Rises {HOSTILE}", "width": 600}
MANY |= {"usermeta": {"source": HOSTILE}, "data": {"values": [{HOSTILE: HOSTILE, "value": n} for n in range(80)]}}
MANY |= {"mark": "bar", "encoding": {"y": VALUE | {"title": HOSTILE}, "color": VALUE}}


def test_text_of_a_chart_stays_text_and_its_two_pictures_share_no_id(tmp_path):
    figure = charts.write_chart(MANY, "prices-1", tmp_path, "../charts/prices.js")
    assert "<script" not in figure and " style=" not in figure
    assert '<div class="chart-static" role="img" aria-label="Rises &quot;&gt;&lt;script&gt;' in figure
    ids = re.findall(r' id="([^"]+)"', figure)
    assert len(ids) == len(set(ids)) > 2
    assert {name.removesuffix(")") for name in re.findall(r"url\(#([^)]+\))", figure)} <= set(ids)
