"""Capacity: rival figures, bounds of concentration, shares."""

import random

import pandas as pd

from metalsbook.analysis.capacity import distinct_figures, greatest_hhi, part_shares, world_shares
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
        assert sum(share**2 for share in shares) <= greatest_hhi(sum(shares[:3]), sum(shares[:5])) + 1e-9


def test_a_share_never_passes_the_whole_and_rival_wholes_stay_apart():
    parts = pd.concat([prints((10, "A", 1), name="Shaanxi"), prints((11, "A", 0), name="Fugu")])
    shares = part_shares(parts, prints((10, "A", 0)))
    assert shares[["low", "high", "value"]].to_numpy().tolist() == [[100, 100, 100], [90, 100, 100]]
    parts = prints((60, "A", 0), name="Shaanxi"), prints((30, "A", 0), period="2024-06", name="Shaanxi", measure="ytd")
    shares = part_shares(pd.concat(parts), prints((100, "A", 0), (120, "B", 0)))
    assert shares[["low", "high"]].to_numpy().tolist() == [[50, 60]]


def test_shares_of_the_world_are_computed_within_one_house_only():
    own = prints((90, "A", 0), (80, "B", 0))
    shares = world_shares(own, prints((100, "A", 0)), prints((91.6, "C", 0)))
    told = [["A", 90.0, "computed: same house"], ["C", 91.6, "stated"]]
    assert shares[["who", "value", "kind"]].values.tolist() == told
