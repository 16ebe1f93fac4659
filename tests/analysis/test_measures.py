import pandas as pd
import pytest

from metalsbook.analysis import measures
from metalsbook.errors import MissingPeriod

FIGURES = pd.DataFrame({"period": ["2024-01", "2024-02", "2024-03", "2024-04"], "value": [9.0, 3.0, 5.0, 7.0]})
FIGURES.attrs["series"] = "exports.total"


def test_a_missing_month_is_an_error_that_names_it():
    with pytest.raises(MissingPeriod, match=r"exports.total has no figure for 2023-12"):
        measures.extreme_since(FIGURES, "2023-12")


def test_extreme_since_names_the_last_period_as_extreme():
    assert measures.extreme_since(FIGURES, "2024-04", "high") == "2024-01"
    assert measures.extreme_since(FIGURES, "2024-02", "low") == ""


def test_growth_path_goes_back_to_the_start():
    assert measures.growth_path(24_000, 75, 11) == pytest.approx(50.9, abs=0.05)


def test_a_change_counts_from_the_month_or_the_year_before_and_days_pass_the_ends_of_months():
    changes = (("mom", "2025-01"), ("ytd_yoy", "2025-01"), ("yoy", "2025"))
    assert [measures.earlier_period(*change) for change in changes] == ["2024-12", "2024-01", "2024"]
    assert measures.shift_day("2025-03-01", -1) == "2025-02-28"
    assert measures.days_between("2025-08-18", "2025-09-01") == 14
