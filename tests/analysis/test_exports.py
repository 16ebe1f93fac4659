"""Exports: unit values and destinations."""

import pandas as pd
import pytest

from metalsbook.analysis.exports import destinations, unit_values
from tests.page.editions import month, printed

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
    assert (june["best"], june["low"], june["printed"]) == pytest.approx((2000, 1_950_000 / 1005, 1990))
    assert pd.isna(table.loc["2025-11", "best"]) and table.loc["2025-11", "printed"] == 2100


def test_a_later_rounding_does_not_take_digits_away():
    prints = rows(
        printed("value", "2024", 488_790_000, "level", 10_000, unit="USD"),
        printed("tonnes", "2024", 55_431, published="2025-01-31"),
        printed("tonnes", "2024", 55_400, "level", 100, published="2025-10-13"),
        printed("tonnes", "2024", 54_000, published="2024-12-01"),
    )
    assert unit_values(prints, PRODUCTS).iloc[0]["best"] == pytest.approx(8_818.0, abs=0.1)


def test_rival_destinations_are_kept_beside_the_one_that_most_print_and_shares_beside_the_printed_one():
    known = ((619, 1.0, "a"), (619, 1.0, "b"), (619.2, 0.1, "c"))
    prints = [printed("to.USA", "2025-07", value, "level", size, source=who) for value, size, who in known]
    prints += [printed("to.USA", "2025-07", 625, source="d", published="2025-12-30"), printed("to.IND", "2025-07", 5)]
    prints.append(printed("to.USA.share", "2025-07", 11, unit="%"))
    first, second = destinations(rows(*prints), "to.", rows(month("total", "2025-07", 6192.0, 100))).to_dict("records")
    assert (first["place"], first["value"], first["rivals"], first["printed_share"]) == ("USA", 619.2, [625], 11)
    assert first["share"] == pytest.approx(10) and second["place"] == "IND" and pd.isna(second["printed_share"])
