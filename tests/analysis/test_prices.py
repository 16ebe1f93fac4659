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
    pair_of_months,
    price_known_at,
    ratio_on_same_days,
    stoichiometric,
    volatility_pct,
)


def prices(values: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"period": list(values), "value": [float(value) for value in values.values()]})


def quotes(values: dict[str, float], half: float = float("nan")) -> pd.DataFrame:
    """Quotes of days, each with a range of this half width; without one where none is given."""
    frame = prices(values)
    return frame.assign(low=frame["value"] - half, high=frame["value"] + half)


def in_january(*values: float) -> pd.DataFrame:
    return quotes({f"2025-01-{day:02d}": value for day, value in enumerate(values, 1)})


def test_a_month_is_the_mean_of_its_quotes_and_says_how_many():
    months = monthly_means(quotes({"2025-10-31": 90, "2025-11-03": 100, "2025-11-05": 110}, 5)).set_index("period")
    november = months.loc["2025-11", ["value", "low", "high", "n_quotes", "first", "last"]]
    assert november.tolist() == [105, 95, 115, 2, 100, 110] and months.loc["2025-10", "n_quotes"] == 1
    row = monthly_means(quotes({"2025-11-03": 100, "2025-11-05": 110})).iloc[0]
    assert (row["low"], row["high"]) == (100, 110), "a quote without range counts as its own range"


def test_moves_do_not_bridge_long_gaps():
    steps = moves(quotes({"2025-01-01": 100, "2025-03-01": 200, "2025-03-03": 210}))
    assert steps[["period", "days", "change_pct"]].values.tolist() == [["2025-03-03", 2, pytest.approx(5)]]


def test_volatility_does_not_depend_on_how_often_one_looks():
    daily = moves(in_january(*(100 * exp(0.01 * (day % 2)) for day in range(1, 21))))
    every_fourth = pd.DataFrame({"days": [4], "value": [exp(0.02)], "value_before": [1.0]})
    for steps in (daily, every_fourth):
        assert volatility_pct(steps) == pytest.approx(100 * 0.01 * sqrt(DAYS_A_YEAR))
    assert isnan(volatility_pct(moves(in_january(100))))


def test_largest_moves_count_falls_too():
    assert list(largest_moves(moves(in_january(100, 103, 93, 94)), 2)["period"]) == ["2025-01-03", "2025-01-02"]


def test_a_ratio_is_of_common_days_only_and_keeps_the_span_of_both_ranges():
    first = quotes({"2025-01-01": 1, "2025-01-02": 16000}, 100)
    both = ratio_on_same_days(first, quotes({"2025-01-02": 2300, "2025-01-03": 4}, 50))
    ends = [pytest.approx(ratio) for ratio in (15900 / 2350, 16000 / 2300, 16100 / 2250)]
    assert both[["period", "low", "value", "high"]].values.tolist() == [["2025-01-02", *ends]]


def test_enough_quotes_go_before_a_printed_month_and_few_do_not():
    days = dict(zip(("2025-09-01", "2025-09-02", "2025-09-03", "2025-10-01"), (9, 10, 11, 99), strict=True))
    months = month_prices(
        prices({"2025-09": 14.0, "2025-10": 15.0}), quotes(days | {"2025-11-03": 20, "2025-11-04": 22})
    )
    assert months.values.tolist() == [
        ["2025-09", 10.0, "mean of 3 quotes", 3],
        ["2025-10", 15.0, "as printed", 0],
        ["2025-11", 21.0, "mean of 2 quotes", 2],
    ]
    # A user's post for a month does not go before a quote.
    months = month_prices(prices({"2025-02": 14.0, "2025-03": 15.0}).assign(post=True), quotes({"2025-02-28": 20}))
    told = [["2025-02", 20.0, "1 quote"], ["2025-03", 15.0, "as printed"]]
    assert months[["period", "value", "basis"]].values.tolist() == told


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
    counts = (("10", quotes_before), ("11", own_quotes))
    days = {f"2025-{month}-0{day}": day for month, count in counts for day in range(1, count + 1)}
    prints = {"2025-10": print_before, "2025-11": own_print}
    printed = prices({month: value for month, value in prints.items() if value is not None})
    pair = pair_of_months(printed, quotes(days), "2025-11", "2025-10")
    assert (pair.value, pair.n_quotes, pair.before, pair.n_before) == expected
    assert (pair.change_pct is None) == (expected[2] is None)


def test_a_month_without_any_price_makes_no_pair():
    assert pair_of_months(prices({}), quotes({"2025-10-01": 1}), "2025-11", "2025-10") is None


