import pytest

from metalsbook.analysis.evidence import Estimates, find_beside, find_families
from metalsbook.analysis.findings import BETWEEN, ESTIMATED, PACED, NoFigure
from tests.analysis import frames
from tests.analysis.frames import evidence


def test_parts_totals_and_shares_are_one_family_and_the_nearest_of_it_stand_beside_a_series():
    families = find_families(frames.series())
    exports = {name for name in frames.series()["series"] if name.startswith("exports.")}
    assert families["exports.ingot.to.NLD"] == families["exports.ingot.share"] == exports
    assert families["metal.price"] == {"metal.price"}
    lines = {"exports.total", "exports.ingot", "exports.alloy", "exports.ingot.share"}
    lands = {"exports.ingot", "exports.ingot.to.NLD", "exports.ingot.to.IND"}
    beside = {"exports.ingot": lines, "exports.total": lines, "exports.ingot.to.NLD": lands, "no.series": {"no.series"}}
    assert {name: find_beside(frames.series(), name) for name in beside} == beside


TOTAL, INGOT, PRICE = "exports.total", "exports.ingot", "metal.price"


def solve_to(*rows: tuple):
    return lambda statements, series: Estimates(frames.estimates(*rows))


def test_a_print_that_more_publishers_support_is_taken_and_the_others_are_rivals():
    texts = {"a": "1,134 t", "b": "1,000 tons", "c": "1,001 t"}
    book = evidence(*((TOTAL, "level", "2025-01", text, who) for who, text in texts.items()))
    finding = book.reported(TOTAL, "level", "2025-01")
    assert finding.best == 1001 and finding.statements == ("st-002", "st-001")
    assert [rival.best for rival in finding.rivals] == [1134]


def test_a_day_without_quote_lies_between_its_neighbours():
    days = (("2025-08-15", "17,300-17,400", "a"), ("2025-08-19", "17,200-17,300", "b"))
    book = evidence(*((PRICE, "level", *day) for day in days))
    finding = book.quote(PRICE, "2025-08-18")
    assert finding.basis == BETWEEN and finding.low < 17_200 and finding.high > 17_400
    for day in ("2025-08-14", "2025-09-18"):
        with pytest.raises(NoFigure, match="on both sides"):
            book.quote(PRICE, day)


def test_a_single_figure_stands_for_the_usual_range_of_its_price():
    days = (("2025-03-06", "15,000 yuan"), ("2025-03-07", "19,900-20,100 yuan"))
    finding = evidence(*((PRICE, "level", *day) for day in days)).reported(PRICE, "level", "2025-03-06")
    assert (finding.low, finding.high) == pytest.approx((14_925, 15_075))


def test_a_month_of_a_price_needs_enough_quotes_which_go_before_what_is_printed_for_it():
    days = [(PRICE, "level", f"2025-03-0{day}", f"{day},000 yuan") for day in (1, 2, 3)]
    with pytest.raises(NoFigure, match="mean of at least 3 quotes"):
        evidence(*days[:2]).mean_of_quotes(PRICE, "2025-03")
    month = (PRICE, "level", "2025-03", "9,000 yuan")
    found = [evidence(*days[:count], month).figure(PRICE, "level", "2025-03").best for count in (3, 2)]
    assert found == [2000, 9000]


LEVELS = ((TOTAL, "level", "2025-01", "1,000.0 t"), (TOTAL, "level", "2025-02", "1,100.0 t", "b"))
TO_DATE = ((TOTAL, "ytd", "2025-02", "2,000 t"), (TOTAL, "level", "2025-03", "500 t"))
SIDES = ((INGOT, "level", "2025-02", "50 t"), (TOTAL, "level", "2025-02", "80 t"))


@pytest.mark.parametrize(
    ("rows", "asked", "best"),
    [
        # December to date is the year.
        ([(TOTAL, "level", "2024", "459,800 t")], (TOTAL, "ytd", "2024-12"), 459_800),
        (LEVELS, (TOTAL, "mom", "2025-02"), 10),
        # A sum to date continues the last printed one.
        (TO_DATE, (TOTAL, "ytd", "2025-03"), 2500),
        (SIDES, ("exports.ingot.share", "level", "2025-02"), 62.5),
    ],
)
def test_what_nobody_prints_is_computed_from_what_is_printed(rows, asked, best):
    assert evidence(*rows).figure(*asked).best == pytest.approx(best)


def test_a_sum_to_date_is_no_more_than_a_later_one():
    solve = solve_to((TOTAL, "2025-03", 0, 9_000, 4_500, "open"))
    book = evidence((TOTAL, "ytd", "2025-02", "2,000 t"), (TOTAL, "ytd", "2025-04", "4,100 t"), solve=solve)
    finding = book._month_by_month(TOTAL, "2025-03")
    assert (finding.low, finding.high, finding.statements) == (1_950, 4_150, ("st-000", "st-001"))
    paced = book.figure(TOTAL, "ytd", "2025-03")
    assert (paced.low, paced.high, paced.basis) == (2_450, 3_650, PACED)


def test_estimates_come_last_and_open_ended_ones_never():
    open_ended = (TOTAL, "2025-02", 0, float("inf"), float("nan"), "open")
    solve = solve_to((TOTAL, "2025-01", 90, 110, 100, "implied"), open_ended)
    book = evidence((TOTAL, "level", "2025-03", "120 t"), solve=solve)
    assert book.figure(TOTAL, "level", "2025-01").basis == ESTIMATED
    assert book.figure(TOTAL, "level", "2025-03").best == 120
    for name, said in ((TOTAL, "nor others that lead to it"), ("nothing.here", "no figure of 'nothing.here'")):
        with pytest.raises(NoFigure, match=said):
            book.figure(name, "level", "2025-02")


def test_narrow_evidence_uses_what_reconciliation_leaves_of_a_coarse_print():
    coarse = (TOTAL, "level", "2025-01", "1 million tons")
    solve = solve_to((TOTAL, "2025-01", 1_002_000, 1_004_000, 1_003_000, "implied"))
    wide, close = (
        evidence(coarse, solve=solve, narrow=narrow).figure(TOTAL, "level", "2025-01") for narrow in (False, True)
    )
    assert wide.high - wide.low > 50_000
    assert (close.low, close.high, close.best) == (1_002_000, 1_004_000, 1_002_000)


def test_only_the_series_of_one_family_are_solved_and_once():
    calls = []

    def solve(statements, series):
        calls.append(sorted(set(statements["series"])))
        return Estimates(frames.estimates())

    texts = {TOTAL: "10 t", INGOT: "5 t", "cars.output": "7"}
    book = evidence(*((name, "level", "2025-01", text) for name, text in texts.items()), solve=solve)
    for name in (INGOT, TOTAL, "exports.alloy"):
        with pytest.raises(NoFigure):
            book.figure(name, "level", "2025-02")
    assert calls == [[INGOT, TOTAL]]


def test_mean_of_months_takes_the_narrower_of_months_and_sums():
    months = (("2025-09", "27,717 t"), ("2025-10", "13,782 t"), ("2025-11", "22,218 t"))
    sums = (("2025-08", "166,000 t", "b"), ("2025-11", "229,800 t"))
    book = evidence(*((TOTAL, "level", *one) for one in months), *((TOTAL, "ytd", *one) for one in sums))
    mean = book.mean_of_months(TOTAL, "2025-09", "2025-11")
    assert mean.best == pytest.approx(21_239) and mean.high - mean.low < 2
