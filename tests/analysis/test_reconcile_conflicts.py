"""Conflicts: who clashes, who is suspected, what the interval covers, what would explain it, the sum that shows it."""

import pytest

from metalsbook.analysis.reconcile import reconcile, telling
from metalsbook.analysis.reconcile.solver import SolverFailure
from tests.analysis.ledger_builder import make_series, make_statements

ALONE = make_series("a")


def conflicts_of(*rows, series=ALONE):
    return reconcile(make_statements(*rows), series).conflicts


def test_a_rate_and_its_levels_clash_and_the_sum_shows_it():
    found = conflicts_of(
        ("a", "level", "2025-06", 20393, 1, "2025-08-31"),
        ("a", "level", "2025-07", 25000, 100),
        ("a", "mom", "2025-07", 6.11, 0.01),
    )
    assert len(found) == 3
    lines = found["worked_sum"].iloc[0].split("\n")
    assert lines == [
        "a 2025-07: 20,393 x (1 + 6.11%) = 21,637.5 to 21,640.6",
        "but 25,000 (24,950.0 to 25,050.0) was printed for a 2025-07: 3,309.4 above 21,640.6",
    ]
    assert found["gap"].iloc[0] == 3309.4


def test_a_figure_that_nothing_leaves_room_for_is_told_without_an_explanation(monkeypatch):
    def fail(*_):
        raise SolverFailure("at the edge")

    monkeypatch.setattr(telling, "explain", fail)
    found = conflicts_of(("a", "level", "2025-06", 100, 1), ("a", "level", "2025-06", 200, 1))
    assert len(found) == 2 and set(found["explanation"]) == {""}


def test_rival_rates_need_no_level():
    found = conflicts_of(("a", "yoy", "2025-06", 26.4, 0.1), ("a", "yoy", "2025-06", 45.4, 0.1))
    assert len(found) == 2
    assert found["worked_sum"].iloc[0] == (
        "a 2025-06 against 2024-06: +26.4% (26.35 to 26.45) and +45.4% (45.35 to 45.45) were printed: "
        "18.90 percentage points apart"
    )
    assert found[["gap", "gap_unit"]].iloc[0].tolist() == [18.9, "pp"]


def test_a_month_above_the_sum_of_two_is_a_conflict():
    found = conflicts_of(("a", "ytd", "2025-02", 90, 1), ("a", "level", "2025-01", 120, 1, "2025-03-31"))
    assert found["worked_sum"].iloc[0].split("\n") == [
        "a 2025-01 to 2025-02: at least 120 of fewer months = 119.5 or more",
        "but 90 (89.5 to 90.5) was printed for a 2025-01 to 2025-02: 29.0 below 119.5",
    ]


def test_the_suspect_is_the_one_that_the_others_agree_against():
    rows = [
        ("a", "level", "2025-01", 1000, 1),
        ("a", "level", "2025-02", 1100, 1),
        ("a", "level", "2025-03", 12100, 1),
        ("a", "mom", "2025-02", 10, 1),
        ("a", "mom", "2025-03", 10, 1),
        ("a", "ytd", "2025-03", 3310, 1),
        ("a", "ytd", "2025-02", 2100, 1),
        ("a", "mean3", "2025-03", 1103.3, 0.1),
    ]
    rows = [(*row, "", f"page {number}") for number, row in enumerate(rows)]
    result = reconcile(make_statements(*rows), ALONE)
    assert set(result.conflicts.loc[result.conflicts["role"] == "suspect", "statement"]) == {"st-0002"}
    explained = result.conflicts.set_index("statement").loc["st-0002", "explanation"]
    assert "10 times too high" in explained
    march = result.estimates.set_index("period").loc["2025-03"]
    assert march["high"] < 1300, "one figure against three is a slip, not a side"


def test_two_that_agree_outvote_one():
    rows = [
        ("a", "level", "2025-03", 1000, 1, "", "x"),
        ("a", "level", "2025-03", 1050, 1, "", "y"),
        ("a", "level", "2025-03", 1050, 2, "", "z"),
    ]
    row = reconcile(make_statements(*rows), ALONE).estimates.iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((1049.5, 1050.5), rel=1e-5)
    assert row["best"] == 1050


def test_five_shares_of_one_page_are_one_slip():
    parts = [f"p{number}" for number in range(5)]
    series = make_series(
        "a",
        *({"series": part, "part_of": "a"} for part in parts),
        *({"series": f"{part}.share", "kind": "share", "share_of": f"{part}/a"} for part in parts),
    )
    rows = [("a", "level", "2025-03", 1000, 1, "", "page"), ("a", "level", "2025-03", 1000, 10, "", "other")]
    rows += [(part, "level", "2025-03", 100, 1, "", "page") for part in parts]
    rows += [(f"{part}.share", "level", "2025-03", 8, 1, "", "page") for part in parts]
    result = reconcile(make_statements(*rows), series)
    row = result.estimates.set_index("series").loc["a"]
    assert row["low"] <= 1000 <= row["high"]
    assert not result.conflicts.empty


