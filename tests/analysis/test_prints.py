import pytest

from metalsbook.analysis.findings import BETWEEN, NoFigure
from metalsbook.analysis.prints import Prints
from tests.analysis import frames

SOURCES = frames.sources(("a", "House A", ""), ("b", "House B", ""), ("c", "House C (copy)", ""))


def prints(*rows):
    return Prints(frames.statements(*rows), frames.series(), SOURCES)


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
