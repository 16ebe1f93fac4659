"""What a month has and lacks."""

import pytest

from metalsbook.ledger.coverage import Described, Printed, cover_month
from metalsbook.months import last_day, month_range

SERIES = {
    "mg.export.total": Described("magnesium_exports", "month"),
    "mg.export.ingot": Described("magnesium_exports", "month"),
    "mg.price": Described("magnesium_prices", "day"),
    "mg.capacity": Described("magnesium_capacity", "year"),
}
BEFORE = month_range("2025-06", "2025-11")


def printed(name, months=BEFORE):
    return [Printed(name, "level", month, "") for month in months]


def test_a_series_of_most_months_before_is_expected():
    coverage = cover_month(printed("mg.export.total"), SERIES, "2025-12")
    assert coverage.missing == {"magnesium_exports": [("mg.export.total", "2025-11", "")]}
    assert coverage.present == {}


@pytest.mark.parametrize(("months", "expected"), [(BEFORE[:4], True), (BEFORE[:3], False), (["2025-05"] * 6, False)])
def test_four_of_six_months_make_it_usual(months, expected):
    coverage = cover_month(printed("mg.export.total", months), SERIES, "2025-12")
    assert bool(coverage.missing) == expected


def test_a_figure_of_the_month_known_by_the_cut_off_is_there():
    rows = [*printed("mg.export.total"), Printed("mg.export.total", "level", "2025-12", "2026-01-31")]
    assert cover_month(rows, SERIES, "2025-12").present == {"magnesium_exports": ["mg.export.total"]}
    late = [*printed("mg.export.total"), Printed("mg.export.total", "level", "2025-12", "2026-02-01")]
    assert cover_month(late, SERIES, "2025-12").missing


def test_forecasts_and_set_aside_figures_are_none():
    for measure in ("forecast", "forecast_yoy", "set_aside"):
        rows = [*printed("mg.export.total"), Printed("mg.export.total", measure, "2025-12", "")]
        assert cover_month(rows, SERIES, "2025-12").missing


def test_a_day_counts_for_its_month_and_yearly_series_are_not_expected():
    days = [Printed("mg.price", "level", last_day(month), "") for month in [*BEFORE, "2025-12"]]
    coverage = cover_month([*days, *printed("mg.capacity")], SERIES, "2025-12")
    assert coverage.chapters == ["magnesium_prices"]


def test_the_usual_day_is_the_middle_of_what_it_took():
    rows = [
        Printed("mg.export.total", "level", month, f"{later}-20")
        for month, later in zip(BEFORE, month_range("2025-07", "2025-12"), strict=True)
    ]
    rows.append(Printed("mg.export.total", "level", "2025-08", "2026-01-30"))
    assert cover_month(rows, SERIES, "2025-12").missing["magnesium_exports"][0][2] == "2026-01-20"


def test_a_month_without_most_of_the_usual_or_with_a_bare_chapter_has_too_little():
    prices = [*printed("mg.price"), Printed("mg.price", "level", "2025-12", "")]
    both = [*printed("mg.export.total"), *printed("mg.export.ingot")]
    assert cover_month([*prices, *both], SERIES, "2025-12").too_little
    one = [*both, Printed("mg.export.ingot", "level", "2025-12", "")]
    assert not cover_month([*prices, *one], SERIES, "2025-12").too_little
    assert cover_month(printed("mg.price"), SERIES, "2025-12").too_little


def test_a_chapter_of_several_series_without_any_is_too_little_whatever_the_others_have():
    days = [f"mg.price.{number}" for number in range(5)]
    series = SERIES | {name: Described("magnesium_prices", "day") for name in days}
    rows = [row for name in days for row in [*printed(name), Printed(name, "level", "2025-12", "")]]
    assert cover_month([*rows, *printed("mg.export.total"), *printed("mg.export.ingot")], series, "2025-12").too_little
    assert not cover_month([*rows, *printed("mg.export.total")], series, "2025-12").too_little


def test_a_first_month_lacks_nothing():
    assert not cover_month([Printed("mg.price", "level", "2025-12", "")], SERIES, "2025-12").too_little


def test_the_lines_name_what_is_missing():
    lines = cover_month(printed("mg.export.total"), SERIES, "2025-12").lines()
    assert lines == ["magnesium_exports: 0 of 1 usual series", "  missing: mg.export.total, last for 2025-11"]
