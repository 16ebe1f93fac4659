"""Prints that meet only at the edge of their rounding: the lower is read as cut off, and the month covers both."""

import pytest

from metalsbook.analysis.reconcile import reconcile
from metalsbook.analysis.reconcile.facts import read_facts
from metalsbook.analysis.reconcile.system import touches
from tests.analysis.ledger_builder import make_series, make_statements

HUNDREDS = (("a", "level", "2025-09", 43500, 100, "", "one"), ("a", "level", "2025-09", 43400, 100, "", "two"))


def solve(*rows, series=("a",)):
    return reconcile(make_statements(*rows), make_series(*series))


def test_of_two_prints_that_touch_the_lower_one_is_read_as_cut_off():
    result = solve(*HUNDREDS)
    row = result.estimates.iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((43450, 43500), abs=1.1)
    assert 43450 < row["best"] <= 43500
    assert result.conflicts.empty, "digits cut off are no contradiction"


@pytest.mark.parametrize(("value", "resolution"), [(5773.0, 1.0), (27_687_000.0, 1000.0), (48_355.7, 0.1)])
def test_precise_prints_do_not_collapse_either(value, resolution):
    row = solve(
        ("a", "level", "2025-09", value, resolution), ("a", "level", "2025-09", value + resolution, resolution)
    ).estimates.iloc[0]
    assert value - resolution / 2 <= row["low"] < row["high"] <= value + 1.5 * resolution
    assert row["high"] - row["low"] > 0.4 * resolution


def test_rival_rates_that_touch_leave_both_open():
    rows = [("a", "yoy", "2025-06", 26.4, 0.1), ("a", "yoy", "2025-06", 26.5, 0.1), ("a", "level", "2025-06", 1000, 1)]
    result = solve(*rows)
    before = result.estimates.set_index("period").loc["2024-06"]
    assert before["low"] < 1000 / 1.265
    assert before["high"] > 1000 / 1.264


def test_prints_of_different_rounds_that_touch_are_a_revision():
    later = ("a", "level", "2025-09", 43500, 100, "2025-12-20", "one")
    result = solve(later, HUNDREDS[1])
    assert result.conflicts.empty
    row = result.estimates.iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((43450, 43550), abs=0.1)


def test_a_finer_print_on_the_edge_of_a_coarser_one_is_no_rival():
    result = solve(("a", "level", "2025-09", 43400, 100), ("a", "level", "2025-09", 43450, 10))
    assert result.conflicts.empty


def test_a_bound_that_is_not_rounding_does_not_touch():
    over = make_statements(("a", "level", "2025-09", 43450, 100), ("a", "level", "2025-09", 43400, 100))
    over.loc[0, ["bound_low", "bound_high"]] = [43450.0, 43550.1]
    facts, _ = read_facts(over, make_series("a"))
    one, two = sorted(facts, key=lambda fact: fact.low)
    assert not touches(one, two)
