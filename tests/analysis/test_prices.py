from math import exp, isnan, sqrt

import pandas as pd
import pytest

from metalsbook.analysis import prices
from metalsbook.analysis.intervals import Interval, exact


def priced(values: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"period": list(values), "value": [float(value) for value in values.values()]})


def quotes(values: dict[str, float], half: float = float("nan")) -> pd.DataFrame:
    """Quotes of days, each with a range of this half width; without one where none is given."""
    frame = priced(values)
    return frame.assign(low=frame["value"] - half, high=frame["value"] + half)


def in_january(*values: float) -> pd.DataFrame:
    return quotes({f"2025-01-{day:02d}": value for day, value in enumerate(values, 1)})


def test_a_month_is_the_mean_of_its_quotes_and_says_how_many():
    months = prices.monthly_means(quotes({"2025-10-31": 90, "2025-11-03": 100, "2025-11-05": 110}, 5)).set_index(
        "period"
    )
    assert months.loc["2025-11", ["value", "low", "high", "n_quotes"]].tolist() == [105, 95, 115, 2]
    row = prices.monthly_means(quotes({"2025-11-03": 100, "2025-11-05": 110})).iloc[0]
    assert (row["low"], row["high"]) == (100, 110), "a quote without range counts as its own range"


def test_moves_do_not_bridge_long_gaps_and_volatility_does_not_depend_on_how_often_one_looks():
    steps = prices.moves(quotes({"2025-01-01": 100, "2025-03-01": 200, "2025-03-03": 210}))
    assert steps[["period", "days", "change_pct"]].values.tolist() == [["2025-03-03", 2, pytest.approx(5)]]
    daily = prices.moves(in_january(*(100 * exp(0.01 * (day % 2)) for day in range(1, 21))))
    every_fourth = pd.DataFrame({"days": [4], "value": [exp(0.02)], "value_before": [1.0]})
    found = [prices.volatility_pct(steps) for steps in (daily, every_fourth)]
    assert found == pytest.approx([100 * 0.01 * sqrt(prices.DAYS_A_YEAR)] * 2)
    assert isnan(prices.volatility_pct(prices.moves(in_january(100))))


def test_a_ratio_is_of_common_days_only_and_keeps_the_span_of_both_ranges():
    first = quotes({"2025-01-01": 1, "2025-01-02": 16000}, 100)
    both = prices.ratio_on_same_days(first, quotes({"2025-01-02": 2300, "2025-01-03": 4}, 50))
    ends = [pytest.approx(ratio) for ratio in (15900 / 2350, 16000 / 2300, 16100 / 2250)]
    assert both[["period", "low", "value", "high"]].values.tolist() == [["2025-01-02", *ends]]


def test_enough_quotes_go_before_a_printed_month_and_few_do_not():
    days = dict(zip(("2025-09-01", "2025-09-02", "2025-09-03", "2025-10-01"), (9, 10, 11, 99), strict=True))
    means = prices.monthly_means(quotes(days | {"2025-11-03": 20, "2025-11-04": 22}))
    months = prices.month_prices(priced({"2025-09": 14.0, "2025-10": 15.0}), means)
    assert months.values.tolist() == [["2025-09", 10.0, 3], ["2025-10", 15.0, 0], ["2025-11", 21.0, 2]]
    post = priced({"2025-02": 14.0}).assign(post=True)
    means = prices.monthly_means(quotes({"2025-02-28": 20}))
    assert prices.month_prices(post, means)["value"].tolist() == [20], "a user's post"


def test_prices_that_move_alike_correlate_and_still_ones_do_not():
    one = in_january(100, 110, 99, 120, 90)
    twice = one.assign(value=one["value"] * 2)
    assert prices.move_together(one, twice)["correlation"] == pytest.approx(1)
    for still in (one.assign(value=5.0), twice.head(3), twice.head(1), twice.head(0)):
        assert isnan(prices.move_together(one, still)["correlation"])
    found = prices.move_together(in_january(100, 101, 100, 101, 200), in_january(100, 99, 100, 99, 200))
    assert found["correlation"] > 0.9
    assert (found["largest"], found["without_largest"]) == ("2025-01-05", pytest.approx(-1, abs=0.01))


def test_the_reaction_needs_what_textbooks_say_and_more_with_a_lower_recovery():
    # One Si (28.085) frees two Mg (48.61); three quarters of ferrosilicon are silicon.
    perfect, usual = prices.stoichiometric(exact(100.0)), prices.stoichiometric(Interval(73, 75, 74)).ferrosilicon_t
    assert perfect.ferrosilicon_t.best == pytest.approx(0.7703, abs=1e-4)
    assert perfect.dolomite_t.best == pytest.approx(7.587 / 0.96, abs=1e-3)
    assert (usual.low, usual.high) == pytest.approx((0.7703 / 0.75, 0.7703 / 0.73), abs=1e-3)


# A profit of 1,758 on a day with ingot at 16,150, ferrosilicon at 5,650 and dolomite at 78 CNY/t.
DAY = "2025-06-26"
CALIBRATION = prices.Calibration("2025-06-30", (16150.0, DAY), (5650.0, DAY), (78.0, "2025-07-01"), exact(1758.0))


def test_a_stated_profit_goes_with_the_last_quotes_before_its_day_and_with_the_first_where_none_is():
    quoted = [priced({DAY: value, "2025-07-01": 1}) for value in (16150, 5650)] + [priced({"2025-07-01": 78})]
    profit = pd.Series({"period": "2025-06-30", "value": 1758.0, "bound_low": 1758.0, "bound_high": 1758.0})
    assert prices.calibrate(profit, *quoted) == CALIBRATION


def test_a_month_is_built_up_of_three_prices():
    months = pd.DataFrame({"price": [16000.0, 16150.0], "ferrosilicon": [5755.0, 5650.0], "dolomite": [108.0, 78.0]})
    row, same = prices.build_up(months, Interval(73, 75, 74), CALIBRATION).to_dict("records")
    needs = prices.stoichiometric(exact(74.0))
    cost = 14392 + 105 * needs.ferrosilicon_t.best + 30 * needs.dolomite_t.best
    assert row["cost"] == row["ferrosilicon"] + row["dolomite"] + row["other"] == pytest.approx(cost)
    assert row["margin_pct"] == pytest.approx(100 * (16000 - cost) / 16000)
    # At the prices of the calibration the recovery says nothing.
    assert same["cost"] == pytest.approx(14392)


def test_events_stand_beside_the_moves_of_their_days_and_of_their_month():
    days = {"period": ["2025-03-12", "2025-06-11"], "before": ["2025-03-07", "2025-05-30"]}
    dates = ["2025-03-01", "2025-02-27", "2025-03-13", "2025-03", "2025-05", "2025"]
    names = ["near", "early", "late", "of the month", "of the month before", "of the year"]
    events = pd.DataFrame({"date": dates, "what": names})
    near = prices.events_near(pd.DataFrame(days), events)
    assert near[["what", "date"]].values.tolist() == [["near", "2025-03-01"], ["of the month", "2025-03"]]
