import pytest

from metalsbook.analysis.outlook_rules import (
    BAND_PCT,
    WEEK_BAND_PCT,
    Said,
    against_months,
    band_pct,
    class_of,
    is_hit,
    is_year_on_year,
    naive_hit,
    read_as,
    stated_level,
)


def said(direction, low=None, high=None, is_rate=False, note=""):
    return Said(direction, low, high, is_rate, note)


@pytest.mark.parametrize("change", [-5.0, -1.01, -1.0, 0.0, 0.99, 1.01, 7.0])
def test_whatever_happens_exactly_one_direction_is_right(change):
    right = [direction for direction in ("up", "down", "flat") if is_hit(said(direction), 100, change, 1.0)]
    assert right == [class_of(change, 1.0)]


def test_the_band_is_narrower_within_a_week_but_not_for_flows():
    assert band_pct("flow", 3) == BAND_PCT
    assert band_pct("price", 7) == WEEK_BAND_PCT
    assert band_pct("price", 8) == BAND_PCT


def test_flat_to_up_and_not_up_are_open_on_one_side():
    firm = said("flat", note="hedged (firm: flat to up)")
    assert is_hit(firm, 100, 9, 1) and is_hit(firm, 100, 0, 1) and not is_hit(firm, 100, -3, 1)
    soft = said("down", note="hedged (doldrums: flat to down)")
    assert is_hit(soft, 100, -9, 1) and is_hit(soft, 100, 0, 1) and not is_hit(soft, 100, 3, 1)
    capped = said("flat", note="hedged ('not expected to increase': not up)")
    assert is_hit(capped, 100, -9, 1) and is_hit(capped, 100, 0, 1) and not is_hit(capped, 100, 3, 1)


def test_a_value_is_hit_within_the_tolerance_and_a_lower_bound_from_there_on():
    assert is_hit(said("level", 100, 100), 102.4, 0, 1) and not is_hit(said("level", 100, 100), 102.6, 0, 1)
    assert is_hit(said("level", 100, None), 300, 0, 1) and not is_hit(said("level", 100, None), 99, 0, 1)


def test_a_stated_range_of_movement_is_not_widened():
    assert is_hit(said("flat", 100, 110), 110, 5, 1) and not is_hit(said("flat", 100, 110), 110.1, 0, 1)


def test_a_rate_must_be_met_and_not_its_direction_only():
    rate = said("down", -7.4, -7.4, is_rate=True)
    assert is_hit(rate, 100, -6, 2) and not is_hit(rate, 100, -4.6, 2)


def test_a_direction_with_a_value_needs_both():
    target = said("down", 500_000, 500_000)
    assert is_hit(target, 511_250, -9, 1)
    assert not is_hit(target, 511_250, 0.5, 1) and not is_hit(target, 530_000, -9, 1)
    support = said("down", 16_000, None)
    assert is_hit(support, 16_000, -2, 1) and not is_hit(support, 15_900, -2, 1)


def test_naive_forecasts_follow_the_same_rules():
    assert naive_hit(said("up"), 0.0, 100, 100.5, 0.5, 1) and not naive_hit(said("up"), 0.0, 100, 105, 5, 1)
    assert naive_hit(said("up"), 3.0, 100, 105, 5, 1)
    assert naive_hit(said("level", 120, 120), 0.0, 100, 102, 2, 1)
    assert not naive_hit(said("level", 120, 120), 0.0, 100, 104, 4, 1)
    assert naive_hit(said("level", 110, 130), 0.0, 100, 112, 12, 1)
    assert naive_hit(said("down", -5, -5, is_rate=True), -4.0, 100, 95, -5, 2)


def test_what_a_forecast_compares_with_is_read_off_its_note():
    assert against_months("against May-June, called the low point", 2025) == ("2025-05", "2025-06")
    assert against_months("September against August", 2025) == ("2025-08", "2025-08")
    assert against_months("fourth quarter (against third)", 2025) is None
    assert is_year_on_year("beginning of 2024, year on year", "")
    assert is_year_on_year("2023, around 3%", "% y/y")
    assert not is_year_on_year("month on month", "% m/m")


def test_how_a_forecast_is_read_is_told_in_words():
    assert read_as(said("flat"), 0.5, "") == "flat (within 0.5% either way)"
    assert read_as(said("down", note="doldrums: flat to down"), 1, "") == "flat or down (no rise of more than 1%)"
    assert read_as(said("level", 105_000, 105_000), 1, "t") == "105,000 t (within 2.5%)"
    assert read_as(said("level", 8e6, None), 1, "unit") == "8,000,000 or more (within 2.5%)"
    assert read_as(said("flat", 17_500, 18_800), 1, "CNY/t") == "within 17,500 to 18,800 CNY/t"
    assert read_as(said("down", -5.6, -5.6, is_rate=True), 1, "% m/m") == "\u22125.6% (within 2 points)"
    assert read_as(said("down", 500_000, 500_000), 1, "CNY/t").startswith("down (by more than 1%), at 500,000 CNY/t")


def test_the_level_that_a_forecast_starts_from_is_read_off_its_note():
    assert stated_level("undated; stood at 593,000 on 2025-08-15 by its own figure") == ("2025-08-15", 593_000)
    assert stated_level("stands firm") is None
