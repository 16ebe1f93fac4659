from math import exp, isnan, sqrt

import pandas as pd
import pytest

from metalsbook.analysis.intervals import Interval, exact
from metalsbook.analysis.prices import (
    DAYS_A_YEAR,
    Calibration,
    build_up,
    calibrate,
    events_near,
    largest_moves,
    month_prices,
    monthly_means,
    move_together,
    moves,
    on_same_days,
    pair_of_months,
    price_known_at,
    ratio_on_same_days,
    raw_material_cost,
    stoichiometric,
    volatility_pct,
)


def quotes(values: dict[str, float], half: float | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"period": list(values), "value": [float(value) for value in values.values()]})
    low = frame["value"] - half if half is not None else float("nan")
    high = frame["value"] + half if half is not None else float("nan")
    return frame.assign(low=low, high=high)


def test_a_month_is_the_mean_of_its_quotes_and_says_how_many():
    months = monthly_means(quotes({"2025-10-31": 90, "2025-11-03": 100, "2025-11-05": 110}, 5)).set_index("period")
    november = months.loc["2025-11"]
    assert (november["value"], november["low"], november["high"], november["n_quotes"]) == (105, 95, 115, 2)
    assert (november["first"], november["last"]) == (100, 110)
    assert months.loc["2025-10", "n_quotes"] == 1


def test_a_quote_without_range_counts_as_its_own_range():
    row = monthly_means(quotes({"2025-11-03": 100, "2025-11-05": 110})).iloc[0]
    assert (row["low"], row["high"]) == (100, 110)


def test_moves_do_not_bridge_long_gaps():
    steps = moves(quotes({"2025-01-01": 100, "2025-03-01": 200, "2025-03-03": 210}))
    assert list(steps["period"]) == ["2025-03-03"]
    assert steps.iloc[0]["days"] == 2
    assert steps.iloc[0]["change_pct"] == pytest.approx(5)


def test_volatility_does_not_depend_on_how_often_one_looks():
    daily = {f"2025-01-{day:02d}": 100 * exp(0.01 * (day % 2)) for day in range(1, 21)}
    steps = moves(quotes(daily))
    assert volatility_pct(steps) == pytest.approx(100 * 0.01 * sqrt(DAYS_A_YEAR))
    every_fourth = pd.DataFrame({"days": [4], "value": [exp(0.02)], "value_before": [1.0]})
    assert volatility_pct(every_fourth) == pytest.approx(100 * 0.01 * sqrt(DAYS_A_YEAR))


def test_volatility_of_nothing_is_unknown():
    assert isnan(volatility_pct(moves(quotes({"2025-01-01": 100}))))


def test_largest_moves_count_falls_too():
    steps = moves(quotes({"2025-01-01": 100, "2025-01-02": 103, "2025-01-03": 93, "2025-01-06": 94}))
    assert list(largest_moves(steps, 2)["period"]) == ["2025-01-03", "2025-01-02"]


def test_prices_are_set_against_each_other_on_common_days_only():
    both = on_same_days(quotes({"2025-01-01": 1, "2025-01-02": 2}), quotes({"2025-01-02": 3, "2025-01-03": 4}))
    assert both[["period", "value_first", "value_second"]].values.tolist() == [["2025-01-02", 2.0, 3.0]]


def test_a_ratio_keeps_the_span_of_both_ranges():
    ratio = ratio_on_same_days(quotes({"2025-01-02": 16000}, 100), quotes({"2025-01-02": 2300}, 50)).iloc[0]
    assert ratio["value"] == pytest.approx(16000 / 2300)
    assert (ratio["low"], ratio["high"]) == (pytest.approx(15900 / 2350), pytest.approx(16100 / 2250))


def test_enough_quotes_go_before_a_printed_month_and_few_do_not():
    printed = pd.DataFrame({"period": ["2025-09", "2025-10"], "value": [14.0, 15.0]})
    months = month_prices(
        printed,
        quotes(
            {
                "2025-09-01": 9,
                "2025-09-02": 10,
                "2025-09-03": 11,
                "2025-10-01": 99,
                "2025-11-03": 20,
                "2025-11-04": 22,
            }
        ),
    )
    assert months.values.tolist() == [
        ["2025-09", 10.0, "mean of 3 quotes", 3],
        ["2025-10", 15.0, "as printed", 0],
        ["2025-11", 21.0, "mean of 2 quotes", 2],
    ]


