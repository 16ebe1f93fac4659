"""What a month has and lacks."""

import pytest

from metalsbook.ledger.coverage import Printed, cover_month
from metalsbook.months import last_day, month_range, step_month
from tests.cases import each

TOTAL, INGOT, PRICE = "mg.export.total", "mg.export.ingot", "mg.price"
SERIES = {
    TOTAL: {"chapter": "magnesium_exports", "frequency": "month"},
    INGOT: {"chapter": "magnesium_exports", "frequency": "month"},
    PRICE: {"chapter": "magnesium_prices", "frequency": "day"},
    "mg.capacity": {"chapter": "magnesium_capacity", "frequency": "year"},
}
BEFORE = month_range("2025-06", "2025-11")


def printed(name, months=BEFORE, measure="level", published=""):
    return [Printed(name, measure, month, published) for month in months]


def december(*rows, series=SERIES):
    return cover_month([row for some in rows for row in some], series, "2025-12")


@pytest.mark.parametrize(("months", "expected"), [(BEFORE[:4], True), (BEFORE[:3], False), (["2025-05"] * 6, False)])
def test_four_of_six_months_make_it_usual(months, expected):
    missing = [(TOTAL, "magnesium_exports", "missing", max(months), "")] if expected else []
    assert december(printed(TOTAL, months)).usual == missing


@each("""
    measure      | published  | there
    level        | 2026-01-31 | yes
    level        | 2026-02-01 |
    forecast     |            |
    forecast_yoy |            |
    set_aside    |            |
""")
def test_a_figure_known_by_the_cut_off_is_there(measure, published, there):
    coverage = december(printed(TOTAL), printed(TOTAL, ["2025-12"], measure, published))
    assert coverage.names("there" if there else "missing") == [one.series for one in coverage.usual] == [TOTAL]


def test_a_day_counts_for_its_month_and_yearly_series_are_not_expected():
    days = printed(PRICE, [last_day(month) for month in [*BEFORE, "2025-12"]])
    assert december(days, printed("mg.capacity")).chapters == ["magnesium_prices"]


def test_the_usual_day_is_the_middle_of_what_it_took():
    days = [printed(TOTAL, [month], published=f"{step_month(month, 1)}-20") for month in BEFORE]
    late = printed(TOTAL, BEFORE[:4], published="2026-01-30")
    assert december(*days, late).usual[0].when == "usually about 2026-01-20"


def test_a_month_without_most_of_the_usual_or_with_a_bare_chapter_has_too_little():
    prices, exports = printed(PRICE, [*BEFORE, "2025-12"]), [*printed(TOTAL), *printed(INGOT)]
    assert december(prices, exports).too_little
    assert not december(prices, exports, printed(INGOT, ["2025-12"])).too_little
    assert december(printed(PRICE)).too_little
    assert december().too_little, "nothing at all"
    assert not december(printed(PRICE, ["2025-12"])).too_little, "a first month lacks nothing"
    many = {f"{PRICE}.{number}": {"chapter": "magnesium_prices", "frequency": "day"} for number in range(5)}
    rows = [row for name in many for row in printed(name, [*BEFORE, "2025-12"])]
    assert december(rows, exports, series=SERIES | many).too_little, "whatever the others have"
    assert not december(rows, printed(TOTAL), series=SERIES | many).too_little


@pytest.mark.parametrize(("origin", "is_later"), [("nbs", True), ("gacc", True), ("caam", False)])
def test_who_prints_january_with_february_is_not_expected_in_january(origin, is_later):
    rows = [Printed("mg.export.total", "level", month, "", origin) for month in month_range("2025-07", "2025-12")]
    coverage = cover_month(rows, SERIES, "2026-01")
    assert coverage.names("later" if is_later else "missing") == [TOTAL]
    told = "  later: mg.export.total, last for 2025-12, comes with February's, in March"
    assert (told in coverage.lines(), coverage.summary() == "0 of 0 usual series") == (is_later, is_later)
    assert cover_month(rows, SERIES, "2026-02").names("missing")
    both = [*rows, Printed("mg.export.total", "ytd", "2026-02", "2026-03-18", origin)]
    assert cover_month(both, SERIES, "2026-02").names("there")
