import json
import re

import altair as alt
import pandas as pd
import pytest
import vl_convert

from metalsbook.page import drawing, month_axis, show
from metalsbook.page.narrative import Html

MONTHS = pd.to_datetime(["2025-08", "2025-09", "2025-10", "2025-11"])
ROWS = pd.DataFrame({"name": "Ingot", "month": MONTHS, "low": [10.0, 20.0, None, 30.0]})
ROWS["best"], ROWS["high"] = ROWS["low"], ROWS["low"]
ROWS["status"], ROWS["unit"] = ["reported", "derived", "unknown", "reported"], "t"
ROWS["who"] = ["SMM", "Argus, SMM", "", "Argus"]


def bars(rows: pd.DataFrame):
    return alt.Chart(rows).mark_bar().encode(x=month_axis(), y="best:Q")


def places(spec: dict) -> tuple[list[float], dict[str, float]]:
    """Return the middles of the bars of a drawn chart, and those of the labels of its time axis by their text."""
    svg = vl_convert.vegalite_to_svg(json.dumps(drawing.fit_width(spec, 700)))
    boxes = re.findall(r'<path d="M([\d.]+),[\d.]+h([\d.]+)v[\d.]+h-[\d.]+Z" fill="#\w+"/>', svg)
    labels = re.findall(r'transform="translate\(([\d.]+),[\d.]+\)"[^>]*>(\w{3} \d\d)</text>', svg)
    return [float(left) + float(width) / 2 for left, width in boxes], {text: float(x) for x, text in labels}


@pytest.mark.parametrize(
    ("known", "said"),
    [(0, "Ingot. We hold no figure for this chart."), (1, "Ingot. We hold one month only, too few for a chart.")],
)
def test_where_too_little_is_known_a_note_stands_in_the_place_of_the_chart(known, said):
    rows = ROWS.assign(best=ROWS["best"].where(ROWS.index < known))
    note = show(bars(rows), rows=rows, title="Ingot", unit="t")
    assert isinstance(note, Html) and note.text == said


@pytest.mark.parametrize(("column", "said"), [("best", "best or value"), ("who", "who")])
def test_rows_without_figures_or_sources_are_refused(column, said):
    with pytest.raises(ValueError, match=said):
        show(bars(ROWS), rows=ROWS.drop(columns=column), title="x", unit="t")


def test_each_bar_stands_above_the_label_of_its_own_month_and_a_gap_keeps_its_place():
    drawn, labels = places(show(bars(ROWS), rows=ROWS, title="Ingot rose", unit="t a month").to_dict())
    assert list(labels) == ["Aug 25", "Sep 25", "Oct 25", "Nov 25"]
    assert drawn == pytest.approx([labels["Aug 25"], labels["Sep 25"], labels["Nov 25"]], abs=1)
