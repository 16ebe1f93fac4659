import pytest

from metalsbook.errors import UsageError
from metalsbook.months import cut_off, month_range, parse_month, parse_months, period_end, period_start, step_month

NO_MONTHS = ["2025-13", "202511", "../x", "2025-1", "2025-00", "2025-11 ", "25-11", "", "\uff12025-11", "2525-11"]


@pytest.mark.parametrize("text", [*NO_MONTHS, 202511])
def test_what_is_not_a_month_is_refused(text):
    with pytest.raises(UsageError, match="YYYY-MM") as caught:
        parse_month(text)
    assert isinstance(text, str) or "202511 (int)" in str(caught.value)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (step_month("2025-11", 2), "2026-01"),
        (step_month("2025-01", -1), "2024-12"),
        (cut_off("2025-12"), "2026-01-31"),
        (cut_off("2024-01"), "2024-02-29"),
        (month_range("2025-11", "2026-01"), ["2025-11", "2025-12", "2026-01"]),
        ((period_start("2025"), period_end("2025")), ("2025-01-01", "2025-12-31")),
        ((period_start("2024-02"), period_end("2024-02")), ("2024-02-01", "2024-02-29")),
        ((period_start("2025-08-15"), period_end("2025-08-15")), ("2025-08-15", "2025-08-15")),
        (parse_months("2025-10:2026-01"), ["2025-10", "2025-11", "2025-12", "2026-01"]),
        (parse_months("2025-11, 2025-06,2025-10:2025-11"), ["2025-06", "2025-10", "2025-11"]),
    ],
    ids=str,
)
def test_steps_cut_offs_ranges_and_periods(found, expected):
    assert found == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-11:2025-10", "ends before it begins. Give the earlier month first: 2025-10:2025-11"),
        ("2025-10:", "'' is not a month"),
        ("2025-10,", "'' is not a month"),
        ("2025-10:2025-11:2025-12", "'2025-11:2025-12' is not a month"),
        ("", "'' is not a month"),
    ],
)
def test_what_are_no_months_is_named(text, said):
    with pytest.raises(UsageError, match=said):
        parse_months(text)
