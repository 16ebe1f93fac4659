"""Capacity: rates of rivals, bounds of concentration, shares and balances."""

import random

import pandas as pd
import pytest

from metalsbook.analysis.capacity import (
    balances,
    distinct_figures,
    hhi_from_ratios,
    part_shares,
    utilisation_matrix,
    world_shares,
)
from tests.page.editions import printed


def prints(*rows: tuple[float, str, float], period: str = "2024", **more) -> pd.DataFrame:
    """Prints of one figure, each as (value, who, half of its rounding)."""
    return pd.DataFrame([printed("x", period, value, "level", 2 * half, who=who) | more for value, who, half in rows])


def test_a_print_that_rounds_several_rivals_stands_for_itself_but_a_house_knows_its_own():
    rows = [(1025.8, "Baowu", 0.05), (1026.0, "Chyxx", 0.5), (1026.0, "Highrise", 0.5), (953.1, "Argus", 0.05)]
    others = prints(*rows, (950.0, "Argus", 10), (941.0, "SMM", 0.5), house="")
    own = prints((1025.6, "Fugu", 0.05), (1026.0, "Fugu rounded", 0.5), house="fugu")
    found = [(one.figure.best, one.who, len(one.houses)) for one in distinct_figures(pd.concat([others, own]))]
    assert found == [
        (1026.0, "Chyxx, Highrise", 2),
        (1025.8, "Baowu", 1),
        (1025.6, "Fugu, Fugu rounded", 1),
        (953.1, "Argus", 1),
        (941.0, "SMM", 1),
    ]


def test_ratios_of_three_and_five_bound_the_index():
    draw = random.Random(3)
    for _ in range(200):
        shares = [draw.random() for _ in range(30)]
        shares = sorted((100 * share / sum(shares) for share in shares), reverse=True)
        low, high = hhi_from_ratios(sum(shares[:3]), sum(shares[:5]))
        assert low - 1e-9 <= sum(share**2 for share in shares) <= high + 1e-9


def test_a_share_never_passes_the_whole_and_rival_wholes_stay_apart():
    parts = pd.concat([prints((10, "A", 1), name="Shaanxi"), prints((11, "A", 0), name="Fugu")])
    shares = part_shares(parts, prints((10, "A", 0)))
    assert shares[["low", "high", "value"]].to_numpy().tolist() == [[100, 100, 100], [90, 100, 100]]
    parts = prints((60, "A", 0), name="Shaanxi"), prints((30, "A", 0), period="2024-06", name="Shaanxi", measure="ytd")
    shares = part_shares(pd.concat(parts), prints((100, "A", 0), (120, "B", 0)))
    assert shares[["low", "high"]].to_numpy().tolist() == [[50, 60]]


@pytest.mark.parametrize(
    ("made", "ends", "gaps"),
    [
        (((1000, "A", 0), (900, "B", 0)), (499, 601), (48, 152)),
        # One that rounds another does not widen it.
        (((953, "A", 1), (950, "B", 20)), (551, 555), (100, 106)),
    ],
)
def test_a_balance_spans_all_rivals(made, ends, gaps):
    made, sent, used = prints(*made), prints((400, "A", 1)), prints((450, "A", 1))
    row = balances(made, sent, used).iloc[0]
    assert (row["low"], row["high"]) == ends and (row["gap_low"], row["gap_high"]) == gaps
    assert balances(made, sent, prints((1, "A", 0), period="2023")).empty


def test_each_output_stands_over_each_capacity():
    outputs = pd.concat([prints((1026.0, "A", 0.5), (941.0, "B", 0.5)), prints((1, "C", 0), period="2023")])
    rates = utilisation_matrix(outputs, prints((1488.0, "D", 0.5), (1400.0, "E", 50)), "2024")
    assert len(rates) == 4
    row = rates.set_index(["output_by", "capacity_by"]).loc["B", "D"]
    assert (row["value"], row["low"]) == pytest.approx((100 * 941 / 1488, 100 * 940.5 / 1488.5))


def test_shares_of_the_world_are_computed_within_one_house_only():
    own = prints((90, "A", 0), (80, "B", 0))
    shares = world_shares(own, prints((100, "A", 0)), prints((91.6, "C", 0)))
    told = [["A", 90.0, "computed: same house"], ["C", 91.6, "stated"]]
    assert shares[["who", "value", "kind"]].values.tolist() == told