def test_months_without_the_conflict_keep_their_width():
    rows = [("a", "level", "2025-01", 100, 1), ("a", "level", "2025-01", 104, 1), ("b", "level", "2025-01", 50, 1)]
    result = reconcile(make_statements(*rows), make_series("a", "b"))
    other = result.estimates.set_index("series").loc["b"]
    assert (other["low"], other["high"], other["conflicts"]) == (49.5, 50.5, "")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("a", "level", "2025-03", 1221, 1), "two digits are swapped: 1,212"),
        (("a", "level", "2025-03", 1211, 1), "its digits are cut off, not rounded"),
        (("a", "level", "2025-03", 121.2, 0.1), "10 times too low"),
        (("a", "level", "2025-03", 3312, 1), "it is the ytd, not the level"),
    ],
)
def test_slips_are_tried_by_solving_again(wrong, words):
    rows = [("a", "ytd", "2025-02", 2100, 0.2, "2025-04-30"), ("a", "ytd", "2025-03", 3311.8, 0.2), wrong]
    found = conflicts_of(*rows).set_index("statement")
    assert words in found.loc["st-0002", "explanation"]


def test_a_swap_of_digits_explains_only_a_figure_that_the_others_pin():
    rows = [("a", "ytd", "2025-02", 2100, 10, "2025-04-30"), ("a", "ytd", "2025-03", 3340, 10)]
    found = conflicts_of(*rows, ("a", "level", "2025-03", 1421, 1)).set_index("statement")
    assert "swapped" not in found.loc["st-0002", "explanation"]


def test_a_sign_and_a_label_are_tried_for_rates():
    months = (("2024-03", 2000), ("2025-02", 1000), ("2025-03", 1100))
    levels = [("a", "level", month, value, 1) for month, value in months]
    found = conflicts_of(*levels, ("a", "mom", "2025-03", -10, 0.1)).set_index("statement")
    assert "its sign is wrong" in found.loc["st-0003", "explanation"]
    both_years = ("a", "ytd_yoy", "2025-03", -40, 40)
    found = conflicts_of(*levels, ("a", "mom", "2025-03", -45, 0.1), both_years).set_index("statement")
    assert "it is the yoy, not the mom" in found.loc["st-0003", "explanation"]


def test_a_share_of_another_period_and_of_another_total_are_tried():
    share = {"series": "s", "kind": "share", "share_of": "b/a"}
    series = make_series("a", {"series": "b", "part_of": "a"}, {"series": "c", "part_of": "a"}, share)
    figures = {"a": (1000, 2500), "b": (300, 500), "c": (600, 900)}
    rows = [(name, "level", "2025-02", level, 0.2) for name, (level, _) in figures.items()]
    rows += [(name, "ytd", "2025-02", ytd, 0.2) for name, (_, ytd) in figures.items()]
    found = conflicts_of(*rows, ("s", "level", "2025-02", 20, 0.1), series=series).set_index("statement")
    assert found.loc["st-0006", "explanation"] == "it is the ytd, not the level"
    found = conflicts_of(*rows, ("s", "level", "2025-02", 50, 0.1), series=series).set_index("statement")
    assert found.loc["st-0006", "explanation"] == "it is a share of c"


def test_the_growth_of_the_total_printed_for_the_part_is_named():
    series = make_series("a", {"series": "b", "part_of": "a"})
    rows = [
        ("a", "yoy", "2025", 13.6, 0.1),
        ("b", "yoy", "2025", 13.6, 0.1),
        ("b", "yoy", "2025", 24.4, 0.1),
        ("b", "level", "2024", 1000, 1),
        ("b", "level", "2025", 1244, 1),
        ("a", "level", "2025", 5000, 1),
        ("b", "level", "2025-03", 100, 1),
        ("a", "level", "2025-03", 400, 1),
    ]
    found = conflicts_of(*rows, series=series).set_index("statement")
    assert "it is the figure of the total a" in found.loc["st-0001", "explanation"]


def test_a_revision_beyond_the_allowance_is_offered():
    rows = [("a", "ytd", "2025-02", 2000, 1), ("a", "level", "2025-03", 1000, 1), ("a", "ytd", "2025-03", 3100, 1)]
    found = conflicts_of(*rows)
    assert found["explanation"].str.contains("2025-02 was revised by").any()


