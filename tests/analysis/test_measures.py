import pandas as pd
import pytest

from metalsbook.analysis.measures import extreme_since
from metalsbook.errors import MissingPeriod

FIGURES = pd.DataFrame({"period": ["2024-01", "2024-02", "2024-03", "2024-04"], "value": [9.0, 3.0, 5.0, 7.0]})


def test_extreme_since_names_the_last_period_as_extreme_and_a_month_that_is_missing():
    assert extreme_since(FIGURES, "2024-04", "high") == "2024-01"
    assert extreme_since(FIGURES, "2024-02", "low") == ""
    with pytest.raises(MissingPeriod, match="has no figure for 2023-12"):
        extreme_since(FIGURES, "2023-12")
