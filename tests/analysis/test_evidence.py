import pandas as pd
import pytest

from metalsbook.analysis.evidence import Estimates, Evidence, find_beside, find_families
from metalsbook.analysis.findings import BETWEEN, ESTIMATED, PACED, NoFigure
from tests.analysis import frames


def test_parts_totals_and_shares_are_one_family():
    families = find_families(frames.series())
    exports = {"exports.total", "exports.ingot", "exports.alloy", "exports.ingot.share"}
    exports |= {"exports.ingot.to.NLD", "exports.ingot.to.IND"}
    assert families["exports.ingot.to.NLD"] == exports
    assert families["exports.ingot.share"] == exports
    assert families["metal.price"] == {"metal.price"}


def test_beside_a_series_are_its_total_and_the_other_parts():
    catalogue = frames.series()
    lines = {"exports.total", "exports.ingot", "exports.alloy", "exports.ingot.share"}
    assert find_beside(catalogue, "exports.ingot") == lines
    assert find_beside(catalogue, "exports.total") == lines
    assert find_beside(catalogue, "exports.ingot.to.NLD") == {
        "exports.ingot",
        "exports.ingot.to.NLD",
        "exports.ingot.to.IND",
    }
    assert find_beside(catalogue, "metal.price") == {"metal.price"}
    assert find_beside(catalogue, "no.such.series") == {"no.such.series"}


SOURCES = frames.sources(("a", "House A", ""), ("b", "House B", ""), ("c", "House C (copy)", ""))


def prints(*rows):
    return Evidence(frames.statements(*rows), frames.series(), SOURCES)


def test_a_print_that_more_publishers_support_is_taken_and_the_others_are_rivals():
    book = prints(
        ("exports.total", "level", "2025-01", "1,134 t", "a"),
        ("exports.total", "level", "2025-01", "1,000 tons", "b"),
        ("exports.total", "level", "2025-01", "1,001 t", "c"),
    )
    finding = book.reported("exports.total", "level", "2025-01")
    assert finding.best == 1001
    assert [rival.best for rival in finding.rivals] == [1134]
    assert finding.statements == ("st-002", "st-001")


def test_a_day_without_quote_lies_between_its_neighbours():
    book = prints(
        ("metal.price", "level", "2025-08-15", "17,300-17,400", "a"),
        ("metal.price", "level", "2025-08-19", "17,200-17,300", "b"),
    )
    finding = book.quote("metal.price", "2025-08-18")
    assert finding.basis == BETWEEN
    assert finding.low < 17_200 and finding.high > 17_400
    with pytest.raises(NoFigure, match="on both sides"):
        book.quote("metal.price", "2025-08-14")
    with pytest.raises(NoFigure, match="on both sides"):
        book.quote("metal.price", "2025-09-18")


def test_a_single_figure_stands_for_the_usual_range_of_its_price():
    book = prints(
        ("metal.price", "level", "2025-03-06", "15,000 yuan", "a"),
        ("metal.price", "level", "2025-03-07", "19,900-20,100 yuan", "a"),
    )
    finding = book.reported("metal.price", "level", "2025-03-06")
    assert (finding.low, finding.high) == pytest.approx((14_925, 15_075))


def test_a_month_of_a_price_needs_enough_quotes():
    days = [("metal.price", "level", f"2025-03-0{day}", f"{day},000 yuan", "a") for day in (1, 2, 3)]
    assert prints(*days).mean_of_quotes("metal.price", "2025-03").best == 2000
    with pytest.raises(NoFigure, match="fewer than 3 quotes"):
        prints(*days[:2]).mean_of_quotes("metal.price", "2025-03")


def evidence(*rows, solve=None, narrow=False):
    return Evidence(frames.statements(*rows), frames.series(), SOURCES, solve, narrow)


def estimates(*rows):
    frame = pd.DataFrame(rows, columns=["series", "period", "low", "high", "best", "basis"])
    return lambda statements, series: Estimates(frame)


def test_december_to_date_is_the_year():
    book = evidence(("exports.total", "level", "2024", "459,800 t", "a"))
    assert book.figure("exports.total", "ytd", "2024-12").best == 459_800


def test_growth_is_computed_from_printed_levels_where_nobody_prints_it():
    book = evidence(
        ("exports.total", "level", "2025-01", "1,000.0 t", "a"), ("exports.total", "level", "2025-02", "1,100.0 t", "b")
    )
    assert book.figure("exports.total", "mom", "2025-02").best == pytest.approx(10)


