import pandas as pd
import pytest

from metalsbook.analysis import measures
from metalsbook.analysis.measures import days_between, earlier_period, shift_day
from metalsbook.errors import MissingPeriod
from metalsbook.months import month_range


def monthly(first="2024-01", values=range(1, 25)):
    months = month_range(first, "2030-12")[: len(list(values))]
    return pd.DataFrame({"period": months, "value": [float(value) for value in values]})


def test_a_missing_month_is_an_error_that_names_it():
    figures = monthly()
    figures.attrs["series"] = "exports.total"
    with pytest.raises(MissingPeriod, match=r"exports.total has no figure for 2023-12"):
        measures.value_at(figures, "2023-12")


def test_extreme_since_names_the_last_period_as_extreme():
    figures = monthly(values=[9, 3, 5, 7])
    assert measures.extreme_since(figures, "2024-04", "high") == "2024-01"
    assert measures.extreme_since(figures, "2024-02", "low") == ""


def test_growth_path_goes_back_to_the_start():
    assert measures.growth_path(24_000, 75, 11) == pytest.approx(50.9, abs=0.05)


def test_a_change_counts_from_the_month_or_the_year_before():
    assert earlier_period("mom", "2025-01") == "2024-12"
    assert earlier_period("ytd_yoy", "2025-01") == "2024-01"
    assert earlier_period("yoy", "2025") == "2024"


def test_days_are_shifted_over_the_ends_of_months():
    assert shift_day("2025-03-01", -1) == "2025-02-28"
    assert days_between("2025-08-18", "2025-09-01") == 14
