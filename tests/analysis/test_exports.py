"""Exports: unit values."""

import pandas as pd
import pytest

from metalsbook.analysis.exports import unit_values
from tests.page.editions import printed

PRODUCTS = {"Ingot": ("value", "tonnes", "worth")}


def rows(*prints: dict) -> pd.DataFrame:
    return pd.DataFrame(prints)


def test_a_unit_value_is_value_over_quantity_beside_the_printed_one():
    prints = rows(
        printed("value", "2025-06", 2_000_000, "ytd", 100_000, unit="USD"),
        printed("tonnes", "2025-06", 1000, "ytd", 10),
        printed("worth", "2025-06", 1990, "ytd", 0, unit="USD/t"),
        printed("worth", "2025-11", 2100, "ytd", unit="USD/t"),
    )
    table = unit_values(prints, PRODUCTS).set_index("period")
    june = table.loc["2025-06"]
    assert (june["best"], june["printed"]) == (2000, 1990)
    assert pd.isna(table.loc["2025-11", "best"]) and table.loc["2025-11", "printed"] == 2100


def test_a_later_rounding_does_not_take_digits_away():
    prints = rows(
        printed("value", "2024", 488_790_000, "level", 10_000, unit="USD"),
        printed("tonnes", "2024", 55_431, published="2025-01-31"),
        printed("tonnes", "2024", 55_400, "level", 100, published="2025-10-13"),
        printed("tonnes", "2024", 54_000, published="2024-12-01"),
    )
    assert unit_values(prints, PRODUCTS).iloc[0]["best"] == pytest.approx(8_818.0, abs=0.1)
