"""Exports: contributions, bases, remainders, unit values and destinations, on months whose sums are known."""

import pandas as pd
import pytest

from metalsbook.analysis.exports import (
    REMAINDER,
    base_effect,
    change_between,
    contributions,
    destinations,
    known_month,
    sharpest_change,
    total_of_year_to,
    unit_values,
)
from metalsbook.errors import MissingPeriod
from metalsbook.months import month_range

PARTS = {"Ingot": "ingot", "Alloy": "alloy"}


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


def estimates() -> pd.DataFrame:
    return pd.concat(
        [
            months("total", {"2025-01": 100.0, "2025-02": 130.0}, 2),
            months("ingot", {"2025-01": 60.0, "2025-02": 80.0}),
            months("alloy", {"2025-01": 30.0, "2025-02": 35.0}, 1),
        ],
        ignore_index=True,
    )


def test_contributions_add_up_to_the_change():
    changes = contributions(estimates(), PARTS, "total", "2025-02").set_index("part")
    assert changes["best_t"].to_dict() == {"Ingot": 20, "Alloy": 5, REMAINDER: 5}
    assert changes["best_t"].sum() == 30
    assert changes["points"].sum() == pytest.approx(30)


def test_the_remainder_carries_every_uncertainty():
    rest = contributions(estimates(), PARTS, "total", "2025-02").set_index("part").loc[REMAINDER]
    assert (rest["low_t"], rest["high_t"]) == (5 - 4 - 2, 5 + 4 + 2)


def test_an_open_month_leaves_no_contributions():
    frame = estimates()
    frame.loc[(frame["series"] == "alloy") & (frame["period"] == "2025-01"), "basis"] = "open"
    assert contributions(frame, PARTS, "total", "2025-02").empty
    assert known_month(frame, "alloy", "2025-01") is None
    assert change_between(frame, "alloy", "2025-02", "2025-01") is None


def steady(last: dict[str, float]) -> pd.DataFrame:
    year = dict.fromkeys(month_range("2024-01", "2024-12"), 100.0)
    return months("ingot", year | last)


def test_a_low_base_makes_a_return_look_like_a_rise():
    effect = base_effect(steady({"2025-01": 50.0, "2025-02": 100.0}), "ingot", "2025-02")
    assert effect.change.best == pytest.approx(100)
    assert (effect.usual_t, effect.n_months) == (100, 12)
    assert effect.against_usual_pct == pytest.approx(0)
    assert effect.base_against_usual_pct == pytest.approx(-50)
    assert effect.owed_to_base_pp == pytest.approx(100)


def test_a_usual_base_owes_nothing():
    effect = base_effect(steady({"2025-01": 100.0, "2025-02": 120.0}), "ingot", "2025-02")
    assert effect.owed_to_base_pp == pytest.approx(0)


def test_few_known_months_are_no_usual_level():
    frame = months("ingot", dict.fromkeys(month_range("2025-01", "2025-06"), 100.0))
    assert base_effect(frame, "ingot", "2025-06") is None


def test_the_sharpest_change_weighs_a_half_like_a_doubling():
    frame = months("ingot", {"2025-01": 100.0, "2025-02": 180.0, "2025-03": 170.0, "2025-04": 85.0})
    assert sharpest_change(frame, "ingot", "2025-04") == ("2025-03", "2025-04")
    assert sharpest_change(frame, "ingot", "2025-03") == ("2025-01", "2025-02")
    assert sharpest_change(frame, "ingot", "2027-04") is None


def test_a_year_is_summed_to_a_month():
    frame = months("ingot", {"2025-01": 10.0, "2025-02": 20.0}, 1)
    assert total_of_year_to(frame, "ingot", "2025-02").best == 30
    assert total_of_year_to(frame, "ingot", "2025-02").high == 32
    assert total_of_year_to(frame, "ingot", "2024-12").best == 0
    with pytest.raises(MissingPeriod, match="2025-03"):
        total_of_year_to(frame, "ingot", "2025-03")


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
    assert places.loc["NLD", "implied_total"] == pytest.approx(24000)
    assert places.loc["NLD", "share_low"] < 30 < places.loc["NLD", "share_high"]
    assert pd.isna(places.loc["IND", "printed_share"])