def test_a_users_post_for_a_month_does_not_go_before_a_quote():
    printed = pd.DataFrame({"period": ["2025-02", "2025-03"], "value": [14.0, 15.0], "post": [True, True]})
    months = month_prices(printed, quotes({"2025-02-28": 20}))
    assert months[["period", "value", "basis"]].values.tolist() == [
        ["2025-02", 20.0, "1 quote"],
        ["2025-03", 15.0, "as printed"],
    ]


@pytest.mark.parametrize(
    ("own_quotes", "own_print", "quotes_before", "print_before", "expected"),
    [
        (3, None, 3, None, (2.0, 3, 2.0, 3)),
        (3, 9.0, 3, 8.0, (2.0, 3, 2.0, 3)),
        (2, 9.0, 1, 8.0, (9.0, 0, 8.0, 0)),
        (3, 9.0, 1, 8.0, (9.0, 0, 8.0, 0)),
        (2, 9.0, 3, None, (9.0, 0, None, 0)),
        (3, None, 1, 8.0, (2.0, 3, 1.0, 1)),
        (3, None, 0, 8.0, (2.0, 3, None, 0)),
        (1, None, 0, None, (1.0, 1, None, 0)),
    ],
)
def test_two_months_are_compared_on_one_basis(own_quotes, own_print, quotes_before, print_before, expected):
    days = {
        f"2025-{month}-0{day}": day
        for month, count in (("10", quotes_before), ("11", own_quotes))
        for day in range(1, count + 1)
    }
    prints = {"2025-10": print_before, "2025-11": own_print}
    known = {month: value for month, value in prints.items() if value is not None}
    printed = pd.DataFrame({"period": list(known), "value": list(known.values())})
    pair = pair_of_months(printed, quotes(days), "2025-11", "2025-10")
    assert (pair.value, pair.n_quotes, pair.before, pair.n_before) == expected
    assert (pair.change_pct is None) == (expected[2] is None)


def test_a_month_without_any_price_makes_no_pair():
    nothing = pd.DataFrame({"period": [], "value": []})
    assert pair_of_months(nothing, quotes({"2025-10-01": 1}), "2025-11", "2025-10") is None


def test_prices_that_move_alike_correlate_and_still_ones_do_not():
    one = quotes({f"2025-01-0{day}": value for day, value in enumerate((100, 110, 99, 120, 90), 1)})
    twice = one.assign(value=one["value"] * 2)
    found = move_together(one, twice)
    assert (found.correlation, found.steps) == (pytest.approx(1), 4)
    assert (found.first, found.last) == ("2025-01-01", "2025-01-05")
    still = one.assign(value=5.0)
    assert isnan(move_together(one, still).correlation)
    assert move_together(one.head(2), twice.head(2)).steps < 3
    assert move_together(one.head(0), twice).steps == 0


def test_a_correlation_that_one_step_makes_is_told_without_it():
    one = quotes({f"2025-01-0{day}": value for day, value in enumerate((100, 101, 100, 101, 200), 1)})
    other = quotes({f"2025-01-0{day}": value for day, value in enumerate((100, 99, 100, 99, 200), 1)})
    found = move_together(one, other)
    assert found.correlation > 0.9
    assert (found.largest, found.without_largest) == ("2025-01-05", pytest.approx(-1, abs=0.01))


def test_events_stand_beside_the_moves_of_their_days_and_of_their_month():
    steps = pd.DataFrame(
        {"period": ["2025-03-12", "2025-06-11"], "before": ["2025-03-07", "2025-05-30"], "change_pct": [4.0, -2.0]}
    )
    events = pd.DataFrame(
        {
            "date": ["2025-03-01", "2025-02-27", "2025-03-13", "2025-03", "2025-05", "2025"],
            "what": ["near", "early", "late", "of the month", "of the month before", "of the year"],
            "publisher": "x",
            "url": "y",
        }
    )
    near = events_near(steps, events)
    assert near[["what", "event_date"]].values.tolist() == [["near", "2025-03-01"], ["of the month", "2025-03"]]


def test_the_reaction_needs_what_textbooks_say():
    perfect = stoichiometric(exact(100.0))
    # One Si (28.085) frees two Mg (48.61); three quarters of ferrosilicon are silicon.
    assert perfect.ferrosilicon_t.best == pytest.approx(0.7703, abs=1e-4)
    assert perfect.dolomite_t.best == pytest.approx(7.587 / 0.96, abs=1e-3)


