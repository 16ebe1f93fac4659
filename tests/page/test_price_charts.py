"""Charts of prices: events on their day or month, figures in full, margins as in the text."""

import pandas as pd
import pytest

from metalsbook.analysis.intervals import Interval, exact
from metalsbook.analysis.prices import Calibration, build_up, stoichiometric
from metalsbook.page.charts import describe_course, event_marks, line_with_range, tooltip
from metalsbook.page.price_charts import cost_sliders, last_run, with_events

EVENTS = pd.DataFrame(
    {"date": ["2025-05", "2025-05-21", "2025-06", "2025"], "topic": "t", "what": ["month", "day", "late", "year"]}
)
FIRST, LAST = pd.Timestamp("2025-05-10"), pd.Timestamp("2025-05-31")


def quotes(*days: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": pd.to_datetime(list(days)),
            "period": list(days),
            "value": 16095.0,
            "low": float("nan"),
            "high": float("nan"),
        }
    )


def test_an_event_of_a_month_is_drawn_over_its_month_and_named_by_it():
    shown = event_marks(EVENTS, FIRST, LAST).data.set_index("what")
    assert list(shown.index) == ["month", "day"]
    assert (str(shown.at["month", "when"])[:10], str(shown.at["month", "until"])[:10]) == ("2025-05-01", "2025-05-31")
    assert shown.at["day", "when"] == shown.at["day", "until"]
    assert list(shown["happened"]) == ["May 2025", "21 May 2025"]


def test_marks_reach_the_end_of_the_last_quotes_month_and_leave_no_trace_where_there_are_none():
    draw = with_events(lambda frame: line_with_range(frame, "CNY/t"), EVENTS)
    assert "rules" not in draw(quotes("2024-01-01", "2024-01-05")).to_json()
    assert "21 May 2025" in draw(quotes("2025-05-01", "2025-05-20")).to_json()


def test_a_tooltip_shows_all_digits_under_a_title_that_a_reader_knows():
    value, change, other = (one.to_dict() for one in tooltip("value:Q", "change_pct:Q", "own_name:N", value="CNY/t"))
    assert (value["title"], value["format"]) == ("CNY/t", ",.3~f")
    assert (change["title"], other["title"]) == ("change, %", "own name")


def test_the_margin_drawn_for_the_last_month_is_that_of_the_text():
    day = "2025-06-26"
    calibration = Calibration("2025-06-30", (16150.0, day), (5650.0, day), (78.0, day), exact(1758.0))
    months = [
        pd.DataFrame({"period": ["2025-10", "2025-11"], "value": values})
        for values in ([16275.0, 16095.0], [5979.0, 5755.0], [108.0, 108.0])
    ]
    costs = build_up(*months, Interval(72.5, 75.5, 74), calibration)
    needs = stoichiometric(exact(74.0))
    chart = cost_sliders(costs, needs).to_dict()
    start = {one["name"]: one["value"] for one in chart["params"] if "bind" in one}
    row = chart["data"]["values"][-1]
    drawn = row["price"] - row["silicon_price"] * start["fesi"] - row["stone_price"] * start["stone"] - start["rest"]
    assert drawn == pytest.approx(costs.iloc[-1]["margin"], abs=1)


def test_a_course_is_told_of_one_thing_or_of_many_in_whole_digits():
    rows = pd.DataFrame({"period": ["2025-06", "2025-07"], "value": [78.0, 108.0]})
    assert describe_course(rows, "Exports", "t") == (
        "Exports rose from 78 t in June 2025 to 108 t in July 2025 (+38.5%); lowest 78 t in June 2025, highest 108 t "
        "in July 2025."
    )


def test_a_course_to_a_multiple_is_told_as_one():
    rows = pd.DataFrame({"period": ["2024", "2035"], "value": [50.0, 24000.0]})
    assert "from 50 t in 2024 to 24,000 t in 2035 (480 times as much)" in describe_course(rows, "The path", "t")


def test_a_course_begins_after_the_last_gap():
    assert list(last_run(quotes("2025-03-31", "2025-06-17", "2025-06-20"))["period"]) == ["2025-06-17", "2025-06-20"]


def test_figures_that_are_written_alike_have_not_moved():
    rows = pd.DataFrame({"period": ["2023-10-20", "2025-11-11"], "value": [1.22401, 1.22439]})
    assert describe_course(rows, "The ratio", "").startswith(
        "The ratio went from 1.224 on 20 October 2023 to 1.224 on 11 November 2025; lowest"
    )
