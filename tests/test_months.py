import pytest

from metalsbook.errors import UsageError
from metalsbook.months import (
    cut_off,
    last_day,
    month_range,
    parse_month,
    parse_months,
    period_end,
    period_start,
    step_month,
)

NO_MONTHS = ["2025-13", "202511", "../x", "2025-1", "2025-00", "2025-11 ", "25-11", "", "\uff12025-11", "2525-11"]


@pytest.mark.parametrize("text", NO_MONTHS)
def test_what_is_not_a_month_is_refused(text):
    with pytest.raises(UsageError, match="YYYY-MM"):
        parse_month(text)


def test_a_number_is_refused_with_its_type():
    with pytest.raises(UsageError, match=r"202511 \(int\)"):
        parse_month(202511)


def test_steps_cross_years():
    assert step_month("2025-11", 2) == "2026-01"
    assert step_month("2025-01", -1) == "2024-12"
    assert step_month("2025-11", -12) == "2024-11"


def test_the_cut_off_is_the_last_day_of_the_next_month():
    assert cut_off("2025-08") == "2025-09-30"
    assert cut_off("2025-12") == "2026-01-31"
    assert cut_off("2024-01") == "2024-02-29"


def test_month_range_holds_both_ends():
    assert month_range("2025-11", "2026-01") == ["2025-11", "2025-12", "2026-01"]
    assert month_range("2025-11", "2025-10") == []


def test_periods_start_and_end():
    assert (period_start("2025"), period_end("2025")) == ("2025-01-01", "2025-12-31")
    assert (period_start("2024-02"), period_end("2024-02")) == ("2024-02-01", last_day("2024-02"))
    assert period_start("2025-08-15") == period_end("2025-08-15") == "2025-08-15"


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2025-11", ["2025-11"]),
        ("2025-10:2026-01", ["2025-10", "2025-11", "2025-12", "2026-01"]),
        ("2025-11:2025-11", ["2025-11"]),
        ("2025-11, 2025-06,2025-10:2025-11", ["2025-06", "2025-10", "2025-11"]),
    ],
)
def test_months_are_a_range_a_month_or_several(text, months):
    assert parse_months(text) == months


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-11:2025-10", "'2025-11:2025-10' ends before it begins. Give the earlier month first: 2025-10:2025-11"),
        ("2025-10:", "'' is not a month"),
        (":2025-10", "'' is not a month"),
        ("2025-10,", "'' is not a month"),
        ("2025-1:2025-10", "'2025-1' is not a month"),
        ("2025-10:2025-11:2025-12", "'2025-11:2025-12' is not a month"),
        ("", "'' is not a month"),
    ],
)
def test_what_are_no_months_is_named(text, said):
    with pytest.raises(UsageError, match=said):
        parse_months(text)
