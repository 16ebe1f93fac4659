"""Reconciliation on ledgers small enough to check by hand."""

import pandas as pd
import pytest

from metalsbook.analysis.reconcile import reconcile
from tests.analysis.ledger_builder import make_series, make_statements


def interval(result, series: str, period: str) -> tuple[float, float]:
    row = result.estimates.set_index(["series", "period"]).loc[series, period]
    return row["low"], row["high"]


def test_a_level_is_reported_with_its_rounding():
    result = reconcile(make_statements(("a", "level", "2025-03", 20400, 100)), make_series("a"))
    row = result.estimates.iloc[0]
    assert (row["basis"], row["best"]) == ("reported", 20400)
    assert interval(result, "a", "2025-03") == pytest.approx((20350, 20450), abs=0.1)


def test_a_month_is_implied_by_two_cumulated_figures():
    statements = make_statements(("a", "ytd", "2025-02", 300, 1), ("a", "ytd", "2025-03", 500, 1, "2025-03-31"))
    result = reconcile(statements, make_series("a"))
    row = result.estimates.set_index("period").loc["2025-03"]
    assert row["basis"] == "implied"
    assert interval(result, "a", "2025-03") == pytest.approx((199, 201), abs=0.01)
    assert row["binding"] == "st-0000 st-0001"


def test_months_known_only_together_are_open():
    result = reconcile(make_statements(("a", "ytd", "2025-02", 300, 1)), make_series("a"))
    assert result.estimates["basis"].tolist() == ["open", "open"]
    assert result.estimates["best"].isna().all()
    assert interval(result, "a", "2025-01") == pytest.approx((0, 300.5), abs=0.01)


def test_rival_levels_conflict_and_the_interval_covers_both():
    statements = make_statements(("a", "level", "2025-03", 100, 1), ("a", "level", "2025-03", 104, 1))
    result = reconcile(statements, make_series("a"))
    assert result.conflicts["statement"].tolist() == ["st-0000", "st-0001"]
    assert result.conflicts["gap"].iloc[0] == pytest.approx(3, abs=1e-3)
    assert interval(result, "a", "2025-03") == pytest.approx((99.5, 104.5), abs=0.01)


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
    prices = make_series({"series": "p", "kind": "price"})
    result = reconcile(make_statements(("p", "level", "2025-01", 100, 1)), prices)
    assert result.estimates.empty
    assert result.conflicts.empty
    assert result.left_out["reason"].tolist() == ["price series"]


def test_the_last_level_counts_and_earlier_prints_are_revisions():
    statements = make_statements(
        ("a", "level", "2025-03", 1000, 1, "2025-04-20"), ("a", "level", "2025-03", 1004, 1, "2025-09-20")
    )
    result = reconcile(statements, make_series("a"))
    assert result.conflicts.empty
    assert result.estimates["best"].tolist() == [1004]
    assert interval(result, "a", "2025-03") == pytest.approx((1003.5, 1004.5), abs=0.01)
    assert result.revisions[["printed", "later", "direction"]].iloc[0].tolist() == ["2025-04", "2025-09", "up"]


def test_a_share_pins_a_part():
    share = {"series": "s", "kind": "share", "share_of": "b/a"}
    statements = make_statements(("a", "level", "2025-03", 1000, 1), ("s", "level", "2025-03", 25, 0.1))
    result = reconcile(statements, make_series("a", {"series": "b", "part_of": "a"}, share))
    low, high = interval(result, "b", "2025-03")
    assert (low, high) == pytest.approx((249.4, 250.7), abs=0.1)
    assert result.estimates.set_index("series").loc["b", "basis"] == "implied"
