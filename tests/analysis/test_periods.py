from metalsbook.analysis.periods import days_between, earlier_period, shift_day


def test_a_change_counts_from_the_month_or_the_year_before():
    assert earlier_period("mom", "2025-01") == "2024-12"
    assert earlier_period("ytd_yoy", "2025-01") == "2024-01"
    assert earlier_period("yoy", "2025") == "2024"


def test_days_are_shifted_over_the_ends_of_months():
    assert shift_day("2025-03-01", -1) == "2025-02-28"
    assert days_between("2025-08-18", "2025-09-01") == 14