def test_prices_that_move_alike_correlate_and_still_ones_do_not():
    one = in_january(100, 110, 99, 120, 90)
    twice = one.assign(value=one["value"] * 2)
    found = move_together(one, twice)
    assert (found.correlation, found.steps) == (pytest.approx(1), 4)
    assert (found.first, found.last) == ("2025-01-01", "2025-01-05")
    assert isnan(move_together(one, one.assign(value=5.0)).correlation)
    assert [move_together(one.head(count), twice).steps for count in (2, 0)] == [1, 0]
    # A correlation that one step makes is told without it.
    found = move_together(in_january(100, 101, 100, 101, 200), in_january(100, 99, 100, 99, 200))
    assert found.correlation > 0.9
    assert (found.largest, found.without_largest) == ("2025-01-05", pytest.approx(-1, abs=0.01))


def test_events_stand_beside_the_moves_of_their_days_and_of_their_month():
    days = {"period": ["2025-03-12", "2025-06-11"], "before": ["2025-03-07", "2025-05-30"], "change_pct": [4.0, -2.0]}
    dates = ["2025-03-01", "2025-02-27", "2025-03-13", "2025-03", "2025-05", "2025"]
    names = ["near", "early", "late", "of the month", "of the month before", "of the year"]
    events = pd.DataFrame({"date": dates, "what": names, "publisher": "x", "url": "y"})
    near = events_near(pd.DataFrame(days), events)
    assert near[["what", "event_date"]].values.tolist() == [["near", "2025-03-01"], ["of the month", "2025-03"]]


def test_the_reaction_needs_what_textbooks_say_and_more_with_a_lower_recovery():
    # One Si (28.085) frees two Mg (48.61); three quarters of ferrosilicon are silicon.
    perfect, usual = stoichiometric(exact(100.0)), stoichiometric(Interval(73, 75, 74)).ferrosilicon_t
    assert perfect.ferrosilicon_t.best == pytest.approx(0.7703, abs=1e-4)
    assert perfect.dolomite_t.best == pytest.approx(7.587 / 0.96, abs=1e-3)
    assert (usual.low, usual.high) == pytest.approx((0.7703 / 0.75, 0.7703 / 0.73), abs=1e-3)


# A profit of 1,758 on a day with ingot at 16,150, ferrosilicon at 5,650 and dolomite at 78 CNY/t.
DAY = "2025-06-26"
CALIBRATION = Calibration("2025-06-30", (16150.0, DAY), (5650.0, DAY), (78.0, DAY), exact(1758.0))


def test_the_calibration_gives_back_the_stated_profit():
    needs = stoichiometric(exact(74.0))
    profit = pd.Series({"period": "2025-06-30", "value": 1758.0, "bound_low": 1757.5, "bound_high": 1758.5})
    found = calibrate(profit, *(prices({DAY: value}) for value in (16150, 5650, 78)))
    cost = needs.ferrosilicon_t.scaled(5650) + needs.dolomite_t.scaled(78) + found.other(needs)
    assert 16150 - cost.best == pytest.approx(1758) and found.price == (16150.0, DAY)
    assert calibrate(profit, *[prices({})] * 3) is None
    needs = stoichiometric(exact(100.0))
    left = 16150 - 1758 - 5650 * needs.ferrosilicon_t.best - 78 * needs.dolomite_t.best
    assert CALIBRATION.other(needs).best == pytest.approx(left)


@pytest.mark.parametrize(
    ("day", "known"),
    [("2025-06-30", (1, "2025-06-20")), ("2025-07-01", (2, "2025-07-01")), ("2025-06-01", (1, "2025-06-20"))],
)
def test_a_statement_knows_no_later_quote_where_there_is_an_earlier_one(day, known):
    assert price_known_at(prices({"2025-06-20": 1.0, "2025-07-01": 2.0}), day) == known


def test_parts_add_up_and_only_whole_months_count():
    mg, si = prices({"2025-10": 16000, "2025-11": 15000}), prices({"2025-10": 5800, "2025-11": 5700})
    [row] = build_up(mg, si, prices({"2025-11": 100}), Interval(73, 75, 74), CALIBRATION).to_dict("records")
    assert row["period"] == "2025-11"
    assert row["ferrosilicon"] + row["dolomite"] + row["other"] == pytest.approx(row["cost"])
    assert row["price"] - row["cost"] == pytest.approx(row["margin"])
    assert row["margin_low"] < row["margin"] < row["margin_high"]
    assert row["margin_pct"] == pytest.approx(100 * row["margin"] / 15000)


def costs(of: tuple[float, float, float], recovery: Interval) -> tuple[float, float, float]:
    row = build_up(*(prices({"2025-11": value}) for value in of), recovery, CALIBRATION).iloc[0]
    return row["cost_low"], row["cost"], row["cost_high"]


def test_a_cost_is_bounded_by_one_recovery_at_a_time():
    # At the prices of the calibration the recovery says nothing.
    assert costs((16150, 5650, 78), Interval(60, 90, 74)) == pytest.approx((14392, 14392, 14392))
    low, best, high = costs((16000, 5755, 108), Interval(73, 75, 74))
    needs = [stoichiometric(exact(share)) for share in (75.0, 73.0)]
    ends = [14392 + 105 * each.ferrosilicon_t.best + 30 * each.dolomite_t.best for each in needs]
    assert [low, high] == pytest.approx(ends) and low < best < high
