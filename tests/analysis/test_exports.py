"""Exports: unit values and destinations."""

import pandas as pd
import pytest

from metalsbook.analysis.exports import (
    destinations,
    unit_values,
)


def months(series: str, values: dict[str, float], half: float = 0.0, basis: str = "reported") -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "series": series,
                "period": period,
                "low": value - half,
                "high": value + half,
                "best": value,
                "basis": basis,
            }
            for period, value in values.items()
        ]
    )


def statement(
    series: str,
    measure: str,
    period: str,
    value: float,
    unit: str = "t",
    half: float = 0.0,
    published: str = "2025-12-01",
    source: str = "smm",
) -> dict:
    return {
        "series": series,
        "measure": measure,
        "period": period,
        "value": value,
        "unit": unit,
        "bound_low": value - half,
        "bound_high": value + half,
        "published": published,
        "source": source,
        "resolution": 2 * half,
        "statement": f"{series}-{value}-{source}",
    }


def test_a_unit_value_is_value_over_quantity_beside_the_printed_one():
    rows = pd.DataFrame(
        [
            statement("value", "ytd", "2025-06", 2_000_000, "USD", 50_000),
            statement("tonnes", "ytd", "2025-06", 1000, half=5),
            statement("worth", "ytd", "2025-06", 1990, "USD/t"),
            statement("worth", "ytd", "2025-11", 2100, "USD/t"),
        ]
    )
    table = unit_values(rows, {"Ingot": ("value", "tonnes", "worth")}).set_index("period")
    assert table.loc["2025-06", "best"] == pytest.approx(2000)
    assert table.loc["2025-06", "low"] == pytest.approx(1_950_000 / 1005)
    assert table.loc["2025-06", "printed"] == 1990
    assert pd.isna(table.loc["2025-11", "best"])
    assert table.loc["2025-11", "printed"] == 2100


def test_a_later_rounding_does_not_take_digits_away():
    rows = pd.DataFrame(
        [
            statement("value", "level", "2024", 488_790_000, "USD", 5_000),
            statement("tonnes", "level", "2024", 55_431, half=0.5, published="2025-01-31"),
            statement("tonnes", "level", "2024", 55_400, half=50, published="2025-10-13"),
            statement("tonnes", "level", "2024", 54_000, half=0.5, published="2024-12-01"),
        ]
    )
    table = unit_values(rows, {"Ingot": ("value", "tonnes", "worth")})
    assert table.iloc[0]["best"] == pytest.approx(8_818.0, abs=0.1)


def test_rival_destinations_are_kept_beside_the_one_that_most_print():
    rows = pd.DataFrame(
        [
            statement("to.USA", "level", "2025-07", 619, half=0.5, source="a"),
            statement("to.USA", "level", "2025-07", 619, half=0.5, source="b"),
            statement("to.USA", "level", "2025-07", 619.2, half=0.05, source="c"),
            statement("to.USA", "level", "2025-07", 625, half=0.5, source="d", published="2025-12-30"),
        ]
    )
    place = destinations(rows, "to.", months("total", {"2025-07": 5577.0})).iloc[0]
    assert place["value"] == 619.2
    assert place["rivals"] == [625]


def test_a_printed_share_shows_the_total_that_it_means():
    rows = pd.DataFrame(
        [
            statement("to.NLD", "level", "2024-05", 6000),
            statement("to.NLD.share", "level", "2024-05", 25, "%"),
            statement("to.IND", "level", "2024-05", 2000),
            statement("to.IND", "mom", "2024-05", 5, "%"),
        ]
    )
    places = destinations(rows, "to.", months("ingot", {"2024-05": 20000.0}, 100)).set_index("place")
    assert list(places.index) == ["NLD", "IND"]
    assert places.loc["NLD", "share"] == pytest.approx(30)
    assert pd.isna(places.loc["IND", "printed_share"])