def test_a_sum_to_date_continues_the_last_printed_one():
    book = evidence(
        ("exports.total", "ytd", "2025-02", "2,000 t", "a"), ("exports.total", "level", "2025-03", "500 t", "a")
    )
    assert book.figure("exports.total", "ytd", "2025-03").best == 2500


def test_a_sum_to_date_is_no_more_than_a_later_one():
    solve = estimates(("exports.total", "2025-03", 0, 9_000, 4_500, "open"))
    book = evidence(
        ("exports.total", "ytd", "2025-02", "2,000 t", "a"),
        ("exports.total", "ytd", "2025-04", "4,100 t", "a"),
        solve=solve,
    )
    finding = book._month_by_month("exports.total", "2025-03")
    assert (finding.low, finding.high) == (1_950, 4_150)
    paced = book.figure("exports.total", "ytd", "2025-03")
    assert (paced.low, paced.high, paced.basis) == (2_450, 3_650, PACED)
    assert finding.statements == ("st-000", "st-001")


def test_a_share_is_computed_from_its_two_sides():
    book = evidence(
        ("exports.ingot", "level", "2025-02", "50 t", "a"), ("exports.total", "level", "2025-02", "80 t", "a")
    )
    assert book.figure("exports.ingot.share", "level", "2025-02").best == pytest.approx(62.5)


def test_estimates_come_last_and_open_ended_ones_never():
    solve = estimates(
        ("exports.total", "2025-01", 90, 110, 100, "implied"),
        ("exports.total", "2025-02", 0, float("inf"), float("nan"), "open"),
    )
    book = evidence(("exports.total", "level", "2025-03", "120 t", "a"), solve=solve)
    assert book.figure("exports.total", "level", "2025-01").basis == ESTIMATED
    assert book.figure("exports.total", "level", "2025-03").best == 120
    with pytest.raises(NoFigure, match="nor others that lead to it"):
        book.figure("exports.total", "level", "2025-02")


def test_narrow_evidence_uses_what_reconciliation_leaves_of_a_coarse_print():
    rows = [("exports.total", "level", "2025-01", "1 million tons", "a")]
    solve = estimates(("exports.total", "2025-01", 1_002_000, 1_004_000, 1_003_000, "implied"))
    wide = evidence(*rows, solve=solve).figure("exports.total", "level", "2025-01")
    narrow = evidence(*rows, solve=solve, narrow=True).figure("exports.total", "level", "2025-01")
    assert wide.high - wide.low > 50_000
    assert (narrow.low, narrow.high, narrow.best) == (1_002_000, 1_004_000, 1_002_000)


def test_only_the_series_of_one_family_are_solved_and_once():
    calls = []

    def solve(statements, series):
        calls.append(sorted(set(statements["series"])))
        return Estimates(pd.DataFrame(columns=["series", "period", "low", "high", "best", "basis"]))

    book = evidence(
        ("exports.total", "level", "2025-01", "10 t", "a"),
        ("exports.ingot", "level", "2025-01", "5 t", "a"),
        ("cars.output", "level", "2025-01", "7", "a"),
        solve=solve,
    )
    for name in ("exports.ingot", "exports.total", "exports.alloy"):
        with pytest.raises(NoFigure):
            book.figure(name, "level", "2025-02")
    assert calls == [["exports.ingot", "exports.total"]]


def test_an_unknown_series_has_no_figure():
    with pytest.raises(NoFigure):
        evidence(("exports.total", "level", "2025-01", "10 t", "a")).figure("nothing.here", "level", "2025-01")


def test_mean_of_months_takes_the_narrower_of_months_and_sums():
    book = evidence(
        ("exports.total", "level", "2025-09", "27,717 t", "a"),
        ("exports.total", "level", "2025-10", "13,782 t", "a"),
        ("exports.total", "level", "2025-11", "22,218 t", "a"),
        ("exports.total", "ytd", "2025-08", "166,000 t", "b"),
        ("exports.total", "ytd", "2025-11", "229,800 t", "a"),
    )
    mean = book.mean_of_months("exports.total", "2025-09", "2025-11")
    assert mean.best == pytest.approx(21_239)
    assert mean.high - mean.low < 2
