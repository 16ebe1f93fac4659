"""Reconciliation on ledgers small enough to check by hand; prints that meet only at the edge of their rounding."""

import pandas as pd
import pytest

from metalsbook.analysis.reconcile import Reconciliation, reconcile
from metalsbook.analysis.reconcile.facts import read_facts
from metalsbook.analysis.reconcile.system import touches
from tests.analysis.frames import make_series, make_statements


def solve(*rows, series=("a",)) -> Reconciliation:
    return reconcile(make_statements(*rows), make_series(*series))


def month_of(result: Reconciliation, period: str, series: str = "a") -> pd.Series:
    return result.estimates.set_index(["series", "period"]).loc[series, period]


def ends(result: Reconciliation, period: str) -> tuple[float, float]:
    return tuple(month_of(result, period)[["low", "high"]])


WHOLE, SHARE = ("a", "level", "2025-03", 1000, 1), ("s", "level", "2025-03", 25, 0.1)
TO_FEBRUARY, TO_MARCH = ("a", "ytd", "2025-02", 300, 1), ("a", "ytd", "2025-03", 500, 1, "2025-03-31")
SHARED = ("a", {"series": "b", "part_of": "a"}, {"series": "s", "kind": "share", "share_of": "b/a"})


@pytest.mark.parametrize(
    ("rows", "series", "period", "basis", "low", "high"),
    [
        ([WHOLE], "a", "2025-03", "reported", 999.5, 1000.5),
        ([WHOLE, SHARE], "b", "2025-03", "implied", 249.4, 250.6),
        ([TO_FEBRUARY, TO_MARCH], "a", "2025-03", "implied", 199, 201),
        # Months known only together are open.
        ([TO_FEBRUARY], "a", "2025-01", "open", 0, 300.5),
    ],
)
def test_a_month_is_as_open_as_its_figures_leave_it(rows, series, period, basis, low, high):
    row = month_of(solve(*rows, series=SHARED), period, series)
    assert row["basis"] == basis and [row["low"], row["high"]] == pytest.approx([low, high], abs=0.1)
    assert pd.isna(row["best"]) == (basis == "open")


def test_rival_levels_conflict_and_the_interval_covers_both():
    result = solve(("a", "level", "2025-03", 100, 1), ("a", "level", "2025-03", 104, 1))
    assert result.conflicts["statement"].tolist() == ["st-0000", "st-0001"]
    assert result.conflicts["gap"].iloc[0] == pytest.approx(3, abs=1e-3)
    assert ends(result, "2025-03") == pytest.approx((99.5, 104.5), abs=0.01)


def test_the_last_level_counts_and_earlier_prints_are_revisions():
    result = solve(("a", "level", "2025-03", 1000, 1, "2025-04-20"), ("a", "level", "2025-03", 1004, 1, "2025-09-20"))
    assert result.conflicts.empty and month_of(result, "2025-03")["best"] == 1004
    assert ends(result, "2025-03") == pytest.approx((1003.5, 1004.5), abs=0.01)
    assert result.revisions[["printed", "later", "direction"]].iloc[0].tolist() == ["2025-04", "2025-09", "up"]


def test_row_order_does_not_matter():
    rows = [
        ("a", "level", "2025-01", 100, 1),
        ("a", "level", "2025-02", 140, 1),
        ("a", "mom", "2025-02", 30, 1),
        ("a", "ytd", "2025-03", 400, 1),
        ("b", "level", "2025-03", 50, 1),
        ("a", "level", "2025-03", 170, 1),
    ]
    statements, series = make_statements(*rows), make_series("a", {"series": "b", "part_of": "a"})
    first = reconcile(statements, series)
    second = reconcile(statements.sample(frac=1, random_state=4), series.iloc[::-1])
    for name in ("estimates", "conflicts", "revisions", "allowances", "left_out"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))


def test_nothing_to_reconcile_gives_empty_frames():
    result = solve(("p", "level", "2025-01", 100, 1), series=({"series": "p", "kind": "price"},))
    assert result.estimates.empty and result.conflicts.empty
    assert result.left_out["reason"].tolist() == ["price series"]


HUNDREDS = (("a", "level", "2025-09", 43500, 100, "", "one"), ("a", "level", "2025-09", 43400, 100, "", "two"))


def test_of_two_prints_that_touch_the_lower_one_is_read_as_cut_off():
    result = solve(*HUNDREDS)
    assert ends(result, "2025-09") == pytest.approx((43450, 43500), abs=1.1)
    assert 43450 < month_of(result, "2025-09")["best"] <= 43500
    assert result.conflicts.empty, "digits cut off are no contradiction"


@pytest.mark.parametrize(("value", "resolution"), [(5773.0, 1.0), (27_687_000.0, 1000.0), (48_355.7, 0.1)])
def test_precise_prints_that_touch_do_not_collapse(value, resolution):
    pair = [("a", "level", "2025-09", one, resolution) for one in (value, value + resolution)]
    low, high = ends(solve(*pair), "2025-09")
    assert value - resolution / 2 <= low < high <= value + 1.5 * resolution
    assert high - low > 0.4 * resolution


def test_rival_rates_that_touch_leave_both_open():
    rows = [("a", "yoy", "2025-06", 26.4, 0.1), ("a", "yoy", "2025-06", 26.5, 0.1), ("a", "level", "2025-06", 1000, 1)]
    low, high = ends(solve(*rows), "2024-06")
    assert low < 1000 / 1.265 and high > 1000 / 1.264


def test_prints_that_touch_are_no_rivals_where_one_is_of_a_later_round_or_finer():
    result = solve(("a", "level", "2025-09", 43500, 100, "2025-12-20", "one"), HUNDREDS[1])
    assert result.conflicts.empty
    assert ends(result, "2025-09") == pytest.approx((43450, 43550), abs=0.1)
    assert solve(("a", "level", "2025-09", 43400, 100), ("a", "level", "2025-09", 43450, 10)).conflicts.empty


def test_a_bound_that_is_not_rounding_does_not_touch():
    over = make_statements(("a", "level", "2025-09", 43450, 100), ("a", "level", "2025-09", 43400, 100))
    over.loc[0, ["bound_low", "bound_high"]] = [43450.0, 43550.1]
    facts, _ = read_facts(over, make_series("a"))
    assert not touches(*sorted(facts, key=lambda fact: fact.low))