def test_a_revised_year_is_called_by_its_year():
    rows = [
        ("a", "level", "2023", value, 1000, day) for value, day in ((240_000, "2024-02-01"), (255_000, "2025-02-01"))
    ]
    found = conflicts_of(*rows)
    assert found["explanation"].str.contains("^2023 was revised by").all()


def test_the_total_printed_for_the_part_is_named():
    series = make_series("a", {"series": "b", "part_of": "a"})
    rows = [
        ("a", "level", "2025-03", 1000, 1),
        ("b", "level", "2025-03", 1000, 1),
        ("b", "ytd", "2025-02", 900, 1),
        ("b", "ytd", "2025-03", 1300, 1),
    ]
    found = conflicts_of(*rows, series=series).set_index("statement")
    assert "the total a" in found.loc["st-0001", "explanation"]


def test_conflict_ids_do_not_depend_on_other_conflicts():
    pair = [("a", "level", "2025-03", 100, 1), ("a", "level", "2025-03", 104, 1)]
    alone = conflicts_of(*pair)
    both = conflicts_of(*pair, ("a", "level", "2020-01", 7, 1), ("a", "level", "2020-01", 9, 1))
    assert set(alone["conflict"]) < set(both["conflict"])


def test_a_total_that_only_shares_speak_of_leaves_both_sides_open():
    share = {"series": "s", "kind": "share", "share_of": "b/a"}
    series = make_series("a", {"series": "b", "part_of": "a"}, share)
    rows = [
        ("b", "level", "2025-03", 1_000_000, 1, "", "one"),
        ("b", "level", "2025-03", 1_050_000, 1, "", "two"),
        ("s", "level", "2025-03", 0.2, 0.1),
    ]
    row = reconcile(make_statements(*rows), series).estimates.set_index("series").loc["b"]
    assert row["low"] <= 1_000_000
    assert row["high"] >= 1_050_000


def test_the_gap_is_told_in_the_series_in_which_it_is_measured():
    share = {"series": "s", "kind": "share", "share_of": "b/a"}
    series = make_series("a", {"series": "b", "part_of": "a"}, share)
    rows = [("a", "level", "2024-05", 20836, 1), ("b", "level", "2024-05", 1578, 1), ("s", "level", "2024-05", 6, 1)]
    row = conflicts_of(*rows, series=series).iloc[0]
    assert (row["gap_series"], row["gap_period"], row["gap_unit"]) == ("b", "2024-05", "")
    assert row["gap"] == pytest.approx(223.1)
    assert row["gap_pct"] == pytest.approx(100 * 223.1 / 1466, rel=1e-3)


def test_a_revision_far_beyond_the_allowance_explains_nothing():
    rows = [("a", "ytd", "2025-02", 2000, 1), ("a", "level", "2025-03", 1000, 1), ("a", "ytd", "2025-03", 3200, 1)]
    found = conflicts_of(*rows)
    assert len(found) == 3
    assert not found["explanation"].str.contains("was revised by").any()


def test_a_revision_of_a_small_year_explains_no_rival_rates():
    rows = [
        ("a", "yoy", "2024", 24.4, 0.1, "2025-09-30"),
        ("a", "yoy", "2024", 13.6, 0.1, "2025-01-31"),
        ("a", "level", "2024-03", 100, 1),
    ]
    found = conflicts_of(*rows)
    assert len(found) == 2
    assert not found["explanation"].str.contains("was revised by").any()


def test_an_explanation_belongs_to_the_conflict_that_it_settles():
    rows = [
        ("a", "level", "2025-03", 1000, 1, "", "x"),
        ("a", "level", "2025-03", 1100, 1, "", "y"),
        ("a", "level", "2025-03", 10000, 1, "", "z"),
    ]
    found = conflicts_of(*rows)
    ten = found[found["explanation"].str.contains("10 times too high")]
    assert set(ten["statement"]) == {"st-0002"}


def test_a_factor_that_fits_anything_explains_nothing():
    found = conflicts_of(("a", "level", "2021", 30000, 5000), ("a", "ytd", "2021-10", 38000, 1000))
    assert not found.empty
    assert not found["explanation"].str.contains("times too").any()


def test_a_lower_bound_alone_is_carried_to_another_vintage():
    statements = make_statements(
        ("a", "ytd", "2025-02", 400, 1, "2025-03-31"),
        ("a", "ytd", "2025-03", 300, 1, "2025-09-30"),
        ("a", "level", "2025-03", 50, 1, "2025-04-30"),
        ("a", "ytd_yoy", "2025-02", 10, 1, "2025-03-31"),
    )
    statements.loc[0, "bound_high"] = float("inf")
    found = reconcile(statements, ALONE).conflicts
    assert not found.empty
    assert "inf" not in " ".join(found["worked_sum"])
