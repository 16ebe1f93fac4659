"""Capacity: rates of rivals, bounds of concentration, shares and balances."""

import random

import pandas as pd
import pytest

from metalsbook.analysis.capacity import (
    balances,
    capacity_to_retire,
    distinct_figures,
    hhi_from_ratios,
    part_shares,
    utilisation_matrix,
    world_shares,
    years_with_both,
)


def printed(period: str, value: float, who: str, half: float = 0.0, **more) -> dict:
    return {
        "period": period,
        "value": value,
        "bound_low": value - half,
        "bound_high": value + half,
        "who": who,
        "published": "2025-01-31",
        "statement": f"{who}{value}",
        **more,
    }


def test_each_output_stands_over_each_capacity():
    outputs = pd.DataFrame(
        [
            printed("2024", 1026.0, "A", 0.5),
            printed("2024", 941.0, "B", 0.5),
            printed("2023", 1, "C"),
        ]
    )
    capacities = pd.DataFrame([printed("2024", 1488.0, "D", 0.5), printed("2024", 1400.0, "E", 50)])
    rates = utilisation_matrix(outputs, capacities, "2024")
    assert len(rates) == 4
    row = rates[(rates["output_by"] == "B") & (rates["capacity_by"] == "D")].iloc[0]
    assert row["value"] == pytest.approx(100 * 941 / 1488)
    assert row["low"] == pytest.approx(100 * 940.5 / 1488.5)


def test_a_coarser_print_joins_the_figure_that_it_rounds():
    outputs = pd.DataFrame([printed("2024", 1026.0, "coarse", 0.5), printed("2024", 1025.8, "fine", 0.05)])
    rates = utilisation_matrix(outputs, pd.DataFrame([printed("2024", 1488.0, "D", 0.5)]), "2024")
    assert rates[["output_by", "output_t"]].values.tolist() == [["fine, coarse", 1025.8]]


def test_a_print_that_rounds_several_rivals_stands_for_itself_but_a_house_knows_its_own():
    rows = pd.DataFrame(
        [
            printed("2024", 1025.8, "Baowu", 0.05),
            printed("2024", 1025.6, "Fugu", 0.05, house="fugu"),
            printed("2024", 1026.0, "Fugu rounded", 0.5, house="fugu"),
            printed("2024", 1026.0, "Chyxx", 0.5),
            printed("2024", 1026.0, "Highrise", 0.5),
            printed("2024", 953.1, "Argus", 0.05),
            printed("2024", 950.0, "Argus", 10),
            printed("2024", 941.0, "SMM", 0.5),
        ]
    )
    found = [(one.figure.best, one.who, len(one.houses)) for one in distinct_figures(rows.fillna({"house": ""}))]
    assert found == [
        (1026.0, "Chyxx, Highrise", 2),
        (1025.8, "Baowu", 1),
        (1025.6, "Fugu, Fugu rounded", 1),
        (953.1, "Argus", 1),
        (941.0, "SMM", 1),
    ]


def test_years_need_an_output_and_a_capacity():
    outputs, capacities = (
        pd.DataFrame([printed(year, 1, "A") for year in years]) for years in (("2023", "2024"), ("2024", "2025"))
    )
    assert years_with_both(outputs, capacities) == ["2024"]


def test_ratios_of_three_and_five_bound_the_index():
    draw = random.Random(3)
    for _ in range(200):
        shares = [draw.random() for _ in range(30)]
        shares = sorted((100 * share / sum(shares) for share in shares), reverse=True)
        index = sum(share**2 for share in shares)
        low, high = hhi_from_ratios(sum(shares[:3]), sum(shares[:5]))
        assert low <= index + 1e-9
        assert index <= high + 1e-9


def test_retiring_and_filling_are_inverse():
    gone = capacity_to_retire(1026, 1488, 85)
    assert 100 * 1026 / (1488 - gone) == pytest.approx(85)
    assert capacity_to_retire(1400, 1488, 85) == 0


def test_shares_of_the_world_are_computed_within_one_house_only():
    own = pd.DataFrame([printed("2024", 90, "A"), printed("2024", 80, "B")])
    world = pd.DataFrame([printed("2024", 100, "A")])
    stated = pd.DataFrame([printed("2024", 91.6, "C")])
    shares = world_shares(own, world, stated)
    assert shares[["who", "value", "kind"]].values.tolist() == [
        ["A", 90.0, "computed: same house"],
        ["C", 91.6, "stated"],
    ]


def test_a_share_never_passes_the_whole():
    parts = pd.DataFrame([printed("2024", 10, "A", 1, name="Shaanxi", measure="level")])
    parts = pd.concat([parts, pd.DataFrame([printed("2024", 11, "A", name="Fugu", measure="level")])])
    shares = part_shares(parts, pd.DataFrame([printed("2024", 10, "A", measure="level")]))
    assert shares[["low", "high", "value"]].to_numpy().tolist() == [[100, 100, 100], [90, 100, 100]]


def test_part_shares_keep_rival_wholes_apart():
    parts = pd.DataFrame(
        [
            printed("2024", 60, "A", name="Shaanxi", measure="level"),
            printed("2024-06", 30, "A", name="Shaanxi", measure="ytd"),
        ]
    )
    wholes = pd.DataFrame([printed("2024", 100, "A", measure="level"), printed("2024", 120, "B", measure="level")])
    share = part_shares(parts, wholes)
    assert len(share) == 1
    assert (share.iloc[0]["low"], share.iloc[0]["high"]) == (50, 60)


def test_a_balance_spans_all_rivals():
    made = pd.DataFrame([printed("2024", 1000, "A"), printed("2024", 900, "B")])
    sent, used = (pd.DataFrame([printed("2024", value, "A", 1)]) for value in (400, 450))
    row = balances(made, sent, used).iloc[0]
    assert (row["low"], row["high"]) == (499, 601)
    assert (row["gap_low"], row["gap_high"]) == (48, 152)
    assert balances(made, sent, pd.DataFrame([printed("2023", 1, "A")])).empty


def test_a_print_that_rounds_another_does_not_widen_a_balance():
    made = pd.DataFrame([printed("2024", 953, "A", 1), printed("2024", 950, "B", 20)])
    sent, used = (pd.DataFrame([printed("2024", value, "A", 1)]) for value in (400, 450))
    row = balances(made, sent, used).iloc[0]
    assert (row["low"], row["high"]) == (551, 555)
