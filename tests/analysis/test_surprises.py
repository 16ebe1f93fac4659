import pandas as pd
import pytest

from metalsbook.analysis.surprises import MIN_CHANGES, false_alarms, largest_moves, monthly_values
from metalsbook.months import month_range
from tests.page.editions import month, printed


def monthly(values: list[float], series: str = "a") -> pd.DataFrame:
    periods = month_range("2024-01", "2030-12")[: len(values)]
    return pd.DataFrame({"series": series, "period": periods, "value": values})


def test_an_unusual_move_of_a_calm_series_beats_a_larger_one_of_a_wild_series():
    calm = monthly([100, 101, 100, 102, 101, 103, 101, 100, 102, 101, 115], "calm")
    wild = monthly([100, 150, 90, 140, 120, 200, 110, 160, 100, 150, 125], "wild")
    found = largest_moves(pd.concat([calm, wild]), "2024-11")
    assert found["series"].tolist() == ["calm", "wild"]
    assert found["change_pct"].round(6).tolist() == [round(100 * (115 / 101 - 1), 6), round(100 * (125 / 150 - 1), 6)]


def test_a_short_history_and_a_gap_are_left_out_and_only_the_past_is_the_yardstick():
    assert largest_moves(monthly([100.0] * (MIN_CHANGES + 1)), f"2024-{MIN_CHANGES + 1:02d}").empty
    gap = monthly([100.0] * 14).query("period != '2025-01'")
    assert largest_moves(gap, "2025-02").empty
    until_then, with_later = (monthly([*[100, 101] * 6, 110, *later]) for later in ((), (300, 20)))
    pd.testing.assert_frame_equal(largest_moves(until_then, "2025-01"), largest_moves(with_later, "2025-01"))


def test_quotes_are_averaged_latest_print_only_and_flows_taken_from_estimates_or_as_most_print_them():
    days = (("2025-08-01", 10.0, "2025-09-01"), ("2025-08-01", 12.0, "2025-09-02"), ("2025-08-05", 14.0, "2025-09-01"))
    days += (("2025-08-06", 13.0, "2025-09-01"),)
    rows = [printed("p", day, value, published=published) for day, value, published in days]
    rows += [printed("f", "2025-08", 6.0)]
    # In dispute.
    rows += [printed("g", "2025-07", value, source=who) for value, who in ((5.0, "a"), (5.0, "b"), (9.0, "c"))]
    series = pd.DataFrame({"series": ["p", "f", "g"], "kind": ["price", "flow", "flow"]})
    estimates = [month("f", "2025-07", 4.0, 0, "open"), month("f", "2025-08", 5.0), month("g", "2025-07", 7, 1, "open")]
    found = monthly_values(pd.DataFrame(rows), series, pd.DataFrame(estimates))
    assert found.values.tolist() == [["f", "2025-08", 5.0, 0], ["g", "2025-07", 5.0, 0], ["p", "2025-08", 13.0, 3]]


def seasonal(years: int) -> pd.DataFrame:
    """A flow that halves in January and doubles in February, with a little noise."""
    values, level = [], 100.0
    for number in range(12 * years + 1):
        level *= {0: 0.5, 1: 2.0}.get(number % 12, 1.0) * (1 + 0.01 * (-1) ** (number // 2)) if number else 1.0
        values.append(level)
    return monthly(values)


def test_a_month_is_compared_with_the_same_month_of_at_least_two_earlier_years():
    found = largest_moves(seasonal(4), "2028-01").iloc[0]
    assert found["n_season"] == 3 and found["score"] < 3 and found["usual_pct"] == pytest.approx(-50, abs=1)
    found = largest_moves(seasonal(2), "2026-01").iloc[0]
    assert found["n_season"] == 0 and found["score"] > 3


def test_false_alarms_are_what_earlier_months_called_unusual():
    calm = monthly([100] * 40)
    assert false_alarms(calm, "2027-04") == 0
    wild = monthly([100] * 30 + [130] + [100] * 9)
    assert 0 < false_alarms(wild, "2027-04") < 1
    assert false_alarms(calm.head(5), "2024-05") != false_alarms(calm.head(5), "2024-05")