def test_a_lower_recovery_takes_more():
    needs = stoichiometric(Interval(73, 75, 74))
    assert needs.ferrosilicon_t.low == pytest.approx(0.7703 / 0.75, abs=1e-3)
    assert needs.ferrosilicon_t.high == pytest.approx(0.7703 / 0.73, abs=1e-3)


def test_the_calibration_gives_back_the_stated_profit():
    needs = stoichiometric(exact(74.0))
    prices = {
        name: pd.DataFrame({"period": ["2025-06-26"], "value": [value]})
        for name, value in (("mg", 16150.0), ("si", 5650.0), ("stone", 78.0))
    }
    profit = pd.Series({"period": "2025-06-30", "value": 1758.0, "bound_low": 1757.5, "bound_high": 1758.5})
    found = calibrate(profit, prices["mg"], prices["si"], prices["stone"])
    cost = raw_material_cost(5650, 78, needs) + found.other(needs)
    assert 16150 - cost.best == pytest.approx(1758)
    assert found.price == (16150.0, "2025-06-26")


def test_no_quote_no_calibration():
    empty = pd.DataFrame({"period": [], "value": []})
    profit = pd.Series({"period": "2025-06-30", "value": 1.0, "bound_low": 1.0, "bound_high": 1.0})
    assert calibrate(profit, empty, empty, empty) is None


def test_a_statement_knows_no_later_quote_where_there_is_an_earlier_one():
    prices = pd.DataFrame({"period": ["2025-06-20", "2025-07-01"], "value": [1.0, 2.0]})
    assert price_known_at(prices, "2025-06-30") == (1.0, "2025-06-20")
    assert price_known_at(prices, "2025-07-01") == (2.0, "2025-07-01")
    assert price_known_at(prices, "2025-06-01") == (1.0, "2025-06-20")


def calibration() -> Calibration:
    """A profit of 1,758 on a day with ingot at 16,150, ferrosilicon at 5,650 and dolomite at 78 CNY/t."""
    day = "2025-06-26"
    return Calibration("2025-06-30", (16150.0, day), (5650.0, day), (78.0, day), exact(1758.0))


def month(period: str, value: float) -> pd.DataFrame:
    return pd.DataFrame({"period": [period], "value": [value]})


def test_parts_add_up_and_only_whole_months_count():
    mg = pd.DataFrame({"period": ["2025-10", "2025-11"], "value": [16000.0, 15000.0]})
    si = pd.DataFrame({"period": ["2025-10", "2025-11"], "value": [5800.0, 5700.0]})
    costs = build_up(mg, si, month("2025-11", 100.0), Interval(73, 75, 74), calibration())
    assert list(costs["period"]) == ["2025-11"]
    row = costs.iloc[0]
    assert row["ferrosilicon"] + row["dolomite"] + row["other"] == pytest.approx(row["cost"])
    assert row["price"] - row["cost"] == pytest.approx(row["margin"])
    assert row["margin_low"] < row["margin"] < row["margin_high"]
    assert row["margin_pct"] == pytest.approx(100 * row["margin"] / 15000)


def test_at_the_prices_of_the_calibration_the_recovery_says_nothing():
    row = build_up(
        month("2025-06", 16150.0), month("2025-06", 5650.0), month("2025-06", 78.0), Interval(60, 90, 74), calibration()
    ).iloc[0]
    assert (row["cost_low"], row["cost"], row["cost_high"]) == pytest.approx((14392, 14392, 14392))


def test_a_cost_is_bounded_by_one_recovery_at_a_time():
    row = build_up(
        month("2025-11", 16000.0),
        month("2025-11", 5755.0),
        month("2025-11", 108.0),
        Interval(73, 75, 74),
        calibration(),
    ).iloc[0]
    ends = [
        14392 + 105 * needs.ferrosilicon_t.best + 30 * needs.dolomite_t.best
        for needs in (stoichiometric(exact(share)) for share in (75.0, 73.0))
    ]
    assert (row["cost_low"], row["cost_high"]) == pytest.approx(tuple(ends))
    assert row["cost_low"] < row["cost"] < row["cost_high"]


def test_everything_else_is_what_the_calibration_leaves():
    needs = stoichiometric(exact(100.0))
    left = calibration().other(needs)
    assert left.best == pytest.approx(16150 - 1758 - 5650 * needs.ferrosilicon_t.best - 78 * needs.dolomite_t.best)
