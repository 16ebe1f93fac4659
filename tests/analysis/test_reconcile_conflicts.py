"""Conflicts: who clashes, who is suspected, what the interval covers, what would explain it, the sum that shows it."""

import pytest

from metalsbook.analysis.reconcile import Habits, Months, reconcile, telling
from metalsbook.analysis.reconcile.solver import SolverFailure
from metalsbook.analysis.reconcile.system import LOOSE
from tests.analysis.frames import make_series, make_statements

ALONE = make_series("a")


def conflicts_of(*rows, series=ALONE):
    return reconcile(make_statements(*rows), series).conflicts


RATE_AND_LEVELS = (
    ("a", "level", "2025-06", 20393, 1, "2025-08-31"),
    ("a", "level", "2025-07", 25000, 100),
    ("a", "mom", "2025-07", 6.11, 0.01),
)
RIVAL_RATES = (("a", "yoy", "2025-06", 26.4, 0.1), ("a", "yoy", "2025-06", 45.4, 0.1))
ABOVE_THE_SUM = (("a", "ytd", "2025-02", 90, 1), ("a", "level", "2025-01", 120, 1, "2025-03-31"))


PRODUCT = (
    "a 2025-07: 20,393 x (1 + 6.11%) = 21,637.5 to 21,640.6\n"
    "but 25,000 (24,950.0 to 25,050.0) was printed for a 2025-07: 3,309.4 above 21,640.6"
)
RIVALS = (
    "a 2025-06 against 2024-06: +26.4% (26.35 to 26.45) and +45.4% (45.35 to 45.45) were printed: "
    "18.90 percentage points apart"
)
FEWER_MONTHS = (
    "a 2025-01 to 2025-02: at least 120 of fewer months = 119.5 or more\n"
    "but 90 (89.5 to 90.5) was printed for a 2025-01 to 2025-02: 29.0 below 119.5"
)


@pytest.mark.parametrize(
    ("rows", "gap", "unit", "lines"),
    [
        (RATE_AND_LEVELS, 3309.4, "", PRODUCT),
        (RIVAL_RATES, 18.9, "pp", RIVALS),
        (ABOVE_THE_SUM, 29.0, "", FEWER_MONTHS),
    ],
)
def test_figures_that_clash_are_told_with_the_sum_that_shows_it(rows, gap, unit, lines):
    found = conflicts_of(*rows)
    assert len(found) == len(rows) and found["worked_sum"].iloc[0] == lines
    assert found[["gap", "gap_unit"]].iloc[0].tolist() == [gap, unit]


SHIPPED = (
    ("a", "level", "2025-04", 517, 1, "2025-05-31"),
    ("a", "level", "2025-05", 551, 1, "2025-06-30"),
    ("a", "level", "2025-06", 592, 1, "2025-07-31"),
    ("a", "ytd", "2025-06", 3083, 1, "2025-07-31"),
    ("a", "level", "2025-08", 611, 1, "2025-09-30"),
    ("a", "mom", "2025-08", 6.2, 0.1, "2025-09-30"),
    ("a", "ytd", "2025-08", 4292, 1, "2025-09-30"),
)


def test_figures_that_clash_even_as_cut_or_revised_are_told_though_fewer_of_them_clash_as_printed():
    limits = Habits(limits={("revision", "a"): 0.0053}, family={"a": "a"})
    [component] = Months(make_statements(*SHIPPED), ALONE, limits).components()
    system = component.system
    clash = telling.show_clash(system, dict.fromkeys(range(system.size), LOOSE))
    assert clash.gap > 0 and len(clash.lines) == 2


def test_a_figure_that_nothing_leaves_room_for_is_told_without_an_explanation(monkeypatch):
    def fail(*_):
        raise SolverFailure("at the edge")

    monkeypatch.setattr(telling, "explain", fail)
    found = conflicts_of(("a", "level", "2025-06", 100, 1), ("a", "level", "2025-06", 200, 1))
    assert len(found) == 2 and set(found["explanation"]) == {""}


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
    levels = ((1000, 1, "x"), (1050, 1, "y"), (1050, 2, "z"))
    rows = [("a", "level", "2025-03", value, size, "", who) for value, size, who in levels]
    row = reconcile(make_statements(*rows), ALONE).estimates.iloc[0]
    assert [row["low"], row["high"], row["best"]] == pytest.approx([1049.5, 1050.5, 1050], rel=1e-5)


SHARE = {"series": "s", "kind": "share", "share_of": "b/a"}
SHARED = make_series("a", {"series": "b", "part_of": "a"}, {"series": "c", "part_of": "a"}, SHARE)
SUMS = [("a", "ytd", "2025-02", 2100, 0.2, "2025-04-30"), ("a", "ytd", "2025-03", 3311.8, 0.2)]
LEVELS = [("a", "level", month, 1000 * n, 1) for month, n in (("2024-03", 2), ("2025-02", 1), ("2025-03", 1.1))]
HALVED = [("a", "mom", "2025-03", -45, 0.1), ("a", "ytd_yoy", "2025-03", -40, 40)]
SHARES = [(name, "level", "2025-02", level, 0.2) for name, level in (("a", 1000), ("b", 300), ("c", 600))]
SHARES += [(name, "ytd", "2025-02", ytd, 0.2) for name, ytd in (("a", 2500), ("b", 500), ("c", 900))]
GROWTH_OF_THE_TOTAL = [
    ("a", "yoy", "2025", 13.6, 0.1),
    ("b", "yoy", "2025", 13.6, 0.1),
    ("b", "yoy", "2025", 24.4, 0.1),
    *(("b", "level", year, value, 1) for year, value in (("2024", 1000), ("2025", 1244), ("2025-03", 100))),
    *(("a", "level", year, value, 1) for year, value in (("2025", 5000), ("2025-03", 400))),
]


