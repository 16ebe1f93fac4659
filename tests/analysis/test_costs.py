"""Costs: coefficients from chemistry, a calibration that gives back the stated profit, margins that add up."""

import pandas as pd
import pytest

from metalsbook.analysis.costs import (
    Calibration,
    build_up,
    calcination_co2_t,
    calibrate,
    price_known_at,
    raw_material_cost,
    stoichiometric,
)
from metalsbook.analysis.intervals import Interval, exact


def test_the_reaction_needs_what_textbooks_say():
    perfect = stoichiometric(exact(100.0))
    # One Si (28.085) frees two Mg (48.61); three quarters of ferrosilicon are silicon.
    assert perfect.ferrosilicon_t.best == pytest.approx(0.7703, abs=1e-4)
    assert perfect.dolomite_t.best == pytest.approx(7.587 / 0.96, abs=1e-3)
    assert calcination_co2_t(exact(100.0)).best == pytest.approx(3.6214, abs=1e-3)


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