@pytest.mark.parametrize(
    ("rows", "series", "statement", "words"),
    [
        # Slips are tried by solving again.
        ([*SUMS, ("a", "level", "2025-03", 1221, 1)], ALONE, 2, "two digits are swapped: 1,212"),
        ([*SUMS, ("a", "level", "2025-03", 1211, 1)], ALONE, 2, "its digits are cut off, not rounded"),
        ([*SUMS, ("a", "level", "2025-03", 121.2, 0.1)], ALONE, 2, "10 times too low"),
        ([*SUMS, ("a", "level", "2025-03", 3312, 1)], ALONE, 2, "it is the ytd, not the level"),
        # A sign and a label of rates.
        ([*LEVELS, ("a", "mom", "2025-03", -10, 0.1)], ALONE, 3, "its sign is wrong"),
        ([*LEVELS, *HALVED], ALONE, 3, "it is the yoy, not the mom"),
        # A share of another period and of another total.
        ([*SHARES, ("s", "level", "2025-02", 20, 0.1)], SHARED, 6, "it is the ytd, not the level"),
        ([*SHARES, ("s", "level", "2025-02", 50, 0.1)], SHARED, 6, "it is a share of c"),
        (GROWTH_OF_THE_TOTAL, SHARED, 1, "it is the figure of the total a"),
    ],
)
def test_a_slip_that_makes_the_rest_fit_explains_a_figure(rows, series, statement, words):
    found = conflicts_of(*rows, series=series).set_index("statement")
    assert words in found.loc[f"st-000{statement}", "explanation"]


def revised(total: float) -> list[tuple]:
    return [("a", "ytd", "2025-02", 2000, 1), ("a", "level", "2025-03", 1000, 1), ("a", "ytd", "2025-03", total, 1)]


RATES = [("a", "yoy", "2024", 24.4, 0.1, "2025-09-30"), ("a", "yoy", "2024", 13.6, 0.1, "2025-01-31")]
PINNED = [("a", "ytd", "2025-02", 2100, 10, "2025-04-30"), ("a", "ytd", "2025-03", 3340, 10)]
YEAR = [("a", "level", "2023", 240_000, 1000, "2024-02-01"), ("a", "level", "2023", 255_000, 1000, "2025-02-01")]


@pytest.mark.parametrize(
    ("rows", "words", "offered"),
    [
        # A revision is offered up to beyond the allowance, not far beyond, and called by its year.
        (revised(3100), "2025-02 was revised by", True),
        (revised(3200), "was revised by", False),
        (YEAR, "^2023 was revised by", True),
        # That of a small year explains no rival rates.
        ([*RATES, ("a", "level", "2024-03", 100, 1)], "was revised by", False),
        # A swap of digits explains only what the others pin, a factor that fits anything nothing.
        ([*PINNED, ("a", "level", "2025-03", 1421, 1)], "swapped", False),
        ([("a", "level", "2021", 30000, 5000), ("a", "ytd", "2021-10", 38000, 1000)], "times too", False),
    ],
)
def test_what_is_offered_as_an_explanation(rows, words, offered):
    found = conflicts_of(*rows)
    assert not found.empty and found["explanation"].str.contains(words).any() == offered


def test_conflict_ids_do_not_depend_on_other_conflicts():
    pair = [("a", "level", "2025-03", 100, 1), ("a", "level", "2025-03", 104, 1)]
    alone = conflicts_of(*pair)
    both = conflicts_of(*pair, ("a", "level", "2020-01", 7, 1), ("a", "level", "2020-01", 9, 1))
    assert set(alone["conflict"]) < set(both["conflict"])


def test_a_total_that_only_shares_speak_of_leaves_both_sides_open():
    sides = [("b", "level", "2025-03", value, 1, "", who) for value, who in ((1_000_000, "one"), (1_050_000, "two"))]
    result = reconcile(make_statements(*sides, ("s", "level", "2025-03", 0.2, 0.1)), SHARED)
    row = result.estimates.set_index("series").loc["b"]
    assert row["low"] <= 1_000_000 < 1_050_000 <= row["high"]


def test_the_gap_is_told_in_the_series_in_which_it_is_measured():
    rows = [("a", "level", "2024-05", 20836, 1), ("b", "level", "2024-05", 1578, 1), ("s", "level", "2024-05", 6, 1)]
    row = conflicts_of(*rows, series=SHARED).iloc[0]
    assert (row["gap_series"], row["gap_period"], row["gap_unit"]) == ("b", "2024-05", "")
    assert [row["gap"], row["gap_pct"]] == pytest.approx([223.1, 100 * 223.1 / 1466], rel=1e-3)


def test_an_explanation_belongs_to_the_conflict_that_it_settles():
    levels = ((1000, "x"), (1100, "y"), (10000, "z"))
    found = conflicts_of(*(("a", "level", "2025-03", value, 1, "", who) for value, who in levels))
    ten = found[found["explanation"].str.contains("10 times too high")]
    assert set(ten["statement"]) == {"st-0002"}
